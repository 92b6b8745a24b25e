//! Maps every column of every table to itself: whole, or by decoding each value and encoding it again.

use tidegate_sdk::{Cells, Column, Filter, MapRows, Plan, Table, schemars, serde};

struct Echo {
    through: Through,
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(crate = "tidegate_sdk::serde", deny_unknown_fields)]
#[schemars(crate = "tidegate_sdk::schemars")]
struct Settings {
    through: Through,
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(crate = "tidegate_sdk::serde", rename_all = "kebab-case")]
#[schemars(crate = "tidegate_sdk::schemars")]
enum Through {
    Rows,
    Columns,
}

impl Echo {
    fn cells(&self, column: Column, rows: usize) -> Result<Cells, String> {
        match self.through {
            Through::Columns => Ok(column.into_cells()),
            Through::Rows => Cells::of(column.kind(), (0..rows).map(|row| column.value(row))),
        }
    }
}

impl Filter for Echo {
    type Settings = Settings;
    /// The number of columns.
    type Memo = u32;
    const NAME: &'static str = "echo";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = "maps every column to itself";

    fn new(settings: Settings) -> Result<Self, String> {
        Ok(Self { through: settings.through })
    }

    fn decide(&self, table: &Table) -> Result<(Plan, u32), String> {
        let all: Vec<u32> = (0..table.columns.len() as u32).collect();
        Ok((Plan::keep().mapping(table, &all), all.len() as u32))
    }

    fn map_columns(&self, columns: &u32, rows: &MapRows) -> Result<Vec<Option<Cells>>, String> {
        let echoed = |index| rows.column(index).map(|column| self.cells(column, rows.len())).transpose();
        (0..*columns).map(echoed).collect()
    }
}

tidegate_sdk::export!(Echo);
