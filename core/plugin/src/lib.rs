//! The contract of sources, filters and sinks, and the registry of plugins: what a plugin author depends on.
//!
//! A pipeline is one [`Source`], [`Filter`]s in order and one [`Sink`]. The engine drives them; they know nothing of one
//! another. Three phases are never mixed: *building* from settings is pure, `check` connects and changes nothing, and
//! only a run writes.

mod change;
mod demand;
mod error;
mod filter;
mod finding;
mod health;
mod names;
mod registry;
pub mod settings;
mod sink;
mod source;

pub use change::Change;
pub use demand::{Demand, DemandSignal};
pub use error::{ErrorKind, PluginError};
pub use filter::{
    Answer, DdlAnswer, DdlInput, DdlName, Decision, Filter, OutputColumn, Produced, TableInput, TablePlan,
    Verdict, Verdicts,
};
pub use finding::{Finding, Level};
pub use health::{Health, Outage};
pub use names::TableNames;
pub use registry::{Build, Entry, Instance, Registry};
pub use sink::{Opening, RoutedTable, Sink, SinkContext};
pub use source::{Goal, Limits, Observation, Resume, Source, SourceContext, SourceReport, Start};

/// A boxed future, as the asynchronous methods of the contract return it: one allocation a batch.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the methods of the contract return.
pub type Result<T, E = PluginError> = std::result::Result<T, E>;
