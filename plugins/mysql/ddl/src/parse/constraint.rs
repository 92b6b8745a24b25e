//! Keys, foreign keys and checks.
//!
//! Source: MySQL manual, "CREATE TABLE Statement", "FOREIGN KEY Constraints", "CHECK Constraints"; MariaDB manual,
//! "CREATE TABLE", index and constraint definitions.

use super::parser::{Parse, Parser};
use crate::{Constraint, ForeignKeyDefinition, KeyDefinition, KeyDefinitionKind, PartDefinition};
use std::sync::Arc;
use tidegate_model::{NameRole, ReferentialAction};

impl Parser<'_> {
    /// Tells whether a check (`[CONSTRAINT [name]] CHECK (…)`) begins here.
    pub(super) fn is_check(&self) -> bool {
        self.is(0, "CHECK")
            || self.is(0, "CONSTRAINT")
                && (self.is(1, "CHECK") && self.is_symbol(2, '(')
                    || self.is(2, "CHECK")
                    || self.is(1, "IF") && self.is(5, "CHECK"))
    }

    pub(super) fn check(&mut self) -> Parse<()> {
        if self.accept("CONSTRAINT") && !(self.is(0, "CHECK") && self.is_symbol(1, '(')) {
            self.if_not_exists();
            self.identifier()?;
        }
        self.expect("CHECK")?;
        self.parenthesised()?;
        self.enforced();
        Ok(())
    }

    pub(super) fn enforced(&mut self) -> bool {
        self.accept_words(&["NOT", "ENFORCED"]) || self.accept("ENFORCED")
    }

    /// Tells whether a key or constraint begins here and not a column.
    pub(super) fn begins_constraint(&self) -> bool {
        self.is_any(
            0,
            &["CONSTRAINT", "PRIMARY", "UNIQUE", "INDEX", "KEY", "FULLTEXT", "SPATIAL", "FOREIGN", "CHECK"],
        ) || self.is(0, "VECTOR") && self.is_any(1, &["INDEX", "KEY"])
    }

    /// Reads a key or foreign key, if one begins here.
    pub(super) fn constraint(&mut self) -> Parse<Option<Constraint>> {
        if !self.begins_constraint() {
            return Ok(None);
        }
        let mut name = None;
        if self.accept("CONSTRAINT") && !self.is_any(0, &["PRIMARY", "UNIQUE", "FOREIGN"]) {
            let quiet = self.if_not_exists();
            name = (!quiet || !self.is_any(0, &["PRIMARY", "UNIQUE", "FOREIGN"]))
                .then(|| self.identifier())
                .transpose()?;
        }
        if self.accept_words(&["FOREIGN", "KEY"]) {
            return self.foreign_key(name).map(|key| Some(Constraint::ForeignKey(key)));
        }
        self.key(name).map(|key| Some(Constraint::Key(key)))
    }

    fn key(&mut self, constraint: Option<Arc<str>>) -> Parse<KeyDefinition> {
        use KeyDefinitionKind::{Fulltext, Index, Primary, Spatial, Unique, Vector};
        let kind = if self.accept_words(&["PRIMARY", "KEY"]) {
            Primary
        } else if self.accept("UNIQUE") {
            Unique
        } else if self.accept("FULLTEXT") {
            Fulltext
        } else if self.accept("SPATIAL") {
            Spatial
        } else if self.accept("VECTOR") {
            Vector
        } else if self.is_any(0, &["INDEX", "KEY"]) {
            Index
        } else {
            return Err(self.error("a key or constraint expected"));
        };
        if kind != Primary {
            self.accept_any(&["INDEX", "KEY"]);
        }
        let if_not_exists = self.if_not_exists();
        let mut name = None;
        let is_type = self.is_any(0, &["USING", "TYPE"]) && !self.is_symbol(1, '(');
        if !is_type && !self.is_symbol(0, '(') {
            name = Some(self.identifier()?);
        }
        self.index_type()?;
        let parts = self.key_parts()?;
        self.index_options()?;
        let name = if kind == Primary { None } else { name.or(constraint) };
        Ok(KeyDefinition { kind, name, parts, if_not_exists })
    }

    pub(super) fn index_type(&mut self) -> Parse<()> {
        if self.accept_any(&["USING", "TYPE"]).is_some() {
            self.identifier()?;
        }
        Ok(())
    }

    /// Reads the parts of a key, in parentheses.
    pub(super) fn key_parts(&mut self) -> Parse<Vec<PartDefinition>> {
        self.expect_symbol('(')?;
        let mut parts = Vec::new();
        loop {
            parts.push(if self.is_symbol(0, '(') {
                let span = self.parenthesised()?;
                PartDefinition::Expression(self.slice(span))
            } else {
                let name = self.identifier()?;
                let prefix = self.length()?;
                PartDefinition::Column { name, prefix }
            });
            self.accept_any(&["ASC", "DESC"]);
            if self.is(0, "WITHOUT") {
                // MariaDB: WITHOUT OVERLAPS
                return Err(self.error("a key over periods is not supported"));
            }
            if !self.accept_symbol(',') {
                break;
            }
        }
        self.expect_symbol(')')?;
        Ok(parts)
    }

    pub(super) fn index_options(&mut self) -> Parse<()> {
        loop {
            if self.accept_words(&["WITH", "PARSER"]) || self.accept_any(&["USING", "TYPE"]).is_some() {
                self.identifier()?;
            } else if self.is_any(0, INDEX_OPTIONS) || self.begins_engine_option(0) {
                self.advance();
                self.accept_symbol('=');
                self.skip_one()?;
            } else if self.accept_any(INDEX_FLAGS).is_none() && !self.accept_words(&["NOT", "IGNORED"]) {
                return Ok(());
            }
        }
    }

    /// Reads what follows FOREIGN KEY.
    fn foreign_key(&mut self, constraint: Option<Arc<str>>) -> Parse<ForeignKeyDefinition> {
        let if_not_exists = self.if_not_exists();
        let index = if self.is_symbol(0, '(') { None } else { Some(self.identifier()?) };
        let columns = self.identifiers()?;
        let definition = self.references(columns)?;
        Ok(ForeignKeyDefinition { constraint, index, if_not_exists, ..definition })
    }

    /// Reads REFERENCES and what follows.
    pub(super) fn references(&mut self, columns: Vec<Arc<str>>) -> Parse<ForeignKeyDefinition> {
        self.expect("REFERENCES")?;
        let parent = self.table_name(NameRole::Parent)?;
        let parent_columns = if self.is_symbol(0, '(') { self.identifiers()? } else { Vec::new() };
        if self.accept("MATCH") {
            self.identifier()?;
        }
        let mut definition = ForeignKeyDefinition {
            constraint: None,
            index: None,
            columns,
            parent,
            parent_columns,
            on_delete: ReferentialAction::Refuse,
            on_update: ReferentialAction::Refuse,
            if_not_exists: false,
        };
        loop {
            if self.accept_words(&["ON", "DELETE"]) {
                definition.on_delete = self.referential_action()?;
            } else if self.is(0, "ON") && self.is(1, "UPDATE") && !self.is_any(2, NOW) {
                self.advance();
                self.advance();
                definition.on_update = self.referential_action()?;
            } else {
                return Ok(definition);
            }
        }
    }

    fn referential_action(&mut self) -> Parse<ReferentialAction> {
        if self.accept("CASCADE") {
            Ok(ReferentialAction::Cascade)
        } else if self.accept_words(&["SET", "NULL"]) {
            Ok(ReferentialAction::SetNull)
        } else if self.accept_words(&["SET", "DEFAULT"]) {
            Ok(ReferentialAction::SetDefault)
        } else if self.accept("RESTRICT") || self.accept_words(&["NO", "ACTION"]) {
            Ok(ReferentialAction::Refuse)
        } else {
            Err(self.error("CASCADE, SET NULL, SET DEFAULT, RESTRICT or NO ACTION expected"))
        }
    }
}

/// The words for the present time.
pub(super) const NOW: &[&str] = &["CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP"];

const INDEX_OPTIONS: &[&str] =
    &["KEY_BLOCK_SIZE", "COMMENT", "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE", "CLUSTERING"];

const INDEX_FLAGS: &[&str] =
    &["VISIBLE", "INVISIBLE", "IGNORED", "CLUSTERED", "NONCLUSTERED", "GLOBAL", "LOCAL"];
