//! The built-in plugins.

use std::sync::Arc;
use tidegate_plugin::Registry;

/// Returns all built-in plugins under the names by which pipeline files refer to them.
pub(crate) fn built_in() -> Arc<Registry> {
    let mut registry = Registry::default();
    let Registry { sources, filters, sinks } = &mut registry;
    sources.insert("mysql".into(), tidegate_mysql_source::entry());
    filters.insert("block-allow-list".into(), tidegate_filter_block_allow_list::entry());
    filters.insert("binlog-event".into(), tidegate_filter_binlog_event::entry());
    filters.insert("route".into(), tidegate_filter_route::entry());
    filters.insert("column-mapping".into(), tidegate_filter_column_mapping::entry());
    sinks.insert("mysql".into(), tidegate_mysql_sink::entry());
    sinks.insert("file".into(), tidegate_file::entry());
    sinks.insert("discard".into(), tidegate_discard::entry());
    Arc::new(registry)
}
