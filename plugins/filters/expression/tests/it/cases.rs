//! Every type beside everything that it may be compared with.

mod documents;
mod moments;
mod numbers;
mod texts;

use crate::compare::{Refused, SCHEMA, ask_filter, ask_server, client, rows};
use tidegate_test_servers::{MySql, server_or_skip};

/// A table: the columns behind `id`, its rows, and expressions; `{op}` stands for each comparison in turn.
struct Case {
    columns: &'static str,
    rows: &'static [&'static str],
    expressions: &'static [&'static str],
}

const OPERATORS: &[&str] = &["=", "<>", "<", "<=", ">", ">=", "<=>"];
const EQUALITY: &[&str] = &["=", "!=", "<=>"];

const CASES: &[&[Case]] = &[numbers::CASES, texts::CASES, moments::CASES, documents::CASES];

/// Expressions in the list that are refused here, with a word of the reason.
const REFUSED: &[(&str, &str)] = &[
    ("a = NOT_A IS NULL OR TRUE", "no column `NOT_A`"),
    ("b + c > 0 OR TRUE", "more digits than a DECIMAL"),
    ("-1 IN (b, TRUE)", "signed and unsigned"),
    ("d DIV 1e0 IS NULL OR TRUE", "DIV takes whole numbers only"),
    ("b REGEXP '[[:space:]]' IS NULL OR TRUE", "class in a class"),
    ("j->>'$.a' + 0 IS NULL OR TRUE", "only numbers do"),
];

fn spread(expression: &str) -> Vec<String> {
    let spread = |mark: &str, operators: &[&str]| {
        operators.iter().map(|operator| expression.replace(mark, operator)).collect()
    };
    if expression.contains("{op}") {
        spread("{op}", OPERATORS)
    } else if expression.contains("{eq}") {
        spread("{eq}", EQUALITY)
    } else {
        vec![expression.to_owned()]
    }
}

#[test]
fn every_type_compares_as_the_server_says() {
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    server.client().execute(&format!("CREATE DATABASE {SCHEMA}")).unwrap();
    let mut script = String::new();
    for (number, case) in CASES.iter().copied().flatten().enumerate() {
        script.push_str(&format!(
            "CREATE TABLE t{number} (id INT AUTO_INCREMENT PRIMARY KEY, {});\n",
            case.columns
        ));
        let values: Vec<String> = case.rows.iter().map(|row| format!("(DEFAULT, {row})")).collect();
        script.push_str(&format!("INSERT INTO t{number} VALUES {};\n", values.join(", ")));
    }
    client(&server).execute(&script).unwrap();
    let tables = rows(&server);
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for (number, case) in CASES.iter().copied().flatten().enumerate() {
        let table = format!("t{number}");
        let expressions: Vec<String> =
            case.expressions.iter().flat_map(|expression| spread(expression)).collect();
        for (expression, expected) in expressions.iter().zip(ask_server(&server, &table, &expressions)) {
            let own = ask_filter(&tables[&table], expression, "+00:00");
            let reason = REFUSED.iter().find(|(refused, _)| refused == expression).map(|(_, reason)| reason);
            let line = match (own, expected, reason) {
                (Err(Refused::Early(message)), _, Some(reason)) if message.contains(reason) => continue,
                (Ok(own), Ok(expected), None) if own == expected => {
                    compared += 1;
                    continue;
                }
                // Both stop at the same row.
                (Err(Refused::Late(message)), Err(error), None)
                    if message.contains("out of range") && error.contains("1690") =>
                {
                    continue;
                }
                (own, expected, _) => format!("{expression}: {own:?}, the server says {expected:?}"),
            };
            wrong.push(line);
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} and more are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 1_000, "{compared}");
}

/// A TIMESTAMP's constant is read in the rule's time zone, as the server reads it in the session's.
#[test]
fn timestamps_are_compared_in_the_rules_time_zone() {
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    server.client().execute(&format!("CREATE DATABASE {SCHEMA}")).unwrap();
    client(&server)
        .execute("CREATE TABLE z (id INT PRIMARY KEY, s TIMESTAMP NULL, m DATETIME); INSERT INTO z VALUES
                  (1, '2024-01-01 00:00:00', '2024-01-01 08:00:00'), (2, '2023-12-31 16:00:00', '2024-01-01 00:00:00'), (3, 0, 0), (4, NULL, NULL)")
        .unwrap();
    let sets = &rows(&server)["z"];
    for (zone, first, second) in
        [("+00:00", "TFFN", "FFTN"), ("+08:00", "FTFN", "TTTN"), ("-03:30", "FFFN", "FFTN")]
    {
        for (expression, expected) in [("s = '2024-01-01 00:00:00'", first), ("s = m", second)] {
            assert_eq!(ask_filter(sets, expression, zone).unwrap(), expected, "{zone}: {expression}");
            let rows = client(&server).option(format!("--init-command=SET time_zone = '{zone}'"));
            let query = format!(
                "SELECT IF({expression}, 'T', IF(({expression}) IS NULL, 'N', 'F')) FROM z ORDER BY id"
            );
            assert_eq!(
                rows.rows(&query).unwrap().concat().concat(),
                expected,
                "the server, {zone}: {expression}"
            );
        }
    }
}
