//! The file itself.

mod doubles;
mod file;
