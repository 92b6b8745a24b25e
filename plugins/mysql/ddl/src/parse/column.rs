//! Column definitions.
//!
//! Source: MySQL manual, "CREATE TABLE Statement", column definitions; MariaDB manual, "CREATE TABLE", column options.

use super::{
    constraint::NOW,
    data_type::TypeName,
    parser::{Parse, Parser},
};
use crate::{
    ColumnDefinition, Constraint, DataType, GeneratedDefinition, KeyDefinition, KeyDefinitionKind,
    PartDefinition, Place,
};
use std::sync::Arc;

impl Parser<'_> {
    /// Reads a column's definition; the keys that it says to be are added to `constraints`.
    pub(super) fn column_definition(&mut self, constraints: &mut Vec<Constraint>) -> Parse<ColumnDefinition> {
        let start = self.offset();
        let name = self.identifier()?;
        if self.is_symbol(0, '.') {
            return Err(self.error("a column's name without its table's expected"));
        }
        let TypeName { data_type, national, serial } = self.data_type()?;
        let is_text = matches!(
            data_type,
            DataType::Char { .. }
                | DataType::Varchar { .. }
                | DataType::Text { .. }
                | DataType::Enum { .. }
                | DataType::Set { .. }
                | DataType::Json
                | DataType::Other(_)
        );
        let mut column = ColumnDefinition {
            name,
            span: start..start,
            charset: if is_text { self.charset_clause(national)? } else { crate::CharsetClause::default() },
            data_type,
            nullable: serial.then_some(false),
            default: None,
            on_update: false,
            generated: None,
            auto_increment: serial,
            invisible: false,
            untracked: None,
        };
        if serial {
            constraints.push(own_key(KeyDefinitionKind::Unique, &column.name));
        }
        while self.column_attribute(&mut column, constraints)? {}
        column.span.end = self.offset_behind();
        Ok(column)
    }

    /// Passes an attribute, if one stands here.
    fn column_attribute(
        &mut self,
        column: &mut ColumnDefinition,
        constraints: &mut Vec<Constraint>,
    ) -> Parse<bool> {
        if self.is_check() {
            self.check()?;
        } else if self.is(0, "CONSTRAINT") && self.is(2, "REFERENCES") {
            self.advance();
            let name = self.identifier()?;
            self.own_reference(Some(name), column, constraints)?;
        } else if self.is(0, "REFERENCES") {
            self.own_reference(None, column, constraints)?;
        } else if self.accept_words(&["SERIAL", "DEFAULT", "VALUE"]) {
            column.nullable = Some(false);
            column.auto_increment = true;
            constraints.push(own_key(KeyDefinitionKind::Unique, &column.name));
        } else if self.accept("UNIQUE") {
            self.accept("KEY");
            self.clustering();
            constraints.push(own_key(KeyDefinitionKind::Unique, &column.name));
        } else if self.accept_words(&["PRIMARY", "KEY"]) || self.accept("KEY") || self.accept("PRIMARY") {
            self.clustering();
            constraints.push(own_key(KeyDefinitionKind::Primary, &column.name));
        } else {
            return Ok(self.value_attribute(column)? || self.passed_attribute()?);
        }
        Ok(true)
    }

    /// Passes TiDB's CLUSTERED and NONCLUSTERED.
    fn clustering(&mut self) {
        self.accept_any(&["CLUSTERED", "NONCLUSTERED", "GLOBAL", "LOCAL"]);
    }

    /// Passes an attribute that says what values the column has.
    fn value_attribute(&mut self, column: &mut ColumnDefinition) -> Parse<bool> {
        if self.accept_words(&["NOT", "NULL"]) {
            column.nullable = Some(false);
        } else if self.accept("NULL") {
            column.nullable = Some(true);
        } else if self.accept("DEFAULT") {
            column.default = Some(self.default_value()?);
        } else if self.is(0, "ON") && self.is(1, "UPDATE") && self.is_any(2, NOW) {
            self.advance();
            self.advance();
            self.now()?;
            column.on_update = true;
        } else if self.accept("AUTO_INCREMENT") {
            column.auto_increment = true;
            column.nullable = Some(false);
        } else if self.accept("AUTO_RANDOM") {
            if self.is_symbol(0, '(') {
                self.parenthesised()?;
            }
        } else if self.accept("COLLATE") {
            self.accept_symbol('=');
            column.charset.collation = Some(self.name_or_string()?.to_ascii_lowercase().into());
        } else if self.accept("INVISIBLE") {
            column.invisible = true;
        } else if self.accept("VISIBLE") {
            column.invisible = false;
        } else if self.accept_words(&["GENERATED", "ALWAYS", "AS"]) || self.accept("AS") {
            self.generated(column)?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Reads what follows AS.
    fn generated(&mut self, column: &mut ColumnDefinition) -> Parse<()> {
        if self.accept("ROW") {
            self.accept_any(&["START", "END"]);
            column.untracked = Some("the table has system versioning");
            return Ok(());
        }
        let span = self.parenthesised()?;
        let expression = self.slice(span);
        let stored = self.accept_any(&["STORED", "PERSISTENT"]).is_some();
        if !stored {
            self.accept("VIRTUAL");
        }
        column.generated = Some(GeneratedDefinition { expression, stored });
        Ok(())
    }

    /// Passes an attribute that means nothing to us.
    fn passed_attribute(&mut self) -> Parse<bool> {
        let words = [
            "COMMENT",
            "COLUMN_FORMAT",
            "STORAGE",
            "ENGINE_ATTRIBUTE",
            "SECONDARY_ENGINE_ATTRIBUTE",
            "SRID",
            "REF_SYSTEM_ID",
        ];
        if self.is_any(0, &words) {
            self.advance();
            self.accept_symbol('=');
            self.skip_one()?;
        } else if self.compressed()?
            || self.accept_words(&["NOT", "SECONDARY"])
            || self.enforced()
            || self.accept_words(&["WITHOUT", "SYSTEM", "VERSIONING"])
            || self.accept_words(&["WITH", "SYSTEM", "VERSIONING"])
        {
        } else if self.begins_engine_option(0) {
            self.advance();
            self.advance();
            self.skip_one()?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn own_reference(
        &mut self,
        name: Option<Arc<str>>,
        column: &ColumnDefinition,
        constraints: &mut Vec<Constraint>,
    ) -> Parse<()> {
        let mut key = self.references(vec![column.name.clone()])?;
        key.constraint = name;
        if self.flavor.honours_column_references() {
            constraints.push(Constraint::ForeignKey(key));
        }
        Ok(())
    }

    /// Passes FIRST or AFTER.
    pub(super) fn place(&mut self) -> Parse<Place> {
        if self.accept("FIRST") {
            Ok(Place::First)
        } else if self.accept("AFTER") {
            Ok(Place::After(self.identifier()?))
        } else {
            Ok(Place::Unsaid)
        }
    }
}

fn own_key(kind: KeyDefinitionKind, column: &Arc<str>) -> Constraint {
    Constraint::Key(KeyDefinition {
        kind,
        name: None,
        parts: vec![PartDefinition::Column { name: column.clone(), prefix: None }],
        if_not_exists: false,
    })
}
