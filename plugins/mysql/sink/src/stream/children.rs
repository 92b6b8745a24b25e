//! The source's tables that foreign keys change along with others.

use std::{collections::HashMap, sync::Arc};
use tidegate_model::{ForeignKey, SchemaChange, TableName, TableSchema, TableState};

/// The tables that have a cascading foreign key, as far as the stream told of them.
#[derive(Debug, Default)]
pub(crate) struct Children(HashMap<TableName, Arc<TableSchema>>);

impl Children {
    /// Learns what changed.
    pub(crate) fn learn(&mut self, changes: &[SchemaChange]) {
        for change in changes {
            let SchemaChange::Table { name, state } = change else { continue };
            match state {
                TableState::Known(schema) if schema.foreign_keys.iter().any(ForeignKey::cascades) => {
                    self.0.insert(name.clone(), schema.clone());
                }
                _ => {
                    self.0.remove(name);
                }
            }
        }
    }

    /// Returns the tables that change with `parent`.
    pub(crate) fn of(&self, parent: &TableName) -> impl Iterator<Item = &Arc<TableSchema>> {
        self.0
            .values()
            .filter(move |child| child.foreign_keys.iter().any(|key| key.cascades() && key.parent == *parent))
    }
}
