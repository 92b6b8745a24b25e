//! `tidegate replay` over log files that real servers recorded.

use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn replay(arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .arg("replay")
        .args(arguments)
        .env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn log(name: &str) -> String {
    let logs =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/mysql/binlog/tests/recorded_logs/logs");
    logs.join(name).display().to_string()
}

fn result(ran: &Ran, code: i32) -> Value {
    assert_eq!(ran.code, Some(code), "{}{}", ran.stdout, ran.stderr);
    serde_json::from_str::<Value>(&ran.stdout).unwrap()["result"].clone()
}

/// Returns the sum of a count over all tables.
fn sum(side: &Value, count: &str) -> u64 {
    side["tables"].as_array().unwrap().iter().map(|table| table[count].as_u64().unwrap()).sum()
}

/// A filter that changes nothing.
const NOTHING: [&str; 4] = ["--filter", "route", "--config", "[]"];

#[test]
fn every_row_of_a_recorded_log_is_in_one_place() {
    for name in ["mysql-9.7.binlog", "mariadb-10.11.binlog"] {
        let file = log(name);
        let rules = "[{\"schema-pattern\": \"*\", \"target-schema\": \"other\"}]";
        let ran = replay(&["--binlog", &file, "--filter", "route", "--config", rules, "--json"]);
        let all = result(&ran, 0);
        let (filter, rows) = (&all["filter"], all["rows_read"].as_u64().unwrap());
        assert!(rows > 15 && all["against"].is_null() && all["differences"].is_null(), "{all}");
        assert_eq!(
            (sum(filter, "read"), sum(filter, "routed"), sum(filter, "changed")),
            (rows, rows, 0),
            "{name}"
        );
        let none = "{\"do-dbs\": [\"nowhere\"]}";
        let ran = replay(&["--binlog", &file, "--filter", "block-allow-list", "--config", none, "--json"]);
        let dropped = result(&ran, 0);
        assert_eq!(
            (sum(&dropped["filter"], "dropped"), sum(&dropped["filter"], "read")),
            (rows, rows),
            "{name}"
        );
        assert_eq!(dropped["filter"]["statements"]["passed"], 0);
    }
}

#[test]
fn two_filters_that_differ_are_exit_code_1() {
    let file = log("mysql-9.7.binlog");
    let base =
        ["--binlog", &file, "--filter", "route", "--config", "[]", "--against", "block-allow-list", "--json"];
    let run =
        |config: &str, more: &[&str]| replay(&[&base[..], &["--against-config", config], more].concat());
    let same = result(&run("{}", &[]), 0);
    assert_eq!((&same["differences"]["rows"], &same["differences"]["statements"]), (&0.into(), &0.into()));
    assert_eq!(sum(&same["filter"], "kept"), same["rows_read"].as_u64().unwrap());
    let other = result(&run("{\"do-dbs\": [\"nowhere\"]}", &["--examples", "1"]), 1);
    assert_eq!(other["differences"]["rows"], other["rows_read"]);
    for table in other["differences"]["tables"].as_array().unwrap() {
        let example = &table["examples"][0];
        assert_eq!(example["source"], example["filter"][0], "{table}");
        assert_eq!(
            (example["against"].as_array().map(Vec::len), &table["examples"][1]),
            (Some(0), &Value::Null)
        );
    }
}

#[test]
fn a_file_that_is_cut_off_is_read_to_there_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("binlog.000001");
    let bytes = fs::read(log("mysql-9.7.binlog")).unwrap();
    fs::write(&copy, &bytes[..bytes.len() * 2 / 3]).unwrap();
    let file = copy.display().to_string();
    let ran = replay(&[&["--binlog", &file, "--json"], &NOTHING[..]].concat());
    assert!(result(&ran, 0)["rows_read"].as_u64().unwrap() > 5);
    assert!(
        ran.stderr.contains("cut off within the event") && ran.stderr.contains("binlog.000001:"),
        "{}",
        ran.stderr
    );
    let text = replay(&[&["--binlog", &file, "--log", "error"], &NOTHING[..]].concat());
    assert_eq!((text.code, text.stderr.as_str()), (Some(0), ""));
    assert!(
        text.stdout.contains(" rows from binlog.000001:4 to binlog.000001:")
            && text.stdout.contains("dropped"),
        "{}",
        text.stdout
    );
}

#[test]
fn what_a_log_does_not_tell_a_schema_file_does() {
    let file = log("mysql-5.7.40.binlog");
    let ran = replay(&[&["--binlog", &file], &NOTHING[..]].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    for part in ["what table a.b looks like", "at mysql-5.7.40.binlog:", "tidegate replay --schema"] {
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
    let folder = tempfile::tempdir().unwrap();
    let schema = folder.path().join("schema.sql");
    fs::write(
        &schema,
        "CREATE DATABASE a; USE a;\nCREATE TABLE `b` (\n  `id` int DEFAULT NULL\n) ENGINE=InnoDB;\n",
    )
    .unwrap();
    let schema = schema.display().to_string();
    let ran = replay(&[&["--binlog", &file, "--schema", &schema, "--json"], &NOTHING[..]].concat());
    let tables = result(&ran, 0)["filter"]["tables"].clone();
    assert_eq!((&tables[0]["table"], &tables[0]["kept"]), (&"a.b".into(), &6.into()), "{tables}");
}

#[test]
fn what_is_wrong_with_the_command_is_said_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = log("mysql-9.7.binlog");
    let refused = |arguments: &[&str], expected: &[&str]| {
        let ran = replay(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.stderr);
        expected.iter().for_each(|part| assert!(ran.stderr.contains(part), "no `{part}` in: {}", ran.stderr));
    };
    refused(&["--filter", "route"], &["--binlog"]);
    refused(&["--binlog", &file], &["--filter"]);
    refused(&["--binlog", "nowhere.000001", "--filter", "block-allow-list"], &["nowhere.000001"]);
    refused(
        &["--binlog", &file, "--filter", "rout"],
        &["there is no filter `rout`", "did you mean `route`?"],
    );
    refused(&["--binlog", &file, "--filter", "./none.wasm"], &["the component cannot be read"]);
    let config: PathBuf = folder.path().join("rules.yaml");
    fs::write(&config, "# rules\ndo-dbs: [shop]\ndo-tabels: []\n").unwrap();
    let config = config.display().to_string();
    let texts = ["rules.yaml:3:1", "unknown key `do-tabels`", "do-tables"];
    refused(&["--binlog", &file, "--filter", "block-allow-list", "--config", &config], &texts);
    refused(&["--binlog", &file, "--filter", "block-allow-list", "--until", "tomorrow"], &["--until"]);
    refused(&["--binlog", &file, "--filter", "block-allow-list", "--from", "latest"], &["start"]);
    let copies: Vec<String> = ["binlog.000001", "binlog.000003"]
        .map(|name| folder.path().join(name).display().to_string())
        .to_vec();
    for copy in &copies {
        fs::copy(&file, copy).unwrap();
    }
    refused(
        &["--binlog", &copies[0], "--binlog", &copies[1], "--filter", "block-allow-list"],
        &["not consecutive", "binlog.000003"],
    );
}
