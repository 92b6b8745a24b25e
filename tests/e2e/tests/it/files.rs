//! Sinks that keep no checkpoint: where their lines go, and whose checkpoint it is.

use std::{
    fs::File,
    process::Command,
    time::{Duration, Instant},
};
use tidegate_e2e::Pipeline;
use tidegate_test_servers::{MySql, server_or_skip};

const FILL: &str = "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY, v TEXT); SET cte_max_recursion_depth = 5000; \
                    INSERT INTO d.t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3000) \
                    SELECT i, REPEAT('x', 200) FROM n;";

#[test]
fn a_checkpoint_is_of_one_place_and_a_pipe_that_nobody_reads_does_not_hold_the_process() {
    let source = server_or_skip!(MySql::builder().start());
    source.client().execute(FILL).unwrap();
    let pipeline = Pipeline::to_sink("files", source.port(), "plugin: discard");
    pipeline.run_well();

    // What was discarded is in no file.
    let pipeline = pipeline.other_sink("plugin: file\n    config: { path: lines }");
    let refused = pipeline.run();
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    assert!(refused.stderr.contains("of another sink: it is of discard"), "{}", refused.stderr);
    let lines = || std::fs::read_to_string(pipeline.folder().join("lines")).unwrap().lines().count();
    assert_eq!(pipeline.run_with(&["--reset", "--until", "now"]).code, Some(0));
    assert_eq!(lines(), 3_002);
    source.client().execute("INSERT INTO d.t VALUES (0, '')").unwrap();
    pipeline.run_well();
    assert_eq!(lines(), 3_003, "it goes on");

    let pipe = pipeline.folder().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut reader = File::options().read(true).write(true).open(&pipe).unwrap();
    let pipeline = pipeline.other_sink("plugin: file\n    config: { path: pipe }");
    let mut running = pipeline.spawn(&["--reset"]);
    let log = pipeline.folder().join("run.err");
    let logged = |text: &str| std::fs::read_to_string(&log).is_ok_and(|log| log.contains(text));
    // With the first byte come as many as the pipe takes, and there they stay.
    std::io::Read::read_exact(&mut reader, &mut [0]).unwrap();
    running.ask_to_stop();
    running.wait_until("the stop", || logged("once more stops at once"));
    // What comes at the same time is one stop.
    std::thread::sleep(Duration::from_millis(1_100));
    let asked = Instant::now();
    let outcome = running.interrupt();
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(asked.elapsed() < Duration::from_secs(10), "{}", outcome.stderr);
}
