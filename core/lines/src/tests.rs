//! Lines of every type and kind.

mod doubles;
#[path = "../../component/tests/support/edges.rs"]
mod edges;
mod lines;
mod read;
