//! The plan of one table's rows (or of a family of tables that cascades link): conflict groups and net changes.

use super::{
    RowRef, Window,
    binding::{Binding, Side},
    group::{Nodes, Union},
    prints::{Outcome, Prints, prints},
    rule::{PartRule, class},
};
use crate::target::{Part, TargetTable};
use std::sync::Arc;
use tidegate_model::{ColumnKind, Operation};

/// The rows of a window that go to one target table, divided into conflict groups.
#[derive(Debug)]
pub(crate) struct TableGroups {
    /// The rows in the order of the source.
    pub(crate) rows: Vec<RowRef>,
    /// The group of each row, numbered by the first row of each.
    pub(crate) group: Vec<u32>,
    /// The groups.
    pub(crate) groups: Vec<Group>,
    /// For each row, the identities of its images: numbers that stand for the exact value of the finding key.
    identities: Vec<(u32, u32)>,
    /// How many identities there are.
    identity_count: usize,
    /// For each row set of the table, its fingerprints.
    keys: Vec<SetKeys>,
    /// For each row set of the window, where it stands in `keys`.
    set_keys: Vec<u32>,
}

/// A conflict group.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Group {
    /// How many rows it has.
    pub(crate) rows: u32,
    /// Whether its rows go one by one, in the order of the source.
    pub(crate) ordered: bool,
}

/// The fingerprints of a row set: for each key those before and after.
#[derive(Debug, Default)]
struct SetKeys {
    before: Vec<Option<Prints>>,
    after: Vec<Option<Prints>>,
    /// A value that a change frees or takes is not in the log.
    blind: bool,
}

/// The row of a net change: what was there before the window, and what is to be there after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chain {
    /// The group, as numbered in [`TableGroups`].
    pub(crate) group: u32,
    /// The change whose before image the target has now; `None` if the row is new.
    pub(crate) first: Option<RowRef>,
    /// The change whose after image the target is to have; `None` if the row is to go.
    pub(crate) last: Option<RowRef>,
}

/// The fingerprints of a key before and after.
type BothSides = (Option<Prints>, Option<Prints>);

const NOBODY: u32 = u32::MAX;

/// Puts rows in the order of the source.
pub(crate) fn in_order(window: &Window, sets: &[u32]) -> Vec<RowRef> {
    let count = sets.iter().map(|set| window.sets[*set as usize].rows.rows()).sum();
    let mut rows = Vec::with_capacity(count);
    for &set in sets {
        let length = u32::try_from(window.sets[set as usize].rows.rows()).unwrap_or(u32::MAX);
        rows.extend((0..length).map(|row| RowRef { set, row }));
    }
    if sets.len() > 1 {
        rows.sort_by_cached_key(|row| window.rank(*row));
    }
    rows
}

impl TableGroups {
    /// Divides the rows of a table that has a finding key. `sets` are the row sets of the window that go to the table,
    /// `bindings` those of all sets.
    pub(crate) fn new(
        window: &Window,
        table: &TargetTable,
        finding: usize,
        sets: &[u32],
        bindings: &[Arc<Binding>],
        seed: u64,
    ) -> Self {
        let (keys, usable) = fingerprints(window, table, sets, bindings, seed);
        let mut set_keys = vec![NOBODY; window.sets.len()];
        for (at, set) in (0_u32..).zip(sets) {
            set_keys[*set as usize] = at;
        }
        let rows = in_order(window, sets);
        let mut this = Self {
            group: Vec::new(),
            groups: Vec::new(),
            identities: Vec::new(),
            identity_count: 0,
            rows,
            keys,
            set_keys,
        };
        this.identify(finding);
        this.divide(table, usable);
        this.mark_ordered(window, table, bindings);
        this
    }

    fn keys_of(&self, row: RowRef) -> &SetKeys {
        &self.keys[self.set_keys[row.set()] as usize]
    }

    /// Numbers the exact values of the finding key.
    fn identify(&mut self, finding: usize) {
        let mut numbers = Nodes::with_capacity(self.rows.len());
        let mut identities = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let keys = self.keys_of(*row);
            let exact = |prints: &[Option<Prints>]| Some(prints.get(finding)?.as_ref()?.exact(row.row()));
            let (before, after) = (exact(&keys.before), exact(&keys.after));
            let number = before.map_or(NOBODY, |print| numbers.number(print));
            let other = match after {
                None => NOBODY,
                Some(print) if Some(print) == before => number,
                Some(print) => numbers.number(print),
            };
            identities.push((number, other));
        }
        self.identities = identities;
        self.identity_count = numbers.len();
    }

    /// Joins rows that share a coarse value of any key.
    fn divide(&mut self, table: &TargetTable, usable: bool) {
        let mut union = Union::default();
        let mut nodes: Vec<Nodes> =
            table.keys.iter().map(|_| Nodes::with_capacity(self.rows.len())).collect();
        let mut node_of_row = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let keys = self.keys_of(*row);
            let mut own = None;
            for (key, nodes) in nodes.iter_mut().enumerate() {
                let coarse = |prints: &[Option<Prints>]| {
                    prints.get(key)?.as_ref().and_then(|prints| prints.coarse(row.row()))
                };
                let before = coarse(&keys.before);
                let after = coarse(&keys.after).filter(|after| Some(*after) != before);
                for print in before.into_iter().chain(after) {
                    let node = nodes.of(print, &mut union);
                    match own {
                        Some(own) => union.join(own, node),
                        None => own = Some(node),
                    }
                }
            }
            node_of_row.push(own.unwrap_or_else(|| union.add()));
        }
        if !usable || self.keys.iter().any(|keys| keys.blind) {
            union.join_all();
        }
        let mut numbers = vec![NOBODY; union.len()];
        self.group = Vec::with_capacity(self.rows.len());
        for node in node_of_row {
            let root = union.find(node) as usize;
            if numbers[root] == NOBODY {
                numbers[root] = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
                self.groups.push(Group::default());
            }
            let group = numbers[root];
            self.groups[group as usize].rows += 1;
            self.group.push(group);
        }
    }

    fn mark_ordered(&mut self, window: &Window, table: &TargetTable, bindings: &[Arc<Binding>]) {
        let all = table.has_opaque_parts();
        for ((row, group), (_, after)) in self.rows.iter().zip(&self.group).zip(&self.identities) {
            // An insert that lacks the finding key cannot be told from the rows that other changes find.
            let nameless = *after == NOBODY && window.set(*row).operation != Operation::Delete;
            if all || nameless || !bindings[row.set()].complete {
                self.groups[*group as usize].ordered = true;
            }
        }
        for group in &mut self.groups {
            // One row alone has nothing to be split from or compacted with, unless it changes a key.
            group.ordered &= group.rows > 1;
        }
        for (row, group) in self.rows.iter().zip(&self.group) {
            let alone = self.groups[*group as usize].rows == 1;
            let incomplete = all || !bindings[row.set()].complete;
            if alone && incomplete && window.set(*row).operation == Operation::Update {
                self.groups[*group as usize].ordered = true;
            }
        }
    }

    /// Follows each row of the target through the window. Groups in which the changes do not fit together become
    /// ordered ones, so that the target says what is wrong.
    pub(crate) fn chains(&mut self, window: &Window) -> Vec<Chain> {
        let mut chains: Vec<Chain> = Vec::with_capacity(self.rows.len());
        let mut at: Vec<u32> = vec![NOBODY; self.identity_count];
        for (index, row) in self.rows.iter().enumerate() {
            let (before, after) = self.identities[index];
            let group = self.group[index];
            if self.groups[group as usize].ordered {
                continue;
            }
            let open = |identity: u32, at: &[u32]| {
                at.get(identity as usize).copied().filter(|chain| *chain != NOBODY)
            };
            let fits = match window.set(*row).operation {
                Operation::Insert | Operation::Snapshot => match open(after, &at) {
                    Some(chain) => {
                        let chain = &mut chains[chain as usize];
                        let free = chain.last.is_none();
                        chain.last = Some(*row);
                        free
                    }
                    None => {
                        let chain = push(&mut chains, Chain { group, first: None, last: Some(*row) });
                        // The row alone in its group may be one whose key only the target knows.
                        if let Some(at) = at.get_mut(after as usize) {
                            *at = chain;
                        }
                        true
                    }
                },
                Operation::Delete | Operation::Update => {
                    let known = open(before, &at);
                    let chain = known.unwrap_or_else(|| {
                        push(&mut chains, Chain { group, first: Some(*row), last: Some(*row) })
                    });
                    let alive = chains[chain as usize].last.is_some();
                    let gone = window.set(*row).operation == Operation::Delete;
                    chains[chain as usize].last = (!gone).then_some(*row);
                    at[before as usize] = chain;
                    if !gone && after != before {
                        at[before as usize] = NOBODY;
                        let taken =
                            open(after, &at).is_some_and(|other| chains[other as usize].last.is_some());
                        at[after as usize] = chain;
                        alive && !taken
                    } else {
                        alive
                    }
                }
            };
            if !fits {
                self.groups[group as usize].ordered = true;
            }
        }
        chains
    }

    /// Tells whether the after image of `last` has, byte for byte, the same unique keys as the before image of `first`.
    pub(crate) fn keeps_keys(&self, first: RowRef, last: RowRef) -> bool {
        let (first_keys, last_keys) = (self.keys_of(first), self.keys_of(last));
        first_keys.before.iter().zip(&last_keys.after).all(|(before, after)| match (before, after) {
            (Some(before), Some(after)) => before.exact(first.row()) == after.exact(last.row()),
            _ => false,
        })
    }
}

fn push(chains: &mut Vec<Chain>, chain: Chain) -> u32 {
    let index = u32::try_from(chains.len()).unwrap_or(u32::MAX);
    chains.push(chain);
    index
}

/// Computes the fingerprints of all keys; also tells whether each key has a part that can be compared.
fn fingerprints(
    window: &Window,
    table: &TargetTable,
    sets: &[u32],
    bindings: &[Arc<Binding>],
    seed: u64,
) -> (Vec<SetKeys>, bool) {
    let mut keys: Vec<SetKeys> = sets.iter().map(|_| SetKeys::default()).collect();
    let mut usable = true;
    for key in &table.keys {
        let mut rules: Vec<Option<PartRule>> =
            key.parts.iter().map(|part| rule(window, table, sets, bindings, *part)).collect();
        let columns: Vec<BothSides> = loop {
            match set_prints(window, sets, bindings, key, &rules, seed) {
                Ok(prints) => break prints,
                Err(part) => rules[part] = None,
            }
        };
        usable &= rules.iter().any(Option::is_some);
        for ((own, set), (before, after)) in keys.iter_mut().zip(sets).zip(columns) {
            let binding = &bindings[*set as usize];
            own.blind |= match window.sets[*set as usize].rows.operation {
                Operation::Insert | Operation::Snapshot => after.is_none(),
                Operation::Delete => before.is_none(),
                Operation::Update => {
                    // What only the server computes may change with any column.
                    let computed = key.parts.contains(&Part::Opaque);
                    let touched = computed || key.columns().any(|column| binding.after[column].is_some());
                    touched && (before.is_none() || after.is_none())
                }
            };
            own.before.push(before);
            own.after.push(after);
        }
    }
    (keys, usable)
}

fn set_prints(
    window: &Window,
    sets: &[u32],
    bindings: &[Arc<Binding>],
    key: &crate::target::UniqueKey,
    rules: &[Option<PartRule>],
    seed: u64,
) -> Result<Vec<BothSides>, usize> {
    let mut all = Vec::with_capacity(sets.len());
    for set in sets {
        let (rows, binding) = (&window.sets[*set as usize].rows, &bindings[*set as usize]);
        let side = |side: Side| match prints(rows, binding, key, rules, side, seed) {
            None => Ok(None),
            Some(Outcome::Prints(prints)) => Ok(Some(prints)),
            Some(Outcome::LeaveOut(part)) => Err(part),
        };
        let before = match rows.operation {
            Operation::Insert | Operation::Snapshot => None,
            Operation::Update | Operation::Delete => side(Side::Before)?,
        };
        let after = match rows.operation {
            Operation::Delete => None,
            Operation::Insert | Operation::Snapshot | Operation::Update => side(Side::After)?,
        };
        all.push((before, after));
    }
    Ok(all)
}

/// Decides how the values of a key part are told apart in this window.
fn rule(
    window: &Window,
    table: &TargetTable,
    sets: &[u32],
    bindings: &[Arc<Binding>],
    part: Part,
) -> Option<PartRule> {
    let Part::Column { column, prefix } = part else { return None };
    let target: &ColumnKind = &table.columns[column].kind;
    let kinds = sets.iter().flat_map(|set| {
        let (rows, binding) = (&window.sets[*set as usize].rows, &bindings[*set as usize]);
        let before = super::prints::key_column(rows, binding, Side::Before, column);
        let after = super::prints::key_column(rows, binding, Side::After, column);
        before.into_iter().chain(after).map(|column| &column.column.kind)
    });
    Some(PartRule { column, prefix, class: class(target, prefix, kinds)? })
}
