//! The lines that a component writes to the log.

use crate::bindings::log::Level;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The longest line, in bytes.
const LINE_MAX: usize = 4096;
/// The most lines of one plugin in a second.
const LINES_PER_SECOND: u32 = 100;
const SECOND: Duration = Duration::from_secs(1);

/// A plugin's way to the log, shared by its instances.
pub(crate) struct Log {
    plugin: Arc<str>,
    window: Mutex<Window>,
}

struct Window {
    began: Instant,
    lines: u32,
    left_out: u64,
}

impl Log {
    pub(crate) fn new(plugin: Arc<str>) -> Self {
        Self { plugin, window: Mutex::new(Window { began: Instant::now(), lines: 0, left_out: 0 }) }
    }

    /// Writes a line, or counts it if there are too many.
    pub(crate) fn write(&self, level: Level, message: &str) {
        let Some(left_out) = self.admit(Instant::now()) else { return };
        let plugin = &*self.plugin;
        if left_out > 0 {
            tracing::warn!(
                plugin,
                "{left_out} lines of the plugin were left out: at most {LINES_PER_SECOND} a second"
            );
        }
        let line = printable(message);
        match level {
            Level::Debug => tracing::debug!(plugin, "{line}"),
            Level::Info => tracing::info!(plugin, "{line}"),
            Level::Warn => tracing::warn!(plugin, "{line}"),
            Level::Error => tracing::error!(plugin, "{line}"),
        }
    }

    /// Returns how many lines were left out before this one, if it is to be written.
    fn admit(&self, now: Instant) -> Option<u64> {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let mut left_out = 0;
        if now.saturating_duration_since(window.began) >= SECOND {
            left_out = std::mem::take(&mut window.left_out);
            window.began = now;
            window.lines = 0;
        }
        if window.lines >= LINES_PER_SECOND {
            window.left_out += 1;
            return None;
        }
        window.lines += 1;
        Some(left_out)
    }
}

/// Returns a line of a bounded length without characters that steer a terminal.
fn printable(message: &str) -> String {
    let end = (0..=LINE_MAX.min(message.len())).rev().find(|end| message.is_char_boundary(*end)).unwrap_or(0);
    let (shown, more) = message.split_at(end);
    let mut line: String = shown.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if !more.is_empty() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_lines_are_counted() {
        let log = Log::new("p".into());
        let start = Instant::now();
        let written = (0..1_000_000).filter(|_| log.admit(start).is_some()).count();
        assert_eq!(written, 100);
        assert_eq!(log.admit(start + SECOND), Some(999_900));
        assert_eq!(log.admit(start + SECOND), Some(0));
    }

    #[test]
    fn lines_are_short_and_plain() {
        assert_eq!(printable("a\u{1b}[31m\nb"), "a [31m b");
        let long = printable(&"ö".repeat(5000));
        assert_eq!(long.chars().count(), LINE_MAX / 2 + 1);
    }
}
