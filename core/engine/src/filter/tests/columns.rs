//! Projections, mapped columns and columns that are missing.

use super::doubles::{Scripted, column, four, image, per_row, run, values};
use arrow_array::{Array, ArrayRef, StringArray, UInt64Array};
use std::sync::Arc;
use tidegate_model::{Image, Operation};
use tidegate_plugin::{Decision, OutputColumn, Produced, TableInput, TablePlan, Verdicts};

fn output(name: &str, produced: Produced) -> OutputColumn {
    OutputColumn { column: column(name), produced }
}

/// Drops `v`, adds `tenant` before `id`, and multiplies `id` by a thousand.
fn mapping() -> Scripted {
    Scripted {
        table: Box::new(|input: &TableInput<'_>| {
            assert_eq!(input.columns.len(), 2);
            let columns = vec![output("tenant", Produced::Mapped(1)), output("key", Produced::Mapped(0))];
            TablePlan { columns: Some(columns), ..TablePlan::keep() }
        }),
        map: Box::new(|image: &Image, rows| {
            let keys = values(image, "id").map(|ids| {
                Arc::new(UInt64Array::from_iter_values(ids.iter().map(|id| id * 1_000))) as ArrayRef
            });
            vec![keys, Some(Arc::new(UInt64Array::from(vec![7; rows])))]
        }),
        ..Scripted::default()
    }
}

#[test]
fn both_images_are_mapped_alike() {
    let sets = run(vec![mapping()], four(Operation::Update)).unwrap();
    for image in [&sets[0].before, &sets[0].after] {
        assert_eq!(values(image, "key").unwrap(), [1_000, 2_000, 3_000, 4_000]);
        assert_eq!(values(image, "tenant").unwrap(), [7; 4]);
        assert_eq!(values(image, "v"), None);
        assert_eq!(image.columns[0].source, None);
    }
    let sets = run(vec![mapping()], four(Operation::Delete)).unwrap();
    assert!(sets[0].after.columns.is_empty(), "a delete gets no after image");
}

#[test]
fn what_an_image_lacks_stays_absent() {
    let mut rows = four(Operation::Update);
    rows.after = image(&rows.table, &[(1, &[5, 6, 7, 8])]);
    let sets = run(vec![mapping()], rows).unwrap();
    assert_eq!(values(&sets[0].after, "key"), None);
    assert_eq!(values(&sets[0].after, "tenant").unwrap(), [7; 4]);
}

#[test]
fn the_next_filter_sees_the_new_columns() {
    let picking = Scripted {
        table: Box::new(|input: &TableInput<'_>| {
            let names: Vec<&str> = input.columns.iter().map(|column| &*column.name).collect();
            assert_eq!(names, ["tenant", "key"]);
            let columns = vec![output("renamed", Produced::Input(1)), output("tenant", Produced::Input(0))];
            TablePlan { columns: Some(columns), ..TablePlan::keep() }
        }),
        ..Scripted::default()
    };
    let sets = run(vec![mapping(), picking], four(Operation::Insert)).unwrap();
    let names: Vec<&str> = sets[0].after.columns.iter().map(|present| &*present.column.name).collect();
    assert_eq!(names, ["renamed", "tenant"]);
    assert_eq!(values(&sets[0].after, "renamed").unwrap(), [1_000, 2_000, 3_000, 4_000]);
}

#[test]
fn a_needed_column_that_is_missing_names_the_setting() {
    let needing = || Scripted {
        table: Box::new(|_| TablePlan {
            insert: Decision::PerRow,
            update: Decision::PerRow,
            delete: Decision::PerRow,
            needs: vec![1],
            ..TablePlan::keep()
        }),
        ..per_row(&[], |rows| Verdicts::Change(vec![tidegate_plugin::Verdict::Keep; rows.rows()]))
    };
    run(vec![needing()], four(Operation::Update)).unwrap();
    let mut rows = four(Operation::Update);
    rows.before = image(&rows.table, &[(0, &[1, 2, 3, 4])]);
    let error = run(vec![needing()], rows).unwrap_err();
    assert!(error.message.contains("column `v`, which the before image of the update lacks"), "{error}");
    assert!(error.hint.unwrap().contains("binlog_row_image"));
}

#[test]
fn malformed_columns_stop() {
    let with = |array: ArrayRef| {
        let scripted = Scripted { map: Box::new(move |_, _| vec![Some(array.clone()); 2]), ..mapping() };
        run(vec![scripted], four(Operation::Insert)).unwrap_err().message
    };
    assert!(with(Arc::new(UInt64Array::from(vec![1]))).contains("another number of rows"));
    let text = StringArray::from(vec!["a"; 4]);
    assert_eq!(text.len(), 4);
    assert!(with(Arc::new(text)).contains("another type"));
    let fewer = Scripted { map: Box::new(|_, _| Vec::new()), ..mapping() };
    assert!(run(vec![fewer], four(Operation::Insert)).unwrap_err().message.contains("fewer columns"));
}

#[test]
fn two_columns_of_one_name_stop() {
    let twice = |input: &TableInput<'_>| {
        assert_eq!(input.columns.len(), 2);
        let columns = vec![output("id", Produced::Input(0)), output("ID", Produced::Input(1))];
        TablePlan { columns: Some(columns), ..TablePlan::keep() }
    };
    let filter = Scripted { table: Box::new(twice), ..Scripted::default() };
    let error = run(vec![filter], four(Operation::Insert)).unwrap_err();
    assert_eq!(error.message, "filter `f0` gave a plan that has two columns `ID`");
}

#[test]
fn a_mapped_column_of_which_only_the_difference_is_there_stops() {
    let needing = || {
        let Scripted { table, .. } = mapping();
        Scripted { table: Box::new(move |input| TablePlan { needs: vec![1], ..table(input) }), ..mapping() }
    };
    run(vec![needing()], four(Operation::Update)).unwrap();
    let mut rows = four(Operation::Update);
    rows.after.columns[1].encoding = tidegate_model::Encoding::JsonDiff;
    let error = run(vec![needing()], rows).unwrap_err();
    assert!(error.message.contains("of which the log holds only what changed"), "{error}");
}
