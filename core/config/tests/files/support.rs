//! Plugins for the tests, and a pipeline file read the way the command line reads it.

use std::collections::BTreeMap;
use std::env::VarError;
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use tidegate_config::{Draft, PipelineFile, PluginReference, PluginSchema, StageKind};
use tidegate_plugin::path;
use tidegate_plugin::settings::{Problem, Secret, Settings, TimeSpan};

/// How to reach a server.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(dead_code, reason = "only its shape matters")]
struct Connection {
    /// The server's name or address.
    host: String,
    /// The server's port.
    #[serde(default = "port")]
    port: u16,
    /// The user's name.
    user: Option<String>,
    /// The user's password.
    password: Option<Secret>,
    /// How the connection is protected.
    tls: Option<Tls>,
    /// Where to start.
    start: Option<Start>,
    /// How many connections write at once.
    #[serde(default = "lanes")]
    #[schemars(range(min = 1, max = 64))]
    lanes: u32,
    /// The longest wait for an answer.
    timeout: Option<TimeSpan>,
    /// Variables of the session.
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

fn port() -> u16 {
    3306
}

fn lanes() -> u32 {
    4
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(dead_code, reason = "only its shape matters")]
struct Tls {
    /// What is verified.
    #[serde(default)]
    mode: TlsMode,
    /// The authority that the server's certificate must be signed by.
    ca: Option<String>,
}

#[derive(Debug, Default, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum TlsMode {
    /// No TLS.
    Disabled,
    /// TLS where the server has it.
    #[default]
    Preferred,
    /// The certificate and the name in it.
    VerifyIdentity,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its shape matters")]
enum Start {
    /// The oldest log that the server has.
    Earliest,
    /// After these transactions.
    Gtid(String),
}

/// No settings.
#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

/// One rule of a route.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Rule {
    /// The tables that the rule is about.
    table_pattern: String,
    /// Where their rows go.
    target_table: Option<String>,
}

/// Returns the schemas of the plugins.
pub(crate) fn schemas() -> Vec<(StageKind, &'static str, schemars::Schema)> {
    vec![
        (StageKind::Source, "mysql", schemars::schema_for!(Connection)),
        (StageKind::Filter, "route", schemars::schema_for!(Vec<Rule>)),
        (StageKind::Sink, "discard", schemars::schema_for!(Nothing)),
        (StageKind::Sink, "mysql", schemars::schema_for!(Connection)),
    ]
}

pub(crate) fn plugins<'a>(
    schemas: &'a [(StageKind, &'static str, schemars::Schema)],
) -> Vec<PluginSchema<'a>> {
    schemas.iter().map(|(kind, name, schema)| PluginSchema { kind: *kind, name, schema }).collect()
}

/// Reads the text with the plugins' own opinion, and these variables in the environment.
pub(crate) fn draft(path: &Path, text: &str, variables: &[(&str, &str)]) -> Draft {
    let environment = |name: &str| {
        let found = variables.iter().find(|(other, _)| *other == name);
        found.map(|(_, value)| (*value).to_owned()).ok_or(VarError::NotPresent)
    };
    let schemas = schemas();
    let mut draft = Draft::from_text(path, text, &plugins(&schemas), &environment);
    for stage in &draft.stages {
        let PluginReference::BuiltIn(name) = &stage.reference else {
            continue;
        };
        let known: &[&str] = match stage.kind {
            StageKind::Source => &["mysql"],
            StageKind::Filter => &["route", "binlog-event"],
            StageKind::Sink => &["mysql", "discard"],
        };
        if !known.contains(&name.as_str()) {
            draft.diagnostics.push_unknown_plugin(stage, known);
            continue;
        }
        let problems = match stage.kind {
            _ if name == "discard" => stage.settings.parse::<Nothing>().err(),
            StageKind::Source | StageKind::Sink => stage.settings.parse::<Connection>().err(),
            StageKind::Filter => rules(&stage.settings).err(),
        };
        draft.diagnostics.push_problems(stage, problems.unwrap_or_default());
    }
    draft
}

pub(crate) fn read(
    path: &Path,
    text: &str,
    variables: &[(&str, &str)],
) -> Result<PipelineFile, tidegate_config::Diagnostics> {
    draft(path, text, variables).finish()
}

/// A plugin that looks at more than shapes.
fn rules(settings: &Settings) -> Result<Vec<Rule>, Vec<Problem>> {
    let rules: Vec<Rule> = settings.parse()?;
    let mut problems = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        if rule.table_pattern.contains("**") {
            let message = format!("`{}` is not a pattern: `**` means nothing", rule.table_pattern);
            problems.push(Problem::at(path![index, "table-pattern"], message).help("write `*`"));
        }
        if rule.target_table.is_none() {
            problems.push(Problem::at(path![index], "the rule changes nothing").on_key());
        }
    }
    if problems.is_empty() { Ok(rules) } else { Err(problems) }
}
