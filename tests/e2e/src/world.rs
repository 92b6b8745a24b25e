//! Everything that users have on a server: schemas, tables, definitions and rows.

use crate::compare::{expression, with_bits};
use anyhow::{Context, Result};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};
use tidegate_test_servers::{Kind, Server};

/// Schemas that come with a server, or are Tidegate's own.
const NOT_OF_USERS: &str =
    "'mysql','sys','information_schema','performance_schema','metrics_schema','test','tidegate'";

/// How many differences are shown.
const SHOWN_MAX: usize = 30;

/// How definitions are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Definitions {
    /// As `SHOW CREATE` writes them.
    Exact,
    /// By columns and indexes: two families of servers write them differently.
    Shape,
}

/// Fails the test unless both servers have the same schemas, the same tables with the same definitions, and the same
/// rows.
///
/// # Panics
/// If they differ or cannot be read.
#[expect(clippy::panic, reason = "for tests")]
pub fn assert_same(source: &Server, target: &Server) {
    match compare(source, target) {
        Ok(different) if different.is_empty() => {}
        Ok(different) => {
            let shown = different.iter().take(SHOWN_MAX).cloned().collect::<Vec<_>>().join("\n");
            panic!("{} differences:\n{shown}", different.len());
        }
        Err(error) => panic!("the servers cannot be compared: {error:#}"),
    }
}

/// Returns what is different between two servers, as text; nothing if they are equal.
///
/// # Errors
/// If one of them cannot be read.
pub fn compare(source: &Server, target: &Server) -> Result<Vec<String>> {
    let both_mysql = source.kind() == Kind::MySql && target.kind() == Kind::MySql;
    let how = if both_mysql { Definitions::Exact } else { Definitions::Shape };
    let (left, right) = (read(source, how)?, read(target, how)?);
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let mut different = Vec::new();
    for name in names {
        match (left.get(name), right.get(name)) {
            (Some(_), None) => different.push(format!("{name} is missing at the target")),
            (None, Some(_)) => different.push(format!("{name} stands at the target only")),
            (Some(left), Some(right)) => different.extend(compare_lines(name, left, right)),
            (None, None) => {}
        }
    }
    Ok(different)
}

/// Returns the schemas of users.
///
/// # Errors
/// If the server cannot be read.
pub fn schemas(server: &Server) -> Result<Vec<String>> {
    let rows = server.client().rows(&format!(
        "SELECT SCHEMA_NAME FROM information_schema.schemata WHERE LOWER(SCHEMA_NAME) NOT IN ({NOT_OF_USERS}) ORDER BY \
         SCHEMA_NAME"
    ))?;
    Ok(rows.into_iter().flatten().filter(|name| !name.is_empty()).collect())
}

fn compare_lines(name: &str, left: &[String], right: &[String]) -> Vec<String> {
    let count = |lines: &[String]| {
        let mut counts = BTreeMap::new();
        for line in lines {
            *counts.entry(line.clone()).or_insert(0_i64) += 1;
        }
        counts
    };
    let (mut counts, others) = (count(left), count(right));
    for (line, number) in others {
        *counts.entry(line).or_insert(0) -= number;
    }
    let unequal = counts.into_iter().filter(|(_, number)| *number != 0);
    unequal
        .map(|(line, number)| {
            let side = if number > 0 { "source" } else { "target" };
            format!("{name}: {} × at the {side} only: {line}", number.abs())
        })
        .collect()
}

/// Returns for each schema and table its definition and its rows, a line each.
fn read(server: &Server, how: Definitions) -> Result<BTreeMap<String, Vec<String>>> {
    let mut world = BTreeMap::new();
    for schema in schemas(server)? {
        world.insert(format!("schema `{schema}`"), definition_of_schema(server, &schema, how)?);
    }
    let mut columns = server.client().rows(&format!(
        "SELECT c.TABLE_SCHEMA, c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE FROM information_schema.columns c JOIN \
         information_schema.tables t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME WHERE \
         t.TABLE_TYPE = 'BASE TABLE' AND LOWER(c.TABLE_SCHEMA) NOT IN ({NOT_OF_USERS}) ORDER BY c.TABLE_SCHEMA, \
         c.TABLE_NAME"
    ))?;
    // Servers sort names differently.
    columns.sort_by_key(|column| column.iter().take(3).map(|name| name.to_lowercase()).collect::<Vec<_>>());
    let mut expressions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for column in &columns {
        let [schema, table, name, data_type] = column.as_slice() else { continue };
        let table = format!("{}.{}", quoted(schema), quoted(table));
        expressions.entry(table).or_default().push(expression(server.kind(), name, data_type));
    }
    let mut sql = String::from("SET time_zone = '+00:00';");
    for (table, expressions) in &expressions {
        let marker = table.replace('\'', "''").replace('\\', "\\\\");
        let _ = write!(
            sql,
            "SELECT '## {marker}';\nSELECT CONCAT_WS(',', {}) FROM {table};\n",
            expressions.join(", ")
        );
        if how == Definitions::Exact {
            let _ = writeln!(sql, "SHOW CREATE TABLE {table};");
        }
    }
    let mut current = None;
    for line in server.client().execute(&sql).context("reading all tables")?.lines() {
        match line.strip_prefix("## ") {
            Some(table) => {
                current = Some(table.to_owned());
                world.insert(table.to_owned(), Vec::new());
            }
            None => {
                let lines = current.as_ref().and_then(|table| world.get_mut(table));
                lines.context("rows without a table")?.push(normal(&with_bits(line)));
            }
        }
    }
    if how == Definitions::Shape {
        shapes(server, &mut world)?;
    }
    Ok(world)
}

fn definition_of_schema(server: &Server, schema: &str, how: Definitions) -> Result<Vec<String>> {
    if how == Definitions::Shape {
        return Ok(Vec::new());
    }
    let text = server.client().execute(&format!("SHOW CREATE DATABASE {}", quoted(schema)))?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// Adds columns and indexes in a form that is the same on all families of servers.
fn shapes(server: &Server, world: &mut BTreeMap<String, Vec<String>>) -> Result<()> {
    let columns = server.client().rows(&format!(
        "SELECT TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION, COLUMN_NAME, IS_NULLABLE, COLUMN_TYPE, IFNULL(CHARACTER_SET_NAME, \
         '-') FROM information_schema.columns WHERE LOWER(TABLE_SCHEMA) NOT IN ({NOT_OF_USERS})"
    ))?;
    let indexes = server.client().rows(&format!(
        "SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, NON_UNIQUE, SEQ_IN_INDEX, COLUMN_NAME FROM \
         information_schema.statistics WHERE LOWER(TABLE_SCHEMA) NOT IN ({NOT_OF_USERS})"
    ))?;
    for row in columns.iter().chain(&indexes) {
        let [schema, table, rest @ ..] = row.as_slice() else { continue };
        let Some(lines) = world.get_mut(&format!("{}.{}", quoted(schema), quoted(table))) else { continue };
        let shape: Vec<String> = rest.iter().map(|part| without_width(part)).collect();
        lines.push(shape.join(" "));
    }
    Ok(())
}

/// Takes out of a definition what says nothing of it: the counter, which also counts rows that were rolled back, and a
/// column's character set where its collation implies it, which is written if a statement named it.
fn normal(line: &str) -> String {
    let mut line = line.to_owned();
    if let Some((before, after)) = line.split_once(" AUTO_INCREMENT=") {
        line = format!("{before}{}", after.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    }
    let mut parts = line.split(" CHARACTER SET ");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(" COLLATE ") {
            Some((charset, collation)) if collation.starts_with(&format!("{charset}_")) => {
                kept.push_str(&format!(" COLLATE {collation}"));
            }
            _ => kept.push_str(&format!(" CHARACTER SET {part}")),
        }
    }
    kept
}

/// Takes out what only says how wide an integer is displayed, and MariaDB's other name of a character set.
fn without_width(part: &str) -> String {
    let part = part.to_lowercase().replace("utf8mb3", "utf8");
    for name in ["tinyint", "smallint", "mediumint", "int", "bigint", "year"] {
        if let Some(rest) = part.strip_prefix(name).and_then(|rest| rest.strip_prefix('('))
            && let Some((_, rest)) = rest.split_once(')')
        {
            return format!("{name}{rest}");
        }
    }
    part
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_nothing_is_taken_out() {
        for (line, kept) in [
            ("t ENGINE=InnoDB AUTO_INCREMENT=17 DEFAULT", "t ENGINE=InnoDB DEFAULT"),
            ("a text CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, b", "a text COLLATE utf8mb4_bin, b"),
            (
                "a text CHARACTER SET latin1, b text COLLATE utf8mb4_bin",
                "a text CHARACTER SET latin1, b text COLLATE utf8mb4_bin",
            ),
            ("a text CHARACTER SET binary", "a text CHARACTER SET binary"),
        ] {
            assert_eq!(normal(line), kept);
        }
    }

    #[test]
    fn duplicates_count() {
        let lines = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(compare_lines("t", &lines("a b a"), &lines("b a a")).is_empty());
        assert_eq!(compare_lines("t", &lines("a a"), &lines("a")), ["t: 1 × at the source only: a"]);
    }
}
