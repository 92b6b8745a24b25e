//! From events to changes: transactions, batches, DDL and the positions between them.
//!
//! No I/O here, except that rows of prepared XA transactions may be put aside: events go in, changes come out.

mod doubtful;
mod event;
mod hand_over;
mod query;
mod rows;
mod temporary;
mod transaction;
mod xa;

pub(crate) use event::{Outcome, Within};

use crate::{
    begin::Beginning,
    cursor::Cursor,
    dump::From,
    schemas::Schemas,
    xa::{Replay, Unresolved},
};
use std::{
    collections::{BTreeSet, VecDeque},
    path::PathBuf,
    sync::Arc,
};
use temporary::Temporaries;
use tidegate_model::{Checkpoint, Inside, Position, TableName};
use tidegate_mysql_binlog::{BatchBuilder, Decoder, Limits as BatchLimits, Tables};
use tidegate_mysql_ddl::OtherObject;
use tidegate_plugin::{Change, Limits};
use transaction::Transaction;

/// How many row sets a batch may have: each costs memory also with a single row.
const SETS_MAX: usize = 2048;

/// Whether anything of a table may reach the sink.
pub(crate) type Wants = Arc<dyn Fn(&TableName) -> bool + Send + Sync>;
pub(crate) type LeavesOut = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Turns the events of a log into changes.
pub(crate) struct Stream {
    decoder: Decoder,
    tables: Tables,
    builder: BatchBuilder,
    schemas: Schemas,
    cursor: Cursor,
    transaction: Option<Transaction>,
    unresolved: Unresolved,
    replay: Option<Replay>,
    /// What is done and not yet asked for.
    ready: VecDeque<Change>,
    catch_up: Option<CatchUp>,
    /// Where a batch must end exactly.
    cut: Option<Position>,
    /// Where the stream ends.
    goal: Option<Position>,
    stopping: bool,
    ended: bool,
    wants: Wants,
    leaves_out: LeavesOut,
    identity: Arc<str>,
    state: PathBuf,
    xa_memory: usize,
    /// The end of the last change; `None` until the start itself has been told.
    told: Option<Position>,
    /// How many bytes of log were read since.
    untold: usize,
    untold_max: usize,
    commit_time: Option<i64>,
    said: BTreeSet<OtherObject>,
    temporaries: Temporaries,
}

/// What lies between where reading began and what the sink has: it is read again and passed over.
struct CatchUp {
    /// The checkpoint that reading goes on from.
    from: Checkpoint,
    /// Rows of the transaction that the checkpoint lies in.
    inside: Option<Inside>,
    /// Whether transactions before the checkpoint are read again.
    covered: bool,
}

/// What a stream is made with.
pub(crate) struct StreamConfig {
    pub(crate) schemas: Schemas,
    pub(crate) beginning: Beginning,
    /// The checkpoint that reading goes on from.
    pub(crate) checkpoint: Option<Checkpoint>,
    pub(crate) identity: Arc<str>,
    pub(crate) cut: Option<Position>,
    pub(crate) goal: Option<Position>,
    pub(crate) wants: Wants,
    pub(crate) leaves_out: LeavesOut,
    pub(crate) limits: Limits,
    pub(crate) state: PathBuf,
    pub(crate) xa_memory: usize,
}

impl Stream {
    pub(crate) fn new(config: StreamConfig) -> Self {
        let limits = BatchLimits {
            bytes: config.limits.bytes,
            rows: u32::try_from(config.limits.rows).unwrap_or(u32::MAX),
            sets: SETS_MAX,
        };
        let mut stream = Self {
            decoder: Decoder::new(),
            tables: Tables::new(),
            builder: BatchBuilder::new(limits),
            schemas: config.schemas,
            cursor: Cursor::new(&config.beginning),
            transaction: None,
            unresolved: Unresolved::default(),
            replay: None,
            ready: VecDeque::new(),
            catch_up: None,
            cut: config.cut,
            goal: config.goal,
            stopping: false,
            ended: false,
            wants: config.wants,
            leaves_out: config.leaves_out,
            identity: config.identity,
            state: config.state,
            xa_memory: config.xa_memory,
            told: None,
            untold: 0,
            untold_max: config.limits.bytes.saturating_mul(4),
            commit_time: None,
            said: BTreeSet::new(),
            temporaries: Temporaries::default(),
        };
        if let Some(checkpoint) = config.checkpoint {
            stream.told = Some(checkpoint.applied.clone());
            stream.catch_up = CatchUp::to(checkpoint);
        }
        stream.pass_boundary();
        stream
    }

    /// Takes what is done.
    pub(crate) fn take(&mut self) -> Option<Change> {
        self.ready.pop_front()
    }

    /// Tells whether something is done.
    pub(crate) fn is_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Tells whether the stream has ended.
    pub(crate) fn is_ended(&self) -> bool {
        self.ended
    }

    /// Asks the stream to end at the next boundary.
    pub(crate) fn stop(&mut self) {
        self.stopping = true;
        if self.transaction.is_none() {
            self.pass_boundary();
        }
    }

    /// Returns where the reader stands.
    pub(crate) fn position(&self) -> Position {
        self.checkpoint().applied
    }

    /// Returns the commit time of the last transaction.
    pub(crate) fn commit_time(&self) -> Option<i64> {
        self.commit_time
    }

    /// Returns from where the log must be looked through for what happens behind here.
    pub(crate) fn begins_at(&self) -> From {
        let log = self.transaction.as_ref().map(|transaction| transaction.start.log.clone());
        let log = log.or_else(|| self.cursor.here());
        match (self.cursor.gtids(), log) {
            (_, Some(log)) => From::File(log),
            (Some(set), None) => From::Gtids(set.clone()),
            (None, None) => From::File(self.cursor.at(self.cursor.offset())),
        }
    }

    /// Tells whether held rows are being taken, before anything else.
    pub(crate) fn is_replaying(&self) -> bool {
        self.replay.is_some()
    }

    pub(crate) fn schemas(&mut self) -> &mut Schemas {
        &mut self.schemas
    }

    pub(crate) fn has_checksums(&self) -> bool {
        self.decoder.format().is_some_and(|format| format.checksum == tidegate_mysql_binlog::Checksum::Crc32)
    }

    /// Gives up what is half read, as the connection is lost, and returns from where to go on.
    pub(crate) fn detach(&mut self) -> Checkpoint {
        let checkpoint = match &self.catch_up {
            Some(catch_up) => catch_up.from.clone(),
            None => {
                self.close_if_any();
                self.checkpoint()
            }
        };
        if let Some(transaction) = self.transaction.take() {
            self.cursor.back_to(transaction.start.log.offset);
        }
        self.replay = None;
        // Nothing is told of what is half read.
        let inside = checkpoint.applied.inside.clone();
        self.catch_up = Some(CatchUp { from: checkpoint.clone(), inside, covered: true });
        checkpoint
    }

    /// Goes on where a new connection begins.
    pub(crate) fn attach(&mut self, beginning: &Beginning, checkpoint: Checkpoint, identity: Arc<str>) {
        self.decoder = Decoder::new();
        self.tables = Tables::new();
        self.cursor = Cursor::new(beginning);
        self.unresolved.clear();
        self.identity = identity;
        self.catch_up = CatchUp::to(checkpoint);
    }
}

impl CatchUp {
    /// Returns what there is to pass over, if anything.
    fn to(checkpoint: Checkpoint) -> Option<Self> {
        let inside = checkpoint.applied.inside.clone();
        let covered = checkpoint.resume != checkpoint.applied && {
            let boundary = Position { inside: None, ..checkpoint.applied.clone() };
            checkpoint.resume != boundary
        };
        (inside.is_some() || covered).then_some(Self { from: checkpoint, inside, covered })
    }
}
