//! The beginnings of CREATE, DROP, RENAME and TRUNCATE, and all of the latter three.
//!
//! Source: MySQL manual, "DROP TABLE Statement", "RENAME TABLE Statement", "TRUNCATE TABLE Statement", "CREATE INDEX
//! Statement", "DROP INDEX Statement".

use super::parser::{Parse, Parser};
use crate::{CreateIndex, KeyDefinitionKind, OtherObject, Parsed, StatementKind};
use tidegate_model::{DdlEvent, NameRole};

impl Parser<'_> {
    pub(super) fn create(mut self) -> Parse<Parsed> {
        self.expect("CREATE")?;
        let or_replace = self.accept_words(&["OR", "REPLACE"]);
        self.accept_any(&["ONLINE", "OFFLINE"]);
        if self.accept("TABLE") {
            return self.created_table(or_replace);
        }
        if self.accept_any(&["DATABASE", "SCHEMA"]).is_some() {
            return self.created_schema(or_replace);
        }
        if let Some(kind) = self.index_head() {
            return self.created_index(kind, or_replace);
        }
        if self.is(0, "TEMPORARY") {
            return Ok(self.temporary());
        }
        Ok(self.other_object())
    }

    pub(super) fn drop(mut self) -> Parse<Parsed> {
        self.expect("DROP")?;
        self.accept_any(&["ONLINE", "OFFLINE"]);
        if self.accept_any(&["TABLE", "TABLES"]).is_some() {
            return self.dropped_tables();
        }
        if self.accept_any(&["DATABASE", "SCHEMA"]).is_some() {
            return self.dropped_schema();
        }
        if self.accept("INDEX") {
            return self.dropped_index();
        }
        if self.is(0, "TEMPORARY") {
            return Ok(self.temporary());
        }
        Ok(self.other_object())
    }

    fn temporary(&self) -> Parsed {
        Parsed::Ignored(if self.is(1, "SEQUENCE") {
            OtherObject::Sequence
        } else {
            OtherObject::TemporaryTable
        })
    }

    fn dropped_tables(mut self) -> Parse<Parsed> {
        let if_exists = self.if_exists();
        let mut tables = Vec::new();
        loop {
            let from = self.position();
            let table = self.table_name(NameRole::Subject)?;
            self.element(from, DdlEvent::DropTable, table.clone(), None);
            tables.push(table);
            if !self.accept_symbol(',') {
                break;
            }
        }
        self.wait()?;
        self.accept_any(&["RESTRICT", "CASCADE"]);
        self.finish(StatementKind::DropTable { tables, if_exists })
    }

    pub(super) fn rename(mut self) -> Parse<Parsed> {
        self.expect("RENAME")?;
        if self.accept_any(&["TABLE", "TABLES"]).is_none() {
            return Ok(self.other_object());
        }
        let if_exists = self.if_exists();
        let mut pairs = Vec::new();
        loop {
            let from = self.position();
            let old = self.table_name(NameRole::Subject)?;
            self.wait()?;
            self.expect("TO")?;
            let new = self.table_name(NameRole::NewName)?;
            self.element(from, DdlEvent::RenameTable, old.clone(), Some(new.clone()));
            pairs.push((old, new));
            if !self.accept_symbol(',') {
                break;
            }
        }
        self.finish(StatementKind::RenameTable { pairs, if_exists })
    }

    pub(super) fn truncate(mut self) -> Parse<Parsed> {
        self.expect("TRUNCATE")?;
        self.accept("TABLE");
        let table = self.table_name(NameRole::Subject)?;
        self.wait()?;
        self.element(0, DdlEvent::TruncateTable, table.clone(), None);
        self.finish(StatementKind::TruncateTable(table))
    }

    /// Passes what comes between CREATE and the name of an index.
    fn index_head(&mut self) -> Option<KeyDefinitionKind> {
        use KeyDefinitionKind::{Fulltext, Index, Spatial, Unique, Vector};
        let heads = [("UNIQUE", Unique), ("FULLTEXT", Fulltext), ("SPATIAL", Spatial), ("VECTOR", Vector)];
        if self.accept("INDEX") {
            return Some(Index);
        }
        let found = heads.into_iter().find(|(word, _)| self.is(0, word) && self.is(1, "INDEX"));
        let (_, kind) = found?;
        self.advance();
        self.advance();
        Some(kind)
    }

    fn created_index(mut self, kind: KeyDefinitionKind, or_replace: bool) -> Parse<Parsed> {
        let if_not_exists = self.if_not_exists();
        let name = Some(self.identifier()?);
        self.index_type()?;
        self.expect("ON")?;
        let table = self.table_name(NameRole::Subject)?;
        let parts = self.key_parts()?;
        self.wait()?;
        self.index_options()?;
        self.algorithm_and_lock()?;
        let key = crate::KeyDefinition { kind, name, parts, if_not_exists };
        self.element(0, DdlEvent::CreateIndex, table.clone(), None);
        self.cuttable = false;
        self.finish(StatementKind::CreateIndex(CreateIndex { table, key, or_replace }))
    }

    fn dropped_index(mut self) -> Parse<Parsed> {
        let if_exists = self.if_exists();
        let name = self.identifier()?;
        self.expect("ON")?;
        let table = self.table_name(NameRole::Subject)?;
        self.wait()?;
        self.algorithm_and_lock()?;
        self.element(0, DdlEvent::DropIndex, table.clone(), None);
        self.cuttable = false;
        self.finish(StatementKind::DropIndex { table, name, if_exists })
    }

    fn algorithm_and_lock(&mut self) -> Parse<()> {
        while self.accept_any(&["ALGORITHM", "LOCK"]).is_some() {
            self.accept_symbol('=');
            self.identifier()?;
        }
        Ok(())
    }

    /// Passes MariaDB's WAIT n and NOWAIT.
    pub(super) fn wait(&mut self) -> Parse<()> {
        if self.accept("WAIT") {
            self.skip_one()?;
        } else {
            self.accept("NOWAIT");
        }
        Ok(())
    }
}
