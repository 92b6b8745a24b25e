//! A whole document as a stream of events.

use super::value::{Raw, Value};
use super::{DEPTH_MAX, Malformed, Opaque};

/// A step of the walk through a document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event<'a> {
    /// An array with so many elements begins.
    ArrayStart(usize),
    /// The innermost open array ends.
    ArrayEnd,
    /// An object with so many members begins.
    ObjectStart(usize),
    /// The key of the innermost open object's next member, whose value follows.
    Key(&'a str),
    /// The innermost open object ends.
    ObjectEnd,
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    Uint(u64),
    /// A double.
    Double(f64),
    /// A string.
    String(&'a str),
    /// A value of an SQL type.
    Opaque(Opaque<'a>),
}

/// Calls `on` for each step of a document, in the order of its text.
///
/// # Errors
/// What `on` answers, and a [`Malformed`] document; `on` then has seen the part before.
pub fn walk<'a, E: From<Malformed>>(
    document: &'a [u8],
    on: &mut impl FnMut(Event<'a>) -> Result<(), E>,
) -> Result<(), E> {
    let mut steps = Steps { left: document.len() + 1 };
    steps.value(Raw::of_document(document)?, DEPTH_MAX, on)
}

/// Checks a whole document: afterwards nothing else here answers [`Malformed`] for it.
///
/// # Errors
/// If it is malformed.
pub fn validate(document: &[u8]) -> Result<(), Malformed> {
    walk(document, &mut |_| Ok(()))
}

/// Tells whether a document holds an opaque value, so that its text does not read back as the same document.
///
/// # Errors
/// If it is malformed (before the first opaque value).
pub fn has_opaque(document: &[u8]) -> Result<bool, Malformed> {
    /// Why the walk ended early.
    enum End {
        Found,
        Malformed(Malformed),
    }
    impl From<Malformed> for End {
        fn from(malformed: Malformed) -> Self {
            Self::Malformed(malformed)
        }
    }
    let found = walk(document, &mut |event| match event {
        Event::Opaque(_) => Err(End::Found),
        _ => Ok(()),
    });
    match found {
        Ok(()) => Ok(false),
        Err(End::Found) => Ok(true),
        Err(End::Malformed(malformed)) => Err(malformed),
    }
}

/// Bounds the work on a damaged document whose offsets meet: every value takes bytes of its own, so that there are no
/// more values than bytes.
pub(super) struct Steps {
    pub(super) left: usize,
}

impl Steps {
    pub(super) fn take(&mut self) -> Result<(), Malformed> {
        self.left = self.left.checked_sub(1).ok_or(Malformed::Overlap)?;
        Ok(())
    }

    fn value<'a, E: From<Malformed>>(
        &mut self,
        raw: Raw<'a>,
        depth_left: usize,
        on: &mut impl FnMut(Event<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.take()?;
        let inner = || depth_left.checked_sub(1).ok_or(Malformed::Depth);
        match raw.value()? {
            Value::Null => on(Event::Null),
            Value::Bool(value) => on(Event::Bool(value)),
            Value::Int(value) => on(Event::Int(value)),
            Value::Uint(value) => on(Event::Uint(value)),
            Value::Double(value) => on(Event::Double(value)),
            Value::String(value) => on(Event::String(value)),
            Value::Opaque(value) => on(Event::Opaque(value)),
            Value::Array(array) => {
                let depth = inner()?;
                on(Event::ArrayStart(array.len()))?;
                for index in 0..array.len() {
                    self.value(array.raw(index)?, depth, on)?;
                }
                on(Event::ArrayEnd)
            }
            Value::Object(object) => {
                let depth = inner()?;
                on(Event::ObjectStart(object.len()))?;
                for index in 0..object.len() {
                    on(Event::Key(object.key(index)?))?;
                    self.value(object.raw(index)?, depth, on)?;
                }
                on(Event::ObjectEnd)
            }
        }
    }
}
