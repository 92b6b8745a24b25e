//! What filters do to recorded and live changes before they are used, and recorded log files as a source.

use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tidegate_e2e::{Outcome, Pair, Pipeline, assert_same, pair};
use tidegate_test_guests::guest;
use tidegate_test_servers::{Kind, Server, server_or_skip};

const SHOP: &str = "CREATE DATABASE shop; USE shop; CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(40), phone VARCHAR(20)); CREATE TABLE \
                    notes (id INT PRIMARY KEY, body TEXT); INSERT INTO users VALUES (1, 'anna@x.y', '0123'), (2, 'b', '45'), (3, NULL, NULL); INSERT \
                    INTO notes VALUES (1, 'a'), (2, 'b'); UPDATE users SET phone = '6789' WHERE id = 1; DELETE FROM notes WHERE id = 2;";

fn mask() -> Option<String> {
    Some(guest("examples/filters/rust/mask-pii").unwrap()?.display().to_string())
}

/// Turns on what tells names in the log, before anything is in it.
fn telling(pair: &Pair) {
    pair.source.client().execute("SET GLOBAL binlog_row_metadata = FULL").unwrap();
}

fn result(outcome: &Outcome, code: i32) -> Value {
    assert_eq!(outcome.code, Some(code), "{}{}", outcome.stdout, outcome.stderr);
    let envelope: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!((&envelope["command"], &envelope["ok"]), (&json!("replay"), &json!(code == 0)));
    envelope["result"].clone()
}

/// Returns a table's counts that are not zero.
fn counts(result: &Value, table: &str) -> Vec<(String, u64)> {
    let tables = result["tables"].as_array().unwrap();
    let found =
        tables.iter().find(|own| own["table"] == table).unwrap_or_else(|| panic!("no {table}: {result}"));
    let mut counts: Vec<_> = found
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, count)| Some((name.clone(), count.as_u64()?)))
        .collect();
    counts.retain(|(_, count)| *count > 0);
    counts.sort();
    counts
}

fn some(counts: &[(&str, u64)]) -> Vec<(String, u64)> {
    counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

/// Copies the log of a server out of its data folder.
fn recorded(server: &Server, folder: &Path) -> Vec<PathBuf> {
    let names = server.client().rows("SHOW BINARY LOGS").unwrap().into_iter().map(|row| row[0].clone());
    let copy = |name: String| {
        let to = folder.join(&name);
        fs::copy(server.data_dir().join(name), &to).unwrap();
        to
    };
    names.map(copy).collect()
}

#[test]
fn a_live_replay_tells_what_a_filter_does_and_disturbs_nothing() {
    let Some(mask) = mask() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    telling(&pair);
    pair.source.client().execute(SHOP).unwrap();
    let pipeline = Pipeline::new("live", &pair.source, &pair.target).source_setting("server-id: 4711");
    let home = pipeline.folder().join("home").display().to_string();
    let pipeline = pipeline.env("XDG_STATE_HOME", &home);
    let replay = |more: &[&str]| {
        let config = "{\"columns\": [\"email\"]}";
        let arguments = ["--live", "pipeline.yaml", "--filter", &mask, "--config", config, "--json"];
        pipeline.beside("replay", &[&arguments[..], more].concat())
    };
    let all = result(&replay(&[]), 0);
    assert_eq!(all["ending"], "end");
    assert_eq!(all["rows_read"], 7);
    let filter = &all["filter"];
    assert_eq!(counts(filter, "shop.users"), some(&[("changed", 2), ("kept", 2), ("read", 4)]));
    assert_eq!(counts(filter, "shop.notes"), some(&[("kept", 3), ("read", 3)]));
    assert_eq!(filter["statements"], json!({ "passed": 3, "rewritten": 0, "dropped": 0 }));
    assert!(pair.target.client().rows("SHOW DATABASES LIKE 'tidegate'").unwrap().is_empty());
    assert!(!pipeline.folder().join("state").exists() && !Path::new(&home).join("tidegate/live").exists());

    // A run of the pipeline goes on beside it, though the file gives it a server id.
    let mut running = pipeline.spawn(&[]);
    let arrived = |count: &str| {
        let rows = pair.target.client().rows("SELECT COUNT(*) FROM shop.users").unwrap_or_default();
        rows.first().is_some_and(|row| row[0] == count)
    };
    running.wait_until("the rows", || arrived("3"));
    let position = all["to"].as_str().unwrap();
    pair.source.client().execute("INSERT INTO shop.users VALUES (4, 'dora', '1')").unwrap();
    let rest = result(&replay(&["--from", position]), 0);
    assert_eq!(rest["rows_read"], 1);
    running.wait_until("the row", || arrived("4"));
    let outcome = running.interrupt();
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("connecting again"), "{}", outcome.stderr);

    let wrong = pipeline
        .beside("replay", &["--live", "pipeline.yaml", "--filter", &mask, "--config", "{\"colums\": [1]}"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.stderr);
    assert!(wrong.stderr.contains("did you mean `columns`?"), "{}", wrong.stderr);
}

#[test]
fn two_versions_of_a_filter_are_held_against_each_other() {
    let Some(mask) = mask() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    telling(&pair);
    pair.source.client().execute(SHOP).unwrap();
    let pipeline = Pipeline::new("against", &pair.source, &pair.target);
    let home = pipeline.folder().display().to_string();
    let pipeline = pipeline.env("XDG_STATE_HOME", &home);
    fs::write(pipeline.folder().join("new.yaml"), "columns: [email, phone]\n").unwrap();
    let files = recorded(&pair.source, &pipeline.folder());
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let replay = |against: &str, more: &[&str]| {
        let mut arguments = vec!["--binlog"];
        arguments.extend(files.iter().map(String::as_str));
        arguments.extend(["--filter", &mask, "--config", "{\"columns\": [\"email\"]}"]);
        arguments.extend(["--against", &mask, "--against-config", against]);
        arguments.extend(more);
        pipeline.beside("replay", &arguments)
    };
    let same = result(&replay("{\"columns\": [\"email\"]}", &["--json"]), 0);
    assert_eq!(same["differences"]["rows"], 0);
    let other = result(&replay("new.yaml", &["--json"]), 1);
    let differences = &other["differences"];
    assert_eq!((&differences["rows"], &differences["statements"]), (&json!(2), &json!(0)));
    let table = &differences["tables"][0];
    assert_eq!((&table["table"], &table["rows"]), (&json!("shop.users"), &json!(2)));
    let example = &table["examples"][0];
    assert_eq!(example["source"]["after"], json!({ "id": 1, "email": "anna@x.y", "phone": "0123" }));
    assert_eq!(example["filter"][0]["after"]["phone"], "0123");
    assert_eq!(example["against"][0]["after"]["phone"], "0**3");
    assert!(example["source"]["file"].is_string() && example["source"]["row"] == 0);
    assert_eq!(table["examples"][1]["source"]["op"], "update");
    assert_eq!(counts(&other["against"], "shop.users"), some(&[("changed", 2), ("kept", 2), ("read", 4)]));

    let text = replay("new.yaml", &["--examples", "1"]);
    assert_eq!(text.code, Some(1), "{}", text.stderr);
    for part in ["7 rows from ", "shop.users", "2 rows of shop.users\n{\"source\":{\"op\":\"insert\""] {
        assert!(text.stdout.contains(part), "no `{part}` in:\n{}", text.stdout);
    }
    assert_eq!(text.stdout.matches("0123").count(), 2, "one example only:\n{}", text.stdout);
}

#[test]
fn rows_that_a_filter_fails_on_are_counted_with_the_reason() {
    let Some(hostile) = guest("tests/guests/rust/hostile").unwrap() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    telling(&pair);
    let sql = "CREATE DATABASE d; CREATE TABLE d.t (s VARCHAR(9) PRIMARY KEY, n INT); INSERT INTO d.t VALUES ('a', 1), ('bad', 2), ('c', 3)";
    pair.source.client().execute(sql).unwrap();
    let hostile = hostile.display().to_string();
    let pipeline = Pipeline::new("failing", &pair.source, &pair.target)
        .filter(&hostile, "{ where: rows, what: trap, value: bad }");
    let home = pipeline.folder().display().to_string();
    let pipeline = pipeline.env("XDG_STATE_HOME", &home);
    let replay =
        pipeline.beside("replay", &["--live", "pipeline.yaml", "--filters-of", "pipeline.yaml", "--json"]);
    let filter = result(&replay, 0)["filter"].clone();
    assert_eq!(counts(&filter, "d.t"), some(&[("failed", 1), ("kept", 2), ("read", 3)]));
    let reason = &filter["tables"][0]["reasons"][0];
    assert!(
        reason["reason"].as_str().unwrap().contains("trapped")
            && reason["place"].as_str().unwrap().contains("row 1"),
        "{reason}"
    );
    let ends = pipeline.beside(
        "replay",
        &[
            "--live",
            "pipeline.yaml",
            "--filter",
            &hostile,
            "--config",
            "{\"where\": \"decide\", \"what\": \"trap\"}",
        ],
    );
    assert_eq!(ends.code, Some(1), "{}", ends.stderr);
    assert!(ends.stderr.contains("`decide` trapped"), "{}", ends.stderr);
}

#[test]
fn recorded_files_are_a_source_that_goes_on_after_crashes() {
    let pair = server_or_skip!(pair(Kind::MySql));
    telling(&pair);
    let rows =
        |from: u32| (from..from + 900).map(|id| format!("({id}, 'row {id}')")).collect::<Vec<_>>().join(",");
    let sql = format!(
        "CREATE DATABASE d; USE d; CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(40)); CREATE TABLE k (v INT); INSERT INTO t VALUES {}; \
         INSERT INTO k VALUES (1), (1), (2); FLUSH BINARY LOGS; ALTER TABLE t ADD n INT DEFAULT 7; UPDATE t SET v = CONCAT(v, '!') WHERE id % 3 = \
         0; DELETE FROM k LIMIT 1; FLUSH BINARY LOGS; INSERT INTO t (id, v) VALUES {}; DELETE FROM t WHERE id % 7 = 0; INSERT INTO k VALUES (3);",
        rows(0),
        rows(1000)
    );
    pair.source.client().execute(&sql).unwrap();
    let logs = tempfile::tempdir().unwrap();
    let files = recorded(&pair.source, logs.path());
    assert!(files.len() >= 3);
    let pipeline = Pipeline::new("recorded", &pair.source, &pair.target).from_files(&files);
    let mut pipeline = pipeline.sink_setting("window-rows: 100").sink_setting("lanes: 2").memory("1MiB");
    let mut killed = 0;
    for point in
        ["after-commit-0", "ddl-executed", "window-durable:2", "commit-unanswered-1", "before-commit-0:3"]
    {
        pipeline = pipeline.env("TIDEGATE_CRASH_AT", point);
        let outcome = pipeline.run_with(&[]);
        killed += u32::from(outcome.code.is_none());
        assert!(outcome.code.is_none_or(|code| code == 0), "{}", outcome.stderr);
    }
    assert!(killed >= 3, "killed {killed} times only");
    let pipeline = pipeline.env("TIDEGATE_CRASH_AT", "nowhere");
    let outcome = pipeline.run_with(&[]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_same(&pair.source, &pair.target);
    let check = pipeline.command("check", &[]);
    assert!(check.stdout.contains("log-files"), "{}{}", check.stdout, check.stderr);
}
