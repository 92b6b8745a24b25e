//! A server, a sink on it, and ways to feed it.

use crate::feed::Feed;
use std::sync::Arc;
use tidegate_plugin::{
    Health, Instance, Opening, PluginError, Resume, Sink, SinkContext, settings::Settings,
};
use tidegate_test_servers::{Server, proxy::Proxy};

pub(crate) struct Stage {
    pub(crate) server: Server,
    pub(crate) proxy: Proxy,
    /// What all sinks on it say of themselves.
    pub(crate) health: Health,
    folder: tempfile::TempDir,
}

impl Stage {
    pub(crate) fn new(server: Server) -> Self {
        let proxy = Proxy::start(server.address()).unwrap();
        Self { server, proxy, health: Health::default(), folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn sql(&self, statements: &str) -> String {
        self.server.client().execute(statements).unwrap()
    }

    /// A sink with these settings beside those of the connection.
    pub(crate) fn sink(&self, settings: serde_json::Value) -> Box<dyn Sink> {
        let mut all = serde_json::json!({
            "host": "127.0.0.1", "port": self.proxy.port(), "user": self.server.user(),
            "password": self.server.password(), "tls": { "mode": "disabled" },
        });
        all.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        let instance = Instance {
            pipeline: "p".into(),
            folder: self.folder.path().to_owned(),
            memory: None,
            impure: false,
        };
        match (tidegate_mysql_sink::entry().build)(&Settings::from_json(&all), &instance) {
            Ok(sink) => sink,
            Err(problems) => panic!("{problems:?}"),
        }
    }

    pub(crate) fn context(&self) -> SinkContext {
        SinkContext {
            pipeline: Arc::from("p"),
            state: self.folder.path().to_owned(),
            filters: "none".into(),
            reset: false,
            memory: 256 << 20,
            health: self.health.clone(),
        }
    }

    pub(crate) async fn open(
        &self,
        settings: serde_json::Value,
    ) -> Result<(Box<dyn Sink>, Option<Box<Resume>>), PluginError> {
        let mut sink = self.sink(settings);
        match sink.open(self.context()).await? {
            Opening::Kept(resume) => Ok((sink, resume)),
            Opening::NotKept { .. } => panic!("the sink keeps its checkpoint"),
        }
    }

    /// Opens a sink, feeds it from its checkpoint to the end and closes it.
    pub(crate) async fn apply(
        &self,
        feed: &Feed,
        size: usize,
        settings: serde_json::Value,
    ) -> Result<(), PluginError> {
        let (mut sink, resume) = self.open(settings).await?;
        for change in feed.batches(resume.as_deref(), size) {
            sink.write(change).await?;
        }
        sink.flush().await?;
        if !feed.transactions.is_empty() {
            assert_eq!(crate::feed::index(&sink.durable().unwrap().applied), feed.transactions.len());
        }
        sink.close().await
    }
}
