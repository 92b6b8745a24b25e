//! `tidegate dm`, as someone who comes from DM runs it.

use serde_json::Value;
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn tidegate(folder: &Path, arguments: &[&str], stdin: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(arguments)
        .current_dir(folder)
        .env("TARGET_PASSWORD", "x")
        .env("SOURCE_AURORA_REPLICA_01_PASSWORD", "x")
        .env("SOURCE_INSTANCE118_5306_PASSWORD", "x")
        .env("DM_PASSWORD", "x")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../dm/tests/it/samples")
}

const AURORA: [&str; 5] = ["dm", "translate", "aurora-task.yaml", "--source", "aurora-source.yaml"];

#[test]
fn the_pipeline_of_a_task_is_printed_and_valid() {
    let ran = tidegate(&samples(), &AURORA, "");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("set SOURCE_AURORA_REPLICA_01_PASSWORD to the password of aurora-source.yaml:")
    );
    assert!(ran.stderr.contains("`mydumpers` has no effect"), "{}", ran.stderr);
    assert!(!ran.stdout.contains("OiG90") && !ran.stdout.contains("123456"), "{}", ran.stdout);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p.yaml"), &ran.stdout).unwrap();
    let valid = tidegate(folder.path(), &["validate", "p.yaml"], "");
    assert_eq!((valid.code, valid.stdout.as_str()), (Some(0), "p.yaml: ok\n"), "{}", valid.stderr);
}

#[test]
fn the_pipelines_of_several_sources_are_written_to_files_and_valid() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().display().to_string();
    let sources = ["merge-source1.yaml", "merge-source2.yaml"];
    let ran = tidegate(
        &samples(),
        &[
            "dm",
            "translate",
            "merge-task.yaml",
            "--source",
            sources[0],
            "--source",
            sources[1],
            "--out",
            &out,
        ],
        "",
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let files: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(files.len(), 2, "{}", ran.stdout);
    let valid = tidegate(folder.path(), &["validate", files[0], files[1]], "");
    assert_eq!(valid.code, Some(0), "{}", valid.stderr);
    let printed = tidegate(
        &samples(),
        &["--json", "dm", "translate", "merge-task.yaml", "--source", sources[0], sources[1]],
        "",
    );
    let envelope: Value = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!((envelope["ok"].clone(), printed.stderr.as_str()), (true.into(), ""));
    let written = std::fs::read_to_string(files[1]).unwrap();
    assert_eq!(envelope["result"]["pipelines"][1]["yaml"], written.as_str());
}

#[test]
fn mistakes_of_all_files_are_reported_at_once_with_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| std::fs::read_to_string(samples().join(name)).unwrap();
    let task = read("aurora-task.yaml").replace("task-mode: \"incremental\"", "task-mode: all");
    let task = task.replace("block-allow-list: \"listA\"", "block-allow-list: \"listB\"");
    std::fs::write(folder.path().join("aurora-task.yaml"), task).unwrap();
    let source = format!("{}  pot: 1\nserver-id: -1\n", read("aurora-source.yaml"));
    std::fs::write(folder.path().join("aurora-source.yaml"), source).unwrap();
    let ran = tidegate(folder.path(), &AURORA, "");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    for expected in [
        "existing rows are not copied yet",
        "nothing in `block-allow-list` is called `listB`",
        "no instance uses `listA`",
        "aurora-task.yaml:7:1",
        "unknown key `pot`",
        "did you mean `port`?",
        "aurora-source.yaml:13:12",
    ] {
        assert!(ran.stderr.contains(expected), "no {expected} in {}", ran.stderr);
    }
    let missing = tidegate(folder.path(), &["dm", "translate", "no.yaml", "--source", "none.yaml"], "");
    assert_eq!(missing.code, Some(2));
    assert!(missing.stderr.contains("the task file cannot be read: it does not exist"), "{}", missing.stderr);
}

#[test]
fn settings_that_a_plugin_refuses_are_told_at_their_place_in_dms_file() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| std::fs::read_to_string(samples().join(name)).unwrap();
    let task = read("aurora-task.yaml").replace("binlog-pos: 4", "binlog-pos: 2");
    let task = task.replace("do-dbs: [\"dbname\"]", "do-dbs: [\"db*name\"]");
    std::fs::write(folder.path().join("aurora-task.yaml"), task).unwrap();
    std::fs::write(folder.path().join("aurora-source.yaml"), read("aurora-source.yaml")).unwrap();
    let ran = tidegate(folder.path(), &AURORA, "");
    assert_eq!(ran.code, Some(2));
    for expected in ["2 is out of range: at least 4", "binlog-pos: 2", "do-dbs: [\"db*name\"]"] {
        assert!(ran.stderr.contains(expected), "no {expected} in {}", ran.stderr);
    }
}

#[test]
fn passwords_are_encrypted_and_decrypted_as_dmctl_does() {
    let folder = tempfile::tempdir().unwrap();
    let ran = tidegate(folder.path(), &["dm", "decrypt", "OiG90CGm3CEbXan6ZSd/SUAsofxJAZo="], "");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "123456\n"), "{}", ran.stderr);
    std::fs::write(folder.path().join("key"), "0123456789abcdef".repeat(4) + "\n").unwrap();
    let key = ["--secret-key-path", "key"];
    let encrypted = tidegate(folder.path(), &["dm", "encrypt", key[0], key[1]], "sesame open\n");
    assert_eq!(encrypted.code, Some(0), "{}", encrypted.stderr);
    let decrypted = tidegate(folder.path(), &["dm", "decrypt", key[0], key[1]], &encrypted.stdout);
    assert_eq!(decrypted.stdout, "sesame open\n");
    let plain = tidegate(folder.path(), &["dm", "decrypt", "sesame"], "");
    assert_eq!((plain.code, plain.stdout.as_str()), (Some(2), ""));
    assert!(plain.stderr.contains("this is no encrypted password"), "{}", plain.stderr);
    let no_key = tidegate(folder.path(), &["dm", "encrypt", "x", "--secret-key-path", "none"], "");
    assert_eq!(no_key.code, Some(2));
}
