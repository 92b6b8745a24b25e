//! Rules, and which of them a table has.

use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;
use tidegate_filter_pattern::{PatternError, Wildcard};
use tidegate_model::{TableName, TableSchema};
use tidegate_plugin::{
    Finding, PluginError, Result,
    settings::{Path, Problem},
};

/// A rule of the `column-mapping` filter.
///
/// Patterns are names with `*` at their end, `?` and `[a-z]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MappingRule {
    /// Whether the patterns distinguish upper and lower case.
    #[serde(default)]
    pub case_sensitive: bool,
    /// The pattern of the schemas that the rule is about.
    pub schema_pattern: String,
    /// The pattern of the tables that the rule is about; without it the rule is about the tables of the schemas that
    /// have no rule of their own.
    #[serde(default)]
    pub table_pattern: String,
    /// The column that is read. DM always reads the target column, so this may only name the same one.
    #[serde(default)]
    pub source_column: String,
    /// The column that is changed.
    pub target_column: String,
    /// What is done to it.
    pub expression: Expression,
    /// For a prefix or suffix, the text; for a partition id, the instance's number, the prefix of the schema, the prefix
    /// of the table and, if wanted, the separator between a prefix and a number. An empty one leaves its field out.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// Not used, as in DM: a statement that would create the target table.
    #[serde(default)]
    pub create_table_query: String,
}

/// What a mapping does to a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Expression {
    /// Puts a text before the value.
    #[serde(rename = "add prefix")]
    AddPrefix,
    /// Puts a text behind the value.
    #[serde(rename = "add suffix")]
    AddSuffix,
    /// Packs the numbers of instance, schema and table into the id: 1 sign bit, 4 bits instance, 7 bits schema, 8 bits
    /// table, 44 bits id.
    #[serde(rename = "partition id")]
    PartitionId,
}

pub(crate) struct Rules(Vec<Rule>);

pub(crate) struct Rule {
    pub(crate) index: usize,
    pub(crate) case_sensitive: bool,
    pub(crate) column: Arc<str>,
    pub(crate) expression: Expression,
    pub(crate) arguments: Vec<String>,
    has_query: bool,
    schema: Wildcard,
    table: Option<Wildcard>,
}

impl Rules {
    pub(crate) fn build(rules: &[MappingRule]) -> std::result::Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut built: Vec<Rule> = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            let path = Path::root().join(index);
            let Some(rule) = build(rule, index, &path, &mut problems) else { continue };
            if let Some(other) =
                built.iter().find(|other| other.schema == rule.schema && other.table == rule.table)
            {
                let message =
                    format!("the patterns are those of rule {}; a table has one mapping", other.index);
                problems.push(Problem::at(path, message).code("ambiguous-rule"));
            }
            built.push(rule);
        }
        if problems.is_empty() { Ok(Self(built)) } else { Err(problems) }
    }

    /// Returns the rule of a table.
    pub(crate) fn of(&self, name: &TableName) -> Result<Option<&Rule>> {
        let of_schema = self.0.iter().filter(|rule| rule.schema.matches(&name.schema));
        let (tables, schemas): (Vec<&Rule>, Vec<&Rule>) = of_schema.partition(|rule| rule.table.is_some());
        let matches = |rule: &&Rule| rule.table.as_ref().is_some_and(|table| table.matches(&name.table));
        let tables: Vec<&Rule> = tables.into_iter().filter(|_| !name.is_schema()).filter(matches).collect();
        let found = if tables.is_empty() { schemas } else { tables };
        match found.as_slice() {
            [] => Ok(None),
            [rule] => Ok(Some(rule)),
            several => {
                let rules: Vec<String> = several.iter().map(|rule| rule.index.to_string()).collect();
                let message =
                    format!("column mappings {} all match {name}; a table has one", rules.join(" and "));
                Err(PluginError::definite(message)
                    .hint("narrow the patterns until each table matches one rule only"))
            }
        }
    }

    /// Reports tables that several rules match, rules that match no table, and tables that lack the column.
    pub(crate) fn check(&self, tables: &[Arc<TableSchema>]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut used = vec![false; self.0.len()];
        for table in tables {
            match self.of(&table.name) {
                Ok(Some(rule)) => {
                    if let Some(used) = used.get_mut(rule.index) {
                        *used = true;
                    }
                    if table.column(&rule.column).is_none() {
                        let message =
                            format!("column-mapping: {} has no column `{}`", table.name, rule.column);
                        findings
                            .push(Finding::error("rules", message).remedy("narrow the patterns of the rule"));
                    }
                }
                Ok(None) => {}
                Err(error) => findings
                    .push(Finding::error("rules", error.message).remedy(error.hint.unwrap_or_default())),
            }
        }
        let idle = self.0.iter().zip(used).filter(|(_, used)| !used);
        findings.extend(idle.map(|(rule, _)| {
            Finding::warning(
                "rules",
                format!("column-mapping: rule {} matches no table of the source", rule.index),
            )
            .remedy("correct the patterns, or leave it if such tables are yet to come")
        }));
        let unused = self.0.iter().filter(|rule| rule.has_query);
        findings.extend(unused.map(|rule| {
            let message = format!("column-mapping: `create-table-query` of rule {} is not used", rule.index);
            Finding::warning("rules", message).remedy("remove it, and create the table at the target by hand")
        }));
        findings
    }
}

fn build(rule: &MappingRule, index: usize, path: &Path, problems: &mut Vec<Problem>) -> Option<Rule> {
    let before = problems.len();
    let parse = |text| Wildcard::parse(text, rule.case_sensitive);
    let schema = PatternError::report(parse(&rule.schema_pattern), &path.join("schema-pattern"), problems);
    let table = (!rule.table_pattern.is_empty()).then_some(&rule.table_pattern);
    let table = table.map(|text| PatternError::report(parse(text), &path.join("table-pattern"), problems));
    if rule.target_column.is_empty() {
        problems.push(Problem::at(path.join("target-column"), "the target column is empty"));
    }
    if !rule.source_column.is_empty() && rule.source_column != rule.target_column {
        let message =
            "a mapping reads the column that it changes; another source column is not read, in DM neither";
        problems.push(
            Problem::at(path.join("source-column"), message).help("name the target column, or leave it out"),
        );
    }
    check_arguments(rule, path, problems);
    if problems.len() > before {
        return None;
    }
    Some(Rule {
        index,
        case_sensitive: rule.case_sensitive,
        column: rule.target_column.as_str().into(),
        expression: rule.expression,
        arguments: rule.arguments.clone(),
        has_query: !rule.create_table_query.is_empty(),
        schema: schema?,
        table: table.flatten(),
    })
}

fn check_arguments(rule: &MappingRule, path: &Path, problems: &mut Vec<Problem>) {
    let path = path.join("arguments");
    let count = rule.arguments.len();
    match rule.expression {
        Expression::AddPrefix | Expression::AddSuffix if count != 1 => {
            problems.push(Problem::at(
                path,
                format!("one argument is wanted, the text to add; here are {count}"),
            ));
        }
        Expression::PartitionId if !(3..=4).contains(&count) => {
            let message = format!("three or four arguments are wanted; here are {count}");
            let help = "[instance id, schema prefix, table prefix, separator]";
            problems.push(Problem::at(path, message).help(help));
        }
        Expression::PartitionId => {
            let instance = rule.arguments.first().map_or("", String::as_str);
            if !instance.is_empty() && !instance.parse::<u8>().is_ok_and(|id| id < 16) {
                problems.push(Problem::at(path.join(0), "an instance id is a number from 0 to 15"));
            }
        }
        Expression::AddPrefix | Expression::AddSuffix => {}
    }
}
