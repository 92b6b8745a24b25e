//! For the benchmark: reads two columns of sysbench's tables and drops one row in sixteen, and those whose text begins
//! with `00`.

use tidegate_sdk::{Answer, Filter, Plan, Rows, Table, schemars, serde};

struct TwoColumns;

/// There is nothing to set.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(crate = "tidegate_sdk::serde", deny_unknown_fields)]
#[schemars(crate = "tidegate_sdk::schemars")]
struct Settings {}

impl Filter for TwoColumns {
    type Settings = Settings;
    /// The indexes of `k` and `c`.
    type Memo = Option<(u32, u32)>;
    const NAME: &'static str = "two-columns";
    const VERSION: &'static str = "0.1.0";
    const SUMMARY: &'static str = "drops some rows of sysbench's tables";

    fn new(_: Settings) -> Result<Self, String> {
        Ok(Self)
    }

    fn decide(&self, table: &Table) -> Result<(Plan, Self::Memo), String> {
        let columns = table.index("k").zip(table.index("c"));
        let plan = columns.map_or(Plan::keep(), |(k, c)| Plan::per_row().needing([k, c]));
        Ok((plan, columns))
    }

    fn rows(&self, memo: &Self::Memo, rows: &Rows) -> Result<Answer, String> {
        let (k, c) = memo.ok_or("asked for rows of another table")?;
        rows.answer_per_image(|image| {
            let (numbers, texts) = (rows.column(image, k)?, rows.column(image, c)?);
            Ok(move |row| {
                let number =
                    numbers.s64s().and_then(|values| values.get(row)).is_none_or(|value| value % 16 != 0);
                number && texts.bytes(row).is_none_or(|text| !text.starts_with(b"00"))
            })
        })
    }
}

tidegate_sdk::export!(TwoColumns);
