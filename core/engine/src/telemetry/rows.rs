//! Counting rows by table and operation, at a bounded cost: one look-up a row set.

use super::meters::{LossLabels, Meters, RowLabels, StageLabels};
use crate::StageName;
use prometheus_client::metrics::{counter::Counter, family::Family};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};
use tidegate_model::{Batch, Operation, RowSet, TableName};

/// More tables than this are counted together, so that a schema per customer does not drown the one who scrapes.
const TABLES_MAX: usize = 500;

/// Counts what passes one stage. Each stage has its own, so that no lock is taken for what was seen before.
pub(crate) struct RowCounters {
    stage: StageName,
    rows: Family<RowLabels, Counter>,
    bytes: Family<RowLabels, Counter>,
    ddl: Counter,
    tables: Arc<Mutex<HashSet<TableName>>>,
    known: HashMap<TableName, [Option<(Counter, Counter)>; 4]>,
}

/// What is not counted yet.
pub(crate) struct Tally(Vec<Counted>);

struct Counted {
    /// Of rows and of bytes.
    counters: (Counter, Counter),
    rows: u64,
    bytes: u64,
}

impl RowCounters {
    pub(super) fn new(stage: StageName, meters: &Meters) -> Self {
        Self {
            stage,
            rows: meters.rows.clone(),
            bytes: meters.bytes.clone(),
            ddl: meters.ddl.get_or_create_owned(&StageLabels { stage: stage.name() }),
            tables: meters.tables.clone(),
            known: HashMap::new(),
        }
    }

    pub(crate) fn count(&mut self, batch: &Batch) {
        self.tally(batch).count();
    }

    /// Returns what a batch will count for once it has passed.
    pub(crate) fn tally(&mut self, batch: &Batch) -> Tally {
        Tally(batch.row_sets.iter().filter_map(|rows| self.tally_rows(rows)).collect())
    }

    pub(crate) fn count_ddl(&self, statements: u64) {
        self.ddl.inc_by(statements);
    }

    fn tally_rows(&mut self, rows: &RowSet) -> Option<Counted> {
        let slot = match rows.operation {
            Operation::Insert => 0,
            Operation::Update => 1,
            Operation::Delete => 2,
            Operation::Snapshot => 3,
        };
        if !self.known.contains_key(&rows.target) {
            self.known.insert(rows.target.clone(), Default::default());
        }
        let counters = self.known.get_mut(&rows.target).and_then(|slots| slots.get_mut(slot));
        let counters = counters?.get_or_insert_with(|| {
            let table = admitted(&self.tables, &rows.target);
            let labels = RowLabels {
                stage: self.stage.name(),
                schema: table.map_or_else(String::new, |table| table.schema.to_string()),
                table: table.map_or_else(String::new, |table| table.table.to_string()),
                operation: rows.operation.name(),
            };
            (self.rows.get_or_create_owned(&labels), self.bytes.get_or_create_owned(&labels))
        });
        Some(Counted { counters: counters.clone(), rows: rows.rows() as u64, bytes: rows.bytes() as u64 })
    }
}

impl Tally {
    /// Counts it.
    pub(crate) fn count(self) {
        for Counted { counters: (rows, bytes), rows: new_rows, bytes: new_bytes } in self.0 {
            rows.inc_by(new_rows);
            bytes.inc_by(new_bytes);
        }
    }
}

/// Counts the rows that do not reach the target.
pub(crate) struct LossCounters {
    lost: Family<LossLabels, Counter>,
    tables: Arc<Mutex<HashSet<TableName>>>,
}

impl LossCounters {
    pub(super) fn new(meters: &Meters) -> Self {
        Self { lost: meters.lost.clone(), tables: meters.tables.clone() }
    }

    pub(crate) fn count(&self, plugin: &str, on_error: &'static str, table: &TableName, rows: u64) {
        let table = admitted(&self.tables, table);
        let labels = LossLabels {
            plugin: plugin.to_owned(),
            on_error,
            schema: table.map_or_else(String::new, |table| table.schema.to_string()),
            table: table.map_or_else(String::new, |table| table.table.to_string()),
        };
        self.lost.get_or_create_owned(&labels).inc_by(rows);
    }
}

/// Returns the table if it may have counters of its own.
fn admitted<'a>(tables: &Mutex<HashSet<TableName>>, table: &'a TableName) -> Option<&'a TableName> {
    let mut tables = tables.lock().unwrap_or_else(PoisonError::into_inner);
    if tables.len() < TABLES_MAX {
        tables.insert(table.clone());
    }
    tables.contains(table).then_some(table)
}
