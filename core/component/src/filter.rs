//! A component as a filter.

mod plan;
mod statement;

use crate::{
    bindings::types,
    call::{self, Call, Held},
    error, kind,
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
use tidegate_model::{Image, Operation, RowSet, TableName, TableSchema, Transaction};
use tidegate_plugin::{
    Answer, DdlAnswer, DdlInput, Filter, Finding, PluginError, Result, TableInput, TablePlan,
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
                plan::mapped(&table, image, rows, given)
            },
        )
    }

    fn ddl(&self, input: &DdlInput<'_>) -> Result<DdlAnswer> {
        self.statement(input)
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
