//! The reference page of the metrics, made from the table.

use super::{METRICS, MetricKind};

/// Returns the page as Markdown.
pub fn metrics_page() -> String {
    let mut page = String::from(
        "# Metrics\n\n\
         Made from the program; `core/engine/src/telemetry/metric.rs` is where it is changed.\n\n\
         `tidegate run FILE --metrics HOST:PORT` serves these numbers at `/metrics`, in the text format of OpenMetrics. \
         Each also has the label `pipeline`. A stage is `source`, `filters`, `sink` or, for the program itself, \
         `engine`; an activity is `working` or `waiting`; an operation is `insert`, `update`, `delete` or \
         `snapshot`.\n\n\
         | metric | kind | labels | what it tells |\n|---|---|---|---|\n",
    );
    for metric in METRICS {
        let kind = match metric.kind {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
        };
        let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let labels = if labels.is_empty() { "–".to_owned() } else { labels.join(", ") };
        page.push_str(&format!("| `{}` | {kind} | {labels} | {}. |\n", metric.name, metric.help));
    }
    page
}
