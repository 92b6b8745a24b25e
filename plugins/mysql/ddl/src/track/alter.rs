//! ALTER TABLE: all specs at once, as the server applies them.
//!
//! Every spec speaks of the table before the ALTER; only AFTER names columns of the table to be.
//!
//! Source: MySQL manual, "ALTER TABLE Statement"; the order of columns and keys is tested against real servers.

use super::{
    Untracked,
    column::{Collations, convert, promote_timestamps},
    default::default_of,
    draft::{Draft, DraftColumn, DraftKey, DraftPart, same},
};
use crate::{AlterTable, ColumnDefinition, Constraint, Place, Spec, collation::Rules};
use std::sync::Arc;
use tidegate_model::{ColumnDefault, ColumnKind, KeyKind};

/// An ALTER TABLE on its way.
struct Alter<'a> {
    rules: Rules<'a>,
    specs: Vec<&'a Spec>,
    before: Draft,
    after: Draft,
    collations: Collations,
}

impl Rules<'_> {
    /// Returns what the ALTER makes of a table in a schema whose default collation is `schema`.
    pub(super) fn alter(self, before: &Draft, alter: &AlterTable, schema: u16) -> Result<Draft, Untracked> {
        let mut specs = Vec::with_capacity(alter.specs.len());
        for spec in &alter.specs {
            if let Spec::Untracked(reason) = spec {
                return Err((*reason).into());
            }
            if applies(before, spec) {
                specs.push(spec);
            }
        }
        let mut after = Draft { columns: Vec::new(), keys: Vec::new(), ..before.clone() };
        after.collation = self.altered_collation(&specs, before.collation, schema)?;
        let converts = specs.iter().any(|spec| matches!(spec, Spec::Convert { .. }));
        let collations =
            Collations { inherited: after.collation, forced: Some(after.collation).filter(|_| converts) };
        let mut work = Alter { rules: self, specs, before: before.clone(), after, collations };
        work.rename(alter);
        work.keep_columns()?;
        work.place_columns()?;
        if !self.explicit_timestamps() {
            let columns = work.after.columns.iter_mut();
            promote_timestamps(columns.map(|column| (&mut column.column, column.on_update)));
        }
        work.keep_keys()?;
        work.keep_foreign_keys();
        let constraints: Vec<&Constraint> = work.specs.iter().flat_map(|spec| constraints_of(spec)).collect();
        let mut draft = work.after;
        let checks = alter.specs.iter().any(|spec| matches!(spec, Spec::AddCheck | Spec::Partitions(_)));
        let defined = draft.columns.iter().filter(|column| column.defined);
        draft.lossless &= !checks && defined.clone().all(DraftColumn::is_lossless);
        draft.add_constraints(constraints.into_iter(), self.flavor)?;
        Ok(draft)
    }

    /// Returns the collation that all specs together give the table.
    fn altered_collation(self, specs: &[&Spec], before: u16, schema: u16) -> Result<u16, Untracked> {
        let (mut charset, mut collation) = (None, None);
        let (mut sets, mut converts) = (false, false);
        for spec in specs {
            match spec {
                Spec::Options(options) => {
                    charset = options.charset.as_deref().or(charset);
                    collation = options.collation.as_deref().or(collation);
                    sets |= options.charset.is_some() || options.collation.is_some();
                }
                Spec::Convert { charset: to, collation: named } => {
                    charset = Some(to.as_deref().unwrap_or("default"));
                    collation = named.as_deref().or(collation);
                    converts = true;
                }
                _ => {}
            }
        }
        let inherited = if charset == Some("default") { schema } else { before };
        if sets && converts {
            return Err("one ALTER converts the table and sets its default character set".into());
        }
        Ok(self.of_names(charset, collation, inherited))
    }
}

/// Tells whether a spec with IF EXISTS or IF NOT EXISTS has anything to do.
fn applies(table: &Draft, spec: &Spec) -> bool {
    let has_column = |name: &str| table.position(name).is_some();
    let has_key = |name: &str| table.keys.iter().any(|key| same(&key.name, name));
    match spec {
        Spec::ChangeColumn { old, if_exists: true, .. } | Spec::RenameColumn { old, if_exists: true, .. } => {
            has_column(old)
        }
        Spec::DropColumn { name, if_exists: true } => has_column(name),
        Spec::SetDefault { column, if_exists: true, .. } => has_column(column),
        Spec::DropKey { name, if_exists: true } => has_key(name),
        Spec::DropPrimaryKey { if_exists: true } => has_key("PRIMARY"),
        Spec::RenameKey { old, if_exists: true, .. } => has_key(old),
        _ => true,
    }
}

fn constraints_of(spec: &Spec) -> &[Constraint] {
    match spec {
        Spec::AddColumns { constraints, .. } | Spec::ChangeColumn { constraints, .. } => constraints,
        Spec::AddConstraint(constraint) => std::slice::from_ref(constraint),
        _ => &[],
    }
}

impl Alter<'_> {
    fn rename(&mut self, alter: &AlterTable) {
        if let Some(to) = alter.renamed_to() {
            self.after.name = to.clone();
            self.after.rename_foreign_keys(&self.before.name.table);
        }
    }

    /// Takes over the columns that stay, changed or not, in their order.
    fn keep_columns(&mut self) -> Result<(), Untracked> {
        self.check_columns()?;
        for column in &self.before.columns {
            let name = column.column.name.clone();
            let mut kept = Some(column.clone());
            for spec in &self.specs {
                match spec {
                    Spec::DropColumn { name: dropped, .. } if same(dropped, &name) => kept = None,
                    Spec::ChangeColumn { old, column, place: Place::Unsaid, .. } if same(old, &name) => {
                        kept = Some(self.defined(column, Some(name.clone()))?);
                    }
                    Spec::ChangeColumn { old, .. } if same(old, &name) => kept = None,
                    _ => {
                        if let Some(kept) = &mut kept {
                            self.adjust(kept, &name, spec)?;
                        }
                    }
                }
            }
            self.after.columns.extend(kept);
        }
        Ok(())
    }

    /// Checks that the columns that specs name are there.
    fn check_columns(&self) -> Result<(), Untracked> {
        for spec in &self.specs {
            let name = match spec {
                Spec::ChangeColumn { old, .. } | Spec::RenameColumn { old, .. } => old,
                Spec::DropColumn { name, .. } => name,
                Spec::SetDefault { column, .. } | Spec::SetInvisible { column, .. } => column,
                _ => continue,
            };
            if self.before.position(name).is_none() {
                return Err(format!("the ALTER names the column {name}, which is not known").into());
            }
            let adjusts = matches!(spec, Spec::SetDefault { .. } | Spec::SetInvisible { .. });
            if adjusts && self.is_redefined(name) {
                return Err(format!("the ALTER defines the column {name} and alters it").into());
            }
        }
        Ok(())
    }

    fn is_redefined(&self, name: &str) -> bool {
        let redefines = |spec: &&Spec| matches!(spec, Spec::ChangeColumn { old, .. } if same(old, name));
        self.specs.iter().any(redefines)
    }

    /// Applies a spec to a column that stays otherwise as it is.
    fn adjust(&self, kept: &mut DraftColumn, name: &str, spec: &Spec) -> Result<(), Untracked> {
        let column = &mut kept.column;
        match spec {
            Spec::RenameColumn { old, new, .. } if same(old, name) => column.name = new.clone(),
            Spec::SetDefault { column: named, default, .. } if same(named, name) => {
                column.default = match default {
                    Some(value) => default_of(value, &column.kind),
                    None => ColumnDefault::Absent,
                };
            }
            Spec::SetInvisible { column: named, invisible } if same(named, name) => {
                column.invisible = *invisible
            }
            Spec::Convert { .. } if !kept.defined => convert(column, self.after.collation)?,
            _ => {}
        }
        Ok(())
    }

    fn defined(
        &self,
        definition: &ColumnDefinition,
        origin: Option<Arc<str>>,
    ) -> Result<DraftColumn, Untracked> {
        let column = self.rules.column(definition, self.collations)?;
        let is_text = matches!(column.kind, ColumnKind::Text { .. } | ColumnKind::Blob { .. });
        if self.collations.forced.is_some() && origin.is_some() && is_text {
            return Err("one ALTER changes a text column and converts the table".into());
        }
        Ok(DraftColumn { column, origin, defined: true, on_update: definition.on_update })
    }

    /// Puts new columns and those with FIRST or AFTER where they belong.
    fn place_columns(&mut self) -> Result<(), Untracked> {
        for spec in self.specs.clone() {
            match spec {
                Spec::AddColumns { columns, if_not_exists, place, .. } => {
                    for definition in columns {
                        if *if_not_exists && self.after.position(&definition.name).is_some() {
                            continue;
                        }
                        let column = self.defined(definition, None)?;
                        self.place(column, place)?;
                    }
                }
                Spec::ChangeColumn { old, column, place, .. } if *place != Place::Unsaid => {
                    let column = self.defined(column, Some(old.clone()))?;
                    self.place(column, place)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn place(&mut self, column: DraftColumn, place: &Place) -> Result<(), Untracked> {
        if self.after.position(&column.column.name).is_some() {
            return Err(format!("the ALTER adds the column {}, which is there", column.column.name).into());
        }
        let at = match place {
            Place::Unsaid => self.after.columns.len(),
            Place::First => 0,
            Place::After(name) => match self.after.position(name) {
                Some(at) => at + 1,
                None => return Err(format!("the ALTER names the column {name}, which is not known").into()),
            },
        };
        self.after.columns.insert(at, column);
        Ok(())
    }

    /// Takes over the keys that stay; parts of dropped columns go.
    fn keep_keys(&mut self) -> Result<(), Untracked> {
        for key in &self.before.keys {
            let mut kept = key.clone();
            let mut dropped = false;
            for spec in &self.specs {
                match spec {
                    Spec::DropKey { name, .. } | Spec::DropConstraint { name, .. }
                        if same(name, &key.name) =>
                    {
                        dropped = true;
                    }
                    Spec::DropPrimaryKey { .. } if key.kind == KeyKind::Primary => dropped = true,
                    Spec::RenameKey { old, new, .. } if same(old, &key.name) => {
                        kept.name = new.clone();
                        kept.implicit = false;
                    }
                    _ => {}
                }
            }
            if dropped {
                continue;
            }
            self.keep_parts(&mut kept)?;
            if !kept.parts.is_empty() {
                self.after.keys.push(kept);
            }
        }
        self.check_keys()
    }

    fn keep_parts(&self, key: &mut DraftKey) -> Result<(), Untracked> {
        let mut parts = Vec::with_capacity(key.parts.len());
        for part in &key.parts {
            match part {
                DraftPart::Column { name, prefix } => match self.successor(name) {
                    Some(column) if column.origin.is_none() => {
                        return Err(
                            format!("the ALTER drops and adds the column {name}, which has a key").into()
                        );
                    }
                    Some(column) => {
                        parts.push(DraftPart::Column { name: column.column.name.clone(), prefix: *prefix });
                    }
                    None => {}
                },
                DraftPart::Expression(_) => parts.push(part.clone()),
            }
        }
        key.parts = parts;
        Ok(())
    }

    /// Returns the column that had this name before the ALTER, or that takes its place.
    fn successor(&self, before: &str) -> Option<&DraftColumn> {
        let stands_for =
            |column: &&DraftColumn| same(column.origin.as_ref().unwrap_or(&column.column.name), before);
        self.after.columns.iter().find(stands_for)
    }

    fn renamed(&self, before: &str) -> Option<Arc<str>> {
        self.successor(before).map(|column| column.column.name.clone())
    }

    /// Checks that the keys that specs name are there.
    fn check_keys(&self) -> Result<(), Untracked> {
        if !self.before.complete {
            return Ok(());
        }
        let known = |name: &str| self.before.keys.iter().any(|key| same(&key.name, name));
        for spec in &self.specs {
            let name: &str = match spec {
                Spec::DropKey { name, .. } | Spec::RenameKey { old: name, .. } => name,
                Spec::DropPrimaryKey { .. } => "PRIMARY",
                _ => continue,
            };
            if !known(name) {
                return Err(format!("the ALTER names the key {name}, which is not known").into());
            }
        }
        Ok(())
    }

    fn keep_foreign_keys(&mut self) {
        let mut keys = std::mem::take(&mut self.after.foreign_keys);
        keys.retain(|key| {
            !self.specs.iter().any(|spec| match spec {
                Spec::DropForeignKey { name, .. } | Spec::DropConstraint { name, .. } => {
                    same(name, &key.name)
                }
                _ => false,
            })
        });
        for key in &mut keys {
            for column in &mut key.columns {
                if let Some(name) = self.renamed(column) {
                    *column = name;
                }
            }
            if key.parent == self.before.name {
                key.parent = self.after.name.clone();
                for column in &mut key.parent_columns {
                    if let Some(name) = self.renamed(column) {
                        *column = name;
                    }
                }
            }
        }
        self.after.foreign_keys = keys;
    }
}
