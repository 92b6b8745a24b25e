//! Where a value stands inside a plugin's settings.

use std::fmt;

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segment {
    /// The value of this key of a mapping.
    Key(String),
    /// The item of a sequence, counted from zero.
    Index(usize),
}

impl From<usize> for Segment {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

impl From<&str> for Segment {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<&String> for Segment {
    fn from(key: &String) -> Self {
        Self::Key(key.clone())
    }
}

impl From<String> for Segment {
    fn from(key: String) -> Self {
        Self::Key(key)
    }
}

/// The steps from the root of the settings to one value; empty for the root itself.
///
/// Written with the macro [`path!`](crate::path): `path![0, "table-pattern"]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path(Vec<Segment>);

impl Path {
    /// Returns the path of the root.
    #[must_use]
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// Returns the steps, outermost first.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Returns this path with one more step at its end.
    #[must_use]
    pub fn join(&self, segment: impl Into<Segment>) -> Self {
        self.0.iter().cloned().chain([segment.into()]).collect()
    }

    /// Returns `inner` as seen from the root that this path starts at.
    #[must_use]
    pub fn concat(&self, inner: &Self) -> Self {
        self.0.iter().chain(&inner.0).cloned().collect()
    }

    /// Returns the path of the enclosing mapping or sequence; the root has none.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.split_last().map(|(_, outer)| outer.iter().cloned().collect())
    }
}

impl FromIterator<Segment> for Path {
    fn from_iter<I: IntoIterator<Item = Segment>>(segments: I) -> Self {
        Self(segments.into_iter().collect())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) if position == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

/// Builds a [`Path`](crate::settings::Path) from keys and indexes: `path![0, "table-pattern"]`.
#[macro_export]
macro_rules! path {
    ($($segment:expr),* $(,)?) => {
        <$crate::settings::Path as ::core::iter::FromIterator<$crate::settings::Segment>>::from_iter(
            [$($crate::settings::Segment::from($segment)),*]
        )
    };
}
