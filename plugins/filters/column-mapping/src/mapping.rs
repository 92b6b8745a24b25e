//! A rule applied to a table: what becomes of the column's values.

use crate::rule::{Expression, Rule};
use arrow_array::{Array, ArrayRef, BinaryArray, Int64Array, cast::AsArray, types};
use std::{borrow::Cow, sync::Arc};
use tidegate_model::{Column, ColumnKind, Encoding, ImageColumn, IntWidth, TableName, charset::Charset};
use tidegate_plugin::{PluginError, Result, TableInput};

/// Ids have 44 bits.
const ID_END: i64 = 1 << 44;

pub(crate) struct Mapping {
    table: TableName,
    /// The column's index among the input columns.
    pub(crate) index: usize,
    /// What the column is afterwards.
    pub(crate) output: Arc<Column>,
    change: Change,
}

enum Change {
    Prefix(Vec<u8>),
    Suffix(Vec<u8>),
    /// The bits above the id.
    Partition(i64),
}

impl Mapping {
    pub(crate) fn resolve(rule: &Rule, input: &TableInput<'_>) -> Result<Self> {
        let table = input.schema.name.clone();
        let refuse = |message: String| {
            PluginError::definite(message)
                .at(&table)
                .hint("narrow the patterns of the column mapping, or correct its column")
        };
        let found = input
            .columns
            .iter()
            .enumerate()
            .find(|(_, column)| column.name.eq_ignore_ascii_case(&rule.column));
        let (index, column) = found.ok_or_else(|| {
            refuse(format!(
                "column mapping {} wants the column `{}`, which is not there",
                rule.index, rule.column
            ))
        })?;
        let argument = |at: usize| rule.arguments.get(at).map_or("", String::as_str);
        let charset = match &column.kind {
            ColumnKind::Char { collation, .. }
            | ColumnKind::Varchar { collation, .. }
            | ColumnKind::Text { collation, .. } => Some(Charset::of_collation(*collation)),
            _ => None,
        };
        let text = charset.is_some();
        let added = || -> Result<Vec<u8>> {
            encoded(argument(0), charset.flatten()).map_err(|reason| {
                refuse(format!(
                    "column mapping {} cannot add its text to `{}`: {reason}",
                    rule.index, column.name
                ))
            })
        };
        let integer = matches!(column.kind, ColumnKind::Int { .. });
        let change = match rule.expression {
            Expression::AddPrefix if text => Change::Prefix(added()?),
            Expression::AddSuffix if text => Change::Suffix(added()?),
            Expression::AddPrefix | Expression::AddSuffix => {
                return Err(refuse(format!(
                    "column mapping {} wants a text column; `{}` is none",
                    rule.index, column.name
                )));
            }
            Expression::PartitionId
                if integer || charset.flatten().is_some_and(Charset::is_ascii_superset) =>
            {
                Change::Partition(partition(rule, &input.schema.name).map_err(refuse)?)
            }
            Expression::PartitionId => {
                return Err(refuse(format!(
                    "column mapping {} wants an integer column, or one of text in which digits are ASCII; `{}` is neither",
                    rule.index, column.name
                )));
            }
        };
        let output = if integer {
            let kind = ColumnKind::Int { width: IntWidth::W64, unsigned: false };
            Arc::new(Column { kind, ..Column::clone(column) })
        } else {
            column.clone()
        };
        Ok(Self { table, index, output, change })
    }

    /// Returns the column's new values.
    ///
    /// # Errors
    /// As DM does, if a value is NULL, or an id does not fit.
    pub(crate) fn apply(&self, column: &ImageColumn) -> Result<ArrayRef> {
        let refuse = |message: String| {
            PluginError::definite(message).at(format!("{}.{}", self.table, self.output.name))
        };
        if column.encoding != Encoding::Value {
            return Err(refuse("a JSON diff cannot be mapped".to_owned()));
        }
        if column.values.null_count() > 0 {
            return Err(
                refuse("a NULL cannot be mapped".to_owned()).hint("exclude the table from the mapping")
            );
        }
        let partition = match &self.change {
            Change::Prefix(prefix) => return Ok(concatenated(column.values.as_binary::<i32>(), prefix, b"")),
            Change::Suffix(suffix) => return Ok(concatenated(column.values.as_binary::<i32>(), b"", suffix)),
            Change::Partition(partition) => *partition,
        };
        let pack = |id: i64| (0..ID_END).contains(&id).then_some(id | partition);
        let too_large = || refuse(format!("an id lies outside of 0 to {}", ID_END - 1));
        if let Some(texts) = column.values.as_binary_opt::<i32>() {
            let no_number = || refuse("a text is not an integer".to_owned());
            let packed = texts.iter().flatten().map(|text| {
                let id = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
                let id = pack(id.ok_or_else(no_number)?).ok_or_else(too_large)?;
                Ok(id.to_string().into_bytes())
            });
            return Ok(Arc::new(BinaryArray::from_iter_values(packed.collect::<Result<Vec<_>>>()?)));
        }
        let ids =
            integers(&column.values).ok_or_else(|| refuse("the column is not an integer".to_owned()))?;
        let packed: Option<Vec<i64>> = ids.into_iter().map(pack).collect();
        Ok(Arc::new(Int64Array::from(packed.ok_or_else(too_large)?)))
    }
}

/// Returns the bytes that stand for `text` in a column.
fn encoded(text: &str, charset: Option<Charset>) -> std::result::Result<Vec<u8>, String> {
    let charset = charset.ok_or("its character set is not known")?;
    charset.encode(text).map(Cow::into_owned).map_err(|error| error.to_string())
}

/// Returns the bits above the id. The fields stand from high to low; one that is left out moves the next ones up.
fn partition(rule: &Rule, name: &TableName) -> std::result::Result<i64, String> {
    let argument = |at: usize| rule.arguments.get(at).map_or("", String::as_str);
    let separator = argument(3);
    let mut shift = 63;
    let mut bits = 0;
    if !argument(0).is_empty() {
        shift -= 4;
        bits |= argument(0).parse::<i64>().map_err(|error| error.to_string())? << shift;
    }
    for (text, prefix, size) in [(&name.schema, argument(1), 7), (&name.table, argument(2), 8)] {
        if !prefix.is_empty() {
            shift -= size;
            // DM looks for the prefix in the lower-cased name, unless it is told to distinguish case.
            let text = if rule.case_sensitive { text.to_string() } else { text.to_lowercase() };
            bits |= number(&text, prefix, separator, size)? << shift;
        }
    }
    Ok(bits)
}

/// Returns the number behind `prefix` and `separator`, 0 if the name is the prefix.
fn number(name: &str, prefix: &str, separator: &str, bits: u32) -> std::result::Result<i64, String> {
    if name == prefix {
        return Ok(0);
    }
    let digits = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(separator)).unwrap_or_default();
    match digits.parse::<u32>() {
        Ok(number) if number < 1 << bits => Ok(i64::from(number)),
        _ => Err(format!(
            "`{name}` is not `{prefix}{separator}` with a number below {} behind it",
            1u32 << bits
        )),
    }
}

fn concatenated(values: &BinaryArray, before: &[u8], behind: &[u8]) -> ArrayRef {
    Arc::new(BinaryArray::from_iter_values(
        values.iter().flatten().map(|value| [before, value, behind].concat()),
    ))
}

fn integers(values: &dyn Array) -> Option<Vec<i64>> {
    macro_rules! widened {
        ($($type:ty),*) => {
            $(if let Some(array) = values.as_primitive_opt::<$type>() {
                return Some(array.values().iter().map(|value| i64::from(*value)).collect());
            })*
        };
    }
    widened!(types::Int8Type, types::Int16Type, types::Int32Type, types::Int64Type);
    widened!(types::UInt8Type, types::UInt16Type, types::UInt32Type);
    let unsigned = values.as_primitive_opt::<types::UInt64Type>()?;
    // What does not fit is out of range like every id above 44 bits.
    Some(unsigned.values().iter().map(|value| i64::try_from(*value).unwrap_or(-1)).collect())
}
