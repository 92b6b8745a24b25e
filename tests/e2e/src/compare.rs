//! Compares the full contents of tables, value by value.

use anyhow::{Context, Result};
use tidegate_test_servers::{Kind, Server};

/// The character sets that a server may keep in another form (TiDB has latin1 in UTF-8); text in all others is compared
/// as its bytes, be they well-formed or not.
const TRANSCODED: &str = "'latin1', 'gbk'";

/// A row that stands on one side only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table, under its source name.
    pub table: String,
    /// Whether the row stands at the source (and is missing at the target) or the other way round.
    pub at_source: bool,
    /// Its values, in hexadecimal.
    pub row: String,
}

/// Fails the test unless every listed table has the same rows on both sides; a table is `schema.table`, or
/// `source.table => target.table`.
///
/// # Panics
/// If the contents differ or cannot be read.
#[expect(clippy::panic, reason = "for tests")]
pub fn assert_equal(source: &Server, target: &Server, tables: &[&str]) {
    match differences(source, target, tables) {
        Ok(differences) if differences.is_empty() => {}
        Ok(differences) => {
            let shown: Vec<String> = differences.iter().take(20).map(|d| format!("{d:?}")).collect();
            panic!("{} rows differ:\n{}", differences.len(), shown.join("\n"));
        }
        Err(error) => panic!("the contents cannot be compared: {error:#}"),
    }
}

/// Returns the rows that stand on one side only, duplicates counted.
///
/// # Errors
/// If a table cannot be read.
pub fn differences(source: &Server, target: &Server, tables: &[&str]) -> Result<Vec<Difference>> {
    let mut found = Vec::new();
    for pair in tables {
        let (from, to) = pair.split_once(" => ").unwrap_or((pair, pair));
        let mut left = contents(source, from).with_context(|| format!("reading {from} at the source"))?;
        let mut right = contents(target, to).with_context(|| format!("reading {to} at the target"))?;
        left.sort_unstable();
        right.sort_unstable();
        let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
        loop {
            let at_source = match (left.peek(), right.peek()) {
                (None, None) => break,
                (Some(one), Some(other)) if one == other => {
                    left.next();
                    right.next();
                    continue;
                }
                (Some(one), Some(other)) => one < other,
                (Some(_), None) => true,
                (None, Some(_)) => false,
            };
            let row = if at_source { left.next() } else { right.next() };
            found.push(Difference { table: from.to_owned(), at_source, row: row.unwrap_or_default() });
        }
    }
    Ok(found)
}

/// Returns the rows of a table, each as its values in hexadecimal (text in UTF-8, FLOAT and DOUBLE as their bits, ENUM also
/// as a number), in the order of the column names.
///
/// # Errors
/// If the table cannot be read.
pub fn contents(server: &Server, table: &str) -> Result<Vec<String>> {
    let (schema, name) = table.split_once('.').context("a table is written schema.table")?;
    let mut columns = server.client().rows(&format!(
        "SELECT COLUMN_NAME, IF(DATA_TYPE IN ('char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext') AND \
         CHARACTER_SET_NAME NOT IN ({TRANSCODED}), 'bytes', DATA_TYPE) FROM information_schema.columns WHERE TABLE_SCHEMA = '{schema}' AND TABLE_NAME = \
         '{}'",
        name.replace('\'', "''")
    ))?;
    anyhow::ensure!(!columns.is_empty(), "there is no table {table}");
    // Servers sort names differently.
    columns.sort_by_key(|column| column.first().map(|name| name.to_lowercase()));
    let expressions: Vec<String> = columns
        .iter()
        .filter_map(|column| Some(expression(server.kind(), column.first()?, column.get(1)?)))
        .collect();
    let query = format!(
        "SET time_zone = '+00:00'; SELECT CONCAT_WS(',', {}) FROM `{schema}`.`{}`",
        expressions.join(", "),
        name.replace('`', "``")
    );
    Ok(server.client().execute(&query)?.lines().map(with_bits).collect())
}

/// Replaces doubles by their bits: servers write the same number in different ways.
pub(crate) fn with_bits(row: &str) -> String {
    let value = |value: &str| match value.strip_prefix('~').map(str::parse::<f64>) {
        Some(Ok(number)) => format!("{:016x}", number.to_bits()),
        _ => value.to_owned(),
    };
    row.split(',').map(value).collect::<Vec<_>>().join(",")
}

pub(crate) fn expression(kind: Kind, column: &str, data_type: &str) -> String {
    let column = format!("`{}`", column.replace('`', "``"));
    let value = match data_type.to_lowercase().as_str() {
        "float" if kind == Kind::MariaDb => return number(&format!("CAST({column} AS DOUBLE)")),
        "float" => return number(&format!("{column} * 1e0")),
        "double" => return number(&column),
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => {
            format!("CONVERT({column} USING utf8mb4)")
        }
        "set" => format!("CONVERT({column} USING utf8mb4)"),
        "enum" => format!("CONCAT(CONVERT({column} USING utf8mb4), '#', CAST({column} AS UNSIGNED))"),
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => format!("CONCAT({column} + 0)"),
        "vector" => column,
        // TiDB takes the length of CAST(… AS BINARY) for that of the text, and cuts off what HEX makes of it.
        "bytes" if kind == Kind::TiDb => column,
        "bytes" => format!("CAST({column} AS BINARY)"),
        "bit" => format!("CONCAT(CAST({column} AS UNSIGNED))"),
        // Servers write the exponents of doubles differently.
        "json" => format!("REPLACE(CAST({column} AS CHAR), 'e+', 'e')"),
        _ => format!("CONCAT({column})"),
    };
    format!("IFNULL(HEX({value}), 'NULL')")
}

fn number(value: &str) -> String {
    format!("IFNULL(CONCAT('~', {value}), 'NULL')")
}
