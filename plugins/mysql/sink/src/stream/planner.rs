//! The planner task: looks the window's tables up and plans it.

use super::{Children, Item, Planned, PlannedWindow, Report};
use crate::{
    admission::{Compared, admit, follows},
    gather::Gathered,
    plan::{Digest, PLANNER, Spread, Window, plan},
    settings::SinkSettings,
    state::{Layout, Record},
    target::{Catalog, TargetTable},
};
use mysql_async::Conn;
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    hash::Hasher as _,
    sync::Arc,
};
use tidegate_model::{RowSet, TableName, TableSchema};
use tidegate_mysql_connection::{Session, connect};
use tidegate_plugin::{ErrorKind, PluginError, Result};
use tokio::sync::{mpsc, oneshot};
use tracing::{info, warn};
use xxhash_rust::xxh3::Xxh3;

/// A window that a crash left uneven, to be finished as it was planned.
#[derive(Debug)]
pub(crate) struct Finish {
    /// Its number.
    pub(crate) window: u64,
    /// What is recorded of it.
    pub(crate) record: Record,
    /// The last window of each lane.
    pub(crate) lanes: Vec<u64>,
}

/// Plans windows.
#[derive(Debug)]
pub(crate) struct Planner {
    /// The settings.
    pub(crate) settings: Arc<SinkSettings>,
    /// The target's tables.
    pub(crate) catalog: Catalog,
    /// The digest of the filters.
    pub(crate) filters: Arc<str>,
    /// The window to be finished first.
    pub(crate) finish: Option<Finish>,
    /// A number of this process alone.
    pub(crate) seed: u64,
    /// The connection that asks for tables.
    pub(crate) conn: Option<Conn>,
    /// The pairs of target and source table that are remembered at the target.
    pub(crate) routes: HashSet<(TableName, TableName)>,
    /// The columns whose types were compared.
    pub(crate) compared: Compared,
    /// The pairs of target and source table that were let in; and whether their foreign keys were looked at, too.
    pub(crate) admitted: HashSet<(TableName, TableName, bool)>,
    /// The source's tables that change with others.
    pub(crate) children: Children,
    /// The tables of which it was said that their triggers cannot be seen.
    pub(crate) warned: HashSet<TableName>,
}

impl Planner {
    /// Plans until the items end.
    pub(crate) async fn run(
        mut self,
        mut items: mpsc::Receiver<Item>,
        planned: mpsc::Sender<Planned>,
        report: Report,
    ) {
        // Room for the answer comes first: so a planned window that waits and one that is being planned are never two.
        while let Ok(room) = planned.reserve().await {
            let Some(item) = items.recv().await else { return };
            match item {
                Item::Window(gathered) => match self.plan(*gathered).await {
                    Ok(window) => room.send(Planned::Window(Box::new(window))),
                    Err(error) => return report.fail(error),
                },
                Item::Ddl(ddl) => {
                    self.children.learn(&ddl.schemas);
                    let (done, wait) = oneshot::channel();
                    room.send(Planned::Ddl(ddl, done));
                    if wait.await.is_err() {
                        return;
                    }
                    self.catalog.forget();
                    self.compared.clear();
                    self.admitted.clear();
                }
            }
        }
    }

    async fn plan(&mut self, gathered: Gathered) -> Result<PlannedWindow> {
        let window = Arc::new(gathered.window);
        self.load(&window).await?;
        let finish = self.finish.take();
        let lanes = match (&finish, &window.from) {
            (Some(finish), _) => finish.record.layout.lanes as usize,
            // Nobody knows where the first window begins, so it must be whole or not there.
            (None, None) => 1,
            (None, Some(_)) => self.settings.lanes(),
        };
        let tables = self.catalog.tables().clone();
        let (task_window, seed) = (window.clone(), self.seed);
        let planning = tokio::task::spawn_blocking(move || {
            let plan = plan(&task_window, &tables, Spread::over(lanes), seed)?;
            Ok::<_, PluginError>((plan, Digest::of(&task_window)))
        });
        let planned = planning.await;
        let (plan, digest) = planned
            .map_err(|error| PluginError::definite("a window could not be planned").because(error))??;
        let tables: Vec<&TargetTable> = plan.bindings.iter().map(|binding| &*binding.table).collect();
        let layout = Layout {
            lanes: u32::try_from(lanes).unwrap_or(u32::MAX),
            planner: PLANNER,
            keys: keys_hash(&tables),
            schemas: schemas_hash(&window),
            filters: self.filters.to_string(),
        };
        let finish = finish.map(|finish| check(&finish, &layout, digest)).transpose()?;
        let routes = self.new_routes(&window);
        Ok(PlannedWindow {
            window,
            plan: Arc::new(plan),
            layout,
            digest,
            finish,
            routes,
            continues: gathered.continues,
            continued: gathered.continued,
        })
    }

    /// Reads the tables that the window's rows go to, as far as they are not known.
    async fn load(&mut self, window: &Window) -> Result<()> {
        for set in &window.sets {
            self.find_table(&set.rows.target).await?;
        }
        self.children.learn(&window.schemas);
        for set in &window.sets {
            let admitted = self.admit_set(&set.rows).await;
            admitted.map_err(|error| error.at(format_args!("{}, {}", set.rows.target, window.to.applied)))?;
        }
        Ok(())
    }

    /// Refuses rows that the target cannot take as they are.
    async fn admit_set(&mut self, rows: &RowSet) -> Result<()> {
        let table = self.catalog.tables().get(&rows.target)?;
        self.compared.check(rows, table, self.catalog.flavor())?;
        let unlogged = rows.unlogged_cascades;
        let pair = (rows.target.clone(), rows.table.name.clone(), unlogged);
        if self.admitted.contains(&pair) {
            return Ok(());
        }
        admit(table, &self.settings)?;
        let unseen = table.hides_triggers && !self.settings.allow_triggers.contains(&table.name.to_string());
        if unseen && self.warned.insert(table.name.clone()) {
            warn!(
                table = %table.name,
                "the account lacks the TRIGGER privilege, so triggers of the target table would fire unseen"
            );
        }
        if unlogged {
            follows(table, &rows.table)?;
            self.admit_children(&rows.table.name).await?;
        }
        self.admitted.insert(pair);
        Ok(())
    }

    /// Refuses a parent's rows if a child at the target would not follow them. The child's own rows may never come to
    /// tell: a statement that gave it a foreign key was filtered out, perhaps.
    async fn admit_children(&mut self, parent: &TableName) -> Result<()> {
        let children: Vec<Arc<TableSchema>> = self.children.of(parent).cloned().collect();
        for child in children {
            let routes = self.routes.iter().filter(|(_, source)| *source == child.name);
            let targets: Vec<TableName> = routes.map(|(target, _)| target.clone()).collect();
            for target in targets {
                if self.find_table(&target).await? {
                    follows(self.catalog.tables().get(&target)?, &child)?;
                }
            }
        }
        Ok(())
    }

    /// The pairs of target and source table that occur in the window for the first time.
    fn new_routes(&mut self, window: &Window) -> Vec<(TableName, TableName)> {
        let mut new = Vec::new();
        for set in &window.sets {
            let pair = (set.rows.target.clone(), set.rows.table.name.clone());
            if !self.routes.contains(&pair) {
                self.routes.insert(pair.clone());
                new.push(pair);
            }
        }
        new
    }

    /// Reads a target table; tells whether it exists.
    async fn find_table(&mut self, name: &TableName) -> Result<bool> {
        if self.catalog.knows(name) {
            return Ok(true);
        }
        match self.try_to_find(name).await {
            // A connection that has waited long may be gone.
            Err(error) if error.kind == ErrorKind::Transient => self.try_to_find(name).await,
            found => found,
        }
    }

    async fn try_to_find(&mut self, name: &TableName) -> Result<bool> {
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => connect(&self.settings.connection(), &Session::new("catalog")).await?,
        };
        let found = self.catalog.find(&mut conn, name).await?;
        self.conn = Some(conn);
        Ok(found)
    }
}

/// Compares what was planned again with what was recorded; tells which lanes have committed already.
fn check(finish: &Finish, layout: &Layout, digest: Digest) -> Result<Vec<bool>> {
    let window = finish.window;
    let unfinished = format!("window {window} was applied in part before a crash, and cannot be finished");
    if let Some(what) = finish.record.layout.difference(layout) {
        return Err(PluginError::world(format!("{unfinished}: {what} changed since"))
            .hint("undo that change, let the pipeline finish the window, then change it again"));
    }
    if finish.record.digest != digest {
        let (then, now) = (finish.record.digest.rows, digest.rows);
        return Err(PluginError::world(format!(
            "{unfinished}: its rows read differently now ({then} rows then, {now} now)"
        ))
        .hint("the source is another server, or its log was rewritten: compare the tables, then start with --reset"));
    }
    let done: Vec<bool> = finish.lanes.iter().map(|lane| *lane == window).collect();
    let open = finish.record.shares.iter().filter(|lane| done.get(**lane as usize) != Some(&true));
    info!(
        recovery = "finish-window",
        window,
        lanes = open.count(),
        "finishing a window that a crash left uneven"
    );
    Ok(done)
}

/// A hash of target tables and their keys.
fn keys_hash(tables: &[&TargetTable]) -> u64 {
    let tables: BTreeMap<&TableName, u64> =
        tables.iter().map(|table| (&table.name, table.fingerprint())).collect();
    hash_of(&tables)
}

/// A hash of the source's table schemas that the rows have.
fn schemas_hash(window: &Window) -> u64 {
    let mut seen = HashSet::new();
    let mut hashes = BTreeSet::new();
    for set in &window.sets {
        if seen.insert(Arc::as_ptr(&set.rows.table)) {
            hashes.insert(hash_of(&*set.rows.table));
        }
    }
    hash_of(&hashes)
}

fn hash_of(value: &impl std::hash::Hash) -> u64 {
    let mut hasher = Xxh3::new();
    value.hash(&mut hasher);
    hasher.finish()
}
