//! A lane: one connection that commits its share of each window as one target transaction.
//!
//! The transaction begins with the fencing UPDATE of the lane's row in `tidegate.lane`, which carries the checkpoint and
//! matches only if no other process has raised the epoch. After any unknown outcome the lane reconnects, reads its own
//! row under a lock, and is done or repeats the whole share; never a single statement. Whenever it reconnects it also
//! looks at the rows of all other lanes: none may have lost what the target has acknowledged.

mod acknowledged;
mod answer;
mod session;
mod setback;
mod share;

pub(crate) use acknowledged::{Acknowledged, Lanes};
pub(crate) use session::{Lane, LaneSetup, applying, fenced};
pub(crate) use share::{Applied, Job, Part};
