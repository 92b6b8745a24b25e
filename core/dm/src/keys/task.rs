//! The task file's own keys, and those of an instance.

use super::{Honoured, Refused, Row, Takes, WithoutEffect};

const NO_COPY: super::Treatment = WithoutEffect("an incremental task copies no existing rows");

const HEARTBEAT: super::Treatment = WithoutEffect("the lag is known from the log; DM ignores it too");

const NO_VALIDATOR: super::Treatment =
    WithoutEffect("rows are not validated yet: compare both sides yourself");

const GHOSTS: super::Treatment = WithoutEffect(
    "tables of gh-ost and pt-osc are ordinary tables, replicated with their rows up to the cut-over",
);

const NO_MERGE: super::Treatment = Refused {
    why: "statements of several shards of one target table are not coordinated yet",
    instead: "remove it: CREATE and equal ADDs are merged, and statements that would harm a shared target stop",
};

const COPY_FIRST: &str = "copy the rows by another tool, and start with `task-mode: incremental` and `meta` at the copy's position";

const WHOLE: super::Treatment =
    Refused { why: "existing rows are not copied yet: only changes are replicated", instead: COPY_FIRST };

const SCHEMA_CONVERSION: super::Treatment = Refused {
    why: "statements are not converted for TiDB: they are sent as they are, but for names and defaults",
    instead: "remove it; what the target refuses stops the pipeline with the statement",
};

const MODES: &[&str] = &["incremental", "full", "all", "dump", "load", "load&sync"];

/// The items of DM's checks.
const CHECKS: super::Treatment =
    WithoutEffect("`tidegate check` looks at what this pipeline depends on, and at nothing else");

pub(super) const ROWS: &[Row] = &[
    Row::new("name", Takes::Text, Honoured("part of the pipeline's name")).required(),
    Row::new("task-mode", Takes::Words(MODES), Honoured("`incremental`: source `mysql` reads the log")).required().values(&[
        ("full", WHOLE),
        ("all", WHOLE),
        ("dump", WHOLE),
        ("load", WHOLE),
        ("load&sync", WHOLE),
    ]),
    Row::new("is-sharding", Takes::Flag, NO_MERGE).default("false").remark("old form of `shard-mode: pessimistic`"),
    Row::new("shard-mode", Takes::Words(&["", "pessimistic", "optimistic"]), NO_MERGE).default(""),
    Row::new("strict-optimistic-shard-mode", Takes::Flag, NO_MERGE).default("false"),
    Row::new("ignore-checking-items", Takes::Texts, CHECKS),
    Row::new(
        "meta-schema",
        Takes::Text,
        WithoutEffect("checkpoints lie in the target's schema `tidegate`; those of DM are not read"),
    )
    .default("dm_meta"),
    Row::new(
        "timezone",
        Takes::Text,
        WithoutEffect(
            "instants are written in UTC, and statements run in the time zone that the log names; refused beside \
             `expression-filters`, which would compare in it",
        ),
    )
    .default(""),
    Row::new(
        "case-sensitive",
        Takes::Flag,
        Honoured("`case-sensitive` of every filter, if the source or the task sets it"),
    )
    .default("false"),
    Row::new(
        "collation_compatible",
        Takes::Words(&["loose", "strict"]),
        Honoured("always as `strict`: what a statement leaves to a default is written out where the target's differs"),
    )
    .default("loose"),
    Row::new("target-database", Takes::Section, Honoured("sink `mysql`")).required(),
    Row::new("mysql-instances", Takes::Sections, Honoured("a pipeline each")).required(),
    Row::new("online-ddl", Takes::Flag, GHOSTS).default("true"),
    Row::new("online-ddl-scheme", Takes::Words(&["", "gh-ost", "pt"]), GHOSTS).default("").remark("old form of `online-ddl`"),
    Row::new("shadow-table-rules", Takes::Texts, GHOSTS),
    Row::new("trash-table-rules", Takes::Texts, GHOSTS),
    Row::new("routes", Takes::Section, Honoured("filter `route`, for the instances that name a rule")),
    Row::new("routes.*", Takes::Section, Honoured("a rule")),
    Row::new("filters", Takes::Section, Honoured("filter `binlog-event`, for the instances that name a rule")),
    Row::new("filters.*", Takes::Section, Honoured("a rule")),
    Row::new("column-mappings", Takes::Section, Honoured("filter `column-mapping`, for the instances that name a rule"))
        .remark("DM refuses it since 6.6"),
    Row::new("column-mappings.*", Takes::Section, Honoured("a rule")),
    Row::new(
        "expression-filter",
        Takes::Section,
        Honoured("filter `expression-filter`, for the instances that name a rule"),
    ),
    Row::new("expression-filter.*", Takes::Section, Honoured("a rule")),
    Row::new("block-allow-list", Takes::Section, Honoured("filter `block-allow-list`, for the instances that name a list")),
    Row::new("block-allow-list.*", Takes::Section, Honoured("a list")),
    Row::new("black-white-list", Takes::Section, Honoured("filter `block-allow-list`, for the instances that name a list"))
        .remark("old name of `block-allow-list`"),
    Row::new("black-white-list.*", Takes::Section, Honoured("a list")),
    Row::new("mydumpers", Takes::Section, NO_COPY),
    Row::inner("mydumpers.*", Takes::Section),
    Row::new("loaders", Takes::Section, NO_COPY),
    Row::inner("loaders.*", Takes::Section),
    Row::new("syncers", Takes::Section, Honoured("sink `mysql`, for the instances that name it")),
    Row::new("syncers.*", Takes::Section, Honoured("settings of the sink")),
    Row::new("validators", Takes::Section, NO_VALIDATOR),
    Row::inner("validators.*", Takes::Section),
    Row::new("clean-dump-file", Takes::Flag, NO_COPY).default("true"),
    Row::new("experimental", Takes::Section, Honoured("key by key")),
    Row::new(
        "experimental.async-checkpoint-flush",
        Takes::Flag,
        WithoutEffect("the checkpoint is written in the transactions of the rows themselves"),
    )
    .default("false"),
    Row::new("mariadb2tidb", Takes::Section, Honoured("key by key")).remark("newest versions only"),
    Row::new("mariadb2tidb.mode", Takes::Words(&["auto", "on", "off"]), SCHEMA_CONVERSION)
        .default("auto")
        .values(&[("off", WithoutEffect("statements are not converted anyway"))]),
    Row::new("mariadb2tidb.strict-mode", Takes::Flag, SCHEMA_CONVERSION).default("true"),
    Row::new("mariadb2tidb.enabled-rules", Takes::Texts, SCHEMA_CONVERSION),
    Row::new("mariadb2tidb.disabled-rules", Takes::Texts, SCHEMA_CONVERSION),
    Row::new("enable-heartbeat", Takes::Flag, HEARTBEAT).default("false").remark("deprecated"),
    Row::new("heartbeat-update-interval", Takes::Number(0, i64::MAX), HEARTBEAT).default("1").remark("deprecated"),
    Row::new("heartbeat-report-interval", Takes::Number(0, i64::MAX), HEARTBEAT).default("10").remark("deprecated"),
    Row::new("ansi-quotes", Takes::Flag, WithoutEffect("the log names the sql_mode of each statement"))
        .default("false")
        .remark("deprecated"),
    Row::new("remove-meta", Takes::Flag, WithoutEffect("`tidegate run --reset` forgets a checkpoint; DM ignores it too"))
        .default("false")
        .remark("deprecated"),
];

const NAMES: super::Treatment = Honoured("the rules of these names, in this order");

pub(super) const INSTANCE: &[Row] = &[
    Row::new("source-id", Takes::Text, Honoured("the source file of this id")).required(),
    Row::new(
        "meta",
        Takes::Section,
        Honoured("source `mysql`: `start`; where the target has a checkpoint, that comes first, as in DM"),
    ),
    Row::new("meta.binlog-name", Takes::Text, Honoured("`start.file`, unless the source has `enable-gtid`"))
        .default(""),
    Row::new("meta.binlog-pos", Takes::Number(0, u32::MAX as i64), Honoured("`start.position`")).default("0"),
    Row::new("meta.binlog-gtid", Takes::Text, Honoured("`start.gtid`, if the source has `enable-gtid`"))
        .default(""),
    Row::new("filter-rules", Takes::Texts, NAMES),
    Row::new("column-mapping-rules", Takes::Texts, NAMES).remark("DM refuses it since 6.6"),
    Row::new("route-rules", Takes::Texts, NAMES),
    Row::new("expression-filters", Takes::Texts, NAMES),
    Row::new("block-allow-list", Takes::Text, Honoured("the list of this name")).default(""),
    Row::new("black-white-list", Takes::Text, Honoured("the list of this name"))
        .default("")
        .remark("old name of `block-allow-list`"),
    Row::new("mydumper-config-name", Takes::Text, Honoured("the settings of this name")).default(""),
    Row::new("mydumper", Takes::Section, NO_COPY),
    Row::new("mydumper-thread", Takes::Number(0, i64::MAX), NO_COPY).default("0"),
    Row::new("loader-config-name", Takes::Text, Honoured("the settings of this name")).default(""),
    Row::new("loader", Takes::Section, NO_COPY),
    Row::new("loader-thread", Takes::Number(0, i64::MAX), NO_COPY).default("0"),
    Row::new("syncer-config-name", Takes::Text, Honoured("the settings of this name")).default(""),
    Row::new("syncer", Takes::Section, Honoured("settings of the sink")),
    Row::new(
        "syncer-thread",
        Takes::Number(0, i64::MAX),
        Honoured("sink `mysql`: `lanes`; wins over `worker-count`"),
    )
    .default("0"),
    Row::new("validator-config-name", Takes::Text, Honoured("the settings of this name")).default(""),
];
