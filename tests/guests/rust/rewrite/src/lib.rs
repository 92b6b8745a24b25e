//! Puts other words into statements, as its settings say: `{"words": {"FULLTEXT KEY": "KEY"}}`.

use std::collections::BTreeMap;
use tidegate_sdk::{Filter, Operations, Plan, Statement, StatementAnswer, Table, Wants, schemars, serde};

struct Rewrite {
    words: BTreeMap<String, String>,
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(crate = "tidegate_sdk::serde", deny_unknown_fields)]
#[schemars(crate = "tidegate_sdk::schemars")]
struct Settings {
    words: BTreeMap<String, String>,
}

impl Filter for Rewrite {
    type Settings = Settings;
    type Memo = ();
    const NAME: &'static str = "rewrite";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = "puts other words into statements";

    fn wants() -> Wants {
        Wants { operations: Operations::SCHEMA_CHANGE, ..Wants::default() }
    }

    fn new(Settings { words }: Settings) -> Result<Self, String> {
        Ok(Self { words })
    }

    fn decide(&self, _: &Table) -> Result<(Plan, ()), String> {
        Ok((Plan::keep(), ()))
    }

    fn judge(&self, statement: &Statement) -> Result<StatementAnswer, String> {
        let replace = |sql: String, (from, to): (&String, &String)| sql.replace(from, to);
        let sql = self.words.iter().fold(statement.sql.clone(), replace);
        if sql == statement.sql {
            return Ok(StatementAnswer::Elements(Vec::new()));
        }
        Ok(StatementAnswer::Rewritten(sql))
    }
}

tidegate_sdk::export!(Rewrite);
