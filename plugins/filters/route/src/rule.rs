//! Rules, and which of them a name follows.

use crate::ambiguous;
use schemars::JsonSchema;
use serde::Deserialize;
use std::{collections::BTreeSet, sync::Arc};
use tidegate_filter_pattern::{NamePattern, PatternError, Regular};
use tidegate_model::{TableName, TableSchema};
use tidegate_plugin::{
    Finding, Result,
    settings::{Path, Problem},
};

/// A rule of the `route` filter.
///
/// A pattern is a name with `*` at its end, `?` and `[a-z]`, or after `~` an unanchored regular expression.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RouteRule {
    /// Whether patterns distinguish upper and lower case.
    #[serde(default)]
    pub case_sensitive: bool,
    /// The pattern of the schemas that the rule is about.
    pub schema_pattern: String,
    /// The pattern of the tables that the rule is about. Without it the rule is about statements on the schema itself,
    /// and about tables that no rule with a table pattern matches.
    #[serde(default)]
    pub table_pattern: String,
    /// The schema at the target.
    pub target_schema: String,
    /// The table at the target; without it the name stays.
    #[serde(default)]
    pub target_table: String,
    /// Adds a column with what the expression's groups find in the source table's name.
    pub extract_table: Option<ExtractTable>,
    /// Adds a column with what the expression's groups find in the source schema's name.
    pub extract_schema: Option<ExtractSchema>,
    /// Adds a column with what the expression's groups find in the source's name.
    pub extract_source: Option<ExtractSource>,
}

/// A column made from the table's name.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExtractTable {
    /// A regular expression; all its groups together are the value, the empty text if it is not found.
    pub table_regexp: String,
    /// The column's name at the target.
    pub target_column: String,
}

/// A column made from the schema's name.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExtractSchema {
    /// A regular expression; all its groups together are the value, the empty text if it is not found.
    pub schema_regexp: String,
    /// The column's name at the target.
    pub target_column: String,
}

/// A column made from the source's name.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExtractSource {
    /// What the source is called; by default as the pipeline.
    pub source: Option<String>,
    /// A regular expression; all its groups together are the value, the empty text if it is not found.
    pub source_regexp: String,
    /// The column's name at the target.
    pub target_column: String,
}

/// Schemas that nothing may be led to: servers keep their own things there, and tidegate its checkpoints.
const RESERVED: [&str; 5] = ["mysql", "sys", "information_schema", "performance_schema", "tidegate"];

/// Where a name leads.
pub(crate) struct Route {
    pub(crate) rule: usize,
    pub(crate) target: TableName,
    /// The columns that the rule adds, with their values.
    pub(crate) extracted: Vec<(Arc<str>, String)>,
}

pub(crate) struct Rules {
    rules: Vec<Rule>,
}

struct Rule {
    index: usize,
    schema: NamePattern,
    table: Option<NamePattern>,
    target_schema: Arc<str>,
    target_table: Option<Arc<str>>,
    extractors: Vec<Extractor>,
    /// What the source is called.
    source: Arc<str>,
}

struct Extractor {
    from: Origin,
    regular: Regular,
    column: Arc<str>,
}

#[derive(Clone, Copy)]
enum Origin {
    Table,
    Schema,
    Source,
}

impl Rules {
    pub(crate) fn build(rules: &[RouteRule], pipeline: &Arc<str>) -> std::result::Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut built: Vec<Rule> = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            let Some(rule) = build(rule, index, pipeline, &mut problems) else { continue };
            let same = |other: &&Rule| other.schema == rule.schema && other.table == rule.table;
            if let Some(other) = built.iter().find(same) {
                let message =
                    format!("the patterns are those of rule {}; a table follows one rule", other.index);
                let problem = Problem::at(Path::root().join(index), message).code("ambiguous-rule");
                problems.push(problem.help("remove one of the two, or narrow its patterns"));
            }
            built.push(rule);
        }
        if problems.is_empty() { Ok(Self { rules: built }) } else { Err(problems) }
    }

    /// Returns where `name` leads, `None` if no rule matches.
    pub(crate) fn route(&self, name: &TableName) -> Result<Option<Route>> {
        match self.matching(name).as_slice() {
            [] => Ok(None),
            [rule] => Ok(Some(rule.follow(name))),
            several => Err(ambiguous(name, &several.iter().map(|rule| rule.index).collect::<Vec<_>>())),
        }
    }

    /// Returns the rules that match a name: those of its table, or where there are none those of its schema.
    fn matching(&self, name: &TableName) -> Vec<&Rule> {
        let of_schema = self.rules.iter().filter(|rule| rule.schema.matches(&name.schema));
        let (tables, schemas): (Vec<&Rule>, Vec<&Rule>) = of_schema.partition(|rule| rule.table.is_some());
        let matching = |rule: &&Rule| rule.table.as_ref().is_some_and(|table| table.matches(&name.table));
        let tables: Vec<&Rule> = tables.into_iter().filter(|_| !name.is_schema()).filter(matching).collect();
        if tables.is_empty() { schemas } else { tables }
    }

    /// Tells whether some rule may lead another name than `source` to `target`.
    pub(crate) fn lead_others(&self, source: &TableName, target: &TableName) -> bool {
        self.rules.iter().any(|rule| rule.leads_others(source, target))
    }

    /// Tells whether `name` may stay what it is; of a schema, also whether any of its tables may stay in it.
    pub(crate) fn keep(&self, name: &TableName) -> bool {
        match self.route(name) {
            Ok(Some(route)) => route.target == *name,
            Ok(None) | Err(_) => true,
        }
    }

    /// Reports tables and schemas that several rules match, and rules that match none.
    pub(crate) fn check(&self, tables: &[Arc<TableSchema>]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut followed = vec![false; self.rules.len()];
        let schemas: BTreeSet<&Arc<str>> = tables.iter().map(|table| &table.name.schema).collect();
        let schemas = schemas.into_iter().map(|schema| TableName::of_schema(schema.clone()));
        for name in schemas.chain(tables.iter().map(|table| table.name.clone())) {
            for rule in self.matching(&name) {
                if let Some(followed) = followed.get_mut(rule.index) {
                    *followed = true;
                }
            }
            if let Err(error) = self.route(&name) {
                findings.push(Finding::error("rules", error.message).remedy(error.hint.unwrap_or_default()));
            }
        }
        let idle = self.rules.iter().zip(followed).filter(|(_, followed)| !followed);
        findings.extend(idle.map(|(rule, _)| {
            let what = if rule.table.is_some() { "table" } else { "schema with tables" };
            Finding::warning("rules", format!("route: rule {} matches no {what} of the source", rule.index))
                .remedy("correct the patterns, or leave it if such tables are yet to come")
        }));
        findings
    }
}

impl Rule {
    /// Tells whether the rule may lead another name than `source` to `target`. To a schema it leads by every table too.
    fn leads_others(&self, source: &TableName, target: &TableName) -> bool {
        let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        if !same(&self.target_schema, &target.schema) {
            return false;
        }
        let one_schema = self.schema.is_only(&source.schema);
        if target.is_schema() {
            return !one_schema;
        }
        let one_table = match (&self.target_table, &self.table) {
            (Some(own), _) if !same(own, &target.table) => return false,
            (Some(_), Some(pattern)) => pattern.is_only(&source.table),
            (Some(_), None) => false,
            // The table's name stays.
            (None, Some(pattern)) if !pattern.matches(&target.table) => return false,
            (None, _) => same(&source.table, &target.table),
        };
        !(one_schema && one_table)
    }

    fn follow(&self, name: &TableName) -> Route {
        let table = if name.is_schema() { None } else { self.target_table.clone() };
        let target = TableName::new(self.target_schema.clone(), table.unwrap_or_else(|| name.table.clone()));
        let extracted = self.extractors.iter().map(|extractor| {
            let text = match extractor.from {
                Origin::Table => &*name.table,
                Origin::Schema => &*name.schema,
                Origin::Source => &*self.source,
            };
            (extractor.column.clone(), extractor.regular.captured(text))
        });
        Route { rule: self.index, target, extracted: extracted.collect() }
    }
}

fn build(rule: &RouteRule, index: usize, pipeline: &Arc<str>, problems: &mut Vec<Problem>) -> Option<Rule> {
    let path = Path::root().join(index);
    let before = problems.len();
    let mut pattern = |text: &str, key: &str| {
        PatternError::report(NamePattern::parse(text, rule.case_sensitive), &path.join(key), problems)
    };
    let schema = pattern(&rule.schema_pattern, "schema-pattern");
    let table =
        if rule.table_pattern.is_empty() { None } else { pattern(&rule.table_pattern, "table-pattern") };
    check_target(&rule.target_schema, &path.join("target-schema"), problems);
    let extractors = extractors(rule, &path, problems);
    if problems.len() > before {
        return None;
    }
    Some(Rule {
        index,
        schema: schema?,
        table,
        target_schema: rule.target_schema.as_str().into(),
        target_table: (!rule.target_table.is_empty()).then(|| rule.target_table.as_str().into()),
        extractors,
        source: rule
            .extract_source
            .as_ref()
            .and_then(|extract| extract.source.as_deref())
            .map_or_else(|| pipeline.clone(), Into::into),
    })
}

fn check_target(schema: &str, path: &Path, problems: &mut Vec<Problem>) {
    if schema.is_empty() {
        problems.push(Problem::at(path.clone(), "the target schema is empty"));
    }
    if RESERVED.iter().any(|reserved| schema.eq_ignore_ascii_case(reserved)) {
        let message = format!("`{schema}` is a schema of the server itself, or of tidegate");
        problems.push(Problem::at(path.clone(), message).help("name a schema of your own"));
    }
}

fn extractors(rule: &RouteRule, path: &Path, problems: &mut Vec<Problem>) -> Vec<Extractor> {
    let table = rule
        .extract_table
        .as_ref()
        .map(|e| (Origin::Table, "extract-table", "table-regexp", &e.table_regexp, &e.target_column));
    let schema = rule
        .extract_schema
        .as_ref()
        .map(|e| (Origin::Schema, "extract-schema", "schema-regexp", &e.schema_regexp, &e.target_column));
    let source = rule
        .extract_source
        .as_ref()
        .map(|e| (Origin::Source, "extract-source", "source-regexp", &e.source_regexp, &e.target_column));
    let mut extractors: Vec<Extractor> = Vec::new();
    for (from, key, expression_key, expression, column) in table.into_iter().chain(schema).chain(source) {
        let path = path.join(key);
        let regular =
            PatternError::report(Regular::parse(expression, true), &path.join(expression_key), problems);
        let path = path.join("target-column");
        if column.is_empty() {
            problems.push(Problem::at(path, "the name of the column is empty"));
        } else if extractors.iter().any(|other| other.column.to_lowercase() == column.to_lowercase()) {
            problems.push(Problem::at(path, format!("the rule fills the column `{column}` twice")));
        }
        let Some(regular) = regular else { continue };
        extractors.push(Extractor { from, regular, column: column.as_str().into() });
    }
    extractors
}
