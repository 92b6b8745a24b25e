//! CREATE, ALTER and DROP SCHEMA.
//!
//! Source: MySQL manual, "CREATE DATABASE Statement", "ALTER DATABASE Statement", "DROP DATABASE Statement".

use super::parser::{Parse, Parser};
use crate::{CreateSchema, FirstOption, Parsed, StatementKind, TableOptions};
use std::sync::Arc;
use tidegate_model::{DdlEvent, NameRole, TableName};

impl Parser<'_> {
    pub(super) fn created_schema(mut self, or_replace: bool) -> Parse<Parsed> {
        let if_not_exists = self.if_not_exists();
        let name = self.schema_name()?;
        let options_at = self.offset_behind();
        let options = self.schema_options()?;
        self.element(0, DdlEvent::CreateDatabase, TableName::of_schema(name.clone()), None);
        self.cuttable = false;
        self.finish(StatementKind::CreateSchema(CreateSchema {
            name,
            or_replace,
            if_not_exists,
            options,
            options_at,
        }))
    }

    /// Reads what follows `ALTER SCHEMA`; without a name the default schema is meant.
    pub(super) fn altered_schema(mut self) -> Parse<Parsed> {
        let name = if self.begins_schema_option() { self.unnamed_schema()? } else { self.schema_name()? };
        let options = if self.accept_words(&["UPGRADE", "DATA", "DIRECTORY", "NAME"]) {
            TableOptions::default()
        } else {
            self.schema_options()?
        };
        self.element(0, DdlEvent::AlterDatabase, TableName::of_schema(name.clone()), None);
        self.cuttable = false;
        self.finish(StatementKind::AlterSchema { name, options })
    }

    pub(super) fn dropped_schema(mut self) -> Parse<Parsed> {
        let if_exists = self.if_exists();
        let name = self.schema_name()?;
        self.element(0, DdlEvent::DropDatabase, TableName::of_schema(name.clone()), None);
        self.cuttable = false;
        self.finish(StatementKind::DropSchema { name, if_exists })
    }

    /// Tells whether an option begins here and not the name of a schema.
    fn begins_schema_option(&self) -> bool {
        self.is_any(0, &["DEFAULT", "COLLATE"])
            || self.is(0, "CHARACTER") && self.is(1, "SET")
            || self.is_any(0, &["CHARSET", "ENCRYPTION", "COMMENT"])
                && (self.is_symbol(1, '=')
                    || self.is_string(1)
                    || self.peek(2).is_none() && self.peek(1).is_some())
            || self.is(0, "READ") && self.is(1, "ONLY")
    }

    fn unnamed_schema(&mut self) -> Parse<Arc<str>> {
        let Some(name) = self.default_schema() else {
            return Err(self.error("the session has no default schema for ALTER SCHEMA without a name"));
        };
        let at = self.offset_behind();
        // A name put here needs no space before it: quoted names separate themselves.
        self.name(at..at, TableName::of_schema(name.clone()), NameRole::Subject);
        Ok(name)
    }

    fn schema_options(&mut self) -> Parse<TableOptions> {
        let mut options = TableOptions::default();
        while !self.at_end() {
            if self.character_set(&mut options)? || self.collate(&mut options)? {
                continue;
            }
            self.accept("DEFAULT");
            if self.accept_any(&["ENCRYPTION", "COMMENT"]).is_some() {
                self.accept_symbol('=');
                self.string()?;
            } else if self.accept_words(&["READ", "ONLY"]) {
                self.accept_symbol('=');
                self.skip_one()?;
            } else {
                return Err(self.error("an option of a schema expected"));
            }
        }
        Ok(options)
    }

    /// Passes `[DEFAULT] CHARACTER SET [=] name`.
    pub(super) fn character_set(&mut self, options: &mut TableOptions) -> Parse<bool> {
        let default = usize::from(self.is(0, "DEFAULT"));
        let words = if self.is(default, "CHARSET") {
            1
        } else if self.is(default, "CHARACTER") && self.is(default + 1, "SET")
            || self.is(default, "CHAR") && self.is(default + 1, "SET")
        {
            2
        } else {
            return Ok(false);
        };
        (0..default + words).for_each(|_| self.advance());
        self.accept_symbol('=');
        let name = self.name_or_string()?;
        options.charset = Some(name.to_ascii_lowercase().into());
        options.note(FirstOption::Charset);
        Ok(true)
    }

    /// Passes `[DEFAULT] COLLATE [=] name`.
    pub(super) fn collate(&mut self, options: &mut TableOptions) -> Parse<bool> {
        if !self.accept("COLLATE") && !self.accept_words(&["DEFAULT", "COLLATE"]) {
            return Ok(false);
        }
        self.accept_symbol('=');
        let name = self.name_or_string()?;
        options.collation = Some(name.to_ascii_lowercase().into());
        options.note(FirstOption::Collation);
        Ok(true)
    }
}
