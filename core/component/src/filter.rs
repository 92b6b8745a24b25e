//! A component as a filter.

use crate::{
    bindings::{filter, types},
    call::{self, Call, Held},
    cells, error, kind,
    manifest::{self, Manifest},
    pool::Pool,
    table::{self, Table},
    verdicts,
};
use arrow_array::ArrayRef;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tidegate_model::{Column, Image, Operation, RowSet, TableName, TableSchema, Transaction};
use tidegate_plugin::{
    Answer, DdlAnswer, DdlInput, Decision, Filter, Finding, OutputColumn, PluginError, Produced, Result,
    TableInput, TablePlan,
};

/// More names than this are not remembered.
const NAMES_MAX: usize = 20_000;

/// A component with its settings.
pub(crate) struct ComponentFilter {
    manifest: Manifest,
    pool: Pool,
    /// What the component answered for a source's name and its present one.
    names: Mutex<HashMap<(TableName, TableName), Routes>>,
}

/// What a component answers for a name: nothing passes, or these are the new names.
type Routes = Option<Arc<[TableName]>>;

impl ComponentFilter {
    pub(crate) fn new(manifest: Manifest, pool: Pool) -> Self {
        Self { manifest, pool, names: Mutex::default() }
    }

    /// Makes the first instance, which thereby looks at the settings.
    ///
    /// # Errors
    /// If it does not start, or does not take its settings.
    pub(crate) fn start(&self) -> Result<()> {
        self.pool.call("describe", Call::Other, |guest, store| guest.call_describe(store), Ok).map(drop)
    }

    fn routes(&self, source: &TableName, current: &TableName) -> Result<Routes> {
        let unchanged = || Some(Arc::from([]));
        if !self.manifest.covers(source) {
            return Ok(unchanged());
        }
        let key = (source.clone(), current.clone());
        if let Some(known) = self.lock().get(&key) {
            return Ok(known.clone());
        }
        let (given_source, given_current) = (kind::name(source), kind::name(current));
        let routes = self.pool.call(
            "routes",
            Call::Other,
            |guest, store| guest.call_routes(store, &given_source, &given_current),
            |answer| routes_of(source, answer.map_err(|text| error::reported("routes", &text))?),
        )?;
        if source != current && routes.is_some() != self.routes(source, source)?.is_some() {
            // What `wants` promised holds whatever the filters before make of the name.
            let what = format!("that {source} passes under one name and not under another");
            return Err(error::malformed("routes", what));
        }
        let mut known = self.lock();
        if known.len() >= NAMES_MAX {
            known.clear();
        }
        known.insert(key, routes.clone());
        Ok(routes)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(TableName, TableName), Routes>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the plan that the component gave for a table.
    fn plan(
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

    fn require_columns(&self, input: &TableInput<'_>) -> Result<()> {
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
fn mapped(
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

/// Looks at the names that the component gave `source`.
fn routes_of(source: &TableName, answer: Option<Vec<types::TableName>>) -> Result<Routes> {
    let routes: Option<Arc<[TableName]>> =
        answer.map(|names| names.into_iter().map(kind::model_name).collect());
    let names = routes.as_deref().unwrap_or_default();
    if names.iter().any(|name| name.schema.is_empty() || name.is_schema() != source.is_schema()) {
        return Err(error::malformed("routes", format!("a name of another kind than {source}")));
    }
    Ok(routes)
}

/// Returns what `table` remembered in a plan.
fn table_of(plan: &TablePlan) -> Result<Arc<Table>> {
    let memo = plan.memo.as_ref().and_then(|memo| memo.downcast_ref::<Arc<Table>>());
    memo.cloned().ok_or_else(|| PluginError::definite("the plan is not one of this filter's"))
}

const fn operation(operation: Operation) -> types::Operation {
    match operation {
        Operation::Insert | Operation::Snapshot => types::Operation::Insert,
        Operation::Update => types::Operation::Update,
        Operation::Delete => types::Operation::Delete,
    }
}

impl Filter for ComponentFilter {
    fn wants(&self, source: &TableName) -> bool {
        // An error comes again, with its place, when the table is asked for.
        !matches!(self.routes(source, source), Ok(None))
    }

    fn table(&self, input: &TableInput<'_>) -> Result<TablePlan> {
        let source = &input.schema.name;
        if !self.manifest.covers(source) {
            return Ok(TablePlan::keep());
        }
        let Some(routes) = self.routes(source, input.name)? else {
            return Ok(TablePlan::drop());
        };
        self.require_columns(input)?;
        let described = table::describe(input);
        self.pool.call(
            "decide",
            Call::Other,
            |guest, store| guest.call_decide(store, &described),
            |answer| {
                let given = answer.map_err(|text| error::reported("decide", &text))?;
                self.plan(input, described.clone(), given, &routes)
            },
        )
    }

    fn rows(&self, plan: &TablePlan, rows: &RowSet, transactions: &[Transaction]) -> Result<Answer> {
        let table = table_of(plan)?;
        let header = table.header(operation(rows.operation), rows.rows());
        let call = Call::Rows(call::Rows::new(&table, rows, transactions));
        self.pool.call(
            "rows",
            call,
            |guest, store| guest.call_rows(store, &header),
            |answer| {
                let given = answer.map_err(|text| error::reported("rows", &text))?;
                verdicts::read(given, rows.rows(), table.routes, rows.operation)
                    .map_err(|what| error::malformed("rows", what))
            },
        )
    }

    fn map(&self, plan: &TablePlan, image: &Image, rows: usize) -> Result<Vec<Option<ArrayRef>>> {
        let table = table_of(plan)?;
        // The same function is applied to both images, so it is not told which one this is.
        let header = table.header(types::Operation::Insert, rows);
        let call = Call::Map(Held::new(&table, image));
        self.pool.call(
            "map-columns",
            call,
            |guest, store| guest.call_map_columns(store, &header),
            |answer| {
                let given = answer.map_err(|text| error::reported("map-columns", &text))?;
                mapped(&table, image, rows, given)
            },
        )
    }

    fn ddl(&self, input: &DdlInput<'_>) -> Result<DdlAnswer> {
        let mut keep = Vec::with_capacity(input.elements.len());
        for element in input.elements {
            let passes = |name: &TableName| self.routes(name, name).map(|routes| routes.is_some());
            let kept = passes(&element.table)?;
            if let Some(new) = &element.renamed_to
                && passes(new)? != kept
            {
                return Err(PluginError::definite(format!(
                    "{} becomes {new}, and only one of them passes the plugin",
                    element.table
                ))
                .hint(
                    "let both pass or neither, or take the rename out with a `binlog-event` filter before it",
                ));
            }
            keep.push(kept);
        }
        let mut routes = Vec::with_capacity(input.names.len());
        for name in input.names {
            let mut new = Vec::new();
            let mut changed = false;
            for current in name.current {
                match self.routes(name.source, current)?.as_deref() {
                    None | Some([]) => new.push(current.clone()),
                    Some(names) => {
                        changed = true;
                        new.extend_from_slice(names);
                    }
                }
            }
            routes.push(if changed { new } else { Vec::new() });
        }
        if self.manifest.schema_change {
            self.judge(input, &mut keep)?;
        }
        Ok(DdlAnswer { keep, routes, because: Vec::new() })
    }

    fn keeps_name(&self, source: &TableName) -> bool {
        // Of a schema's other tables nothing is known.
        source.is_schema()
            || match self.routes(source, source) {
                Ok(Some(names)) => names.is_empty() || names.contains(source),
                Ok(None) => false,
                Err(_) => true,
            }
    }

    fn check(&self, tables: &[Arc<TableSchema>]) -> Vec<Finding> {
        let unused = self
            .manifest
            .tables
            .iter()
            .filter(|pattern| !tables.iter().any(|table| manifest::matches(pattern, &table.name)));
        let finding = |pattern: &String| {
            Finding::warning(
                "plugin-tables",
                format!("the plugin wants `{pattern}`, and the source has no such table"),
            )
            .remedy("check the names, or remove the plugin")
        };
        unused.map(finding).collect()
    }
}

impl ComponentFilter {
    /// Lets the component judge those elements of a statement that are about tables that it wants.
    fn judge(&self, input: &DdlInput<'_>, keep: &mut [bool]) -> Result<()> {
        let asked: Vec<usize> = input
            .elements
            .iter()
            .enumerate()
            .filter(|(index, element)| {
                keep.get(*index) == Some(&true) && self.manifest.covers(&element.table)
            })
            .map(|(index, _)| index)
            .collect();
        if asked.is_empty() {
            return Ok(());
        }
        let statement = &input.ddl.statement;
        let elements = asked.iter().filter_map(|index| input.elements.get(*index)).map(|element| {
            let names = input.names.iter().find(|name| *name.source == element.table);
            let current = names.map_or(std::slice::from_ref(&element.table), |name| name.current);
            filter::Element {
                event: element.event.name().to_owned(),
                source: kind::name(&element.table),
                current: current.iter().map(kind::name).collect(),
                renamed_to: element.renamed_to.as_ref().map(kind::name),
                sql: statement.sql.get(element.span.clone()).unwrap_or_default().to_owned(),
            }
        });
        let given = filter::Statement {
            sql: statement.sql.clone(),
            default_schema: input.ddl.session.default_schema.as_deref().unwrap_or_default().to_owned(),
            elements: elements.collect(),
            position: input.position().to_string(),
        };
        let answer = self.pool.call(
            "judge",
            Call::Other,
            |guest, store| guest.call_judge(store, &given),
            |answer| answer.map_err(|text| error::reported("judge", &text)),
        )?;
        match answer {
            filter::StatementAnswer::Elements(verdicts) if verdicts.is_empty() => {}
            filter::StatementAnswer::Elements(verdicts) if verdicts.len() == asked.len() => {
                for (index, verdict) in asked.into_iter().zip(verdicts) {
                    if let Some(keep) = keep.get_mut(index) {
                        *keep = verdict;
                    }
                }
            }
            filter::StatementAnswer::Elements(verdicts) => {
                let what = format!("{} verdicts for {} elements", verdicts.len(), asked.len());
                return Err(error::malformed("judge", what));
            }
            filter::StatementAnswer::Rewritten(_) => {
                return Err(PluginError::definite(
                    "the plugin rewrites the statement, which is not possible yet",
                )
                .hint(
                    "filter the statement out, and run what the plugin makes of it at the target by hand",
                ));
            }
        }
        Ok(())
    }
}
