//! Schema changes of every kind arrive: afterwards definitions and rows are equal.

mod cases;

use cases::{ALTERS, Case, SESSIONS, TABLES};
use tidegate_e2e::{Pair, Pipeline, clean, compare_worlds, pair};
use tidegate_test_servers::{Kind, server_or_skip};

/// The names of cases to run, for looking into one.
const ONLY: &str = "TIDEGATE_E2E_CASES";

#[test]
fn alters_arrive_at_mysql() {
    arrive(Kind::MySql, ALTERS, "MINIMAL");
}

#[test]
fn tables_and_schemas_arrive_at_mysql() {
    arrive(Kind::MySql, TABLES, "MINIMAL");
}

#[test]
fn sessions_are_respected_at_mysql() {
    arrive(Kind::MySql, SESSIONS, "MINIMAL");
}

#[test]
fn everything_arrives_at_mysql_with_full_metadata() {
    let all: Vec<&Case> = ALTERS.iter().chain(TABLES).chain(SESSIONS).collect();
    arrive_all(Kind::MySql, &all, "FULL");
}

#[test]
fn everything_arrives_at_tidb() {
    let all: Vec<&Case> = ALTERS.iter().chain(TABLES).chain(SESSIONS).collect();
    arrive_all(Kind::TiDb, &all, "MINIMAL");
}

#[test]
fn everything_arrives_at_mariadb() {
    let all: Vec<&Case> = ALTERS.iter().chain(TABLES).chain(SESSIONS).collect();
    arrive_all(Kind::MariaDb, &all, "MINIMAL");
}

/// What existing rows get would differ at the target: it stops, unless that is allowed.
#[test]
fn a_back_fill_that_differs_stops() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let script = "CREATE DATABASE d; CREATE TABLE d.t (a INT); INSERT INTO d.t VALUES (1), (2); ALTER TABLE d.t ADD id INT \
                  AUTO_INCREMENT PRIMARY KEY";
    pair.source.client().execute(script).unwrap();
    let pipeline = || Pipeline::new("ddl", &pair.source, &pair.target);
    let outcome = pipeline().run();
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("compute differently"), "{}", outcome.stderr);
    assert_eq!(pair.target.client().execute("SELECT * FROM d.t").unwrap(), "1\n2\n");
    pipeline().sink_setting("allow-different-backfill: true").run_well();
    let filled = pair.target.client().execute("SELECT COUNT(*) FROM d.t WHERE id IN (1, 2)").unwrap();
    assert_eq!(filled.trim(), "2");
}

fn arrive(target: Kind, cases: &[Case], metadata: &str) {
    arrive_all(target, &cases.iter().collect::<Vec<_>>(), metadata);
}

/// Runs the cases in one log; if that fails, each in its own, to tell which are wrong.
fn arrive_all(target: Kind, cases: &[&Case], metadata: &str) {
    let only = std::env::var(ONLY).unwrap_or_default();
    let chosen = |case: &&&Case| only.is_empty() || only.split(',').any(|name| name == case.name);
    let cases: Vec<&Case> =
        cases.iter().filter(chosen).filter(|case| case.targets.contains(&target)).copied().collect();
    let pair = server_or_skip!(pair(target));
    let Err(together) = try_cases(&pair, &cases, metadata) else { return };
    let alone = cases.iter().filter_map(|case| {
        let wrong = try_cases(&pair, &[case], metadata).err()?;
        Some(format!("== {}\n{wrong}", case.name))
    });
    let alone: Vec<String> = alone.collect();
    assert!(alone.is_empty(), "{} of {} cases fail:\n{}", alone.len(), cases.len(), alone.join("\n"));
    panic!("each case is right, all in one log are not:\n{together}");
}

fn try_cases(pair: &Pair, cases: &[&Case], metadata: &str) -> Result<(), String> {
    clean(&pair.source).unwrap();
    clean(&pair.target).unwrap();
    let collation =
        if pair.target.kind() == Kind::MySql { "utf8mb4_0900_ai_ci" } else { "utf8mb4_general_ci" };
    let source = pair.source.client();
    source.execute(&format!("SET GLOBAL binlog_row_metadata = {metadata}")).unwrap();
    let pipeline = Pipeline::new("ddl", &pair.source, &pair.target);
    for Case { name, sql, .. } in cases {
        let schema =
            format!("CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE {collation}; USE `{name}`;");
        source.execute(&format!("{schema}{sql}")).map_err(|error| format!("{name}: {error}"))?;
    }
    let outcome = pipeline.run();
    if outcome.code != Some(0) {
        return Err(format!("exit code {:?}\n{}", outcome.code, outcome.stderr));
    }
    let different = compare_worlds(&pair.source, &pair.target).unwrap();
    if different.is_empty() { Ok(()) } else { Err(different.join("\n")) }
}
