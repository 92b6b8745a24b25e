//! Good files, and what becomes of them.

use std::env::VarError;
use std::path::{Path, PathBuf};

use tidegate_config::{Grant, Limits, OnError, PipelineFile, PluginReference};
use tidegate_plugin::settings::ByteSize;

use crate::support;

const EXAMPLE: &str = r#"
name: orders-to-tidb
source:
  plugin: mysql
  config: { host: aurora.example, user: repl, password: "${env:SRC_PASSWORD}", start: { gtid: "a:1-9" } }
filters:
  - plugin: ./filters/mask_pii.wasm
    sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    config: { columns: [email] }
    limits: { memory: 16MiB }
    on-error: dead-letter
    grants: [randomness, clock]
  - plugin: /opt/split.so
  - plugin: route
    config:
      - { table-pattern: "shop_*", target-table: orders }
sinks:
  - plugin: mysql
    config: { host: tidb.example, port: 4000, password: "${env:DST_PASSWORD}", lanes: 8 }
"#;

const VARIABLES: &[(&str, &str)] = &[("SRC_PASSWORD", "hunter2"), ("DST_PASSWORD", "two: {words}\n# here")];

fn read(text: &str) -> PipelineFile {
    support::read(Path::new("conf/orders.yaml"), text, VARIABLES).unwrap()
}

#[test]
fn every_part_of_a_good_file_arrives() {
    let file = read(EXAMPLE);
    assert_eq!(file.name, "orders-to-tidb");
    assert_eq!(file.engine.memory, ByteSize(64 << 20));
    assert_eq!(file.source.reference, PluginReference::BuiltIn("mysql".to_owned()));
    let references: Vec<_> = file.filters.iter().map(|filter| filter.reference.clone()).collect();
    assert_eq!(
        references,
        [
            PluginReference::Component {
                path: PathBuf::from("conf/./filters/mask_pii.wasm"),
                sha256: "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08".parse().ok(),
                limits: Limits { memory: ByteSize(16 << 20), ..Limits::default() },
                on_error: OnError::DeadLetter,
                grants: vec![Grant::Randomness, Grant::Clock],
            },
            PluginReference::Native { path: PathBuf::from("/opt/split.so"), sha256: None },
            PluginReference::BuiltIn("route".to_owned()),
        ]
    );
    assert_eq!(file.filters[2].path.to_string(), "filters[2]");
}

#[test]
fn references_become_values_whatever_they_hold_and_are_never_printed() {
    let file = read(EXAMPLE);
    let password = |settings: &tidegate_plugin::settings::Settings| {
        settings.root().get("password").unwrap().as_text().unwrap().expose().to_owned()
    };
    assert_eq!(password(&file.source.settings), "hunter2");
    assert_eq!(password(&file.sinks[0].settings), "two: {words}\n# here");
    let printed = format!("{file:?} {}", serde_json::to_string(&file.source.settings).unwrap());
    assert!(!printed.contains("hunter2") && printed.contains("${env:SRC_PASSWORD}"), "{printed}");
    assert_eq!(file.redact("denied for hunter2"), "denied for ${env:SRC_PASSWORD}");
    assert_eq!(file.redact(r#"denied for "two: {words}\n# here""#), r#"denied for "${env:DST_PASSWORD}""#);
}

#[test]
fn references_stand_inside_longer_text_and_can_be_escaped() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("password"), "from a file\n\n").unwrap();
    let text = r#"
name: orders
source:
  plugin: mysql
  config:
    host: db
    user: "a-${env:SRC_PASSWORD}-${file:password}$"
    variables: { plain: "$${env:SRC_PASSWORD} costs 5$", both: "$${x}${env:SRC_PASSWORD}" }
sinks: [{ plugin: discard }]
"#;
    let file = support::read(&folder.path().join("orders.yaml"), text, VARIABLES).unwrap();
    let root = file.source.settings.root();
    assert_eq!(root.get("user").unwrap().as_text().unwrap().expose(), "a-hunter2-from a file$");
    let variables = root.get("variables").unwrap();
    let plain = variables.get("plain").unwrap().as_text().unwrap();
    assert_eq!((plain.expose(), plain.reference()), ("${env:SRC_PASSWORD} costs 5$", None));
    let both = variables.get("both").unwrap().as_text().unwrap();
    assert_eq!((both.expose(), both.display()), ("${x}hunter2", "$${x}${env:SRC_PASSWORD}"));
}

#[test]
fn an_alias_repeats_a_value() {
    let text = "
name: orders
source: { plugin: mysql, config: &server { host: db, port: 3307 } }
sinks: [{ plugin: mysql, config: *server }]
";
    let file = read(text);
    assert_eq!(file.sinks[0].settings.root().get("port"), file.source.settings.root().get("port"));
}

#[test]
fn places_are_right_with_any_line_ends_and_letters() {
    for text in [
        "name: orders\r\nsource:\r\n  plugin: mysql\r\n  config: { host: \"größe\", prot: 1 }\r\nsinks: [{ plugin: discard }]\r\n",
        "\u{feff}name: orders\nsource:\n  plugin: mysql\n  config: { host: \"größe\", prot: 1 }\nsinks: [{ plugin: discard }]",
    ] {
        let diagnostics = support::read(Path::new("p.yaml"), text, &[]).unwrap_err();
        let json = serde_json::to_value(&diagnostics).unwrap();
        assert_eq!((&json[0]["line"], &json[0]["column"]), (&4.into(), &28.into()), "{text:?}");
        let span = diagnostics.iter().next().unwrap().span.unwrap();
        assert_eq!(&text[span.start..span.end], "prot");
    }
}

#[test]
fn what_is_found_later_is_reported_at_its_place_too() {
    let file = read(EXAMPLE);
    let mut diagnostics = file.diagnostics();
    let problem = tidegate_plugin::settings::Problem::at(
        tidegate_plugin::path!["host"],
        "access denied for repl with hunter2",
    );
    diagnostics.push_problems(&file.source, vec![problem]);
    insta::assert_snapshot!(diagnostics);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut printed = String::new();
    for name in ["missing.yaml", "."] {
        printed.push_str(
            &tidegate_config::read(&folder.path().join(name), &|_| Err(VarError::NotPresent))
                .unwrap_err()
                .to_string(),
        );
        printed.push('\n');
    }
    std::fs::write(folder.path().join("binary.yaml"), [0xff, 0xfe]).unwrap();
    printed.push_str(
        &tidegate_config::read(&folder.path().join("binary.yaml"), &|_| Err(VarError::NotPresent))
            .unwrap_err()
            .to_string(),
    );
    insta::assert_snapshot!(printed.replace(&folder.path().display().to_string(), "FOLDER"));
}

#[test]
fn programs_get_lines_columns_and_codes() {
    let text = "name: orders\nsource: { plugin: mysql, config: { host: db, lanes: 0 } }\n";
    let diagnostics = support::read(Path::new("orders.yaml"), text, &[]).unwrap_err();
    insta::assert_snapshot!(serde_json::to_string_pretty(&diagnostics).unwrap());
}
