//! A table for each type with its edge values, and the statements that insert, change and delete every one of them.

mod cases;
mod shapes;
mod temporal;
mod text;

pub(crate) use shapes::{Shape, shapes_on};

use std::fmt::Write as _;
use tidegate_test_servers::Kind;

/// The schema of all tables of the corpus.
pub(crate) const SCHEMA: &str = "corpus";

/// A column type and the values to carry through it; NULL is added to every list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    /// The name of its table.
    pub(crate) name: &'static str,
    /// The type of its column `v`, as in CREATE TABLE.
    definition: &'static str,
    /// SQL expressions, at least one.
    values: &'static [&'static str],
    /// The servers that have no such type or cannot hold one of the values.
    lacking: &'static [Kind],
    /// Whether some value is one that the strict sql_mode refuses.
    loose: bool,
}

/// A step of the life of the corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Creates the table and inserts each value.
    Insert,
    /// Changes each value into the next one.
    Update,
    /// Deletes every second row.
    DeleteHalf,
    /// Deletes what is left, row by row.
    DeleteRest,
}

impl Step {
    /// All steps in their order.
    pub(crate) const ALL: [Self; 4] = [Self::Insert, Self::Update, Self::DeleteHalf, Self::DeleteRest];
}

const fn case(name: &'static str, definition: &'static str, values: &'static [&'static str]) -> Case {
    Case { name, definition, values, lacking: &[], loose: false }
}

impl Case {
    const fn not_on(self, lacking: &'static [Kind]) -> Self {
        Self { lacking, ..self }
    }

    const fn loose(self) -> Self {
        Self { loose: true, ..self }
    }

    /// Returns the statements of a step for the table with a key.
    pub(crate) fn keyed(&self, step: Step) -> String {
        let table = self.keyed_table();
        let mut sql = self.session();
        let values = || self.values.iter().chain(&["NULL"]).enumerate();
        match step {
            Step::Insert => {
                let _ = writeln!(sql, "CREATE TABLE {table} (id INT PRIMARY KEY, v {});", self.definition);
                let rows: Vec<String> = values().map(|(id, value)| format!("({id}, {value})")).collect();
                let _ = writeln!(sql, "INSERT INTO {table} VALUES {};", rows.join(", "));
            }
            Step::Update => {
                for ((id, _), value) in values().zip(self.following()) {
                    let _ = writeln!(sql, "UPDATE {table} SET v = {value} WHERE id = {id};");
                }
            }
            Step::DeleteHalf => {
                let _ = writeln!(sql, "DELETE FROM {table} WHERE id % 2 = 0;");
            }
            Step::DeleteRest => {
                let _ = writeln!(sql, "DELETE FROM {table};");
            }
        }
        sql + "COMMIT;\n"
    }

    /// Returns the statements of a step for the table without a key, in which each row stands twice.
    pub(crate) fn keyless(&self, step: Step) -> String {
        let table = self.keyless_table();
        let mut sql = self.session();
        let values = || self.values.iter().chain(&["NULL"]).enumerate();
        match step {
            Step::Insert => {
                let _ = writeln!(sql, "CREATE TABLE {table} (id INT, v {});", self.definition);
                for (id, value) in values() {
                    let _ = writeln!(sql, "INSERT INTO {table} VALUES ({id}, {value}), ({id}, {value});");
                }
            }
            Step::Update => {
                for ((id, _), value) in values().zip(self.following()) {
                    let _ = writeln!(sql, "UPDATE {table} SET v = {value} WHERE id = {id} LIMIT 1;");
                }
            }
            Step::DeleteHalf => {
                for (id, _) in values() {
                    let _ = writeln!(sql, "DELETE FROM {table} WHERE id = {id} LIMIT 1;");
                }
            }
            Step::DeleteRest => {
                let _ = writeln!(sql, "DELETE FROM {table};");
            }
        }
        sql + "COMMIT;\n"
    }

    /// Returns `schema.table` of the table with a key.
    pub(crate) fn keyed_table(&self) -> String {
        format!("{SCHEMA}.{}", self.name)
    }

    /// Returns `schema.table` of the table without a key.
    pub(crate) fn keyless_table(&self) -> String {
        format!("{SCHEMA}.{}_keyless", self.name)
    }

    /// Returns the statements that create a table whose key is `v`, with the values that are distinct.
    pub(crate) fn as_key(&self) -> String {
        let (mut sql, table) = (self.session(), self.key_table());
        let _ =
            writeln!(sql, "CREATE TABLE {table} (n INT, v {} NOT NULL, PRIMARY KEY (v));", self.definition);
        for (n, value) in self.values.iter().enumerate() {
            let _ = writeln!(sql, "INSERT IGNORE INTO {table} VALUES ({n}, {value});");
        }
        sql + "COMMIT;\n"
    }

    /// Returns `schema.table` of the table whose key is `v`.
    pub(crate) fn key_table(&self) -> String {
        format!("{SCHEMA}.{}_key", self.name)
    }

    fn following(&self) -> impl Iterator<Item = &'static str> {
        let first = self.values.first().copied();
        self.values.iter().copied().skip(1).chain(["NULL"]).chain(first)
    }

    fn session(&self) -> String {
        let strict = if self.loose { "" } else { "STRICT_TRANS_TABLES," };
        let common = "NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION";
        let cut = "SET sql_mode = IF(VERSION() LIKE '%MariaDB%', @@sql_mode, CONCAT(@@sql_mode, ',TIME_TRUNCATE_FRACTIONAL'))";
        format!("SET time_zone = '+00:00', sql_mode = '{strict}{common}';\n{cut};\nBEGIN;\n")
    }
}

/// Returns the cases that all these servers have, the source first.
pub(crate) fn cases_on(servers: &[Kind]) -> Vec<Case> {
    let all = [cases::NUMBERS, cases::BINARY, cases::JSON, cases::OTHERS, temporal::CASES, text::CASES];
    let all = all.into_iter().flatten().copied();
    // MariaDB's JSON is text, which MySQL's JSON writes in a way of its own.
    let texts_as_documents = servers == [Kind::MariaDb, Kind::MySql];
    let all = all.filter(|case| !(texts_as_documents && case.name.starts_with("json_")));
    all.filter(|case| !case.lacking.iter().any(|lacking| servers.contains(lacking))).collect()
}

/// Returns the cases that only MariaDB has.
pub(crate) fn cases_of_mariadb() -> Vec<Case> {
    cases::MARIADB.to_vec()
}

/// The cases whose type can be a key as a whole.
const KEYS: &[&str] = &[
    "tinyint_s",
    "smallint_u",
    "mediumint_s",
    "int_s",
    "bigint_s",
    "bigint_u",
    "bit_9",
    "bit_64",
    "year_",
    "decimal_5_2",
    "decimal_38_19",
    "decimal_65_0",
    "decimal_65_30",
    "float_",
    "double_",
    "date_",
    "datetime_0",
    "datetime_6",
    "time_0",
    "time_6",
    "char_",
    "varchar_",
    "varchar_300",
    "varchar_bin",
    "varchar_nopad",
    "varchar_utf8mb3",
    "char_latin1",
    "varchar_latin1",
    "varchar_gbk",
    "char_sjis",
    "char_utf16",
    "binary_",
    "varbinary_",
    "enum_",
    "set_",
    "set_64",
];

/// Returns the cases whose type can be a key, and that all these servers have.
pub(crate) fn key_cases_on(servers: &[Kind]) -> Vec<Case> {
    cases_on(servers).into_iter().filter(|case| KEYS.contains(&case.name)).collect()
}

/// Returns the statement that creates the schema, with a collation that every server has.
pub(crate) fn create_schema() -> String {
    format!("CREATE DATABASE {SCHEMA} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;\n")
}
