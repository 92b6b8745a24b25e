//! What each statement changes of the tracker's state.

use super::{
    Untracked,
    create::like,
    draft::Draft,
    tracker::{Extra, Tracker},
};
use crate::{
    AlterTable, Constraint, CreateSchema, CreateTable, Definition, Spec, StatementKind, TableOptions,
    collation::{NOT_KNOWN, Rules},
};
use std::{collections::BTreeMap, sync::Arc};
use tidegate_model::{NameRole, SchemaChange, Session, TableName, TableState};

/// The tables that a statement changed, in the order in which they were first touched.
#[derive(Default)]
struct Changes {
    order: Vec<TableName>,
    schemas: Vec<SchemaChange>,
}

impl Tracker {
    /// Applies a statement that ran in `session`, and returns what it changed of what is known.
    ///
    /// A table that the statement touches and that cannot be followed becomes unknown, with the reason; no other does.
    pub fn apply(&mut self, definition: &Definition, session: &Session) -> Vec<SchemaChange> {
        let rules = Rules { session, flavor: self.flavor };
        let mut changes = Changes::default();
        match &definition.kind {
            StatementKind::CreateTable(create) => self.create_table(create, rules, &mut changes),
            StatementKind::AlterTable(alter) => self.alter_table(alter, rules, &mut changes),
            StatementKind::RenameTable { pairs, if_exists } => {
                for (old, new) in pairs {
                    self.rename_table(old, new, *if_exists, &mut changes);
                }
            }
            StatementKind::DropTable { tables, if_exists } => {
                for table in tables {
                    self.drop_table(table, *if_exists, &mut changes);
                }
            }
            StatementKind::TruncateTable(_) => {}
            StatementKind::CreateIndex(create) => {
                let mut specs = Vec::new();
                if create.or_replace {
                    let name = create.key.name.clone().unwrap_or_default();
                    specs.push(Spec::DropKey { name, if_exists: true });
                }
                specs.push(Spec::AddConstraint(Constraint::Key(create.key.clone())));
                self.alter_table(&alter_of(&create.table, specs), rules, &mut changes);
            }
            StatementKind::DropIndex { table, name, if_exists } => {
                let spec = Spec::DropKey { name: name.clone(), if_exists: *if_exists };
                self.alter_table(&alter_of(table, vec![spec]), rules, &mut changes);
            }
            StatementKind::CreateSchema(create) => self.create_schema(create, rules, &mut changes),
            StatementKind::AlterSchema { name, options } => {
                self.alter_schema(name, options, rules, &mut changes)
            }
            StatementKind::DropSchema { name, .. } => self.drop_schema(name, &mut changes),
        }
        changes.finish(self)
    }

    /// Notes a statement that the log has with an error: what it did before it failed is not known.
    ///
    /// MariaDB logs a `CREATE OR REPLACE TABLE` that failed after it had dropped the table, and servers without atomic
    /// DDL log what failed half-way.
    pub fn apply_failed(&mut self, definition: &Definition) -> Vec<SchemaChange> {
        let mut changes = Changes::default();
        for name in &definition.statement.names {
            let touched = matches!(name.role, NameRole::Subject | NameRole::NewName | NameRole::Exchanged);
            if touched && !name.table.is_schema() {
                self.forget(&name.table, "a statement on it failed at the source".into(), &mut changes);
            }
        }
        if let StatementKind::DropSchema { name, .. } = &definition.kind {
            let tables: Vec<TableName> =
                self.tables.keys().filter(|table| table.schema == *name).cloned().collect();
            for table in tables {
                self.forget(&table, "DROP SCHEMA failed at the source".into(), &mut changes);
            }
        }
        changes.finish(self)
    }

    fn create_table(&mut self, create: &CreateTable, rules: Rules<'_>, changes: &mut Changes) {
        if create.if_not_exists && !create.or_replace {
            // Where that is not known it may look as before, which must be learnt from elsewhere.
            if self.exists(&create.table) != Some(false) {
                return;
            }
        }
        let made = match &create.like {
            Some(model) => self
                .draft(model)
                .map(|model| like(&create.table, model))
                .ok_or_else(|| Untracked::from(format!("it is made like {model}, which is not known"))),
            None => rules.create(create, self.inherited(&create.table.schema, rules.session)),
        };
        self.settle(&create.table, made, changes);
    }

    /// Returns the default collation of a schema's tables.
    fn inherited(&self, schema: &str, session: &Session) -> u16 {
        let is_default = session.default_schema.as_deref() == Some(schema);
        let of_session = session.database_collation.filter(|_| is_default);
        self.collation_of(schema).or(of_session).unwrap_or(NOT_KNOWN)
    }

    fn alter_table(&mut self, alter: &AlterTable, rules: Rules<'_>, changes: &mut Changes) {
        let renamed = alter.renamed_to();
        let Some(before) = self.draft(&alter.table) else {
            return self.alter_unknown(alter, renamed, changes);
        };
        let schema = self.inherited(&alter.table.schema, rules.session);
        let after = rules.alter(&before, alter, schema);
        if let Ok(after) = &after {
            self.follow_columns(&before, after, changes);
        }
        let target = renamed.unwrap_or(&alter.table);
        if target != &alter.table {
            self.set(&alter.table, TableState::Dropped, Extra::default(), changes);
            self.follow_rename(&alter.table, target, changes);
        }
        self.settle(target, after, changes);
    }

    /// Follows the ALTER of a table that is not known. That it can change no name of columns does not help: what the
    /// table was before must be learnt from elsewhere, and that must know of this statement.
    fn alter_unknown(&mut self, alter: &AlterTable, renamed: Option<&TableName>, changes: &mut Changes) {
        match self.table(&alter.table) {
            None if self.knows_all || alter.if_exists => return,
            Some(TableState::Dropped) if alter.if_exists => return,
            _ => {}
        }
        if let Some(to) = renamed {
            return self.rename_table(&alter.table, to, false, changes);
        }
        let reason = match self.table(&alter.table) {
            Some(TableState::Unknown { reason }) => reason.clone(),
            _ => "it was altered, and what it was before is not known".into(),
        };
        self.forget(&alter.table, reason, changes);
    }

    fn rename_table(&mut self, old: &TableName, new: &TableName, if_exists: bool, changes: &mut Changes) {
        match self.tables.get(old).map(|tracked| tracked.state.clone()) {
            Some(TableState::Known(_)) => {
                let Some(mut draft) = self.draft(old) else { return };
                let before = std::mem::replace(&mut draft.name, new.clone());
                draft.rename_foreign_keys(&before.table);
                for key in draft.foreign_keys.iter_mut().filter(|key| key.parent == before) {
                    key.parent = new.clone();
                }
                self.set(old, TableState::Dropped, Extra::default(), changes);
                self.settle(new, Ok(draft), changes);
                self.follow_rename(old, new, changes);
            }
            Some(state @ TableState::Unknown { .. }) => {
                self.set(old, TableState::Dropped, Extra::default(), changes);
                self.set(new, state, Extra::default(), changes);
            }
            // Where all tables are known it is a view.
            None if self.knows_all => {}
            None | Some(TableState::Dropped) if if_exists => {}
            None | Some(TableState::Dropped) => {
                self.set(old, TableState::Dropped, Extra::default(), changes);
                let reason = format!("it was called {old} before, which is not known");
                self.forget(new, reason.into(), changes);
            }
        }
    }

    /// Lets the foreign keys of other tables follow the renaming of their parent.
    fn follow_rename(&mut self, old: &TableName, new: &TableName, changes: &mut Changes) {
        self.change_children(old, changes, |draft| {
            for key in draft.foreign_keys.iter_mut().filter(|key| key.parent == *old) {
                key.parent = new.clone();
            }
        });
    }

    /// Lets the foreign keys of other tables follow the renaming of their parent's columns.
    fn follow_columns(&mut self, before: &Draft, after: &Draft, changes: &mut Changes) {
        let renamed: BTreeMap<String, Arc<str>> = after
            .columns
            .iter()
            .filter_map(|column| {
                let origin = column.origin.as_ref().filter(|origin| **origin != column.column.name)?;
                Some((origin.to_lowercase(), column.column.name.clone()))
            })
            .collect();
        if renamed.is_empty() {
            return;
        }
        self.change_children(&before.name, changes, |draft| {
            for key in draft.foreign_keys.iter_mut().filter(|key| key.parent == before.name) {
                for column in &mut key.parent_columns {
                    if let Some(name) = renamed.get(&column.to_lowercase()) {
                        *column = name.clone();
                    }
                }
            }
        });
    }

    fn change_children(&mut self, parent: &TableName, changes: &mut Changes, change: impl Fn(&mut Draft)) {
        let is_child = |state: &TableState| match state {
            TableState::Known(schema) => schema.foreign_keys.iter().any(|key| key.parent == *parent),
            _ => false,
        };
        let tables = self.tables.iter().filter(|(name, tracked)| *name != parent && is_child(&tracked.state));
        let children: Vec<TableName> = tables.map(|(name, _)| name.clone()).collect();
        for child in children {
            if let Some(mut draft) = self.draft(&child) {
                change(&mut draft);
                self.settle(&child, Ok(draft), changes);
            }
        }
    }

    fn drop_table(&mut self, table: &TableName, if_exists: bool, changes: &mut Changes) {
        match self.table(table) {
            Some(TableState::Dropped) => {}
            None if if_exists && self.knows_all => {}
            _ => self.set(table, TableState::Dropped, Extra::default(), changes),
        }
    }

    fn create_schema(&mut self, create: &CreateSchema, rules: Rules<'_>, changes: &mut Changes) {
        if create.if_not_exists && !create.or_replace && self.schemas.contains_key(&create.name) {
            return;
        }
        if create.or_replace {
            self.drop_schema(&create.name, changes);
        }
        if !create.if_not_exists {
            self.whole.insert(create.name.clone());
        }
        let inherited = rules.session.server_collation.unwrap_or(NOT_KNOWN);
        self.set_schema(&create.name, rules.of_options(&create.options, inherited), changes);
    }

    fn alter_schema(
        &mut self,
        name: &Arc<str>,
        options: &TableOptions,
        rules: Rules<'_>,
        changes: &mut Changes,
    ) {
        if options.charset.is_none() && options.collation.is_none() {
            return;
        }
        let is_default = options.charset.as_deref() == Some("default");
        let before = self.collation_of(name).unwrap_or(NOT_KNOWN);
        let inherited = if is_default { rules.session.server_collation.unwrap_or(NOT_KNOWN) } else { before };
        self.set_schema(name, rules.of_options(options, inherited), changes);
    }

    fn set_schema(&mut self, name: &Arc<str>, collation: u16, changes: &mut Changes) {
        if self.schemas.insert(name.clone(), collation) != Some(collation) {
            changes.schemas.push(SchemaChange::Schema { name: name.clone(), collation: Some(collation) });
        }
    }

    fn drop_schema(&mut self, name: &Arc<str>, changes: &mut Changes) {
        let tables: Vec<TableName> =
            self.tables.keys().filter(|table| table.schema == *name).cloned().collect();
        for table in tables {
            self.drop_table(&table, true, changes);
        }
        // It is empty if it comes back.
        self.whole.insert(name.clone());
        if self.schemas.remove(name).is_some() {
            changes.schemas.push(SchemaChange::Schema { name: name.clone(), collation: None });
        }
    }

    fn settle(&mut self, table: &TableName, made: Result<Draft, Untracked>, changes: &mut Changes) {
        match made.and_then(Draft::finish) {
            Ok((schema, extra)) => self.set(table, TableState::Known(Arc::new(schema)), extra, changes),
            Err(reason) => self.forget(table, reason, changes),
        }
    }

    fn forget(&mut self, table: &TableName, reason: Arc<str>, changes: &mut Changes) {
        self.set(table, TableState::Unknown { reason }, Extra::default(), changes);
    }

    fn set(&mut self, table: &TableName, state: TableState, extra: Extra, changes: &mut Changes) {
        self.put(table.clone(), state, extra);
        changes.note(table);
    }
}

impl Changes {
    fn note(&mut self, table: &TableName) {
        if !self.order.contains(table) {
            self.order.push(table.clone());
        }
    }

    /// Returns what is known now of the tables that were touched, each once, and then the schemas.
    fn finish(self, tracker: &Tracker) -> Vec<SchemaChange> {
        let tables = self.order.into_iter().map(|name| {
            let state = tracker.table(&name).cloned().unwrap_or(TableState::Dropped);
            SchemaChange::Table { name, state }
        });
        tables.chain(self.schemas).collect()
    }
}

fn alter_of(table: &TableName, specs: Vec<Spec>) -> AlterTable {
    AlterTable { table: table.clone(), if_exists: false, specs }
}
