//! The progress line: on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};
use std::{
    convert::Infallible,
    io::IsTerminal,
    sync::Arc,
    time::{Duration, Instant},
};
use tidegate_engine::{Progress, Telemetry};

const EVERY: Duration = Duration::from_millis(500);

/// A line on stderr that says how far the run is.
#[derive(Clone)]
pub(crate) struct ProgressLine(ProgressBar);

impl ProgressLine {
    /// Returns a line that is shown if stderr is a terminal.
    pub(crate) fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub(crate) fn is_shown(&self) -> bool {
        !self.0.is_hidden()
    }

    /// Takes the line away while `write` writes.
    pub(crate) fn suspended(&self, write: impl FnOnce()) {
        self.0.suspend(write);
    }

    /// Draws until dropped.
    pub(crate) async fn draw(&self, telemetry: Arc<Telemetry>) -> Infallible {
        if !self.is_shown() {
            return std::future::pending().await;
        }
        let mut last = (Instant::now(), telemetry.progress());
        loop {
            tokio::time::sleep(EVERY).await;
            let now = (Instant::now(), telemetry.progress());
            self.0.set_message(line(&last.1, &now.1, now.0 - last.0));
            self.0.tick();
            last = now;
        }
    }

    /// Takes the line away for good.
    pub(crate) fn end(&self) {
        self.0.finish_and_clear();
    }
}

fn line(before: &Progress, now: &Progress, time: Duration) -> String {
    let seconds = time.as_secs_f64().max(0.001);
    let rows = now.rows_read.saturating_sub(before.rows_read) as f64 / seconds;
    let megabytes = now.bytes_read.saturating_sub(before.bytes_read) as f64 / seconds / 1e6;
    let lag = match now.lag {
        None => "nothing read yet".to_owned(),
        Some(_) if now.caught_up => "caught up".to_owned(),
        Some(lag) => format!("{:.1} s behind", lag.as_secs_f64()),
    };
    let position = now.position.as_ref().map_or_else(String::new, |position| format!(" · {position}"));
    format!("{rows:.0} rows/s · {megabytes:.1} MB/s · {lag}{position}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_shows_speed_and_lag() {
        let before = Progress { rows_read: 100, bytes_read: 1_000_000, ..Progress::default() };
        let now = Progress {
            rows_read: 1_100,
            bytes_read: 2_000_000,
            lag: Some(Duration::from_millis(2_500)),
            ..Progress::default()
        };
        let text = line(&before, &now, Duration::from_secs(1));
        assert_eq!(text, "1000 rows/s · 1.0 MB/s · 2.5 s behind");
    }
}
