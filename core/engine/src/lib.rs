//! Runs one pipeline: stages, back-pressure, checkpoints, error policy.
//!
//! [`run`] opens the sink, asks it where the stream begins, opens the source there and moves changes from one to the
//! other through the [`Filters`]. Three stages run beside one another:
//!
//! ```text
//! source task ──▶ filter thread ──▶ sink task
//!      ▲                               │
//!      └── release ◀── checkpoint ◀────┘
//! ```
//!
//! * Changes between the stages hold shares of one budget of bytes, so memory is bounded whatever the size of a
//!   transaction; a change that is larger than the whole budget passes alone.
//! * The source hears that somebody waits when nothing is on its way and the sink has taken everything.
//! * Rows that a component fails on or refuses are lost as its stage's error policy says; which, is durable before
//!   anything behind them is handed to the sink.
//! * The order of a checkpoint is fixed: durable at the sink, stored, released to the source.
//! * A graceful end lasts as long as something moves; when nothing does, what is not durable is dropped.
//! * A transient error drops both ends and opens them again at the checkpoint, later and later; anything else ends the
//!   run.
//!
//! The engine prints nothing and reads no settings: it takes a typed [`Pipeline`], reports through `tracing`, and keeps
//! numbers in [`Telemetry`].

mod crash;
mod fault;
mod filter;
mod flow;
mod lost;
mod patience;
mod pipeline;
mod retry;
mod run;
mod session;
mod stage;
mod state;
mod stop;
mod telemetry;

#[cfg(test)]
mod tests;

pub use fault::{Fault, StageName};
pub use filter::{
    DdlExplanation, Explained, FilterStage, Filters, LostRow, OnError, Place, Places, TableExplanation,
    Trial, differing,
};
pub use pipeline::{Builder, Pipeline, Plan};
pub use retry::Retry;
pub use run::{Ending, Summary, run};
pub use state::{StateFolder, default_state_root};
pub use stop::Stop;
pub use telemetry::{METRICS, Metric, MetricKind, MetricsServer, Progress, Telemetry, metrics_page};
