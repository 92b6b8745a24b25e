//! All metrics, as data: what is registered and what the reference lists.
//!
//! Each also carries the label `pipeline`.

/// What a metric's number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// It only grows, from zero at the start of the process.
    Counter,
    /// It goes up and down.
    Gauge,
}

/// A metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its full name.
    pub name: &'static str,
    /// What its number is.
    pub kind: MetricKind,
    /// Its labels, besides `pipeline`.
    pub labels: &'static [&'static str],
    /// What it tells, in one sentence without a full stop.
    pub help: &'static str,
}

/// Every metric that a pipeline exports.
pub const METRICS: &[Metric] = &[
    LAG,
    READ_BYTES,
    RECONNECTS,
    CONNECTED,
    SINK_RETRIES,
    STAGE_ROWS,
    STAGE_BYTES,
    STAGE_DDL,
    LOST_ROWS,
    STAGE_SECONDS,
    QUEUE_BYTES,
    DURABLE_COMMIT_TIME,
    DURABLE_FILE,
    DURABLE_OFFSET,
    RETRIES,
];

pub(super) const LAG: Metric = Metric {
    name: "tidegate_source_lag_seconds",
    kind: MetricKind::Gauge,
    labels: &[],
    help: "Time since the commit of the last transaction read; zero only while the source is connected and its server \
           has let know that there is nothing more; after a connection is lost, the time since it had everything",
};

pub(super) const READ_BYTES: Metric = Metric {
    name: "tidegate_source_read_bytes_total",
    kind: MetricKind::Counter,
    labels: &[],
    help: "Bytes of log read from the source",
};

pub(super) const RECONNECTS: Metric = Metric {
    name: "tidegate_source_reconnects_total",
    kind: MetricKind::Counter,
    labels: &[],
    help: "How many times the source made its connection again by itself",
};

pub(super) const CONNECTED: Metric = Metric {
    name: "tidegate_connected",
    kind: MetricKind::Gauge,
    labels: &["stage"],
    help: "1 while the source or the sink is open and knows of no connection that is away, else 0",
};

pub(super) const SINK_RETRIES: Metric = Metric {
    name: "tidegate_sink_retries_total",
    kind: MetricKind::Counter,
    labels: &[],
    help: "How many times the sink tried something once more by itself, as a lane its share of a window",
};

pub(super) const STAGE_ROWS: Metric = Metric {
    name: "tidegate_stage_rows_total",
    kind: MetricKind::Counter,
    labels: &["stage", "schema", "table", "operation"],
    help: "Row changes that left the source (under source names) or that the sink has taken (under target names); \
           tables beyond the first 500 are counted together with empty names",
};

pub(super) const STAGE_BYTES: Metric = Metric {
    name: "tidegate_stage_bytes_total",
    kind: MetricKind::Counter,
    labels: &["stage", "schema", "table", "operation"],
    help: "Memory of the same row changes",
};

pub(super) const STAGE_DDL: Metric = Metric {
    name: "tidegate_stage_ddl_total",
    kind: MetricKind::Counter,
    labels: &["stage"],
    help: "Schema changes that left the source, and statements of them that the sink has taken",
};

pub(super) const LOST_ROWS: Metric = Metric {
    name: "tidegate_lost_rows_total",
    kind: MetricKind::Counter,
    labels: &["plugin", "on_error", "schema", "table"],
    help: "Row changes of a source table that a component refused or failed on and that its `on-error` kept from the target; \
           tables beyond the first 500 are counted together with empty names",
};

pub(super) const STAGE_SECONDS: Metric = Metric {
    name: "tidegate_stage_seconds_total",
    kind: MetricKind::Counter,
    labels: &["stage", "activity"],
    help: "Time that a stage spent working, or waiting for its neighbour or, as the source, for its server; the sink works \
           while its target does",
};

pub(super) const QUEUE_BYTES: Metric = Metric {
    name: "tidegate_queue_bytes",
    kind: MetricKind::Gauge,
    labels: &[],
    help: "Memory of the changes between source and sink",
};

pub(super) const DURABLE_COMMIT_TIME: Metric = Metric {
    name: "tidegate_durable_commit_timestamp_seconds",
    kind: MetricKind::Gauge,
    labels: &[],
    help: "Commit time of the last transaction that is wholly durable at the sink",
};

pub(super) const DURABLE_FILE: Metric = Metric {
    name: "tidegate_durable_log_file_number",
    kind: MetricKind::Gauge,
    labels: &[],
    help: "Number of the log file up to which everything is durable at the sink",
};

pub(super) const DURABLE_OFFSET: Metric = Metric {
    name: "tidegate_durable_log_offset_bytes",
    kind: MetricKind::Gauge,
    labels: &[],
    help: "Offset in that file",
};

pub(super) const RETRIES: Metric = Metric {
    name: "tidegate_retries_total",
    kind: MetricKind::Counter,
    labels: &["stage"],
    help: "How many times source and sink were opened again after a transient error of a stage",
};
