//! What an author writes.

use crate::{
    Answer, Cells, Decision, MapRows, OutputColumn, Plan, Produced, Rows, Statement, StatementAnswer, Table,
    TableName, Verdicts, bindings::exports::tidegate::plugin::filter::Operations,
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

/// A filter: a pure function of its settings and its input.
pub trait Filter: Sized + 'static {
    /// What stands under `config` in the pipeline file. Its JSON Schema goes into the manifest.
    type Settings: DeserializeOwned + JsonSchema;
    /// What the filter keeps of a table to answer for its rows: indexes of columns, prepared patterns.
    type Memo: 'static;
    /// What it is called in messages.
    const NAME: &'static str;
    /// Its own version.
    const VERSION: &'static str;
    /// What it does, in a sentence.
    const SUMMARY: &'static str;

    /// Says what the filter wants to see.
    fn wants() -> Wants {
        Wants::default()
    }

    /// Makes a filter of its settings.
    ///
    /// # Errors
    /// What is wrong with them.
    fn new(settings: Self::Settings) -> Result<Self, String>;

    /// Returns every name that rows of a table, and its statements, may get; asked by name alone, for schemas (with an
    /// empty `table`) too. `None`: nothing of the table passes, which may depend on `source` only. Empty: it keeps its
    /// name.
    ///
    /// # Errors
    /// If the pipeline must stop.
    fn routes(&self, source: &TableName, current: &TableName) -> Result<Option<Vec<TableName>>, String> {
        let _ = (source, current);
        Ok(Some(Vec::new()))
    }

    /// Decides what is decided for all rows of a table.
    ///
    /// # Errors
    /// If the settings cannot work for this table.
    fn decide(&self, table: &Table) -> Result<(Plan, Self::Memo), String>;

    /// Gives the verdicts for rows of an operation for which the plan says [`Decision::PerRow`].
    ///
    /// # Errors
    /// If it cannot answer; the pipeline's error policy decides.
    fn rows(&self, memo: &Self::Memo, rows: &Rows) -> Result<Answer, String> {
        let _ = (memo, rows);
        Ok(Answer { verdicts: Verdicts::KeepAll, reasons: Vec::new() })
    }

    /// Returns the columns that the plan calls mapped, by index, for one image of rows; an entry is `None` if the image
    /// lacks what it is made of.
    ///
    /// # Errors
    /// If a value cannot be mapped.
    fn map_columns(&self, memo: &Self::Memo, rows: &MapRows) -> Result<Vec<Option<Cells>>, String> {
        let _ = (memo, rows);
        Ok(Vec::new())
    }

    /// Judges a schema change: [`StatementAnswer::Elements`] says which of its elements pass, none for all of them;
    /// [`StatementAnswer::Rewritten`] is another statement in its place, whose names are the source's and stand in the first
    /// one.
    ///
    /// # Errors
    /// If the statement must not pass at all: the pipeline stops at its position.
    fn judge(&self, statement: &Statement) -> Result<StatementAnswer, String> {
        let _ = statement;
        Ok(StatementAnswer::Elements(Vec::new()))
    }
}

/// What a filter wants to see; the rest passes by unchanged.
#[derive(Clone, Debug)]
pub struct Wants {
    /// Source tables, as `schema.table` with `*` and `?`; empty: all.
    pub tables: Vec<String>,
    /// Columns, by name, that every such table must have.
    pub columns: Vec<String>,
    /// Which operations.
    pub operations: Operations,
}

impl Default for Wants {
    fn default() -> Self {
        Self { tables: Vec::new(), columns: Vec::new(), operations: Self::everything() }
    }
}

impl Wants {
    /// Returns all operations and schema changes.
    pub fn everything() -> Operations {
        Operations::INSERT | Operations::UPDATE | Operations::DELETE | Operations::SCHEMA_CHANGE
    }
}

impl Plan {
    /// Returns the plan that lets everything pass.
    pub const fn keep() -> Self {
        Self::of(Decision::Keep)
    }

    /// Returns the plan that lets nothing pass.
    pub const fn drop() -> Self {
        Self::of(Decision::Drop)
    }

    /// Returns the plan that asks for each row.
    pub const fn per_row() -> Self {
        Self::of(Decision::PerRow)
    }

    const fn of(decision: Decision) -> Self {
        Self {
            insert: decision,
            update: decision,
            delete: decision,
            columns: None,
            needs: Vec::new(),
            facts: false,
            because: Vec::new(),
        }
    }

    /// Says which columns are read, by index.
    #[must_use]
    pub fn needing(mut self, columns: impl IntoIterator<Item = u32>) -> Self {
        self.needs.extend(columns);
        self
    }

    /// Says which columns of `table` are mapped in place, by index: the first is `map_columns`' first, and so on. They are
    /// needed, too.
    #[must_use]
    pub fn mapping(mut self, table: &Table, mapped: &[u32]) -> Self {
        let columns = table.columns.iter().zip(0_u32..).map(|(column, index)| {
            let entry = mapped.iter().zip(0_u32..).find(|(column, _)| **column == index);
            let produced = entry.map_or(Produced::Input(index), |(_, entry)| Produced::Mapped(entry));
            OutputColumn { column: column.clone(), produced }
        });
        self.columns = Some(columns.collect());
        self.needing(mapped.iter().copied())
    }

    /// Says why, for `tidegate explain`.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.because.push(reason.into());
        self
    }
}

impl Table {
    /// Returns the index of the column called `name`; MySQL compares names without regard to case.
    pub fn index(&self, name: &str) -> Option<u32> {
        let name = name.to_lowercase();
        self.columns
            .iter()
            .zip(0..)
            .find(|(column, _)| column.name.to_lowercase() == name)
            .map(|(_, index)| index)
    }
}
