//! What plugin authors are promised about their settings.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{ByteSize, Node, Path, Problem, Secret, Settings, Text, TimeSpan, Value, nearest};
use crate::path;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(dead_code, reason = "only their shape matters")]
struct Connection {
    host: String,
    port: u16,
    password: Option<Secret>,
    #[serde(default)]
    lanes: Option<u32>,
    #[serde(default)]
    consistency: Consistency,
    start: Option<Start>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    tables: Vec<Table>,
    #[serde(default)]
    memory: Option<ByteSize>,
    #[serde(default)]
    timeout: Option<TimeSpan>,
    #[serde(default)]
    ratio: Option<f64>,
    #[serde(default)]
    quiet: bool,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Consistency {
    /// Parallel lanes.
    #[default]
    Row,
    /// One position.
    Transaction,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Start {
    Earliest,
    Gtid(#[expect(dead_code, reason = "only its shape matters")] String),
    File {
        #[expect(dead_code, reason = "only its shape matters")]
        name: String,
        position: u64,
    },
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its shape matters")]
struct Table {
    table_pattern: String,
}

fn problems(mut json: Json) -> Vec<String> {
    if let Some(object) = json.as_object_mut() {
        object.entry("host").or_insert("db".into());
        object.entry("port").or_insert(3306.into());
    }
    match Settings::from_json(&json).parse::<Connection>() {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn good_settings_become_the_plugins_type() {
    let settings = Settings::from_json(&json!({
        "host": "db", "port": 3306, "password": "hunter2", "lanes": null, "consistency": "transaction",
        "start": { "file": { "name": "binlog.000001", "position": 4 } }, "labels": { "any": "key" },
        "tables": [{ "table-pattern": "log_*" }], "memory": "64MiB", "timeout": "100ms", "ratio": 1, "quiet": true,
    }));
    let connection = settings.parse::<Connection>().unwrap();
    assert_eq!(connection.port, 3306);
    assert_eq!(connection.password.unwrap().expose(), "hunter2");
    assert!(matches!(connection.consistency, Consistency::Transaction));
    assert!(matches!(connection.start, Some(Start::File { position: 4, .. })));
    assert_eq!(connection.memory, Some(ByteSize(64 << 20)));
    assert_eq!(connection.ratio, Some(1.0));
    for start in [json!("earliest"), json!({ "gtid": "x:1" })] {
        assert_eq!(problems(json!({ "start": start })), [""; 0]);
    }
}

#[test]
fn every_mistake_is_reported_at_once_each_at_its_place() {
    let json = json!({
        "prot": 1, "port": 70000, "lanes": -1, "consistency": "rwo", "quiet": "yes", "ratio": "1.5",
        "labels": { "a": 1 }, "tables": [{ "table_pattern": "x" }, {}], "memory": "64 parsecs", "timeout": "1",
    });
    insta::assert_snapshot!(problems(json).join("\n"));
}

#[test]
fn a_wrong_choice_is_explained_by_the_shape_that_was_meant() {
    let start = |start: Json| problems(json!({ "start": start })).join("; ");
    insta::assert_snapshot!(
        [
            start(json!("latest")),
            start(json!(7)),
            start(json!({ "gitd": "x" })),
            start(json!({})),
            start(json!({ "gtid": 5 })),
            start(json!({ "file": { "name": "b" } })),
            start(json!({ "file": { "name": "b", "positoin": 4 } })),
            start(json!([])),
        ]
        .join("\n")
    );
}

#[test]
fn a_stage_without_config_misses_each_key_by_name() {
    let problems = Settings::empty().parse::<Connection>().unwrap_err();
    let missing: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(missing, ["missing key `host`", "missing key `port`"]);
    let problems = Settings::empty().parse::<Vec<Table>>().unwrap_err();
    assert_eq!(problems[0].message, "expected a list, found nothing");
}

#[test]
fn what_only_the_type_knows_is_reported_at_its_place() {
    let refused = Settings::from_json(&json!({ "a": ["127.0.0.1", "localhost"] }))
        .parse::<BTreeMap<String, Vec<std::net::IpAddr>>>()
        .unwrap_err();
    assert_eq!(refused[0].path, path!["a", 1]);
    assert_eq!(refused[0].to_string(), "a[1]: invalid IP address syntax");
}

/// A type that repeats what it refuses, as many do.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
struct Talkative;

impl TryFrom<String> for Talkative {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Err(format!("`{text}` will not do"))
    }
}

/// The same for a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(try_from = "Vec<String>")]
struct TalkativeList;

impl TryFrom<Vec<String>> for TalkativeList {
    type Error = String;

    fn try_from(texts: Vec<String>) -> Result<Self, String> {
        Err(format!("{texts:?} will not do"))
    }
}

fn secret(value: &str) -> Node {
    Node { value: Value::String(Text::secret(value, "${env:PASSWORD}")), span: None }
}

#[test]
fn a_secret_prints_as_its_reference_everywhere() {
    let settings = Settings::new(secret("hunter2"));
    let nested = Settings::new(Node { value: Value::Sequence(vec![secret("hunter2")]), span: None });
    let secret = settings.parse::<Secret>().unwrap();
    assert_eq!(secret.expose(), "hunter2");
    let printed = [
        format!("{secret} {secret:?}"),
        format!("{settings:?}"),
        serde_json::to_string(&settings).unwrap(),
        serde_json::to_string(&secret).unwrap(),
        format!("{:?}", settings.parse::<u16>().unwrap_err()),
        format!("{:?}", settings.parse::<Consistency>().unwrap_err()),
        format!("{:?}", settings.parse::<std::net::IpAddr>().unwrap_err()),
        format!("{:?}", settings.parse::<char>().unwrap_err()),
        format!("{:?}", settings.parse::<Talkative>().unwrap_err()),
        format!("{:?}", nested.parse::<Vec<Talkative>>().unwrap_err()),
        format!("{:?}", nested.parse::<TalkativeList>().unwrap_err()),
        format!("{:?}", settings.parse::<ByteSize>().unwrap_err()),
    ];
    for text in printed {
        assert!(!text.contains("hunter2"), "{text}");
    }
    assert_eq!(secret.to_string(), "${env:PASSWORD}");
    assert_eq!(settings.root().expose_json(), json!("hunter2"));
    assert_eq!(format!("{:?}", Secret::new("hunter2")), "***");
}

#[test]
fn paths_read_like_the_file() {
    let path = path![0, "events", 12];
    assert_eq!(path.to_string(), "[0].events[12]");
    assert_eq!(path!["a", "b"].to_string(), "a.b");
    assert_eq!(Path::root().to_string(), "");
    let problem = Problem::at(path!["x"], "is bad").help("make it good").under(3);
    assert_eq!(problem.to_string(), "[3].x: is bad (make it good)");
}

#[test]
fn quantities_are_written_as_they_are_read() {
    for text in ["0B", "1B", "1KiB", "64MiB", "1GB", "1536KiB"] {
        assert_eq!(text.parse::<ByteSize>().unwrap().to_string(), text);
    }
    for text in ["250us", "100ms", "1s", "90s", "5m", "1h"] {
        assert_eq!(text.parse::<TimeSpan>().unwrap().to_string(), text);
    }
    for text in
        ["", "1", "MiB", "-1MiB", "1.5MiB", "1mib", "99999999999999999999B", "18446744073709551615GiB"]
    {
        assert!(text.parse::<ByteSize>().is_err(), "{text}");
    }
}

#[test]
fn the_nearest_spelling_is_not_far_fetched() {
    assert_eq!(nearest("table_pattern", ["table-pattern", "schema-pattern"]), Some("table-pattern"));
    assert_eq!(nearest("prot", ["host", "port"]), Some("port"));
    assert_eq!(nearest("zzz", ["host", "port"]), None);
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Rule {
    #[expect(dead_code, reason = "only its shape matters")]
    table_pattern: String,
    target: String,
}

#[test]
fn a_mistake_of_shape_does_not_hide_what_only_the_plugin_knows() {
    let settings = Settings::from_json(&json!([
        { "table-pattern": 1, "target": "*bad" },
        { "table-pattern": "shop", "target": "*bad", "colour": "blue" },
        { "table-pattern": "shop", "target": "good" },
        { "target": "*bad" },
        { "table-pattern": "shop", "target": "*bad" },
    ]));
    let judge = |rules: Vec<Rule>| -> Result<(), Vec<Problem>> {
        let bad = rules.iter().enumerate().filter(|(_, rule)| rule.target.starts_with('*'));
        let mut problems: Vec<_> =
            bad.map(|(index, _)| Problem::at(path![index, "target"], "no pattern")).collect();
        problems.push(Problem::at(path![], "too few rules"));
        Err(problems)
    };
    let problems = settings.judge(judge).unwrap_err();
    let printed: Vec<_> = problems.iter().map(ToString::to_string).collect();
    let expected = [
        "[0].table-pattern: expected text, found the number 1 (put it in quotes to make it text)",
        "[1].colour: unknown key `colour` (known here: `table-pattern`, `target`)",
        "[3]: missing key `table-pattern`",
        "[1].target: no pattern",
        "[4].target: no pattern",
    ];
    assert_eq!(printed, expected);
}

#[test]
fn a_key_is_replaced_added_or_taken_out() {
    let settings = Settings::from_json(&serde_json::json!({ "a": 1, "b": 2 }));
    let text = |settings: &Settings| serde_json::to_string(settings).unwrap();
    assert_eq!(text(&settings.clone().with("a", Some(Node::from_json(&3.into())))), r#"{"b":2,"a":3}"#);
    assert_eq!(text(&settings.clone().with("a", None)), r#"{"b":2}"#);
    assert_eq!(text(&settings.with("c", None)), r#"{"a":1,"b":2}"#);
}
