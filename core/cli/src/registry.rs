//! The built-in plugins.

use std::{collections::BTreeMap, sync::Arc};
use tidegate_config::{PluginSchema, StageKind};
use tidegate_plugin::{Entry, Registry};

/// Returns all built-in plugins under the names by which pipeline files refer to them.
pub(crate) fn built_in() -> Arc<Registry> {
    let mut registry = Registry::default();
    let Registry { sources, filters, sinks } = &mut registry;
    sources.insert("mysql".into(), tidegate_mysql_source::entry());
    sources.insert("mysql-log-files".into(), tidegate_mysql_source::log_files_entry());
    filters.insert("block-allow-list".into(), tidegate_filter_block_allow_list::entry());
    filters.insert("binlog-event".into(), tidegate_filter_binlog_event::entry());
    filters.insert("route".into(), tidegate_filter_route::entry());
    filters.insert("column-mapping".into(), tidegate_filter_column_mapping::entry());
    filters.insert("expression-filter".into(), tidegate_filter_expression::entry());
    sinks.insert("mysql".into(), tidegate_mysql_sink::entry());
    sinks.insert("file".into(), tidegate_file::entry());
    sinks.insert("discard".into(), tidegate_discard::entry());
    Arc::new(registry)
}

/// Returns what the settings of each plugin look like.
pub(crate) fn schemas(registry: &Registry) -> Vec<PluginSchema<'_>> {
    let mut schemas = Vec::new();
    add(&mut schemas, StageKind::Source, &registry.sources);
    add(&mut schemas, StageKind::Filter, &registry.filters);
    add(&mut schemas, StageKind::Sink, &registry.sinks);
    schemas
}

fn add<'a, T: ?Sized>(
    schemas: &mut Vec<PluginSchema<'a>>,
    kind: StageKind,
    entries: &'a BTreeMap<Arc<str>, Entry<T>>,
) {
    schemas.extend(entries.iter().map(|(name, entry)| PluginSchema { kind, name, schema: &entry.schema }));
}
