//! What end-to-end tests are made of: the `tidegate` binary, pipelines between private servers, and the comparison of
//! full contents.

mod binary;
mod compare;
mod pipeline;

pub use binary::binary;
pub use compare::{Difference, assert_equal, contents, differences};
pub use pipeline::{Outcome, Pipeline, Running};
