//! Makes statements at random that fit what is there, so that most of them run.

use tidegate_model::{TableName, TableState};
use tidegate_mysql_ddl::{Flavor, Tracker};

pub(crate) struct Generator {
    state: u64,
    mariadb: bool,
}

const TYPES: &[&str] = &[
    "INT",
    "BIGINT UNSIGNED",
    "TINYINT(1)",
    "DECIMAL(8,3)",
    "DOUBLE",
    "VARCHAR(20)",
    "VARCHAR(20) CHARACTER SET latin1",
    "VARCHAR(10) COLLATE utf8mb4_bin",
    "CHAR(7) BINARY",
    "TEXT",
    "TEXT(70)",
    "TINYTEXT CHARACTER SET latin1",
    "MEDIUMBLOB",
    "VARBINARY(12)",
    "DATE",
    "DATETIME(3)",
    "TIMESTAMP NULL",
    "TIME",
    "YEAR",
    "BIT(9)",
    "ENUM('a','b','c')",
    "SET('x','y') CHARACTER SET utf8mb3",
    "NATIONAL VARCHAR(4)",
];

const CHARSETS: &[&str] =
    &["utf8mb4", "latin1", "utf8mb3 COLLATE utf8mb3_bin", "utf8mb4 COLLATE utf8mb4_unicode_ci"];

impl Generator {
    pub(crate) fn new(seed: u64, flavor: Flavor) -> Self {
        let mariadb = super::server_tables::is_mariadb(flavor);
        Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1, mariadb }
    }

    /// xorshift64*
    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn new_table(&mut self) -> String {
        let schema = if self.chance(20) { "x2." } else { "" };
        format!("{schema}t{}", self.below(6))
    }

    fn new_column(&mut self) -> String {
        format!("c{}", self.below(9))
    }

    pub(crate) fn next(&mut self, tracker: &Tracker) -> String {
        let known: Vec<TableName> = (0..6)
            .flat_map(|number| ["x", "x2"].map(|schema| TableName::new(schema, format!("t{number}"))))
            .filter(|name| matches!(tracker.table(name), Some(TableState::Known(_))))
            .collect();
        if tracker.collation_of("x2").is_none() {
            return format!("CREATE DATABASE x2 CHARACTER SET {}", self.pick(CHARSETS));
        }
        if known.len() < 3 || self.chance(8) {
            return self.create();
        }
        let table = known[self.below(known.len())].clone();
        match self.below(100) {
            0..=3 => format!("DROP TABLE {}", table.quoted()),
            4..=8 => format!("RENAME TABLE {} TO {}", table.quoted(), self.new_table()),
            9..=11 => {
                let other = known[self.below(known.len())].clone();
                let (a, b) = (table.quoted(), other.quoted());
                format!("RENAME TABLE {a} TO x.between, {b} TO {a}, x.between TO {b}")
            }
            12..=14 => format!("CREATE TABLE {} LIKE {}", self.new_table(), table.quoted()),
            15..=16 => format!("ALTER DATABASE x2 CHARACTER SET {}", self.pick(CHARSETS)),
            17 => "DROP DATABASE x2".to_owned(),
            18..=22 => {
                let column = self.column_of(tracker, &table);
                let unique = if self.chance(40) { "UNIQUE " } else { "" };
                format!("CREATE {unique}INDEX k{} ON {} ({column})", self.below(5), table.quoted())
            }
            _ => self.alter(tracker, &table),
        }
    }

    fn create(&mut self) -> String {
        let count = 2 + self.below(5);
        let mut parts: Vec<String> =
            (0..count).map(|number| format!("c{number} {}", self.definition())).collect();
        for _ in 0..self.below(3) {
            let column = format!("c{}", self.below(count));
            parts.push(self.key(&column));
        }
        if self.chance(30) {
            let column = format!("c{}", self.below(count));
            let parent = self.new_table();
            parts.push(format!("FOREIGN KEY ({column}) REFERENCES {parent} (c{})", self.below(3)));
        }
        let options =
            if self.chance(40) { format!(" CHARACTER SET {}", self.pick(CHARSETS)) } else { String::new() };
        let quiet = if self.chance(15) { "IF NOT EXISTS " } else { "" };
        let replace = if self.mariadb && self.chance(15) { "OR REPLACE " } else { "" };
        format!("CREATE {replace}TABLE {quiet}{} ({}){options}", self.new_table(), parts.join(", "))
    }

    fn definition(&mut self) -> String {
        let data_type = self.pick(TYPES);
        let mut text = data_type.to_owned();
        if self.chance(30) && !data_type.contains("TIMESTAMP") {
            text.push_str(" NOT NULL");
        }
        if self.chance(25) {
            text.push_str(match data_type {
                "INT" | "BIGINT UNSIGNED" | "DECIMAL(8,3)" | "DOUBLE" => " DEFAULT 7",
                "DATETIME(3)" => " DEFAULT CURRENT_TIMESTAMP(3)",
                "BIT(9)" => " DEFAULT b'11'",
                other if other.contains("CHAR") => " DEFAULT 'x'",
                _ => "",
            });
        }
        if self.chance(8) {
            text.push_str(" UNIQUE");
        } else if self.chance(4) {
            text.push_str(" PRIMARY KEY");
        } else if self.chance(5) {
            text.push_str(" INVISIBLE");
        }
        text
    }

    fn key(&mut self, column: &str) -> String {
        let prefix = if self.chance(20) { format!("({})", 1 + self.below(20)) } else { String::new() };
        let second = if self.chance(30) { format!(", c{}", self.below(4)) } else { String::new() };
        let name = if self.chance(50) { format!("k{} ", self.below(5)) } else { String::new() };
        match self.below(10) {
            0..=2 => format!("PRIMARY KEY ({column}{prefix}{second})"),
            3..=5 => format!("UNIQUE KEY {name}({column}{prefix}{second})"),
            _ => format!("KEY {name}({column}{prefix}{second})"),
        }
    }

    fn column_of(&mut self, tracker: &Tracker, table: &TableName) -> String {
        let columns = &tracker.schema_of(table).unwrap().columns;
        columns[self.below(columns.len())].name.to_string()
    }

    fn key_of(&mut self, tracker: &Tracker, table: &TableName) -> Option<String> {
        let keys = &tracker.schema_of(table).unwrap().keys;
        if keys.is_empty() {
            return None;
        }
        Some(keys[self.below(keys.len())].name.to_string())
    }

    fn alter(&mut self, tracker: &Tracker, table: &TableName) -> String {
        let count = 1 + self.below(3);
        let specs: Vec<String> = (0..count).map(|_| self.spec(tracker, table)).collect();
        format!("ALTER TABLE {} {}", table.quoted(), specs.join(", "))
    }

    fn place(&mut self, tracker: &Tracker, table: &TableName) -> String {
        match self.below(10) {
            0..=5 => String::new(),
            6..=7 => " FIRST".to_owned(),
            _ => format!(" AFTER {}", self.column_of(tracker, table)),
        }
    }

    fn spec(&mut self, tracker: &Tracker, table: &TableName) -> String {
        let column = self.column_of(tracker, table);
        match self.below(20) {
            0..=4 => format!("ADD {} {}{}", self.new_column(), self.definition(), self.place(tracker, table)),
            5..=6 => format!("DROP COLUMN {column}"),
            7..=8 => format!("MODIFY {column} {}{}", self.definition(), self.place(tracker, table)),
            9 => format!(
                "CHANGE {column} {} {}{}",
                self.new_column(),
                self.definition(),
                self.place(tracker, table)
            ),
            10 => format!("RENAME COLUMN {column} TO {}", self.new_column()),
            11..=12 => format!("ADD {}", self.key(&column)),
            13 => match self.key_of(tracker, table) {
                Some(key) => format!("DROP KEY `{key}`"),
                None => format!("ADD KEY ({column})"),
            },
            14 => match self.key_of(tracker, table) {
                Some(key) => format!("RENAME KEY `{key}` TO k{}", self.below(5)),
                None => "FORCE".to_owned(),
            },
            15 => format!("CONVERT TO CHARACTER SET {}", self.pick(CHARSETS)),
            16 => format!("DEFAULT CHARACTER SET {}", self.pick(CHARSETS)),
            17 => format!("ALTER {column} DROP DEFAULT"),
            18 => {
                let parent = self.new_table();
                format!("ADD FOREIGN KEY ({column}) REFERENCES {parent} (c{})", self.below(3))
            }
            _ => format!("RENAME TO {}", self.new_table()),
        }
    }
}
