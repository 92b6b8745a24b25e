//! What a table looks like to the server: its definition and its ids.

use super::intent::Step;
use crate::statement::quoted;
use mysql_async::{Conn, Row, prelude::Queryable};
use serde::{Deserialize, Serialize};
use tidegate_model::TableName;
use tidegate_mysql_connection::{
    Flavor, Version,
    error::{explain, server_code},
};
use tidegate_plugin::Result;

/// A table or schema at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Observed {
    /// Which.
    pub(crate) name: TableName,
    /// Its definition; `None` if it does not exist.
    pub(crate) definition: Option<String>,
    /// The ids of the table and its partitions, where the server tells them.
    pub(crate) ids: Option<Vec<u64>>,
}

const NO_SUCH_SCHEMA: u16 = 1049;
const NO_SUCH_TABLE: u16 = 1146;

/// Looks at everything that a statement is about.
///
/// # Errors
/// If the connection fails.
pub(crate) async fn observe(conn: &mut Conn, step: &Step, version: Version) -> Result<Vec<Observed>> {
    let mut observed: Vec<Observed> = Vec::new();
    for (name, _) in &step.tables {
        if observed.iter().all(|known| known.name != *name) {
            observed.push(look(conn, name, version).await?);
        }
    }
    Ok(observed)
}

/// Looks at one table or schema.
///
/// # Errors
/// If the connection fails.
pub(crate) async fn look(conn: &mut Conn, name: &TableName, version: Version) -> Result<Observed> {
    let what = if name.is_schema() { "DATABASE" } else { "TABLE" };
    let shown: Result<Option<Row>, _> =
        conn.query_first(format!("SHOW CREATE {what} {}", name.quoted())).await;
    let definition = match shown {
        Ok(row) => row.and_then(|mut row| row.take_opt::<String, _>(1)).and_then(Result::ok),
        Err(error) if matches!(server_code(&error), Some(NO_SUCH_SCHEMA | NO_SUCH_TABLE)) => None,
        Err(error) => return Err(explain(&error, "a table of a DDL cannot be looked at").at(name)),
    };
    let definition = definition.map(|text| without_counter(&text));
    let ids = if definition.is_some() { ids(conn, name, version).await } else { Some(Vec::new()) };
    Ok(Observed { name: name.clone(), definition, ids })
}

/// Ids that change whenever a table is made anew; `None` if the server does not tell (the PROCESS privilege is missing).
async fn ids(conn: &mut Conn, name: &TableName, version: Version) -> Option<Vec<u64>> {
    let query = match version.flavor {
        Flavor::TiDb => format!(
            "SELECT TIDB_TABLE_ID FROM information_schema.TABLES WHERE TABLE_SCHEMA = {0} AND TABLE_NAME = {1} \
             UNION ALL SELECT TIDB_PARTITION_ID FROM information_schema.PARTITIONS \
             WHERE TABLE_SCHEMA = {0} AND TABLE_NAME = {1} AND TIDB_PARTITION_ID IS NOT NULL",
            quoted(&*name.schema),
            quoted(&*name.table)
        ),
        Flavor::MySql | Flavor::MariaDb => {
            let table = if version.at_least(Flavor::MySql, (8, 0, 0)) {
                "INNODB_TABLES"
            } else {
                "INNODB_SYS_TABLES"
            };
            let file = format!("{}/{}", file_name(&name.schema)?, file_name(&name.table)?);
            format!(
                "SELECT TABLE_ID FROM information_schema.{table} WHERE NAME = {} \
                 OR LEFT(NAME, {}) IN ({}, {}) ORDER BY NAME",
                quoted(&file),
                file.chars().count() + 3,
                quoted(format!("{file}#p#")),
                quoted(format!("{file}#P#"))
            )
        }
    };
    // A table that exists has an id: none found means that the server did not tell.
    conn.query(query).await.ok().filter(|ids: &Vec<u64>| !ids.is_empty())
}

/// A name as InnoDB keeps it: all but ASCII letters, digits and `_` encoded. `None` beyond ASCII, where it takes a table.
fn file_name(name: &str) -> Option<String> {
    let mut encoded = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '_' | '0'..='9' | 'A'..='Z' | 'a'..='z' => encoded.push(c),
            _ if c.is_ascii() => encoded.push_str(&format!("@{:04x}", u32::from(c))),
            _ => return None,
        }
    }
    Some(encoded)
}

/// A definition without the next AUTO_INCREMENT value, which rows move.
fn without_counter(definition: &str) -> String {
    let Some(at) = definition.rfind(" AUTO_INCREMENT=") else { return definition.to_owned() };
    let (before, rest) = definition.split_at(at);
    let rest = rest.trim_start_matches(" AUTO_INCREMENT=").trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{before}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_as_innodb_keeps_them() {
        assert_eq!(file_name("a_B9").as_deref(), Some("a_B9"));
        assert_eq!(file_name("a-b$ #").as_deref(), Some("a@002db@0024@0020@0023"));
        assert_eq!(file_name("Größe"), None);
    }

    #[test]
    fn the_counter_is_no_part_of_a_definition() {
        let text = "CREATE TABLE `t` (…) ENGINE=InnoDB AUTO_INCREMENT=17 DEFAULT CHARSET=utf8mb4";
        assert_eq!(without_counter(text), "CREATE TABLE `t` (…) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4");
    }
}
