//! Lines of every type and kind, and the file itself.

mod doubles;
mod file;
mod lines;
