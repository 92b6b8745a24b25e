//! What kind of statement a DDL is, and its text for the target: marked, so that it can be found again.

use super::intent::Intent;
use crate::state::SCHEMA;
use mysql_async::{Conn, prelude::Queryable};
use tidegate_model::{Session, TableName};
use tidegate_mysql_connection::{Flavor, Version, error::explain};
use tidegate_mysql_ddl::{Parsed, Partitioning, Spec, StatementKind, parse};
use tidegate_plugin::Result;

/// A kind of statement, as far as executing and deciding treat kinds differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// CREATE TABLE.
    Create {
        /// MariaDB's OR REPLACE.
        or_replace: bool,
    },
    /// DROP TABLE.
    DropTables,
    /// TRUNCATE TABLE.
    Truncate,
    /// RENAME TABLE.
    Rename,
    /// ALTER TABLE … EXCHANGE PARTITION.
    Exchange,
    /// What takes away or changes: another source's rows of the same target would suffer.
    Destructive,
    /// CREATE SCHEMA.
    CreateSchema {
        /// MariaDB's OR REPLACE.
        or_replace: bool,
    },
    /// ALTER SCHEMA.
    AlterSchema,
    /// DROP SCHEMA.
    DropSchema,
    /// Everything else: ALTER TABLE, CREATE INDEX.
    Alter,
    /// What the target would compute differently.
    Unsafe {
        /// Why.
        why: &'static str,
        /// Whether the statement also takes something away, as [`Act::Destructive`] does.
        destructive: bool,
    },
}

impl Act {
    /// Tells what kind of statement `sql` is.
    pub(crate) fn of(sql: &str, session: &Session, version: Version) -> Self {
        let Ok(Parsed::Ddl(definition)) = parse(sql, session, dialect(version)) else { return Self::Alter };
        match definition.kind {
            StatementKind::CreateTable(create) => Self::Create { or_replace: create.or_replace },
            StatementKind::DropTable { .. } => Self::DropTables,
            StatementKind::TruncateTable(_) => Self::Truncate,
            StatementKind::RenameTable { .. } => Self::Rename,
            StatementKind::AlterTable(alter) => Self::of_specs(&alter.specs),
            StatementKind::DropIndex { .. } | StatementKind::CreateIndex(_) => Self::Alter,
            StatementKind::CreateSchema(create) => Self::CreateSchema { or_replace: create.or_replace },
            StatementKind::AlterSchema { .. } => Self::AlterSchema,
            StatementKind::DropSchema { .. } => Self::DropSchema,
        }
    }

    fn of_specs(specs: &[Spec]) -> Self {
        let differs = specs.iter().any(|spec| match spec {
            Spec::AddColumns { columns, .. } => columns.iter().any(|column| column.back_fill_differs()),
            _ => false,
        });
        let destructive = |spec: &Spec| {
            matches!(
                spec,
                Spec::ChangeColumn { .. }
                    | Spec::RenameColumn { .. }
                    | Spec::DropColumn { .. }
                    | Spec::RenameTable { .. }
                    | Spec::Convert { .. }
                    | Spec::Tablespace
                    | Spec::Partitions(Partitioning::Drop | Partitioning::Truncate)
            )
        };
        let destructive = specs.iter().any(destructive);
        if differs {
            let why = "the statement adds a column whose values in existing rows the target would compute differently";
            Self::Unsafe { why, destructive }
        } else if specs.iter().any(|spec| matches!(spec, Spec::ExchangePartition { .. })) {
            Self::Exchange
        } else if destructive {
            Self::Destructive
        } else {
            Self::Alter
        }
    }

    /// Returns the kind's name for logs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Create { .. } => "create table",
            Self::DropTables => "drop table",
            Self::Truncate => "truncate table",
            Self::Rename => "rename table",
            Self::Exchange => "exchange partition",
            Self::Destructive | Self::Alter | Self::Unsafe { .. } => "alter table",
            Self::CreateSchema { .. } => "create schema",
            Self::AlterSchema => "alter schema",
            Self::DropSchema => "drop schema",
        }
    }

    /// Tells whether the statement takes something away that another source's rows may need.
    pub(crate) fn takes_away(self) -> bool {
        match self {
            Self::DropTables
            | Self::Truncate
            | Self::Rename
            | Self::Exchange
            | Self::Destructive
            | Self::DropSchema => true,
            Self::Create { or_replace } | Self::CreateSchema { or_replace } => or_replace,
            Self::Unsafe { destructive, .. } => destructive,
            Self::AlterSchema | Self::Alter => false,
        }
    }

    /// Makes what the statement's text refers to beside its own tables.
    ///
    /// # Errors
    /// If the connection fails.
    pub(crate) async fn prepare(self, conn: &mut Conn, intent: &Intent) -> Result<()> {
        if self != Self::Rename {
            return Ok(());
        }
        let (old, new) = marker_tables(intent);
        for statement in [
            format!("DROP TABLE IF EXISTS {}, {}", old.quoted(), new.quoted()),
            format!("CREATE TABLE {} (marker INT PRIMARY KEY)", old.quoted()),
        ] {
            conn.query_drop(statement)
                .await
                .map_err(|error| explain(&error, "the marker of a RENAME cannot be made"))?;
        }
        Ok(())
    }

    /// Returns the text for the target.
    pub(crate) fn text(self, sql: &str, intent: &Intent) -> String {
        let sql = sql.trim().trim_end_matches(';').trim_end();
        let sql = match self {
            Self::Create { .. } => without_transaction(sql).to_owned(),
            Self::DropTables | Self::DropSchema if intent.repeated => if_exists(sql),
            _ => sql.to_owned(),
        };
        let marked = mark(&sql, &intent.marker());
        if self == Self::Rename {
            let (old, new) = marker_tables(intent);
            return format!("{marked}\n, {} TO {}", old.quoted(), new.quoted());
        }
        marked
    }
}

/// The dialect in which a statement for the target is read.
pub(crate) fn dialect(version: Version) -> tidegate_mysql_ddl::Flavor {
    let (major, minor, patch) = version.number;
    let number = u32::from(major) * 10_000 + u32::from(minor) * 100 + u32::from(patch);
    match version.flavor {
        Flavor::MySql => tidegate_mysql_ddl::Flavor::mysql(number),
        Flavor::MariaDb => tidegate_mysql_ddl::Flavor::mariadb(number),
        Flavor::TiDb => tidegate_mysql_ddl::Flavor::tidb(80_011),
    }
}

/// The tables that a RENAME moves in the same statement.
pub(crate) fn marker_tables(intent: &Intent) -> (TableName, TableName) {
    let name =
        |what: &str| TableName::new(SCHEMA, format!("rename_{:016x}_{}_{what}", intent.nonce, intent.at));
    (name("from"), name("to"))
}

/// Removes what [`Act::prepare`] made. It does no harm if it stays.
pub(crate) async fn clean(conn: &mut Conn, intent: &Intent) {
    if intent.nonce == 0 {
        // There was no attempt yet.
        return;
    }
    for at in 0..intent.steps.len() {
        if intent.steps[at].sql.trim_start().get(..6).is_some_and(|word| word.eq_ignore_ascii_case("rename"))
        {
            let (old, new) = marker_tables(&Intent { at, ..intent.clone() });
            let statement = format!("DROP TABLE IF EXISTS {}, {}", old.quoted(), new.quoted());
            let _ = conn.query_drop(statement).await;
        }
    }
}

/// Puts a comment behind the first word, where every server keeps it with the statement.
fn mark(sql: &str, marker: &str) -> String {
    let end = sql.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(sql.len());
    if end == 0 {
        // It begins with a comment or a parenthesis; a line break ends a comment of the `--` kind.
        return format!("{sql}\n/* {marker} */");
    }
    let (word, rest) = sql.split_at(end);
    format!("{word} /* {marker} */{rest}")
}

/// What is dropped a second time may be gone.
fn if_exists(sql: &str) -> String {
    let lowered = sql.to_ascii_lowercase();
    let words = ["table", "schema", "database"];
    let end = words.iter().filter_map(|word| lowered.find(word).map(|at| at + word.len())).min();
    match end.and_then(|end| Some((sql.get(..end)?, sql.get(end..)?))) {
        Some((before, after)) if !after.trim_start().to_ascii_lowercase().starts_with("if ") => {
            format!("{before} IF EXISTS{}", after.strip_prefix(['s', 'S']).unwrap_or(after))
        }
        _ => sql.to_owned(),
    }
}

/// MySQL logs CREATE TABLE … SELECT as CREATE TABLE … START TRANSACTION; its rows follow by themselves.
fn without_transaction(sql: &str) -> &str {
    let lowered = sql.to_ascii_lowercase();
    let Some(before) = lowered.strip_suffix("transaction") else { return sql };
    match before.trim_end().strip_suffix("start") {
        Some(rest) => sql.get(..rest.len()).unwrap_or(sql).trim_end(),
        None => sql,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_marked_behind_its_first_word() {
        assert_eq!(mark("CREATE TABLE t (a INT)", "m"), "CREATE /* m */ TABLE t (a INT)");
        assert_eq!(mark("/*!40000 CREATE*/ TABLE t -- x", "m"), "/*!40000 CREATE*/ TABLE t -- x\n/* m */");
    }

    #[test]
    fn what_takes_something_away_is_known() {
        let version = |flavor| Version { flavor, number: (10, 11, 0) };
        let act = |sql: &str| Act::of(sql, &Session::default(), version(Flavor::MariaDb));
        for sql in [
            "DROP DATABASE d",
            "CREATE OR REPLACE DATABASE d",
            "CREATE OR REPLACE TABLE d.t (a INT)",
            "ALTER TABLE d.t ADD id INT UNIQUE AUTO_INCREMENT, DROP COLUMN a",
            "ALTER TABLE d.t MODIFY a BIGINT",
            "ALTER TABLE d.t CONVERT TO CHARACTER SET latin1",
        ] {
            assert!(act(sql).takes_away(), "{sql}");
        }
        for sql in [
            "CREATE DATABASE d",
            "CREATE TABLE d.t (a INT)",
            "ALTER TABLE d.t ADD id INT UNIQUE AUTO_INCREMENT",
            "ALTER DATABASE d CHARACTER SET latin1",
        ] {
            assert!(!act(sql).takes_away(), "{sql}");
        }
    }

    #[test]
    fn what_may_be_gone_is_dropped_if_it_exists() {
        assert_eq!(if_exists("DROP TABLE `s`.`table`, b"), "DROP TABLE IF EXISTS `s`.`table`, b");
        assert_eq!(if_exists("drop tables a"), "drop table IF EXISTS a");
        assert_eq!(if_exists("DROP DATABASE  if exists d"), "DROP DATABASE  if exists d");
    }

    #[test]
    fn a_table_made_by_a_query_is_made_without_its_transaction() {
        assert_eq!(
            without_transaction("CREATE TABLE t (a INT) START  TRANSACTION"),
            "CREATE TABLE t (a INT)"
        );
        assert_eq!(without_transaction("CREATE TABLE transaction"), "CREATE TABLE transaction");
    }
}
