//! Where a run ends: a goal that can never be reached is refused before anything is read.

use tidegate_model::{GtidSet, LogPosition, Position};
use tidegate_mysql_connection::Flavor;
use tidegate_plugin::{ErrorKind, PluginError, Result};

/// Refuses a goal that no position of this server's log can be compared with.
///
/// `gtids` is the server's family if it has GTIDs, and `end` is where its log ends now.
pub(crate) fn check(goal: &Position, gtids: Option<Flavor>, end: &LogPosition) -> Result<()> {
    if let Some(set) = &goal.gtids {
        let Some(flavor) = gtids else {
            return Err(refused("it is a GTID set, but the source has no GTIDs (gtid_mode is not ON)"));
        };
        if matches!(set, GtidSet::MariaDb(_)) != (flavor == Flavor::MariaDb) {
            return Err(refused(
                "it is no GTID set of the source's kind: MySQL's are `uuid:1-5`, MariaDB's `0-1-5`",
            ));
        }
    } else if let Some(log) = &goal.log
        && name(log) != name(end)
    {
        return Err(refused(format!("the source's log files are called like `{}`", end.file)));
    }
    Ok(())
}

fn name(log: &LogPosition) -> &str {
    log.file.rsplit_once('.').map_or(&*log.file, |(name, _)| name)
}

fn refused(why: impl std::fmt::Display) -> PluginError {
    PluginError::new(ErrorKind::Input, format!("the position to stop at can never be reached: {why}"))
        .hint("use `now`, a GTID set of the source, or `file:position` as SHOW BINARY LOGS names the files")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(goal: &str, gtids: Option<Flavor>) -> Result<()> {
        let end = LogPosition { file: "binlog.000007".into(), offset: 4 };
        let log = |file: &str| Position {
            gtids: None,
            log: Some(LogPosition { file: file.into(), offset: 4 }),
            inside: None,
        };
        let set = |text: &str| Position { gtids: Some(text.parse().unwrap()), log: None, inside: None };
        let goal = if goal.contains("bin") { log(goal) } else { set(goal) };
        check(&goal, gtids, &end)
    }

    #[test]
    fn what_can_be_compared_is_a_goal() {
        let uuid = "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-7";
        judge("binlog.000001", None).unwrap();
        judge("binlog.1000001", Some(Flavor::MySql)).unwrap();
        judge(uuid, Some(Flavor::MySql)).unwrap();
        judge("0-1-7", Some(Flavor::MariaDb)).unwrap();
        for (goal, gtids) in [
            ("mysql-bin.000001", None),
            (uuid, None),
            (uuid, Some(Flavor::MariaDb)),
            ("0-1-7", Some(Flavor::MySql)),
        ] {
            let error = judge(goal, gtids).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Input, "{goal}");
        }
    }
}
