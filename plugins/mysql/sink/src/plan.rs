//! The plan of a window: which lane gets which rows, and what is to be done with them. Pure.
//!
//! * Rows that share an old or a new value of any unique key of the target form a *conflict group*, and a group goes to
//!   one lane: a window needs no barrier inside.
//! * Several changes of one row become one *net change*. Net changes go out in three phases: deletes (with the delete
//!   half of updates that change a unique key), updates that change none, inserts.
//! * What cannot be split or compacted goes row by row, in the order of the source.
//!
//! The lane of a row is a function of the window's rows, of the target's keys and of the number of lanes, however the
//! rows were cut into batches: so a window that a crash left uneven is planned again exactly as it was.

mod binding;
mod digest;
mod group;
mod prints;
mod rule;
mod table;
mod values;
mod window;

#[cfg(test)]
mod tests;

pub(crate) use binding::{Binding, Fill, Side};
pub(crate) use digest::Digest;
pub(crate) use rule::is_comparable;
pub(crate) use values::{Integers, Values, nulls};
pub(crate) use window::{RowRef, Size, Window};

use crate::target::{Tables, TargetTable};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use table::{TableGroups, in_order};
use tidegate_model::Operation;
use tidegate_plugin::Result;

/// The version of this module's decisions; part of the layout.
pub(crate) const PLANNER: u32 = 2;

/// A window below this many rows goes through one lane.
const SMALL_WINDOW: usize = 1_000;

/// Over how many lanes a window is spread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    /// The number of lanes.
    pub(crate) lanes: usize,
    /// A window below this many rows goes through one lane.
    pub(crate) small: usize,
}

impl Spread {
    /// Returns a spread over so many lanes.
    pub(crate) fn over(lanes: usize) -> Self {
        Self { lanes, small: SMALL_WINDOW }
    }
}

/// What is to be done with a window.
#[derive(Debug)]
pub(crate) struct Plan {
    /// What each lane does; a lane without rows has an empty share.
    pub(crate) shares: Vec<Share>,
    /// For each row set of the window, how it meets its target table.
    pub(crate) bindings: Vec<Arc<Binding>>,
}

/// What one lane does for a window.
#[derive(Debug, Default)]
pub(crate) struct Share {
    /// Net changes, by table.
    pub(crate) tables: Vec<NetChanges>,
    /// Rows that go one by one, in the order of the source.
    pub(crate) ordered: Vec<RowRef>,
    /// Rows of tables that cascading foreign keys link, where the log does not tell what these changed: one by one, and
    /// the target's own keys do it again.
    pub(crate) linked: Vec<RowRef>,
    /// How many rows of the window the share stands for.
    pub(crate) rows: u64,
}

/// The net changes of a table in one share.
#[derive(Debug)]
pub(crate) struct NetChanges {
    /// The table.
    pub(crate) table: Arc<TargetTable>,
    /// Rows whose before images are to be deleted.
    pub(crate) deletes: Vec<RowRef>,
    /// Rows to be changed without touching a unique key.
    pub(crate) updates: Vec<NetUpdate>,
    /// Rows whose after images are to be inserted.
    pub(crate) inserts: Vec<RowRef>,
}

/// A net change of a row that stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NetUpdate {
    /// The change whose before image finds the row.
    pub(crate) find: RowRef,
    /// The change whose after image it is to have.
    pub(crate) set: RowRef,
}

impl Share {
    /// Tells whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows == 0
    }
}

/// Rows that are planned together: those of a table, or of a family of tables.
struct Unit {
    table: Arc<TargetTable>,
    sets: Vec<u32>,
    linked: bool,
}

/// How the rows of a unit are divided.
enum Divided {
    /// Into conflict groups.
    Groups(TableGroups),
    /// Not at all: in the order of the source, through one lane.
    Whole(Vec<RowRef>),
}

/// Plans a window. `seed` is of this process alone and decides nothing that must be repeatable.
///
/// # Errors
/// If rows do not fit their target table.
pub(crate) fn plan(window: &Window, tables: &Tables, over: Spread, seed: u64) -> Result<Plan> {
    let mut bindings = Vec::with_capacity(window.sets.len());
    for set in &window.sets {
        let table = tables.get(&set.rows.target)?;
        bindings.push(Arc::new(Binding::new(&set.rows, table)?));
    }
    let lanes = if window.rows < over.small { 1 } else { over.lanes.max(1) };
    let mut shares: Vec<Share> = (0..lanes).map(|_| Share::default()).collect();
    let mut cut = Cut { lanes, total: window.rows.max(1), before: 0 };
    for unit in units(window, &bindings) {
        match divide(window, &unit, &bindings, seed) {
            Divided::Groups(groups) => spread(window, &unit, groups, &mut cut, &mut shares),
            Divided::Whole(rows) => {
                let share = &mut shares[cut.lane(rows.len())];
                share.rows += rows.len() as u64;
                if unit.linked { share.linked.extend(rows) } else { share.ordered.extend(rows) }
            }
        }
    }
    Ok(Plan { shares, bindings })
}

/// Cuts the sequence of groups into one run a lane, of about as many rows each: so each lane has few tables, and many
/// rows of each.
struct Cut {
    lanes: usize,
    total: usize,
    before: usize,
}

impl Cut {
    /// Returns the lane of the next group.
    fn lane(&mut self, rows: usize) -> usize {
        let middle = self.before + rows / 2;
        self.before += rows;
        (middle * self.lanes / self.total).min(self.lanes - 1)
    }
}

/// The units in the order of their names. Tables of a family are one unit if what its foreign keys changed is not in the
/// log.
fn units(window: &Window, bindings: &[Arc<Binding>]) -> Vec<Unit> {
    let sets = || window.sets.iter().zip(bindings);
    let unlogged = sets().filter(|(set, _)| set.rows.unlogged_cascades);
    let cascading: BTreeSet<&str> =
        unlogged.filter_map(|(_, binding)| binding.table.family.as_deref()).collect();
    let mut units: BTreeMap<(Arc<str>, Arc<str>), Unit> = BTreeMap::new();
    for (index, (set, binding)) in (0_u32..).zip(sets()) {
        let table = &binding.table;
        let family = table.family.as_ref().filter(|family| cascading.contains(&***family));
        let name = match family {
            Some(family) => ("".into(), family.clone()),
            None => (set.rows.target.schema.clone(), set.rows.target.table.clone()),
        };
        let linked = family.is_some();
        let unit =
            units.entry(name).or_insert_with(|| Unit { table: table.clone(), sets: Vec::new(), linked });
        unit.sets.push(index);
    }
    units.into_values().collect()
}

fn divide(window: &Window, unit: &Unit, bindings: &[Arc<Binding>], seed: u64) -> Divided {
    match unit.table.finding_key() {
        Some(key) if !unit.linked => {
            Divided::Groups(TableGroups::new(window, &unit.table, key, &unit.sets, bindings, seed))
        }
        _ => Divided::Whole(in_order(window, &unit.sets)),
    }
}

fn spread(window: &Window, unit: &Unit, mut groups: TableGroups, cut: &mut Cut, shares: &mut [Share]) {
    let chains = groups.chains(window);
    let lanes: Vec<usize> = groups.groups.iter().map(|group| cut.lane(group.rows as usize)).collect();
    let mut changes: Vec<Option<NetChanges>> = shares.iter().map(|_| None).collect();
    let fresh = || NetChanges {
        table: unit.table.clone(),
        deletes: Vec::new(),
        updates: Vec::new(),
        inserts: Vec::new(),
    };
    for chain in &chains {
        if groups.groups[chain.group as usize].ordered {
            continue;
        }
        let changes = changes[lanes[chain.group as usize]].get_or_insert_with(fresh);
        match (chain.first, chain.last) {
            (None, None) => {}
            (None, Some(last)) => changes.inserts.push(last),
            (Some(first), None) => changes.deletes.push(first),
            (Some(first), Some(last)) if groups.keeps_keys(first, last) => {
                changes.updates.push(NetUpdate { find: first, set: last });
            }
            (Some(first), Some(last)) => {
                changes.deletes.push(first);
                changes.inserts.push(last);
            }
        }
    }
    for (row, group) in groups.rows.iter().zip(&groups.group) {
        let share = &mut shares[lanes[*group as usize]];
        share.rows += 1;
        if groups.groups[*group as usize].ordered {
            share.ordered.push(*row);
        }
    }
    for (share, changes) in shares.iter_mut().zip(changes) {
        share.tables.extend(changes);
    }
}

/// Tells whether an operation has an after image to be inserted.
pub(crate) fn inserts(operation: Operation) -> bool {
    matches!(operation, Operation::Insert | Operation::Snapshot)
}
