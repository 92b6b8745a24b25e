//! Keys and foreign keys: their names, their prefixes, and the keys that servers make by themselves.
//!
//! Source: MySQL manual, "CREATE TABLE Statement", "FOREIGN KEY Constraints" (names and indexes that the server makes),
//! "CREATE INDEX Statement" (prefixes).

use super::{
    Untracked,
    draft::{Draft, DraftForeignKey, DraftKey, DraftPart, same},
};
use crate::{Constraint, Flavor, ForeignKeyDefinition, KeyDefinition, KeyDefinitionKind, PartDefinition};
use std::sync::Arc;
use tidegate_model::{ColumnDefault, KeyKind};

/// How a server numbers nameless foreign keys: `table_ibfk_1`.
const AUTOMATIC: &str = "_ibfk_";

impl Draft {
    /// Adds keys and foreign keys, finds names for the nameless and removes keys that others make superfluous.
    pub(super) fn add_constraints<'a>(
        &mut self,
        constraints: impl Iterator<Item = &'a Constraint>,
        flavor: Flavor,
    ) -> Result<(), Untracked> {
        for constraint in constraints {
            match constraint {
                Constraint::Key(key) => self.add_key(key),
                Constraint::ForeignKey(key) => self.add_foreign_key(key, flavor),
            }
        }
        self.drop_superfluous_keys();
        self.name_keys();
        self.cut_prefixes();
        self.fill_primary_key()
    }

    fn add_key(&mut self, definition: &KeyDefinition) {
        let name = match definition.kind {
            KeyDefinitionKind::Primary => "PRIMARY".into(),
            _ => definition.name.clone().unwrap_or_default(),
        };
        if definition.if_not_exists && self.keys.iter().any(|key| same(&key.name, &name)) {
            return;
        }
        let parts = definition.parts.iter().map(|part| match part {
            PartDefinition::Column { name, prefix } => {
                DraftPart::Column { name: name.clone(), prefix: *prefix }
            }
            PartDefinition::Expression(text) => DraftPart::Expression(text.clone()),
        });
        let fulltext = matches!(definition.kind, KeyDefinitionKind::Fulltext | KeyDefinitionKind::Spatial);
        self.lossless &= !fulltext;
        self.keys.push(DraftKey {
            name,
            kind: match definition.kind {
                KeyDefinitionKind::Primary => KeyKind::Primary,
                KeyDefinitionKind::Unique => KeyKind::Unique,
                _ => KeyKind::Index,
            },
            parts: parts.collect(),
            implicit: false,
            fulltext,
        });
    }

    fn add_foreign_key(&mut self, definition: &ForeignKeyDefinition, flavor: Flavor) {
        // MariaDB calls the foreign key as its index.
        let index = definition.index.clone().filter(|_| flavor.is_mariadb());
        let name = definition.constraint.clone().or(index).unwrap_or_else(|| self.next_foreign_key_name());
        if definition.if_not_exists && self.foreign_keys.iter().any(|key| same(&key.name, &name)) {
            return;
        }
        let columns = definition.columns.iter();
        self.keys.push(DraftKey {
            name: definition.constraint.clone().or_else(|| definition.index.clone()).unwrap_or_default(),
            kind: KeyKind::Index,
            parts: columns.map(|name| DraftPart::Column { name: name.clone(), prefix: None }).collect(),
            implicit: true,
            fulltext: false,
        });
        self.foreign_keys.push(DraftForeignKey {
            name,
            columns: definition.columns.clone(),
            parent: definition.parent.clone(),
            parent_columns: definition.parent_columns.clone(),
            on_delete: definition.on_delete,
            on_update: definition.on_update,
        });
    }

    fn next_foreign_key_name(&self) -> Arc<str> {
        let numbers =
            self.foreign_keys.iter().filter_map(|key| automatic_number(&key.name, &self.name.table));
        let next = numbers.max().unwrap_or(0) + 1;
        format!("{}{AUTOMATIC}{next}", self.name.table).into()
    }

    /// Gives foreign keys that are named after the table the names that they have after its renaming.
    pub(super) fn rename_foreign_keys(&mut self, before: &str) {
        for key in &mut self.foreign_keys {
            if let Some(number) = automatic_number(&key.name, before) {
                key.name = format!("{}{AUTOMATIC}{number}", self.name.table).into();
            }
        }
    }

    /// Removes keys made for foreign keys that begin another key.
    fn drop_superfluous_keys(&mut self) {
        let mut superfluous = vec![false; self.keys.len()];
        for (at, key) in self.keys.iter().enumerate() {
            for (before, other) in self.keys.iter().enumerate().take(at) {
                if superfluous.get(before) == Some(&true) || !one_serves(key, other) {
                    continue;
                }
                let drop_key = !other.implicit || key.implicit && key.parts.len() < other.parts.len();
                if let Some(mark) = superfluous.get_mut(if drop_key { at } else { before }) {
                    *mark = true;
                }
                break;
            }
        }
        let mut marks = superfluous.into_iter();
        self.keys.retain(|_| !marks.next().unwrap_or_default());
    }

    fn name_keys(&mut self) {
        for at in 0..self.keys.len() {
            let Some(key) = self.keys.get(at).filter(|key| key.name.is_empty()) else {
                continue;
            };
            let first = match key.parts.first() {
                Some(DraftPart::Column { name, .. }) => Some(name).filter(|_| !key.is_functional()),
                _ => None,
            };
            let base: Arc<str> = match first {
                Some(name) => self.column(name).map_or_else(|| name.clone(), |column| column.name.clone()),
                None => "functional_index".into(),
            };
            let taken = |name: &str| self.keys.iter().take(at).any(|key| same(&key.name, name));
            let mut name = base.clone();
            let mut number = 2;
            while taken(&name) || same(&name, "PRIMARY") {
                name = format!("{base}_{number}").into();
                number += 1;
            }
            if let Some(key) = self.keys.get_mut(at) {
                key.name = name;
            }
        }
    }

    /// Makes the columns of the primary key NOT NULL.
    fn fill_primary_key(&mut self) -> Result<(), Untracked> {
        let primary: Vec<&DraftKey> = self.keys.iter().filter(|key| key.kind == KeyKind::Primary).collect();
        if primary.len() > 1 {
            return Err("it would have two primary keys".into());
        }
        let names: Vec<Arc<str>> = primary
            .iter()
            .flat_map(|key| &key.parts)
            .filter_map(|part| match part {
                DraftPart::Column { name, .. } => Some(name.clone()),
                DraftPart::Expression(_) => None,
            })
            .collect();
        for column in &mut self.columns {
            let column = &mut column.column;
            if names.iter().any(|name| same(name, &column.name)) {
                column.nullable = false;
                if column.default == ColumnDefault::Null {
                    column.default = ColumnDefault::Absent;
                }
            }
        }
        Ok(())
    }
}

impl DraftKey {
    fn is_functional(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, DraftPart::Expression(_)))
    }
}

/// Tells whether one of two keys serves for both: one was made for a foreign key and begins the other.
fn one_serves(a: &DraftKey, b: &DraftKey) -> bool {
    let (short, long) = match (a.implicit, b.implicit) {
        (false, false) => return false,
        (true, false) => (a, b),
        (false, true) => (b, a),
        (true, true) if a.parts.len() > b.parts.len() => (b, a),
        (true, true) => (a, b),
    };
    let begins = short.parts.iter().zip(&long.parts).all(|(part, other)| match (part, other) {
        (DraftPart::Column { name, .. }, DraftPart::Column { name: other, prefix: None }) => {
            same(name, other)
        }
        _ => false,
    });
    !long.fulltext && short.parts.len() <= long.parts.len() && begins
}

fn automatic_number(name: &str, table: &str) -> Option<u32> {
    name.strip_prefix(table)?.strip_prefix(AUTOMATIC)?.parse().ok()
}
