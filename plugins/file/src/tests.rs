//! The file itself.

#[path = "../../../core/lines/src/tests/doubles.rs"]
mod doubles;
mod file;
