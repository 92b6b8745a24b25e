//! A row set in the making.

use crate::{
    Problem, Rows, RowsKind, Table,
    column::{Budget, ColumnBuilder, Fault, Reader},
    table_map::{WireType, bit},
};
use std::sync::Arc;
use tidegate_model::{Encoding, Image, RowSet, TableSchema};

/// The least number of rows that room is made for.
const ROWS_MIN: usize = 4;
/// What each row has apart from its images: ordinal, transaction and hash.
const PLACE_BITS: usize = 8 * (4 + 4 + 8);

/// Row changes of one table, operation and choice of columns, under the same rule for foreign keys.
#[derive(Debug)]
pub(super) struct OpenSet {
    table: Arc<Table>,
    schema: Arc<TableSchema>,
    kind: RowsKind,
    present_before: Box<[u8]>,
    present_after: Box<[u8]>,
    diffs: Box<[u8]>,
    unlogged_cascades: bool,
    before: Vec<ColumnBuilder>,
    after: Vec<ColumnBuilder>,
    ordinals: Vec<u32>,
    transactions: Vec<u32>,
    hashes: Vec<u64>,
    /// How many rows there is room for, apart from what is of variable length.
    room: usize,
    row_bits: usize,
    older: Option<usize>,
}

impl OpenSet {
    /// Opens a set for rows like the next one of `rows`; `older` is the set of the table that was opened before.
    pub(super) fn new(
        table: &Arc<Table>,
        rows: &Rows<'_>,
        diffs: &[u8],
        older: Option<usize>,
    ) -> Result<Self, Problem> {
        let schema = table.schema().ok_or_else(|| {
            Problem::invalid(format!("table {} has no schema to read rows with", table.map().name))
        })?;
        let before = columns(table, schema, rows.before(), &[])?;
        let after = columns(table, schema, rows.after(), diffs)?;
        let row_bits = before.iter().chain(&after).map(ColumnBuilder::row_bits).sum::<usize>() + PLACE_BITS;
        Ok(Self {
            table: table.clone(),
            schema: schema.clone(),
            kind: rows.kind(),
            present_before: rows.before().into(),
            present_after: rows.after().into(),
            diffs: diffs.into(),
            unlogged_cascades: rows.has_unlogged_cascades(),
            before,
            after,
            ordinals: Vec::new(),
            transactions: Vec::new(),
            hashes: Vec::new(),
            room: 0,
            row_bits,
            older,
        })
    }

    /// Returns what the set costs without any row: itself, and what its row set will have besides the values.
    pub(super) fn fixed_bytes(&self) -> usize {
        let columns = self.before.len() + self.after.len();
        size_of::<Self>()
            + size_of::<RowSet>()
            + columns * (size_of::<ColumnBuilder>() + size_of::<tidegate_model::ImageColumn>() + ARRAY_BYTES)
            + self.present_before.len()
            + self.present_after.len()
    }

    pub(super) fn older(&self) -> Option<usize> {
        self.older
    }

    /// Tells whether the next row of `rows` belongs here.
    #[inline]
    pub(super) fn holds(&self, table: &Arc<Table>, rows: &Rows<'_>, diffs: &[u8]) -> bool {
        Arc::ptr_eq(&self.table, table)
            && self.kind == rows.kind()
            && self.unlogged_cascades == rows.has_unlogged_cascades()
            && *self.present_before == *rows.before()
            && *self.present_after == *rows.after()
            && *self.diffs == *diffs
    }

    /// Reads the row at the beginning of `input` and returns its length. On an error, with the column at fault, the
    /// set is as before.
    #[inline]
    pub(super) fn read(
        &mut self,
        input: &[u8],
        budget: &mut Budget,
    ) -> Result<usize, (Option<usize>, Fault)> {
        let row = self.hashes.len();
        if row == self.room {
            self.grow(budget).map_err(|fault| (None, fault))?;
        }
        let mut rest = input;
        let outcome = self.read_images(row, &mut rest, budget);
        let length = input.len() - rest.len();
        match outcome {
            Ok(()) if length > 0 => Ok(length),
            Ok(()) => Err(self.undo(row, (None, Fault::Bad("the row has no columns")))),
            Err(fault) => Err(self.undo(row, fault)),
        }
    }

    /// Says where the row that was just read lies.
    #[inline]
    pub(super) fn place(&mut self, ordinal: u32, transaction: u32, hash: u64) {
        self.ordinals.push(ordinal);
        self.transactions.push(transaction);
        self.hashes.push(hash);
    }

    /// Puts a fault into words.
    pub(super) fn problem(&self, column: Option<usize>, fault: Fault) -> Problem {
        let name =
            column.and_then(|index| self.schema.columns.get(index)).map_or("-", |column| &*column.name);
        let what = match fault {
            Fault::Full => "there is no room for the value",
            Fault::Truncated => "the event ends within the value",
            Fault::Bad(what) => what,
        };
        Problem::Value { table: self.schema.name.clone(), column: name.into(), what }
    }

    /// Returns the row set, if there are rows.
    pub(super) fn finish(self) -> Option<RowSet> {
        let rows = self.hashes.len();
        let schema = self.schema;
        let image = |columns: Vec<ColumnBuilder>| {
            let column = |builder: ColumnBuilder| {
                let column = schema.columns.get(builder.index())?;
                Some(builder.finish(column, rows))
            };
            Image { columns: columns.into_iter().filter_map(column).collect() }
        };
        (rows > 0).then(|| RowSet {
            before: image(self.before),
            after: image(self.after),
            target: schema.name.clone(),
            operation: self.kind.operation(),
            ordinals: self.ordinals,
            transactions: self.transactions,
            hashes: self.hashes,
            unlogged_cascades: self.unlogged_cascades,
            table: schema.clone(),
        })
    }

    #[cold]
    fn grow(&mut self, budget: &mut Budget) -> Result<(), Fault> {
        self.room = budget.grow(self.room, self.room + 1, ROWS_MIN, self.row_bits)?;
        let room = self.room;
        self.before.iter_mut().chain(&mut self.after).for_each(|column| column.reserve(room));
        self.ordinals.reserve_exact(room - self.ordinals.len());
        self.transactions.reserve_exact(room - self.transactions.len());
        self.hashes.reserve_exact(room - self.hashes.len());
        Ok(())
    }

    fn read_images(
        &mut self,
        row: usize,
        rest: &mut &[u8],
        budget: &mut Budget,
    ) -> Result<(), (Option<usize>, Fault)> {
        if self.kind.has_before() {
            read_image(&mut self.before, row, rest, budget)?;
        }
        if self.kind == RowsKind::PartialUpdate {
            // Which columns are diffs was found out before this set was chosen.
            let mut fields = crate::fields::Fields(rest);
            crate::rows::diffs(self.table.map(), &mut fields).map_err(|_| (None, Fault::Truncated))?;
            *rest = fields.0;
        }
        if self.kind.has_after() {
            read_image(&mut self.after, row, rest, budget)?;
        }
        Ok(())
    }

    #[cold]
    fn undo(&mut self, row: usize, fault: (Option<usize>, Fault)) -> (Option<usize>, Fault) {
        self.before.iter_mut().chain(&mut self.after).for_each(|column| column.truncate(row));
        fault
    }
}

/// What an Arrow array has besides its values.
const ARRAY_BYTES: usize = 128;

#[inline]
fn read_image(
    columns: &mut [ColumnBuilder],
    row: usize,
    rest: &mut &[u8],
    budget: &mut Budget,
) -> Result<(), (Option<usize>, Fault)> {
    let nulls = rest.split_at_checked(columns.len().div_ceil(8));
    let (nulls, values) = nulls.ok_or((None, Fault::Truncated))?;
    *rest = values;
    for (place, column) in columns.iter_mut().enumerate() {
        if bit(nulls, place) {
            column.push_null(row);
        } else {
            column.read(rest, budget).map_err(|fault| (Some(column.index()), fault))?;
        }
    }
    Ok(())
}

/// Returns builders for the columns that an image has.
fn columns(
    table: &Table,
    schema: &TableSchema,
    present: &[u8],
    diffs: &[u8],
) -> Result<Vec<ColumnBuilder>, Problem> {
    let mut json = 0;
    let mut builders = Vec::new();
    for (index, column) in schema.columns.iter().enumerate() {
        let is_json = table.map().columns.get(index).is_some_and(|mapped| mapped.wire == WireType::Json);
        let encoding = if is_json && bit(diffs, json) { Encoding::JsonDiff } else { Encoding::Value };
        json += usize::from(is_json);
        if bit(present, index) {
            let reader: Option<Reader> = table.reader(index);
            let reader = reader.ok_or_else(|| Problem::invalid("a column has no reader"))?;
            builders.push(ColumnBuilder::new(index, &column.kind, reader, encoding));
        }
    }
    Ok(builders)
}
