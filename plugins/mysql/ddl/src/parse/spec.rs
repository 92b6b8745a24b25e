//! The specs of ALTER TABLE.
//!
//! Source: MySQL manual, "ALTER TABLE Statement", "ALTER TABLE Partition Operations"; MariaDB manual, "ALTER TABLE".

use super::parser::{Parse, Parser};
use crate::{Partitioning, Place, Spec, TableOptions};
use tidegate_model::NameRole;

impl Parser<'_> {
    pub(super) fn spec(&mut self) -> Parse<Spec> {
        if self.accept("ADD") {
            return self.add();
        }
        if self.accept("DROP") {
            return self.drop_spec();
        }
        if self.accept("MODIFY") {
            self.accept("COLUMN");
            let if_exists = self.if_exists();
            return self.changed_column(None, if_exists);
        }
        if self.accept("CHANGE") {
            self.accept("COLUMN");
            let if_exists = self.if_exists();
            let old = self.identifier()?;
            return self.changed_column(Some(old), if_exists);
        }
        if self.accept("ALTER") {
            return self.alter_spec();
        }
        if self.accept("RENAME") {
            return self.rename_spec();
        }
        if self.accept("CONVERT") {
            return self.convert_spec();
        }
        if let Some(spec) = self.partition_spec()? {
            return Ok(spec);
        }
        if self.accept_any(&["ALGORITHM", "LOCK"]).is_some() {
            self.accept_symbol('=');
            self.identifier()?;
            return Ok(Spec::Nothing);
        }
        self.rare_spec()
    }

    fn add(&mut self) -> Parse<Spec> {
        if self.is(0, "PARTITION") {
            self.advance();
            self.skip_to_comma()?;
            return Ok(Spec::Partitions(Partitioning::Add));
        }
        if self.accept_words(&["SYSTEM", "VERSIONING"]) {
            return Ok(Spec::Untracked("the table has system versioning"));
        }
        if self.accept_words(&["PERIOD", "FOR"]) {
            self.skip_to_comma()?;
            return Ok(Spec::Untracked("the table has a period"));
        }
        if self.is_check() {
            self.check()?;
            return Ok(Spec::AddCheck);
        }
        if let Some(constraint) = self.constraint()? {
            return Ok(Spec::AddConstraint(constraint));
        }
        self.accept("COLUMN");
        let if_not_exists = self.if_not_exists();
        let (mut columns, mut constraints) = (Vec::new(), Vec::new());
        let mut place = Place::Unsaid;
        if self.accept_symbol('(') {
            loop {
                if self.is_check() {
                    self.check()?;
                } else if let Some(constraint) = self.constraint()? {
                    constraints.push(constraint);
                } else {
                    columns.push(self.column_definition(&mut constraints)?);
                }
                if !self.accept_symbol(',') {
                    break;
                }
            }
            self.expect_symbol(')')?;
        } else {
            columns.push(self.column_definition(&mut constraints)?);
            place = self.place()?;
        }
        Ok(Spec::AddColumns { columns, constraints, if_not_exists, place })
    }

    fn drop_spec(&mut self) -> Parse<Spec> {
        if self.accept("PARTITION") {
            self.if_exists();
            self.partition_names()?;
            return Ok(Spec::Partitions(Partitioning::Drop));
        }
        if self.accept_words(&["PRIMARY", "KEY"]) {
            return Ok(Spec::DropPrimaryKey { if_exists: self.if_exists() });
        }
        if self.accept_words(&["FOREIGN", "KEY"]) {
            let if_exists = self.if_exists();
            return Ok(Spec::DropForeignKey { name: self.identifier()?, if_exists });
        }
        if self.accept_any(&["INDEX", "KEY"]).is_some() {
            let if_exists = self.if_exists();
            return Ok(Spec::DropKey { name: self.identifier()?, if_exists });
        }
        if self.accept("CHECK") {
            self.identifier()?;
            return Ok(Spec::Nothing);
        }
        if self.accept("CONSTRAINT") {
            let if_exists = self.if_exists();
            return Ok(Spec::DropConstraint { name: self.identifier()?, if_exists });
        }
        if self.accept_words(&["SYSTEM", "VERSIONING"]) || self.is(0, "PERIOD") && self.is(1, "FOR") {
            self.skip_to_comma()?;
            return Ok(Spec::Untracked("the table had system versioning or a period"));
        }
        self.accept("COLUMN");
        let if_exists = self.if_exists();
        let name = self.identifier()?;
        self.accept_any(&["RESTRICT", "CASCADE"]);
        Ok(Spec::DropColumn { name, if_exists })
    }

    fn changed_column(&mut self, old: Option<std::sync::Arc<str>>, if_exists: bool) -> Parse<Spec> {
        let mut constraints = Vec::new();
        let column = self.column_definition(&mut constraints)?;
        let place = self.place()?;
        Ok(Spec::ChangeColumn {
            old: old.unwrap_or_else(|| column.name.clone()),
            column: Box::new(column),
            constraints,
            place,
            if_exists,
        })
    }

    fn alter_spec(&mut self) -> Parse<Spec> {
        if self.accept_any(&["INDEX", "KEY"]).is_some() {
            self.if_exists();
            self.identifier()?;
            let known = self.accept_any(&["VISIBLE", "INVISIBLE", "IGNORED"]).is_some();
            if !known && !self.accept_words(&["NOT", "IGNORED"]) {
                return Err(self.error("VISIBLE or INVISIBLE expected"));
            }
            return Ok(Spec::Nothing);
        }
        if self.accept_any(&["CHECK", "CONSTRAINT"]).is_some() {
            self.identifier()?;
            self.enforced();
            return Ok(Spec::Nothing);
        }
        self.accept("COLUMN");
        let if_exists = self.if_exists();
        let column = self.identifier()?;
        if self.accept_words(&["DROP", "DEFAULT"]) {
            return Ok(Spec::SetDefault { column, default: None, if_exists });
        }
        self.expect("SET")?;
        if let Some(word) = self.accept_any(&["VISIBLE", "INVISIBLE"]) {
            let invisible = word == "INVISIBLE";
            return Ok(Spec::SetInvisible { column, invisible });
        }
        self.expect("DEFAULT")?;
        let default = Some(self.default_value()?);
        Ok(Spec::SetDefault { column, default, if_exists })
    }

    fn rename_spec(&mut self) -> Parse<Spec> {
        if self.accept("COLUMN") {
            let if_exists = self.if_exists();
            let old = self.identifier()?;
            self.expect("TO")?;
            return Ok(Spec::RenameColumn { old, new: self.identifier()?, if_exists });
        }
        if self.accept_any(&["INDEX", "KEY"]).is_some() {
            let if_exists = self.if_exists();
            let old = self.identifier()?;
            self.expect("TO")?;
            return Ok(Spec::RenameKey { old, new: self.identifier()?, if_exists });
        }
        if self.accept_any(&["TO", "AS"]).is_none() {
            self.accept_symbol('=');
        }
        let to = self.table_name(NameRole::NewName)?;
        Ok(Spec::RenameTable { to })
    }

    fn convert_spec(&mut self) -> Parse<Spec> {
        if self.is_any(0, &["PARTITION", "TABLE"]) {
            // MariaDB: a partition becomes a table or the reverse; two tables change in one spec.
            return Err(self.error("CONVERT of partitions is not supported"));
        }
        self.expect("TO")?;
        if !self.accept("CHARSET")
            && !self.accept_words(&["CHARACTER", "SET"])
            && !self.accept_words(&["CHAR", "SET"])
        {
            return Err(self.error("CHARACTER SET expected"));
        }
        self.accept_symbol('=');
        let charset = if self.accept("DEFAULT") {
            None
        } else {
            Some(self.name_or_string()?.to_ascii_lowercase().into())
        };
        let mut options = TableOptions::default();
        self.collate(&mut options)?;
        Ok(Spec::Convert { charset, collation: options.collation })
    }

    /// Reads a spec about partitions, if one begins here.
    fn partition_spec(&mut self) -> Parse<Option<Spec>> {
        let action = if self.is(0, "PARTITION") && self.is(1, "BY") {
            self.skip_partitioning()?;
            Partitioning::By
        } else if self.accept_words(&["REMOVE", "PARTITIONING"]) {
            Partitioning::Remove
        } else if self.accept_words(&["TRUNCATE", "PARTITION"]) {
            self.partition_names()?;
            Partitioning::Truncate
        } else if self.accept_words(&["COALESCE", "PARTITION"]) {
            self.local();
            self.integer()?;
            Partitioning::Coalesce
        } else if self.accept_words(&["REORGANIZE", "PARTITION"]) {
            self.local();
            if !self.at_end() && !self.is_symbol(0, ',') {
                self.partition_names()?;
                self.expect("INTO")?;
                self.parenthesised()?;
            }
            Partitioning::Reorganize
        } else if self.accept_words(&["EXCHANGE", "PARTITION"]) {
            return self.exchange().map(Some);
        } else if self.accept_words(&["REBUILD", "PARTITION"]) {
            self.partition_names()?;
            Partitioning::Rebuild
        } else if self.is_any(0, &["ANALYZE", "CHECK", "OPTIMIZE", "REPAIR"]) && self.is(1, "PARTITION") {
            self.advance();
            self.advance();
            self.partition_names()?;
            self.skip_to_comma()?;
            Partitioning::Maintain
        } else {
            return Ok(None);
        };
        Ok(Some(Spec::Partitions(action)))
    }

    fn exchange(&mut self) -> Parse<Spec> {
        self.identifier()?;
        self.expect("WITH")?;
        self.expect("TABLE")?;
        let with = self.table_name(NameRole::Exchanged)?;
        if self.accept_any(&["WITH", "WITHOUT"]).is_some() {
            self.expect("VALIDATION")?;
        }
        Ok(Spec::ExchangePartition { with })
    }

    fn local(&mut self) {
        self.accept_any(&["NO_WRITE_TO_BINLOG", "LOCAL"]);
    }

    /// Passes the names of partitions, or ALL.
    fn partition_names(&mut self) -> Parse<()> {
        self.local();
        self.identifier()?;
        while self.is_symbol(0, ',') {
            self.advance();
            self.identifier()?;
        }
        Ok(())
    }

    /// Passes all up to the next comma or the end.
    fn skip_to_comma(&mut self) -> Parse<()> {
        while !self.at_end() && !self.is_symbol(0, ',') {
            self.skip_one()?;
        }
        Ok(())
    }

    fn rare_spec(&mut self) -> Parse<Spec> {
        if self.accept_any(&["DISABLE", "ENABLE"]).is_some() {
            self.expect("KEYS")?;
            return Ok(Spec::Nothing);
        }
        if self.accept_any(&["DISCARD", "IMPORT"]).is_some() {
            if self.accept("PARTITION") {
                self.partition_names()?;
            }
            self.expect("TABLESPACE")?;
            return Ok(Spec::Tablespace);
        }
        if self.accept("FORCE") || self.accept_any(&["SECONDARY_LOAD", "SECONDARY_UNLOAD"]).is_some() {
            return Ok(Spec::Nothing);
        }
        if self.is_any(0, &["WITH", "WITHOUT"]) && self.is(1, "VALIDATION") {
            self.advance();
            self.advance();
            return Ok(Spec::Nothing);
        }
        if self.accept_words(&["ORDER", "BY"]) {
            self.order()?;
            return Ok(Spec::Nothing);
        }
        if !self.begins_table_option(0) {
            return Err(self.error("a spec of ALTER TABLE expected"));
        }
        let mut options = TableOptions::default();
        while self.begins_table_option(0) {
            self.table_option(&mut options)?;
        }
        Ok(match (options.system_versioning, options.sequence) {
            (true, _) => Spec::Untracked("the table has system versioning"),
            (_, true) => Spec::Untracked("the table is a sequence"),
            _ => Spec::Options(options),
        })
    }

    /// Passes the columns of ORDER BY, whose commas look like those between specs.
    fn order(&mut self) -> Parse<()> {
        loop {
            self.identifier()?;
            while self.accept_symbol('.') {
                self.identifier()?;
            }
            self.accept_any(&["ASC", "DESC"]);
            let is_column = |at: usize| {
                self.peek(at).is_some_and(|token| self.as_identifier(token).is_some())
                    && (self.peek(at + 1).is_none()
                        || self.is_symbol(at + 1, ',')
                        || self.is_symbol(at + 1, ';')
                        || self.is_symbol(at + 1, '.')
                        || self.is_any(at + 1, &["ASC", "DESC"]))
            };
            if !self.is_symbol(0, ',') || !is_column(1) || self.is(1, "FORCE") {
                return Ok(());
            }
            self.advance();
        }
    }
}
