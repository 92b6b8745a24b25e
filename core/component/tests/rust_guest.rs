//! A filter written in Rust, built by its author's commands and run by the host.

mod support;

use arrow_array::{Array, ArrayRef, BinaryArray, Int32Array};
use std::{path::PathBuf, sync::Arc};
use support::{LIMITS, column, filter, image, input, load};
use tidegate_component::Loader;
use tidegate_model::{ColumnKind, Image, IntWidth, TableName, TableSchema};
use tidegate_plugin::Decision;
use tidegate_test_guests::unit_tests;
use tidegate_toolchain::Language;

fn guest(package: &str) -> Option<PathBuf> {
    tidegate_test_guests::guest(&format!("examples/filters/rust/{package}")).unwrap()
}

fn users() -> Arc<TableSchema> {
    Arc::new(TableSchema {
        name: TableName::new("shop", "users"),
        columns: vec![
            column("id", ColumnKind::Int { width: IntWidth::W32, unsigned: false }),
            column("email", ColumnKind::Varchar { collation: 8, length: 80 }),
        ],
        keys: Vec::new(),
        foreign_keys: Vec::new(),
        collation: 255,
        complete: true,
    })
}

#[test]
fn a_column_is_mapped_in_its_own_character_set() {
    let Some(file) = guest("mask-pii") else { return };
    let plugin = load(&file);
    assert_eq!((plugin.manifest.name.as_str(), plugin.manifest.version.as_str()), ("mask-pii", "0.1.0"));
    assert!(plugin.imports.iter().all(|name| name.starts_with("tidegate:plugin/")), "{:?}", plugin.imports);
    let filter = filter(plugin, serde_json::json!({"columns": ["email"]})).unwrap();
    let schema = users();
    let plan = filter.table(&input(&schema)).unwrap();
    assert_eq!((plan.insert, plan.needs.as_slice()), (Decision::Keep, &[1][..]));
    let emails = BinaryArray::from_opt_vec(vec![Some(b"\xe4nn\xe9@x"), None, Some(b"bo")]);
    let ids: ArrayRef = Arc::new(Int32Array::from(vec![1, 2, 3]));
    let before = image(&schema, vec![ids, Arc::new(emails)]);
    let mapped = filter.map(&plan, &before, 3).unwrap();
    let expected = BinaryArray::from_opt_vec(vec![Some(b"\xe4****x".as_slice()), None, Some(b"bo")]);
    assert_eq!(mapped.len(), 1);
    assert_eq!(mapped[0].as_ref().unwrap().as_any().downcast_ref::<BinaryArray>(), Some(&expected));
    let without = Image { columns: before.columns[..1].to_vec() };
    assert!(filter.map(&plan, &without, 3).unwrap()[0].is_none(), "an image without the column");
}

#[test]
fn settings_are_held_against_the_components_schema() {
    let Some(file) = guest("mask-pii") else { return };
    let refused = |settings| filter(load(&file), settings).err().unwrap();
    assert!(refused(serde_json::json!({"colums": ["email"]})).contains("colums"));
    assert!(refused(serde_json::json!({"columns": [7]})).contains("columns[0]"));
    assert!(refused(serde_json::json!({"columns": []})).contains("columns"));
}

#[test]
fn a_file_that_is_no_filter_is_refused() {
    let Some(file) = guest("mask-pii") else { return };
    let loader = Loader::new(None).unwrap();
    let refused = |file: &std::path::Path, sum| {
        let error = loader.load(file, sum, LIMITS).err().unwrap();
        format!("{error} ({})", error.hint.as_deref().unwrap_or_default())
    };
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        file
    };
    let whole = std::fs::read(&file).unwrap();
    assert!(refused(&folder.path().join("none.wasm"), None).contains("cannot be read"));
    assert!(refused(&file, Some([7; 32])).contains("SHA-256 sum is"));
    assert!(refused(&put("cut.wasm", &whole[..whole.len() / 2]), None).contains("cut off"));
    assert!(refused(&put("text.wasm", b"(component)"), None).contains("no WebAssembly file"));
    assert!(refused(&put("core.wasm", b"\0asm\x01\0\0\0"), None).contains("not a component"));
    assert!(refused(&put("empty.wasm", b"\0asm\x0d\0\x01\0"), None).contains("tidegate:plugin/filter@0.1.0"));
}

#[test]
fn compiled_code_is_kept() {
    let Some(file) = guest("mask-pii") else { return };
    let folder = tempfile::tempdir().unwrap();
    let kept = || std::fs::read_dir(folder.path()).map_or(0, Iterator::count);
    assert_eq!(kept(), 0);
    for _ in 0..2 {
        let loader = Loader::new(Some(folder.path())).unwrap();
        assert_eq!(loader.load(&file, None, LIMITS).unwrap().manifest.name, "mask-pii");
        assert!(kept() > 0, "nothing was kept");
    }
}

#[test]
fn the_examples_pass_their_own_tests() {
    unit_tests(Language::Rust, "examples/filters/rust").unwrap();
}
