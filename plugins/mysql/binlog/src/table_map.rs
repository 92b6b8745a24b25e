//! What the log says of a table before its rows.
//!
//! Source: `mysql::binlog::event::Table_map_event`.

mod metadata;
mod schema;
mod wire;

pub use wire::WireType;

use crate::{
    Error, Header, Problem,
    fields::{Fields, text},
};
use std::sync::Arc;
use tidegate_model::{SpatialType, TableName};

/// The most columns of a table (manual: "Limits on Table Column Count and Row Size").
const COLUMNS_MAX: u64 = 4096;

/// A table map that is not read yet: most repeat one that is known, see [`Tables`](crate::Tables).
#[derive(Clone, Copy, Debug)]
pub struct TableMapEvent<'a> {
    /// The number by which rows events refer to the map.
    pub table_id: u64,
    /// The bytes behind the number.
    pub(crate) body: &'a [u8],
    pub(crate) mariadb: bool,
    header: Header,
}

/// What the log says of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableMap {
    /// The number by which rows events refer to the map.
    pub table_id: u64,
    /// The table.
    pub name: TableName,
    /// Its columns, in the order of the row images.
    pub columns: Vec<MappedColumn>,
    /// The primary key, if it is said: indexes of columns, each with the length of its prefix if not all of it counts.
    /// `binlog_row_metadata = FULL` says it of every table that has one.
    pub primary_key: Vec<(usize, Option<u32>)>,
    /// Whether MariaDB wrote it.
    pub(crate) mariadb: bool,
}

/// What the log says of a column. What depends on `binlog_row_metadata` is `None` where it is not said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedColumn {
    /// How its values are written.
    pub wire: WireType,
    /// Whether NULL may stand in it.
    pub nullable: bool,
    /// Whether it is UNSIGNED, for numbers.
    pub unsigned: Option<bool>,
    /// Its collation id, for texts (63 for binary strings), ENUM and SET.
    pub collation: Option<u16>,
    /// Its name.
    pub name: Option<Arc<str>>,
    /// The members of its ENUM or SET, in its character set.
    pub members: Option<Vec<Box<[u8]>>>,
    /// The type of its geometry.
    pub spatial: Option<SpatialType>,
    /// Whether `SELECT *` shows it.
    pub visible: Option<bool>,
    /// The number of dimensions of its VECTOR.
    pub dimensions: Option<u32>,
}

impl<'a> TableMapEvent<'a> {
    pub(crate) fn read(
        header: Header,
        fixed_length: u8,
        mariadb: bool,
        mut body: Fields<'a>,
    ) -> Result<Self, Problem> {
        let table_id = body.uint(table_id_length(fixed_length), "the table id")?;
        Ok(Self { table_id, body: body.0, mariadb, header })
    }

    /// Returns an event that was kept.
    pub(crate) fn again(header: Header, table_id: u64, mariadb: bool, body: &'a [u8]) -> Self {
        Self { table_id, body, mariadb, header }
    }

    /// Reads the map.
    ///
    /// # Errors
    /// If it is damaged, or has a type of column that cannot be read.
    pub fn parse(&self) -> Result<TableMap, Error> {
        TableMap::read(self.table_id, self.mariadb, Fields(self.body))
            .map_err(|problem| problem.of(&self.header))
    }

    /// Returns the header of the event.
    pub fn header(&self) -> &Header {
        &self.header
    }
}

/// Table ids have 6 bytes; MySQL 5.1.3 and older wrote 4.
pub(crate) fn table_id_length(fixed_length: u8) -> usize {
    if fixed_length == 6 { 4 } else { 6 }
}

impl TableMap {
    fn read(table_id: u64, mariadb: bool, mut body: Fields<'_>) -> Result<Self, Problem> {
        body.u16("the flags")?;
        let schema = text(body.short_bytes("the schema's name")?, "the schema's name")?;
        body.u8("the end of the schema's name")?;
        let table = text(body.short_bytes("the table's name")?, "the table's name")?;
        body.u8("the end of the table's name")?;
        let name = TableName::new(schema, table);
        let count = body.length_encoded("the number of columns")?;
        if count > COLUMNS_MAX {
            return Err(Problem::invalid(format!("it has {count} columns, more than a table can have")));
        }
        let types = body.take(usize::try_from(count).unwrap_or(usize::MAX), "the types of the columns")?;
        let mut wire_metadata = Fields(body.length_encoded_bytes("the metadata of the types")?);
        let nullable = body.take(types.len().div_ceil(8), "which columns may be NULL")?;
        let mut columns = Vec::with_capacity(types.len());
        for (index, code) in types.iter().enumerate() {
            let wire =
                WireType::read(*code, mariadb, &mut wire_metadata).map_err(|problem| match problem {
                    Problem::Stop { why, remedy } => {
                        Problem::stop(format!("column {} of table {name} {why}", index + 1), remedy)
                    }
                    other => other,
                })?;
            columns.push(MappedColumn::new(wire, bit(nullable, index)));
        }
        let mut map = Self { table_id, name, columns, primary_key: Vec::new(), mariadb };
        metadata::read(&mut map, body)?;
        Ok(map)
    }

    /// Returns how many of the columns are JSON.
    pub(crate) fn json_columns(&self) -> usize {
        self.columns.iter().filter(|column| column.wire == WireType::Json).count()
    }
}

impl MappedColumn {
    fn new(wire: WireType, nullable: bool) -> Self {
        Self {
            wire,
            nullable,
            unsigned: None,
            collation: None,
            name: None,
            members: None,
            spatial: None,
            visible: None,
            dimensions: None,
        }
    }
}

/// Returns bit `index` of a bitmap, lowest bit of the first byte first; bits behind its end are 0.
#[inline]
pub(crate) fn bit(bitmap: &[u8], index: usize) -> bool {
    bitmap.get(index / 8).is_some_and(|byte| byte >> (index % 8) & 1 == 1)
}
