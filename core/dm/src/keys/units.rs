//! DM's process units: dump, load, sync and the validator.

use super::{Honoured, Refused, Row, Takes, WithoutEffect};

const MOST: i64 = i64::MAX;

pub(super) const MYDUMPER: &[Row] = &[
    Row::inner("mydumper-path", Takes::Text).default("./bin/mydumper").remark("DM ignores it since 2.0"),
    Row::inner("threads", Takes::Number(0, MOST)).default("4"),
    Row::inner("chunk-filesize", Takes::Text).default("64"),
    Row::inner("statement-size", Takes::Number(0, MOST)).default("0"),
    Row::inner("rows", Takes::Number(0, MOST)).default("0"),
    Row::inner("where", Takes::Text).default(""),
    Row::inner("skip-tz-utc", Takes::Flag).default("true").remark("DM ignores it"),
    Row::inner("extra-args", Takes::Text).default(""),
];

const CHECKSUM: Takes = Takes::Words(&["required", "optional", "off", "true", "false"]);

pub(super) const LOADER: &[Row] = &[
    Row::inner("pool-size", Takes::Number(0, MOST)).default("16"),
    Row::inner("dir", Takes::Text).default("./dumped_data"),
    Row::inner("sorting-dir-physical", Takes::Text).default(""),
    Row::inner("import-mode", Takes::Words(&["logical", "physical", "import-into", "sql", "loader"]))
        .default("logical")
        .remark("`sql` and `loader` are old names of `logical`"),
    Row::inner("on-duplicate", Takes::Words(&["", "replace", "error", "ignore"]))
        .default("")
        .remark("old name of `on-duplicate-logical`"),
    Row::inner("on-duplicate-logical", Takes::Words(&["", "replace", "error", "ignore"])).default("replace"),
    Row::inner("on-duplicate-physical", Takes::Words(&["", "none", "manual"])).default("none"),
    Row::inner("disk-quota-physical", Takes::Text).default("0"),
    Row::inner("checksum-physical", CHECKSUM).default("required"),
    Row::inner("analyze", CHECKSUM).default("optional"),
    Row::inner("range-concurrency", Takes::Number(0, MOST)).default("0"),
    Row::inner("compress-kv-pairs", Takes::Text).default(""),
    Row::inner("pd-addr", Takes::Text).default(""),
];

const OLD: super::Treatment = WithoutEffect("DM ignores it too");

pub(super) const SYNCER: &[Row] = &[
    Row::new("worker-count", Takes::Number(0, MOST), Honoured("sink `mysql`: `lanes`, which are at most 64"))
        .default("16"),
    Row::new(
        "batch",
        Takes::Number(0, MOST),
        WithoutEffect("windows of the sink decide how many rows travel in a transaction"),
    )
    .default("100"),
    Row::new("queue-size", Takes::Number(0, MOST), WithoutEffect("queues are bounded by bytes: `engine.memory`"))
        .default("1024"),
    Row::new(
        "checkpoint-flush-interval",
        Takes::Number(0, MOST),
        WithoutEffect("the checkpoint is written in the transactions of the rows themselves"),
    )
    .default("30"),
    Row::new("compact", Takes::Flag, WithoutEffect("several changes of one row always become one"))
        .default("false"),
    Row::new("multiple-rows", Takes::Flag, WithoutEffect("rows always travel in statements of several rows"))
        .default("false"),
    Row::new(
        "safe-mode",
        Takes::Flag,
        Refused {
            why: "the sink does not write over rows that are already there: after any restart it goes on exactly where it \
                  stopped, so that no row comes twice, and a duplicate row stops it",
            instead: "remove `safe-mode`, and start exactly at the position of the copy of the existing rows",
        },
    )
    .default("false"),
    Row::new(
        "safe-mode-duration",
        Takes::Duration,
        WithoutEffect("there is no uncertain time after a start: no row is applied twice"),
    )
    .default("60s"),
    Row::new("meta-file", Takes::Text, OLD).default("").remark("deprecated"),
    Row::new("max-retry", Takes::Number(0, MOST), OLD).default("0").remark("deprecated"),
    Row::new("auto-fix-gtid", Takes::Flag, OLD).default("false").remark("deprecated"),
    Row::new("enable-gtid", Takes::Flag, WithoutEffect("the source file's `enable-gtid` counts, in DM too"))
        .default("false")
        .remark("deprecated"),
    Row::new("disable-detect", Takes::Flag, WithoutEffect("conflicts are always detected, in DM too"))
        .default("false")
        .remark("deprecated"),
    Row::new("enable-ansi-quotes", Takes::Flag, WithoutEffect("the log names the sql_mode of each statement"))
        .default("false")
        .remark("deprecated"),
];

pub(super) const VALIDATOR: &[Row] = &[
    Row::inner("mode", Takes::Words(&["none", "fast", "full"])).default("none"),
    Row::inner("worker-count", Takes::Number(0, MOST)).default("4"),
    Row::inner("validate-interval", Takes::Duration).default("10s"),
    Row::inner("check-interval", Takes::Duration).default("5s"),
    Row::inner("row-error-delay", Takes::Duration).default("30m0s"),
    Row::inner("meta-flush-interval", Takes::Duration).default("5m0s"),
    Row::inner("batch-query-size", Takes::Number(0, MOST)).default("100"),
    Row::inner("max-pending-row-size", Takes::Text).default("500m"),
    Row::inner("max-pending-row-count", Takes::Number(0, MOST)).default("2147483647"),
];
