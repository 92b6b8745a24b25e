//! TiDB DM's source and task files, translated to pipelines.
//!
//! [`DmFile::read`] reads a file by the table of [`keys`], [`translate()`] makes a pipeline of each instance of the task,
//! and the caller lets the plugins look at the stages before [`Translation::finish`]. Everything that is wrong with any
//! of the files is reported at once, at its place.

mod file;
mod files;
mod keys;
mod name;
mod password;
mod pipeline;
mod rules;
mod translate;
mod treat;
mod tree;

pub use file::DmFile;
pub use keys::{File, Key, Takes, Treatment, keys, page};
pub use password::{PasswordError, SecretKey, decrypt, encrypt};
pub use pipeline::{Pipeline, Stage, Variable};
pub use translate::{Translated, Translation, translate};
