//! Applies the filters to what flows.

use super::{
    FilterStage, Filters, OnError, columns, ddl, divide,
    narrow::narrow,
    plan::{self, Plan, Step},
    refusals::take_refusals,
};
use crate::lost::{Cause, Loss, Losses};
use arrow_array::UInt32Array;
use std::{collections::HashMap, sync::Arc};
use tidegate_model::{Batch, Ddl, RowSet, SchemaChange, TableSchema, Transaction};
use tidegate_plugin::{Answer, Change, Decision, PluginError, Result, TableNames};

/// More table schemas than this are not remembered; what is asked again costs microseconds.
const PLANS_MAX: usize = 20_000;

/// Applies the filters, and remembers their answers for each table schema.
pub(crate) struct Host<L> {
    filters: Arc<Filters>,
    /// Of the source's tables.
    names: Arc<TableNames>,
    /// By the schema's address, which stays its own while the entry holds the schema.
    plans: HashMap<usize, (Arc<TableSchema>, Arc<Plan>)>,
    /// What becomes of rows that a filter refuses or fails on.
    pub(crate) lost: L,
    /// Tells whether nobody waits any more for what leaves the filters.
    is_abandoned: Box<dyn Fn() -> bool + Send>,
}

impl<L: Losses> Host<L> {
    pub(crate) fn new(
        filters: Arc<Filters>,
        names: Arc<TableNames>,
        lost: L,
        is_abandoned: impl Fn() -> bool + Send + 'static,
    ) -> Self {
        Self { filters, names, plans: HashMap::new(), lost, is_abandoned: Box::new(is_abandoned) }
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
        if self.filters.stages.is_empty() && !self.lost.knows_any() {
            return Ok(batch);
        }
        let sets = std::mem::take(&mut batch.row_sets);
        self.lost.begin(&batch.transactions);
        let mut passed = Vec::with_capacity(sets.len());
        for rows in sets {
            let place = Place::of(&rows);
            let plan = self.plan(&rows.table)?;
            if rows.unlogged_cascades && !rows.table.foreign_keys.is_empty() && plan.arrives() {
                self.filters.admit_child(&rows.table).map_err(|error| place.add(error, &batch))?;
            }
            let rows = self.lost.leave_out(rows, &batch.transactions)?;
            let mut way = Way {
                filters: &self.filters,
                transactions: &batch.transactions,
                lost: &mut self.lost,
                is_abandoned: &*self.is_abandoned,
                passed,
            };
            way.pass(&plan, rows).map_err(|error| place.add(error, &batch))?;
            passed = way.passed;
        }
        self.lost.settle(&batch.end.applied)?;
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
        let targets = judged.render()?;
        ddl.targets = targets;
        for change in &ddl.schemas {
            if let SchemaChange::Table { name, .. } = change {
                self.plans.retain(|_, (schema, _)| schema.name != *name);
            }
        }
        Ok(ddl)
    }
}

/// The way of a batch's rows through the filters.
struct Way<'a, L> {
    filters: &'a Filters,
    transactions: &'a [Transaction],
    lost: &'a mut L,
    is_abandoned: &'a dyn Fn() -> bool,
    /// What has passed all filters.
    passed: Vec<RowSet>,
}

impl<L: Losses> Way<'_, L> {
    /// Lets rows take their way through the rest of the filters.
    fn pass(&mut self, plan: &Plan, rows: RowSet) -> Result<()> {
        if rows.rows() == 0 {
            return Ok(());
        }
        let step = match plan {
            Plan::Sink { target, .. } => {
                self.passed.push(RowSet { target: target.clone(), ..rows });
                return Ok(());
            }
            Plan::Step(step) => step,
        };
        let filters = self.filters;
        let Some(stage) = filters.stages.get(step.filter) else {
            return Ok(());
        };
        self.decide(step, stage, rows).map_err(|mut error| {
            error.place.get_or_insert_with(|| format!("filter `{}`", stage.plugin));
            error
        })
    }

    fn decide(&mut self, step: &Step, stage: &FilterStage, rows: RowSet) -> Result<()> {
        match step.decision(rows.operation) {
            Decision::Drop => Ok(()),
            Decision::Keep => self.follow(step, stage, 0, rows),
            Decision::PerRow => {
                columns::require(step, &rows)?;
                let transactions = self.transactions;
                let mut ask = |rows: &RowSet| stage.filter.rows(&step.answer, rows, transactions);
                for (rows, mut answer) in self.ask(stage, rows, &mut ask)? {
                    if stage.on_error != OnError::Stop {
                        self.refuse(stage, &rows, &mut answer)?;
                    }
                    for part in divide::divide(rows, &answer, step.routes.len(), &step.input)? {
                        // An update that was divided may have lost a half before.
                        let rows = self.lost.leave_out(part.rows, transactions)?;
                        self.follow(step, stage, part.route, rows)?;
                    }
                }
                Ok(())
            }
        }
    }

    fn follow(&mut self, step: &Step, stage: &FilterStage, route: usize, rows: RowSet) -> Result<()> {
        let Some(next) = step.routes.get(route).filter(|_| rows.rows() > 0) else {
            return Ok(());
        };
        let Some(columns) = &step.answer.columns else {
            return self.pass(next, rows);
        };
        let mut project = |rows: &RowSet| columns::project(step, &*stage.filter, columns, rows);
        for (rows, (before, after)) in self.ask(stage, rows, &mut project)? {
            self.pass(next, RowSet { before, after, ..rows })?;
        }
        Ok(())
    }

    /// Asks a filter about rows; gives those up that it fails on, if the stage's policy says so.
    fn ask<T>(
        &mut self,
        stage: &FilterStage,
        rows: RowSet,
        ask: &mut dyn FnMut(&RowSet) -> Result<T>,
    ) -> Result<Vec<(RowSet, T)>> {
        if stage.on_error == OnError::Stop {
            let answer = ask(&rows)?;
            return Ok(vec![(rows, answer)]);
        }
        let is_abandoned = self.is_abandoned;
        let mut give_up = |row: &RowSet, error: &PluginError| {
            self.lose(stage, Cause::Failed, row, &[error.message.as_str().into()])
        };
        narrow(rows, ask, &mut give_up, is_abandoned)
    }

    /// Gives the rows up that a filter refuses.
    fn refuse(&mut self, stage: &FilterStage, rows: &RowSet, answer: &mut Answer) -> Result<()> {
        let (indexes, reasons): (Vec<u32>, Vec<Arc<str>>) = take_refusals(answer)?.into_iter().unzip();
        if indexes.is_empty() {
            return Ok(());
        }
        let refused = rows.take(&UInt32Array::from(indexes)).map_err(|error| {
            PluginError::definite("the rows that the filter refused cannot be taken out").because(error)
        })?;
        self.lose(stage, Cause::Refused, &refused, &reasons)
    }

    fn lose(&mut self, stage: &FilterStage, cause: Cause, rows: &RowSet, reasons: &[Arc<str>]) -> Result<()> {
        let (plugin, on_error, transactions) = (&*stage.plugin, stage.on_error, self.transactions);
        self.lost.lose(&Loss { plugin, on_error, cause, reasons, rows, transactions })
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
