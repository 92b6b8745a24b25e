//! The binary: exit codes, what goes to stdout and what to stderr.

use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Output, Stdio},
};

const PIPELINE: &str = "\
name: orders
source:
  plugin: mysql
  config: { host: 127.0.0.1, port: 1, user: repl, password: sesame-open, start: earliest }
filters:
  - plugin: block-allow-list
    config: { do-dbs: [shop], ignore-tables: [{ db-name: shop, tbl-name: log }] }
  - plugin: route
    config: [{ schema-pattern: shop, target-schema: target }]
sinks:
  - plugin: discard
";

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

/// Runs the binary in a folder that holds `pipeline.yaml`.
fn run(pipeline: &str, arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pipeline.yaml"), pipeline).unwrap();
    run_in(folder.path(), arguments)
}

fn run_in(folder: &Path, arguments: &[&str]) -> Ran {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(arguments)
        .current_dir(folder)
        .env("XDG_STATE_HOME", folder)
        .env("TEST_HOST", "127.0.0.1")
        .env("TEST_TOKEN", "sesame-of-the-environment")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let ran = Ran { code: status.code().unwrap(), stdout: text(stdout), stderr: text(stderr) };
    assert!(
        !ran.stdout.contains("sesame") && !ran.stderr.contains("sesame"),
        "a secret is shown: {}",
        ran.stderr
    );
    ran
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stdout))
}

#[test]
fn a_good_file_is_valid() {
    let ran = run(PIPELINE, &["validate", "pipeline.yaml"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "pipeline.yaml: ok\n", ""));
    let ran = run(PIPELINE, &["--json", "validate", "pipeline.yaml"]);
    let envelope = json(&ran);
    assert_eq!(envelope["ok"], true);
    assert_eq!(envelope["command"], "validate");
    assert_eq!(envelope["result"]["files"][0]["pipeline"], "orders");
}

#[test]
fn all_mistakes_are_reported_at_once_with_their_places() {
    let broken = PIPELINE
        .replace("do-dbs", "do-dbz")
        .replace("plugin: route", "plugin: rout")
        .replace("plugin: discard", "plugin: file");
    for command in
        [&["validate", "pipeline.yaml"][..], &["check", "pipeline.yaml"], &["run", "pipeline.yaml"]]
    {
        let ran = run(&broken, command);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        for expected in
            ["pipeline.yaml:7:15", "did you mean `do-dbs`?", "there is no filter `rout`", "`path`"]
        {
            assert!(ran.stderr.contains(expected), "no {expected} in {}", ran.stderr);
        }
    }
    let ran = run(&broken, &["validate", "--json", "pipeline.yaml"]);
    assert_eq!(ran.code, 2);
    let envelope = json(&ran);
    assert_eq!(envelope["ok"], false);
    assert_eq!(envelope["diagnostics"].as_array().unwrap().len(), 3);
    assert_eq!(envelope["diagnostics"][0]["line"], 7);
}

#[test]
fn plugins_that_cannot_be_loaded_are_refused_with_a_clear_sentence() {
    for (plugin, expected) in
        [("./x.wasm", "the component cannot be read"), ("./x.so", "shared libraries are not supported yet")]
    {
        let ran = run(
            &PIPELINE.replace("plugin: route", &format!("plugin: {plugin}")),
            &["validate", "pipeline.yaml"],
        );
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    }
    let policy = PIPELINE.replace("plugin: route", "plugin: ./x.wasm\n    on-error: drop");
    let ran = run(&policy, &["validate", "pipeline.yaml"]);
    assert!(ran.stderr.contains("check the path"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("error[unsupported"), "{}", ran.stderr);
}

#[test]
fn a_missing_file_is_wrong_input() {
    let ran = run(PIPELINE, &["run", "nothing.yaml"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("nothing.yaml"), "{}", ran.stderr);
}

#[test]
fn bad_arguments_are_wrong_input() {
    let ran = run(PIPELINE, &["run", "pipeline.yaml", "--until", "tomorrow"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.starts_with("error: `tomorrow` is not a place to stop at"), "{}", ran.stderr);
    assert!(ran.stderr.contains("\n  at --until\nhelp: "), "{}", ran.stderr);
    for until in ["tomorrow:12", "shop.orders:4"] {
        assert_eq!(run(PIPELINE, &["run", "pipeline.yaml", "--until", until]).code, 2, "{until}");
    }
    for log in ["x=y=z", "inof", "tidegate_engine=inof"] {
        let ran = run(PIPELINE, &["run", "pipeline.yaml", "--log", log]);
        assert_eq!(ran.code, 2, "{log}");
        assert!(ran.stderr.contains("\n  at --log\nhelp: "), "{}", ran.stderr);
    }
    assert_eq!(run(PIPELINE, &["explain", "pipeline.yaml", "--sql", " "]).code, 2);
    assert_eq!(run(PIPELINE, &["run", "pipeline.yaml", "--metrics", "nowhere"]).code, 2);
    assert_eq!(run(PIPELINE, &["explain", "pipeline.yaml"]).code, 2);
    assert_eq!(run(PIPELINE, &["unknown"]).code, 2);
    assert_eq!(run(PIPELINE, &["--version"]).code, 0);
}

#[test]
fn json_and_a_sink_on_stdout_exclude_one_another() {
    for path in ["-", "/dev/stdout", "/proc/self/fd/1"] {
        let sink = format!("plugin: file\n    config: {{ path: \"{path}\" }}");
        let ran = run(&PIPELINE.replace("plugin: discard", &sink), &["--json", "run", "pipeline.yaml"]);
        assert_eq!(ran.code, 2, "{path}");
        assert_eq!(json(&ran)["error"]["kind"], "input");
    }
}

#[test]
fn an_error_tells_its_stage() {
    let to_file =
        PIPELINE.replace("plugin: discard", "plugin: file\n    config: { path: no/such/folder/out }");
    let ran = run(&to_file, &["run", "pipeline.yaml"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("error: sink: the file cannot be opened"), "{}", ran.stderr);
    let ran = run(&to_file, &["--json", "run", "pipeline.yaml"]);
    assert_eq!(json(&ran)["error"]["stage"], "sink");
}

#[test]
fn a_window_beyond_the_memory_is_wrong_input() {
    let sink = "plugin: mysql\n    config: { host: h, user: u, window-bytes: 64MiB }";
    let ran = run(&PIPELINE.replace("plugin: discard", sink), &["validate", "pipeline.yaml"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("`engine.memory` leaves"), "{}", ran.stderr);
    assert!(ran.stderr.contains("pipeline.yaml:12:"), "{}", ran.stderr);
}

#[test]
fn a_server_that_is_not_there_is_the_worlds_fault() {
    assert_eq!(run(PIPELINE, &["explain", "pipeline.yaml", "--table", "s.t"]).code, 3);
    let ran = run(PIPELINE, &["check", "pipeline.yaml"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stdout.contains("error    source: connection:"), "{}", ran.stdout);
    assert!(ran.stdout.contains("sink: target:"), "the other end is looked at all the same: {}", ran.stdout);
    let ran = run(PIPELINE, &["--json", "check", "pipeline.yaml"]);
    assert_eq!(ran.code, 3);
    assert_eq!(json(&ran)["ok"], false);
}

#[test]
fn a_statement_is_explained() {
    let sql = "DROP TABLE shop.orders, shop.log, other.t";
    let ran = run(PIPELINE, &["explain", "pipeline.yaml", "--sql", sql]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("→ DROP TABLE `target`.`orders`\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("drop table on shop.log is dropped"), "{}", ran.stdout);
    let ran = run(PIPELINE, &["--json", "explain", "pipeline.yaml", "--sql", sql]);
    let envelope = json(&ran);
    assert_eq!(envelope["result"]["targets"][0], "DROP TABLE `target`.`orders`");
    assert_eq!(envelope["result"]["elements"][2]["passes"], false);
}

#[test]
fn the_schema_knows_every_plugin() {
    let ran = run(PIPELINE, &["schema"]);
    assert_eq!(ran.code, 0);
    for definition in ["source-mysql", "sink-mysql", "sink-file", "filter-block-allow-list", "filter-route"] {
        assert!(json(&ran)["$defs"].get(definition).is_some(), "no {definition}");
    }
}

#[test]
fn a_state_folder_is_used_by_one_process() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pipeline.yaml"), PIPELINE).unwrap();
    std::fs::create_dir_all(folder.path().join("state/orders")).unwrap();
    let lock = std::fs::File::create(folder.path().join("state/orders/lock")).unwrap();
    lock.lock().unwrap();
    let ran = run_in(folder.path(), &["run", "pipeline.yaml", "--state", "state"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("another process runs pipeline `orders`"), "{}", ran.stderr);
}

#[test]
fn no_excerpt_shows_what_may_be_a_secret() {
    for password in [
        "pasword: sesame",
        "pasword: [a, { sesame: 1 }]",
        "password: { sesame }",
        "password: { x: sesame }",
        "password:sesame",
        "pasword: \"sesame",
        "pasword: sesame ]",
        "password: \"pa${sesame}word\"",
        "password: !sesame x",
    ] {
        let ran = run(&PIPELINE.replace("password: sesame-open", password), &["validate", "pipeline.yaml"]);
        assert_eq!(ran.code, 2, "{password}");
    }
    let ran = run(&PIPELINE.replace("sesame-open", "+48151623"), &["validate", "pipeline.yaml"]);
    assert!(ran.code == 2 && !ran.stderr.contains("48151623"), "{}", ran.stderr);
}

#[test]
fn values_from_the_environment_are_never_printed() {
    let pipeline = PIPELINE.replace("host: 127.0.0.1", "host: \"${env:TEST_HOST}\"");
    let explain: &[&str] = &["--json", "explain", "pipeline.yaml", "--table", "shop.orders"];
    for arguments in [
        &["--json", "check", "pipeline.yaml"],
        &["check", "pipeline.yaml"][..],
        explain,
        explain.get(1..).unwrap(),
    ] {
        let ran = run(&pipeline, arguments);
        assert!(ran.code == 1 || ran.code == 3, "{}: {}", ran.code, ran.stderr);
        let printed = ran.stdout + &ran.stderr;
        assert!(printed.contains("${env:TEST_HOST}") && !printed.contains("127.0.0.1"), "{printed}");
    }
    for format in ["text", "json"] {
        let printed = log_of_a_run(&pipeline, format, "stage failed");
        assert!(printed.contains("${env:TEST_HOST}") && !printed.contains("127.0.0.1"), "{printed}");
    }
}

/// Starts a run and returns its log up to a line that says `last`.
fn log_of_a_run(pipeline: &str, format: &str, last: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pipeline.yaml"), pipeline).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["run", "pipeline.yaml", "--state", "state", "--log", "debug", "--log-format", format])
        .current_dir(folder.path())
        .env("TEST_HOST", "127.0.0.1")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = String::new();
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        printed = printed + &line.unwrap() + "\n";
        if printed.contains(last) {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    printed
}

#[test]
fn what_an_explanation_repeats_of_the_settings_is_no_secret() {
    let pipeline = PIPELINE.replace("do-dbs: [shop]", "do-dbs: [shop, \"${env:TEST_TOKEN}\"]");
    let sql = "DROP TABLE `sesame-of-the-environment`.orders";
    for arguments in [
        &["explain", "pipeline.yaml", "--sql", sql][..],
        &["--json", "explain", "pipeline.yaml", "--sql", sql],
    ] {
        let ran = run(&pipeline, arguments);
        assert!(ran.stdout.contains("${env:TEST_TOKEN}"), "{}", ran.stdout);
    }
}

#[test]
fn a_check_misses_a_start_where_there_is_no_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let pipeline = PIPELINE.replace(", start: earliest", "");
    std::fs::write(folder.path().join("pipeline.yaml"), pipeline).unwrap();
    let check = || run_in(folder.path(), &["check", "pipeline.yaml", "--state", "state"]).stdout;
    let found = check();
    assert!(found.contains("error    source: start: there is no checkpoint"), "{found}");
    std::fs::create_dir_all(folder.path().join("state/orders")).unwrap();
    std::fs::write(folder.path().join("state/orders/checkpoint.json"), "{}").unwrap();
    let found = check();
    assert!(found.contains("ok       source: start:"), "{found}");
}

#[test]
fn bad_arguments_get_an_envelope_too() {
    let ran = run(PIPELINE, &["--json", "run", "pipeline.yaml", "--metrics", "nowhere"]);
    assert_eq!(ran.code, 2);
    let envelope = json(&ran);
    assert_eq!((&envelope["ok"], &envelope["error"]["kind"]), (&false.into(), &"input".into()));
    assert!(envelope["error"]["message"].as_str().unwrap().contains("nowhere"), "{envelope}");
}

#[test]
fn good_files_are_named_beside_bad_ones() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("good.yaml"), PIPELINE).unwrap();
    std::fs::write(folder.path().join("bad.yaml"), "name: 1\n").unwrap();
    let ran = run_in(folder.path(), &["validate", "good.yaml", "bad.yaml"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, "good.yaml: ok\n"));
    let ran = run_in(folder.path(), &["--json", "validate", "good.yaml", "bad.yaml"]);
    assert_eq!(json(&ran)["result"]["files"][0]["file"], "good.yaml");
}

#[test]
fn errors_are_log_lines_where_those_are_json() {
    let folder = tempfile::tempdir().unwrap();
    // A run whose state another one holds fails at once.
    std::fs::create_dir_all(folder.path().join("state/orders")).unwrap();
    let lock = std::fs::File::create(folder.path().join("state/orders/lock")).unwrap();
    lock.lock().unwrap();
    let lines = |pipeline: &str| {
        std::fs::write(folder.path().join("pipeline.yaml"), pipeline).unwrap();
        let arguments = ["run", "pipeline.yaml", "--state", "state", "--log-format", "json"];
        let ran = run_in(folder.path(), &arguments);
        let lines = ran.stderr.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect::<Vec<Value>>()
    };
    let last = lines(PIPELINE).pop().unwrap();
    assert_eq!((&last["level"], &last["kind"]), (&"ERROR".into(), &"world".into()));
    let mistakes = lines(&PIPELINE.replace("do-dbs", "do-dbz"));
    assert_eq!((mistakes.len(), &mistakes[0]["line"]), (1, &7.into()));
}

#[test]
fn a_mistake_of_shape_hides_no_other_mistake() {
    let broken = PIPELINE.replace(
        "[{ schema-pattern: shop, target-schema: target }]",
        "[{ schema-pattern: 1, target-schema: x }, { schema-pattern: '~(', target-schema: target }]",
    );
    let ran = run(&broken, &["--json", "validate", "pipeline.yaml"]);
    assert_eq!(json(&ran)["diagnostics"].as_array().unwrap().len(), 2, "{}", ran.stdout);
}
