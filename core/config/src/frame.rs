//! The shape of a pipeline file around the plugins' own settings.
//!
//! The comments on these fields are what editors and the reference show.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, IgnoredAny};
use std::borrow::Cow;
use std::time::Duration;
use tidegate_plugin::settings::{ByteSize, TimeSpan};

/// A pipeline: one source, filters in order, one sink.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "Pipeline")]
pub(crate) struct Frame {
    /// The pipeline's name: lower-case letters, digits, `-` and `_`, at most 64 of them. Checkpoints and metrics carry
    /// it; a pipeline under another name starts anew.
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9_-]{0,63}$"))]
    pub(crate) name: String,
    /// Where the changes come from.
    pub(crate) source: EndFrame,
    /// What the changes pass through, in this order.
    #[serde(default)]
    pub(crate) filters: Vec<FilterFrame>,
    /// Where the changes go: one sink for now.
    #[schemars(length(min = 1))]
    pub(crate) sinks: Vec<EndFrame>,
    /// How the pipeline runs.
    #[serde(default)]
    pub(crate) engine: Engine,
}

/// A source or a sink.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "End")]
pub(crate) struct EndFrame {
    /// The name of a built-in plugin. Paths of shared libraries are refused in this version.
    pub(crate) plugin: String,
    /// The plugin's own settings.
    #[serde(default)]
    #[expect(dead_code, reason = "the plugin reads it from the tree, where it has places")]
    pub(crate) config: Config,
    /// Refused in this version: the SHA-256 sum that a plugin's file must have.
    #[schemars(regex(pattern = r"^[0-9a-fA-F]{64}$"))]
    pub(crate) sha256: Option<String>,
}

/// A filter.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "Filter")]
pub(crate) struct FilterFrame {
    /// The name of a built-in plugin, or the path of a component (`.wasm`), relative to this file. Paths of shared libraries
    /// are refused in this version.
    pub(crate) plugin: String,
    /// The plugin's own settings.
    #[serde(default)]
    #[expect(dead_code, reason = "the plugin reads it from the tree, where it has places")]
    pub(crate) config: Config,
    /// The SHA-256 sum that a component's file must have.
    #[schemars(regex(pattern = r"^[0-9a-fA-F]{64}$"))]
    pub(crate) sha256: Option<String>,
    /// What a component may use.
    pub(crate) limits: Option<Limits>,
    /// What happens to a row that a component fails on or refuses.
    pub(crate) on_error: Option<OnError>,
    /// What a component may know that is not the same each time. With any of it the sink `mysql` applies rows by one lane:
    /// a window that a crash left unfinished could not be finished by asking again.
    pub(crate) grants: Option<Vec<Grant>>,
}

/// What a component may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Limits {
    /// The most memory that an instance of it may hold. JavaScript and Python take 70 MiB and more for themselves.
    pub memory: ByteSize,
    /// The longest time that one call may take.
    pub call_time: TimeSpan,
    /// The most bytes that it may hand over in one call.
    pub answer: ByteSize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: ByteSize(256 << 20),
            call_time: TimeSpan(Duration::from_secs(1)),
            answer: ByteSize(64 << 20),
        }
    }
}

/// What happens to a row that a component fails on or refuses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnError {
    /// The pipeline stops.
    #[default]
    Stop,
    /// The row is dropped, counted and logged without its values.
    Drop,
    /// The row is dropped, and kept in the file `dead-letters.jsonl` of the pipeline's state folder.
    DeadLetter,
}

/// What a component may know that is not the same each time. Without a grant its clock counts from 0, and its random numbers
/// are the same in each instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Grant {
    /// The time.
    Clock,
    /// Random numbers of the operating system.
    Randomness,
}

/// How the pipeline runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Engine {
    /// The most bytes of changes that the pipeline holds: a quarter of them between the stages, the rest at the sink. A
    /// source that is ahead of the sink waits.
    pub memory: ByteSize,
}

impl Default for Engine {
    fn default() -> Self {
        Self { memory: ByteSize(64 << 20) }
    }
}

/// Any value: the plugin checks it.
#[derive(Default)]
pub(crate) struct Config;

impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IgnoredAny).map(|_| Self)
    }
}

impl serde::Serialize for Config {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl JsonSchema for Config {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Config".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        true.into()
    }
}
