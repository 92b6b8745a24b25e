//! The stages of a session, each a loop of its own.

mod busy;
mod filters;
mod settle;
mod sink;
mod source;

pub(crate) use filters::FilterStageLoop;
pub(crate) use settle::{Keeper, Onward, Settle};
pub(crate) use sink::SinkStage;
pub(crate) use source::SourceStage;

use std::sync::Arc;
use tidegate_model::Checkpoint;

/// What the sink stage tells the source stage: the last checkpoint that is durable and stored.
pub(crate) type Released = Option<Arc<Checkpoint>>;
