//! Filters decide about rows and schema changes alike, alone and together.

mod commands;
mod components;
mod expressions;
mod failures;
mod grants;
mod lists;
mod rewriting;
mod routes;

use tidegate_e2e::{Outcome, Pair, Pipeline, schemas};
use tidegate_test_servers::Server;

/// Runs a script at the source, then a pipeline with these filters.
fn run(pair: &Pair, filters: &[(&str, &str)], sql: &str) -> Outcome {
    pair.source.client().execute(sql).unwrap();
    pipeline(pair, filters).run()
}

/// As [`run`], and fails unless the run succeeds.
fn run_well(pair: &Pair, filters: &[(&str, &str)], sql: &str) -> Outcome {
    let outcome = run(pair, filters, sql);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    outcome
}

fn pipeline(pair: &Pair, filters: &[(&str, &str)]) -> Pipeline {
    let pipeline = Pipeline::new("filters", &pair.source, &pair.target);
    filters.iter().fold(pipeline, |pipeline, (plugin, config)| pipeline.filter(plugin, config))
}

/// Fails unless the run ended with an error that says all of these.
fn assert_stopped(outcome: &Outcome, parts: &[&str]) {
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    for part in parts {
        assert!(outcome.stderr.contains(part), "no `{part}` in:\n{}", outcome.stderr);
    }
}

fn says(outcome: &Outcome, code: i32, parts: &[&str]) {
    let text = format!("{}{}", outcome.stdout, outcome.stderr);
    assert_eq!(outcome.code, Some(code), "{text}");
    for part in parts {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
}

/// Returns all tables of users, `schema.table`, sorted, with a space between.
fn tables(server: &Server) -> String {
    let mut found = Vec::new();
    for schema in schemas(server).unwrap() {
        let rows = server.client().rows(&format!(
            "SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) FROM information_schema.tables WHERE TABLE_SCHEMA = '{schema}'"
        ));
        found.extend(rows.unwrap().into_iter().flatten());
    }
    found.sort();
    found.join(" ")
}

/// Returns the answer of a query as one line: values with commas, rows with spaces between.
fn query(server: &Server, query: &str) -> String {
    let rows = server.client().rows(query).unwrap();
    rows.iter().map(|row| row.join(",")).collect::<Vec<_>>().join(" ")
}
