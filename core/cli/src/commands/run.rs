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
use std::{
    convert::Infallible,
    fs::Metadata,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tidegate_engine::{
    Ending, MetricsServer, Pipeline, Plan, Retry, StateFolder, Stop, Summary, Telemetry, default_state_root,
};
use tidegate_plugin::{ErrorKind, PluginError, Registry};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// A terminal, a supervisor and a process group may each send the signal for one and the same stop.
const ONE_STOP: Duration = Duration::from_secs(1);

pub(crate) async fn run(
    arguments: &RunArguments,
    registry: &Arc<Registry>,
    json: bool,
) -> Result<Outcome, Failure> {
    let goal = arguments.until.as_deref().map(until::parse).transpose()?;
    let filter = logging::filter(&arguments.log)?;
    let loaded = load(&arguments.file, registry, arguments.state.as_ref()).map_err(Failure::file)?;
    if json && writes_to_stdout(&loaded) {
        return Err(Failure::input("`--json` and a sink that writes to stdout exclude one another"));
    }
    let progress = ProgressLine::new();
    let file = loaded.file.clone();
    logging::start(arguments.log_format, filter, &progress, Box::new(move |text| file.redact(text)));
    let plan = Plan { goal, reset: arguments.reset, start_is_set: loaded.start_is_set() };
    let done = run_loaded(arguments, &loaded, &plan, &progress).await;
    progress.end();
    done.map_err(|failure| failure.cleaned(|text| loaded.file.redact(text)))
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
    let state = StateFolder::open(&state_root(arguments.state.as_ref())?, &pipeline.name)?;
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

/// Returns the folder that holds the state folders of all pipelines.
pub(super) fn state_root(asked_for: Option<&PathBuf>) -> Result<PathBuf, PluginError> {
    let default = || default_state_root(|name| std::env::var(name).ok());
    asked_for.cloned().or_else(default).ok_or_else(|| {
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

/// Asks for a stop with each SIGINT and SIGTERM; those that come within [`ONE_STOP`] of the first are one.
fn signals(stop: &Stop) -> Result<impl Future<Output = Infallible> + use<>, PluginError> {
    let listen = |kind: SignalKind| -> Result<Signal, PluginError> {
        signal(kind).map_err(|error| PluginError::world("signals cannot be listened for").because(error))
    };
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    let stop = stop.clone();
    Ok(async move {
        let mut asked = Asked::default();
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if !asked.counts(Instant::now()) {
                continue;
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

/// When the first signal came.
#[derive(Default)]
struct Asked(Option<Instant>);

impl Asked {
    /// Tells whether a signal asks for something, and does not only repeat the first one.
    fn counts(&mut self, now: Instant) -> bool {
        let repeats = self.0.is_some_and(|first| now < first + ONE_STOP);
        self.0.get_or_insert(now);
        !repeats
    }
}

fn writes_to_stdout(loaded: &Loaded) -> bool {
    loaded.file.sinks.iter().any(|stage| {
        let path = stage.settings.root().get("path").and_then(|path| path.as_text());
        let is_stdout =
            |path: &str| path == "-" || is_open_as(Path::new("/dev/stdout"), &loaded.file.folder.join(path));
        stage.reference.to_string() == "file" && path.is_some_and(|path| is_stdout(path.expose()))
    })
}

/// Tells whether two paths lead to the same open file. Nothing is mixed up in one that holds nothing.
fn is_open_as(one: &Path, other: &Path) -> bool {
    let Ok((one, other)) = one.metadata().and_then(|one| Ok((one, other.metadata()?))) else {
        return false;
    };
    let place = |file: &Metadata| (file.dev(), file.ino());
    let null = Path::new("/dev/null").metadata();
    place(&one) == place(&other) && !null.is_ok_and(|null| place(&null) == place(&one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_that_come_together_are_one_stop() {
        let begun = Instant::now();
        let mut asked = Asked::default();
        let mut at = |milliseconds| asked.counts(begun + Duration::from_millis(milliseconds));
        assert_eq!([at(0), at(1), at(999), at(1000), at(1001)], [true, false, false, true, true]);
    }
}
