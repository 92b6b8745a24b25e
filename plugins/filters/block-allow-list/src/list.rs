//! The lists and their truth table.

use crate::{BlockAllowListConfig, TableRule};
use std::sync::Arc;
use tidegate_filter_pattern::{NamePattern, PatternError};
use tidegate_model::{TableName, TableSchema};
use tidegate_plugin::{
    Finding,
    settings::{Path, Problem},
};

/// Schemas of the server itself; they never pass, whatever their case.
const SYSTEM_SCHEMAS: [&str; 7] = [
    "dm_heartbeat",
    "sys",
    "mysql",
    "information_schema",
    "inspection_schema",
    "performance_schema",
    "metrics_schema",
];

pub(crate) struct List {
    do_dbs: Vec<SchemaRule>,
    ignore_dbs: Vec<SchemaRule>,
    do_tables: Vec<TablePatterns>,
    ignore_tables: Vec<TablePatterns>,
}

struct SchemaRule {
    text: String,
    place: String,
    pattern: NamePattern,
}

struct TablePatterns {
    place: String,
    schema: NamePattern,
    table: NamePattern,
}

pub(crate) struct Judgement {
    pub(crate) passes: bool,
    pub(crate) because: String,
}

impl List {
    pub(crate) fn build(config: &BlockAllowListConfig) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut schemas = |key: &str, texts: &[String]| {
            let rules = texts.iter().enumerate().filter_map(|(index, text)| {
                let path = Path::root().join(key).join(index);
                let pattern = parse(text, config.case_sensitive, &path, &mut problems)?;
                Some(SchemaRule { text: text.clone(), place: path.to_string(), pattern })
            });
            rules.collect::<Vec<_>>()
        };
        let do_dbs = schemas("do-dbs", &config.do_dbs);
        let ignore_dbs = schemas("ignore-dbs", &config.ignore_dbs);
        let mut tables = |key: &str, rules: &[TableRule]| {
            let patterns = rules.iter().enumerate().filter_map(|(index, rule)| {
                let path = Path::root().join(key).join(index);
                let schema =
                    parse(&rule.db_name, config.case_sensitive, &path.join("db-name"), &mut problems);
                let table =
                    parse(&rule.tbl_name, config.case_sensitive, &path.join("tbl-name"), &mut problems);
                Some(TablePatterns { place: path.to_string(), schema: schema?, table: table? })
            });
            patterns.collect::<Vec<_>>()
        };
        let do_tables = tables("do-tables", &config.do_tables);
        let ignore_tables = tables("ignore-tables", &config.ignore_tables);
        crossings(&ignore_tables, &mut problems);
        if problems.is_empty() {
            Ok(Self { do_dbs, ignore_dbs, do_tables, ignore_tables })
        } else {
            Err(problems)
        }
    }

    pub(crate) fn judge(&self, name: &TableName) -> Judgement {
        let judgement = |passes, because: String| Judgement { passes, because };
        if SYSTEM_SCHEMAS.contains(&name.schema.to_lowercase().as_str()) {
            return judgement(false, format!("`{}` is a schema of the server itself", name.schema));
        }
        let found = |rules: &[SchemaRule]| {
            rules.iter().find(|r| r.pattern.matches(&name.schema)).map(|r| r.place.clone())
        };
        let mut because = "no rule speaks of it".to_owned();
        if !self.do_dbs.is_empty() {
            match found(&self.do_dbs) {
                Some(place) => because = format!("{place} allows the schema"),
                None => return judgement(false, "no pattern of do-dbs matches the schema".to_owned()),
            }
        } else if let Some(place) = found(&self.ignore_dbs) {
            return judgement(false, format!("{place} blocks the schema"));
        }
        if name.is_schema() {
            return judgement(true, because);
        }
        if let Some(place) = find_table(&self.do_tables, name) {
            return judgement(true, format!("{place} allows it"));
        }
        if let Some(place) = find_table(&self.ignore_tables, name) {
            return judgement(false, format!("{place} blocks it"));
        }
        if self.do_tables.is_empty() {
            judgement(true, because)
        } else {
            judgement(false, "no rule of do-tables matches it".to_owned())
        }
    }

    /// Tells whether any table of a schema may pass.
    pub(crate) fn passes_some_of(&self, schema: &TableName) -> bool {
        let named = || self.do_tables.iter().any(|rule| rule.schema.matches(&schema.schema));
        self.judge(schema).passes && (self.do_tables.is_empty() || named())
    }

    /// Reports the rules that are never consulted, or match none of the source's tables.
    pub(crate) fn useless(&self, tables: &[Arc<TableSchema>]) -> Vec<Finding> {
        let unread = !self.do_dbs.is_empty() && !self.ignore_dbs.is_empty();
        let message = "block-allow-list: `ignore-dbs` is not consulted beside `do-dbs`";
        let unread_finding = || Finding::warning("rules", message).remedy("remove one of the two");
        let mut findings: Vec<Finding> = unread.then(unread_finding).into_iter().collect();
        let schemas = self.do_dbs.iter().chain(self.ignore_dbs.iter().filter(|_| !unread));
        let schemas =
            schemas.filter(|rule| !tables.iter().any(|table| rule.pattern.matches(&table.name.schema)));
        let rules = self.do_tables.iter().chain(&self.ignore_tables);
        let rules = rules.filter(|rule| !tables.iter().any(|table| rule.matches(&table.name)));
        let places = schemas
            .map(|rule| format!("{} (`{}`)", rule.place, rule.text))
            .chain(rules.map(|r| r.place.clone()));
        let finding = |place: String| {
            Finding::warning("rules", format!("block-allow-list: {place} matches no table of the source"))
                .remedy("correct the pattern, or leave it if such tables are yet to come")
        };
        findings.extend(places.map(finding));
        findings
    }
}

impl TablePatterns {
    fn matches(&self, name: &TableName) -> bool {
        self.schema.matches(&name.schema) && self.table.matches(&name.table)
    }

    fn is_crossing(&self) -> bool {
        matches!((&self.schema, &self.table), (NamePattern::Regular(_), NamePattern::Wildcard(_)))
    }
}

/// Finds the rule that names a table.
///
/// DM keeps the schemas and the tables of rules of the form `{~regex, wildcard}` apart, so that with two such rules the
/// schema of one and the table of the other match together; people's `do-tables` may rely on it.
fn find_table(rules: &[TablePatterns], name: &TableName) -> Option<String> {
    let crossing = || rules.iter().filter(|rule| rule.is_crossing());
    let crossed = || {
        let schema = crossing().find(|rule| rule.schema.matches(&name.schema))?;
        let table = crossing().find(|rule| rule.table.matches(&name.table))?;
        Some(format!("{} (with the table of {})", schema.place, table.place))
    };
    rules.iter().find(|rule| rule.matches(name)).map(|rule| rule.place.clone()).or_else(crossed)
}

/// Refuses `ignore-tables` whose rules cross: DM drops tables then that no rule names.
fn crossings(rules: &[TablePatterns], problems: &mut Vec<Problem>) {
    let crossing: Vec<&TablePatterns> = rules.iter().filter(|rule| rule.is_crossing()).collect();
    if crossing.len() < 2 {
        return;
    }
    let message = "several rules pair a regular expression for the schema with a plain pattern for the table: DM \
                   combines them across and blocks tables that no rule names";
    let problem = Problem::at(Path::root().join("ignore-tables"), message).on_key();
    problems.push(
        problem
            .help("write both parts as regular expressions: `tbl-name: \"~^name$\"`")
            .code("ambiguous-rule"),
    );
}

fn parse(text: &str, case_sensitive: bool, path: &Path, problems: &mut Vec<Problem>) -> Option<NamePattern> {
    PatternError::report(NamePattern::parse(text, case_sensitive), path, problems)
}
