//! Row changes: the frame of rows events, and walking over rows without reading them.
//!
//! Sources: `mysql::binlog::event::Rows_event` and the classes derived from it; MariaDB source, `sql/log_event.cc`,
//! `row_log_event_uncompress` and `binlog_get_uncompress_len`.

mod compressed;
mod extra;
mod walk;

pub(crate) use compressed::decompress;
pub use extra::Partition;
pub(crate) use walk::diffs;

use crate::{
    Error, EventType, Header, Problem, TableMap,
    fields::Fields,
    table_map::{bit, table_id_length},
};
use std::borrow::Cow;
use tidegate_model::Operation;
use xxhash_rust::xxh3::{Xxh3, xxh3_64_with_seed};

/// Flags of rows events.
pub mod rows_flags {
    /// The last rows of a statement: table maps are void from here on.
    pub const STATEMENT_END: u16 = 0x0001;
    /// The statement ran with `foreign_key_checks = 0`.
    pub const NO_FOREIGN_KEY_CHECKS: u16 = 0x0002;
    /// The statement ran with `unique_checks = 0`.
    pub const RELAXED_UNIQUE_CHECKS: u16 = 0x0004;
    /// Images have all columns.
    pub const COMPLETE_ROWS: u16 = 0x0008;
    /// The source runs foreign keys above its storage engine (`innodb_native_foreign_keys = OFF`, MySQL 9.6 and later),
    /// so that the rows that they cascade to are in the log, child before parent. Such a cascaded row is also flagged
    /// [`NO_FOREIGN_KEY_CHECKS`]; the parent's row that caused it is not. (MySQL source: `USE_SQL_FOREIGN_KEY_F`.)
    pub const CASCADES_LOGGED: u16 = 0x0010;
}

/// The table id of an event that has no rows and only ends a statement.
const NO_TABLE: u64 = 0xffff_ffff_ffff;

/// What a rows event does to its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowsKind {
    /// Each row has an after image.
    Write,
    /// Each row has a before and an after image.
    Update,
    /// As [`Self::Update`], and JSON columns of the after image may be diffs.
    PartialUpdate,
    /// Each row has a before image.
    Delete,
}

/// How a type of rows event is laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    kind: RowsKind,
    has_extra: bool,
    compressed: bool,
}

/// A rows event; its rows are taken from it one after the other.
#[derive(Clone, Debug)]
pub struct Rows<'a> {
    header: Header,
    table_id: u64,
    flags: u16,
    kind: RowsKind,
    partition: Option<Partition>,
    columns: usize,
    before: &'a [u8],
    after: &'a [u8],
    rows: Cow<'a, [u8]>,
    at: usize,
}

impl RowsKind {
    /// Returns the layout of events of the type, if they are rows events.
    pub(crate) fn of(event_type: EventType) -> Option<Layout> {
        use EventType as T;
        let (kind, has_extra, compressed) = match event_type {
            T::WRITE_ROWS => (Self::Write, true, false),
            T::UPDATE_ROWS => (Self::Update, true, false),
            T::DELETE_ROWS => (Self::Delete, true, false),
            T::PARTIAL_UPDATE_ROWS => (Self::PartialUpdate, true, false),
            T::WRITE_ROWS_V1 => (Self::Write, false, false),
            T::UPDATE_ROWS_V1 => (Self::Update, false, false),
            T::DELETE_ROWS_V1 => (Self::Delete, false, false),
            T::WRITE_ROWS_COMPRESSED_V1 => (Self::Write, false, true),
            T::UPDATE_ROWS_COMPRESSED_V1 => (Self::Update, false, true),
            T::DELETE_ROWS_COMPRESSED_V1 => (Self::Delete, false, true),
            T::WRITE_ROWS_COMPRESSED => (Self::Write, true, true),
            T::UPDATE_ROWS_COMPRESSED => (Self::Update, true, true),
            T::DELETE_ROWS_COMPRESSED => (Self::Delete, true, true),
            _ => return None,
        };
        Some(Layout { kind, has_extra, compressed })
    }

    /// Returns the operation.
    pub fn operation(self) -> Operation {
        match self {
            Self::Write => Operation::Insert,
            Self::Update | Self::PartialUpdate => Operation::Update,
            Self::Delete => Operation::Delete,
        }
    }

    pub(crate) fn has_before(self) -> bool {
        self != Self::Write
    }

    pub(crate) fn has_after(self) -> bool {
        self != Self::Delete
    }
}

impl<'a> Rows<'a> {
    pub(crate) fn read(
        header: Header,
        layout: Layout,
        fixed_length: u8,
        mut body: Fields<'a>,
    ) -> Result<Self, Problem> {
        let table_id = body.uint(table_id_length(fixed_length), "the table id")?;
        let flags = body.u16("the flags")?;
        let extra = if layout.has_extra { extra::read(layout.kind, &mut body)? } else { None };
        let columns = body.length_encoded("the number of columns")?;
        let columns = usize::try_from(columns).unwrap_or(usize::MAX);
        let mut bitmap =
            |wanted| if wanted { body.take(columns.div_ceil(8), "the columns present") } else { Ok(&[][..]) };
        let before = bitmap(layout.kind.has_before())?;
        let after = bitmap(layout.kind.has_after())?;
        let rows = match body.0 {
            rows if layout.compressed && table_id != NO_TABLE => Cow::Owned(decompress(rows)?),
            rows => Cow::Borrowed(rows),
        };
        let is_present = |index| bit(before, index) || bit(after, index);
        if rows.is_empty() && table_id != NO_TABLE && !(0..columns).any(is_present) {
            return Err(Problem::stop(
                "its rows have no columns, so that nobody can tell how many there are",
                "set binlog_row_image = FULL at the source and start behind it",
            ));
        }
        Ok(Self {
            header,
            table_id,
            flags,
            kind: layout.kind,
            partition: extra,
            columns,
            before,
            after,
            rows,
            at: 0,
        })
    }

    /// Returns the header of the event.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Returns the number of the table map that tells what the rows are.
    pub fn table_id(&self) -> u64 {
        self.table_id
    }

    /// Returns what is done to the rows.
    pub fn kind(&self) -> RowsKind {
        self.kind
    }

    /// Returns all flags, see [`rows_flags`].
    pub fn flags(&self) -> u16 {
        self.flags
    }

    /// Tells whether a flag of [`rows_flags`] is set.
    pub fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    /// Tells whether foreign keys were at work whose changes in other tables are not in the log.
    pub fn has_unlogged_cascades(&self) -> bool {
        !self.has(rows_flags::NO_FOREIGN_KEY_CHECKS | rows_flags::CASCADES_LOGGED)
    }

    /// Tells whether the event is the last of its statement; table maps are void behind it.
    pub fn ends_statement(&self) -> bool {
        self.has(rows_flags::STATEMENT_END)
    }

    /// Returns the partition that the rows lie in, if it is said.
    pub fn partition(&self) -> Option<Partition> {
        self.partition
    }

    /// Tells whether all rows were taken (or there are none, as in an event that only ends a statement: such an event
    /// refers to no table).
    pub fn is_exhausted(&self) -> bool {
        self.table_id == NO_TABLE || self.at >= self.rows.len()
    }

    /// Returns the bitmap of the columns present before, empty for inserts.
    pub(crate) fn before(&self) -> &'a [u8] {
        self.before
    }

    /// Returns the bitmap of the columns present after, empty for deletes.
    pub(crate) fn after(&self) -> &'a [u8] {
        self.after
    }

    /// Returns the bytes of the rows that are not taken yet.
    pub(crate) fn rest(&self) -> &[u8] {
        self.rows.get(self.at..).unwrap_or_default()
    }

    /// Takes a row of so many bytes.
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Fails if the event does not have as many columns as its table map.
    pub(crate) fn check(&self, map: &TableMap) -> Result<(), Error> {
        if self.columns == map.columns.len() {
            return Ok(());
        }
        let (own, mapped) = (self.columns, map.columns.len());
        let what = format!("it has {own} columns, but the table map of {} has {mapped}", map.name);
        Err(self.error(Problem::invalid(what)))
    }

    pub(crate) fn error(&self, problem: Problem) -> Error {
        problem.of(&self.header)
    }

    /// Returns the part of the hash of each row that is the same for all rows of the event: table, kind and columns
    /// present.
    pub(crate) fn seed(&self, map: &TableMap) -> u64 {
        let mut hasher = Xxh3::new();
        hasher.update(map.name.schema.as_bytes());
        hasher.update(&[0]);
        hasher.update(map.name.table.as_bytes());
        hasher.update(&[0, self.kind as u8]);
        hasher.update(self.before);
        hasher.update(self.after);
        hasher.digest()
    }
}

/// Returns the hash of a row: its raw images under the seed of its event.
#[inline]
pub(crate) fn row_hash(seed: u64, images: &[u8]) -> u64 {
    xxh3_64_with_seed(images, seed)
}
