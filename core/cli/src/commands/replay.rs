//! `tidegate replay`: lets recorded or live changes through filters into nothing, and tells what became of them.

mod changes;
mod differences;
mod filters;
mod report;
mod source;
mod tally;

use crate::{
    arguments::{LogFormat, ReplayArguments},
    commands::explain::not_ready,
    failure::{Failure, Outcome},
    logging,
    progress::ProgressLine,
    until,
};
use filters::OnTrial;
use report::Report;
use source::Recording;
use std::sync::Arc;
use tidegate_plugin::{
    Demand, Goal, Limits, PluginError, Registry, Source, SourceContext, Start, TableNames,
};
use tokio::signal::unix::{SignalKind, signal};

/// When a batch is full: what is held at once is a few times as much.
const BATCH: Limits = Limits { bytes: 4 << 20, rows: 10_000 };

pub(crate) async fn run(arguments: &ReplayArguments, registry: &Arc<Registry>) -> Result<Outcome, Failure> {
    let level = logging::filter(&arguments.log)?;
    let until = arguments.until.as_deref().unwrap_or("now");
    let goal = until::parse(until)?;
    let recording = source::find(arguments, registry)?;
    let sides = filters::of(arguments, registry)?;
    let clean = {
        let secrets: Vec<_> =
            sides.iter().map(|side| side.secrets.clone()).chain(recording.secrets.clone()).collect();
        move |text: &str| secrets.iter().fold(text.to_owned(), |text, secrets| secrets.redact(&text))
    };
    let progress = ProgressLine::new();
    logging::start(LogFormat::Text, level, &progress, Box::new(clean.clone()));
    let done = replay(arguments, &recording, &sides, goal).await;
    progress.end();
    match done {
        Ok(report) if report.differs() => Err(Failure::Differences(report.outcome().cleaned(&clean))),
        Ok(report) => Ok(report.outcome().cleaned(&clean)),
        Err(failure) => Err(failure.cleaned(clean)),
    }
}

async fn replay(
    arguments: &ReplayArguments,
    recording: &Recording,
    sides: &[OnTrial],
    goal: Goal,
) -> Result<Report, Failure> {
    let folder = tempfile::tempdir()
        .map_err(|error| PluginError::world("there is no room for a temporary folder").because(error))?;
    let names = Arc::<TableNames>::default();
    let by_text: Vec<_> = sides.iter().map(|side| side.filters.clone()).collect();
    let context = SourceContext {
        pipeline: recording.name.clone(),
        state: folder.path().to_owned(),
        start: Start::Configured,
        goal: Some(goal),
        // Rows that the filters leave out by their table's name are to be counted like others.
        wants: Arc::new(|_| true),
        leaves_out: Arc::new(move |sql| by_text.iter().all(|filters| filters.leaves_out(sql))),
        names: names.clone(),
        limits: BATCH,
    };
    let mut report = Report::new(sides, &names, arguments.examples);
    let mut source = (recording.source)()?;
    let stopped = asked_to_stop()?;
    tokio::select! {
        biased;
        () = stopped => report.stop(),
        read = read(source.as_mut(), context, &mut report) => read?,
    }
    report.end(source.observe().position);
    // Nothing is lost with a connection that does not end well.
    drop(source.close().await);
    Ok(report)
}

async fn read(
    source: &mut dyn Source,
    context: SourceContext,
    report: &mut Report,
) -> Result<(), PluginError> {
    source.open(context).await.map_err(not_ready)?;
    report.begin(source.observe().position);
    let (signal, mut demand) = Demand::new();
    signal.set(true);
    while let Some(change) = source.next(&mut demand).await? {
        report.take(change)?;
    }
    Ok(())
}

/// Resolves at the first SIGINT or SIGTERM.
fn asked_to_stop() -> Result<impl Future<Output = ()>, PluginError> {
    let listen = |kind| {
        signal(kind).map_err(|error| PluginError::world("signals cannot be listened for").because(error))
    };
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
