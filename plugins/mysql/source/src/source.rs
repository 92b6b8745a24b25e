//! The source itself: what the engine calls.

use crate::{
    config::SourceConfig,
    link::{Identity, Link},
    reading::Reading,
};
use std::{path::PathBuf, sync::Arc};
use tidegate_model::Checkpoint;
use tidegate_plugin::{
    BoxFuture, Change, Demand, Instance, Observation, PluginError, Result, Source, SourceContext,
    SourceReport,
};

/// Follows the binary log of a MySQL or MariaDB server.
pub(crate) struct MySqlSource {
    config: Arc<SourceConfig>,
    pipeline: Arc<str>,
    folder: PathBuf,
    reading: Option<Box<Reading>>,
    closed: Observation,
}

impl MySqlSource {
    pub(crate) fn new(config: SourceConfig, instance: &Instance) -> Self {
        Self {
            config: Arc::new(config),
            pipeline: instance.pipeline.clone(),
            folder: instance.folder.clone(),
            reading: None,
            closed: Observation::default(),
        }
    }

    fn link(&self, pipeline: &str) -> Link {
        Link::new(Identity::new(&self.config, pipeline, &self.folder))
    }
}

impl Source for MySqlSource {
    fn open(&mut self, context: SourceContext) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let link = self.link(&context.pipeline);
            let reading =
                Box::pin(Reading::open(self.config.clone(), self.folder.clone(), link, context)).await?;
            self.reading = Some(Box::new(reading));
            Ok(())
        })
    }

    fn next<'a>(&'a mut self, demand: &'a mut Demand) -> BoxFuture<'a, Result<Option<Change>>> {
        Box::pin(async move {
            match &mut self.reading {
                Some(reading) => reading.next(demand).await,
                None => Err(PluginError::definite("the source is read before it is open: a bug in tidegate")),
            }
        })
    }

    fn stop(&mut self) {
        if let Some(reading) = &mut self.reading {
            reading.stop();
        }
    }

    fn release<'a>(&'a mut self, _: &'a Checkpoint) -> BoxFuture<'a, Result<()>> {
        // The server keeps its log as long as its own settings say.
        Box::pin(async { Ok(()) })
    }

    fn observe(&self) -> Observation {
        self.reading.as_ref().map_or_else(|| self.closed.clone(), |reading| reading.observe())
    }

    fn close(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async {
            self.closed = self.observe();
            self.reading = None;
            Ok(())
        })
    }

    fn check(&mut self) -> BoxFuture<'_, Result<SourceReport>> {
        Box::pin(async move {
            let link = self.link(&self.pipeline);
            crate::check::check(&self.config, link.identity()).await
        })
    }
}
