//! Where reading begins, found and checked before the server is asked for its log.

mod gtids;

use crate::{
    config::StartAt,
    dump::From,
    identity,
    server::{LogFile, Server, empty_set},
};
use std::cmp::Ordering;
use tidegate_model::{Checkpoint, GtidSet, LogPosition, Position};
use tidegate_mysql_connection::{ConnectionConfig, Flavor, ServerFacts};
use tidegate_plugin::{PluginError, Result};

/// The offset of the first event in a log file.
pub(crate) const FIRST_OFFSET: u64 = 4;

/// Where reading begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Beginning {
    /// What the server is asked for.
    pub(crate) from: From,
    /// Where the reader stands, between two transactions.
    pub(crate) position: Position,
    /// Whether the GTIDs before the position stand at the beginning of the log file.
    pub(crate) gtids_in_log: bool,
}

/// What came of looking for a checkpoint's position.
#[derive(Debug)]
pub(crate) enum Found {
    /// It is there.
    Here(Beginning),
    /// The server does not have these transactions yet.
    Lags(GtidSet),
    /// The server lacks these transactions, and nothing can bring them; it has the others besides.
    Diverged {
        /// What it lacks.
        missing: GtidSet,
        /// What it has and the checkpoint has not.
        extra: GtidSet,
    },
}

/// Finds where the settings say that a stream begins.
pub(crate) async fn configured(
    server: &mut Server,
    config: &ConnectionConfig,
    start: &StartAt,
) -> Result<Beginning> {
    match start {
        StartAt::Earliest => {
            let file = server.files().await?.into_iter().next().ok_or_else(no_files)?;
            Ok(at_file(LogPosition { file: file.name.into(), offset: FIRST_OFFSET }, server))
        }
        StartAt::Latest => {
            let end = server.end().await?;
            // MySQL counts a transaction as executed a little after it stands in the log. So the set decides, as it does
            // after a reconnect, or that transaction would be before the start once and behind it later.
            let from = match &end.gtids {
                Some(set @ GtidSet::MySql(_)) => From::Gtids(set.clone()),
                _ => From::File(end.position.clone()),
            };
            let position = Position { gtids: end.gtids, log: Some(end.position), inside: None };
            Ok(Beginning { from, position, gtids_in_log: false })
        }
        StartAt::File(log) if log.offset == FIRST_OFFSET => {
            check_file(server, log).await?;
            Ok(at_file(log.clone(), server))
        }
        StartAt::File(log) => {
            check_file(server, log).await?;
            let gtids = match server.facts.flavor() {
                _ if !server.facts.has_gtids() => None,
                Flavor::MariaDb => server.gtids_at(log).await?,
                _ => Some(gtids::before(config, &server.facts.version, log).await?),
            };
            let position = Position { gtids, log: Some(log.clone()), inside: None };
            Ok(Beginning { from: From::File(log.clone()), position, gtids_in_log: false })
        }
        StartAt::Gtid(set) => {
            let set = if set.is_empty() { empty_set(&server.facts) } else { set.clone() };
            check_flavor(server, &set)?;
            check_purged(server, &set).await?;
            let executed = executed(server).await?;
            if !executed.contains(&set) {
                let missing = set.difference(&executed);
                return Err(PluginError::world(format!(
                    "the start's GTID set contains transactions that the server never executed: {missing}"
                ))
                .hint("compare `start` with the server's gtid_executed; maybe this is another server"));
            }
            let position = Position { gtids: Some(set.clone()), log: None, inside: None };
            Ok(Beginning { from: From::Gtids(set), position, gtids_in_log: false })
        }
    }
}

fn at_file(log: LogPosition, server: &Server) -> Beginning {
    let position = Position { gtids: None, log: Some(log.clone()), inside: None };
    Beginning { from: From::File(log), position, gtids_in_log: server.facts.has_gtids() }
}

/// Finds where a checkpoint says that a stream goes on: by its GTID set if there is one, so that it may be another
/// server of the same history, else by file and offset on the same server.
pub(crate) async fn resumed(server: &mut Server, checkpoint: &Checkpoint) -> Result<Found> {
    let Checkpoint { applied, resume, source } = checkpoint;
    if let (Some(set), true) = (&resume.gtids, server.facts.has_gtids()) {
        check_flavor(server, set)?;
        check_purged(server, set).await?;
        let known = applied.gtids.as_ref().unwrap_or(set);
        let executed = executed(server).await?;
        if !executed.contains(known) {
            let missing = known.difference(&executed);
            let extra = executed.difference(known);
            // What a server has besides proves nothing: a replica may apply in another order, or have rows of its own.
            let own = identity::of_server(&server.facts) == *source || has_own(&missing, &server.facts);
            return Ok(if own || !(extra.is_empty() || server.follows_another().await?) {
                Found::Diverged { missing, extra }
            } else {
                Found::Lags(missing)
            });
        }
        let position = Position { inside: None, ..resume.clone() };
        return Ok(Found::Here(Beginning { from: From::Gtids(set.clone()), position, gtids_in_log: false }));
    }
    let own = identity::of_server(&server.facts);
    if own != *source {
        return Err(PluginError::world(format!(
            "the checkpoint is of another server ({source}), this is {own}, and without GTIDs its position means nothing here"
        ))
        .hint("connect to the server that the checkpoint is of, or begin anew with --reset and a `start` on this one"));
    }
    let log = resume.log.clone().ok_or_else(|| {
        PluginError::world("the checkpoint has a GTID set only, but the server has no GTIDs (any more)")
            .hint("set gtid_mode = ON at the server, or begin anew with --reset and a `start`")
    })?;
    check_file(server, &log).await?;
    let position = Position { gtids: None, log: Some(log.clone()), inside: None };
    Ok(Found::Here(Beginning { from: From::File(log), position, gtids_in_log: false }))
}

/// Tells whether transactions that a server lacks were its own.
fn has_own(missing: &GtidSet, facts: &ServerFacts) -> bool {
    match missing {
        GtidSet::MySql(sets) => sets.keys().any(|(uuid, _)| Some(*uuid) == facts.server_uuid),
        GtidSet::MariaDb(domains) => domains.values().any(|(server, _)| *server == facts.server_id),
    }
}

/// Refuses a server that lacks what was read before.
pub(crate) fn diverged(missing: &GtidSet, extra: &GtidSet) -> PluginError {
    let besides = if extra.is_empty() { String::new() } else { format!(", and has {extra} besides") };
    PluginError::world(format!(
        "the server's history is another one: it lacks {missing}, which was read before{besides}"
    ))
    .hint(
        "connect to a server that has the missing transactions, or start again when this one has got them; if they were \
         lost in a fail-over, the target has rows that the source has not: mend them, then begin anew with --reset and a \
         `start`",
    )
}

/// Everything that the server ever executed.
async fn executed(server: &mut Server) -> Result<GtidSet> {
    let variable = match server.facts.flavor() {
        Flavor::MariaDb => "gtid_binlog_pos",
        _ => "gtid_executed",
    };
    server.set(variable).await
}

fn check_flavor(server: &Server, set: &GtidSet) -> Result<()> {
    let mariadb = server.facts.flavor() == Flavor::MariaDb;
    if !server.facts.has_gtids() {
        return Err(PluginError::world(
            "a GTID set is given, but the server has no GTIDs (gtid_mode is not ON)",
        )
        .hint("set gtid_mode = ON at the server, or give a file and position"));
    }
    if matches!(set, GtidSet::MariaDb(_)) != mariadb && !set.is_empty() {
        return Err(PluginError::world(format!("`{set}` is no GTID set of {}", server.facts.version))
            .hint("MySQL's are `uuid:1-5`, MariaDB's `0-1-5`"));
    }
    Ok(())
}

/// Refuses a set that lacks transactions of which the log is gone.
async fn check_purged(server: &mut Server, set: &GtidSet) -> Result<()> {
    let purged = match server.facts.flavor() {
        Flavor::MariaDb => {
            let oldest = server.files().await?.into_iter().next().ok_or_else(no_files)?;
            let position = LogPosition { file: oldest.name.into(), offset: FIRST_OFFSET };
            server.gtids_at(&position).await?.unwrap_or_else(GtidSet::empty_mariadb)
        }
        _ => server.set("gtid_purged").await?,
    };
    let gone = purged.difference(set);
    if gone.is_empty() {
        return Ok(());
    }
    Err(PluginError::world(format!("the server has purged the log of transactions that are still needed: {gone}"))
        .hint(
            "restore these log files at the server, or follow a replica that still has them; else copy the data anew \
             and begin with --reset and a `start` that the server has. Keep logs longer: binlog_expire_logs_seconds",
        ))
}

/// Refuses a position that the log does not hold (any more).
async fn check_file(server: &mut Server, log: &LogPosition) -> Result<()> {
    let files = server.files().await?;
    let (Some(first), Some(last)) = (files.first(), files.last()) else { return Err(no_files()) };
    let place = |file: &LogFile| LogPosition { file: file.name.as_str().into(), offset: file.size };
    let Some(file) = files.iter().find(|file| *file.name == *log.file) else {
        let (oldest, newest) = (&first.name, &last.name);
        let gone = log.compare(&place(first)) == Some(Ordering::Less);
        let message = if gone {
            format!("the server has purged {}: its oldest log file is {oldest}", log.file)
        } else {
            format!("the server has no log file {}: it has {oldest} to {newest}", log.file)
        };
        return Err(PluginError::world(message).hint(
            "restore the log file at the server, or copy the data anew and begin with --reset and a `start` that the \
             server has. Keep logs longer: binlog_expire_logs_seconds",
        ));
    };
    if log.offset > file.size {
        let message =
            format!("position {}:{} never existed: the file ends at {}", log.file, log.offset, file.size);
        return Err(PluginError::world(message).hint(
            "the server lost a part of its log or is another one: copy the data anew and begin with --reset",
        ));
    }
    Ok(())
}

fn no_files() -> PluginError {
    PluginError::world("the server has no log files").hint("set log_bin at the server and restart it")
}
