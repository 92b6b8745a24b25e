//! `tidegate plugin test`: cases that pass and fail, and every mistake in their file at its place.

mod support;

use serde_json::Value;
use std::{fs, path::Path};
use support::{Ran, plugin};
use tidegate_test_guests::guest;

/// Runs cases with the filter in a folder; `None` if the machine cannot build it.
fn run(source: &str, cases: &str, more: &[&str]) -> Option<Ran> {
    let component = guest(source).unwrap()?.display().to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.yaml");
    fs::write(&file, cases).unwrap();
    let mut ran = plugin(&[&["test", component.as_str(), &file.display().to_string()], more].concat());
    for text in [&mut ran.stdout, &mut ran.stderr] {
        *text = text.replace(&file.display().to_string(), "cases.yaml");
    }
    Some(ran)
}

const MASK: &str = "examples/filters/rust/mask-pii";
const HOSTILE: &str = "tests/guests/rust/hostile";

#[test]
fn the_cases_of_the_examples_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut languages = 0;
    for language in fs::read_dir(root.join("examples/filters")).unwrap() {
        let mut shown = false;
        for filter in fs::read_dir(language.unwrap().path()).unwrap() {
            let folder = filter.unwrap().path();
            let cases = folder.join("cases.yaml");
            if !cases.is_file() {
                continue;
            }
            shown = true;
            let source = folder.strip_prefix(&root).unwrap().display().to_string();
            let Some(component) = guest(&source).unwrap() else { continue };
            let ran = plugin(&["test", &component.display().to_string(), &cases.display().to_string()]);
            assert_eq!(ran.code, Some(0), "{source}: {}{}", ran.stdout, ran.stderr);
        }
        languages += usize::from(shown);
    }
    assert_eq!(languages, 5, "a language shows no cases");
}

#[test]
fn the_cases_in_the_documents_pass() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/components.md")).unwrap();
    let blocks = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let shown: Vec<&str> = blocks.filter(|block| block.contains("\ncases:")).collect();
    assert_eq!(shown.len(), 1);
    let Some(ran) = run(MASK, shown[0], &[]) else { return };
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn what_differs_is_shown_line_by_line() {
    let cases = r#"
config: { columns: [email] }
tables:
  shop.users: { columns: { id: bigint unsigned, email: varchar(20) } }
cases:
  - name: right
    table: shop.users
    rows: [{ op: insert, after: { id: 18446744073709551615, email: abc } }]
    expect: [{ op: insert, after: { email: a*c, id: 18446744073709551615 } }]
  - name: one row of three is wrong
    table: shop.users
    rows:
      - &first { op: delete, before: { id: 1, email: x } }
      - { op: insert, after: { id: 2, email: abc } }
      - &last { op: delete, before: { id: 3, email: y } }
    expect:
      - *first
      - { op: insert, after: { id: 2, email: abc } }
      - *last
  - name: nothing was to come
    table: shop.users
    rows: [*first]
    expect: dropped
  - name: a statement was to be dropped
    statement: drop table shop.users
    expect: []
"#;
    let Some(ran) = run(MASK, cases, &[]) else { return };
    let expected = r#"ok      right
failed  one row of three is wrong
  expected  {"op":"insert","schema":"shop","table":"users","after":{"id":2,"email":"abc"}}
  got       {"op":"insert","schema":"shop","table":"users","after":{"id":2,"email":"a*c"}}
failed  nothing was to come
  expected  nothing
  got       {"op":"delete","schema":"shop","table":"users","before":{"id":1,"email":"x"}}
failed  a statement was to be dropped
  expected  nothing
  got       drop table `shop`.`users`
"#;
    assert_eq!((ran.stdout.as_str(), ran.code), (expected, Some(1)), "{}", ran.stderr);
    let json = run(MASK, cases, &["--json"]).unwrap();
    let envelope: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json.code, Some(1));
    assert_eq!((&envelope["command"], &envelope["ok"]), (&"plugin test".into(), &false.into()));
    let result = &envelope["result"];
    assert_eq!((&result["passed"], &result["failed"]), (&1.into(), &3.into()));
    assert_eq!(result["cases"][1]["expected"][1]["after"]["email"], "abc");
    assert_eq!(result["cases"][1]["got"][1]["after"]["email"], "a*c");
    assert_eq!(result["cases"][3]["got"][0], "drop table `shop`.`users`");
}

/// Lines as the sink `file` and dead letters have them, with everything in them that is no filter's business.
#[test]
fn lines_of_the_file_sink_are_rows() {
    let cases = r#"
config: { columns: [note] }
tables:
  s.t:
    sql: |
      CREATE TABLE t (id INT, price DECIMAL(8,2), at DATETIME(3), raw VARBINARY(4), tags SET('a','b'), doc JSON, note TEXT)
cases:
  - name: an insert
    rows:
      - {"op":"insert","schema":"x","table":"y","source_schema":"s","source_table":"t","after":{"id":1,"price":"12.50","at":"2024-02-29 01:02:03.456","raw":{"base64":"AP8="},"tags":["a","b"],"doc":"2024-01-01","note":"abc"},"after_json":{"doc":{"base64":"DwoIAAAAAADCrBk="}},"gtid":"3e11fa47-71ca-11e1-9e33-c80aa9429562:77","file":"b.000001","offset":4,"commit_time":1700000000123456,"server_id":9,"row":13}
    expect:
      - {"op":"insert","schema":"s","table":"t","after":{"id":1,"price":"12.50","at":"2024-02-29 01:02:03.456","raw":{"base64":"AP8="},"tags":["a","b"],"doc":"2024-01-01","note":"a*c"},"after_json":{"doc":{"base64":"DwoIAAAAAADCrBk="}},"gtid":"3e11fa47-71ca-11e1-9e33-c80aa9429562:77","file":"b.000001","offset":4,"commit_time":1700000000123456,"server_id":9,"row":13}
  - name: an update of a part of a document, which was a dead letter
    table: s.t
    rows:
      - {"op":"update","before":{"id":1,"doc":{"a": 1}},"after":{"id":1},"after_diffs":{"doc":[{"op":"replace","path":"$.a","value":2}]},"plugin":"x.wasm","reason":"why","refused":true}
    expect: passes
"#;
    let Some(ran) = run(MASK, cases, &[]) else { return };
    let expected = "ok      an insert\nok      an update of a part of a document, which was a dead letter\n";
    assert_eq!((ran.stdout.as_str(), ran.code), (expected, Some(0)), "{}", ran.stderr);
}

#[test]
fn rows_that_are_refused_or_failed_on_are_expected_with_their_reason() {
    let cases = |what: &str, expected: &str| {
        format!(
            r#"
config: {{ where: rows, what: {what}, value: bad }}
tables: {{ s.t: {{ columns: {{ name: varchar(9) NOT NULL, n: bigint }} }} }}
cases:
  - name: one of two
    table: s.t
    rows:
      - {{ op: insert, after: {{ name: bad, n: 1 }} }}
      - {{ op: insert, after: {{ name: good, n: 2 }} }}
    expect:
      - {expected}
      - {{ op: insert, after: {{ name: good, n: 2 }} }}
"#
        )
    };
    let refused = r#"{ op: insert, after: { name: bad, n: 1 }, refused: true, reason: it is not liked }"#;
    let Some(ran) = run(HOSTILE, &cases("refuse-rows", refused), &[]) else { return };
    assert_eq!((ran.stdout.as_str(), ran.code), ("ok      one of two\n", Some(0)), "{}", ran.stderr);
    let other = r#"{ op: insert, after: { name: bad, n: 1 }, reason: something else }"#;
    let ran = run(HOSTILE, &cases("refuse-rows", other), &[]).unwrap();
    let expected = r#"failed  one of two
  expected  {"op":"insert","schema":"s","table":"t","after":{"name":"bad","n":1},"reason":"something else","refused":true}
  got       {"op":"insert","schema":"s","table":"t","after":{"name":"bad","n":1},"reason":"it is not liked","refused":true}
"#;
    assert_eq!((ran.stdout.as_str(), ran.code), (expected, Some(1)), "{}", ran.stderr);
    let failed = r#"{ op: insert, after: { name: bad, n: 1 }, refused: false, reason: it will not }"#;
    let ran = run(HOSTILE, &cases("refuse", failed), &[]).unwrap();
    assert_eq!((ran.stdout.as_str(), ran.code), ("ok      one of two\n", Some(0)), "{}", ran.stderr);
    let ran = run(HOSTILE, &cases("trap", failed), &[]).unwrap();
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stdout.contains("\"refused\":false") && ran.stdout.contains("trapped"), "{}", ran.stdout);
}

/// What would stop a pipeline whatever its policy.
#[test]
fn a_case_that_would_stop_the_pipeline_fails() {
    let cases = "
config: { where: decide, what: refuse }
tables: { s.t: { columns: { name: varchar(9) } } }
cases:
  - name: it stops
    table: s.t
    rows: [{ op: insert, after: { name: x } }]
    expect: passes
";
    let Some(ran) = run(HOSTILE, cases, &[]) else { return };
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stdout.starts_with("failed  it stops\n  the pipeline would stop: "), "{}", ran.stdout);
    assert!(ran.stdout.contains("it will not"), "{}", ran.stdout);
}

const MISTAKES: &str = r#"config: { columns: [], more: 1 }
tables:
  users: { columns: { id: int } }
  shop.a: { columns: { id: integr, name: varchar(5) }, primary-key: [key] }
  shop.b: { columns: { id: int }, sql: CREATE TABLE b (id int) }
  shop.c: { sql: CREATE TABLE d (id int) }
  shop.t: { columns: { id: tinyint NOT NULL, price: "decimal(4,2)" } }
cases:
  - name: keys
    table: shop.t
    row: []
    expect: passes
  - name: no expectation
    table: shop.t
    rows: []
  - name: both
    table: shop.t
    rows: []
    statement: DROP TABLE shop.t
    expect: passes
  - name: tables
    table: shop.x
    rows: [{ op: insert, schema: shop, table: s, after: {} }, { op: insert, schema: shop, after: {} }]
    expect: passes
  - name: values
    table: shop.t
    rows:
      - { op: insert, after: { id: 128, price: 1.5 } }
      - { op: update, before: { id: 1 }, after: { id: null, prize: "1.00" } }
      - { op: insert, before: { id: 1 } }
      - { op: upsert, after: { id: 1 } }
      - { op: insert, after: { id: 1 }, gtid: one }
    expect:
      - { op: insert, after: { id: 128, cost: 1 } }
      - { op: insert, after: { id: 1 }, refused: true }
  - name: no words
    table: shop.t
    rows: []
    expect: pass
  - name: a broken statement
    statement: INSERT INTO shop.t VALUES (1)
    table: shop.t
    expect: [1]
"#;

const FOUND: &str = "\
1:20 out-of-range: the list is empty
1:24 unknown-key: unknown key `more`
3:3 bad-name: `users` is no table: a table is named `schema.table`
4:28 bad-type: `integr` cannot be read as a column's type: a column has the type INTEGR
4:70 unknown-column: the table has no column `key`
5:3 bad-table: a table has either `columns`, with a `primary-key` if it has one, or `sql`
6:18 bad-table: the statement makes `shop.d`
11:5 unknown-key: unknown key `row`
13:5 missing-key: missing key `expect`
16:5 bad-case: a case has either `rows` or a `statement`
22:12 unknown-table: the table `shop.x` is not declared
23:47 unknown-table: the table `shop.s` is not declared
23:63 missing-key: nothing says which table the row is of
23:77 missing-key: `schema` stands alone: `table` is missing
28:36 bad-value: `id`: expected a whole number from -128 to 127
28:48 bad-value: `price`: expected a number in quotes of at most 2 digits before the point and 2 behind it
29:55 bad-value: `id`: NULL cannot stand in the column
29:61 unknown-column: `prize`: there is no such column
30:9 missing-key: the insert lacks its image `after`
30:23 useless-key: `before` means nothing for a row of operation insert
31:15 unknown-word: `upsert` is not one of `insert`, `update`, `delete`
32:47 bad-value: this is no GTID: `one` is not a GTID set: MariaDB's are `domain-server-sequence`, MySQL's `uuid:first-last`
34:36 bad-value: `id`: expected a whole number from -128 to 127
34:41 unknown-column: `cost`: there is no such column
35:41 missing-key: `refused` says how a row was lost, and stands with its `reason`
39:13 bad-expectation: expected `passes`, `dropped` or a list of lines
41:16 bad-statement: the statement changes rows: logged as a statement it stops the pipeline
42:5 useless-key: `table` means something beside rows only
43:14 wrong-type: expected text, found the number 1";

#[test]
fn every_mistake_is_reported_at_once_and_at_its_place() {
    let Some(ran) = run(MASK, MISTAKES, &["--json"]) else { return };
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);
    let envelope: Value = serde_json::from_str(&ran.stdout).unwrap();
    let found: Vec<String> = envelope["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| {
            assert_eq!(found["file"], "cases.yaml");
            let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
            format!("{}:{} {}: {}", found["line"], found["column"], text("code"), text("message"))
        })
        .collect();
    assert_eq!(found.join("\n"), FOUND);
    let ran = run(MASK, MISTAKES, &[]).unwrap();
    let excerpt = "\
error[bad-value]: `id`: expected a whole number from -128 to 127
  --> cases.yaml:28:36
   |
28 |       - { op: insert, after: { id: 128, price: 1.5 } }
   |                                    ^^^
";
    assert!(ran.stderr.contains(excerpt) && ran.stdout.is_empty(), "{}", ran.stderr);
}

const UNUSED: &str = "config: { columns: [x] }
tables:
  a.b: { columns: { id: int } }
  a.c: { columns: { id: int } }
cases: [{ name: one, table: a.b, rows: [], expect: dropped }]
";

#[test]
fn a_file_that_is_none_is_wrong_input() {
    for (cases, message) in [
        ("", "the file holds nothing"),
        ("cases: [", "error[yaml-syntax]"),
        ("[]", "expected a mapping, found a list"),
        ("cases: []", "the list is empty"),
        (UNUSED, "error[unused-table]: no case uses this table\n --> cases.yaml:4:3"),
        ("config: { columns: ['${env:NOT_SET_ANYWHERE}'] }\ncases: []", "the environment has no variable"),
    ] {
        let Some(ran) = run(MASK, cases, &[]) else { return };
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains(message), "{}", ran.stderr);
    }
    let component = guest(MASK).unwrap().unwrap().display().to_string();
    let ran = plugin(&["test", &component, "there-is-no-such-file.yaml"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("the file of cases cannot be read: it does not exist"), "{}", ran.stderr);
}
