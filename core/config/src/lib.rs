//! The pipeline file: parsing with places, diagnostics, secrets, JSON Schema.
//!
//! A file is read in two steps, so that everything that is wrong is reported at once. [`Draft::read`] reads the frame and
//! keeps going whatever it finds; the caller then lets the plugin of each [`Stage`] look at its settings and adds what
//! they find; [`Draft::finish`] gives the [`PipelineFile`] if nothing at all is wrong. [`read`] does the first and the last.
//! Other files that hold a plugin's settings are read by [`ConfiguredFile`], files of other shapes, such as TiDB DM's, by
//! [`SettingsFile`]; [`yaml_text`] writes a tree.

mod configured;
mod diagnostic;
mod document;
mod frame;
mod interpolate;
mod known;
mod markdown;
mod mask;
mod pipeline;
mod redact;
mod reference;
mod schema;
mod settings_file;
mod shapes;
mod yaml;

pub use configured::ConfiguredFile;
pub use diagnostic::{Colour, Diagnostic, Diagnostics, Severity};
pub use frame::{Engine, Grant, Limits, OnError};
pub use interpolate::escape_references;
pub use markdown::reference_markdown;
pub use pipeline::{Draft, Environment, PipelineFile, Stage, StageKind, read};
pub use reference::{NoSha256, PluginReference, Sha256};
pub use schema::{PluginSchema, schema};
pub use settings_file::SettingsFile;
pub use yaml::yaml_text;
