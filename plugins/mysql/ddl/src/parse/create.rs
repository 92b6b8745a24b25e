//! CREATE TABLE.
//!
//! Source: MySQL manual, "CREATE TABLE Statement"; MariaDB manual, "CREATE TABLE".

use super::parser::{Parse, Parser};
use crate::{CreateTable, Parsed, StatementKind, TableOptions};
use tidegate_model::{DdlEvent, NameRole};

/// The words that begin the query of CREATE TABLE … SELECT.
const QUERY: &[&str] = &["AS", "SELECT", "WITH", "VALUES", "TABLE", "IGNORE", "REPLACE"];

impl Parser<'_> {
    /// Reads what follows `CREATE [OR REPLACE] TABLE`.
    pub(super) fn create_table(&mut self, or_replace: bool) -> Parse<CreateTable> {
        let if_not_exists = self.if_not_exists();
        let mut create = CreateTable {
            table: self.table_name(NameRole::Subject)?,
            or_replace,
            if_not_exists,
            like: None,
            as_select: false,
            columns: Vec::new(),
            constraints: Vec::new(),
            options: TableOptions::default(),
            checks: false,
            partitioned: false,
            options_at: None,
            untracked: None,
        };
        if self.accept("LIKE") {
            create.like = Some(self.table_name(NameRole::Model)?);
            return Ok(create);
        }
        if self.is_symbol(0, '(') && self.is(1, "LIKE") {
            self.advance();
            self.advance();
            create.like = Some(self.table_name(NameRole::Model)?);
            self.expect_symbol(')')?;
            return Ok(create);
        }
        if self.is_symbol(0, '(') && !self.begins_query(1) {
            self.advance();
            self.table_elements(&mut create)?;
        }
        create.options_at = Some(self.offset_behind());
        self.table_options(&mut create.options)?;
        create.options_at = Some(self.offset_behind());
        if self.is_any(0, &["PARTITION"]) {
            create.partitioned = true;
            self.skip_partitioning()?;
        }
        self.rows_from_query(&mut create)?;
        if create.options.system_versioning {
            create.untracked = Some("the table has system versioning");
        }
        if create.options.sequence {
            create.untracked = Some(crate::SEQUENCE);
        }
        Ok(create)
    }

    pub(super) fn created_table(mut self, or_replace: bool) -> Parse<Parsed> {
        let create = self.create_table(or_replace)?;
        self.element(0, DdlEvent::CreateTable, create.table.clone(), None);
        self.cuttable = false;
        self.finish(StatementKind::CreateTable(create))
    }

    fn table_elements(&mut self, create: &mut CreateTable) -> Parse<()> {
        loop {
            if self.is_check() {
                self.check()?;
                create.checks = true;
            } else if self.accept_words(&["PERIOD", "FOR"]) {
                self.identifier()?;
                self.parenthesised()?;
                create.untracked = Some("the table has a period");
            } else if let Some(constraint) = self.constraint()? {
                create.constraints.push(constraint);
            } else {
                let column = self.column_definition(&mut create.constraints)?;
                create.untracked = create.untracked.or(column.untracked);
                create.columns.push(column);
            }
            if !self.accept_symbol(',') {
                return self.expect_symbol(')');
            }
        }
    }

    fn begins_query(&self, ahead: usize) -> bool {
        self.is_any(ahead, &["SELECT", "WITH", "VALUES", "TABLE"]) || self.is_symbol(ahead, '(')
    }

    /// Passes PARTITION BY up to its end or a query.
    pub(super) fn skip_partitioning(&mut self) -> Parse<()> {
        self.expect("PARTITION")?;
        self.expect("BY")?;
        let ends = |parser: &Self| {
            parser.at_end()
                || parser.is_any(0, QUERY)
                || parser.is_symbol(0, '(') && parser.is(1, "SELECT")
                || parser.is(0, "START") && parser.is(1, "TRANSACTION")
        };
        while !ends(self) {
            self.skip_one()?;
        }
        Ok(())
    }

    /// Passes the query that fills the table, if there is one.
    fn rows_from_query(&mut self, create: &mut CreateTable) -> Parse<()> {
        // MySQL logs CREATE TABLE … SELECT as CREATE TABLE … START TRANSACTION.
        if self.accept_words(&["START", "TRANSACTION"]) {
            create.options.start_transaction = true;
        }
        if self.is_any(0, &["IGNORE", "REPLACE"]) {
            self.advance();
        }
        self.accept("AS");
        if self.begins_query(0) {
            create.as_select = true;
            self.query()?;
        }
        Ok(())
    }

    /// Passes a query to the end of the statement, noting the tables after FROM and JOIN.
    fn query(&mut self) -> Parse<()> {
        let mut in_from = false;
        while !self.at_end() {
            if self.is_any(0, &["FROM", "JOIN", "STRAIGHT_JOIN"]) {
                in_from = true;
                self.advance();
                self.read_table()?;
            } else if in_from && self.accept_symbol(',') {
                self.read_table()?;
            } else if self
                .is_any(0, &["WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "ON", "USING", "UNION", "SELECT"])
            {
                in_from = self.is_any(0, &["ON", "USING"]);
                self.advance();
            } else {
                self.advance();
            }
        }
        Ok(())
    }

    fn read_table(&mut self) -> Parse<()> {
        let is_name = self.peek(0).is_some_and(|token| self.as_identifier(token).is_some());
        if is_name && !self.is(0, "DUAL") && !self.is_symbol(1, '(') {
            self.table_name(NameRole::Read)?;
        }
        Ok(())
    }
}
