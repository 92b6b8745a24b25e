//! Crashes within a schema change, of each kind.

use super::{OF_DDL, assert_killed, recoveries};
use tidegate_e2e::{Outcome, Pair, Pipeline, clean, compare_worlds, pair};
use tidegate_test_servers::{
    Kind::{self, MariaDb, MySql, TiDb},
    server_or_skip,
};

/// What each kind of statement finds.
const SETUP: &str = "CREATE DATABASE d CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; USE d;
    CREATE TABLE a (id INT PRIMARY KEY, x INT, y VARCHAR(9), KEY ix (x)); CREATE TABLE b (id INT PRIMARY KEY, z INT);
    CREATE TABLE c (id INT PRIMARY KEY); CREATE TABLE e (id INT PRIMARY KEY); INSERT INTO a VALUES (1, 1, 'one'), (2, 2, 'two');
    INSERT INTO b VALUES (1, 10); INSERT INTO c VALUES (1); INSERT INTO e VALUES (5);
    CREATE TABLE p (id INT PRIMARY KEY, v INT) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN \
    (20), PARTITION p2 VALUES LESS THAN (30)); INSERT INTO p VALUES (1, 1), (11, 1), (21, 1); CREATE TABLE f (id INT PRIMARY KEY, v INT);
    INSERT INTO f VALUES (2, 2); CREATE DATABASE old; CREATE TABLE old.t (id INT PRIMARY KEY); INSERT INTO old.t VALUES (1);
    USE d;";

/// A kind of statement, and the rows that come behind it.
struct Step {
    name: &'static str,
    sql: &'static str,
    targets: &'static [Kind],
    /// Whether MariaDB, where such a statement is not atomic and has no id to go by, may leave the decision to a person.
    left_to_a_person: bool,
}

const ALL: &[Kind] = &[MySql, MariaDb, TiDb];

const fn step(name: &'static str, sql: &'static str) -> Step {
    Step { name, sql, targets: ALL, left_to_a_person: false }
}

const fn open(name: &'static str, sql: &'static str) -> Step {
    Step { left_to_a_person: true, ..step(name, sql) }
}

/// In this order, in one schema.
const STEPS: [Step; 18] = [
    step("create table", "CREATE TABLE n (id INT PRIMARY KEY, v INT); INSERT INTO n VALUES (1, 1);"),
    step("create like", "CREATE TABLE l LIKE a; INSERT INTO l VALUES (1, 2, '3');"),
    step("create select", "CREATE TABLE s (PRIMARY KEY (id)) AS SELECT * FROM a; UPDATE s SET x = 5;"),
    open(
        "add column",
        "ALTER TABLE a ADD n INT NOT NULL DEFAULT 4; INSERT INTO a VALUES (3, 3, 'three', 3);",
    ),
    open(
        "several changes",
        "ALTER TABLE a DROP COLUMN y, ADD w VARCHAR(9) DEFAULT 'w' AFTER id; UPDATE a SET w = 'v' WHERE id = 1;",
    ),
    open("modify column", "ALTER TABLE a MODIFY x BIGINT; UPDATE a SET x = 10000000000 WHERE id = 1;"),
    open("create index", "CREATE UNIQUE INDEX un ON a (n, id); INSERT INTO a VALUES (4, 'w', 4, 4);"),
    open("drop index", "DROP INDEX ix ON a; DELETE FROM a WHERE id = 4;"),
    step("rename", "RENAME TABLE b TO b2; INSERT INTO b2 VALUES (2, 2);"),
    step(
        "swap",
        "RENAME TABLE a TO tmp, b2 TO a, tmp TO b2; INSERT INTO a VALUES (3, 3); DELETE FROM b2 WHERE id = 2;",
    ),
    open("rename by alter", "ALTER TABLE b2 RENAME TO b; UPDATE b SET x = 0;"),
    step("truncate", "TRUNCATE TABLE a; INSERT INTO a VALUES (7, 7);"),
    step("drop table", "DROP TABLE c; INSERT INTO a VALUES (8, 8);"),
    step("drop tables", "DROP TABLE l, e; INSERT INTO a VALUES (9, 9);"),
    open(
        "partitions",
        "ALTER TABLE p ADD PARTITION (PARTITION p3 VALUES LESS THAN (40)); INSERT INTO p VALUES (31, 1);",
    ),
    open("drop partition", "ALTER TABLE p DROP PARTITION p1; INSERT INTO p VALUES (12, 5);"),
    step(
        "create schema",
        "CREATE DATABASE fresh; CREATE TABLE fresh.t (id INT PRIMARY KEY); INSERT INTO fresh.t VALUES (1);",
    ),
    step("drop schema", "DROP DATABASE old; INSERT INTO a VALUES (10, 10);"),
];

/// Which kinds of statement are interrupted, and where.
pub(super) struct Run {
    target: Kind,
    pub(super) consistency: &'static str,
    pub(super) points: &'static [&'static str],
    /// The names of the steps; all of them if there are none.
    steps: &'static [&'static str],
}

const AT_MYSQL: Run = Run { target: MySql, consistency: "row", points: &OF_DDL, steps: &[] };
const AT_TIDB: Run = Run { target: TiDb, ..AT_MYSQL };
const AT_MARIADB: Run = Run { target: MariaDb, ..AT_MYSQL };
const IN_TRANSACTION: Run =
    Run { consistency: "transaction", points: &["ddl-unanswered", "ddl-executed"], ..AT_MYSQL };
/// Nothing has happened at these points, or all of it: the kind does not matter.
const ONE_IN_TRANSACTION: Run =
    Run { points: &["ddl-settled", "ddl-intent", "ddl-done"], steps: &["add column"], ..IN_TRANSACTION };

/// All of them.
pub(super) const RUNS: [Run; 5] = [AT_MYSQL, AT_TIDB, AT_MARIADB, IN_TRANSACTION, ONE_IN_TRANSACTION];

#[test]
fn every_kind_at_every_point_at_mysql() {
    interrupt_everything(&AT_MYSQL);
}

#[test]
fn every_kind_in_transaction_at_mysql() {
    interrupt_everything(&IN_TRANSACTION);
}

#[test]
fn one_kind_at_the_other_points_in_transaction_at_mysql() {
    interrupt_everything(&ONE_IN_TRANSACTION);
}

#[test]
fn every_kind_at_every_point_at_tidb() {
    interrupt_everything(&AT_TIDB);
}

#[test]
fn every_kind_at_every_point_at_mariadb() {
    interrupt_everything(&AT_MARIADB);
}

fn pipeline(pair: &Pair, consistency: &str) -> Pipeline {
    Pipeline::new("crash", &pair.source, &pair.target).sink_setting(&format!("consistency: {consistency}"))
}

/// Interrupts each of a run's kinds of statement at each of its points; a kind that goes wrong does not hide the others.
fn interrupt_everything(run: &Run) {
    let Run { target, consistency, points, steps } = *run;
    let chosen = |step: &&Step| steps.is_empty() || steps.contains(&step.name);
    let pair = server_or_skip!(pair(target));
    let mut wrong = Vec::new();
    for point in points {
        set_up(&pair, consistency);
        for step in STEPS.iter().filter(chosen).filter(|step| step.targets.contains(&target)) {
            match interrupt(&pair, consistency, point, step) {
                Ok(Ended::Recovered) => continue,
                Ok(Ended::LeftToAPerson) => {}
                Err(error) => wrong.push(format!("== {} at {point}: {error}", step.name)),
            }
            // The next kind must find its tables all the same.
            repair(&pair, consistency);
        }
    }
    assert!(wrong.is_empty(), "{} go wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn set_up(pair: &Pair, consistency: &str) {
    clean(&pair.source).unwrap();
    clean(&pair.target).unwrap();
    pair.source.client().execute(SETUP).unwrap();
    pipeline(pair, consistency).run_well();
}

/// Makes the target anew from the source's log.
fn repair(pair: &Pair, consistency: &str) {
    clean(&pair.target).unwrap();
    pipeline(pair, consistency).run_well();
}

/// How an interrupted statement ended.
enum Ended {
    Recovered,
    LeftToAPerson,
}

fn interrupt(pair: &Pair, consistency: &str, point: &str, step: &Step) -> Result<Ended, String> {
    pair.source.client().database("d").execute(step.sql).map_err(|error| error.to_string())?;
    let crashed = pipeline(pair, consistency).env("TIDEGATE_CRASH_AT", point).run();
    assert_killed(&crashed, point);
    let outcome = pipeline(pair, consistency).run();
    if pair.target.kind() == MariaDb && step.left_to_a_person && outcome.code != Some(0) {
        return left_to_a_person(pair, consistency, &outcome, point);
    }
    if outcome.code != Some(0) {
        return Err(format!("the next run ended with {:?}\n{}", outcome.code, outcome.stderr));
    }
    let open_intent = ["ddl-intent", "ddl-unanswered", "ddl-executed"].contains(&point);
    if open_intent && recoveries(&outcome).is_empty() {
        return Err(format!("no recovery was reported:\n{}", outcome.stderr));
    }
    equal(pair)
}

/// Nobody can know whether the statement happened: the run stops and says what one can do, and that helps.
fn left_to_a_person(pair: &Pair, consistency: &str, outcome: &Outcome, point: &str) -> Result<Ended, String> {
    let says = |part: &str| outcome.stderr.contains(part);
    let decidable = point == "ddl-settled" || point == "ddl-done";
    if decidable
        || outcome.code != Some(3)
        || !says("does not tell whether it was executed")
        || !says("SET done = 2")
    {
        return Err(format!("it stopped with {:?}:\n{}", outcome.code, outcome.stderr));
    }
    // A person looks at the tables; the test knows where it was interrupted, but for a statement without an answer.
    let done = match point {
        "ddl-intent" => 3,
        "ddl-executed" => 2,
        _ => return Ok(Ended::LeftToAPerson),
    };
    let answer = format!("UPDATE tidegate.ddl SET done = {done}");
    pair.target.client().execute(&answer).map_err(|error| error.to_string())?;
    let outcome = pipeline(pair, consistency).run();
    if outcome.code != Some(0) {
        return Err(format!("after `{answer}`: {:?}\n{}", outcome.code, outcome.stderr));
    }
    equal(pair)
}

fn equal(pair: &Pair) -> Result<Ended, String> {
    let different = compare_worlds(&pair.source, &pair.target).map_err(|error| format!("{error:#}"))?;
    if different.is_empty() { Ok(Ended::Recovered) } else { Err(different.join("\n")) }
}
