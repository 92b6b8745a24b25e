//! Applies the filters to what flows.

use super::{
    Filters, columns, ddl, divide,
    plan::{self, Plan, Step},
};
use std::{collections::HashMap, sync::Arc};
use tidegate_model::{Batch, Ddl, RowSet, SchemaChange, TableSchema, Transaction};
use tidegate_plugin::{Change, Decision, Filter, PluginError, Result, TableNames};

/// More table schemas than this are not remembered; what is asked again costs microseconds.
const PLANS_MAX: usize = 20_000;

/// Applies the filters, and remembers their answers for each table schema.
pub(crate) struct Host {
    filters: Arc<Filters>,
    /// Of the source's tables.
    names: Arc<TableNames>,
    /// By the schema's address, which stays its own while the entry holds the schema.
    plans: HashMap<usize, (Arc<TableSchema>, Arc<Plan>)>,
}

impl Host {
    pub(crate) fn new(filters: Arc<Filters>, names: Arc<TableNames>) -> Self {
        Self { filters, names, plans: HashMap::new() }
    }

    /// Returns the change as it leaves the filters. A batch without rows and a DDL without targets still flow: they
    /// carry positions and schemas.
    pub(crate) fn apply(&mut self, change: Change) -> Result<Change> {
        match change {
            Change::Batch(batch) => self.batch(batch).map(Change::Batch),
            Change::Ddl(ddl) => self.ddl(ddl).map(Change::Ddl),
        }
    }

    fn batch(&mut self, mut batch: Box<Batch>) -> Result<Box<Batch>> {
        if self.filters.stages.is_empty() {
            return Ok(batch);
        }
        let sets = std::mem::take(&mut batch.row_sets);
        let mut passed = Vec::with_capacity(sets.len());
        for rows in sets {
            let place = Place::of(&rows);
            let plan = self.plan(&rows.table)?;
            if rows.unlogged_cascades && !rows.table.foreign_keys.is_empty() && plan.arrives() {
                self.filters.admit_child(&rows.table).map_err(|error| place.add(error, &batch))?;
            }
            let way = Way { filters: &self.filters, transactions: &batch.transactions };
            way.pass(&plan, rows, &mut passed).map_err(|error| place.add(error, &batch))?;
        }
        batch.row_sets = passed;
        Ok(batch)
    }

    fn plan(&mut self, schema: &Arc<TableSchema>) -> Result<Arc<Plan>> {
        let key = Arc::as_ptr(schema).addr();
        if let Some((_, plan)) = self.plans.get(&key) {
            return Ok(plan.clone());
        }
        if self.plans.len() >= PLANS_MAX {
            self.plans.clear();
        }
        let plan = Arc::new(plan::compose(&self.filters, schema)?);
        self.plans.insert(key, (schema.clone(), plan.clone()));
        Ok(plan)
    }

    fn ddl(&mut self, mut ddl: Box<Ddl>) -> Result<Box<Ddl>> {
        let raw = ddl::expand(&self.filters, &mut ddl, &self.names)?;
        let judged = ddl::judge(&self.filters, &ddl, raw.as_deref(), &self.names)?;
        ddl.targets = judged.render(&ddl)?;
        for change in &ddl.schemas {
            if let SchemaChange::Table { name, .. } = change {
                self.plans.retain(|_, (schema, _)| schema.name != *name);
            }
        }
        Ok(ddl)
    }
}

/// The way of a batch's rows through the filters.
struct Way<'a> {
    filters: &'a Filters,
    transactions: &'a [Transaction],
}

impl Way<'_> {
    /// Lets rows take their way through the rest of the filters.
    fn pass(&self, plan: &Plan, rows: RowSet, passed: &mut Vec<RowSet>) -> Result<()> {
        if rows.rows() == 0 {
            return Ok(());
        }
        let step = match plan {
            Plan::Sink { target, .. } => {
                passed.push(RowSet { target: target.clone(), ..rows });
                return Ok(());
            }
            Plan::Step(step) => step,
        };
        let Some(stage) = self.filters.stages.get(step.filter) else {
            return Ok(());
        };
        let filter = &*stage.filter;
        let decided = || -> Result<()> {
            match step.decision(rows.operation) {
                Decision::Drop => Ok(()),
                Decision::Keep => self.follow(step, filter, 0, rows, passed),
                Decision::PerRow => {
                    columns::require(step, &rows)?;
                    let answer = filter.rows(&step.answer, &rows, self.transactions)?;
                    for part in divide::divide(rows, &answer, step.routes.len(), &step.input)? {
                        self.follow(step, filter, part.route, part.rows, passed)?;
                    }
                    Ok(())
                }
            }
        };
        decided().map_err(|mut error| {
            error.place.get_or_insert_with(|| format!("filter `{}`", stage.plugin));
            error
        })
    }

    fn follow(
        &self,
        step: &Step,
        filter: &dyn Filter,
        route: usize,
        rows: RowSet,
        passed: &mut Vec<RowSet>,
    ) -> Result<()> {
        let Some(next) = step.routes.get(route) else {
            return Ok(());
        };
        let rows = columns::project(step, filter, rows)?;
        self.pass(next, rows, passed)
    }
}

/// Where rows stand, for an error message.
struct Place {
    table: Arc<TableSchema>,
    transaction: Option<u32>,
}

impl Place {
    fn of(rows: &RowSet) -> Self {
        Self { table: rows.table.clone(), transaction: rows.transactions.first().copied() }
    }

    fn add(&self, mut error: PluginError, batch: &Batch) -> PluginError {
        let transaction = self.transaction.and_then(|index| batch.transactions.get(index as usize));
        let mut place = format!("table {}", self.table.name);
        if let Some(transaction) = transaction {
            place.push_str(&format!(", at or behind {}:{}", transaction.log.file, transaction.log.offset));
        }
        if let Some(filter) = error.place.take() {
            place = format!("{place}, {filter}");
        }
        error.place = Some(place);
        error
    }
}
