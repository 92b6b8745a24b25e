//! The metrics' values, registered as the table says.

use super::{
    Activity,
    metric::{self, Metric, MetricKind},
};
use crate::StageName;
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, atomic::AtomicU64},
};
use tidegate_model::TableName;

pub(super) type Seconds = Counter<f64, AtomicU64>;
pub(super) type Float = Gauge<f64, AtomicU64>;

pub(super) struct Meters {
    registry: Registry,
    pub(super) lag: Float,
    pub(super) read_bytes: Counter,
    pub(super) reconnects: Counter,
    connected: Family<StageLabels, Gauge>,
    pub(super) sink_retries: Counter,
    pub(super) rows: Family<RowLabels, Counter>,
    pub(super) bytes: Family<RowLabels, Counter>,
    pub(super) ddl: Family<StageLabels, Counter>,
    pub(super) lost: Family<LossLabels, Counter>,
    seconds: Family<ActivityLabels, Seconds>,
    pub(super) queue: Float,
    pub(super) durable_commit_time: Float,
    pub(super) durable_file: Float,
    pub(super) durable_offset: Float,
    retries: Family<StageLabels, Counter>,
    /// The tables that have counters of their own, in whatever stage.
    pub(super) tables: Arc<Mutex<HashSet<TableName>>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct RowLabels {
    pub(super) stage: &'static str,
    pub(super) schema: String,
    pub(super) table: String,
    pub(super) operation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct StageLabels {
    pub(super) stage: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct LossLabels {
    pub(super) plugin: String,
    pub(super) on_error: &'static str,
    pub(super) schema: String,
    pub(super) table: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ActivityLabels {
    stage: &'static str,
    activity: &'static str,
}

impl Meters {
    pub(super) fn new(pipeline: &str) -> Self {
        let label = ("pipeline".into(), pipeline.to_owned().into());
        let mut meters = Self {
            registry: Registry::with_labels([label].into_iter()),
            lag: Float::default(),
            read_bytes: Counter::default(),
            reconnects: Counter::default(),
            connected: Family::default(),
            sink_retries: Counter::default(),
            rows: Family::default(),
            bytes: Family::default(),
            ddl: Family::default(),
            lost: Family::default(),
            seconds: Family::default(),
            queue: Float::default(),
            durable_commit_time: Float::default(),
            durable_file: Float::default(),
            durable_offset: Float::default(),
            retries: Family::default(),
            tables: Arc::default(),
        };
        meters.register();
        meters
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        add(registry, &metric::LAG, self.lag.clone());
        add(registry, &metric::READ_BYTES, self.read_bytes.clone());
        add(registry, &metric::RECONNECTS, self.reconnects.clone());
        add(registry, &metric::CONNECTED, self.connected.clone());
        add(registry, &metric::SINK_RETRIES, self.sink_retries.clone());
        add(registry, &metric::STAGE_ROWS, self.rows.clone());
        add(registry, &metric::STAGE_BYTES, self.bytes.clone());
        add(registry, &metric::STAGE_DDL, self.ddl.clone());
        add(registry, &metric::LOST_ROWS, self.lost.clone());
        add(registry, &metric::STAGE_SECONDS, self.seconds.clone());
        add(registry, &metric::QUEUE_BYTES, self.queue.clone());
        add(registry, &metric::DURABLE_COMMIT_TIME, self.durable_commit_time.clone());
        add(registry, &metric::DURABLE_FILE, self.durable_file.clone());
        add(registry, &metric::DURABLE_OFFSET, self.durable_offset.clone());
        add(registry, &metric::RETRIES, self.retries.clone());
    }

    pub(super) fn time(&self, stage: StageName, activity: Activity) -> Seconds {
        let activity = match activity {
            Activity::Working => "working",
            Activity::Waiting => "waiting",
        };
        self.seconds.get_or_create_owned(&ActivityLabels { stage: stage.name(), activity })
    }

    pub(super) fn connected(&self, stage: StageName, connected: bool) {
        self.connected.get_or_create_owned(&StageLabels { stage: stage.name() }).set(i64::from(connected));
    }

    pub(super) fn retry(&self, stage: StageName) -> Counter {
        self.retries.get_or_create_owned(&StageLabels { stage: stage.name() })
    }

    pub(super) fn encode(&self) -> String {
        let mut page = String::new();
        // Writing to a string does not fail.
        let _ = text::encode(&mut page, &self.registry);
        page
    }
}

fn add(registry: &mut Registry, metric: &Metric, value: impl prometheus_client::registry::Metric) {
    // The encoder adds the suffix of counters by itself.
    let name = match metric.kind {
        MetricKind::Counter => metric.name.strip_suffix("_total").unwrap_or(metric.name),
        MetricKind::Gauge => metric.name,
    };
    registry.register(name, metric.help, value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::METRICS;

    #[test]
    fn every_metric_of_the_table_is_exported_and_no_other() {
        let meters = Meters::new("p");
        // A family without a member is not written.
        let stage = StageName::Sink.name();
        let row = RowLabels { stage, schema: "s".into(), table: "t".into(), operation: "insert" };
        meters.rows.get_or_create_owned(&row);
        meters.bytes.get_or_create_owned(&row);
        meters.ddl.get_or_create_owned(&StageLabels { stage });
        meters.lost.get_or_create_owned(&LossLabels {
            plugin: "p".into(),
            on_error: "drop",
            schema: "s".into(),
            table: "t".into(),
        });
        meters.time(StageName::Sink, Activity::Working);
        meters.retry(StageName::Sink);
        meters.connected(StageName::Sink, true);
        let page = meters.encode();
        let mut exported: Vec<String> = page
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE "))
            .map(|line| match line.split_once(' ').unwrap() {
                (name, "counter") => format!("{name}_total"),
                (name, _) => name.to_owned(),
            })
            .collect();
        let mut declared: Vec<&str> = METRICS.iter().map(|metric| metric.name).collect();
        exported.sort_unstable();
        declared.sort_unstable();
        assert_eq!(exported, declared);
    }
}
