//! The shape of a file of cases, read part by part, so that a mistake in one part does not hide those of others.

use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use tidegate_model::TableName;
use tidegate_plugin::settings::{Node, Path, Problem, Settings};

/// The keys of the file.
pub(super) const KEYS: &[&str] = &[
    "config",
    "tables",
    "cases",
    "columns",
    "primary-key",
    "sql",
    "name",
    "table",
    "rows",
    "schema",
    "statement",
    "expect",
    "op",
    "before",
    "after",
];

/// The file.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Frame {
    /// The filter's settings.
    #[serde(default)]
    #[expect(dead_code, reason = "the plugin reads it from the tree, where it has places")]
    config: Value,
    /// The tables of the source, by `schema.table`.
    #[serde(default)]
    pub(super) tables: BTreeMap<String, Value>,
    /// The cases.
    #[schemars(length(min = 1))]
    pub(super) cases: Vec<Value>,
}

/// A table: its columns, or the statement that makes it.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct TableFrame {
    /// The columns with their types as in CREATE TABLE, in order.
    pub(super) columns: Option<BTreeMap<String, String>>,
    /// The columns of the primary key.
    #[serde(default)]
    pub(super) primary_key: Vec<String>,
    /// A CREATE TABLE statement.
    pub(super) sql: Option<String>,
}

/// A case: rows, or a statement.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct CaseFrame {
    /// What it shows.
    pub(super) name: String,
    /// The table of the rows that name none, as `schema.table`.
    pub(super) table: Option<String>,
    /// The rows as they come, in order.
    pub(super) rows: Option<Vec<Value>>,
    /// The schema that the statement's names without one are of.
    pub(super) schema: Option<String>,
    /// A statement as the source would run it.
    pub(super) statement: Option<String>,
    /// What leaves the filter.
    #[expect(dead_code, reason = "it is read from the tree, where it has places")]
    expect: Value,
}

/// A line of the sink `file` or of dead letters, or what matters of it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub(super) op: Operation,
    pub(super) schema: Option<String>,
    pub(super) table: Option<String>,
    pub(super) source_schema: Option<String>,
    pub(super) source_table: Option<String>,
    pub(super) before: Option<Map<String, Value>>,
    pub(super) before_json: Option<Map<String, Value>>,
    pub(super) after: Option<Map<String, Value>>,
    pub(super) after_json: Option<Map<String, Value>>,
    pub(super) after_diffs: Option<Map<String, Value>>,
    pub(super) gtid: Option<String>,
    #[expect(dead_code, reason = "a line has it; a filter never sees it")]
    file: Option<String>,
    #[expect(dead_code, reason = "a line has it; a filter never sees it")]
    offset: Option<u64>,
    #[expect(dead_code, reason = "a line has it; a filter never sees it")]
    commit_time: Option<i64>,
    #[expect(dead_code, reason = "a line has it; a filter never sees it")]
    server_id: Option<u32>,
    #[expect(dead_code, reason = "a line has it; a filter never sees it")]
    row: Option<u64>,
    #[expect(dead_code, reason = "a dead letter has it; here there is one plugin")]
    plugin: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) refused: Option<bool>,
}

/// What happened to a row.
#[derive(Clone, Copy, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Operation {
    Insert,
    Update,
    Delete,
}

/// The file while it is read.
pub(super) struct Reading<'a> {
    pub(super) root: &'a Node,
    /// What is wrong so far; the paths start at the root.
    pub(super) problems: Vec<Problem>,
    /// Whether every part had the shape that it must have.
    pub(super) is_whole: bool,
}

impl<'a> Reading<'a> {
    pub(super) fn new(root: &'a Node) -> Self {
        Self { root, problems: Vec::new(), is_whole: true }
    }

    /// Reads the part at `path`; reports every mistake of shape if it cannot be.
    pub(super) fn part<T: DeserializeOwned + JsonSchema>(&mut self, path: &Path) -> Option<T> {
        let settings = Settings::new(self.root.at(path)?.clone());
        let problems = match settings.parse() {
            Ok(part) => return Some(part),
            Err(problems) => problems,
        };
        self.is_whole = false;
        let below = |problem: Problem| Problem { path: path.concat(&problem.path), ..problem };
        self.problems.extend(problems.into_iter().map(below));
        None
    }

    pub(super) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

/// Returns the table of this name; `None` if it is none.
pub(super) fn table_name(text: &str) -> Option<TableName> {
    let (schema, table) = text.split_once('.')?;
    (!schema.is_empty() && !table.is_empty() && !table.contains('.')).then(|| TableName::new(schema, table))
}
