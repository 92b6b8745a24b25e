//! An open source: the link to the server, and the stream that its events become.

pub(crate) mod goal;
mod open;

use crate::{
    config::SourceConfig,
    feed::{Feed, Progress},
    link::{Input, Link},
    schemas::{Current, Touched},
};
use std::sync::Arc;
use tidegate_model::TableName;
use tidegate_plugin::{BoxFuture, Change, Demand, ErrorKind, Observation, Result, SourceContext};

/// An open source.
pub(crate) struct Reading {
    config: Arc<SourceConfig>,
    link: Link,
    feed: Feed,
    wants: crate::stream::Wants,
    /// The server's current schemas are being learnt.
    learning: Option<BoxFuture<'static, Result<(Current, Touched)>>>,
    idle: bool,
}

impl Reading {
    /// Opens the source where the engine says.
    pub(crate) async fn open(
        config: Arc<SourceConfig>,
        folder: std::path::PathBuf,
        link: Link,
        context: SourceContext,
    ) -> Result<Self> {
        open::open(config, &folder, link, context).await
    }

    pub(crate) async fn next(&mut self, demand: &mut Demand) -> Result<Option<Change>> {
        loop {
            if let Some(change) = self.feed.stream.take() {
                return Ok(Some(change));
            }
            if self.feed.stream.is_ended() {
                return Ok(None);
            }
            if let Some(learning) = &mut self.learning {
                let learnt = learning.await;
                self.learning = None;
                let (current, touched) = learnt?;
                self.feed.stream.schemas().adopt(&current, &touched);
            }
            match self.feed.step()? {
                Progress::Moved => continue,
                Progress::Unknown(table) => {
                    self.learn(&table);
                    continue;
                }
                Progress::Starved(used) => {
                    if let Some(used) = used {
                        self.link.recycle(used);
                    }
                }
            }
            if let Some(piece) = self.link.at_hand() {
                self.take(piece.map(Input::Piece))?;
                continue;
            }
            self.idle = true;
            // A stage that waits gets what there is, as soon as nothing is at hand.
            let input = if self.feed.stream.has_news() {
                tokio::select! {
                    biased;
                    input = self.link.next() => Some(input),
                    () = demand.waiting() => None,
                }
            } else {
                Some(self.link.next().await)
            };
            match input {
                Some(input) => self.take(input)?,
                None => self.feed.stream.close_if_any(),
            }
        }
    }

    pub(crate) fn stop(&mut self) {
        self.feed.stream.stop();
    }

    pub(crate) fn observe(&self) -> Observation {
        Observation {
            position: Some(self.feed.stream.position()),
            commit_time: self.feed.stream.commit_time(),
            connected: self.link.is_up(),
            caught_up: self.idle && self.link.is_at_end(),
            bytes: self.feed.bytes(),
            reconnects: self.link.reconnects(),
        }
    }

    /// Takes what came over the link.
    fn take(&mut self, input: Result<Input>) -> Result<()> {
        match input {
            Ok(Input::Piece(piece)) => {
                self.idle = false;
                self.feed.take(piece)?;
            }
            Ok(Input::Again(again)) => {
                let (beginning, checkpoint, source) = self.link.take(again);
                self.feed.stream.attach(&beginning, checkpoint, source);
            }
            Err(error) if error.kind == ErrorKind::Transient => {
                self.feed.forget();
                let checkpoint = self.feed.stream.detach();
                self.link.again(checkpoint, &error);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Begins to learn the server's current schemas.
    fn learn(&mut self, table: &TableName) {
        tracing::info!(%table, "a table's schema is in neither log nor checkpoint; looking whether the current one holds");
        let from = self.feed.stream.begins_at();
        let flavor = self.feed.stream.schemas().flavor();
        let connection = self.link.identity().connection.clone();
        let (wants, assume) = (self.wants.clone(), self.config.assume_current_schema);
        self.learning =
            Some(Box::pin(async move { open::learn(&connection, flavor, &wants, &from, assume).await }));
    }
}
