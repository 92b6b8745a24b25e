//! What flows from source to sink.

use tidegate_model::{Batch, Checkpoint, Ddl};

/// One item of the stream.
#[derive(Clone, Debug)]
pub enum Change {
    /// Row changes, or a mere move of the position.
    Batch(Box<Batch>),
    /// A schema change.
    Ddl(Box<Ddl>),
}

impl Change {
    /// Returns where a reader stands after the change.
    pub fn end(&self) -> &Checkpoint {
        match self {
            Self::Batch(batch) => &batch.end,
            Self::Ddl(ddl) => &ddl.end,
        }
    }

    /// Returns the memory that the change holds, in bytes.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Batch(batch) => batch.bytes(),
            Self::Ddl(ddl) => size_of_val::<tidegate_model::Ddl>(ddl) + ddl.statement.sql.len(),
        }
    }
}
