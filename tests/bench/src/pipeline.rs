//! A pipeline with one filter into nothing, run in this process: so that a filter that no binary has can be in it.

use crate::native;
use anyhow::{Context, Result, anyhow};
use clap::Args;
use std::{path::PathBuf, sync::Arc, time::Duration};
use tidegate_component::{Limits, Loader};
use tidegate_engine::{
    Builder, FilterStage, Filters, OnError, Pipeline, Plan, Retry, StateFolder, Stop, Telemetry,
};
use tidegate_plugin::{Entry, ErrorKind, Filter, Goal, Instance, PluginError, settings::Settings};
use tidegate_test_servers::{PASSWORD, USER};

/// What to run.
#[derive(Debug, Args)]
pub(crate) struct PipelineArguments {
    /// The port of the source.
    #[arg(long)]
    port: u16,
    /// A filter that is built in, by name.
    #[arg(long, conflicts_with = "component")]
    native: Option<String>,
    /// A filter that is a component.
    #[arg(long)]
    component: Option<PathBuf>,
    /// Its settings, as JSON.
    #[arg(long, default_value = "{}")]
    settings: String,
    /// Where compiled code and the pipeline's state are kept.
    #[arg(long)]
    state: PathBuf,
}

/// As much as JavaScript and Python need.
pub(crate) const LIMITS: Limits =
    Limits { memory: 256 << 20, call_time: Duration::from_secs(10), answer: 64 << 20 };

/// The program's own default.
const MEMORY: usize = 128 << 20;

/// Runs the pipeline up to the end of the log.
pub(crate) fn run(arguments: &PipelineArguments) -> Result<()> {
    let instance = Instance { pipeline: "bench".into(), folder: PathBuf::new(), memory: None, impure: false };
    let mut stages = Vec::new();
    if let Some(filter) = filter(arguments, &instance)? {
        stages.push(FilterStage { plugin: "measured".into(), filter, on_error: OnError::Stop });
    }
    let source = serde_json::json!({
        "host": "127.0.0.1", "port": arguments.port, "user": USER, "password": PASSWORD, "start": "earliest",
    });
    let pipeline = Pipeline {
        name: "bench".into(),
        source: builder(tidegate_mysql_source::entry(), &source, &instance),
        filters: Arc::new(Filters::new(stages, "measured")),
        sink: builder(tidegate_discard::entry(), &serde_json::json!({}), &instance),
        memory: MEMORY,
        retry: Retry::default(),
        patience: Pipeline::PATIENCE,
    };
    let state = StateFolder::open(&arguments.state, "bench")?;
    let plan = Plan { goal: Some(Goal::Now), reset: true, start_is_set: true };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let telemetry = Telemetry::new("bench");
    let ran = runtime.block_on(tidegate_engine::run(&pipeline, &plan, &state, &Stop::default(), &telemetry));
    ran.map(|_| ()).map_err(|fault| anyhow!("{fault:?}"))
}

fn filter(arguments: &PipelineArguments, instance: &Instance) -> Result<Option<Box<dyn Filter>>> {
    if let Some(name) = &arguments.native {
        return native::filter(name).map(Some);
    }
    let Some(file) = &arguments.component else { return Ok(None) };
    let plugin = Loader::new(Some(&arguments.state.join("compiled")))?.load(file, None, LIMITS)?;
    let settings = serde_json::from_str(&arguments.settings).context("the settings are no JSON")?;
    let built = (plugin.into_entry().build)(&Settings::from_json(&settings), instance);
    built.map(Some).map_err(|problems| anyhow!("the settings do not fit: {problems:?}"))
}

fn builder<T: ?Sized + 'static>(
    entry: Entry<T>,
    settings: &serde_json::Value,
    instance: &Instance,
) -> Builder<T> {
    let (settings, instance) = (Settings::from_json(settings), instance.clone());
    Arc::new(move || {
        (entry.build)(&settings, &instance)
            .map_err(|problems| PluginError::new(ErrorKind::Input, format!("{problems:?}")))
    })
}
