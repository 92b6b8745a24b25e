//! What a lane's row says of the window that it committed.

use crate::plan::Digest;
use serde::{Deserialize, Serialize};
use tidegate_model::Checkpoint;
use tidegate_plugin::{PluginError, Result};

/// A window as each of its lanes records it, in the same transaction as the rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Where it begins; `None` for the first window of a pipeline, which goes through one lane.
    pub(crate) from: Option<Checkpoint>,
    /// Where it ends.
    pub(crate) to: Checkpoint,
    /// How it was planned.
    pub(crate) layout: Layout,
    /// What was in it.
    pub(crate) digest: Digest,
    /// The lanes that have a share of it.
    pub(crate) shares: Vec<u32>,
}

/// What decides which row goes to which lane.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Layout {
    /// How many lanes there are.
    pub(crate) lanes: u32,
    /// The planner's version.
    pub(crate) planner: u32,
    /// A hash of the window's target tables and their keys.
    pub(crate) keys: u64,
    /// A hash of the source's table schemas that the window's rows have.
    pub(crate) schemas: u64,
    /// The digest of the filters and their settings.
    pub(crate) filters: String,
}

impl Record {
    /// Reads a record from a lane's row.
    ///
    /// # Errors
    /// If another version of Tidegate wrote it.
    pub(crate) fn read(text: &[u8]) -> Result<Self> {
        serde_json::from_slice(text).map_err(|error| {
            PluginError::world("the checkpoint in `tidegate.lane` cannot be read")
                .hint("it was written by another version of Tidegate; finish with that one, or start with --reset")
                .because(error)
        })
    }

    /// Returns the text for a lane's row.
    ///
    /// # Errors
    /// Never in practice: every field has a JSON form.
    pub(crate) fn text(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|error| PluginError::definite("the checkpoint cannot be written").because(error))
    }
}

impl Layout {
    /// Says in which point two layouts differ; `None` if in none but the number of lanes.
    pub(crate) fn difference(&self, now: &Self) -> Option<&'static str> {
        if self.planner != now.planner {
            Some("the version of the planner")
        } else if self.keys != now.keys {
            Some("the target's tables or their keys")
        } else if self.schemas != now.schemas {
            Some("the source's table schemas")
        } else if self.filters != now.filters {
            Some("the filters or their settings")
        } else {
            None
        }
    }
}
