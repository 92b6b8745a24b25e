//! The sink itself: the contract's methods over the gatherer and the two tasks.

use crate::{
    admission::Compared,
    check::ONE_LANE,
    ddl::{DdlRunner, Mended, read_routes},
    gather::{Bounds, Gather, Gathered},
    lane::applying,
    settings::SinkSettings,
    state::{Claim, Standing, Started, create, read_schemas, start},
    statement::Limits,
    stream::{Applier, ApplierSetup, Children, Finish, Item, Planner, Progress, Report},
    target::Catalog,
};
use mysql_async::Conn;
use std::{collections::HashSet, sync::Arc, time::Instant};
use tidegate_model::Checkpoint;
use tidegate_mysql_connection::{ServerFacts, connect};
use tidegate_plugin::{
    BoxFuture, Change, Finding, Opening, PluginError, Result, Resume, RoutedTable, Sink, SinkContext,
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};
use tracing::{info, warn};

/// The sink `mysql`.
pub(crate) struct MySqlSink {
    settings: Arc<SinkSettings>,
    session: Option<Session>,
}

/// How many windows there are at most: one that is gathered, one that waits to be planned, one that is planned, one that
/// is applied.
pub(crate) const PLACES: usize = 4;

/// What lives from `open` to `close`.
struct Session {
    gather: Gather,
    items: mpsc::Sender<Item>,
    progress: watch::Receiver<Progress>,
    report: Report,
    sent: u64,
    /// What `durable` and `idle` have told last.
    told: u64,
    tasks: JoinSet<()>,
}

impl MySqlSink {
    /// Returns a sink that is not open.
    pub(crate) fn new(settings: SinkSettings) -> Self {
        Self { settings: Arc::new(settings), session: None }
    }

    async fn start(&mut self, context: SinkContext) -> Result<Opening> {
        let settings = self.settings.clone();
        let (mut conn, facts) = target(&settings).await?;
        create(&mut conn).await?;
        let flavor = facts.flavor();
        let (lanes, reset) = (settings.lanes(), context.reset);
        let claim = Claim { pipeline: &context.pipeline, lanes, reset, flavor, held: None };
        let started = start(&mut conn, claim).await?;
        let mut ddl = DdlRunner::new(&settings, &context.pipeline, facts.version);
        let mended = ddl.recover(&mut conn, &started).await?;
        let Started { epoch, mut standing } = started;
        let others = mended.as_ref().map(|mended| mended.last);
        if let Some(Mended { window, record, .. }) = mended {
            standing = Standing::Even { window, record };
        }
        let mut opened = Opened::new(&mut conn, &context.pipeline, standing, claim.lanes).await?;
        if let Some(others) = others {
            opened.lanes.iter_mut().skip(1).for_each(|lane| *lane = others);
        }
        let bounds = Bounds {
            rows: settings.window_rows as usize,
            bytes: (settings.window_bytes().0 as usize).min(context.memory / PLACES).max(1),
            consistency: settings.consistency,
            oversize: settings.oversize,
            flavor,
        };
        info!(
            pipeline = &*context.pipeline, epoch, window = opened.window, lanes = opened.lanes.len(),
            window_bytes = bounds.bytes,
            target = %facts.version, uneven = opened.finish.is_some(), "the target is ready"
        );
        if settings.impure {
            warn!(pipeline = &*context.pipeline, "{ONE_LANE}");
        }
        let from = opened.resume.as_ref().map(|resume| resume.checkpoint.clone());
        let cut = opened.resume.as_ref().and_then(|resume| resume.cut.clone());
        let mut children = Children::default();
        children.learn(opened.resume.as_ref().map_or(&[], |resume| &resume.schemas));
        let routes = read_routes(&mut conn, &context.pipeline).await?;
        let planner = Planner {
            settings: settings.clone(),
            catalog: Catalog::new(flavor),
            filters: context.filters.clone(),
            finish: opened.finish,
            seed: seed(),
            conn: Some(conn),
            routes,
            compared: Compared::default(),
            admitted: HashSet::new(),
            children,
            warned: HashSet::new(),
        };
        let applier = Applier::new(ApplierSetup {
            settings,
            pipeline: context.pipeline.clone(),
            version: facts.version,
            epoch,
            window: opened.window,
            lanes: opened.lanes,
            limits: limits(&facts),
            ddl,
            health: context.health.clone(),
        });
        self.session = Some(Session::new(Gather::new(bounds, from.clone(), cut), planner, applier, from));
        Ok(Opening::Kept(opened.resume.map(Box::new)))
    }

    fn session(&mut self) -> Result<&mut Session> {
        self.session.as_mut().ok_or_else(|| PluginError::definite("the sink is not open"))
    }
}

/// Where a pipeline goes on.
struct Opened {
    window: u64,
    lanes: Vec<u64>,
    resume: Option<Resume>,
    finish: Option<Finish>,
}

impl Opened {
    async fn new(conn: &mut Conn, pipeline: &str, standing: Standing, lanes: usize) -> Result<Self> {
        Ok(match standing {
            Standing::New => Self { window: 0, lanes: vec![0; lanes], resume: None, finish: None },
            Standing::Even { window, record } => {
                let schemas = read_schemas(conn, pipeline, window).await?;
                let resume = Resume { checkpoint: record.to, cut: None, schemas };
                Self { window, lanes: vec![window; lanes], resume: Some(resume), finish: None }
            }
            Standing::Uneven { window, record, lanes } => {
                let Some(from) = record.from.clone() else {
                    return Err(PluginError::definite("the first window of the pipeline is uneven")
                        .hint("the rows in `tidegate.lane` were changed by hand; start with --reset"));
                };
                let schemas = read_schemas(conn, pipeline, window.saturating_sub(1)).await?;
                let resume = Resume { checkpoint: from, cut: Some(record.to.applied.clone()), schemas };
                let finish = Finish { window, record, lanes: lanes.clone() };
                Self { window, lanes, resume: Some(resume), finish: Some(finish) }
            }
        })
    }
}

/// Connects as a lane does, and asks what server it is.
pub(crate) async fn target(settings: &SinkSettings) -> Result<(Conn, ServerFacts)> {
    let mut conn = connect(&settings.connection(), &applying("start".to_owned(), None)).await?;
    let facts = ServerFacts::read(&mut conn).await?;
    Ok((conn, facts))
}

/// How large statements become: well below what the server takes.
fn limits(facts: &ServerFacts) -> Limits {
    let packet = max_packet(facts);
    Limits {
        statement_bytes: (256 << 10).min(packet / 4),
        statement_rows: 1_000,
        packet_bytes: (256 << 10).min(packet / 4),
        packet_statements: 1_000,
        // The protocol's own bytes count, too.
        packet_max: packet.saturating_sub(1 << 10),
    }
}

/// How many bytes the server takes at once.
pub(crate) fn max_packet(facts: &ServerFacts) -> usize {
    facts.variable("max_allowed_packet").and_then(|text| text.parse().ok()).unwrap_or(4 << 20)
}

/// A number of this process alone.
fn seed() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(std::process::id())
}

impl Session {
    fn new(gather: Gather, planner: Planner, applier: Applier, durable: Option<Checkpoint>) -> Self {
        let (report, progress) = Report::new(durable);
        let (items, items_end) = mpsc::channel(1);
        let (planned, planned_end) = mpsc::channel(1);
        let mut tasks = JoinSet::new();
        tasks.spawn(report.clone().watch(planner.run(items_end, planned, report.clone())));
        tasks.spawn(report.clone().watch(applier.run(planned_end, report.clone())));
        Self { gather, items, progress, report, sent: 0, told: 0, tasks }
    }

    fn is_settled(&self) -> bool {
        self.progress.borrow().done == self.sent
    }

    fn fault(&self) -> Result<()> {
        if self.progress.borrow().failed { Err(self.report.failure()) } else { Ok(()) }
    }

    async fn send(&mut self, gathered: Gathered) -> Result<()> {
        self.send_item(Item::Window(Box::new(gathered))).await
    }

    async fn send_item(&mut self, item: Item) -> Result<()> {
        if self.items.send(item).await.is_err() {
            return Err(self.report.failure());
        }
        self.sent += 1;
        Ok(())
    }

    async fn write(&mut self, change: Change) -> Result<()> {
        self.fault()?;
        match change {
            Change::Batch(batch) => {
                self.gather.push(*batch)?;
                let old = self.gather.is_old() && self.is_settled() && !self.gather.is_recovering();
                let gathered = match self.gather.take_full()? {
                    None if old => self.gather.take_ready()?,
                    full => full,
                };
                match gathered {
                    Some(gathered) => self.send(gathered).await,
                    None => Ok(()),
                }
            }
            Change::Ddl(ddl) => {
                if let Some(gathered) = self.gather.take_ready()? {
                    self.send(gathered).await?;
                }
                self.gather.pass(&ddl)?;
                self.send_item(Item::Ddl(ddl)).await
            }
        }
    }

    /// Waits until an item is done; fails if a task has.
    async fn moved(&mut self) -> Result<()> {
        if self.progress.changed().await.is_err() {
            return Err(self.report.failure());
        }
        self.fault()
    }

    /// Cancel-safe: a window leaves the gatherer only when there is room for it.
    async fn idle(&mut self) -> Result<()> {
        loop {
            self.fault()?;
            let done = self.progress.borrow_and_update().done;
            if done > self.told {
                self.told = done;
                return Ok(());
            }
            match self.gather.due().filter(|_| self.is_settled()) {
                Some(due) if due <= Instant::now() => {
                    let items = self.items.clone();
                    let Ok(room) = items.reserve().await else { return Err(self.report.failure()) };
                    match self.gather.take_ready()? {
                        Some(gathered) => {
                            room.send(Item::Window(Box::new(gathered)));
                            self.sent += 1;
                        }
                        // The rest of a transaction is still to come.
                        None => std::future::pending().await,
                    }
                }
                Some(due) => {
                    let due = tokio::time::Instant::from_std(due);
                    tokio::select! {
                        () = tokio::time::sleep_until(due) => {}
                        moved = self.moved() => moved?,
                    }
                }
                None => self.moved().await?,
            }
        }
    }

    async fn flush(&mut self) -> Result<()> {
        self.fault()?;
        if let Some(gathered) = self.gather.take_ready()? {
            self.send(gathered).await?;
        }
        while !self.is_settled() {
            self.moved().await?;
        }
        Ok(())
    }
}

impl Sink for MySqlSink {
    fn open(&mut self, context: SinkContext) -> BoxFuture<'_, Result<Opening>> {
        Box::pin(self.start(context))
    }

    fn write(&mut self, change: Change) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.session()?.write(change).await })
    }

    fn idle(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.session()?.idle().await })
    }

    fn flush(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.session()?.flush().await })
    }

    fn durable(&self) -> Option<Checkpoint> {
        self.session.as_ref()?.progress.borrow().durable.clone()
    }

    fn close(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            if let Some(Session { items, mut tasks, .. }) = self.session.take() {
                drop(items);
                tasks.shutdown().await;
            }
            Ok(())
        })
    }

    fn check<'a>(
        &'a mut self,
        pipeline: &'a str,
        tables: &'a [RoutedTable],
    ) -> BoxFuture<'a, Result<Vec<Finding>>> {
        Box::pin(crate::check::check(&self.settings, pipeline, tables))
    }

    fn has_checkpoint<'a>(&'a mut self, pipeline: &'a str) -> BoxFuture<'a, Result<Option<bool>>> {
        Box::pin(async move {
            let (mut conn, _) = target(&self.settings).await?;
            let kept = crate::state::is_begun(&mut conn, pipeline).await;
            let _ = conn.disconnect().await;
            kept.map(Some)
        })
    }

    fn explain<'a>(&'a mut self, table: &'a RoutedTable) -> BoxFuture<'a, Result<Vec<String>>> {
        Box::pin(crate::explain::explain(&self.settings, table))
    }
}
