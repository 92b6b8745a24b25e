//! The reference is made from the table.

use std::{fs, path::Path};

/// With `TIDEGATE_WRITE_DOCUMENTS` set, writes the page instead.
#[test]
fn the_page_of_dms_files_is_made_from_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/dm.md");
    if std::env::var_os("TIDEGATE_WRITE_DOCUMENTS").is_some() {
        fs::write(&path, tidegate_dm::page()).unwrap();
    }
    let kept = fs::read_to_string(path).unwrap();
    assert!(
        kept == tidegate_dm::page(),
        "run `TIDEGATE_WRITE_DOCUMENTS=1 cargo test -p tidegate-dm --test it`"
    );
}
