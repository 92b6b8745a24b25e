//! Random histories: statements that schemas and rows of many tables go through, the same for the same seed.
//!
//! Statements that the source refuses are part of a history: duplicate keys, tables that are gone. They are not logged.

mod ddl;
mod dml;
mod random;

pub use random::Random;

use dml::Row;

/// The schemas of a history.
const SCHEMAS: [&str; 2] = ["h0", "h1"];

/// How many tables a history has at most.
const TABLES_MAX: usize = 14;

/// Writes statements.
#[derive(Debug)]
pub struct History {
    random: Random,
    tables: Vec<Table>,
    /// How many columns, tables and indexes were named so far.
    named: u32,
    with_ddl: bool,
    swaps_across: bool,
}

/// A table as the history believes it to be.
#[derive(Debug, Clone)]
struct Table {
    name: String,
    shape: Shape,
    /// Columns that ALTERs added, with what they hold.
    extra: Vec<(String, Kind)>,
    /// Indexes that ALTERs added.
    indexes: Vec<String>,
}

/// Which keys a table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A primary key and a unique key that may be NULL.
    Plain,
    /// A primary key of two columns, and two further unique keys.
    Composite,
    /// No key.
    Keyless,
    /// A unique key that may be NULL, and no other.
    Nullable,
    /// A unique key over text, without regard to case.
    Text,
}

/// What an added column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Int,
    Unsigned,
    Text,
    Decimal,
    Moment,
    Bytes,
    Double,
}

impl History {
    /// Begins a history.
    pub const fn new(seed: u64) -> Self {
        Self { random: Random::new(seed), tables: Vec::new(), named: 0, with_ddl: true, swaps_across: true }
    }

    /// Leaves out schema changes behind the first ones: for writers beside others.
    #[must_use]
    pub const fn without_ddl(mut self) -> Self {
        self.with_ddl = false;
        self
    }

    /// Swaps only names of one schema: TiDB forgets, in a RENAME TABLE with several pairs over two schemas, which row ids
    /// it has given, and then refuses inserts into a table without a key.
    #[must_use]
    pub const fn without_swaps_across(mut self) -> Self {
        self.swaps_across = false;
        self
    }

    /// Goes on with other numbers: a writer of its own on the same tables.
    #[must_use]
    pub const fn continued(mut self, number: u64) -> Self {
        self.random = Random::new(number.wrapping_mul(0x2545_f491_4f6c_dd1d));
        self
    }

    /// Returns the statements that make the schemas and some tables.
    pub fn begin(&mut self) -> String {
        let mut sql: String =
            SCHEMAS.map(|schema| format!("CREATE DATABASE IF NOT EXISTS {schema} {CHARSET};\n")).concat();
        for _ in 0..6 {
            sql.push_str(&self.create());
        }
        sql
    }

    /// Returns the next `count` steps: transactions and schema changes.
    pub fn steps(&mut self, count: usize) -> String {
        (0..count).map(|_| self.step()).collect()
    }

    fn step(&mut self) -> String {
        if self.with_ddl && self.random.one_in(6) { self.schema_change() } else { self.transaction() }
    }

    fn transaction(&mut self) -> String {
        if self.random.one_in(3) {
            return self.change();
        }
        let mut sql = String::from("BEGIN;\n");
        for _ in 0..self.random.below(6) + 1 {
            if self.random.one_in(12) {
                let undone = self.change();
                sql.push_str(&format!("SAVEPOINT s;\n{undone}ROLLBACK TO s;\n"));
            } else {
                sql.push_str(&self.change());
            }
        }
        sql.push_str(if self.random.one_in(8) { "ROLLBACK;\n" } else { "COMMIT;\n" });
        sql
    }

    fn change(&mut self) -> String {
        let Some(table) = self.random.pick(&self.tables).cloned() else { return String::new() };
        let row = Row { table: &table, random: &mut self.random };
        row.statement()
    }

    fn name(&mut self, prefix: &str) -> String {
        self.named += 1;
        format!("{prefix}{}", self.named)
    }
}

/// A collation that all targets know.
const CHARSET: &str = "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci";
