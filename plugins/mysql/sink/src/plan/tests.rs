//! The plan against a model of the target that enforces unique keys statement by statement, over random histories with
//! crashes and changing numbers of lanes.

mod history;
mod model;

use super::{Digest, Fill, Plan, RowRef, Side, Spread, Window, plan};
use crate::target::Tables;
use history::{History, Shape};
use model::{Model, Row};
use proptest::{prelude::*, test_runner::Config};

/// Applies the shares of a plan as a lane would, in any order of the lanes.
fn apply(model: &mut Model, window: &Window, plan: &Plan, lane: usize) -> Result<(), String> {
    let share = &plan.shares[lane];
    for changes in &share.tables {
        let name = &changes.table.name.table;
        for row in &changes.deletes {
            model.delete(
                name,
                &image(window, plan, *row, Side::Before),
                changes.table.finding_key().is_some(),
            )?;
        }
    }
    for changes in &share.tables {
        for update in &changes.updates {
            let find = image(window, plan, update.find, Side::Before);
            model.update(
                &changes.table.name.table,
                &find,
                &image(window, plan, update.set, Side::After),
                true,
            )?;
        }
    }
    for changes in &share.tables {
        for row in &changes.inserts {
            model.insert(&changes.table.name.table, image(window, plan, *row, Side::After))?;
        }
    }
    for row in &share.ordered {
        let table = &plan.bindings[row.set()].table;
        let (name, keyed) = (&table.name.table, table.finding_key().is_some());
        let image = |side| image(window, plan, *row, side);
        match window.set(*row).operation {
            tidegate_model::Operation::Delete => model.delete(name, &image(Side::Before), keyed)?,
            tidegate_model::Operation::Update => {
                model.update(name, &image(Side::Before), &image(Side::After), keyed)?;
            }
            _ => model.insert(name, image(Side::After))?,
        }
    }
    Ok(())
}

/// The cells of an image by target column; absent ones are `None`.
fn image(window: &Window, plan: &Plan, row: RowRef, side: Side) -> Vec<Option<model::Cell>> {
    let set = window.set(row);
    let image = if side == Side::Before { &set.before } else { &set.after };
    let binding = &plan.bindings[row.set()];
    let columns = binding.side(side).iter();
    let mut cells: Vec<_> = columns
        .map(|column| column.map(|index| history::cell(&image.columns[index].values, row.row())))
        .collect();
    for (column, fill) in &binding.fills {
        cells[*column] = Some(match fill {
            Fill::Null => model::Cell::Null,
            Fill::Text(text) => model::Cell::Int(text.parse().unwrap()),
        });
    }
    cells
}

/// Runs a history window by window; in each, some lanes commit, then the process dies and the next one, which has
/// another number of lanes and other batches, finishes the window by the recorded number.
fn run(history: &History, tables: &Tables) -> Result<Model, String> {
    let mut model = Model::new(tables, &history.names);
    for (number, span) in history.windows.iter().enumerate() {
        let lanes = 1 + (number + history.seed as usize) % 5;
        let small = if number.is_multiple_of(4) { 1_000 } else { 0 };
        let first = history.window(span.clone(), 1 + number % 7);
        let planned = plan(&first, tables, Spread { lanes, small }, 1).map_err(|error| error.to_string())?;
        let again = history.window(span.clone(), 1 + (number + 3) % 5);
        let replanned =
            plan(&again, tables, Spread { lanes, small }, 2).map_err(|error| error.to_string())?;
        if Digest::of(&first) != Digest::of(&again) {
            return Err("the digest depends on how rows were cut into batches".to_owned());
        }
        let count = planned.shares.len();
        let crash = (history.seed as usize + number) % (count + 1);
        for step in 0..count {
            // Lanes commit in any order.
            let lane = (step * 7 + number) % count;
            let lane = if count.is_multiple_of(7) { step } else { lane };
            if step < crash {
                apply(&mut model, &first, &planned, lane)?;
            } else {
                apply(&mut model, &again, &replanned, lane)?;
            }
        }
    }
    Ok(model)
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort();
    rows
}

fn check(shape: Shape, seed: u64) {
    let history = History::random(shape, seed);
    let tables = history.tables();
    let model = run(&history, &tables).unwrap_or_else(|error| panic!("seed {seed}, {shape:?}: {error}"));
    for name in &history.names {
        assert_eq!(
            sorted(model.rows(name)),
            sorted(history.source.rows(name)),
            "seed {seed}, {shape:?}: table {name} differs"
        );
    }
}

proptest! {
    #![proptest_config(Config { cases: 4_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_history_arrives_whatever_crashes(
        seed in any::<u64>(), minimal in any::<bool>(), text in any::<bool>(), wide in any::<bool>(),
        keyless in any::<bool>(), spread in any::<bool>(), defaulted in any::<bool>(), opaque in any::<bool>(),
    ) {
        check(Shape { minimal, text, wide, keyless, spread, defaulted, opaque }, seed);
    }
}
