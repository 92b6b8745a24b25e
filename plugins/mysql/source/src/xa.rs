//! XA transactions: rows are prepared in one place of the log, and committed or rolled back in another.

mod held;

pub(crate) use held::{Held, Replay, clean};

use std::collections::BTreeMap;
use tidegate_model::{Gtid, GtidSet, LogPosition, Position};
use tidegate_mysql_binlog::XaPrepare;
use tidegate_mysql_ddl::Xid;

/// A transaction that is prepared and neither committed nor rolled back.
pub(crate) struct Prepared {
    /// The GTID of its prepare.
    pub(crate) gtid: Option<Gtid>,
    /// Where its prepare begins.
    pub(crate) log: LogPosition,
    /// Everything that lies before its prepare.
    pub(crate) before: Option<GtidSet>,
    pub(crate) rows: Held,
}

/// The transactions that are prepared.
#[derive(Default)]
pub(crate) struct Unresolved {
    by_xid: BTreeMap<Xid, Prepared>,
}

impl Unresolved {
    pub(crate) fn insert(&mut self, xid: Xid, prepared: Prepared) {
        self.by_xid.insert(xid, prepared);
    }

    pub(crate) fn remove(&mut self, xid: &Xid) -> Option<Prepared> {
        self.by_xid.remove(xid)
    }

    pub(crate) fn get_mut(&mut self, xid: &Xid) -> Option<&mut Prepared> {
        self.by_xid.get_mut(xid)
    }

    /// Returns how many bytes of rows are held in memory.
    pub(crate) fn memory(&self) -> usize {
        self.by_xid.values().map(|prepared| prepared.rows.memory()).sum()
    }

    /// Forgets everything: it will be read again.
    pub(crate) fn clear(&mut self) {
        self.by_xid.clear();
    }

    /// Returns from where the log must be read to go on behind `applied`: before the earliest prepare. With MySQL's
    /// GTIDs that is a hole in the set; file + offset and MariaDB know no holes.
    pub(crate) fn resume(&self, applied: &Position) -> Position {
        let order = |a: &&Prepared, b: &&Prepared| a.log.compare(&b.log).unwrap_or(std::cmp::Ordering::Equal);
        let Some(earliest) = self.by_xid.values().min_by(order) else { return applied.clone() };
        let gtids = applied.gtids.clone().map(|set| match set {
            GtidSet::MySql(_) => {
                let mut set = set;
                for gtid in self.by_xid.values().filter_map(|prepared| prepared.gtid.as_ref()) {
                    set.remove(gtid);
                }
                set
            }
            GtidSet::MariaDb(_) => earliest.before.clone().unwrap_or(set),
        });
        Position { gtids, log: Some(earliest.log.clone()), inside: None }
    }
}

/// Returns the XID as statements have it.
pub(crate) fn xid(prepare: &XaPrepare) -> Xid {
    let id = &prepare.id;
    let format = u64::from(id.format.cast_unsigned());
    Xid { format, global: id.global.to_vec(), branch: id.branch.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(log: (&str, u64), gtid: &str, before: &str) -> Prepared {
        Prepared {
            gtid: Some(gtid.parse().unwrap()),
            log: LogPosition { file: log.0.into(), offset: log.1 },
            before: Some(before.parse().unwrap()),
            rows: Held::default(),
        }
    }

    fn id(name: &str) -> Xid {
        Xid { format: 1, global: name.as_bytes().to_vec(), branch: Vec::new() }
    }

    #[test]
    fn reading_goes_on_before_the_earliest_prepare() {
        const UUID: &str = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
        let log = LogPosition { file: "b.000010".into(), offset: 700 };
        let applied =
            Position { gtids: Some(format!("{UUID}:1-9").parse().unwrap()), log: Some(log), inside: None };
        let mut unresolved = Unresolved::default();
        assert_eq!(unresolved.resume(&applied), applied);
        unresolved.insert(id("a"), prepared(("b.000010", 500), &format!("{UUID}:7"), &format!("{UUID}:1-6")));
        unresolved.insert(id("b"), prepared(("b.000009", 900), &format!("{UUID}:3"), &format!("{UUID}:1-2")));
        let resume = unresolved.resume(&applied);
        assert_eq!(resume.gtids.unwrap().to_string(), format!("{UUID}:1-2:4-6:8-9"));
        assert_eq!(resume.log.unwrap().offset, 900);
        assert!(unresolved.remove(&id("b")).is_some());
        assert_eq!(unresolved.resume(&applied).log.unwrap().offset, 500);
    }

    #[test]
    fn mariadb_knows_no_holes() {
        let log = LogPosition { file: "b.000010".into(), offset: 700 };
        let applied = Position { gtids: Some("0-1-9".parse().unwrap()), log: Some(log), inside: None };
        let mut unresolved = Unresolved::default();
        unresolved.insert(id("a"), prepared(("b.000010", 500), "0-1-7", "0-1-6"));
        assert_eq!(unresolved.resume(&applied).gtids.unwrap().to_string(), "0-1-6");
    }
}
