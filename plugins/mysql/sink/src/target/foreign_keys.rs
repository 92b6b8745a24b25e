//! The target's foreign keys: which tables they link, and what they do to children.

use super::catalog::{about, fetch};
use mysql_async::Conn;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};
use tidegate_model::{ForeignKey, ReferentialAction, TableName, TableSchema};
use tidegate_plugin::Result;

/// For each table that a cascading foreign key touches, the name of its family.
#[derive(Debug, Default)]
pub(crate) struct Families {
    of: HashMap<TableName, Arc<str>>,
    /// Whether the server compares names without case.
    folds: bool,
}

/// What a foreign key of a child table does to it. Columns are in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cascade {
    /// Pairs of the child's and the parent's column.
    pub(crate) columns: BTreeSet<(String, String)>,
    /// When a parent row is deleted.
    pub(crate) on_delete: ReferentialAction,
    /// When a parent's key changes.
    pub(crate) on_update: ReferentialAction,
}

impl Families {
    /// Returns the family of a table.
    pub(crate) fn of(&self, name: &TableName) -> Option<Arc<str>> {
        self.of.get(&folded(name, self.folds)).cloned()
    }

    /// Joins tables that foreign keys link, where at least one of these cascades, and names each family after its first
    /// table: its rows go with the target's checks on, and these look at all foreign keys, not only at those that
    /// cascade.
    ///
    /// # Errors
    /// If the connection fails.
    pub(crate) async fn read(conn: &mut Conn, folds: bool) -> Result<Self> {
        let query = "SELECT CONSTRAINT_SCHEMA, TABLE_NAME, UNIQUE_CONSTRAINT_SCHEMA, REFERENCED_TABLE_NAME, \
             UPDATE_RULE IN ('CASCADE', 'SET NULL', 'SET DEFAULT') OR DELETE_RULE IN ('CASCADE', 'SET NULL', 'SET DEFAULT') \
             FROM information_schema.REFERENTIAL_CONSTRAINTS";
        let links: Vec<(String, String, String, String, bool)> = fetch(conn, query).await?;
        let name = |schema: String, table: String| folded(&TableName::new(schema, table), folds);
        let mut family: BTreeMap<TableName, TableName> = BTreeMap::new();
        let mut cascading = Vec::new();
        for (schema, child, parent_schema, parent, cascades) in links {
            let (child, parent) = (name(schema, child), name(parent_schema, parent));
            let of_child = family.get(&child).unwrap_or(&child).clone();
            let of_parent = family.get(&parent).unwrap_or(&parent).clone();
            let (first, second) =
                if of_child < of_parent { (of_child, of_parent) } else { (of_parent, of_child) };
            for name in family.values_mut().filter(|name| **name == second) {
                *name = first.clone();
            }
            if cascades {
                cascading.push(child.clone());
            }
            family.insert(child, first.clone());
            family.insert(parent, first);
        }
        let cascading: BTreeSet<TableName> =
            cascading.iter().filter_map(|child| family.get(child)).cloned().collect();
        let kept = family.into_iter().filter(|(_, family)| cascading.contains(family));
        Ok(Self { folds, of: kept.map(|(table, family)| (table, family.to_string().into())).collect() })
    }
}

impl Cascade {
    /// Returns what a foreign key of a source table does; `None` if it changes no child.
    pub(crate) fn of(table: &TableSchema, key: &ForeignKey) -> Option<Self> {
        if !key.cascades() {
            return None;
        }
        let columns = key.columns.iter().zip(&key.parent_columns).filter_map(|(column, parent)| {
            let column = table.columns.get(*column)?;
            Some((column.name.to_lowercase(), parent.to_lowercase()))
        });
        Some(Self { columns: columns.collect(), on_delete: key.on_delete, on_update: key.on_update })
    }
}

/// Reads the foreign keys of a child table.
///
/// # Errors
/// If the connection fails.
pub(crate) async fn cascades(conn: &mut Conn, name: &TableName) -> Result<Vec<Cascade>> {
    let query = "SELECT k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_COLUMN_NAME, r.DELETE_RULE, r.UPDATE_RULE \
         FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r \
         ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME \
         AND r.TABLE_NAME = k.TABLE_NAME \
         WHERE k.TABLE_SCHEMA = ? AND k.TABLE_NAME = ? AND k.REFERENCED_COLUMN_NAME IS NOT NULL";
    let rows: Vec<(String, String, String, String, String)> = fetch(conn, about(query, name)).await?;
    let mut keys: BTreeMap<String, Cascade> = BTreeMap::new();
    for (key, column, parent, on_delete, on_update) in rows {
        let cascade = keys.entry(key).or_insert_with(|| Cascade {
            columns: BTreeSet::new(),
            on_delete: action(&on_delete),
            on_update: action(&on_update),
        });
        cascade.columns.insert((column.to_lowercase(), parent.to_lowercase()));
    }
    Ok(keys.into_values().collect())
}

fn action(rule: &str) -> ReferentialAction {
    match rule {
        "CASCADE" => ReferentialAction::Cascade,
        "SET NULL" => ReferentialAction::SetNull,
        "SET DEFAULT" => ReferentialAction::SetDefault,
        _ => ReferentialAction::Refuse,
    }
}

fn folded(name: &TableName, folds: bool) -> TableName {
    if folds { TableName::new(name.schema.to_lowercase(), name.table.to_lowercase()) } else { name.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_know_names_as_the_server_compares_them() {
        let of = |folds| Families {
            of: [(TableName::new("s", "child"), "s.child".into())].into_iter().collect(),
            folds,
        };
        assert!(of(true).of(&TableName::new("S", "Child")).is_some());
        assert!(of(false).of(&TableName::new("S", "Child")).is_none());
    }
}
