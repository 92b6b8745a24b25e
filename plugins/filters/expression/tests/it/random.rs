//! Expressions that nobody thought of.

use crate::compare::{Refused, SCHEMA, ask_filter, ask_server, client, rows};
use tidegate_test_servers::{MySql, server_or_skip};

const TABLE: &str = "CREATE TABLE r (id INT AUTO_INCREMENT PRIMARY KEY, i INT, u BIGINT UNSIGNED, d DECIMAL(12,3), f DOUBLE, \
                     b VARCHAR(9) COLLATE utf8mb4_bin, c VARCHAR(9) COLLATE utf8mb4_general_ci, m DATETIME(3), e ENUM('a','b','c'), j JSON)";

const VALUES: &[&[&str]] = &[
    &["NULL", "0", "1", "-1", "7", "2147483647", "-2147483648"],
    &["NULL", "0", "1", "18446744073709551615", "9223372036854775808", "7"],
    &["NULL", "0", "1", "-0.5", "7.125", "999999999.999"],
    &["NULL", "0", "1", "-0.5", "1e10", "7.125"],
    &["NULL", "''", "'a'", "'B'", "'7'", "'ab '", "'漢'"],
    &["NULL", "''", "'a'", "'B'", "'7'", "'ab '", "'b'"],
    &["NULL", "'2024-01-01'", "'2024-02-29 12:00:00.123'", "'0000-00-00'", "'1999-12-31 23:59:59'"],
    &["NULL", "'a'", "'b'", "'c'"],
    &["NULL", "'{\"k\": 1}'", "'{\"k\": \"a\"}'", "'{\"k\": null}'", "'[7]'", "'{\"k\": [1, 7.125]}'"],
];

const NUMBERS: &[&str] = &[
    "i",
    "u",
    "d",
    "f",
    "0",
    "1",
    "-1",
    "7",
    "7.125",
    "-0.5",
    "18446744073709551615",
    "1e10",
    "j->>'$.k'",
    "b",
    "e",
    "TRUE",
    "NULL",
    "'7'",
    "2147483648",
];
const TEXTS: &[&str] = &[
    "b",
    "c",
    "j->>'$.k'",
    "'a'",
    "'B'",
    "'ab'",
    "''",
    "NULL",
    "e",
    "'a ' 'b'",
    "c COLLATE utf8mb4_bin",
    "'漢'",
];
const MOMENTS: &[&str] = &[
    "m",
    "'2024-01-01'",
    "DATE'2024-02-29'",
    "TIMESTAMP'1999-12-31 23:59:59'",
    "'2024-02-29 12:00:00.123'",
    "NULL",
];
const PATTERNS: &[&str] = &["'a%'", "'%b%'", "'_'", "''", "'%'", "'A_ '"];
const OPERATORS: &[&str] = &["=", "<>", "<", "<=", ">", ">=", "<=>", "!="];

/// Numbers that depend on the seed alone (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % end
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    fn number(&mut self, depth: usize) -> String {
        if depth == 0 || self.below(3) > 0 {
            return self.of(NUMBERS).to_owned();
        }
        let operation = self.of(&["+", "-", "*", "DIV", "%", "+", "-", "/"]);
        let (left, right) = (self.number(depth - 1), self.number(depth - 1));
        match self.below(4) {
            0 => format!("-{left}"),
            1 => format!("({left} {operation} {right})"),
            _ => format!("{left} {operation} {right}"),
        }
    }

    fn atom(&mut self) -> String {
        let not = self.of(&["", "", "NOT "]);
        let kind = self.below(12);
        let operands = match kind % 3 {
            0 => [self.number(2), self.number(1), self.number(1)],
            1 => [0; 3].map(|_| self.of(TEXTS).to_owned()),
            _ => [0; 3].map(|_| self.of(MOMENTS).to_owned()),
        };
        let [one, other, third] = operands;
        match kind {
            0..6 => format!("{one} {} {other}", self.of(OPERATORS)),
            6 | 7 => format!("{one} {not}IN ({other}, {third})"),
            8 => format!("{one} {not}BETWEEN {other} AND {third}"),
            9 => format!("{one} IS {not}NULL"),
            10 => format!("{one} {not}LIKE {}", self.of(PATTERNS)),
            _ => format!("{one} {not}BETWEEN {other} AND {third}"),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.atom();
        }
        let (left, right) = (self.condition(depth - 1), self.condition(depth - 1));
        match self.below(8) {
            0 | 1 => format!("{left} AND {right}"),
            2 | 3 => format!("{left} OR {right}"),
            4 => format!("NOT {left}"),
            5 => format!("({left}) {} ({right})", self.of(&["=", "<>", "AND", "OR"])),
            6 => format!("({left}) IS {}", self.of(&["TRUE", "NOT TRUE", "FALSE", "NULL", "NOT NULL"])),
            _ => left,
        }
    }
}

#[test]
fn random_expressions_are_what_the_server_says() {
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    server.client().execute(&format!("CREATE DATABASE {SCHEMA}")).unwrap();
    let seed = std::env::var("TIDEGATE_TEST_SEED").ok().map_or(20_261_130, |seed| seed.parse().unwrap());
    let mut random = Random(seed);
    let row =
        |random: &mut Random| VALUES.iter().map(|values| random.of(values)).collect::<Vec<_>>().join(", ");
    let values: Vec<String> = (0..80).map(|_| format!("(DEFAULT, {})", row(&mut random))).collect();
    client(&server).execute(&format!("{TABLE}; INSERT INTO r VALUES {}", values.join(", "))).unwrap();
    let sets = &rows(&server)["r"];
    // What is refused here, the server is not asked about.
    let mut expressions = Vec::new();
    let mut tried = 0;
    while expressions.len() < 1_500 {
        tried += 1;
        assert!(tried < 60_000, "nearly everything is refused");
        let depth = random.below(4);
        let expression = random.condition(depth);
        if let Ok(own) = ask_filter(sets, &expression, "+00:00") {
            expressions.push((expression, own));
        } else if let Err(Refused::Late(message)) = ask_filter(sets, &expression, "+00:00") {
            assert!(message.contains("out of range") || message.contains("ASCII"), "{expression}: {message}");
        }
    }
    let asked: Vec<String> = expressions.iter().map(|(expression, _)| expression.clone()).collect();
    let mut wrong = Vec::new();
    for ((expression, own), expected) in expressions.iter().zip(ask_server(&server, "r", &asked)) {
        if expected.as_ref() != Ok(own) {
            wrong.push(format!("{expression}:\n  {own}\n  {expected:?}"));
        }
    }
    let shown: Vec<String> = wrong.iter().take(30).cloned().collect();
    assert!(wrong.is_empty(), "{} are wrong, seed {seed}:\n{}", wrong.len(), shown.join("\n"));
}
