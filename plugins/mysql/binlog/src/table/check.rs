//! Compares what the log says of a table with the schema in use, and finds how each column is read.

use crate::{MappedColumn, Mismatch, TableMap, WireType, column::Reader};
use tidegate_model::{Column, ColumnKind, IntWidth, TableSchema, charset::Charset, decimal};

impl TableMap {
    /// Compares everything that the map says with a schema: number of columns, types, lengths, precision, signedness,
    /// character sets, members, names.
    ///
    /// # Errors
    /// With the first difference.
    pub fn check(&self, schema: &TableSchema) -> Result<(), Mismatch> {
        self.readers(schema).map(|_| ())
    }

    pub(super) fn readers(&self, schema: &TableSchema) -> Result<Vec<Reader>, Mismatch> {
        let mismatch = |what: String| Mismatch { table: self.name.clone(), what: what.into() };
        let (mapped, known) = (self.columns.len(), schema.columns.len());
        if mapped != known {
            return Err(mismatch(format!("the log has {mapped} columns, the schema {known}")));
        }
        let columns = self.columns.iter().zip(&schema.columns).enumerate();
        columns
            .map(|(index, (mapped, column))| {
                mapped.reader(column).map_err(|difference| {
                    mismatch(format!("column {} `{}`: {difference}", index + 1, column.name))
                })
            })
            .collect()
    }
}

impl MappedColumn {
    fn reader(&self, column: &Column) -> Result<Reader, String> {
        if let Some(name) = &self.name
            && *name != column.name
        {
            return Err(format!("the log calls it `{name}`"));
        }
        let reader = reader(self.wire, &column.kind).ok_or_else(|| {
            format!("the log has {}, the schema {}", describe(self.wire), describe_kind(&column.kind))
        })?;
        self.check_sign(&column.kind)?;
        self.check_collation(&column.kind)?;
        self.check_details(&column.kind)?;
        Ok(reader)
    }

    fn check_sign(&self, kind: &ColumnKind) -> Result<(), String> {
        let own = match kind {
            ColumnKind::Int { unsigned, .. }
            | ColumnKind::Float { unsigned }
            | ColumnKind::Double { unsigned }
            | ColumnKind::Decimal { unsigned, .. } => *unsigned,
            _ => return Ok(()),
        };
        let word = |unsigned| if unsigned { "UNSIGNED" } else { "signed" };
        match self.unsigned {
            Some(mapped) if mapped != own => {
                Err(format!("the log says that it is {}, the schema {}", word(mapped), word(own)))
            }
            _ => Ok(()),
        }
    }

    /// Compares what only `binlog_row_metadata = FULL` says.
    fn check_details(&self, kind: &ColumnKind) -> Result<(), String> {
        match kind {
            ColumnKind::Enum { members, .. } | ColumnKind::Set { members, .. } => {
                let mapped = self.text_members();
                if mapped.as_ref().is_some_and(|mapped| mapped != members) {
                    return Err("the log lists other members than the schema".to_owned());
                }
            }
            ColumnKind::Vector { dimensions } => {
                if let Some(mapped) = self.dimensions
                    && mapped != *dimensions
                    && *dimensions != 0
                {
                    return Err(format!("the log has {mapped} dimensions, the schema {dimensions}"));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn check_collation(&self, kind: &ColumnKind) -> Result<(), String> {
        const BINARY: u16 = 63;
        let own = match kind {
            ColumnKind::Binary { .. }
            | ColumnKind::Varbinary { .. }
            | ColumnKind::Blob { .. }
            | ColumnKind::Fixed { .. } => BINARY,
            kind => kind.collation().unwrap_or(0),
        };
        match self.collation {
            Some(mapped) if own != 0 && mapped != own => {
                Err(format!("the log has it in collation {mapped}, the schema in {own}"))
            }
            _ => Ok(()),
        }
    }
}

/// Returns how values that are written as `wire` are read into a column of `kind`; `None` if one is not the other.
fn reader(wire: WireType, kind: &ColumnKind) -> Option<Reader> {
    // At most 4.
    let length_bytes = wire.length_bytes() as u8;
    Some(match (wire, kind) {
        (_, ColumnKind::Int { width, unsigned }) => return integer(wire, *width, *unsigned),
        (WireType::Float, ColumnKind::Float { .. }) => Reader::F32,
        (WireType::Double, ColumnKind::Double { .. }) => Reader::F64,
        (WireType::NewDecimal { precision, scale }, ColumnKind::Decimal { precision: p, scale: s, .. })
            if precision == *p && scale == *s =>
        {
            let bytes = u8::try_from(decimal::binary_size(precision, scale)?).ok()?;
            if precision <= decimal::PRECISION_MAX_I128 {
                Reader::Decimal128 { precision, scale, bytes }
            } else {
                Reader::Decimal256 { precision, scale, bytes }
            }
        }
        (WireType::Bit { bits }, ColumnKind::Bit { bits: own }) if bits == *own => {
            Reader::Bit { bytes: bits.div_ceil(8) }
        }
        (WireType::Year, ColumnKind::Year) => Reader::Year,
        (WireType::Date, ColumnKind::Date) => Reader::Date,
        (WireType::OldTime { fsp }, ColumnKind::Time { fsp: own }) if fsp.is_none_or(|fsp| fsp == *own) => {
            Reader::OldTime { fsp: *own }
        }
        (WireType::OldDateTime { fsp }, ColumnKind::DateTime { fsp: own })
            if fsp.is_none_or(|fsp| fsp == *own) =>
        {
            Reader::OldDateTime { fsp: *own }
        }
        (WireType::OldTimestamp { fsp }, ColumnKind::Timestamp { fsp: own })
            if fsp.is_none_or(|fsp| fsp == *own) =>
        {
            Reader::OldTimestamp { fsp: *own }
        }
        (WireType::Time2 { fsp }, ColumnKind::Time { fsp: own }) if fsp == *own => Reader::Time2 { fsp },
        (WireType::DateTime2 { fsp }, ColumnKind::DateTime { fsp: own }) if fsp == *own => {
            Reader::DateTime2 { fsp }
        }
        (WireType::Timestamp2 { fsp }, ColumnKind::Timestamp { fsp: own }) if fsp == *own => {
            Reader::Timestamp2 { fsp }
        }
        (WireType::Enum { bytes }, ColumnKind::Enum { members, .. })
            if bytes == enum_bytes(members.len()) =>
        {
            Reader::Enum { bytes }
        }
        (WireType::Set { bytes }, ColumnKind::Set { members, .. }) if bytes == set_bytes(members.len()) => {
            Reader::Set { bytes }
        }
        (WireType::String { length }, ColumnKind::Binary { length: own }) if u32::from(length) == *own => {
            Reader::Padded { length_bytes, length: *own }
        }
        (WireType::String { length }, ColumnKind::Fixed { fixed })
            if usize::from(length) == fixed.bytes() =>
        {
            Reader::Fixed { fixed: *fixed }
        }
        (WireType::String { length }, ColumnKind::Char { length: own, collation })
        | (WireType::Varchar { length }, ColumnKind::Varchar { length: own, collation })
            if fits(length, *own, *collation) =>
        {
            Reader::Bytes { length_bytes }
        }
        (WireType::Varchar { length }, ColumnKind::Varbinary { length: own })
            if u32::from(length) == *own =>
        {
            Reader::Bytes { length_bytes }
        }
        (
            WireType::Blob { .. },
            ColumnKind::Text { length_bytes: own, .. } | ColumnKind::Blob { length_bytes: own },
        ) if length_bytes == *own => Reader::Bytes { length_bytes },
        (WireType::Json, ColumnKind::Json)
        | (WireType::Geometry { .. }, ColumnKind::Geometry { .. })
        | (WireType::Vector { .. }, ColumnKind::Vector { .. }) => Reader::Bytes { length_bytes },
        (
            WireType::CompressedBlob { .. },
            ColumnKind::Text { length_bytes: own, .. } | ColumnKind::Blob { length_bytes: own },
        ) if length_bytes == *own => Reader::Compressed { length_bytes },
        // A byte of the value's says how it is compressed.
        (WireType::CompressedVarchar { length }, ColumnKind::Varchar { length: own, collation })
            if fits(length.saturating_sub(1), *own, *collation) =>
        {
            Reader::Compressed { length_bytes }
        }
        (WireType::CompressedVarchar { length }, ColumnKind::Varbinary { length: own })
            if u32::from(length) == *own + 1 =>
        {
            Reader::Compressed { length_bytes }
        }
        _ => return None,
    })
}

fn integer(wire: WireType, width: IntWidth, unsigned: bool) -> Option<Reader> {
    Some(match (wire, width, unsigned) {
        (WireType::Tiny, IntWidth::W8, false) => Reader::I8,
        (WireType::Tiny, IntWidth::W8, true) => Reader::U8,
        (WireType::Short, IntWidth::W16, false) => Reader::I16,
        (WireType::Short, IntWidth::W16, true) => Reader::U16,
        (WireType::Int24, IntWidth::W24, false) => Reader::I24,
        (WireType::Int24, IntWidth::W24, true) => Reader::U24,
        (WireType::Long, IntWidth::W32, false) => Reader::I32,
        (WireType::Long, IntWidth::W32, true) => Reader::U32,
        (WireType::LongLong, IntWidth::W64, false) => Reader::I64,
        (WireType::LongLong, IntWidth::W64, true) => Reader::U64,
        _ => return None,
    })
}

impl WireType {
    /// Returns the type with the fractional digits that the schema knows, where the log does not tell them.
    pub(super) fn told_by(self, kind: &ColumnKind) -> Self {
        match (self, kind) {
            (Self::OldTime { .. }, ColumnKind::Time { fsp }) => Self::OldTime { fsp: Some(*fsp) },
            (Self::OldDateTime { .. }, ColumnKind::DateTime { fsp }) => Self::OldDateTime { fsp: Some(*fsp) },
            (Self::OldTimestamp { .. }, ColumnKind::Timestamp { fsp }) => {
                Self::OldTimestamp { fsp: Some(*fsp) }
            }
            (other, _) => other,
        }
    }
}

/// An ENUM of up to 255 members has one byte.
fn enum_bytes(members: usize) -> u8 {
    if members < 256 { 1 } else { 2 }
}

/// A SET has a bit a member, in 1, 2, 3, 4 or 8 bytes.
fn set_bytes(members: usize) -> u8 {
    match members.div_ceil(8) {
        0 | 1 => 1,
        bytes @ 2..=4 => bytes as u8,
        _ => 8,
    }
}

/// Tells whether a text column of `own` characters has `length` bytes; what is not known fits.
fn fits(length: u16, own: u32, collation: u16) -> bool {
    let Some(charset) = Charset::of_collation(collation) else { return true };
    own == 0 || u32::from(length) == own * u32::from(charset.max_bytes_per_char())
}

fn describe(wire: WireType) -> String {
    match wire {
        WireType::String { length } => format!("CHAR or BINARY of {length} bytes"),
        WireType::Varchar { length } => format!("VARCHAR or VARBINARY of {length} bytes"),
        WireType::NewDecimal { precision, scale } => format!("DECIMAL({precision},{scale})"),
        other => format!("{other:?}"),
    }
}

fn describe_kind(kind: &ColumnKind) -> String {
    match kind {
        ColumnKind::Enum { members, .. } => format!("ENUM of {} members", members.len()),
        ColumnKind::Set { members, .. } => format!("SET of {} members", members.len()),
        other => format!("{other:?}"),
    }
}
