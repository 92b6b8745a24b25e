//! Decisions by table, and verdicts by row and by image.

use super::doubles::{Scripted, apply, filters, four, image, name, per_row, run, summary, values};
use crate::filter::Host;
use arrow_array::BooleanArray;
use std::sync::{Arc, atomic::Ordering};
use tidegate_model::{Encoding, Image, Operation, RowSet};
use tidegate_plugin::{
    Decision, TablePlan,
    Verdict::{self, Drop, Keep, Refuse, Route},
    Verdicts,
};

#[test]
fn what_the_table_level_decides_costs_rows_nothing() {
    let asked = Arc::default();
    let renamed = Scripted {
        table: Box::new(|_| TablePlan { routes: vec![name("x.y")], ..TablePlan::keep() }),
        asked: Arc::clone(&asked),
        ..Scripted::default()
    };
    let second = Scripted {
        table: Box::new(|input| {
            assert_eq!((input.name, &input.schema.name), (&name("x.y"), &name("s.t")));
            TablePlan { delete: Decision::Drop, ..TablePlan::keep() }
        }),
        ..Scripted::default()
    };
    let mut host = Host::new(filters(vec![renamed, second]), Arc::default());
    let rows = four(Operation::Update);
    let sets = apply(&mut host, rows.clone()).unwrap();
    assert_eq!(summary(&sets), ["update x.y [10, 11, 12, 13]"]);
    assert!(
        Arc::ptr_eq(&sets[0].after.columns[0].values, &rows.after.columns[0].values),
        "nothing is copied"
    );
    let again = RowSet { table: Arc::clone(&rows.table), ..four(Operation::Delete) };
    assert!(apply(&mut host, again).unwrap().is_empty());
    assert_eq!(asked.load(Ordering::Relaxed), 1, "asked once per table schema");
}

#[test]
fn a_selection_keeps_ordinals() {
    let select = |bits: [bool; 4]| {
        let filter = per_row(&[], move |_| Verdicts::Selection(BooleanArray::from(bits.to_vec())));
        run(vec![filter], four(Operation::Insert)).unwrap()
    };
    let some = select([true, false, true, false]);
    assert_eq!(summary(&some), ["insert s.t [10, 12]"]);
    assert_eq!(values(&some[0].after, "id").unwrap(), [1, 3]);
    assert_eq!(some[0].hashes, [1, 3]);
    assert_eq!(summary(&select([true; 4])), ["insert s.t [10, 11, 12, 13]"]);
    assert!(select([false; 4]).is_empty());
}

#[test]
fn changes_are_kept_dropped_and_routed() {
    let verdicts = [Keep, Route(1), Drop, Route(0)];
    for operation in [Operation::Insert, Operation::Update, Operation::Delete] {
        let filter = per_row(&["a.a", "b.b"], move |_| Verdicts::Change(verdicts.to_vec()));
        let sets = run(vec![filter], four(operation)).unwrap();
        let name = operation.name();
        assert_eq!(summary(&sets), [format!("{name} a.a [10, 13]"), format!("{name} b.b [11]")]);
    }
}

#[test]
fn images_follow_the_truth_table() {
    let before = [Keep, Keep, Drop, Drop];
    let after = [Keep, Drop, Keep, Drop];
    let filter = per_row(&[], move |_| Verdicts::Images(before.to_vec(), after.to_vec()));
    let sets = run(vec![filter], four(Operation::Update)).unwrap();
    assert_eq!(summary(&sets), ["delete s.t [11]", "update s.t [10]", "insert s.t [12]"]);
    assert_eq!(values(&sets[0].before, "v").unwrap(), [20]);
    assert!(sets[0].after.columns.is_empty());
    assert!(sets[2].before.columns.is_empty());
    assert_eq!(values(&sets[2].after, "v").unwrap(), [300]);
}

#[test]
fn two_routes_become_delete_and_insert() {
    let before = [Route(0), Route(0), Route(1), Drop];
    let after = [Route(0), Route(1), Route(0), Route(1)];
    let filter = per_row(&["a.a", "b.b"], move |_| Verdicts::Images(before.to_vec(), after.to_vec()));
    let sets = run(vec![filter], four(Operation::Update)).unwrap();
    assert_eq!(
        summary(&sets),
        ["delete a.a [11]", "delete b.b [12]", "update a.a [10]", "insert a.a [12]", "insert b.b [11, 13]"]
    );
}

#[test]
fn a_filter_behind_sees_what_an_update_became() {
    let first = per_row(&[], |_| Verdicts::Images(vec![Keep; 4], vec![Drop, Keep, Keep, Keep]));
    let second = Scripted {
        table: Box::new(|_| TablePlan { delete: Decision::Drop, ..TablePlan::keep() }),
        ..Scripted::default()
    };
    let sets = run(vec![first, second], four(Operation::Update)).unwrap();
    assert_eq!(summary(&sets), ["update s.t [11, 12, 13]"]);
}

#[test]
fn an_insert_needs_a_complete_after_image() {
    let entering = || per_row(&[], |_| Verdicts::Images(vec![Drop; 4], vec![Keep; 4]));
    let mut rows = four(Operation::Update);
    rows.after = image(&rows.table, &[(0, &[1, 2, 3, 4])]);
    let error = run(vec![entering()], rows).unwrap_err();
    assert!(error.message.contains("lacks column `v`"), "{error}");
    assert!(error.hint.unwrap().contains("binlog_row_image"));
    assert_eq!(error.place.unwrap(), "table s.t, at or behind b.000001:4, filter `f0`");

    let mut rows = four(Operation::Update);
    rows.after.columns[1].encoding = Encoding::JsonDiff;
    run(vec![entering()], rows).unwrap_err();
}

#[test]
fn malformed_answers_stop() {
    let error = |routes: &[&str], verdicts: Verdicts, operation| {
        let filter = per_row(routes, move |_| verdicts.clone());
        run(vec![filter], four(operation)).unwrap_err().message
    };
    let change = |verdicts: &[Verdict]| Verdicts::Change(verdicts.to_vec());
    assert!(error(&[], change(&[Keep]), Operation::Insert).contains("another number of verdicts"));
    assert!(error(&[], change(&[Route(1); 4]), Operation::Insert).contains("did not announce"));
    assert!(error(&["a.a"], change(&[Route(1); 4]), Operation::Insert).contains("did not announce"));
    assert!(
        error(&[], change(&[Refuse(0); 4]), Operation::Insert).contains("a reason that it does not give")
    );
    let images = Verdicts::Images(vec![Keep; 4], vec![Keep; 4]);
    assert!(error(&[], images, Operation::Delete).contains("one image"));
}

#[test]
fn a_batch_without_rows_still_moves_the_position() {
    let dropping = Scripted { table: Box::new(|_| TablePlan::drop()), ..Scripted::default() };
    assert!(run(vec![dropping], four(Operation::Insert)).unwrap().is_empty());
    let mut empty = four(Operation::Insert);
    (empty.ordinals, empty.transactions, empty.hashes) = Default::default();
    empty.after = Image::default();
    assert!(run(vec![Scripted::default()], empty).unwrap().is_empty());
}
