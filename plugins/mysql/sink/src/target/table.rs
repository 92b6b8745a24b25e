//! A target table: what decides how rows are applied to it.

use super::{Cascade, narrower};
use std::{
    collections::{BTreeMap, HashMap},
    hash::{Hash as _, Hasher as _},
    sync::Arc,
};
use tidegate_model::{Column, Key, KeyKind, KeyPart, TableName, TableSchema};
use tidegate_mysql_connection::Flavor;
use xxhash_rust::xxh3::Xxh3;

/// A target table as its server describes it.
#[derive(Clone, Debug)]
pub(crate) struct TargetTable {
    /// Its name.
    pub(crate) name: TableName,
    /// Its columns, in order.
    pub(crate) columns: Vec<Arc<Column>>,
    /// Its unique keys, the primary key first.
    pub(crate) keys: Vec<UniqueKey>,
    /// The storage engine.
    pub(crate) engine: Arc<str>,
    /// Whether that engine has transactions.
    pub(crate) transactional: bool,
    /// The names of its triggers.
    pub(crate) triggers: Vec<Arc<str>>,
    /// The columns that an UPDATE which does not name them sets to the target's clock.
    pub(crate) stamped: Vec<usize>,
    /// How many digits behind the point columns of FLOAT(M,D) and DOUBLE(M,D) keep.
    pub(crate) digits: BTreeMap<usize, u8>,
    /// The tables that cascading foreign keys link it to share this name; `None` if there are none.
    pub(crate) family: Option<Arc<str>>,
    /// What its foreign keys do to it; empty if it has no family.
    pub(crate) cascades: Vec<Cascade>,
    /// Whether the account may not see its triggers.
    pub(crate) hides_triggers: bool,
    by_name: HashMap<String, usize>,
}

/// A primary or unique key of a target table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UniqueKey {
    /// Its name.
    pub(crate) name: Arc<str>,
    /// Whether it is the primary key.
    pub(crate) primary: bool,
    /// Its parts.
    pub(crate) parts: Vec<Part>,
}

/// A part of a unique key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// A column, or the first `prefix` characters (bytes, for binary strings) of it.
    Column {
        /// The column's index.
        column: usize,
        /// The length of the prefix, if not the whole column counts.
        prefix: Option<u32>,
    },
    /// An expression or a generated column: what only the server can compute.
    Opaque,
}

impl TargetTable {
    /// Returns a table of a transactional engine without triggers and cascades.
    pub(crate) fn new(name: TableName, columns: Vec<Arc<Column>>, keys: Vec<UniqueKey>) -> Self {
        let by_name = columns.iter().enumerate();
        let by_name = by_name.map(|(index, column)| (column.name.to_lowercase(), index)).collect();
        Self {
            name,
            columns,
            keys,
            engine: "InnoDB".into(),
            transactional: true,
            triggers: Vec::new(),
            stamped: Vec::new(),
            digits: BTreeMap::new(),
            family: None,
            cascades: Vec::new(),
            hides_triggers: false,
            by_name,
        }
    }

    /// Says what the table lacks to stand for a source's table; `None` if it holds its rows and has its unique keys, or
    /// keys with more columns, as a table has into which several are merged. What it has beyond that does not matter.
    pub(crate) fn lacks(&self, source: &TableSchema, flavor: Flavor) -> Option<String> {
        for column in &source.columns {
            let name = &column.name;
            let Some(own) = self.column(name).and_then(|index| self.columns.get(index)) else {
                return Some(format!("it has no column `{name}`"));
            };
            if let Some(why) = narrower(&column.kind, &own.kind, flavor) {
                return Some(format!("column `{name}` does not hold all values: {why}"));
            }
            if column.nullable && !own.nullable {
                return Some(format!("column `{name}` does not hold NULL"));
            }
            if column.generated.is_none() && own.generated.is_some() {
                return Some(format!("column `{name}` is computed"));
            }
        }
        let unique = source.keys.iter().filter(|key| key.kind != KeyKind::Index);
        let lacking =
            unique.into_iter().find(|key| !self.keys.iter().any(|own| self.covers(own, key, source)))?;
        Some(format!("it has no unique key like `{}`", lacking.name))
    }

    /// Tells whether a key of this table has all parts of a source's key.
    fn covers(&self, own: &UniqueKey, key: &Key, source: &TableSchema) -> bool {
        key.parts.iter().all(|part| {
            own.parts.iter().any(|own| match (part, own) {
                (KeyPart::Expression(_), own) => *own == Part::Opaque,
                (KeyPart::Column { column, prefix }, Part::Column { column: index, prefix: length }) => {
                    let column = source.columns.get(*column);
                    prefix == length && column.is_some_and(|column| self.column(&column.name) == Some(*index))
                }
                // Over a generated column.
                (KeyPart::Column { column, .. }, Part::Opaque) => {
                    source.columns.get(*column).is_some_and(|column| column.generated.is_some())
                }
            })
        })
    }

    /// A hash of everything that decides how rows of the table are planned.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = Xxh3::new();
        (&self.columns, &self.family).hash(&mut hasher);
        for key in &self.keys {
            (key.primary, &key.parts).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Returns the index of the column called `name`, without regard to case.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).or_else(|| self.by_name.get(&name.to_lowercase())).copied()
    }

    /// Returns the index of the key that finds a row: the primary key, else the first whose columns are all plain and
    /// NOT NULL. `None` for a keyless table.
    pub(crate) fn finding_key(&self) -> Option<usize> {
        self.keys.iter().position(|key| {
            key.parts.iter().all(|part| match part {
                Part::Column { column, .. } => {
                    key.primary || self.columns.get(*column).is_some_and(|column| !column.nullable)
                }
                Part::Opaque => false,
            })
        })
    }

    /// Tells whether some unique key has a part that only the server can compute.
    pub(crate) fn has_opaque_parts(&self) -> bool {
        self.keys.iter().any(|key| key.parts.contains(&Part::Opaque))
    }

    /// Returns the columns that rows are written to: all that are not generated.
    pub(crate) fn written(&self) -> impl Iterator<Item = (usize, &Arc<Column>)> {
        self.columns.iter().enumerate().filter(|(_, column)| column.generated.is_none())
    }
}

impl UniqueKey {
    /// Returns the columns of the parts that are columns.
    pub(crate) fn columns(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().filter_map(|part| match part {
            Part::Column { column, .. } => Some(*column),
            Part::Opaque => None,
        })
    }
}
