//! The crash points of the engine, of the kind that `tidegate_crash` describes.

/// A step between two others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// A part of a dead letter is in its file.
    LetterTorn,
    /// Dead letters are written, and not durable.
    LetterWritten,
    /// Dead letters are durable, and nobody has got the rows behind them.
    LetterDurable,
    /// At a reset the sink has forgotten everything, and the dead letters are where they were.
    LettersStale,
}

#[cfg(feature = "crash-points")]
impl Point {
    /// Returns the name that the environment variable takes.
    fn name(self) -> &'static str {
        match self {
            Self::LetterTorn => "letter-torn",
            Self::LetterWritten => "letter-written",
            Self::LetterDurable => "letter-durable",
            Self::LettersStale => "letters-stale",
        }
    }
}

/// Aborts the process if a test asked for it.
#[cfg(feature = "crash-points")]
pub(crate) fn reach(point: Point) {
    tidegate_crash::reach(point.name());
}

/// Tells whether a test wants the process to die within this step.
#[cfg(feature = "crash-points")]
pub(crate) fn is_chosen(point: Point) -> bool {
    tidegate_crash::is_chosen(point.name())
}

/// Does nothing.
#[cfg(not(feature = "crash-points"))]
#[inline(always)]
pub(crate) fn reach(_: Point) {}

/// Says no.
#[cfg(not(feature = "crash-points"))]
#[inline(always)]
pub(crate) fn is_chosen(_: Point) -> bool {
    false
}
