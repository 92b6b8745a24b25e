//! Typed access to the values of an image column, as far as planning needs it.

use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BinaryArray, PrimitiveArray, cast::AsArray as _, types as t,
};

/// The values of a key column.
pub(crate) enum Values<'a> {
    /// Numbers of up to 64 bits.
    Integers(Integers<'a>),
    /// DECIMAL of up to 38 digits, with its scale.
    Decimal128(&'a PrimitiveArray<t::Decimal128Type>, i8),
    /// DECIMAL of up to 65 digits, with its scale.
    Decimal256(&'a PrimitiveArray<t::Decimal256Type>, i8),
    /// FLOAT.
    Float32(&'a PrimitiveArray<t::Float32Type>),
    /// DOUBLE.
    Float64(&'a PrimitiveArray<t::Float64Type>),
    /// Everything held as bytes.
    Bytes(&'a BinaryArray),
}

/// Numbers of up to 64 bits, dates and times among them.
pub(crate) enum Integers<'a> {
    I8(&'a [i8]),
    I16(&'a [i16]),
    I32(&'a [i32]),
    I64(&'a [i64]),
    U8(&'a [u8]),
    U16(&'a [u16]),
    U32(&'a [u32]),
    U64(&'a [u64]),
}

impl Integers<'_> {
    /// Calls `put(row, value)` for every row.
    pub(crate) fn for_each(&self, mut put: impl FnMut(usize, i128)) {
        macro_rules! each {
            ($values:expr) => {
                for (row, value) in $values.iter().enumerate() {
                    put(row, i128::from(*value));
                }
            };
        }
        match self {
            Self::I8(values) => each!(values),
            Self::I16(values) => each!(values),
            Self::I32(values) => each!(values),
            Self::I64(values) => each!(values),
            Self::U8(values) => each!(values),
            Self::U16(values) => each!(values),
            Self::U32(values) => each!(values),
            Self::U64(values) => each!(values),
        }
    }

    /// Returns the value of a row.
    pub(crate) fn get(&self, row: usize) -> i128 {
        match self {
            Self::I8(values) => values[row].into(),
            Self::I16(values) => values[row].into(),
            Self::I32(values) => values[row].into(),
            Self::I64(values) => values[row].into(),
            Self::U8(values) => values[row].into(),
            Self::U16(values) => values[row].into(),
            Self::U32(values) => values[row].into(),
            Self::U64(values) => values[row].into(),
        }
    }
}

impl<'a> Values<'a> {
    /// Looks at an array; `None` if it is of no type that a column has.
    pub(crate) fn of(array: &'a ArrayRef) -> Option<Self> {
        use arrow_array::types as ty;
        fn slice<T: ArrowPrimitiveType>(array: &ArrayRef) -> Option<&[T::Native]> {
            array.as_primitive_opt::<T>().map(|array| &**array.values())
        }
        if let Some(bytes) = array.as_binary_opt::<i32>() {
            return Some(Self::Bytes(bytes));
        }
        let integers = if let Some(values) = slice::<ty::Int8Type>(array) {
            Integers::I8(values)
        } else if let Some(values) = slice::<ty::Int16Type>(array) {
            Integers::I16(values)
        } else if let Some(values) = slice::<ty::Int32Type>(array).or_else(|| slice::<ty::Date32Type>(array))
        {
            Integers::I32(values)
        } else if let Some(values) = slice::<ty::Int64Type>(array)
            .or_else(|| slice::<ty::TimestampMicrosecondType>(array))
            .or_else(|| slice::<ty::DurationMicrosecondType>(array))
        {
            Integers::I64(values)
        } else if let Some(values) = slice::<ty::UInt8Type>(array) {
            Integers::U8(values)
        } else if let Some(values) = slice::<ty::UInt16Type>(array) {
            Integers::U16(values)
        } else if let Some(values) = slice::<ty::UInt32Type>(array) {
            Integers::U32(values)
        } else if let Some(values) = slice::<ty::UInt64Type>(array) {
            Integers::U64(values)
        } else {
            return Self::others(array);
        };
        Some(Self::Integers(integers))
    }

    fn others(array: &'a ArrayRef) -> Option<Self> {
        if let Some(values) = array.as_primitive_opt::<t::Decimal128Type>() {
            return Some(Self::Decimal128(values, values.scale()));
        }
        if let Some(values) = array.as_primitive_opt::<t::Decimal256Type>() {
            return Some(Self::Decimal256(values, values.scale()));
        }
        if let Some(values) = array.as_primitive_opt::<t::Float32Type>() {
            return Some(Self::Float32(values));
        }
        array.as_primitive_opt::<t::Float64Type>().map(Self::Float64)
    }

    /// Appends the very bytes of a value.
    pub(crate) fn write_exact(&self, row: usize, out: &mut Vec<u8>) {
        match self {
            Self::Integers(values) => out.extend_from_slice(&values.get(row).to_le_bytes()),
            Self::Decimal128(values, _) => out.extend_from_slice(&values.value(row).to_le_bytes()),
            Self::Decimal256(values, _) => out.extend_from_slice(&values.value(row).to_le_bytes()),
            Self::Float32(values) => out.extend_from_slice(&values.value(row).to_bits().to_le_bytes()),
            Self::Float64(values) => out.extend_from_slice(&values.value(row).to_bits().to_le_bytes()),
            Self::Bytes(values) => out.extend_from_slice(values.value(row)),
        }
    }
}

/// Tells for each row whether the value is NULL; `None` if none is.
pub(crate) fn nulls(array: &ArrayRef) -> Option<&arrow_buffer::NullBuffer> {
    array.nulls().filter(|nulls| nulls.null_count() > 0)
}
