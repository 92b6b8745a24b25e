//! Expressions with types: a tree bound to the columns of a table, every meaning decided.

mod bind;
mod compare;
mod number;

pub(crate) use bind::Binder;

use crate::{
    collation::Collating,
    document::Leg,
    pattern::Like,
    syntax::{Arithmetic, Comparison},
};
use arrow_buffer::i256;
use regex::Regex;
use std::sync::Arc;
use tidegate_model::charset::Charset;

/// What is true, false or NULL of a row. Columns are named by their index among the table's.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Constant(Option<bool>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
    IsNull(Operand),
    Is(Box<Condition>, bool),
    IsNotZero(Number),
    Numbers(Comparison, Number, Number),
    Texts(Comparison, Text, Other<Text>, Collating),
    Bytes(Comparison, usize, Other<usize>),
    Moments(Comparison, Moment, Moment),
    Json(Comparison, Path, JsonConstant),
    Like(Text, Like),
    Regexp(Text, Regex),
}

/// The other side of a comparison.
#[derive(Clone, Debug)]
pub(crate) enum Other<T> {
    Constant(Vec<u8>),
    Rows(T),
}

/// A value of any type.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    Null,
    Truth(Box<Condition>),
    Number(Number),
    /// A constant, whose meaning hangs on what it is compared with.
    TextConstant(String),
    BytesConstant(Vec<u8>),
    Text(Text, Collating),
    /// An ENUM's or SET's value: a number or its labels.
    Labels(Text, Option<Collating>, usize),
    /// Text of a collation that is not known here, by its name.
    Unknown(usize, String),
    Bytes(usize),
    Moment(Moment),
    Json(Path),
    /// A value of a type that no expression takes, by its name.
    Foreign(usize, &'static str),
}

/// What a number is held as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Integer { unsigned: bool },
    Decimal { precision: u8, scale: u8 },
    Double,
}

/// A number.
#[derive(Clone, Debug)]
pub(crate) enum Number {
    Integer(i128),
    Decimal {
        value: i256,
        precision: u8,
        scale: u8,
    },
    Double(f64),
    Column {
        column: usize,
        form: Form,
        source: NumberSource,
    },
    Truth(Box<Condition>),
    /// The number that a text begins with.
    OfText(Box<Text>),
    Negate(Box<Number>),
    Arithmetic(Arithmetic, Box<Number>, Box<Number>),
}

/// The kinds of columns whose numbers MySQL compares with constants in ways of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberSource {
    Plain,
    Bit,
    Year,
}

/// Text.
#[derive(Clone, Debug)]
pub(crate) enum Text {
    Column {
        column: usize,
        charset: Charset,
    },
    /// The label of an ENUM's value.
    Member {
        column: usize,
        members: Arc<[Arc<str>]>,
    },
    /// The labels of a SET's value, with commas.
    Members {
        column: usize,
        members: Arc<[Arc<str>]>,
    },
    /// What `->>` finds.
    Path(Path),
}

/// A place in the documents of a column.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub(crate) column: usize,
    pub(crate) legs: Vec<Leg>,
}

/// What a document's value is compared with.
#[derive(Clone, Debug)]
pub(crate) enum JsonConstant {
    Integer(i128),
    Text(String),
    Bool(bool),
}

/// A date or time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Date(usize),
    DateTime(usize),
    /// With the distance of the rule's time zone from UTC, in microseconds.
    Timestamp(usize, i64),
    /// With the digits of its fraction.
    Time(usize, u8),
    /// By its key.
    DateTimeConstant(i64),
    TimeConstant(i64, u8),
}

impl Moment {
    pub(crate) fn is_time(self) -> bool {
        matches!(self, Self::Time(..) | Self::TimeConstant(..))
    }
}
