//! Components that are granted a clock or random numbers.

use super::{pipeline, query, says};
use std::path::PathBuf;
use tidegate_e2e::{Pipeline, pair};
use tidegate_test_guests::guest;
use tidegate_test_servers::{Kind, server_or_skip};

fn stamp() -> Option<PathBuf> {
    guest("tests/guests/go/stamp").unwrap()
}

const LIMITS: &str = "limits: { call-time: 20s }";

#[test]
fn a_grant_costs_the_lanes_and_check_says_so() {
    let Some(stamp) = stamp() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    let stamp = stamp.display().to_string();
    let sql = "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY, stamp VARCHAR(99)); INSERT INTO d.t VALUES (1, ''), (2, '')";
    pair.source.client().execute(sql).unwrap();
    let plain = || pipeline(&pair, &[(&stamp, "{}")]).filter_key(LIMITS);
    let granted = |pipeline: Pipeline| pipeline.filter_key("grants: [clock, randomness]");
    let one_lane = "one lane: a filter is granted a clock or randomness";
    says(&granted(plain()).command("check", &[]), 0, &[one_lane]);
    assert!(!plain().command("check", &[]).stdout.contains("granted"));
    let several = granted(plain()).sink_setting("lanes: 4");
    let parts = [
        "a filter is granted a clock or randomness, so there is one lane",
        "leave `lanes` out",
        "pipeline.yaml:",
    ];
    says(&several.run(), 2, &parts);
    assert_eq!(several.command("validate", &[]).code, Some(2));
    says(&granted(plain()).run(), 0, &[one_lane]);
    assert_eq!(query(&pair.target, "SELECT COUNT(*) FROM tidegate.lane"), "1");
    let stamped = "SELECT COUNT(DISTINCT SUBSTRING_INDEX(stamp, ' ', -1)), MIN(SUBSTRING_INDEX(stamp, ' ', 1) + 0 > 1.6e12) FROM d.t";
    assert_eq!(query(&pair.target, stamped), "2,1", "the time, and two random numbers");
}

#[test]
fn without_a_grant_there_are_lanes_and_the_clock_counts() {
    let Some(stamp) = stamp() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    let stamp = stamp.display().to_string();
    let sql = "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY, stamp VARCHAR(99)); INSERT INTO d.t VALUES (1, '')";
    pair.source.client().execute(sql).unwrap();
    says(&pipeline(&pair, &[(&stamp, "{}")]).filter_key(LIMITS).run(), 0, &[]);
    assert_eq!(query(&pair.target, "SELECT COUNT(*) FROM tidegate.lane"), "4");
    assert_eq!(query(&pair.target, "SELECT SUBSTRING_INDEX(stamp, ' ', 1) + 0 < 1e6 FROM d.t"), "1");
}

#[test]
fn a_grant_that_nobody_can_use_is_an_error() {
    let Some(mask) = guest("examples/filters/rust/mask-pii").unwrap() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    let mask = mask.display().to_string();
    let useless = pipeline(&pair, &[(&mask, "{ columns: [a] }")]).filter_key("grants: [clock]");
    says(
        &useless.command("validate", &[]),
        2,
        &["can see neither a clock nor random numbers", "pipeline.yaml:"],
    );
}
