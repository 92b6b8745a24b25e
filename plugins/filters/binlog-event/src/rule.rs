//! Rules, and the order in which they are asked.

use crate::event::{EventName, Occurrence};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;
use tidegate_filter_pattern::{Order, PatternError, Regular, Wildcard};
use tidegate_model::{TableName, TableSchema};
use tidegate_plugin::{
    Finding,
    settings::{Path, Problem, suggestion},
};

/// A rule of the `binlog-event` filter.
///
/// Patterns are names with `*` at their end, `?` and `[a-z]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EventRule {
    /// Whether the patterns distinguish upper and lower case.
    #[serde(default)]
    pub case_sensitive: bool,
    /// The pattern of the schemas that the rule is about.
    pub schema_pattern: String,
    /// The pattern of the tables that the rule is about. Without it the rule is about whole schemas; `*` also matches
    /// statements about the schema itself.
    #[serde(default)]
    pub table_pattern: String,
    /// The events that the rule hits: names like `drop table`, or `all`, `all dml`, `all ddl`, `incompatible ddl
    /// changes`, `none`, `none dml`, `none ddl`.
    #[serde(default)]
    pub events: Vec<String>,
    /// Regular expressions that hit a statement if one of them is found in its text, whatever the case.
    #[serde(default)]
    pub sql_pattern: Vec<String>,
    /// What becomes of what the rule hits.
    pub action: Action,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Action {
    /// Lets pass what it hits and drops everything else.
    Do,
    /// Drops what it hits.
    Ignore,
    /// Stops the pipeline at what it hits.
    Error,
}

/// What the rules say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Do,
    Ignore,
    Error,
}

pub(crate) struct Judgement {
    pub(crate) verdict: Verdict,
    pub(crate) because: String,
}

pub(crate) struct Rules(Vec<Rule>);

struct Rule {
    index: usize,
    schema: Wildcard,
    table: Option<Wildcard>,
    events: Vec<EventName>,
    /// One that matches is enough.
    sql: Vec<Regular>,
    action: Action,
}

/// Where a rule stands among those that match a name; the fields are compared in this order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    of_tables: bool,
    schema: Order,
    table: Option<Order>,
    index: usize,
}

impl Rules {
    pub(crate) fn build(rules: &[EventRule]) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut built: Vec<Rule> = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            let path = Path::root().join(index);
            let Some(rule) = build(rule, index, &path, &mut problems) else { continue };
            if let Some(other) =
                built.iter().find(|other| other.schema == rule.schema && other.table == rule.table)
            {
                let message = format!(
                    "the patterns are those of rule {}; DM drops the second of such rules",
                    other.index
                );
                let problem = Problem::at(path, message).code("ambiguous-rule");
                problems.push(problem.help("make one rule of the two"));
            }
            built.push(rule);
        }
        if problems.is_empty() { Ok(Self(built)) } else { Err(problems) }
    }

    pub(crate) fn judge(&self, name: &TableName, occurrence: Occurrence, sql: &str) -> Judgement {
        let mut matching: Vec<(Place, &Rule)> =
            self.0.iter().filter_map(|rule| Some((rule.order(name)?, rule))).collect();
        matching.sort_by(|one, other| one.0.cmp(&other.0));
        for (_, rule) in &matching {
            if let Some(judgement) = rule.decide(occurrence, sql) {
                return judgement;
            }
        }
        let because = if matching.is_empty() { "no rule speaks of the table" } else { "no rule is decisive" };
        Judgement { verdict: Verdict::Do, because: because.to_owned() }
    }

    /// Reports the rules that match none of the source's tables, or name what never happens.
    pub(crate) fn useless(&self, tables: &[Arc<TableSchema>]) -> Vec<Finding> {
        let idle = self.0.iter().filter(|rule| !tables.iter().any(|table| rule.order(&table.name).is_some()));
        let finding = |rule: &Rule| {
            Finding::warning(
                "rules",
                format!("binlog-event: rule {} matches no table of the source", rule.index),
            )
            .remedy("correct the patterns, or leave it if such tables are yet to come")
        };
        let never = self.0.iter().flat_map(|rule| {
            rule.events.iter().filter_map(|event| event.never()).map(|event| (rule.index, event))
        });
        let named = |(rule, event): (usize, &str)| {
            Finding::warning(
                "rules",
                format!(
                    "binlog-event: rule {rule} names `{event}`, which no statement of a source is called"
                ),
            )
            .remedy("ask `tidegate explain --sql \"…\"` what the statement that is meant is called")
        };
        idle.map(finding).chain(never.map(named)).collect()
    }
}

impl Rule {
    /// Returns the place of the rule among those that match `name`: rules of whole schemas come first.
    fn order(&self, name: &TableName) -> Option<Place> {
        let table = match &self.table {
            Some(table) if !table.matches(&name.table) => return None,
            Some(table) => Some(table.order(&name.table)),
            None => None,
        };
        let schema = self.schema.matches(&name.schema).then(|| self.schema.order(&name.schema))?;
        Some(Place { of_tables: table.is_some(), schema, table, index: self.index })
    }

    fn decide(&self, occurrence: Occurrence, sql: &str) -> Option<Judgement> {
        let by_event = || self.events.iter().find_map(|event| event.answer(occurrence)).unwrap_or(false);
        let known = occurrence != Occurrence::Unknown;
        let by_sql = || {
            let asked = !self.sql.is_empty() && !sql.is_empty();
            asked.then(|| self.sql.iter().any(|regular| regular.matches(sql)))
        };
        let verdict = known.then(|| self.verdict(by_event())).flatten();
        let verdict = verdict.or_else(|| self.verdict(by_sql()?))?;
        Some(Judgement { verdict, because: format!("rule {} ({:?}) decides", self.index, self.action) })
    }

    fn verdict(&self, hit: bool) -> Option<Verdict> {
        match (self.action, hit) {
            (Action::Ignore, true) | (Action::Do, false) => Some(Verdict::Ignore),
            (Action::Error, true) => Some(Verdict::Error),
            (Action::Do, true) | (Action::Ignore | Action::Error, false) => None,
        }
    }
}

fn build(rule: &EventRule, index: usize, path: &Path, problems: &mut Vec<Problem>) -> Option<Rule> {
    let before = problems.len();
    let schema = PatternError::report(
        Wildcard::parse(&rule.schema_pattern, rule.case_sensitive),
        &path.join("schema-pattern"),
        problems,
    );
    let table = (!rule.table_pattern.is_empty()).then_some(&rule.table_pattern);
    let table = table.map(|text| {
        PatternError::report(
            Wildcard::parse(text, rule.case_sensitive),
            &path.join("table-pattern"),
            problems,
        )
    });
    let mut events = Vec::new();
    for (place, text) in rule.events.iter().enumerate() {
        match EventName::parse(text) {
            Some(event) => events.push(event),
            None => problems.push(unknown_event(text, &path.join("events").join(place))),
        }
    }
    let mut sql = Vec::new();
    for (place, text) in rule.sql_pattern.iter().enumerate() {
        let place = path.join("sql-pattern").join(place);
        sql.extend(PatternError::report(Regular::parse(text, false), &place, problems));
    }
    if rule.events.is_empty() && rule.sql_pattern.is_empty() {
        let problem =
            Problem::at(path.clone(), "a rule without `events` and `sql-pattern` has nothing to hit");
        problems.push(problem.help("name the events, `all` for every one").code("useless-rule"));
    }
    if problems.len() > before {
        return None;
    }
    Some(Rule { index, schema: schema?, table: table.flatten(), events, sql, action: rule.action })
}

fn unknown_event(text: &str, path: &Path) -> Problem {
    let problem =
        Problem::at(path.clone(), format!("there is no event `{text}`; DM drops a rule with such a name"));
    let names: Vec<&str> = EventName::all().map(|(name, _)| name).collect();
    let lowered = text.to_lowercase();
    let problem = match suggestion(&lowered, &names) {
        Some(help) => problem.help(help),
        None => problem,
    };
    problem.code("unknown-event")
}
