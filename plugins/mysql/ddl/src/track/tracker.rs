//! The tracker's state.

use super::draft::Draft;
use crate::{Definition, Flavor, StatementKind, classify};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tidegate_model::{KeyKind, KeyPart, SchemaChange, Session, TableName, TableSchema, TableState};

/// Why a sequence is unknown as a table: its rows are no table's.
pub const SEQUENCE: &str = "the table is a sequence";

/// What is known of a source's schemas and tables, as of a position.
#[derive(Clone, Debug)]
pub struct Tracker {
    pub(super) flavor: Flavor,
    pub(super) tables: BTreeMap<TableName, Tracked>,
    /// The default collation of each schema.
    pub(super) schemas: BTreeMap<Arc<str>, u16>,
    /// Whether a table that is not here does not exist.
    pub(super) knows_all: bool,
    /// The schemas that began empty in what was seen, or of which every table was loaded: there, a table that is not here
    /// does not exist either.
    pub(super) whole: BTreeSet<Arc<str>>,
}

/// A table and what its table schema does not say of it.
#[derive(Clone, Debug)]
pub(super) struct Tracked {
    pub(super) state: TableState,
    pub(super) extra: Extra,
}

/// What a table schema does not say of a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extra {
    /// The keys that the server made for foreign keys.
    pub(super) implicit_keys: BTreeSet<Arc<str>>,
    /// Whether the table schema says all of the table that a new one like it needs.
    pub(super) lossless: bool,
}

impl Tracker {
    /// Returns a tracker that knows nothing yet of a source of this flavor.
    pub fn new(flavor: Flavor) -> Self {
        Self {
            flavor,
            tables: BTreeMap::new(),
            schemas: BTreeMap::new(),
            knows_all: false,
            whole: BTreeSet::new(),
        }
    }

    /// Says whether every table of the source was loaded, so that one that is not here does not exist.
    ///
    /// It decides what `CREATE TABLE IF NOT EXISTS` makes of a table that was never seen: a table as it says, or one
    /// that may have been there before and so is unknown.
    pub fn set_knows_all(&mut self, knows_all: bool) {
        self.knows_all = knows_all;
    }

    /// Says that every table of a schema was loaded; see [`Self::set_knows_all`].
    pub fn set_knows_all_of(&mut self, schema: Arc<str>) {
        self.whole.insert(schema);
    }

    /// Says which server wrote the statements that follow.
    pub fn set_flavor(&mut self, flavor: Flavor) {
        self.flavor = flavor;
    }

    /// Tells whether there is a table, `None` if that is not known.
    pub fn exists(&self, name: &TableName) -> Option<bool> {
        match self.table(name) {
            None if self.knows_all || self.whole.contains(&name.schema) => Some(false),
            None => None,
            Some(state) => Some(*state != TableState::Dropped),
        }
    }

    /// Takes over what was known before (from a checkpoint) or is learnt from elsewhere (the current schemas).
    pub fn load(&mut self, changes: impl IntoIterator<Item = SchemaChange>) {
        for change in changes {
            match change {
                SchemaChange::Table { name, state } => {
                    let extra = match &state {
                        TableState::Known(schema) => Extra::guessed(schema),
                        _ => Extra::default(),
                    };
                    self.put(name, state, extra);
                }
                SchemaChange::Schema { name, collation: Some(collation) } => {
                    self.schemas.insert(name, collation);
                }
                SchemaChange::Schema { name, collation: None } => {
                    self.schemas.remove(&name);
                }
            }
        }
    }

    /// Returns all that is known, for [`Self::load`] of another tracker.
    pub fn snapshot(&self) -> Vec<SchemaChange> {
        let schemas = self.schemas.iter().map(|(name, collation)| SchemaChange::Schema {
            name: name.clone(),
            collation: Some(*collation),
        });
        let tables = self
            .tables
            .iter()
            .map(|(name, tracked)| SchemaChange::Table { name: name.clone(), state: tracked.state.clone() });
        schemas.chain(tables).collect()
    }

    /// Returns what is known of a table, `None` if it was never seen (or, where all tables are known, is not there).
    pub fn table(&self, name: &TableName) -> Option<&TableState> {
        self.tables.get(name).map(|tracked| &tracked.state)
    }

    /// Returns a table's schema, if it is known.
    pub fn schema_of(&self, name: &TableName) -> Option<&Arc<TableSchema>> {
        match self.table(name) {
            Some(TableState::Known(schema)) => Some(schema),
            _ => None,
        }
    }

    /// Returns a schema's default collation, if it is known.
    pub fn collation_of(&self, schema: &str) -> Option<u16> {
        self.schemas.get(schema).copied()
    }

    /// Tells whether the schema of a table says all that a new table like it needs, so that `CREATE TABLE … LIKE` it
    /// can be replaced by [`crate::render`].
    pub fn is_lossless(&self, name: &TableName) -> bool {
        self.tables.get(name).is_some_and(|tracked| tracked.extra.lossless)
    }

    /// Gives the columns that a statement changes their events; to be called before [`Self::apply`].
    pub fn classify(&self, definition: &mut Definition, session: &Session) {
        if let StatementKind::AlterTable(alter) = &definition.kind {
            let table = self.schema_of(&alter.table).cloned();
            classify(definition, table.as_deref(), session, self.flavor);
        }
    }

    pub(super) fn put(&mut self, name: TableName, state: TableState, extra: Extra) {
        if self.knows_all && state == TableState::Dropped {
            self.tables.remove(&name);
        } else {
            self.tables.insert(name, Tracked { state, extra });
        }
    }

    pub(super) fn draft(&self, name: &TableName) -> Option<Draft> {
        match self.tables.get(name) {
            Some(Tracked { state: TableState::Known(schema), extra }) => Some(Draft::of(schema, extra)),
            _ => None,
        }
    }
}

impl Extra {
    /// Guesses which keys the server made for foreign keys: a table schema does not say.
    fn guessed(schema: &TableSchema) -> Self {
        let columns = |parts: &[KeyPart]| -> Option<Vec<usize>> {
            let column = |part: &KeyPart| match part {
                KeyPart::Column { column, prefix: None } => Some(*column),
                _ => None,
            };
            parts.iter().map(column).collect()
        };
        let is_made = |key: &&tidegate_model::Key| {
            key.kind == KeyKind::Index
                && schema.foreign_keys.iter().any(|foreign| {
                    let first = foreign.columns.first().and_then(|column| schema.columns.get(*column));
                    let named =
                        key.name == foreign.name || first.is_some_and(|column| column.name == key.name);
                    named && columns(&key.parts).is_some_and(|columns| columns == foreign.columns)
                })
        };
        let implicit = schema.keys.iter().filter(is_made).map(|key| key.name.clone());
        Self { implicit_keys: implicit.collect(), lossless: false }
    }
}
