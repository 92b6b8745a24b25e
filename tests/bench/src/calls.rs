//! What a call of a component costs for each row: row sets of different sizes, in this process, against the native twin.

use crate::{native, pipeline::LIMITS};
use anyhow::{Result, anyhow};
use arrow_array::{ArrayRef, BinaryArray, Int32Array};
use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use tidegate_component::Loader;
use tidegate_model::{
    Column, ColumnDefault, ColumnKind, Encoding, Image, ImageColumn, IntWidth, Operation, RowSet, TableName,
    TableSchema,
};
use tidegate_plugin::{Filter, Instance, TableInput, settings::Settings};
use tidegate_test_guests::guest;
use tidegate_test_servers::tell;

/// Rows of a set: a full batch, a usual one, a small one.
const SIZES: [usize; 3] = [10_000, 1_000, 100];

/// Row sets that are timed, if that takes no longer than [`LONGEST`]; the fastest tenth counts, since the machine does other
/// things as well.
const CALLS: usize = 200;
/// See [`CALLS`].
const LONGEST: Duration = Duration::from_secs(5);

const FILTERS: [(&str, &str, &str); 6] = [
    ("drop, Rust", "tests/guests/rust/two-columns", "{}"),
    ("mask, Rust", "examples/filters/rust/mask-pii", r#"{"columns":["c"]}"#),
    ("mask, C", "examples/filters/c/mask-pii", r#"{"columns":["c"]}"#),
    ("mask, Go", "examples/filters/go/mask-pii", r#"{"columns":["c"]}"#),
    ("mask, JavaScript", "examples/filters/js/mask-pii", r#"{"columns":["c"]}"#),
    ("mask, Python", "examples/filters/python/mask-pii", r#"{"columns":["c"]}"#),
];

/// Prints nanoseconds for each row.
pub(crate) fn measure() -> Result<()> {
    tell(format_args!("{:<30} {:>10} {:>10} {:>10}", "call, ns a row", SIZES[0], SIZES[1], SIZES[2]))?;
    for name in ["two-columns", "mask"] {
        print(&format!("{name}, built in"), &*native::filter(name)?)?;
    }
    let compiled = tempfile::tempdir()?;
    let loader = Loader::new(Some(compiled.path()))?;
    for (name, source, settings) in FILTERS {
        let Some(file) = guest(source)? else { continue };
        let plugin = loader.load(&file, None, LIMITS)?;
        let instance =
            Instance { pipeline: "bench".into(), folder: PathBuf::new(), memory: None, impure: false };
        let settings = Settings::from_json(&serde_json::from_str(settings)?);
        let built = (plugin.into_entry().build)(&settings, &instance);
        let filter = built.map_err(|problems| anyhow!("the settings do not fit: {problems:?}"))?;
        print(name, &*filter)?;
    }
    Ok(())
}

fn print(name: &str, filter: &dyn Filter) -> Result<()> {
    let mut cells = String::new();
    for size in SIZES {
        cells.push_str(&format!(" {:>10.1}", time(filter, size)?));
    }
    tell(format_args!("{name:<30}{cells}"))?;
    Ok(())
}

fn time(filter: &dyn Filter, size: usize) -> Result<f64> {
    let rows = inserts(size);
    let plan = filter.table(&TableInput {
        schema: &rows.table,
        name: &rows.table.name,
        columns: &rows.table.columns,
    })?;
    let mut times = Vec::with_capacity(CALLS);
    let begin = Instant::now();
    while times.len() < CALLS && (times.is_empty() || begin.elapsed() < LONGEST) {
        let start = Instant::now();
        if plan.columns.is_some() {
            filter.map(&plan, &rows.after, size)?;
        } else {
            filter.rows(&plan, &rows, &[])?;
        }
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let rows = size as f64;
    Ok(times.get(times.len() / 10).copied().unwrap_or_default() * 1e9 / rows)
}

/// Rows like sysbench's: `k` and `c`.
fn inserts(size: usize) -> RowSet {
    let column = |name: &str, kind: ColumnKind| {
        Arc::new(Column {
            name: name.into(),
            kind,
            nullable: false,
            default: ColumnDefault::Unknown,
            generated: None,
            invisible: false,
            auto_increment: false,
        })
    };
    let k = column("k", ColumnKind::Int { width: IntWidth::W32, unsigned: false });
    let c = column("c", ColumnKind::Char { collation: 255, length: 120 });
    let numbers: ArrayRef = Arc::new(Int32Array::from_iter_values((0..).take(size)));
    let text = |row: usize| format!("{:011}-", row.wrapping_mul(2_654_435_761) % 99_999_999_999).repeat(10);
    let texts: ArrayRef = Arc::new(BinaryArray::from_iter_values((0..size).map(text)));
    let present = |(source, (column, values)): (usize, (&Arc<Column>, ArrayRef))| ImageColumn {
        column: column.clone(),
        source: Some(source),
        encoding: Encoding::Value,
        values,
    };
    let name = TableName::new("sbtest", "sbtest1");
    let columns = [(&k, numbers), (&c, texts)].into_iter().enumerate().map(present).collect();
    RowSet {
        table: Arc::new(TableSchema {
            name: name.clone(),
            columns: vec![k, c],
            keys: Vec::new(),
            foreign_keys: Vec::new(),
            collation: 255,
            complete: true,
        }),
        target: name,
        operation: Operation::Insert,
        before: Image::default(),
        after: Image { columns },
        ordinals: (0..).take(size).collect(),
        transactions: vec![0; size],
        hashes: vec![0; size],
        unlogged_cascades: false,
    }
}
