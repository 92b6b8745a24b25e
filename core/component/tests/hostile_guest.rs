//! Components that do what must not be done: each deed is an error that says so, the host stays well, and the next call
//! gets a fresh instance.

mod support;

use arrow_array::{ArrayRef, BinaryArray, Int64Array};
use std::{path::Path, sync::Arc, time::Duration};
use support::{column, input, inserts};
use tidegate_component::{Limits, Loader};
use tidegate_model::{ColumnKind, Image, IntWidth, RowSet, TableName, TableSchema};
use tidegate_plugin::{
    ErrorKind, Filter, Instance, PluginError, TableInput, Verdict, Verdicts, settings::Settings,
};
use tidegate_test_guests::guest;

const LIMITS: Limits = Limits { memory: 16 << 20, call_time: Duration::from_millis(300), answer: 8 << 20 };

fn table() -> Arc<TableSchema> {
    let text = ColumnKind::Varchar { collation: 255, length: 9 };
    let mut columns =
        vec![column("name", text), column("n", ColumnKind::Int { width: IntWidth::W64, unsigned: false })];
    if let Some(name) = columns.first_mut() {
        let mut without_null = (**name).clone();
        without_null.nullable = false;
        *name = Arc::new(without_null);
    }
    Arc::new(TableSchema {
        name: TableName::new("s", "t"),
        columns,
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 255,
        complete: true,
    })
}

fn rows(table: &Arc<TableSchema>) -> RowSet {
    let names: ArrayRef = Arc::new(BinaryArray::from_vec(vec![b"a"; 100]));
    inserts(table, vec![names, Arc::new(Int64Array::from(vec![7; 100]))])
}

struct Host(Loader);

impl Host {
    /// Has the guest do `what` in `place`, and asks for everything until something fails.
    fn deed(&self, file: &Path, place: &str, what: &str) -> Result<(), PluginError> {
        ask(&*self.filter(file, place, what)?)
    }

    fn filter(&self, file: &Path, place: &str, what: &str) -> Result<Box<dyn Filter>, PluginError> {
        let plugin = self.0.load(file, None, LIMITS)?;
        let settings = Settings::from_json(&serde_json::json!({ "where": place, "what": what }));
        let instance =
            Instance { pipeline: "p".into(), folder: Default::default(), memory: None, impure: false };
        let built = (plugin.into_entry().build)(&settings, &instance);
        built.map_err(|problems| {
            let help = problems[0].help.clone().unwrap_or_default();
            PluginError::definite(problems[0].message.clone()).hint(help)
        })
    }
}

fn ask(filter: &dyn Filter) -> Result<(), PluginError> {
    let schema = table();
    let rows = rows(&schema);
    let plan = filter.table(&input(&schema))?;
    filter.rows(&plan, &rows, &[])?;
    let image: &Image = &rows.after;
    filter.map(&plan, image, rows.rows()).map(drop)
}

#[test]
fn every_deed_is_an_error_that_says_so() {
    let Some(file) = guest("tests/guests/rust/hostile").unwrap() else { return };
    let host = Host(Loader::new(None).unwrap());
    host.deed(&file, "nowhere", "").unwrap();
    let anywhere = [
        ("loop", "took longer than 300ms", "limits.call-time"),
        ("recurse", "called itself too deeply", "bug of the plugin"),
        ("allocate", "wanted more than the 16777216 bytes", "limits.memory"),
        ("trap", "trapped", "bug of the plugin"),
        ("refuse", "it will not", ""),
    ];
    for place in ["configure", "routes", "decide", "rows", "map"] {
        for (what, message, hint) in anywhere {
            // A million dropped instances need no loop of 300 ms each.
            if what == "loop" && place != "configure" && place != "rows" {
                continue;
            }
            let error = host.deed(&file, place, what).unwrap_err();
            assert!(error.message.contains(message), "{place} {what}: {error}");
            assert!(error.hint.unwrap_or_default().contains(hint), "{place} {what}");
        }
    }
    for place in ["configure", "routes", "decide", "map"] {
        let error = host.deed(&file, place, "read").unwrap_err();
        assert!(
            error.message.contains("called `row-set.read`, which answers only while rows are at hand"),
            "{error}"
        );
    }
    let deeds = [
        ("routes", "empty-name", "a name of another kind than s.t"),
        ("routes", "no-table", "a name of another kind than s.t"),
        ("decide", "needs", "the need for column 99 of a table that has 2"),
        ("decide", "column", "column 99 of a table that has 2"),
        ("decide", "gap", "numbers have gaps"),
        ("decide", "huge", "a mapped column of the number"),
        ("rows", "short", "99 verdicts for 100 rows"),
        ("rows", "bits", "100 bytes of verdicts for 100 rows"),
        ("rows", "route", "route 1; it announced 1"),
        ("rows", "reason", "reason 0; it gives 0"),
        ("rows", "images", "verdicts per image for rows of the operation insert"),
        ("rows", "undeclared", "read column `n`, and its plan does not say so"),
        ("rows", "beyond", "read column 99 of s.t, which has 2"),
        ("rows", "facts", "its plan does not say so (`facts`)"),
        ("rows", "read-image", "called `row-image.read`"),
        ("rows", "enormous", "hands over more than the 8388608 bytes"),
        ("map", "none", "0 columns; its plan says 1"),
        ("map", "nothing", "no column `name` for an image that has all it reads"),
        ("map", "many", "2 columns; its plan says 1"),
        ("map", "type", "`f64s` for a column of text"),
        ("map", "length", "`s64s` for a column of text"),
        ("map", "null", "a NULL where none can be"),
        ("map", "offsets", "offsets that do not ascend from 0"),
        ("map", "utf8", "a value in row 0 of the row set that text"),
        ("map", "outside", "called `row-set.read`"),
    ];
    for (place, what, message) in deeds {
        let error = host.deed(&file, place, what).unwrap_err();
        assert!(error.message.contains(message), "{place} {what}: {error}");
    }
}

#[test]
fn whether_a_table_passes_depends_on_its_own_name_only() {
    let Some(file) = guest("tests/guests/rust/hostile").unwrap() else { return };
    let filter = Host(Loader::new(None).unwrap()).filter(&file, "routes", "by-name").unwrap();
    let schema = table();
    filter.table(&input(&schema)).unwrap();
    let renamed = TableInput { name: &TableName::new("s", "other"), ..input(&schema) };
    let error = filter.table(&renamed).unwrap_err();
    assert!(error.message.contains("that s.t passes under one name and not under another"), "{error}");
}

#[test]
fn a_million_lines_of_log_do_not_hurt() {
    let Some(file) = guest("tests/guests/rust/hostile").unwrap() else { return };
    let host = Host(Loader::new(None).unwrap());
    let limits = Limits { call_time: Duration::from_secs(60), ..LIMITS };
    let plugin = host.0.load(&file, None, limits).unwrap();
    let settings = Settings::from_json(&serde_json::json!({ "where": "rows", "what": "log" }));
    let instance = Instance { pipeline: "p".into(), folder: Default::default(), memory: None, impure: false };
    let filter = (plugin.into_entry().build)(&settings, &instance).unwrap();
    ask(&*filter).unwrap();
}

/// Builds the guest with settings.
fn build(file: &Path, settings: serde_json::Value) -> Box<dyn Filter> {
    let plugin = Loader::new(None).unwrap().load(file, None, LIMITS).unwrap();
    let instance = Instance { pipeline: "p".into(), folder: Default::default(), memory: None, impure: false };
    (plugin.into_entry().build)(&Settings::from_json(&settings), &instance).unwrap()
}

#[test]
fn failures_on_rows_are_told_from_others() {
    let Some(file) = guest("tests/guests/rust/hostile").unwrap() else { return };
    let schema = table();
    let names = |names: Vec<&[u8]>| -> RowSet {
        let count = names.len();
        let names: ArrayRef = Arc::new(BinaryArray::from_vec(names));
        inserts(&schema, vec![names, Arc::new(Int64Array::from(vec![7; count]))])
    };
    let (good, bad) = (names(vec![b"a", b"b"]), names(vec![b"a", b"xbadx", b"b"]));
    for what in ["trap", "loop", "recurse", "allocate", "refuse", "short", "undeclared"] {
        let filter = build(&file, serde_json::json!({ "where": "rows", "what": what, "value": "bad" }));
        let plan = filter.table(&input(&schema)).unwrap();
        for _ in 0..2 {
            filter.rows(&plan, &good, &[]).unwrap();
            assert_eq!(filter.rows(&plan, &bad, &[]).unwrap_err().kind, ErrorKind::Rows, "{what}");
        }
    }
    let filter = build(&file, serde_json::json!({ "where": "map", "what": "none", "value": "bad" }));
    let plan = filter.table(&input(&schema)).unwrap();
    filter.map(&plan, &good.after, 2).unwrap();
    assert_eq!(filter.map(&plan, &bad.after, 3).unwrap_err().kind, ErrorKind::Rows);
    for place in ["routes", "decide"] {
        let filter = build(&file, serde_json::json!({ "where": place, "what": "trap" }));
        assert_eq!(filter.table(&input(&schema)).unwrap_err().kind, ErrorKind::Definite, "{place}");
    }
    let filter = build(&file, serde_json::json!({ "where": "rows", "what": "refuse-rows", "value": "bad" }));
    let plan = filter.table(&input(&schema)).unwrap();
    let answer = filter.rows(&plan, &bad, &[]).unwrap();
    assert_eq!(answer.verdicts, Verdicts::Change(vec![Verdict::Keep, Verdict::Refuse(0), Verdict::Keep]));
    assert_eq!(answer.reasons, ["it is not liked"]);
}

/// An instance that reports an error, or answers badly, is not asked again: nobody knows what state it is in.
#[test]
fn a_fresh_instance_follows_also_a_reported_error() {
    let Some(file) = guest("tests/guests/rust/hostile").unwrap() else { return };
    let filter = build(&file, serde_json::json!({ "where": "rows", "what": "first" }));
    let schema = table();
    let plan = filter.table(&input(&schema)).unwrap();
    for _ in 0..3 {
        let error = filter.rows(&plan, &rows(&schema), &[]).unwrap_err();
        assert!(error.message.contains("it is the first call"), "{error}");
    }
}

#[test]
fn after_an_error_a_fresh_instance_answers() {
    let Some(file) = guest("tests/guests/rust/hostile").unwrap() else { return };
    let host = Host(Loader::new(None).unwrap());
    let plugin = host.0.load(&file, None, LIMITS).unwrap();
    let settings = Settings::from_json(&serde_json::json!({ "where": "map", "what": "trap" }));
    let instance = Instance { pipeline: "p".into(), folder: Default::default(), memory: None, impure: false };
    let filter = (plugin.into_entry().build)(&settings, &instance).unwrap();
    let schema = table();
    let rows = rows(&schema);
    let plan = filter.table(&input(&schema)).unwrap();
    for _ in 0..100 {
        filter.rows(&plan, &rows, &[]).unwrap();
        assert!(filter.map(&plan, &rows.after, 100).unwrap_err().message.contains("trapped"));
    }
}
