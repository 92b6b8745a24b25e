//! Filters.

use crate::{Finding, Result};
use arrow_array::{ArrayRef, BooleanArray};
use std::{any::Any, sync::Arc};
use tidegate_model::{
    Column, Ddl, Element, Image, NameRole, Operation, Position, RowSet, TableName, TableSchema, Transaction,
};

/// A pure function of its settings and its input: no state between calls, the same answer when asked again.
///
/// Windows are planned anew after a crash; a filter that remembered something would lose or double rows. The engine
/// calls a filter from any thread and may call it twice. It answers at the cheapest level it can: by name, by table
/// schema (cached, no cost per row), by row set, and for schema changes by element.
pub trait Filter: Send + Sync {
    /// Tells whether anything of the source table `source` can pass, whatever its schema. `false` is a promise that
    /// `table` would drop every operation; rows are then not even decoded. Of a schema: whether anything of any of its
    /// tables can pass.
    fn wants(&self, source: &TableName) -> bool {
        let _ = source;
        true
    }

    /// Tells by the name alone whether the filter drops every row of an operation of the source table `source`.
    fn drops(&self, source: &TableName, operation: Operation) -> bool {
        let _ = operation;
        !self.wants(source)
    }

    /// Decides what is decided for all rows of a table. Asked once per table schema and name, then cached.
    ///
    /// # Errors
    /// If the settings cannot work for this table: the pipeline stops with the table's name.
    fn table(&self, input: &TableInput<'_>) -> Result<TablePlan>;

    /// Gives the verdicts for a row set of an operation for which the plan says [`Decision::PerRow`]. The rows refer to
    /// `transactions` by index.
    ///
    /// # Errors
    /// If it cannot answer. Of the kind [`ErrorKind::Rows`](crate::ErrorKind::Rows): other rows may fare better, and the
    /// error policy of the stage decides.
    fn rows(&self, plan: &TablePlan, rows: &RowSet, transactions: &[Transaction]) -> Result<Answer> {
        let _ = (plan, rows, transactions);
        Ok(Verdicts::Change(Vec::new()).into())
    }

    /// Computes the columns that the plan calls [`Produced::Mapped`], for one image, in the order of their indexes.
    /// The engine applies it to before and after images alike, so that a mapped key stays consistent. An entry is
    /// `None` if the image lacks the columns that it is made of.
    ///
    /// # Errors
    /// If a value cannot be mapped; of the kind [`ErrorKind::Rows`](crate::ErrorKind::Rows) as in `rows`.
    fn map(&self, plan: &TablePlan, image: &Image, rows: usize) -> Result<Vec<Option<ArrayRef>>> {
        let _ = (plan, image, rows);
        Ok(Vec::new())
    }

    /// Judges the elements of a schema change and renames its tables.
    ///
    /// # Errors
    /// If the statement must not pass at all: the pipeline stops with the statement's position.
    fn ddl(&self, input: &DdlInput<'_>) -> Result<DdlAnswer>;

    /// Tells whether the filter leaves out, by its text alone, a statement of which nobody knows what it is about.
    fn leaves_out(&self, sql: &str) -> bool {
        let _ = sql;
        false
    }

    /// Tells whether the filter may lead other source tables (or schemas) than `source` to `target` too, as far as its
    /// rules say, whether such tables exist or not: what takes rows away from a target of several stops. `None`: it
    /// cannot tell; then the engine takes every name that the filter changes for one of several tables.
    fn leads_others(&self, source: &TableName, target: &TableName) -> Option<bool> {
        let _ = (source, target);
        None
    }

    /// Tells whether the filter may leave the source table `source` its own name; of a schema, whether it may leave it to
    /// any of its tables. What other tables are led to is shared with it then.
    fn keeps_name(&self, source: &TableName) -> bool {
        let _ = source;
        true
    }

    /// Looks at the source's tables for rules that can never match and the like; connects to nothing.
    fn check(&self, tables: &[Arc<TableSchema>]) -> Vec<Finding> {
        let _ = tables;
        Vec::new()
    }
}

/// A table as a filter sees it.
#[derive(Clone, Copy, Debug)]
pub struct TableInput<'a> {
    /// The source's table schema; rules match its name.
    pub schema: &'a Arc<TableSchema>,
    /// The name that the filters before gave the table.
    pub name: &'a TableName,
    /// The columns as the filters before left them.
    pub columns: &'a [Arc<Column>],
}

/// What a filter decides for all rows of a table.
#[derive(Clone, Debug)]
pub struct TablePlan {
    /// What becomes of inserts and snapshot rows.
    pub insert: Decision,
    /// What becomes of updates.
    pub update: Decision,
    /// What becomes of deletes.
    pub delete: Decision,
    /// Every target that rows of the table may take; a verdict refers to them by index. A kept row goes to the first.
    /// Empty: the name stays.
    pub routes: Vec<TableName>,
    /// The columns after this filter; `None`: unchanged.
    pub columns: Option<Vec<OutputColumn>>,
    /// The input columns that `rows` or `map` read, by index. If an image lacks one, the engine reports it and names
    /// `binlog_row_image`.
    pub needs: Vec<usize>,
    /// What the filter wants to have at hand in `rows` and `map`; it is made from settings and input alone.
    pub memo: Option<Arc<dyn Any + Send + Sync>>,
    /// Which rules decided, for `explain`: one sentence each.
    pub because: Vec<String>,
}

impl TablePlan {
    /// Returns the plan that changes nothing.
    pub fn keep() -> Self {
        Self::of(Decision::Keep)
    }

    /// Returns the plan that drops everything.
    pub fn drop() -> Self {
        Self::of(Decision::Drop)
    }

    fn of(decision: Decision) -> Self {
        Self {
            insert: decision,
            update: decision,
            delete: decision,
            routes: Vec::new(),
            columns: None,
            needs: Vec::new(),
            memo: None,
            because: Vec::new(),
        }
    }
}

/// What becomes of the rows of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// All pass.
    Keep,
    /// None pass.
    Drop,
    /// The filter is asked for each row set.
    PerRow,
}

/// A column after a filter.
#[derive(Clone, Debug)]
pub struct OutputColumn {
    /// What it is.
    pub column: Arc<Column>,
    /// Where its values come from.
    pub produced: Produced,
}

/// Where an output column's values come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Produced {
    /// From the input column with this index, unchanged.
    Input(usize),
    /// From [`Filter::map`]: the entry with this index.
    Mapped(usize),
}

/// What becomes of a row or of one image of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It passes, to the plan's first route.
    Keep,
    /// It is dropped.
    Drop,
    /// It passes, to the plan's route with this index.
    Route(u32),
    /// It is refused, both images of it, for the reason with this index in the answer; the error policy of the stage decides.
    Refuse(u32),
}

/// A filter's answer for a row set.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What becomes of the rows.
    pub verdicts: Verdicts,
    /// Why rows are refused.
    pub reasons: Vec<String>,
}

impl From<Verdicts> for Answer {
    fn from(verdicts: Verdicts) -> Self {
        Self { verdicts, reasons: Vec::new() }
    }
}

/// The verdicts for a row set.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdicts {
    /// One verdict for each change, an update's both images included.
    Change(Vec<Verdict>),
    /// For updates, one for each image: (in, out) becomes a DELETE, (out, in) an INSERT, two routes DELETE and INSERT.
    Images(Vec<Verdict>, Vec<Verdict>),
    /// Which rows pass, as one bit a row: the form for filters that only keep and drop.
    Selection(BooleanArray),
}

/// A schema change as a filter sees it.
#[derive(Clone, Copy, Debug)]
pub struct DdlInput<'a> {
    /// The statement, its session and its position; the statement that a filter before put in its place, if one did.
    pub ddl: &'a Ddl,
    /// The statement's text as the source ran it, or the filter before wrote it. In `ddl` the table that CREATE TABLE …
    /// LIKE copies may be written out.
    pub sql: &'a str,
    /// The statement's elements that no filter has dropped so far, in order.
    pub elements: &'a [&'a Element],
    /// The names in the statement.
    pub names: &'a [DdlName<'a>],
}

/// A name in a schema change as a filter sees it.
#[derive(Clone, Copy, Debug)]
pub struct DdlName<'a> {
    /// What the source calls it; rules match this.
    pub source: &'a TableName,
    /// What the filters before made of it: every name that it may have at the target.
    pub current: &'a [TableName],
    /// Why the statement names it.
    pub role: NameRole,
}

/// A filter's answer for a schema change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DdlAnswer {
    /// Whether each element passes, parallel to the input's elements; empty: all pass.
    pub keep: Vec<bool>,
    /// The new names of each name, parallel to the input's names; an empty entry: unchanged. Empty: all unchanged.
    pub routes: Vec<Vec<TableName>>,
    /// Another statement in the place of what is left of this one. Its names are the source's, and all of them stand in what
    /// is left; it is taken apart, judged by the filters behind, and its tables renamed like the first one's. What the
    /// source's statement makes of the tracked table schemas stays.
    pub rewritten: Option<String>,
    /// Which rules decided, for `explain`: one sentence each.
    pub because: Vec<String>,
}

impl DdlInput<'_> {
    /// Returns the statement's text without the elements that are dropped, names as the source has them. `keep` is parallel
    /// to the input's elements; missing entries keep. `None` if elements cannot be cut from the statement, or none is left.
    pub fn left(&self, keep: &[bool]) -> Option<String> {
        let is_left = |element: &Element| {
            let place = self.elements.iter().position(|given| *given == element);
            place.is_some_and(|place| keep.get(place).copied().unwrap_or(true))
        };
        let keep: Vec<bool> = self.ddl.statement.elements.iter().map(is_left).collect();
        self.ddl.statement.render(&keep, |_| None)
    }

    /// Returns where the statement stands in the log, for messages.
    pub fn position(&self) -> &Position {
        &self.ddl.begin.applied
    }
}
