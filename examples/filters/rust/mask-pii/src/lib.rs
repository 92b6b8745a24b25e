//! Masks personal data: of each text in the named columns only the first and the last character stay.

use tidegate_sdk::{Cells, Filter, MapRows, Plan, Table, schemars, serde};

/// The filter.
pub struct MaskPii {
    columns: Vec<String>,
}

/// What stands under `config`.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(crate = "tidegate_sdk::serde", deny_unknown_fields)]
#[schemars(crate = "tidegate_sdk::schemars")]
pub struct Settings {
    /// The columns to mask, by name, in every table that has them.
    #[schemars(length(min = 1))]
    pub columns: Vec<String>,
}

impl Filter for MaskPii {
    type Settings = Settings;
    /// The columns to mask, by index.
    type Memo = Vec<u32>;
    const NAME: &'static str = "mask-pii";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = "masks texts in columns, but for the first and the last character";

    fn new(settings: Settings) -> Result<Self, String> {
        Ok(Self { columns: settings.columns })
    }

    fn decide(&self, table: &Table) -> Result<(Plan, Vec<u32>), String> {
        let masked: Vec<u32> = self.columns.iter().filter_map(|name| table.index(name)).collect();
        if masked.is_empty() {
            return Ok((Plan::keep(), masked));
        }
        Ok((Plan::keep().mapping(table, &masked).because("columns are masked"), masked))
    }

    fn map_columns(&self, masked: &Vec<u32>, rows: &MapRows) -> Result<Vec<Option<Cells>>, String> {
        let mask_column = |index: &u32| -> Result<Option<Cells>, String> {
            let Some(column) = rows.text(*index)? else { return Ok(None) };
            Ok(Some(Cells::texts((0..rows.len()).map(|row| column.str(row).map(mask)))))
        };
        masked.iter().map(mask_column).collect()
    }
}

fn mask(text: &str) -> String {
    let hidden = text.chars().count().saturating_sub(2);
    let mut characters = text.chars();
    match (characters.next(), characters.next_back()) {
        (Some(first), Some(last)) => format!("{first}{}{last}", "*".repeat(hidden)),
        _ => text.to_owned(),
    }
}

tidegate_sdk::export!(MaskPii);

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_sdk::{Kind, testing};

    #[test]
    fn the_first_and_last_character_stay() {
        for (text, masked) in
            [("", ""), ("ä", "ä"), ("ab", "ab"), ("ann@example", "a*********e"), ("日本語", "日*語")]
        {
            assert_eq!(mask(text), masked);
        }
    }

    #[test]
    fn nulls_stay_nulls() {
        let kind =
            Kind::Varchar(tidegate_sdk::TextKind { charset: "utf8mb4".into(), collation: 255, length: 20 });
        let table = testing::table("shop.users", [("id", Kind::Year), ("email", kind)]);
        let filter = MaskPii::new(Settings { columns: vec!["EMail".into()] }).unwrap();
        let (_, masked) = filter.decide(&table).unwrap();
        let ids = Cells::u64s([Some(1), Some(2)]);
        let rows = testing::map_rows(&table, 2, vec![ids, Cells::texts([Some("abc"), None])]);
        let expected = Cells::texts([Some("a*c"), None]);
        assert_eq!(filter.map_columns(&masked, &rows).unwrap(), [Some(expected)]);
    }
}
