//! Write filters for Tidegate in Rust.
//!
//! A filter is a type that implements [`Filter`] and is handed to [`export!`]. It is a pure function of its settings and
//! its input: it remembers nothing between calls, and is asked by several instances and again after a crash.
//!
//! ```
//! use tidegate_sdk::{Answer, Decision, Filter, Image, Plan, Rows, Table, schemars, serde};
//!
//! /// Drops the orders of test accounts.
//! struct NoTests {
//!     prefix: String,
//! }
//!
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! #[serde(crate = "tidegate_sdk::serde", deny_unknown_fields)]
//! #[schemars(crate = "tidegate_sdk::schemars")]
//! struct Settings {
//!     /// What the accounts of tests begin with.
//!     prefix: String,
//! }
//!
//! impl Filter for NoTests {
//!     type Settings = Settings;
//!     type Memo = u32;
//!     const NAME: &'static str = "no-tests";
//!     const VERSION: &'static str = "1.0.0";
//!     const SUMMARY: &'static str = "drops the orders of test accounts";
//!
//!     fn new(settings: Settings) -> Result<Self, String> {
//!         Ok(Self { prefix: settings.prefix })
//!     }
//!
//!     fn decide(&self, table: &Table) -> Result<(Plan, u32), String> {
//!         let Some(account) = table.index("account") else { return Ok((Plan::keep(), 0)) };
//!         Ok((Plan::per_row().needing([account]), account))
//!     }
//!
//!     fn rows(&self, account: &u32, rows: &Rows) -> Result<Answer, String> {
//!         rows.answer_per_image(|image| {
//!             let accounts = rows.text(image, *account)?;
//!             Ok(move |row| accounts.str(row).is_none_or(|name| !name.starts_with(&self.prefix)))
//!         })
//!     }
//! }
//!
//! tidegate_sdk::export!(NoTests);
//! # fn main() {}
//! ```
//!
//! Build it with `tidegate plugin build`, or `cargo build --release --target wasm32-unknown-unknown` and componentize it.

pub mod bindings;
mod calendar;
mod cells;
mod column;
mod filter;
#[doc(hidden)]
pub mod guest;
mod rows;
pub mod testing;

pub use bindings::{
    exports::tidegate::plugin::filter::{
        Answer, Decision, Element, Operations, OutputColumn, Plan, Produced, Statement, StatementAnswer,
        Verdicts,
    },
    tidegate::plugin::types::{
        Cells, Column as ColumnInfo, DecimalKind, Image, IntKind, Kind, LargeKind, MemberKind, Operation,
        Spans, SpatialKind, Table, TableName, TextKind, Values,
    },
};
pub use calendar::Calendar;
pub use column::{Column, Decimal, Value};
pub use filter::{Filter, Wants};
pub use log::{debug, error, info, warn};
pub use rows::{DROP, KEEP, MapRows, Rows, refuse};
pub use {schemars, serde};

mod log;
