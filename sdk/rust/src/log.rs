//! Lines for the pipeline's log, under the plugin's name. Too many are left out and counted.

use crate::bindings::tidegate::plugin::log::{Level, write};

/// Writes a line that matters when something is looked into.
pub fn debug(message: &str) {
    line(Level::Debug, message);
}

/// Writes a line.
pub fn info(message: &str) {
    line(Level::Info, message);
}

/// Writes a line that somebody should look at.
pub fn warn(message: &str) {
    line(Level::Warn, message);
}

/// Writes a line about something that is wrong.
pub fn error(message: &str) {
    line(Level::Error, message);
}

fn line(level: Level, message: &str) {
    // Outside of a host, in a unit test, nobody listens.
    if cfg!(target_arch = "wasm32") {
        write(level, message);
    }
}
