//! `tidegate run`: runs a pipeline.

use crate::{
    arguments::RunArguments,
    failure::{Failure, Outcome},
    load::{Loaded, load},
    logging,
    progress::ProgressLine,
    until,
};
use serde_json::json;
use std::{convert::Infallible, path::PathBuf, sync::Arc};
use tidegate_engine::{
    Ending, MetricsServer, Pipeline, Plan, Retry, StateFolder, Stop, Summary, Telemetry, default_state_root,
};
use tidegate_plugin::{ErrorKind, PluginError, Registry};
use tokio::signal::unix::{Signal, SignalKind, signal};

pub(crate) async fn run(
    arguments: &RunArguments,
    registry: &Arc<Registry>,
    json: bool,
) -> Result<Outcome, Failure> {
    let goal = arguments.until.as_deref().map(until::parse).transpose()?;
    let loaded = load(&arguments.file, registry).map_err(|diagnostics| Failure::Files(vec![diagnostics]))?;
    if json && writes_to_stdout(&loaded) {
        return Err(Failure::input(
            "`--json` and a sink that writes to stdout (`path: \"-\"`) exclude one another",
        ));
    }
    let progress = ProgressLine::new();
    logging::start(arguments.log_format, &arguments.log, &progress)?;
    let plan = Plan {
        goal,
        reset: arguments.reset,
        start_is_set: loaded.file.source.settings.root().get("start").is_some(),
    };
    let done = run_loaded(arguments, &loaded, &plan, &progress).await;
    progress.end();
    match done {
        Err(Failure::Error(problem)) => Err(Failure::Error(problem.cleaned(|text| loaded.file.redact(text)))),
        other => other,
    }
}

async fn run_loaded(
    arguments: &RunArguments,
    loaded: &Loaded,
    plan: &Plan,
    progress: &ProgressLine,
) -> Result<Outcome, Failure> {
    let pipeline = Pipeline {
        name: loaded.file.name.as_str().into(),
        source: loaded.source.clone(),
        filters: loaded.filters.clone(),
        sink: loaded.sink.clone(),
        memory: usize::try_from(loaded.file.engine.memory.0).unwrap_or(usize::MAX),
        retry: Retry::default(),
        patience: Pipeline::PATIENCE,
    };
    let state = StateFolder::open(&state_root(arguments)?, &pipeline.name)?;
    let telemetry = Telemetry::new(&pipeline.name);
    let _server = match arguments.metrics {
        Some(address) => Some(serve(address, telemetry.clone()).await?),
        None => None,
    };
    let stop = Stop::default();
    let signals = signals(&stop)?;
    let summary = tokio::select! {
        summary = tidegate_engine::run(&pipeline, plan, &state, &stop, &telemetry) => summary?,
        never = signals => match never {},
        never = progress.draw(telemetry.clone()) => match never {},
    };
    outcome(&summary)
}

fn outcome(summary: &Summary) -> Result<Outcome, Failure> {
    let ending = match summary.ending {
        Ending::Goal => "goal",
        Ending::Stopped => "stopped",
        Ending::Cut => {
            return Err(PluginError::definite("stopped at once, as asked for twice")
                .hint("nothing is lost: the next run goes on at the checkpoint")
                .into());
        }
        Ending::Overdue => {
            let message =
                "stopped as asked for, but nothing moved any more: what was read is not all at the target";
            return Err(PluginError::definite(message)
                .hint("nothing is lost: the next run goes on at the checkpoint; look whether the target is there")
                .into());
        }
    };
    let progress = &summary.progress;
    let text = |position: &Option<_>| position.as_ref().map(ToString::to_string);
    let result = json!({
        "ending": ending,
        "rows_read": progress.rows_read,
        "rows_written": progress.rows_written,
        "bytes_read": progress.bytes_read,
        "retries": progress.retries,
        "position": text(&progress.position),
        "durable": text(&progress.durable),
    });
    Ok(Outcome { result, text: String::new() })
}

fn state_root(arguments: &RunArguments) -> Result<PathBuf, PluginError> {
    let default = || default_state_root(|name| std::env::var(name).ok());
    arguments.state.clone().or_else(default).ok_or_else(|| {
        PluginError::new(ErrorKind::Input, "there is no folder for the pipeline's state: `HOME` is not set")
            .hint("say where with `--state DIR`")
    })
}

async fn serve(
    address: std::net::SocketAddr,
    telemetry: Arc<Telemetry>,
) -> Result<MetricsServer, PluginError> {
    let server = MetricsServer::start(address, telemetry).await.map_err(|error| {
        PluginError::world("the metrics cannot be served")
            .at(address)
            .hint("choose another port with `--metrics`")
            .because(error)
    })?;
    tracing::info!(address = %server.address(), "serving metrics at /metrics");
    Ok(server)
}

/// Asks for a stop with each SIGINT and SIGTERM.
fn signals(stop: &Stop) -> Result<impl Future<Output = Infallible> + use<>, PluginError> {
    let listen = |kind: SignalKind| -> Result<Signal, PluginError> {
        signal(kind).map_err(|error| PluginError::world("signals cannot be listened for").because(error))
    };
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    let stop = stop.clone();
    Ok(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if stop.is_requested() {
                tracing::warn!("stopping at once");
            } else {
                tracing::info!("stop requested; once more stops at once");
            }
            stop.request();
        }
    })
}

fn writes_to_stdout(loaded: &Loaded) -> bool {
    loaded.file.sinks.iter().any(|stage| {
        let path = stage.settings.root().get("path").and_then(|path| path.as_text());
        stage.reference.to_string() == "file" && path.is_some_and(|path| path.expose() == "-")
    })
}
