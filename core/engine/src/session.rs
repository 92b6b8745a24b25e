//! One session: source and sink opened once, the stages between them, until the stream ends or one of them fails.

use crate::{
    Fault, Pipeline, Plan, StageName, StateFolder, Stop, Telemetry,
    filter::Host,
    flow::Flow,
    patience::overdue,
    stage::{FilterStageLoop, Keeper, Onward, Released, Settle, SinkStage, SourceStage},
    state::CheckpointFile,
};
use std::sync::Arc;
use tidegate_plugin::{
    Demand, Opening, PluginError, Resume, Sink, SinkContext, Source, SourceContext, Start, TableNames,
};
use tokio::{
    sync::{mpsc, watch},
    task::{AbortHandle, JoinError, JoinSet},
};

/// What a session needs.
pub(crate) struct Session<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) plan: &'a Plan,
    pub(crate) state: &'a StateFolder,
    pub(crate) stop: &'a Stop,
    pub(crate) telemetry: &'a Arc<Telemetry>,
}

/// Source and sink, opened.
pub(crate) struct Opened {
    source: Box<dyn Source>,
    /// Of the source's tables.
    names: Arc<TableNames>,
    sink: Box<dyn Sink>,
    file: Option<CheckpointFile>,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The source ended the stream and everything is durable.
    Complete,
    /// Everything was dropped on request.
    Cut,
    /// Everything was dropped, since a graceful end got nowhere.
    Overdue,
}

/// What a stage's task returned.
enum Done {
    /// The sink stage: whether the stream ended.
    Sink(bool),
    Other,
}

/// The tasks of a session.
struct Stages {
    tasks: JoinSet<Result<Done, Fault>>,
    /// Source and sink; the other two end when these do.
    ends: [AbortHandle; 2],
}

impl Session<'_> {
    /// Opens the sink, and the source where the sink says. `reset` is true until it was done once.
    pub(crate) async fn open(&self, reset: &mut bool) -> Result<Opened, Fault> {
        let of_sink = Fault::of(StageName::Sink);
        let mut sink = (self.pipeline.sink)().map_err(&of_sink)?;
        let opening = sink.open(self.sink_context(*reset)).await.map_err(&of_sink)?;
        let (file, resume) = match opening {
            Opening::Kept(resume) => (None, resume.map(|resume| *resume)),
            Opening::NotKept { place } => {
                let (file, resume) = CheckpointFile::open(self.state.path(), &place, *reset)
                    .map_err(Fault::of(StageName::Engine))?;
                tracing::info!(
                    state = %self.state.path().display(),
                    "the sink keeps no checkpoint; it is kept in the state folder, and delivery is at least once"
                );
                (Some(file), resume)
            }
        };
        *reset = false;
        let names = Arc::<TableNames>::default();
        let mut source = (self.pipeline.source)().map_err(Fault::of(StageName::Source))?;
        let opened = source.open(self.source_context(resume, names.clone())).await;
        opened.map_err(Fault::of(StageName::Source))?;
        Ok(Opened { source, names, sink, file })
    }

    fn sink_context(&self, reset: bool) -> SinkContext {
        SinkContext {
            pipeline: self.pipeline.name.clone(),
            state: self.state.of_sink(),
            filters: self.pipeline.filters.digest(),
            reset,
            memory: self.pipeline.at_sink(),
            health: self.telemetry.health().clone(),
        }
    }

    fn source_context(&self, resume: Option<Resume>, names: Arc<TableNames>) -> SourceContext {
        let start = match resume {
            Some(resume) => {
                let position = &resume.checkpoint.applied;
                if self.plan.start_is_set {
                    tracing::info!(%position, "resuming at the checkpoint; `start` is not used (--reset begins there)");
                } else {
                    tracing::info!(%position, "resuming at the checkpoint");
                }
                Start::Resume(Box::new(resume))
            }
            None => {
                tracing::info!("no checkpoint: beginning where the source's settings say");
                Start::Configured
            }
        };
        let (filters, of_text) = (self.pipeline.filters.clone(), self.pipeline.filters.clone());
        SourceContext {
            pipeline: self.pipeline.name.clone(),
            state: self.state.of_source(),
            start,
            goal: self.plan.goal.clone(),
            wants: Arc::new(move |table| filters.wants(table)),
            leaves_out: Arc::new(move |sql| of_text.leaves_out(sql)),
            names,
            limits: self.pipeline.limits(),
        }
    }

    /// Moves changes until the end.
    pub(crate) async fn stream(&self, opened: Opened) -> Result<Ended, Fault> {
        let ended = self.stream_on(opened).await;
        self.telemetry.session_ended();
        ended
    }

    async fn stream_on(&self, opened: Opened) -> Result<Ended, Fault> {
        let mut stages = self.spawn(opened);
        let (mut complete, mut cut, mut failed) = (false, None, None);
        let overdue = overdue(self.stop, self.telemetry, self.pipeline.patience);
        tokio::pin!(overdue);
        loop {
            let joined = tokio::select! {
                biased;
                () = self.stop.hard(), if cut.is_none() => {
                    cut = Some(Ended::Cut);
                    stages.cut();
                    continue;
                }
                () = &mut overdue, if cut.is_none() => {
                    cut = Some(Ended::Overdue);
                    stages.cut();
                    continue;
                }
                joined = stages.tasks.join_next() => joined,
            };
            let fault = match joined {
                None => break,
                Some(Ok(Ok(Done::Sink(ended)))) => {
                    complete = ended;
                    continue;
                }
                Some(Ok(Ok(Done::Other))) => continue,
                Some(Err(error)) if error.is_cancelled() => continue,
                Some(Ok(Err(fault))) => fault,
                Some(Err(error)) => panicked(error),
            };
            failed.get_or_insert(fault);
            // The neighbours of a failed stage see their channels close; but a sink in the middle of a write would
            // wait for its target first.
            stages.cut();
        }
        if let Some(cut) = cut.filter(|_| !complete) {
            return Ok(cut);
        }
        match failed {
            Some(fault) => Err(fault),
            None if complete => Ok(Ended::Complete),
            None => Err(Fault::new(
                StageName::Engine,
                PluginError::definite("the stream was cut off without an error: a bug in tidegate"),
            )),
        }
    }

    fn spawn(&self, opened: Opened) -> Stages {
        let (signal, demand) = Demand::new();
        let flow = Flow::new(self.pipeline.between_stages(), signal);
        let (to_filters, from_source) = mpsc::unbounded_channel();
        let (to_sink, from_filters) = mpsc::unbounded_channel();
        let (release, released) = watch::channel(Released::None);
        let watched = flow.clone();
        self.telemetry.session(move || watched.bytes());
        let mut tasks = JoinSet::new();
        let onward = match opened.file {
            None => Onward::Released(release),
            Some(file) => {
                let (to_keeper, durable) = mpsc::unbounded_channel();
                let keeper = Keeper { file, durable, released: release };
                tasks.spawn(async move { keeper.run().await.map(|()| Done::Other) });
                Onward::Kept(to_keeper)
            }
        };
        let source = SourceStage {
            source: opened.source,
            flow,
            demand,
            output: to_filters,
            released,
            stop: self.stop.clone(),
            telemetry: self.telemetry.clone(),
            counters: self.telemetry.rows(StageName::Source),
        };
        let filters = FilterStageLoop {
            host: Host::new(self.pipeline.filters.clone(), opened.names),
            input: from_source,
            output: to_sink,
            telemetry: self.telemetry.clone(),
        };
        let sink = SinkStage {
            sink: opened.sink,
            input: from_filters,
            settle: Settle::new(onward, self.telemetry.clone()),
            telemetry: self.telemetry.clone(),
            counters: self.telemetry.rows(StageName::Sink),
        };
        tasks.spawn_blocking(move || filters.run().map(|()| Done::Other));
        let source = tasks.spawn(async move { source.run().await.map(|()| Done::Other) });
        let sink = tasks.spawn(async move { sink.run().await.map(Done::Sink) });
        Stages { tasks, ends: [source, sink] }
    }
}

impl Stages {
    /// Drops source and sink where they are. The keeper of a checkpoint goes on: it must not write any more when the
    /// next session reads.
    fn cut(&self) {
        self.ends.iter().for_each(AbortHandle::abort);
    }
}

fn panicked(error: JoinError) -> Fault {
    let error = PluginError::definite("a stage panicked: a bug in tidegate or in a plugin")
        .hint("report it with the log of this run; nothing is lost, the checkpoint stands")
        .because(error);
    Fault::new(StageName::Engine, error)
}
