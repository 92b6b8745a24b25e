//! Rules, and which of them a table has.

use crate::{
    moment,
    plan::Plan,
    syntax::{self, Node},
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;
use tidegate_model::{TableName, TableSchema};
use tidegate_plugin::{
    Finding,
    settings::{Path, Problem},
};

/// A rule of the `expression-filter` filter: DM's expressions for one kind of change, or `keep`.
///
/// The names are whole names, in the case that the source has them in. A row change is dropped if an expression of one
/// of its table's rules is true; NULL is not true.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExpressionRule {
    /// The schema's name.
    pub schema: String,
    /// The table's name.
    pub table: String,
    /// Drops the inserts for which it is true.
    #[serde(default)]
    pub insert_value_expr: String,
    /// Drops the updates for which it is true of the row before, and `update-new-value-expr`, if it is given, of the row
    /// after.
    #[serde(default)]
    pub update_old_value_expr: String,
    /// Drops the updates for which it is true of the row after, and `update-old-value-expr`, if it is given, of the row
    /// before.
    #[serde(default)]
    pub update_new_value_expr: String,
    /// Drops the deletes for which it is true.
    #[serde(default)]
    pub delete_value_expr: String,
    /// Not DM's: the target has the rows for which it is true, and no others. An update that moves a row in becomes an
    /// INSERT, one that moves it out a DELETE.
    #[serde(default)]
    pub keep: String,
    /// Not DM's, whose tasks have it: the distance from UTC, `+hh:mm`, of the time zone in which TIMESTAMP columns are
    /// compared with constants and with DATETIME columns.
    #[serde(default = "utc")]
    pub time_zone: String,
}

fn utc() -> String {
    "+00:00".to_owned()
}

/// All rules.
pub(crate) struct Rules(Vec<Rule>);

/// A rule, its expressions read.
pub(crate) struct Rule {
    pub(crate) index: usize,
    table: TableName,
    /// In microseconds.
    pub(crate) zone: i64,
    pub(crate) insert: Option<Expression>,
    pub(crate) update_old: Option<Expression>,
    pub(crate) update_new: Option<Expression>,
    pub(crate) delete: Option<Expression>,
    pub(crate) keep: Option<Expression>,
}

/// An expression and the key that it stands under.
pub(crate) struct Expression {
    pub(crate) key: &'static str,
    text: String,
    pub(crate) node: Node,
}

impl Expression {
    /// Names the place of a byte of the text.
    pub(crate) fn place(&self, at: usize) -> String {
        place(&self.text, at)
    }
}

/// Names the place of a byte in an expression, counting characters from 1.
fn place(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text).chars().count();
    let rest: String = text.get(at..).unwrap_or_default().chars().take(20).collect();
    if rest.is_empty() { "at its end".to_owned() } else { format!("character {} (`{rest}`)", before + 1) }
}

impl Rules {
    pub(crate) fn build(rules: &[ExpressionRule]) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut built: Vec<Rule> = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            let path = Path::root().join(index);
            let rule = build(rule, index, &path, &mut problems);
            let twice = built
                .iter()
                .find(|other| other.table == rule.table && other.keep.is_some() && rule.keep.is_some());
            if let Some(other) = twice {
                let message = format!("{} has a `keep` in rule {} already", rule.table, other.index);
                let problem = Problem::at(path.join("keep"), message).code("ambiguous-rule");
                problems.push(problem.help("join the two with AND"));
            }
            built.push(rule);
        }
        if problems.is_empty() { Ok(Self(built)) } else { Err(problems) }
    }

    /// Returns the rules of a table.
    pub(crate) fn of(&self, table: &TableName) -> Vec<&Rule> {
        self.0.iter().filter(|rule| rule.table == *table).collect()
    }

    /// Reports rules of which the source has no table, and expressions that do not fit their table.
    pub(crate) fn check(&self, tables: &[Arc<TableSchema>]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for rule in &self.0 {
            let (index, name) = (rule.index, &rule.table);
            if let Some(table) = tables.iter().find(|table| table.name == *name) {
                if let Err(error) = Plan::bind(&[rule], &table.columns) {
                    let message = format!("expression-filter: {name}: {}", error.message);
                    findings.push(Finding::error("rules", message).remedy(error.hint.unwrap_or_default()));
                }
                continue;
            }
            let lowered = name.to_string().to_lowercase();
            let similar = tables.iter().find(|table| table.name.to_string().to_lowercase() == lowered);
            let remedy = match similar {
                Some(table) => format!("write the name as the source has it: {}", table.name),
                None => "correct the names, or leave it if the table is yet to come".to_owned(),
            };
            let message =
                format!("expression-filter: rule {index} is about {name}, which the source does not have");
            findings.push(Finding::warning("rules", message).remedy(remedy));
        }
        findings
    }
}

impl Rule {
    /// Says what the rule does, for `explain`.
    pub(crate) fn sentences(&self) -> Vec<String> {
        let index = self.index;
        let dropped = |what: &str, expression: &Option<Expression>| {
            let text = &expression.as_ref()?.text;
            Some(format!("rule {index} drops the {what} for which `{text}` is true"))
        };
        let updates = match (&self.update_old, &self.update_new) {
            (Some(old), Some(new)) => Some(format!(
                "rule {index} drops the updates for which `{}` is true of the row before and `{}` of the row after",
                old.text, new.text
            )),
            (Some(old), None) => Some(format!(
                "rule {index} drops the updates for which `{}` is true of the row before",
                old.text
            )),
            (None, Some(new)) => Some(format!(
                "rule {index} drops the updates for which `{}` is true of the row after",
                new.text
            )),
            (None, None) => None,
        };
        let keep = self.keep.as_ref().map(|keep| {
            format!(
                "rule {index} keeps the rows for which `{}` is true: an update that moves one in becomes an INSERT, out a \
                 DELETE",
                keep.text
            )
        });
        let sentences = [dropped("inserts", &self.insert), updates, dropped("deletes", &self.delete), keep];
        sentences.into_iter().flatten().collect()
    }
}

fn build(rule: &ExpressionRule, index: usize, path: &Path, problems: &mut Vec<Problem>) -> Rule {
    for (key, name) in [("schema", &rule.schema), ("table", &rule.table)] {
        if name.is_empty() {
            problems.push(Problem::at(path.join(key), format!("the {key}'s name is empty")));
        }
    }
    let zone = moment::read_zone(&rule.time_zone);
    if zone.is_none() {
        let message = "a time zone is a distance from UTC; names of zones are not taken";
        problems.push(Problem::at(path.join("time-zone"), message).help("`+08:00`, `-03:30`"));
    }
    check_kinds(rule, path, problems);
    let mut read = |key: &'static str, text: &str| {
        if text.is_empty() {
            return None;
        }
        match syntax::parse(text) {
            Ok(node) => Some(Expression { key, text: text.to_owned(), node }),
            Err(error) => {
                let message = format!("{}: {}", place(text, error.at), error.message);
                problems.push(Problem::at(path.join(key), message).code("bad-expression"));
                None
            }
        }
    };
    Rule {
        index,
        table: TableName::new(rule.schema.as_str(), rule.table.as_str()),
        zone: zone.unwrap_or_default(),
        insert: read("insert-value-expr", &rule.insert_value_expr),
        update_old: read("update-old-value-expr", &rule.update_old_value_expr),
        update_new: read("update-new-value-expr", &rule.update_new_value_expr),
        delete: read("delete-value-expr", &rule.delete_value_expr),
        keep: read("keep", &rule.keep),
    }
}

/// As in DM, a rule is about one kind of change.
fn check_kinds(rule: &ExpressionRule, path: &Path, problems: &mut Vec<Problem>) {
    let kinds = [
        !rule.insert_value_expr.is_empty(),
        !rule.update_old_value_expr.is_empty() || !rule.update_new_value_expr.is_empty(),
        !rule.delete_value_expr.is_empty(),
        !rule.keep.is_empty(),
    ];
    let message = match kinds.iter().filter(|is_given| **is_given).count() {
        1 => return,
        0 => "a rule without an expression drops nothing",
        _ => "a rule is about one kind of change, as in DM",
    };
    let problem = Problem::at(path.clone(), message).code("bad-rule");
    problems.push(problem.help("give each kind a rule of its own: inserts, updates, deletes, or `keep`"));
}
