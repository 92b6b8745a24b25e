//! What a shell user relies on, and what holds when the program that started a server is killed.

#![cfg(test)]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tidegate_test_servers::{Kind, server_or_skip};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tidegate-test-servers");

fn up(arguments: &[&str]) -> (Child, Value) {
    let mut child = Command::new(PROGRAM)
        .arg("up")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

fn wait_until(what: &str, done: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !done() {
        assert!(Instant::now() < end, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn process(described: &Value) -> PathBuf {
    Path::new("/proc").join(described["process_id"].to_string())
}

fn folder(described: &Value) -> PathBuf {
    Path::new(described["data_dir"].as_str().unwrap()).parent().unwrap().to_owned()
}

/// The starting process is killed with SIGKILL: neither server nor data is left behind.
#[test]
fn a_killed_parent_leaves_nothing_behind() {
    for server in ["mysql", "mariadb", "tidb"] {
        let kind = match server {
            "mysql" => Kind::MySql,
            "mariadb" => Kind::MariaDb,
            _ => Kind::TiDb,
        };
        server_or_skip!(kind.prepare());
        let (mut child, described) = up(&[server]);
        assert!(process(&described).exists());
        child.kill().unwrap();
        child.wait().unwrap();
        wait_until("the server dies", || !process(&described).exists());
        wait_until("its folder goes", || !folder(&described).exists());
    }
}

/// Standard input closes: the program ends in order and cleans up.
#[test]
fn closing_standard_input_ends_the_server() {
    let installation = server_or_skip!(Kind::MySql.prepare());
    let (mut child, described) = up(&["mysql", "--", "--max-connections=7"]);
    let mut client = installation.command("mysql").unwrap();
    client.args([
        "--no-defaults",
        "--get-server-public-key",
        "-h127.0.0.1",
        "-uroot",
        "-NBe",
        "SELECT @@max_connections",
    ]);
    client.arg(format!("-P{}", described["port"]));
    client.arg(format!("-p{}", described["password"].as_str().unwrap()));
    assert_eq!(String::from_utf8_lossy(&client.output().unwrap().stdout).trim(), "7");
    child.stdin.take().unwrap().flush().unwrap();
    assert!(child.wait().unwrap().success());
    assert!(!process(&described).exists());
    assert!(!folder(&described).exists());
}

#[test]
fn a_wrong_command_line_says_how_it_is_used() {
    for arguments in [&["down"][..], &[], &["up"]] {
        let output = Command::new(PROGRAM).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("usage:"));
    }
}
