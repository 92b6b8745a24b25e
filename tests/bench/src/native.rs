//! The filters that components are measured beside: the same, built in.

use anyhow::{Result, bail};
use arrow_array::{Array, BinaryArray, BooleanArray, Int32Array};
use arrow_buffer::BooleanBuffer;
use std::sync::Arc;
use tidegate_model::{Image, Operation, RowSet, Transaction};
use tidegate_plugin::{
    Answer, DdlAnswer, DdlInput, Decision, Filter, OutputColumn, PluginError, Produced, TableInput,
    TablePlan, Verdict, Verdicts,
};

/// What `tests/guests/rust/two-columns` does.
struct TwoColumns;

/// What `examples/filters/rust/mask-pii` does with the column `c`.
struct Mask;

/// Returns a filter by its name on the command line.
pub(crate) fn filter(name: &str) -> Result<Box<dyn Filter>> {
    Ok(match name {
        "two-columns" => Box::new(TwoColumns),
        "mask" => Box::new(Mask),
        other => bail!("there is no native filter `{other}`"),
    })
}

impl Filter for TwoColumns {
    fn table(&self, table: &TableInput<'_>) -> tidegate_plugin::Result<TablePlan> {
        let Some((k, c)) = index(table, "k").zip(index(table, "c")) else { return Ok(TablePlan::keep()) };
        let [insert, update, delete] = [Decision::PerRow; 3];
        Ok(TablePlan { insert, update, delete, needs: vec![k, c], ..TablePlan::keep() })
    }

    fn rows(&self, plan: &TablePlan, rows: &RowSet, _: &[Transaction]) -> tidegate_plugin::Result<Answer> {
        let passes = |image: &Image| -> tidegate_plugin::Result<BooleanBuffer> {
            let numbers = values::<Int32Array>(image, plan.needs.first())?;
            let texts = values::<BinaryArray>(image, plan.needs.get(1))?;
            Ok(BooleanBuffer::collect_bool(rows.rows(), |row| {
                numbers.value(row) % 16 != 0 && !texts.value(row).starts_with(b"00")
            }))
        };
        let verdicts = |image| -> tidegate_plugin::Result<Vec<Verdict>> {
            let passes = passes(image)?;
            Ok(passes.iter().map(|passes| if passes { Verdict::Keep } else { Verdict::Drop }).collect())
        };
        let selection =
            |image| passes(image).map(|passes| Verdicts::Selection(BooleanArray::new(passes, None)));
        Ok(Answer::from(match rows.operation {
            Operation::Insert | Operation::Snapshot => selection(&rows.after)?,
            Operation::Delete => selection(&rows.before)?,
            Operation::Update => Verdicts::Images(verdicts(&rows.before)?, verdicts(&rows.after)?),
        }))
    }

    fn ddl(&self, _: &DdlInput<'_>) -> tidegate_plugin::Result<DdlAnswer> {
        Ok(DdlAnswer::default())
    }
}

impl Filter for Mask {
    fn table(&self, table: &TableInput<'_>) -> tidegate_plugin::Result<TablePlan> {
        let Some(c) = index(table, "c") else { return Ok(TablePlan::keep()) };
        let output = |(at, column): (usize, &Arc<tidegate_model::Column>)| OutputColumn {
            column: column.clone(),
            produced: if at == c { Produced::Mapped(0) } else { Produced::Input(at) },
        };
        let columns = table.columns.iter().enumerate().map(output).collect();
        Ok(TablePlan { columns: Some(columns), needs: vec![c], ..TablePlan::keep() })
    }

    fn map(
        &self,
        plan: &TablePlan,
        image: &Image,
        _: usize,
    ) -> tidegate_plugin::Result<Vec<Option<arrow_array::ArrayRef>>> {
        let texts = values::<BinaryArray>(image, plan.needs.first())?;
        let masked = texts.iter().map(|text| text.map(|text| mask(&String::from_utf8_lossy(text))));
        let masked: Vec<Option<String>> = masked.collect();
        let bytes = masked.iter().map(|text| text.as_deref().map(str::as_bytes));
        Ok(vec![Some(Arc::new(BinaryArray::from_iter(bytes)))])
    }

    fn ddl(&self, _: &DdlInput<'_>) -> tidegate_plugin::Result<DdlAnswer> {
        Ok(DdlAnswer::default())
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

fn index(table: &TableInput<'_>, name: &str) -> Option<usize> {
    table.columns.iter().position(|column| &*column.name == name)
}

fn values<'a, T: Array + 'static>(image: &'a Image, index: Option<&usize>) -> tidegate_plugin::Result<&'a T> {
    let column = index.and_then(|index| image.columns.get(*index));
    let values = column.and_then(|column| column.values.as_any().downcast_ref());
    values.ok_or_else(|| PluginError::definite("a column of sysbench's is of another type"))
}
