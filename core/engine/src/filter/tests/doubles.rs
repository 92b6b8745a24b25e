//! Filters made of closures, and rows to filter.

use crate::{
    OnError, Telemetry,
    filter::{FilterStage, Filters, Host},
    lost::LostRows,
};
use arrow_array::{Array, ArrayRef, UInt64Array};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tidegate_model::{
    Batch, Checkpoint, Column, ColumnDefault, ColumnKind, Encoding, Image, ImageColumn, IntWidth,
    LogPosition, Operation, Position, RowSet, TableName, TableSchema, Transaction,
};
use tidegate_plugin::{
    Answer, Change, DdlAnswer, DdlInput, Decision, Filter, Finding, PluginError, Result, TableInput,
    TableNames, TablePlan, Verdicts,
};

type OnTable = dyn Fn(&TableInput<'_>) -> TablePlan + Send + Sync;
type OnRows = dyn Fn(&RowSet) -> Verdicts + Send + Sync;
type OnMap = dyn Fn(&Image, usize) -> Vec<Option<ArrayRef>> + Send + Sync;
type Fails = dyn Fn(&Image) -> Option<PluginError> + Send + Sync;
type OnDdl = dyn Fn(&DdlInput<'_>) -> DdlAnswer + Send + Sync;

/// A filter that keeps everything, but for what is set.
pub(super) struct Scripted {
    pub(super) table: Box<OnTable>,
    pub(super) rows: Box<OnRows>,
    pub(super) map: Box<OnMap>,
    pub(super) ddl: Box<OnDdl>,
    /// Why it fails on an image of rows: of deletes the one before, else the one after; or the one that it maps.
    pub(super) fails: Box<Fails>,
    /// The reasons that its refusals refer to.
    pub(super) reasons: Vec<String>,
    pub(super) leads_others: Option<bool>,
    pub(super) keeps_name: bool,
    /// Source tables of which nothing passes.
    pub(super) unwanted: &'static [&'static str],
    /// Operations of which no row passes, as far as names tell.
    pub(super) drops: &'static [(&'static str, Operation)],
    /// How often it was asked at table level.
    pub(super) asked: Arc<AtomicUsize>,
}

impl Default for Scripted {
    fn default() -> Self {
        Self {
            table: Box::new(|_| TablePlan::keep()),
            rows: Box::new(|_| panic!("nobody should ask per row")),
            map: Box::new(|_, _| panic!("nobody should ask for columns")),
            ddl: Box::new(|_| DdlAnswer::default()),
            fails: Box::new(|_| None),
            reasons: Vec::new(),
            leads_others: None,
            keeps_name: true,
            unwanted: &[],
            drops: &[],
            asked: Arc::default(),
        }
    }
}

impl Filter for Scripted {
    fn wants(&self, source: &TableName) -> bool {
        !self.unwanted.iter().any(|table| name(table) == *source)
    }

    fn drops(&self, source: &TableName, operation: Operation) -> bool {
        !self.wants(source)
            || self.drops.iter().any(|(table, own)| name(table) == *source && *own == operation)
    }

    fn table(&self, input: &TableInput<'_>) -> Result<TablePlan> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok((self.table)(input))
    }

    fn rows(&self, _: &TablePlan, rows: &RowSet, _: &[Transaction]) -> Result<Answer> {
        let image = if rows.operation == Operation::Delete { &rows.before } else { &rows.after };
        match (self.fails)(image) {
            Some(error) => Err(error),
            None => Ok(Answer { verdicts: (self.rows)(rows), reasons: self.reasons.clone() }),
        }
    }

    fn map(&self, _: &TablePlan, image: &Image, rows: usize) -> Result<Vec<Option<ArrayRef>>> {
        match (self.fails)(image) {
            Some(error) => Err(error),
            None => Ok((self.map)(image, rows)),
        }
    }

    fn ddl(&self, input: &DdlInput<'_>) -> Result<DdlAnswer> {
        Ok((self.ddl)(input))
    }

    fn leads_others(&self, _: &TableName, _: &TableName) -> Option<bool> {
        self.leads_others
    }

    fn keeps_name(&self, _: &TableName) -> bool {
        self.keeps_name
    }

    /// Reports the tables that it sees.
    fn check(&self, tables: &[Arc<TableSchema>]) -> Vec<Finding> {
        tables.iter().map(|table| Finding::ok("seen", table.name.to_string())).collect()
    }
}

/// A filter that is asked per row.
pub(super) fn per_row(
    routes: &[&str],
    verdicts: impl Fn(&RowSet) -> Verdicts + Send + Sync + 'static,
) -> Scripted {
    let routes: Vec<TableName> = routes.iter().map(|route| name(route)).collect();
    let plan = move |_: &TableInput<'_>| TablePlan {
        insert: Decision::PerRow,
        update: Decision::PerRow,
        delete: Decision::PerRow,
        routes: routes.clone(),
        ..TablePlan::keep()
    };
    Scripted { table: Box::new(plan), rows: Box::new(verdicts), ..Scripted::default() }
}

pub(super) fn filters(stages: Vec<Scripted>) -> Arc<Filters> {
    let stage = |(index, filter): (usize, Scripted)| FilterStage {
        plugin: format!("f{index}").into(),
        filter: Box::new(filter),
        on_error: OnError::Stop,
    };
    Arc::new(Filters::new(stages.into_iter().enumerate().map(stage).collect(), ""))
}

/// Returns a host that loses nothing, so that no folder is needed.
pub(super) fn host(filters: Arc<Filters>) -> Host<LostRows> {
    host_beside(filters, TableNames::default())
}

/// As [`host`], of a source whose tables have these names.
pub(super) fn host_beside(filters: Arc<Filters>, names: TableNames) -> Host<LostRows> {
    let lost = LostRows::open(Path::new("/nowhere"), None, false, &Telemetry::new("p")).unwrap();
    Host::new(filters, Arc::new(names), lost, || false)
}

/// `schema.table`
pub(super) fn name(text: &str) -> TableName {
    let (schema, table) = text.split_once('.').unwrap();
    TableName::new(schema, table)
}

pub(super) fn column(name: &str) -> Arc<Column> {
    Arc::new(Column {
        name: name.into(),
        kind: ColumnKind::Int { width: IntWidth::W64, unsigned: true },
        nullable: false,
        default: ColumnDefault::Absent,
        generated: None,
        invisible: false,
        auto_increment: false,
    })
}

/// Table `s.t` with the columns `id` and `v`.
pub(super) fn table() -> Arc<TableSchema> {
    Arc::new(TableSchema {
        name: name("s.t"),
        columns: vec![column("id"), column("v")],
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 0,
        complete: true,
    })
}

pub(super) fn image(table: &TableSchema, columns: &[(usize, &[u64])]) -> Image {
    let present = |(index, values): &(usize, &[u64])| ImageColumn {
        column: table.columns[*index].clone(),
        source: Some(*index),
        encoding: Encoding::Value,
        values: Arc::new(UInt64Array::from(values.to_vec())),
    };
    Image { columns: columns.iter().map(present).collect() }
}

/// Four rows of `s.t` with ids 1 to 4, ordinals 10 to 13, and `v` ten times the id before and a hundred times after.
pub(super) fn four(operation: Operation) -> RowSet {
    let table = table();
    let before = image(&table, &[(0, &[1, 2, 3, 4]), (1, &[10, 20, 30, 40])]);
    let after = image(&table, &[(0, &[1, 2, 3, 4]), (1, &[100, 200, 300, 400])]);
    RowSet {
        target: table.name.clone(),
        table,
        operation,
        before: if operation == Operation::Insert { Image::default() } else { before },
        after: if operation == Operation::Delete { Image::default() } else { after },
        ordinals: vec![10, 11, 12, 13],
        transactions: vec![0; 4],
        hashes: vec![1, 2, 3, 4],
        unlogged_cascades: true,
    }
}

pub(super) fn checkpoint() -> Checkpoint {
    checkpoint_at(4)
}

pub(super) fn checkpoint_at(offset: u64) -> Checkpoint {
    let log = Some(LogPosition { file: "b.000001".into(), offset });
    let position = Position { gtids: None, log, inside: None };
    Checkpoint { applied: position.clone(), resume: position, source: "s".into() }
}

pub(super) fn transaction() -> Transaction {
    Transaction {
        gtid: None,
        log: LogPosition { file: "b.000001".into(), offset: 4 },
        commit_time: 0,
        server_id: 1,
        rows_before: 0,
        first_ordinal: 0,
        closed: true,
    }
}

pub(super) fn apply(host: &mut Host<LostRows>, rows: RowSet) -> Result<Vec<RowSet>> {
    let rows_read = rows.rows() as u64;
    let batch = Batch {
        row_sets: vec![rows],
        transactions: vec![transaction()],
        rows_read,
        schemas: Vec::new(),
        end: checkpoint(),
    };
    match host.apply(Change::Batch(Box::new(batch)))? {
        Change::Batch(batch) => {
            assert_eq!(batch.rows_read, rows_read, "filters do not change what was read");
            Ok(batch.row_sets)
        }
        Change::Ddl(_) => panic!("a batch became a DDL"),
    }
}

pub(super) fn run(stages: Vec<Scripted>, rows: RowSet) -> Result<Vec<RowSet>> {
    apply(&mut host(filters(stages)), rows)
}

/// `operation target ordinals`, for each row set.
pub(super) fn summary(sets: &[RowSet]) -> Vec<String> {
    let line = |rows: &RowSet| format!("{} {} {:?}", rows.operation.name(), rows.target, rows.ordinals);
    sets.iter().map(line).collect()
}

/// The values of a column in an image.
pub(super) fn values(image: &Image, column: &str) -> Option<Vec<u64>> {
    let column = image.columns.iter().find(|present| &*present.column.name == column)?;
    let values: &UInt64Array = column.values.as_any().downcast_ref().unwrap();
    Some((0..values.len()).map(|row| values.value(row)).collect())
}
