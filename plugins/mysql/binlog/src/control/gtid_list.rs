//! The GTIDs of all transactions in earlier files, at the beginning of each file.

use super::tagged::tag;
use crate::{Problem, fields::Fields};
use std::collections::BTreeMap;
use tidegate_model::{GtidSet, IntervalSet, Uuid};

/// Reads a PREVIOUS_GTIDS event.
///
/// Source: MySQL source, `sql/rpl_gtid_set.cc`, `Gtid_set::encode`.
pub(crate) fn previous_gtids(mut body: Fields<'_>) -> Result<GtidSet, Problem> {
    const WHAT: &str = "the set";
    let first = body.u64(WHAT)?;
    // The highest byte tells the format; if there are tags, the lowest byte repeats it.
    let (tagged, count) = match first >> 56 {
        0 => (false, first),
        1 => (true, first >> 8 & 0xffff_ffff_ffff),
        other => return Err(Problem::invalid(format!("its format is the unknown {other}"))),
    };
    let mut sets: BTreeMap<_, IntervalSet> = BTreeMap::new();
    for _ in 0..count {
        let uuid = Uuid(body.array(WHAT)?);
        let tag = if tagged { tag(&mut body)? } else { "".into() };
        let set = sets.entry((uuid, tag)).or_default();
        for _ in 0..body.u64(WHAT)? {
            set.insert(body.u64(WHAT)?, body.u64(WHAT)?);
        }
    }
    Ok(GtidSet::MySql(sets))
}

/// Reads a GTID_LIST event of MariaDB. Of several servers in a domain the last is the latest.
///
/// Source: MariaDB knowledge base, "GTID_LIST_EVENT".
pub(crate) fn gtid_list(mut body: Fields<'_>) -> Result<GtidSet, Problem> {
    const WHAT: &str = "the list";
    let count = body.u32(WHAT)? & 0x0fff_ffff;
    let mut domains = BTreeMap::new();
    for _ in 0..count {
        let (domain, server) = (body.u32(WHAT)?, body.u32(WHAT)?);
        domains.insert(domain, (server, body.u64(WHAT)?));
    }
    Ok(GtidSet::MariaDb(domains))
}
