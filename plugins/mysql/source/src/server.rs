//! What a server says of its log.

use mysql_async::{Conn, Row, prelude::Queryable};
use std::time::Duration;
use tidegate_model::{GtidSet, LogPosition};
use tidegate_mysql_connection::{ConnectionConfig, Flavor, ServerFacts, Session, connect, error};
use tidegate_plugin::{PluginError, Result};

/// How long a question may take; listing the files of a long log takes seconds.
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// A connection for questions, and what is known of the server.
pub(crate) struct Server {
    pub(crate) conn: Conn,
    pub(crate) facts: ServerFacts,
}

/// A log file that the server has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogFile {
    pub(crate) name: String,
    pub(crate) size: u64,
}

/// Where a log ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogEnd {
    pub(crate) position: LogPosition,
    /// Everything that was ever executed, where the server has GTIDs.
    pub(crate) gtids: Option<GtidSet>,
}

impl Server {
    /// Connects for questions.
    pub(crate) async fn connect(config: &ConnectionConfig) -> Result<Self> {
        // What the server shows must not depend on its defaults.
        let session = Session::new("source").setup("SET SESSION sql_mode = ''");
        let mut conn = connect(config, &session).await?;
        let facts = ServerFacts::read(&mut conn).await?;
        if facts.flavor() == Flavor::TiDb {
            return Err(PluginError::world(format!("{config} is a TiDB server, which has no binary log"))
                .hint("TiDB's changes are read with TiCDC"));
        }
        Ok(Self { conn, facts })
    }

    /// Ends the connection; it was of use up to here, so an error does not matter.
    pub(crate) async fn close(self) {
        drop(self.conn.disconnect().await);
    }

    /// Returns the log files, oldest first.
    pub(crate) async fn files(&mut self) -> Result<Vec<LogFile>> {
        if !self.facts.has_log() {
            return Err(PluginError::world("the server writes no binary log (log_bin is OFF)")
                .hint("set log_bin at the server and restart it"));
        }
        let rows: Vec<Row> = self.query("SHOW BINARY LOGS", "cannot list the log files").await?;
        let file = |row: Row| {
            let name = row.get_opt::<String, _>(0)?.ok()?;
            let size = row.get_opt::<u64, _>(1)?.ok()?;
            Some(LogFile { name, size })
        };
        Ok(rows.into_iter().filter_map(file).collect())
    }

    /// Returns where the log ends now.
    pub(crate) async fn end(&mut self) -> Result<LogEnd> {
        let statement = self.facts.version.show_log_status();
        let rows: Vec<Row> = self.query(statement, "cannot see where the log ends").await?;
        let missing = || {
            PluginError::world("the server does not say where its log ends: it writes no binary log")
                .hint("set log_bin at the server and restart it")
        };
        let row = rows.into_iter().next().ok_or_else(missing)?;
        let file: String = row.get_opt(0).and_then(Result::ok).ok_or_else(missing)?;
        let offset: u64 = row.get_opt(1).and_then(Result::ok).ok_or_else(missing)?;
        let position = LogPosition { file: file.into(), offset };
        let gtids = match self.facts.flavor() {
            _ if !self.facts.has_gtids() => None,
            Flavor::MariaDb => self.gtids_at(&position).await?,
            _ => {
                let text: String = row.get_opt(4).and_then(Result::ok).unwrap_or_default();
                Some(parse_set(&text, &self.facts)?)
            }
        };
        Ok(LogEnd { position, gtids })
    }

    /// Returns everything that lies before a position of MariaDB's log.
    pub(crate) async fn gtids_at(&mut self, position: &LogPosition) -> Result<Option<GtidSet>> {
        let query =
            format!("SELECT BINLOG_GTID_POS('{}', {})", position.file.replace('\'', ""), position.offset);
        let rows: Vec<Option<String>> = self.query(&query, "cannot find the GTIDs of a position").await?;
        rows.into_iter().next().flatten().map(|text| parse_set(&text, &self.facts)).transpose()
    }

    /// Returns a global variable that is a GTID set.
    pub(crate) async fn set(&mut self, variable: &str) -> Result<GtidSet> {
        let query = format!("SELECT @@GLOBAL.{variable}");
        let rows: Vec<Option<String>> = self.query(&query, "cannot read the server's GTIDs").await?;
        parse_set(rows.into_iter().next().flatten().as_deref().unwrap_or_default(), &self.facts)
    }

    /// Tells whether the server is a replica that receives transactions.
    pub(crate) async fn follows_another(&mut self) -> Result<bool> {
        let statement = self.facts.version.show_replication();
        let channels: Vec<Row> = self.query(statement, "cannot see whether the server is a replica").await?;
        Ok(channels.iter().any(|channel| {
            ["Replica_IO_Running", "Slave_IO_Running"].iter().any(|column| {
                channel
                    .get_opt::<String, _>(*column)
                    .and_then(std::result::Result::ok)
                    .is_some_and(|runs| runs != "No")
            })
        }))
    }

    pub(crate) async fn query<T: mysql_async::prelude::FromRow + Send + 'static>(
        &mut self,
        statement: &str,
        doing: &str,
    ) -> Result<Vec<T>> {
        match tokio::time::timeout(ANSWER_MAX, self.conn.query(statement)).await {
            Ok(answer) => answer.map_err(|failed| error::explain(&failed, doing)),
            Err(_) => Err(PluginError::transient(format!("{doing}: no answer within {ANSWER_MAX:?}"))),
        }
    }
}

/// Reads a GTID set as a server writes it.
fn parse_set(text: &str, facts: &ServerFacts) -> Result<GtidSet> {
    if text.trim().is_empty() {
        return Ok(empty_set(facts));
    }
    text.parse()
        .map_err(|error| PluginError::definite(format!("the server says what we cannot read: {error}")))
}

/// Returns the empty set of the server's flavour.
pub(crate) fn empty_set(facts: &ServerFacts) -> GtidSet {
    match facts.flavor() {
        Flavor::MariaDb => GtidSet::empty_mariadb(),
        _ => GtidSet::empty_mysql(),
    }
}
