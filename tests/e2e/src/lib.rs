//! What end-to-end tests are made of: the `tidegate` binary, pipelines between private servers, and the comparison of
//! full contents.

mod binary;
mod compare;
mod history;
mod pipeline;
mod pool;
mod world;

pub use binary::binary;
pub use compare::{Difference, assert_equal, contents, differences};
pub use history::{History, Random};
pub use pipeline::{Outcome, Pipeline, Running};
pub use pool::{Lease, Pair, clean, lease, pair};
pub use world::{assert_same, compare as compare_worlds, schemas};
