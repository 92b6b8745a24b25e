//! Changes of rows.

use super::{Kind, Random, Shape, Table};

/// Keys are small, so that rows meet.
const KEYS: u64 = 24;

const TEXTS: [&str; 10] = ["a", "A", "b", "B ", "é", "E", "", "日本", "it''s", "x_y"];

/// Writes one statement about a table.
pub(super) struct Row<'a> {
    pub(super) table: &'a Table,
    pub(super) random: &'a mut Random,
}

impl Row<'_> {
    pub(super) fn statement(mut self) -> String {
        match self.random.below(12) {
            0..=3 => self.insert("INSERT INTO"),
            4 => self.insert("INSERT IGNORE INTO"),
            5 => self.insert("REPLACE INTO"),
            6 | 7 => self.update(),
            8 => self.wander(),
            9 => self.swap(),
            10 => self.copy(),
            _ => self.delete(),
        }
    }

    fn insert(&mut self, verb: &str) -> String {
        let mut columns = self.table.shape.columns().to_vec();
        let extra: Vec<&(String, Kind)> =
            self.table.extra.iter().filter(|_| !self.random.one_in(3)).collect();
        columns.extend(extra.iter().map(|(name, _)| name.as_str()));
        let rows = self.random.below(5) + 1;
        let rows: Vec<String> = (0..rows)
            .map(|_| {
                let mut values = self.values();
                values.extend(extra.iter().map(|(_, kind)| kind.value(self.random)));
                format!("({})", values.join(", "))
            })
            .collect();
        format!("{verb} {} ({}) VALUES {};\n", self.table.name, columns.join(", "), rows.join(", "))
    }

    /// Returns values for the columns of the table's shape.
    fn values(&mut self) -> Vec<String> {
        let kinds = self.table.shape.kinds();
        kinds.iter().map(|kind| kind.value(self.random)).collect()
    }

    fn update(&mut self) -> String {
        let columns = self.table.shape.columns();
        let own: Vec<(&str, Kind)> =
            columns.iter().copied().zip(self.table.shape.kinds().iter().copied()).collect();
        let extra = self.table.extra.iter().map(|(name, kind)| (name.as_str(), *kind));
        let all: Vec<(&str, Kind)> = own.into_iter().chain(extra).collect();
        let Some((column, kind)) = self.random.pick(&all).copied() else { return String::new() };
        let value = kind.value(self.random);
        format!("UPDATE {} SET {column} = {value}{};\n", self.table.name, self.condition())
    }

    /// Moves the values of a unique key by one, row after row: a chain of keys.
    fn wander(&mut self) -> String {
        let column = self.table.shape.number();
        let (step, order) = if self.random.one_in(2) { ("+ 1", "DESC") } else { ("- 1", "ASC") };
        format!("UPDATE {} SET {column} = {column} {step} ORDER BY {column} {order};\n", self.table.name)
    }

    /// Lets two rows swap the values of a unique key.
    fn swap(&mut self) -> String {
        let (name, column) = (&self.table.name, self.table.shape.number());
        let (one, other) = (self.random.below(KEYS), self.random.below(KEYS));
        format!(
            "UPDATE {name} SET {column} = -7 WHERE {column} = {one}; UPDATE {name} SET {column} = {one} WHERE {column} = {other}; UPDATE \
             {name} SET {column} = {other} WHERE {column} = -7;\n"
        )
    }

    fn copy(&mut self) -> String {
        let columns = self.table.shape.columns();
        let (number, all) = (self.table.shape.number(), columns.join(", "));
        let moved = all.replacen(number, &format!("{number} + {}", self.random.below(40)), 1);
        format!(
            "INSERT IGNORE INTO {name} ({all}) SELECT {moved} FROM {name}{} LIMIT 30;\n",
            self.condition(),
            name = self.table.name
        )
    }

    fn delete(&mut self) -> String {
        let limit = if self.random.one_in(2) { " LIMIT 2" } else { "" };
        format!("DELETE FROM {}{}{limit};\n", self.table.name, self.condition())
    }

    fn condition(&mut self) -> String {
        let number = self.table.shape.number();
        match self.random.below(8) {
            0 => String::new(),
            1 => format!(" WHERE {number} IS NULL"),
            2 => format!(" WHERE {number} % {} = 0", self.random.below(4) + 2),
            3 => format!(" WHERE {number} > {}", self.random.below(KEYS)),
            _ => format!(" WHERE {number} = {}", self.random.below(KEYS)),
        }
    }
}

impl Shape {
    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &["id", "a", "v"],
            Self::Composite => &["k1", "k2", "c", "d", "e"],
            Self::Keyless => &["v", "w"],
            Self::Nullable => &["a", "w"],
            Self::Text => &["t", "a", "v"],
        }
    }

    const fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Plain => &[Kind::Int, Kind::Int, Kind::Text],
            Self::Composite => &[Kind::Int, Kind::Text, Kind::Int, Kind::Int, Kind::Text],
            Self::Keyless => &[Kind::Int, Kind::Text],
            Self::Nullable => &[Kind::Int, Kind::Double],
            Self::Text => &[Kind::Text, Kind::Int, Kind::Decimal],
        }
    }

    /// A column of numbers, of a unique key if there is one.
    const fn number(self) -> &'static str {
        match self {
            Self::Plain | Self::Nullable | Self::Text => "a",
            Self::Composite => "c",
            Self::Keyless => "v",
        }
    }

    pub(super) const fn definition(self) -> &'static str {
        match self {
            Self::Plain => "id INT PRIMARY KEY, a INT, v VARCHAR(40), UNIQUE KEY ua (a)",
            Self::Composite => {
                "k1 INT, k2 VARCHAR(20), c INT, d INT, e VARCHAR(20), PRIMARY KEY (k1, k2), UNIQUE KEY uc (c), UNIQUE KEY ude (d, e)"
            }
            Self::Keyless => "v INT, w VARCHAR(40)",
            Self::Nullable => "a INT, w DOUBLE, UNIQUE KEY ua (a)",
            Self::Text => "t VARCHAR(20) NOT NULL, a INT, v DECIMAL(12,3), UNIQUE KEY ut (t), KEY ia (a)",
        }
    }
}

impl Kind {
    fn value(self, random: &mut Random) -> String {
        if random.one_in(9) {
            return "NULL".to_owned();
        }
        match self {
            Self::Int => random.below(KEYS).to_string(),
            Self::Unsigned => random.next().to_string(),
            Self::Text => format!("'{}'", random.pick(&TEXTS).copied().unwrap_or_default()),
            Self::Decimal => format!("-{}.{:03}", random.below(100_000), random.below(1000)),
            Self::Moment => format!(
                "'20{:02}-0{}-1{} 0{}:00:00.{:03}'",
                random.below(90) + 10,
                random.below(9) + 1,
                random.below(10),
                random.below(10),
                random.below(1000)
            ),
            Self::Bytes => format!("x'{:016x}'", random.next()),
            Self::Double => format!("{}.5", random.below(1000)),
        }
    }

    pub(super) const fn definition(self) -> &'static str {
        match self {
            Self::Int => "INT",
            Self::Unsigned => "BIGINT UNSIGNED",
            Self::Text => "VARCHAR(30)",
            Self::Decimal => "DECIMAL(20,4)",
            Self::Moment => "DATETIME(3)",
            Self::Bytes => "VARBINARY(16)",
            Self::Double => "DOUBLE",
        }
    }

    pub(super) const ALL: [Self; 7] =
        [Self::Int, Self::Unsigned, Self::Text, Self::Decimal, Self::Moment, Self::Bytes, Self::Double];
}
