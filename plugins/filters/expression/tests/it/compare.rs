//! Reads a table's rows from the log of a server, and asks both about expressions.

use crate::replay::{LIMITS, Reading};
use std::{collections::BTreeMap, fs, path::PathBuf};
use tidegate_model::RowSet;
use tidegate_plugin::{Filter, Instance, TableInput, Verdicts, settings::Settings};
use tidegate_test_servers::{Client, Server};

/// The schema of all tables here.
pub(crate) const SCHEMA: &str = "d";

pub(crate) fn client(server: &Server) -> Client {
    let session = "SET sql_mode = '', time_zone = '+00:00'";
    server.client().option("--binary-mode").option(format!("--init-command={session}")).database(SCHEMA)
}

/// Returns the inserted rows of each table, in order.
pub(crate) fn rows(server: &Server) -> BTreeMap<String, Vec<RowSet>> {
    client(server).execute("FLUSH BINARY LOGS").unwrap();
    let mut reading = Reading::new(&[], LIMITS);
    let files = fs::read_dir(server.data_dir()).unwrap().map(|entry| entry.unwrap().path());
    let is_log = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.strip_prefix("binlog.").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut files: Vec<PathBuf> = files.filter(is_log).collect();
    files.sort();
    files.pop();
    for file in files {
        reading.log_file(&fs::read(file).unwrap()).unwrap();
    }
    reading.close();
    let mut tables: BTreeMap<String, Vec<RowSet>> = BTreeMap::new();
    for set in reading.log.batches.into_iter().flat_map(|batch| batch.row_sets) {
        tables.entry(set.table.name.table.to_string()).or_default().push(set);
    }
    tables
}

/// Returns what the server says of each row: `T`, `F` or `N`. An error is the server's message.
pub(crate) fn ask_server(
    server: &Server,
    table: &str,
    expressions: &[String],
) -> Vec<Result<String, String>> {
    let column = |expression: &String| format!("IF({expression}, 'T', IF(({expression}) IS NULL, 'N', 'F'))");
    let ask = |some: &[String]| {
        let columns: Vec<String> = some.iter().map(column).collect();
        client(server).rows(&format!("SELECT {} FROM {table} ORDER BY id", columns.join(", ")))
    };
    let mut answers = Vec::new();
    for some in expressions.chunks(60) {
        if let Ok(rows) = ask(some) {
            let of = |index: usize| rows.iter().map(|row| row[index].as_str()).collect::<String>();
            answers.extend((0..some.len()).map(|index| Ok(of(index))));
            continue;
        }
        answers.extend(some.iter().map(|expression| {
            let rows = ask(std::slice::from_ref(expression)).map_err(|error| error.to_string())?;
            Ok(rows.concat().concat())
        }));
    }
    answers
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Refused {
    /// At load or at the table.
    Early(String),
    /// At the rows.
    Late(String),
}

/// Returns what the filter says of each row. Drops are those rows that an expression is true for; so `NOT` tells FALSE
/// from NULL.
pub(crate) fn ask_filter(sets: &[RowSet], expression: &str, zone: &str) -> Result<String, Refused> {
    let trues = dropped(sets, expression, zone)?;
    let falses = dropped(sets, &format!("NOT ({expression})"), zone)?;
    let letter = |(is_true, is_false): (bool, bool)| match (is_true, is_false) {
        (true, false) => 'T',
        (false, true) => 'F',
        (false, false) => 'N',
        (true, true) => 'X',
    };
    Ok(trues.into_iter().zip(falses).map(letter).collect())
}

fn dropped(sets: &[RowSet], expression: &str, zone: &str) -> Result<Vec<bool>, Refused> {
    let name = &sets[0].table.name;
    let rules = serde_json::json!([{
        "schema": &*name.schema, "table": &*name.table, "insert-value-expr": expression, "time-zone": zone,
    }]);
    let filter = build(&rules).map_err(Refused::Early)?;
    let mut dropped = Vec::new();
    for set in sets {
        let input = TableInput { schema: &set.table, name, columns: &set.table.columns };
        let plan = filter.table(&input).map_err(|error| Refused::Early(error.message))?;
        let answer = filter.rows(&plan, set, &[]).map_err(|error| Refused::Late(error.message))?;
        let Verdicts::Selection(kept) = answer.verdicts else { panic!("inserts have one image") };
        dropped.extend(kept.iter().map(|kept| kept == Some(false)));
    }
    Ok(dropped)
}

fn build(rules: &serde_json::Value) -> Result<Box<dyn Filter>, String> {
    let instance = Instance { pipeline: "p".into(), folder: PathBuf::new(), memory: None, impure: false };
    let built = (tidegate_filter_expression::entry().build)(&Settings::from_json(rules), &instance);
    built.map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
}
