//! The filter that exists in every language: each says what the one in Rust says.

mod support;

use arrow_array::{ArrayRef, BinaryArray, Int32Array};
use std::sync::Arc;
use support::{column, filter, image, input, load_kept};
use tidegate_model::{ColumnKind, Image, IntWidth, TableName, TableSchema};
use tidegate_plugin::Filter;

fn table() -> Arc<TableSchema> {
    let columns = [
        ("id", ColumnKind::Int { width: IntWidth::W32, unsigned: false }),
        ("email", ColumnKind::Varchar { collation: 8, length: 80 }),
        ("Phone", ColumnKind::Text { collation: 255, length_bytes: 2 }),
    ];
    Arc::new(TableSchema {
        name: TableName::new("shop", "users"),
        columns: columns.into_iter().map(|(name, kind)| column(name, kind)).collect(),
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 255,
        complete: true,
    })
}

fn users(schema: &TableSchema) -> Image {
    let ids: ArrayRef = Arc::new(Int32Array::from(vec![1, 2, 3, 4, 5]));
    let emails =
        BinaryArray::from_opt_vec(vec![Some(b"\xe4nn\xe9@x"), None, Some(b"bo"), Some(b""), Some(b"c")]);
    let phones = ["日本語", "\u{feff}+49\0", "e\u{301}e", "🐋🐋🐋", ""].map(|phone| Some(phone.as_bytes()));
    image(schema, vec![ids, Arc::new(emails), Arc::new(BinaryArray::from_iter(phones))])
}

/// Masks with the filter in a folder, and says what it makes of an image without the columns, and of a broken text.
fn masked(source: &str) -> Option<(Vec<Option<ArrayRef>>, bool)> {
    let file = tidegate_test_guests::guest(source).unwrap()?;
    let plugin = load_kept(&file);
    assert_eq!((plugin.manifest.name.as_str(), plugin.manifest.version.as_str()), ("mask-pii", "0.1.0"));
    assert!(plugin.imports.iter().all(|name| name.starts_with("tidegate:plugin/")), "{:?}", plugin.imports);
    let filter = filter(plugin, serde_json::json!({"columns": ["phone", "email", "other"]})).unwrap();
    let schema = table();
    let plan = filter.table(&input(&schema)).unwrap();
    assert_eq!(plan.because, ["columns are masked"]);
    let mut mapped = filter.map(&plan, &users(&schema), 5).unwrap();
    let without = Image { columns: users(&schema).columns[..1].to_vec() };
    mapped.extend(filter.map(&plan, &without, 5).unwrap());
    Some((mapped, refuses_a_number(&*filter)))
}

/// A mask of a number is none: the filter refuses with a message, or the host refuses its answer.
fn refuses_a_number(filter: &dyn Filter) -> bool {
    let mut schema = TableSchema::clone(&table());
    schema.columns.truncate(1);
    schema.columns[0] = column("email", ColumnKind::Int { width: IntWidth::W32, unsigned: false });
    let schema = Arc::new(schema);
    let plan = filter.table(&input(&schema)).unwrap();
    let numbers: ArrayRef = Arc::new(Int32Array::from(vec![123]));
    let error = filter.map(&plan, &image(&schema, vec![numbers]), 1).unwrap_err();
    !error.message.contains("trapped")
}

fn says_what_rust_says(source: &str) {
    let Some(masked_there) = masked(source) else { return };
    let Some(masked_in_rust) = masked("examples/filters/rust/mask-pii") else { return };
    assert_eq!(masked_there, masked_in_rust);
    assert_eq!(masked_in_rust.0.len(), 4);
}

#[test]
fn in_python() {
    says_what_rust_says("examples/filters/python/mask-pii");
}

#[test]
fn in_typescript() {
    says_what_rust_says("examples/filters/js/mask-pii");
}

#[test]
fn in_go() {
    says_what_rust_says("examples/filters/go/mask-pii");
}

#[test]
fn in_c() {
    says_what_rust_says("examples/filters/c/mask-pii");
}
