//! Typed vectors of values.

use super::{Budget, Fault};
use arrow_array::{
    Array, ArrayRef, BinaryArray, Date32Array, Decimal128Array, Decimal256Array, DurationMicrosecondArray,
    Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Int64Array, TimestampMicrosecondArray,
    UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer, i256};
use std::sync::Arc;
use tidegate_model::{ColumnKind, IntWidth};

/// Arrow counts the bytes of a column in 31 bits.
const BYTES_MAX: usize = i32::MAX as usize;
/// The least room for values of variable length.
const BYTES_MIN: usize = 64;

/// The values of a column, in the form of their Arrow array.
#[derive(Debug)]
pub(super) enum Values {
    I8(Vec<i8>),
    U8(Vec<u8>),
    I16(Vec<i16>),
    U16(Vec<u16>),
    I32(Vec<i32>),
    U32(Vec<u32>),
    I64(Vec<i64>),
    U64(Vec<u64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    I128(Vec<i128>),
    I256(Vec<i256>),
    Bytes(Bytes),
}

/// Values of variable length, one behind the other; `ends` begins with a 0.
#[derive(Debug)]
pub(super) struct Bytes {
    ends: Vec<i32>,
    values: Vec<u8>,
}

/// Does the same for whatever vector the values are in.
macro_rules! each {
    ($values:expr, $vector:ident => $plain:expr, $bytes:ident => $other:expr) => {
        match $values {
            Values::I8($vector) => $plain,
            Values::U8($vector) => $plain,
            Values::I16($vector) => $plain,
            Values::U16($vector) => $plain,
            Values::I32($vector) => $plain,
            Values::U32($vector) => $plain,
            Values::I64($vector) => $plain,
            Values::U64($vector) => $plain,
            Values::F32($vector) => $plain,
            Values::F64($vector) => $plain,
            Values::I128($vector) => $plain,
            Values::I256($vector) => $plain,
            Values::Bytes($bytes) => $other,
        }
    };
}

fn width<T>(_: &[T]) -> usize {
    size_of::<T>()
}

fn reserve<T>(values: &mut Vec<T>, length: usize) {
    values.reserve_exact(length.saturating_sub(values.len()));
}

impl Bytes {
    /// Adds a value.
    #[inline]
    pub(super) fn push(&mut self, value: &[u8], budget: &mut Budget) -> Result<(), Fault> {
        self.room(value.len(), budget)?;
        self.values.extend_from_slice(value);
        self.end();
        Ok(())
    }

    /// Adds a value that is filled up to `length` bytes with zero bytes.
    pub(super) fn push_padded(
        &mut self,
        value: &[u8],
        length: usize,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let length = length.max(value.len());
        self.room(length, budget)?;
        let end = self.values.len() + length;
        self.values.extend_from_slice(value);
        self.values.resize(end, 0);
        self.end();
        Ok(())
    }

    #[inline]
    fn room(&mut self, more: usize, budget: &mut Budget) -> Result<(), Fault> {
        let needed = self.values.len() + more;
        if needed <= self.values.capacity() { Ok(()) } else { self.grow(needed, budget) }
    }

    #[cold]
    fn grow(&mut self, needed: usize, budget: &mut Budget) -> Result<(), Fault> {
        if needed > BYTES_MAX {
            return Err(if self.ends.len() > 1 {
                Fault::Full
            } else {
                Fault::Bad("the value has 2 GiB or more")
            });
        }
        let capacity = budget.grow(self.values.capacity(), needed, BYTES_MIN, 8)?;
        reserve(&mut self.values, capacity.min(BYTES_MAX));
        Ok(())
    }

    #[inline]
    fn end(&mut self) {
        // `grow` keeps the length within i32.
        self.ends.push(self.values.len() as i32);
    }

    fn truncate(&mut self, rows: usize) {
        self.ends.truncate(rows + 1);
        let end = self.ends.last().map_or(0, |end| *end as usize);
        self.values.truncate(end);
    }
}

impl Values {
    pub(super) fn new(kind: &ColumnKind) -> Self {
        use IntWidth::{W8, W16, W24, W32, W64};
        match kind {
            ColumnKind::Int { width, unsigned } => match (width, unsigned) {
                (W8, false) => Self::I8(Vec::new()),
                (W8, true) => Self::U8(Vec::new()),
                (W16, false) => Self::I16(Vec::new()),
                (W16, true) => Self::U16(Vec::new()),
                (W24 | W32, false) => Self::I32(Vec::new()),
                (W24 | W32, true) => Self::U32(Vec::new()),
                (W64, false) => Self::I64(Vec::new()),
                (W64, true) => Self::U64(Vec::new()),
            },
            ColumnKind::Bit { .. } | ColumnKind::Set { .. } => Self::U64(Vec::new()),
            ColumnKind::Year | ColumnKind::Enum { .. } => Self::U16(Vec::new()),
            ColumnKind::Decimal { precision, .. } if *precision <= 38 => Self::I128(Vec::new()),
            ColumnKind::Decimal { .. } => Self::I256(Vec::new()),
            ColumnKind::Float { .. } => Self::F32(Vec::new()),
            ColumnKind::Double { .. } => Self::F64(Vec::new()),
            ColumnKind::Date => Self::I32(Vec::new()),
            ColumnKind::DateTime { .. } | ColumnKind::Timestamp { .. } | ColumnKind::Time { .. } => {
                Self::I64(Vec::new())
            }
            ColumnKind::Char { .. }
            | ColumnKind::Varchar { .. }
            | ColumnKind::Text { .. }
            | ColumnKind::Binary { .. }
            | ColumnKind::Varbinary { .. }
            | ColumnKind::Blob { .. }
            | ColumnKind::Json
            | ColumnKind::Geometry { .. }
            | ColumnKind::Vector { .. }
            | ColumnKind::Fixed { .. } => Self::Bytes(Bytes { ends: vec![0], values: Vec::new() }),
        }
    }

    /// Returns the bytes of a value, apart from what is of variable length.
    pub(super) fn width(&self) -> usize {
        each!(self, values => width(values), bytes => width(&bytes.ends))
    }

    pub(super) fn reserve(&mut self, rows: usize) {
        each!(self, values => reserve(values, rows), bytes => reserve(&mut bytes.ends, rows + 1));
    }

    pub(super) fn push_default(&mut self) {
        each!(self, values => values.push(Default::default()), bytes => bytes.end());
    }

    pub(super) fn truncate(&mut self, rows: usize) {
        each!(self, values => values.truncate(rows), bytes => bytes.truncate(rows));
    }

    pub(super) fn finish(self, kind: &ColumnKind, nulls: Option<NullBuffer>) -> ArrayRef {
        match (self, kind) {
            (Self::I8(values), _) => array(Int8Array::new(values.into(), nulls)),
            (Self::U8(values), _) => array(UInt8Array::new(values.into(), nulls)),
            (Self::I16(values), _) => array(Int16Array::new(values.into(), nulls)),
            (Self::U16(values), _) => array(UInt16Array::new(values.into(), nulls)),
            (Self::I32(values), ColumnKind::Date) => array(Date32Array::new(values.into(), nulls)),
            (Self::I32(values), _) => array(Int32Array::new(values.into(), nulls)),
            (Self::U32(values), _) => array(UInt32Array::new(values.into(), nulls)),
            (Self::I64(values), ColumnKind::DateTime { .. }) => {
                array(TimestampMicrosecondArray::new(values.into(), nulls))
            }
            (Self::I64(values), ColumnKind::Timestamp { .. }) => {
                array(TimestampMicrosecondArray::new(values.into(), nulls).with_timezone("UTC"))
            }
            (Self::I64(values), ColumnKind::Time { .. }) => {
                array(DurationMicrosecondArray::new(values.into(), nulls))
            }
            (Self::I64(values), _) => array(Int64Array::new(values.into(), nulls)),
            (Self::U64(values), _) => array(UInt64Array::new(values.into(), nulls)),
            (Self::F32(values), _) => array(Float32Array::new(values.into(), nulls)),
            (Self::F64(values), _) => array(Float64Array::new(values.into(), nulls)),
            (Self::I128(values), kind) => decimal128(values.into(), nulls, kind),
            (Self::I256(values), kind) => decimal256(values.into(), nulls, kind),
            (Self::Bytes(bytes), _) => {
                let ends = OffsetBuffer::new(ScalarBuffer::from(bytes.ends));
                array(BinaryArray::new(ends, Buffer::from_vec(bytes.values), nulls))
            }
        }
    }
}

fn array(array: impl Array + 'static) -> ArrayRef {
    Arc::new(array)
}

fn precision_and_scale(kind: &ColumnKind) -> (u8, i8) {
    match kind {
        ColumnKind::Decimal { precision, scale, .. } => (*precision, scale.cast_signed()),
        _ => (0, 0),
    }
}

/// Precision and scale are valid where a table map has passed the check against the schema.
fn decimal128(values: ScalarBuffer<i128>, nulls: Option<NullBuffer>, kind: &ColumnKind) -> ArrayRef {
    let (precision, scale) = precision_and_scale(kind);
    let plain = Decimal128Array::new(values, nulls);
    array(plain.clone().with_precision_and_scale(precision, scale).unwrap_or(plain))
}

/// As [`decimal128`].
fn decimal256(values: ScalarBuffer<i256>, nulls: Option<NullBuffer>, kind: &ColumnKind) -> ArrayRef {
    let (precision, scale) = precision_and_scale(kind);
    let plain = Decimal256Array::new(values, nulls);
    array(plain.clone().with_precision_and_scale(precision, scale).unwrap_or(plain))
}
