//! A target in memory: rows, unique keys enforced at every statement, collations that take upper for lower case.

use crate::target::{Part, Tables, TargetTable};
use std::{collections::BTreeMap, sync::Arc};
use tidegate_model::{ColumnKind, TableName};

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    Null,
    Int(i64),
    Text(String),
}

/// A row.
pub(super) type Row = Vec<Cell>;

/// A server.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    tables: BTreeMap<String, (Arc<TargetTable>, Vec<Row>)>,
}

impl Model {
    pub(super) fn new(tables: &Tables, names: &[String]) -> Self {
        let table = |name: &String| {
            let table = tables.get(&TableName::new("s", name.as_str())).unwrap().clone();
            (name.clone(), (table, Vec::new()))
        };
        Self { tables: names.iter().map(table).collect() }
    }

    pub(super) fn rows(&self, name: &str) -> Vec<Row> {
        self.tables[name].1.clone()
    }

    /// As the target compares key values: text without case (if its collation says so) and without spaces at the end.
    fn folded(table: &TargetTable, column: usize, cell: &Cell, prefix: Option<u32>) -> Cell {
        let Cell::Text(text) = cell else { return cell.clone() };
        let cut: String = text.chars().take(prefix.unwrap_or(u32::MAX) as usize).collect();
        let loose = matches!(table.columns[column].kind, ColumnKind::Varchar { collation: 45, .. });
        let cut = cut.trim_end_matches(' ');
        Cell::Text(if loose { cut.to_lowercase().replace('é', "e") } else { cut.to_owned() })
    }

    fn conflicts(table: &TargetTable, rows: &[Row], row: &Row, except: Option<usize>) -> bool {
        table.keys.iter().any(|key| {
            let value = |row: &Row| -> Option<Vec<Cell>> {
                key.parts
                    .iter()
                    .map(|part| match part {
                        Part::Column { column, prefix } => {
                            let cell = Self::folded(table, *column, &row[*column], *prefix);
                            (cell != Cell::Null).then_some(cell)
                        }
                        Part::Opaque => computed(row),
                    })
                    .collect()
            };
            let own = value(row);
            own.is_some()
                && rows.iter().enumerate().any(|(index, other)| Some(index) != except && value(other) == own)
        })
    }

    fn find(table: &TargetTable, rows: &[Row], image: &[Option<Cell>], keyed: bool) -> Result<usize, String> {
        let columns: Vec<usize> = match table.finding_key().filter(|_| keyed) {
            Some(key) => table.keys[key].columns().collect(),
            None => (0..image.len()).filter(|column| image[*column].is_some()).collect(),
        };
        let is = |row: &&Row| {
            columns.iter().all(|column| {
                let Some(wanted) = &image[*column] else { return false };
                if keyed {
                    Self::folded(table, *column, wanted, None)
                        == Self::folded(table, *column, &row[*column], None)
                } else {
                    *wanted == row[*column]
                }
            })
        };
        rows.iter().position(|row| is(&row)).ok_or_else(|| format!("no row {image:?} in {}", table.name))
    }

    pub(super) fn insert(&mut self, name: &str, image: Vec<Option<Cell>>) -> Result<(), String> {
        let (table, rows) = self.tables.get_mut(name).unwrap();
        let row: Row = image.into_iter().map(|cell| cell.unwrap_or(Cell::Null)).collect();
        if Self::conflicts(table, rows, &row, None) {
            return Err(format!("duplicate {row:?} in {name}"));
        }
        rows.push(row);
        Ok(())
    }

    pub(super) fn delete(&mut self, name: &str, image: &[Option<Cell>], keyed: bool) -> Result<(), String> {
        let (table, rows) = self.tables.get_mut(name).unwrap();
        let at = Self::find(table, rows, image, keyed)?;
        rows.remove(at);
        Ok(())
    }

    pub(super) fn update(
        &mut self,
        name: &str,
        find: &[Option<Cell>],
        set: &[Option<Cell>],
        keyed: bool,
    ) -> Result<(), String> {
        let (table, rows) = self.tables.get_mut(name).unwrap();
        let at = Self::find(table, rows, find, keyed)?;
        let mut row = rows[at].clone();
        for (cell, new) in row.iter_mut().zip(set) {
            if let Some(new) = new {
                *cell = new.clone();
            }
        }
        if Self::conflicts(table, rows, &row, Some(at)) {
            return Err(format!("duplicate {row:?} in {name}"));
        }
        rows[at] = row;
        Ok(())
    }
}

/// The model's functional key part: half of the second column.
fn computed(row: &Row) -> Option<Cell> {
    if let Cell::Int(number) = row[1] { Some(Cell::Int(number / 2)) } else { None }
}
