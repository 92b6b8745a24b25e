//! What is written down before a DDL is executed.

use super::{decide::Decision, observe::Observed, statement::clean};
use crate::{
    lane::{Acknowledged, Lanes, fenced},
    state::{Record, begin},
    statement::quoted,
};
use mysql_async::{Conn, prelude::Queryable};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tidegate_model::{Ddl, SchemaChange, Session, TableName};
use tidegate_mysql_connection::{Flavor, error::explain};
use tidegate_plugin::{PluginError, Result};

/// A DDL that is being executed: all that completing it takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Intent {
    /// The window that the DDL is.
    pub(crate) number: u64,
    /// A number that no other attempt has.
    pub(crate) nonce: u64,
    /// Whether an earlier attempt may have done a part of it.
    pub(crate) repeated: bool,
    /// The window that the first lane's row stands at.
    pub(crate) last: u64,
    /// What that row is to say afterwards.
    pub(crate) record: Record,
    /// The session at the source.
    pub(crate) session: Arc<Session>,
    /// The statements for the target.
    pub(crate) steps: Vec<Step>,
    /// Which of them is being executed.
    pub(crate) at: usize,
    /// What its tables looked like before.
    pub(crate) before: Vec<Observed>,
    /// What changes of the source's schemas.
    pub(crate) schemas: Vec<SchemaChange>,
}

/// A statement for the target.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Step {
    /// The text.
    pub(crate) sql: String,
    /// The tables that it is about, under their target names, paired with their source names.
    pub(crate) tables: Vec<(TableName, TableName)>,
    /// Those of the target names that the filters may give to other source tables as well.
    #[serde(default)]
    pub(crate) merged: Vec<TableName>,
}

impl Intent {
    /// Returns the intent to execute a DDL.
    pub(crate) fn of(ddl: &Ddl, number: u64, last: u64, record: &Record) -> Self {
        let steps = ddl.targets.iter();
        let steps = steps.map(|target| Step {
            sql: target.sql.clone(),
            tables: target.tables.clone(),
            merged: target.merged.clone(),
        });
        Self {
            number,
            nonce: 0,
            repeated: false,
            last,
            record: record.clone(),
            session: ddl.session.clone(),
            steps: steps.collect(),
            at: 0,
            before: Vec::new(),
            schemas: ddl.schemas.clone(),
        }
    }

    /// The text by which the statement is known at the target. It holds nothing that could end a comment.
    pub(crate) fn marker(&self) -> String {
        format!("tidegate:{:016x}-{}-{}", self.nonce, self.number, self.at)
    }

    /// Says where the DDL stands in the source's log.
    pub(crate) fn place(&self) -> String {
        match &self.record.from {
            Some(from) => from.applied.to_string(),
            None => self.record.to.applied.to_string(),
        }
    }

    /// Begins a new attempt.
    pub(crate) fn renew(&mut self) {
        use std::hash::{BuildHasher as _, RandomState};
        self.nonce = RandomState::new().hash_one(self.number);
    }

    /// Closes an intent whose first statement the target has refused: nothing of it happened, and the DDL will come again.
    pub(crate) async fn withdraw(&self, conn: &mut Conn, pipeline: &str) {
        if self.at == 0 && !self.repeated {
            // If this fails, the next start tries the statement again and hears the same refusal.
            let close = format!("UPDATE tidegate.ddl SET done = 1 WHERE pipeline = {}", quoted(pipeline));
            if conn.query_drop(close).await.is_ok() {
                clean(conn, self).await;
            }
        }
    }

    /// Writes the intent down, if this process still owns the pipeline and the target has all that comes before the DDL.
    ///
    /// # Errors
    /// If one of these is not so, or the connection fails.
    pub(crate) async fn write(
        &self,
        conn: &mut Conn,
        pipeline: &str,
        lanes: &Acknowledged,
        flavor: Flavor,
    ) -> Result<()> {
        let failed = |error| explain(&error, "the intent of a DDL cannot be written");
        let text = serde_json::to_string(self)
            .map_err(|error| PluginError::definite("the intent of a DDL cannot be written").because(error))?;
        let name = quoted(pipeline);
        conn.query_drop(begin(flavor)).await.map_err(failed)?;
        let query = format!("SELECT epoch FROM tidegate.pipeline WHERE name = {name} FOR UPDATE");
        let now: Option<u64> = conn.query_first(query).await.map_err(failed)?;
        let rows = lanes.read(conn).await.map_err(failed)?;
        lanes.compare(&lanes.windows(), &rows, Lanes::Settled).map_err(|error| error.at(self.place()))?;
        if now != Some(lanes.epoch()) {
            return Err(fenced(pipeline, now));
        }
        conn.query_drop(format!(
            "REPLACE INTO tidegate.ddl (pipeline, intent, done, connection, record) \
             VALUES ({name}, {}, 0, CONNECTION_ID(), {})",
            self.number,
            quoted(text)
        ))
        .await
        .map_err(failed)?;
        conn.query_drop("COMMIT").await.map_err(failed)
    }

    /// Reads the open intent, the connection that it was written by, and what an operator decided about it.
    ///
    /// # Errors
    /// If another version of Tidegate wrote it, or the connection fails.
    pub(crate) async fn read(
        conn: &mut Conn,
        pipeline: &str,
    ) -> Result<Option<(Self, u64, Option<Decision>)>> {
        let query = format!(
            "SELECT done, connection, record FROM tidegate.ddl WHERE pipeline = {} AND done <> 1",
            quoted(pipeline)
        );
        let row: Option<(u8, u64, Vec<u8>)> = conn
            .query_first(query)
            .await
            .map_err(|error| explain(&error, "the intent of a DDL cannot be read"))?;
        let Some((done, connection, text)) = row else { return Ok(None) };
        let intent = serde_json::from_slice(&text).map_err(|error| {
            PluginError::world("the intent in `tidegate.ddl` cannot be read")
                .hint("it was written by another version of Tidegate; finish with that one")
                .because(error)
        })?;
        let verdict = match done {
            HAPPENED => Some(Decision::Happened),
            DID_NOT_HAPPEN => Some(Decision::DidNot),
            _ => None,
        };
        Ok(Some((intent, connection, verdict)))
    }
}

/// What an operator puts into `tidegate.ddl.done` where nobody else can tell.
pub(crate) const HAPPENED: u8 = 2;
/// The same, if it did not happen.
pub(crate) const DID_NOT_HAPPEN: u8 = 3;
