//! The rules that instances refer to by name, and the event rules of a source.

use super::{Honoured, Row, Takes};

const ROUTED: super::Treatment = Honoured("filter `route`: the key of the same name");
const EVENTS: super::Treatment = Honoured("filter `binlog-event`: the key of the same name");
const LISTED: super::Treatment = Honoured("filter `block-allow-list`: the key of the same name");
const MAPPED: super::Treatment = Honoured("filter `column-mapping`: the key of the same name");
const EXPRESSED: super::Treatment = Honoured("filter `expression-filter`: the key of the same name");

pub(super) const ROUTE: &[Row] = &[
    Row::new("schema-pattern", Takes::Text, ROUTED).required(),
    Row::new("table-pattern", Takes::Text, ROUTED).default(""),
    Row::new("target-schema", Takes::Text, ROUTED).required(),
    Row::new("target-table", Takes::Text, ROUTED).default(""),
    Row::new("extract-table", Takes::Section, ROUTED),
    Row::new("extract-table.table-regexp", Takes::Text, ROUTED).required(),
    Row::new("extract-table.target-column", Takes::Text, ROUTED).required(),
    Row::new("extract-schema", Takes::Section, ROUTED),
    Row::new("extract-schema.schema-regexp", Takes::Text, ROUTED).required(),
    Row::new("extract-schema.target-column", Takes::Text, ROUTED).required(),
    Row::new("extract-source", Takes::Section, ROUTED),
    Row::new("extract-source.source-regexp", Takes::Text, ROUTED).required(),
    Row::new("extract-source.target-column", Takes::Text, ROUTED).required(),
];

pub(super) const EVENT: &[Row] = &[
    Row::new("schema-pattern", Takes::Text, EVENTS).required(),
    Row::new("table-pattern", Takes::Text, EVENTS).default(""),
    Row::new("events", Takes::Texts, EVENTS),
    Row::new("sql-pattern", Takes::Texts, EVENTS),
    Row::new("action", Takes::Words(&["Do", "Ignore", "Error"]), EVENTS).required(),
];

pub(super) const LIST: &[Row] = &[
    Row::new("do-dbs", Takes::Texts, LISTED),
    Row::new("ignore-dbs", Takes::Texts, LISTED),
    Row::new("do-tables", Takes::Sections, LISTED),
    Row::new("do-tables[].db-name", Takes::Text, LISTED).required(),
    Row::new("do-tables[].tbl-name", Takes::Text, LISTED).required(),
    Row::new("ignore-tables", Takes::Sections, LISTED),
    Row::new("ignore-tables[].db-name", Takes::Text, LISTED).required(),
    Row::new("ignore-tables[].tbl-name", Takes::Text, LISTED).required(),
];

pub(super) const MAPPING: &[Row] = &[
    Row::new("schema-pattern", Takes::Text, MAPPED).required(),
    Row::new("table-pattern", Takes::Text, MAPPED).default(""),
    Row::new("source-column", Takes::Text, MAPPED).default(""),
    Row::new("target-column", Takes::Text, MAPPED).required(),
    Row::new("expression", Takes::Words(&["add prefix", "add suffix", "partition id"]), MAPPED).required(),
    Row::new("arguments", Takes::Texts, MAPPED),
    Row::new("create-table-query", Takes::Text, MAPPED).default(""),
];

pub(super) const EXPRESSION: &[Row] = &[
    Row::new("schema", Takes::Text, EXPRESSED).required(),
    Row::new("table", Takes::Text, EXPRESSED).required(),
    Row::new("insert-value-expr", Takes::Text, EXPRESSED).default(""),
    Row::new("update-old-value-expr", Takes::Text, EXPRESSED).default(""),
    Row::new("update-new-value-expr", Takes::Text, EXPRESSED).default(""),
    Row::new("delete-value-expr", Takes::Text, EXPRESSED).default(""),
];
