//! Tables that change with their parents.

use super::doubles::{Scripted, filters, four, name, run, table};
use std::sync::Arc;
use tidegate_model::{
    ForeignKey, Operation,
    ReferentialAction::{self, Cascade, Refuse, SetNull},
    RowSet, TableSchema,
};

const CHILD: &str = "s.t";
const PARENT: &str = "s.p";

fn child(on_delete: ReferentialAction, on_update: ReferentialAction) -> TableSchema {
    let key = ForeignKey {
        name: "k".into(),
        columns: vec![0],
        parent: name(PARENT),
        parent_columns: vec!["id".into()],
        on_delete,
        on_update,
    };
    TableSchema { foreign_keys: vec![key], ..TableSchema::clone(&table()) }
}

/// What the log does not tell of a child may not depend on changes of its parent that do not pass.
#[test]
fn a_child_needs_the_changes_of_its_parent_that_change_it() {
    use Operation::{Delete, Update};
    let admits = |drops: &'static [(&'static str, Operation)], on_delete, on_update| {
        let filters = filters(vec![Scripted::default(), Scripted { drops, ..Scripted::default() }]);
        filters.admit_child(&child(on_delete, on_update)).is_ok()
    };
    assert!(admits(&[], Cascade, Cascade));
    assert!(!admits(&[(PARENT, Delete)], Cascade, Refuse));
    assert!(!admits(&[(PARENT, Delete)], SetNull, Refuse));
    assert!(!admits(&[(PARENT, Update)], Refuse, Cascade));
    assert!(admits(&[(PARENT, Delete), (PARENT, Update)], Refuse, Refuse));
    assert!(admits(&[(PARENT, Update)], Cascade, Refuse), "an update of the parent changes nothing here");
    assert!(
        admits(&[(PARENT, Delete), (CHILD, Delete)], Cascade, Refuse),
        "neither loses rows at the target"
    );
    assert!(!admits(&[(PARENT, Delete), (CHILD, Delete)], SetNull, Refuse));
    let unwanted = filters(vec![Scripted { unwanted: &[PARENT], ..Scripted::default() }]);
    assert!(unwanted.admit_child(&child(Refuse, Cascade)).is_err());
}

#[test]
fn rows_of_such_a_child_stop() {
    let rows = |unlogged_cascades| RowSet {
        table: Arc::new(child(Cascade, Refuse)),
        unlogged_cascades,
        ..four(Operation::Insert)
    };
    let dropping = || vec![Scripted { drops: &[(PARENT, Operation::Delete)], ..Scripted::default() }];
    let error = run(dropping(), rows(true)).unwrap_err();
    assert!(error.message.contains("drop each delete of s.p"), "{error}");
    assert!(run(dropping(), rows(false)).is_ok(), "the log tells");
    assert!(run(vec![Scripted::default()], rows(true)).is_ok());
}
