//! Every type arrives unchanged, with a key and without one, whether it is inserted, changed or deleted.

use crate::corpus::{Case, Shape, Step, cases_of_mariadb, cases_on, create_schema, shapes_on};
use std::process::Stdio;
use tidegate_e2e::{Pipeline, assert_equal};
use tidegate_test_servers::{Kind, MariaDb, MySql, PASSWORD, Server, TiDb, USER, server_or_skip};

/// Takes the corpus through all its steps and compares both sides after each of them.
pub(crate) fn corpus_arrives(source: &Server, target: &Server, pipeline: &Pipeline) {
    let servers = [source.kind(), target.kind()];
    let tables = (cases_on(&servers), shapes_on(&servers));
    tables_arrive(source, pipeline, &tables, |_, tables| assert_equal(source, target, tables));
}

fn tables_arrive(
    source: &Server,
    pipeline: &Pipeline,
    (cases, shapes): &(Vec<Case>, Vec<Shape>),
    compare: impl Fn(Step, &[&str]),
) {
    let keyed = cases.iter().map(Case::keyed_table);
    let keyless = cases.iter().map(Case::keyless_table);
    let tables: Vec<String> =
        keyed.chain(keyless).chain(shapes.iter().map(|shape| shape.table.to_owned())).collect();
    let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
    source.client().execute(&create_schema()).unwrap();
    for step in Step::ALL {
        let mut sql: String = cases.iter().map(|case| case.keyed(step) + &case.keyless(step)).collect();
        sql.extend(shapes.iter().map(|shape| shape.sql(step)));
        source.client().execute(&sql).unwrap();
        pipeline.run_well();
        compare(step, &tables);
    }
}

#[test]
fn types_arrive_at_mysql_also_as_a_dump_shows_them() {
    let source = server_or_skip!(MySql::builder().start());
    let target = server_or_skip!(MySql::builder().start());
    let pipeline = Pipeline::new("types", &source, &target);
    let tables = (cases_on(&[Kind::MySql]), shapes_on(&[Kind::MySql]));
    tables_arrive(&source, &pipeline, &tables, |step, tables| {
        assert_equal(&source, &target, tables);
        // Rows of a table without a key have no order to be dumped in. A table that is given an invisible key is logged
        // with its collations written out, and then a dump shows them, on MySQL's own replicas too.
        let comparable = |table: &&str| !table.ends_with("_keyless") && *table != "corpus.invisible_key";
        let ordered: Vec<&str> = tables.iter().copied().filter(comparable).collect();
        same_dump(&dump(&source, &ordered), &dump(&target, &ordered));
        if step == Step::Insert {
            assert_eq!(json_types(&source), json_types(&target));
        }
    });
}

#[test]
fn types_arrive_at_mariadb() {
    let source = server_or_skip!(MySql::builder().start());
    let target = server_or_skip!(MariaDb::builder().start());
    corpus_arrives(&source, &target, &Pipeline::new("types", &source, &target));
}

#[test]
fn types_arrive_at_tidb() {
    let source = server_or_skip!(MySql::builder().start());
    let target = server_or_skip!(TiDb::builder().start());
    corpus_arrives(&source, &target, &Pipeline::new("types", &source, &target));
}

#[test]
fn types_of_mariadb_arrive_at_mariadb() {
    let source = server_or_skip!(MariaDb::builder().start());
    let target = server_or_skip!(MariaDb::builder().start());
    corpus_arrives(&source, &target, &Pipeline::new("types", &source, &target));
}

#[test]
fn types_that_only_mariadb_has_arrive_at_mariadb() {
    let source = server_or_skip!(MariaDb::builder().start());
    let target = server_or_skip!(MariaDb::builder().start());
    let pipeline = Pipeline::new("types", &source, &target);
    tables_arrive(&source, &pipeline, &(cases_of_mariadb(), Vec::new()), |_, tables| {
        assert_equal(&source, &target, tables);
    });
}

#[test]
fn types_of_mariadb_arrive_at_mysql() {
    let source = server_or_skip!(MariaDb::builder().start());
    let target = server_or_skip!(MySql::builder().start());
    corpus_arrives(&source, &target, &Pipeline::new("types", &source, &target));
}

/// Returns the tables as text: definitions, and rows in the order of their keys, a line each.
fn dump(server: &Server, tables: &[&str]) -> Vec<u8> {
    let mut program = server.program("mysqldump").unwrap();
    program.args(["--no-defaults", "--host=127.0.0.1", "--protocol=TCP", "--get-server-public-key"]);
    program.args([format!("--port={}", server.port()), format!("--user={USER}")]).env("MYSQL_PWD", PASSWORD);
    program.args([
        "--order-by-primary",
        "--skip-extended-insert",
        "--hex-blob",
        "--compact",
        "--set-gtid-purged=OFF",
    ]);
    // Text as its bytes.
    program.args(["--default-character-set=binary", "--no-tablespaces", "corpus"]);
    program.args(tables.iter().filter_map(|table| table.strip_prefix("corpus.")));
    let output = program.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn same_dump(source: &[u8], target: &[u8]) {
    let (mut left, mut right) = (source.split(|byte| *byte == b'\n'), target.split(|byte| *byte == b'\n'));
    loop {
        let (one, other) = (left.next(), right.next());
        let shown = |line: Option<&[u8]>| line.map(|line| without_counter(&line.escape_ascii().to_string()));
        assert_eq!(shown(one), shown(other), "the dumps differ");
        if one.is_none() {
            return;
        }
    }
}

/// Returns the end of a table's definition without its AUTO_INCREMENT: a statement takes more numbers than it uses, and the
/// log does not say so.
fn without_counter(line: &str) -> String {
    match line.split_once(" AUTO_INCREMENT=") {
        Some((before, after)) if line.starts_with(") ENGINE=") => {
            format!("{before}{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
        }
        _ => line.to_owned(),
    }
}

/// Returns what the values inside documents are: a dump shows a date as a string.
fn json_types(server: &Server) -> Vec<Vec<String>> {
    let places = ["$", "$[0]", "$[1]", "$[2]", "$.d", "$.n", "$.n[0]", "$.b", "$.y"];
    let types = places.map(|place| format!("IFNULL(JSON_TYPE(JSON_EXTRACT(v, '{place}')), '-')")).join(", ");
    let tables = ["json_scalar", "json_shape", "json_double", "json_opaque", "json_exact"];
    let queries =
        tables.map(|table| format!("SELECT '{table}', id, {types} FROM corpus.{table} ORDER BY id;"));
    server.client().rows(&queries.concat()).unwrap()
}
