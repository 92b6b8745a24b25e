//! A source that reads a list, and a sink that fills one.

use crate::{Filters, Pipeline, Plan, Retry, StateFolder, Stop, Summary, Telemetry};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tempfile::TempDir;
use tidegate_model::{
    Batch, Checkpoint, Column, ColumnDefault, ColumnKind, Encoding, Image, ImageColumn, IntWidth,
    LogPosition, Operation, Position, RowSet, TableName, TableSchema, Transaction,
};
use tidegate_plugin::{
    BoxFuture, Change, Demand, Finding, Observation, Opening, PluginError, Result, Resume, RoutedTable, Sink,
    SinkContext, Source, SourceContext, SourceReport, Start,
};
use tokio::sync::Semaphore;

/// Everything that the doubles share with the test.
#[derive(Default)]
pub(crate) struct World {
    state: Mutex<State>,
    /// A write takes one permit, if the sink is gated.
    pub(crate) gate: Gate,
}

pub(crate) struct Gate(pub(crate) Semaphore);

impl Default for Gate {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

#[derive(Default)]
pub(crate) struct State {
    /// How many rows the log holds, one transaction each.
    pub(crate) log: u64,
    /// How many bytes each change has at least.
    pub(crate) bytes: usize,
    /// Whether the source waits at the end of the log instead of ending the stream.
    pub(crate) endless: bool,
    /// Whether the source hands on only what is asked for.
    pub(crate) on_demand: bool,
    pub(crate) gated: bool,
    /// Whether the sink keeps its checkpoint.
    pub(crate) kept: bool,
    /// The sink makes everything durable with every `n`th write.
    pub(crate) durable_every: usize,
    /// Errors to come: of the source after so many changes, of the sink after so many writes.
    pub(crate) source_errors: VecDeque<(usize, fn() -> PluginError)>,
    pub(crate) sink_errors: VecDeque<(usize, fn() -> PluginError)>,
    pub(crate) open_errors: VecDeque<fn() -> PluginError>,
    /// What the source was asked for.
    pub(crate) handed_on: usize,
    pub(crate) waits_answered: usize,
    pub(crate) starts: Vec<Option<u64>>,
    pub(crate) released: Vec<u64>,
    pub(crate) closed: Vec<&'static str>,
    /// What is durable at the sink.
    pub(crate) rows: Vec<u64>,
    pub(crate) checkpoint: Option<Checkpoint>,
    pub(crate) resets: Vec<bool>,
    /// The folder in which a release looks for the engine's checkpoint file.
    pub(crate) checkpoint_file: Option<std::path::PathBuf>,
    pub(crate) stored_before_release: Vec<bool>,
}

impl World {
    pub(crate) fn new(set: impl FnOnce(&mut State)) -> Arc<Self> {
        let world = Arc::new(Self::default());
        world.state().durable_every = 1;
        set(&mut world.state());
        world
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn pipeline(self: &Arc<Self>) -> Pipeline {
        let (source, sink) = (self.clone(), self.clone());
        Pipeline {
            name: "p".into(),
            source: Arc::new(move || {
                Ok(Box::new(ListSource { world: source.clone(), at: 0, handed: 0, stop: false }))
            }),
            filters: Arc::new(Filters::default()),
            sink: Arc::new(move || {
                Ok(Box::new(ListSink {
                    world: sink.clone(),
                    buffered: Vec::new(),
                    writes: 0,
                    end: None,
                    durable: None,
                }))
            }),
            memory: 16 << 20,
            retry: Retry {
                first: Duration::from_millis(2),
                longest: Duration::from_millis(4),
                attempts_at_start: 3,
            },
            patience: Pipeline::PATIENCE,
        }
    }

    /// Waits until the state is as wanted.
    pub(crate) async fn until(&self, what: &str, wanted: impl Fn(&State) -> bool) {
        for _ in 0..2_000 {
            if wanted(&self.state()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        panic!("never happened: {what}");
    }
}

/// A run in a folder of its own.
pub(crate) struct Run {
    pub(crate) folder: TempDir,
    pub(crate) plan: Plan,
    pub(crate) stop: Stop,
    pub(crate) telemetry: Arc<Telemetry>,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            plan: Plan::default(),
            stop: Stop::default(),
            telemetry: Telemetry::new("p"),
        }
    }
}

impl Run {
    pub(crate) async fn go(&self, pipeline: &Pipeline) -> Result<Summary, crate::Fault> {
        let state = StateFolder::open(self.folder.path(), "p").unwrap();
        let run = crate::run(pipeline, &self.plan, &state, &self.stop, &self.telemetry);
        tokio::time::timeout(Duration::from_secs(20), run).await.expect("the run hangs")
    }
}

pub(crate) fn position(transaction: u64) -> Checkpoint {
    let log = Some(LogPosition { file: "log.000001".into(), offset: transaction });
    let position = Position { gtids: None, log, inside: None };
    Checkpoint { applied: position.clone(), resume: position, source: "list".into() }
}

pub(crate) fn number(checkpoint: &Checkpoint) -> u64 {
    checkpoint.applied.log.as_ref().unwrap().offset
}

pub(crate) fn table() -> Arc<TableSchema> {
    let column = Column {
        name: "id".into(),
        kind: ColumnKind::Int { width: IntWidth::W64, unsigned: true },
        nullable: false,
        default: ColumnDefault::Absent,
        generated: None,
        invisible: false,
        auto_increment: false,
    };
    Arc::new(TableSchema {
        name: TableName::new("s", "t"),
        columns: vec![Arc::new(column)],
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 0,
        complete: true,
    })
}

/// The transaction with number `id`, from 0: one insert of that number.
pub(crate) fn change(id: u64, bytes: usize) -> Change {
    let table = table();
    let mut ids = arrow_array::builder::UInt64Builder::with_capacity(bytes / 8);
    ids.append_value(id);
    let column = ImageColumn {
        column: table.columns[0].clone(),
        source: Some(0),
        encoding: Encoding::Value,
        values: Arc::new(ids.finish()),
    };
    let rows = RowSet {
        target: table.name.clone(),
        table,
        operation: Operation::Insert,
        before: Image::default(),
        after: Image { columns: vec![column] },
        ordinals: vec![0],
        transactions: vec![0],
        hashes: vec![id],
        unlogged_cascades: true,
    };
    let transaction = Transaction {
        gtid: None,
        log: position(id).applied.log.unwrap(),
        commit_time: 1_700_000_000_000_000 + i64::try_from(id).unwrap(),
        server_id: 1,
        rows_before: 0,
        first_ordinal: 0,
        closed: true,
    };
    Change::Batch(Box::new(Batch {
        row_sets: vec![rows],
        transactions: vec![transaction],
        rows_read: 1,
        schemas: Vec::new(),
        end: position(id + 1),
    }))
}

struct ListSource {
    world: Arc<World>,
    at: u64,
    handed: usize,
    stop: bool,
}

impl Source for ListSource {
    fn open(&mut self, context: SourceContext) -> BoxFuture<'_, Result<()>> {
        let start = match &context.start {
            Start::Configured => None,
            Start::Resume(resume) => Some(number(&resume.checkpoint)),
        };
        self.at = start.unwrap_or_default();
        self.world.state().starts.push(start);
        let error = self.world.state().open_errors.pop_front();
        Box::pin(async move { error.map_or(Ok(()), |error| Err(error())) })
    }

    fn next<'a>(&'a mut self, demand: &'a mut Demand) -> BoxFuture<'a, Result<Option<Change>>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            if self.stop {
                return Ok(None);
            }
            let on_demand = self.world.state().on_demand;
            if on_demand {
                demand.waiting().await;
            }
            let (at_end, endless, bytes) = {
                let mut state = self.world.state();
                state.waits_answered += usize::from(on_demand);
                if state.source_errors.front().is_some_and(|(after, _)| *after == self.handed) {
                    let (_, error) = state.source_errors.pop_front().unwrap();
                    return Err(error());
                }
                (self.at == state.log, state.endless, state.bytes)
            };
            if at_end && endless {
                return std::future::pending().await;
            }
            if at_end {
                return Ok(None);
            }
            let change = change(self.at, bytes);
            self.at += 1;
            self.handed += 1;
            self.world.state().handed_on += 1;
            Ok(Some(change))
        })
    }

    fn stop(&mut self) {
        self.stop = true;
    }

    fn release<'a>(&'a mut self, checkpoint: &'a Checkpoint) -> BoxFuture<'a, Result<()>> {
        let mut state = self.world.state();
        state.released.push(number(checkpoint));
        if let Some(path) = &state.checkpoint_file {
            let stored = std::fs::read_to_string(path).unwrap_or_default();
            let stored = stored.contains(&serde_json::to_string(checkpoint).unwrap());
            state.stored_before_release.push(stored);
        }
        drop(state);
        Box::pin(async { Ok(()) })
    }

    fn observe(&self) -> Observation {
        Observation {
            position: Some(position(self.at).applied),
            connected: true,
            bytes: self.at * 10,
            ..Observation::default()
        }
    }

    fn close(&mut self) -> BoxFuture<'_, Result<()>> {
        self.world.state().closed.push("source");
        Box::pin(async { Ok(()) })
    }

    fn check(&mut self) -> BoxFuture<'_, Result<SourceReport>> {
        Box::pin(async { Ok(SourceReport::default()) })
    }
}

struct ListSink {
    world: Arc<World>,
    buffered: Vec<u64>,
    writes: usize,
    end: Option<Checkpoint>,
    durable: Option<Checkpoint>,
}

impl ListSink {
    fn settle(&mut self) {
        let mut state = self.world.state();
        state.rows.append(&mut self.buffered);
        if self.end.is_some() {
            state.checkpoint.clone_from(&self.end);
            self.durable.clone_from(&self.end);
        }
    }
}

impl Sink for ListSink {
    fn open(&mut self, context: SinkContext) -> BoxFuture<'_, Result<Opening>> {
        let mut state = self.world.state();
        state.resets.push(context.reset);
        if context.reset {
            state.checkpoint = None;
        }
        let resume = |checkpoint| Box::new(Resume { checkpoint, cut: None, schemas: Vec::new() });
        let opening = if state.kept {
            Opening::Kept(state.checkpoint.clone().map(resume))
        } else {
            Opening::NotKept { place: "a list".to_owned() }
        };
        drop(state);
        Box::pin(async { Ok(opening) })
    }

    fn write(&mut self, change: Change) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            if self.world.state().gated {
                self.world.gate.0.acquire().await.unwrap().forget();
            }
            {
                let mut state = self.world.state();
                if state.sink_errors.front().is_some_and(|(after, _)| *after == self.writes) {
                    let (_, error) = state.sink_errors.pop_front().unwrap();
                    return Err(error());
                }
            }
            self.writes += 1;
            if let Change::Batch(batch) = &change {
                self.buffered.extend(batch.row_sets.iter().flat_map(|rows| &rows.hashes));
            }
            self.end = Some(change.end().clone());
            let every = self.world.state().durable_every;
            if every > 0 && self.writes.is_multiple_of(every) {
                self.settle();
            }
            Ok(())
        })
    }

    fn idle(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::pending())
    }

    fn flush(&mut self) -> BoxFuture<'_, Result<()>> {
        self.settle();
        Box::pin(async { Ok(()) })
    }

    fn durable(&self) -> Option<Checkpoint> {
        self.durable.clone()
    }

    fn close(&mut self) -> BoxFuture<'_, Result<()>> {
        self.world.state().closed.push("sink");
        Box::pin(async { Ok(()) })
    }

    fn check<'a>(&'a mut self, _: &'a str, _: &'a [RoutedTable]) -> BoxFuture<'a, Result<Vec<Finding>>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn explain<'a>(&'a mut self, _: &'a RoutedTable) -> BoxFuture<'a, Result<Vec<String>>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}
