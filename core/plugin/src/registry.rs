//! The registry: from the reference in the YAML to a constructor.

use crate::{
    Filter, Sink, Source,
    settings::{Problem, Settings},
};
use schemars::Schema;
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

/// What a plugin's constructor learns besides its settings.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The pipeline's name.
    pub pipeline: Arc<str>,
    /// The folder of the pipeline file: relative paths in settings are relative to it.
    pub folder: PathBuf,
    /// How many bytes of changes a sink may hold; not known while the file still has mistakes.
    pub memory: Option<usize>,
    /// Whether a filter may answer otherwise when it is asked again. A sink that finishes after a crash what it has begun by
    /// having the same rows filtered again must not begin anything then that it cannot finish at once.
    pub impure: bool,
}

/// A plugin's constructor: pure, connects to nothing, reports every problem of the settings at once.
pub type Build<T> = dyn Fn(&Settings, &Instance) -> Result<Box<T>, Vec<Problem>> + Send + Sync;

/// A plugin of one kind.
pub struct Entry<T: ?Sized> {
    /// What its settings look like.
    pub schema: Schema,
    /// Makes an instance of it.
    pub build: Box<Build<T>>,
}

/// All plugins that a pipeline file can name. Built-in ones and those of other doors register alike.
#[derive(Default)]
pub struct Registry {
    /// The sources, by name.
    pub sources: BTreeMap<Arc<str>, Entry<dyn Source>>,
    /// The filters, by name.
    pub filters: BTreeMap<Arc<str>, Entry<dyn Filter>>,
    /// The sinks, by name.
    pub sinks: BTreeMap<Arc<str>, Entry<dyn Sink>>,
}

impl<T: ?Sized> Entry<T> {
    /// Returns an entry whose settings are a `C`.
    pub fn new<C: schemars::JsonSchema>(
        build: impl Fn(&Settings, &Instance) -> Result<Box<T>, Vec<Problem>> + Send + Sync + 'static,
    ) -> Self {
        Self { schema: schemars::schema_for!(C), build: Box::new(build) }
    }
}
