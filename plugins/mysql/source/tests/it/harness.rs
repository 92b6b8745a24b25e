//! Drives the source as the engine does.

use arrow_array::{Array, BinaryArray, Int32Array, Int64Array};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tidegate_model::{Batch, Checkpoint, Image, Operation, SchemaChange, TableName};
use tidegate_plugin::{
    Change, Demand, DemandSignal, Goal, Instance, Limits, PluginError, Resume, Source, SourceContext, Start,
    settings::Settings,
};
use tidegate_test_servers::Server;

/// How a test opens a source.
pub(crate) struct Setup {
    pub(crate) settings: serde_json::Value,
    /// Also the pipeline's name: a server bears only one reader of each.
    pub(crate) schema: Arc<str>,
    pub(crate) start: Start,
    pub(crate) goal: Option<Goal>,
    pub(crate) wants: Arc<dyn Fn(&TableName) -> bool + Send + Sync>,
    pub(crate) leaves_out: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    pub(crate) limits: Limits,
    pub(crate) state: tempfile::TempDir,
}

/// An open source, the next stage of which always waits.
pub(crate) struct Reader {
    pub(crate) source: Box<dyn Source>,
    pub(crate) demand: Demand,
    signal: DemandSignal,
    _state: Option<tempfile::TempDir>,
}

/// Settings that follow the server from `start` on.
pub(crate) fn settings(server: &Server, start: serde_json::Value) -> serde_json::Value {
    serde_json::json!({
        "host": server.host(), "port": server.port(), "user": server.user(), "password": server.password(),
        "start": start, "heartbeat": "300ms", "reconnect": { "first": "50ms", "longest": "200ms" },
    })
}

/// Where the log ends now, as a start.
pub(crate) fn here(server: &Server) -> serde_json::Value {
    let row = &server.client().rows("SHOW BINARY LOG STATUS").unwrap()[0];
    match row.get(4).filter(|set| !set.is_empty()) {
        Some(set) => serde_json::json!({ "gtid": set.replace("\\n", "") }),
        None => serde_json::json!({ "file": row[0], "position": row[1].parse::<u64>().unwrap() }),
    }
}

/// The lines of changes that are about a schema.
pub(crate) fn of(schema: &str, changes: &[Change]) -> Vec<String> {
    lines(changes).into_iter().filter(|line| line.contains(schema)).collect()
}

impl Setup {
    /// Reads the tables of `schema` up to where the log ends now.
    pub(crate) fn new(settings: serde_json::Value, schema: &str) -> Self {
        let schema: Arc<str> = schema.into();
        Self {
            settings,
            schema: schema.clone(),
            start: Start::Configured,
            goal: Some(Goal::Now),
            wants: Arc::new(move |table| table.schema == schema),
            leaves_out: Arc::new(|_| false),
            limits: Limits { bytes: 1 << 20, rows: 10_000 },
            state: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn set(mut self, key: &str, value: serde_json::Value) -> Self {
        self.settings[key] = value;
        self
    }

    pub(crate) fn for_ever(mut self) -> Self {
        self.goal = None;
        self
    }

    pub(crate) fn rows(mut self, rows: usize) -> Self {
        self.limits.rows = rows;
        self
    }

    pub(crate) fn resume(mut self, checkpoint: &Checkpoint, schemas: Vec<SchemaChange>) -> Self {
        let resume = Resume { checkpoint: checkpoint.clone(), cut: None, schemas };
        self.start = Start::Resume(Box::new(resume));
        self
    }

    pub(crate) fn cut(mut self, cut: &tidegate_model::Position) -> Self {
        if let Start::Resume(resume) = &mut self.start {
            resume.cut = Some(cut.clone());
        }
        self
    }

    pub(crate) fn build(&self) -> Box<dyn Source> {
        let instance = Instance {
            pipeline: self.schema.clone(),
            folder: self.state.path().to_owned(),
            memory: None,
            impure: false,
        };
        let from_files = self.settings.get("files").is_some();
        let entry = if from_files {
            tidegate_mysql_source::log_files_entry()
        } else {
            tidegate_mysql_source::entry()
        };
        let built = (entry.build)(&Settings::from_json(&self.settings), &instance);
        built.unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    pub(crate) async fn open(self) -> Result<Reader, PluginError> {
        let mut source = self.build();
        let context = SourceContext {
            pipeline: self.schema.clone(),
            state: self.state.path().to_owned(),
            start: self.start,
            goal: self.goal,
            wants: self.wants,
            leaves_out: self.leaves_out,
            names: Arc::default(),
            limits: self.limits,
        };
        source.open(context).await?;
        let (signal, demand) = Demand::new();
        signal.set(true);
        Ok(Reader { source, demand, signal, _state: Some(self.state) })
    }

    /// Reads to the goal.
    pub(crate) async fn read(self) -> Result<Vec<Change>, PluginError> {
        let mut reader = self.open().await?;
        let mut changes = Vec::new();
        while let Some(change) = reader.next().await? {
            changes.push(change);
        }
        Ok(changes)
    }
}

impl Reader {
    pub(crate) async fn next(&mut self) -> Result<Option<Change>, PluginError> {
        let next = self.source.next(&mut self.demand);
        tokio::time::timeout(Duration::from_secs(20), next).await.expect("the source answers in time")
    }

    pub(crate) fn set_waiting(&self, waiting: bool) {
        self.signal.set(waiting);
    }

    /// Reads until so many rows came.
    pub(crate) async fn rows(&mut self, wanted: usize) -> Result<Vec<Change>, PluginError> {
        let (mut changes, mut found) = (Vec::new(), 0);
        while found < wanted {
            changes.push(self.next().await?.expect("the stream goes on"));
            found += changes.last().map_or(0, |change| lines(std::slice::from_ref(change)).len());
        }
        Ok(changes)
    }
}

/// One line a row change and DDL, in order: `insert db.t 1,a`, `update db.t 1,a > 2,b`, `ddl CREATE …`.
pub(crate) fn lines(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .flat_map(|change| match change {
            Change::Batch(batch) => batch_lines(batch),
            Change::Ddl(ddl) => vec![format!("ddl {}", ddl.statement.sql)],
        })
        .collect()
}

fn batch_lines(batch: &Batch) -> Vec<String> {
    let mut lines = BTreeMap::new();
    for set in &batch.row_sets {
        for (row, ordinal) in set.ordinals.iter().enumerate() {
            let (before, after) = (image(&set.before, row), image(&set.after, row));
            let values = if set.operation == Operation::Update {
                format!("{before} > {after}")
            } else {
                format!("{before}{after}")
            };
            lines.insert(*ordinal, format!("{} {} {values}", set.operation.name(), set.table.name));
        }
    }
    lines.into_values().collect()
}

fn image(image: &Image, row: usize) -> String {
    let values = image.columns.iter().map(|column| {
        let values = &column.values;
        if values.is_null(row) {
            return "NULL".to_owned();
        }
        if let Some(values) = values.as_any().downcast_ref::<Int32Array>() {
            return values.value(row).to_string();
        }
        if let Some(values) = values.as_any().downcast_ref::<Int64Array>() {
            return values.value(row).to_string();
        }
        let bytes = values.as_any().downcast_ref::<BinaryArray>().expect("tests use integers and text");
        let text = String::from_utf8_lossy(bytes.value(row));
        if text.len() > 20 {
            format!("{}…{}", text.chars().next().unwrap(), text.len())
        } else {
            text.into_owned()
        }
    });
    values.collect::<Vec<_>>().join(",")
}

/// All schema changes that changes carry, in order.
pub(crate) fn schemas(changes: &[Change]) -> Vec<SchemaChange> {
    changes
        .iter()
        .flat_map(|change| match change {
            Change::Batch(batch) => batch.schemas.clone(),
            Change::Ddl(ddl) => ddl.schemas.clone(),
        })
        .collect()
}

/// The end of the last change.
pub(crate) fn end(changes: &[Change]) -> Checkpoint {
    changes.last().expect("there are changes").end().clone()
}
