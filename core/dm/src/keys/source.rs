//! The source file's own keys.

use super::{Honoured, Refused, Row, Takes, WithoutEffect};

const NO_RELAY: super::Treatment =
    WithoutEffect("the log is read from the server itself: there is no relay log");

const OLD: super::Treatment = WithoutEffect("DM ignores it too");

pub(super) const ROWS: &[Row] = &[
    Row::new("source-id", Takes::Text, Honoured("part of the pipeline's name; what `extract-source` reads"))
        .required()
        .remark("at most 32 characters"),
    Row::new("enable", Takes::Flag, Honoured("an enabled source is read")).default("true").values(&[(
        "false",
        Refused {
            why: "the source is disabled: DM would not read it",
            instead: "leave its instance out of the task, or set `enable: true`",
        },
    )]),
    Row::new(
        "enable-gtid",
        Takes::Flag,
        Honoured("whether source `mysql` starts at `meta.binlog-gtid` or at `meta.binlog-name`"),
    )
    .default("false"),
    Row::new("enable-relay", Takes::Flag, NO_RELAY).default("false"),
    Row::new("relay-dir", Takes::Text, NO_RELAY).default("relay-dir").remark("deprecated since 6.1"),
    Row::new("relay-binlog-name", Takes::Text, NO_RELAY).default(""),
    Row::new("relay-binlog-gtid", Takes::Text, NO_RELAY).default(""),
    Row::new("flavor", Takes::Words(&["", "mysql", "mariadb"]), WithoutEffect("the server says what it is"))
        .default(""),
    Row::new("from", Takes::Section, Honoured("source `mysql`")).required(),
    Row::new("purge", Takes::Section, NO_RELAY),
    Row::inner("purge.interval", Takes::Number(0, i64::MAX)).default("3600"),
    Row::inner("purge.expires", Takes::Number(0, i64::MAX)).default("0"),
    Row::inner("purge.remain-space", Takes::Number(0, i64::MAX)).default("15"),
    Row::new(
        "checker",
        Takes::Section,
        WithoutEffect("what passes by itself is tried again with growing waits, always; what does not stops"),
    ),
    Row::inner("checker.check-enable", Takes::Flag).default("true"),
    Row::inner("checker.backoff-rollback", Takes::Duration).default("5m0s"),
    Row::inner("checker.backoff-max", Takes::Duration).default("5m0s"),
    Row::inner("checker.check-interval", Takes::Duration).default("5s").remark("DM overwrites it"),
    Row::inner("checker.backoff-min", Takes::Duration).default("1s").remark("DM overwrites it"),
    Row::inner("checker.backoff-jitter", Takes::Flag).default("true").remark("DM overwrites it"),
    Row::inner("checker.backoff-factor", Takes::Number(0, i64::MAX)).default("2").remark("DM overwrites it"),
    Row::new(
        "server-id",
        Takes::Number(0, u32::MAX as i64),
        Honoured("source `mysql`: `server-id`; without it one is derived from the pipeline's name"),
    )
    .default("0"),
    Row::new(
        "case-sensitive",
        Takes::Flag,
        Honoured("`case-sensitive` of every filter, if the source or the task sets it"),
    )
    .default("false"),
    Row::new(
        "filters",
        Takes::Sections,
        Honoured(
            "filter `binlog-event`, behind the task's rules; a rule of the task with the same patterns wins",
        ),
    ),
    Row::new("auto-fix-gtid", Takes::Flag, OLD).default("false").remark("deprecated"),
    Row::new("meta-dir", Takes::Text, OLD).default("").remark("deprecated"),
    Row::new("charset", Takes::Text, WithoutEffect("the log names the character set of everything in it"))
        .default("")
        .remark("deprecated"),
    Row::new("tracer", Takes::Anything, OLD).remark("deprecated"),
];
