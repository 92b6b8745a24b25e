//! The mysql sink: applies to MySQL, MariaDB and TiDB exactly once.
//!
//! The stream is cut into windows. A window is planned as a whole ([`plan`]): rows that touch each other through any
//! unique key of the target stay together, several changes of one row become one, and the groups are spread over lanes.
//! Each lane ([`lane`]) commits its share as one target transaction that also carries the checkpoint and fences other
//! processes ([`state`]). The next window starts when all shares are durable. After a crash at most one window is uneven,
//! and it is finished by the plan it was made with. A DDL ([`ddl`]) is a barrier with an intent.
//!
//! The rules and the cases behind them are in the guide "Guarantees".

mod admission;
mod check;
mod connections;
mod crash;
mod ddl;
mod explain;
mod gather;
mod lane;
mod plan;
mod settings;
mod sink;
mod state;
mod statement;
mod stream;
mod target;

use settings::SinkSettings;
use sink::MySqlSink;
use tidegate_plugin::{Entry, Sink};

/// Returns the sink `mysql` for the registry.
pub fn entry() -> Entry<dyn Sink> {
    Entry::new::<SinkSettings>(|settings, instance| {
        let settings = SinkSettings::read(settings, instance)?;
        Ok(Box::new(MySqlSink::new(settings)) as Box<dyn Sink>)
    })
}
