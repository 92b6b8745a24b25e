//! Schema files: CREATE statements, as mysqldump writes them.

use super::SYSTEM_SCHEMAS;
use std::{path::Path, sync::Arc};
use tidegate_model::{SchemaChange, Session};
use tidegate_mysql_ddl::{Flavor, Parsed, Tracker, parse};
use tidegate_plugin::{ErrorKind, PluginError, Result};

/// Reads the text of a schema file; its path is relative to `folder`.
pub(crate) async fn read_schema_file(folder: &Path, file: &Path) -> Result<String> {
    tokio::fs::read_to_string(folder.join(file)).await.map_err(|error| {
        let message = format!("cannot read `schema-file` {}: {error}", file.display());
        PluginError::new(ErrorKind::Input, message)
    })
}

/// Reads the statements of a schema file: CREATE SCHEMA, USE, and CREATE, ALTER, DROP TABLE; others are passed over.
pub(super) fn read(sql: &str, flavor: Flavor) -> Result<Vec<SchemaChange>> {
    let mut tracker = Tracker::new(flavor);
    tracker.set_knows_all(true);
    let mut session = Session::default();
    for (line, statement) in statements(sql) {
        if let Some(schema) = used(&statement) {
            session.default_schema = Some(schema);
            continue;
        }
        match parse(&statement, &session, flavor) {
            Ok(Parsed::Ddl(definition)) => {
                tracker.apply(&definition, &session);
            }
            Ok(_) => {}
            Err(error) => {
                return Err(PluginError::new(
                    ErrorKind::Input,
                    format!("a statement of the schema file cannot be read: {error}"),
                )
                .at(format_args!("line {line} of `schema-file`")));
            }
        }
    }
    let is_own = |change: &SchemaChange| match change {
        SchemaChange::Table { name, .. } => !SYSTEM_SCHEMAS.contains(&&*name.schema),
        SchemaChange::Schema { name, .. } => !SYSTEM_SCHEMAS.contains(&&**name),
    };
    Ok(tracker.snapshot().into_iter().filter(is_own).collect())
}

/// Returns the schema of a USE statement.
fn used(statement: &str) -> Option<Arc<str>> {
    let (word, rest) = statement.trim().split_once(char::is_whitespace)?;
    if !word.eq_ignore_ascii_case("USE") {
        return None;
    }
    let name = rest.trim();
    let quoted = name.strip_prefix('`').and_then(|name| name.strip_suffix('`'));
    Some(quoted.map_or_else(|| name.into(), |name| name.replace("``", "`").into()))
}

/// Splits at semicolons that stand in no quotes and no comment; each statement with its first line.
fn statements(sql: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut statement = String::new();
    let (mut line, mut first) = (1, 1);
    let mut characters = sql.chars().peekable();
    while let Some(character) = characters.next() {
        if statement.trim().is_empty() {
            first = line;
        }
        line += usize::from(character == '\n');
        match character {
            ';' => {
                if !statement.trim().is_empty() {
                    found.push((first, std::mem::take(&mut statement)));
                }
                statement.clear();
                continue;
            }
            '\'' | '"' | '`' => {
                statement.push(character);
                while let Some(inner) = characters.next() {
                    line += usize::from(inner == '\n');
                    statement.push(inner);
                    if inner == '\\' && character != '`' {
                        statement.extend(characters.next());
                    } else if inner == character {
                        break;
                    }
                }
                continue;
            }
            '-' if characters.peek() == Some(&'-') => skip_line(&mut characters, &mut statement),
            '#' => skip_line(&mut characters, &mut statement),
            '/' if characters.peek() == Some(&'*') => {
                statement.push(character);
                let mut last = ' ';
                for inner in characters.by_ref() {
                    line += usize::from(inner == '\n');
                    statement.push(inner);
                    if last == '*' && inner == '/' {
                        break;
                    }
                    last = inner;
                }
            }
            other => statement.push(other),
        }
    }
    if !statement.trim().is_empty() {
        found.push((first, statement));
    }
    found
}

/// Leaves out a comment up to the end of its line.
fn skip_line(characters: &mut std::iter::Peekable<std::str::Chars<'_>>, statement: &mut String) {
    while characters.next_if(|character| *character != '\n').is_some() {}
    statement.push(' ');
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_model::{TableName, TableState};

    #[test]
    fn a_dump_gives_its_tables() {
        let sql = "-- a dump; with semicolons\n/*!40000 SET NAMES utf8mb4 */;\nCREATE DATABASE `shop`;\nUSE `shop`;\n\
                   DROP TABLE IF EXISTS `o;1`;\nCREATE TABLE `o;1` (\n  id INT PRIMARY KEY, # the ; key\n  s VARCHAR(9) DEFAULT 'a;''b'\n);\n";
        let changes = read(sql, Flavor::mysql(80036)).unwrap();
        let name = TableName::new("shop", "o;1");
        assert!(changes.iter().any(|change| matches!(
            change,
            SchemaChange::Table { name: own, state: TableState::Known(schema) } if *own == name && schema.columns.len() == 2
        )));
    }

    #[test]
    fn a_statement_that_cannot_be_read_is_told_with_its_line() {
        let error =
            read("CREATE DATABASE a;\n\nCREATE TABLE a.t (id INT,,);", Flavor::mysql(80036)).unwrap_err();
        assert_eq!(error.place.as_deref(), Some("line 3 of `schema-file`"));
    }
}
