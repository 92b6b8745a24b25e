//! The `file` sink: JSON lines, one change a line, appended to a file or written to stdout.
//!
//! # Settings
//! `path`: the file, relative to the pipeline file; `-` is stdout.
//!
//! # Lines
//! As `tidegate_lines` describes them.
//!
//! # Delivery
//! At least once: the engine keeps the checkpoint in the state folder, and after a crash the changes since the last one
//! are written again. `(gtid, row, op)`, or `(file, offset, row, op)` without GTIDs, is the same each time and tells
//! repeated lines; an update that filters turned into a delete and an insert has two lines with one `row`. A last line
//! that a crash left torn is cut off at the next start, if the state folder says that this pipeline was writing there;
//! any other last line without an end is nobody's to cut, and stops the start. The file is synchronised once a second,
//! every 64 MiB, and at the end. Nothing is promised for stdout and pipes: what was written counts as durable.

mod record;
mod sink;
mod target;
mod writer;

#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sink::FileSink;
use target::Place;
use tidegate_plugin::{Entry, Sink, path, settings::Problem};
use writer::Turn;

/// The settings of the `file` sink.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileConfig {
    /// The file that lines are appended to, relative to the pipeline file; `-` is stdout.
    pub path: String,
}

/// Returns the sink's entry for the registry.
pub fn entry() -> Entry<dyn Sink> {
    let turn = Turn::default();
    Entry::new::<FileConfig>(move |settings, instance| {
        let config: FileConfig = settings.parse()?;
        let place = match config.path.as_str() {
            "-" => Place::Stdout,
            "" => return Err(vec![Problem::at(path!["path"], "a path is needed, or `-` for stdout")]),
            path => Place::File(instance.folder.join(path)),
        };
        Ok(Box::new(FileSink::new(place, turn.clone())) as Box<dyn Sink>)
    })
}
