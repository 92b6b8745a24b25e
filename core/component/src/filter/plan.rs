//! A component's plan for a table and the columns that it makes, looked at before they are believed.

use super::ComponentFilter;
use crate::{
    bindings::{filter, types},
    call::Held,
    cells, error, kind,
    table::Table,
};
use arrow_array::ArrayRef;
use std::sync::Arc;
use tidegate_model::{Column, Image, TableName};
use tidegate_plugin::{Decision, OutputColumn, PluginError, Produced, Result, TableInput, TablePlan};

impl ComponentFilter {
    /// Looks at the plan that the component gave for a table.
    pub(super) fn plan(
        &self,
        input: &TableInput<'_>,
        described: types::Table,
        given: filter::Plan,
        routes: &[TableName],
    ) -> Result<TablePlan> {
        let malformed = |what: String| error::malformed("decide", what);
        let count = input.columns.len();
        let needs: Vec<usize> = given.needs.iter().map(|index| *index as usize).collect();
        if let Some(index) = needs.iter().find(|index| **index >= count) {
            return Err(malformed(format!("the need for column {index} of a table that has {count}")));
        }
        let mut mapped: Vec<Option<(Arc<Column>, Option<usize>)>> = Vec::new();
        let columns = given.columns.map(|columns| {
            columns
                .into_iter()
                .map(|column| output(input, column, &mut mapped))
                .collect::<std::result::Result<Vec<_>, _>>()
        });
        let columns = columns.transpose().map_err(malformed)?;
        let mapped: Option<Vec<_>> = mapped.into_iter().collect();
        let mapped = mapped.ok_or_else(|| malformed("mapped columns whose numbers have gaps".to_owned()))?;
        let decide = |wanted: bool, given: filter::Decision| match given {
            _ if !wanted => Decision::Keep,
            filter::Decision::Keep => Decision::Keep,
            filter::Decision::Drop => Decision::Drop,
            filter::Decision::PerRow => Decision::PerRow,
        };
        let table = Table {
            source: input.schema.name.clone(),
            described,
            columns: input.columns.to_vec(),
            needs: needs.clone(),
            facts: given.facts,
            mapped,
            routes: routes.len().max(1),
        };
        Ok(TablePlan {
            insert: decide(self.manifest.insert, given.insert),
            update: decide(self.manifest.update, given.update),
            delete: decide(self.manifest.delete, given.delete),
            routes: routes.to_vec(),
            columns,
            needs,
            memo: Some(Arc::new(Arc::new(table))),
            because: given.because,
        })
    }

    pub(super) fn require_columns(&self, input: &TableInput<'_>) -> Result<()> {
        let has = |name: &String| input.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
        match self.manifest.columns.iter().find(|name| !has(name)) {
            None => Ok(()),
            Some(missing) => Err(PluginError::definite(format!(
                "the plugin reads column `{missing}`, which {} does not have",
                input.schema.name
            ))
            .hint("leave the table out before the plugin, or use a plugin for tables like this one")),
        }
    }
}

fn output(
    input: &TableInput<'_>,
    given: filter::OutputColumn,
    mapped: &mut Vec<Option<(Arc<Column>, Option<usize>)>>,
) -> std::result::Result<OutputColumn, String> {
    let same_name = input.columns.iter().position(|column| *column.name == *given.column.name);
    let from = match given.produced {
        filter::Produced::Input(index) => Some(index as usize),
        filter::Produced::Mapped(_) => same_name,
    };
    let like = from.and_then(|index| input.columns.get(index));
    let column = kind::model_column(given.column, like)?;
    let produced = match given.produced {
        filter::Produced::Input(index) => {
            let like =
                like.ok_or_else(|| format!("column {index} of a table that has {}", input.columns.len()))?;
            if like.kind != column.kind {
                return Err(format!(
                    "another type for column `{}`, whose values it does not change",
                    column.name
                ));
            }
            Produced::Input(index as usize)
        }
        filter::Produced::Mapped(index) => {
            let index = index as usize;
            if index > input.columns.len() + 4096 {
                return Err(format!("a mapped column of the number {index}"));
            }
            if mapped.len() <= index {
                mapped.resize(index + 1, None);
            }
            if let Some(place) = mapped.get_mut(index) {
                *place = Some((column.clone(), same_name));
            }
            Produced::Mapped(index)
        }
    };
    Ok(OutputColumn { column, produced })
}

/// Looks at the columns that the component made for an image.
pub(super) fn mapped(
    table: &Arc<Table>,
    image: &Image,
    rows: usize,
    given: Vec<Option<types::Cells>>,
) -> Result<Vec<Option<ArrayRef>>> {
    let malformed = |what: String| error::malformed("map-columns", what);
    if given.len() != table.mapped.len() {
        return Err(malformed(format!("{} columns; its plan says {}", given.len(), table.mapped.len())));
    }
    let image = Held::new(table, image);
    let columns = given.into_iter().zip(&table.mapped).map(|(cells, (column, same_name))| {
        if cells.is_none() && image.is_whole() {
            return Err(malformed(format!("no column `{}` for an image that has all it reads", column.name)));
        }
        let unchanged = same_name.and_then(|index| image.values(index));
        cells.map(|cells| cells::take(column, cells, rows, unchanged)).transpose().map_err(malformed)
    });
    columns.collect()
}
