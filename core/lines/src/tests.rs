//! Lines of every type and kind.

mod doubles;
mod lines;
