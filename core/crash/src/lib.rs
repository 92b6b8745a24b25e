//! Named crash points: where a test kills the process.
//!
//! In a build with the feature `crash-points`, the environment variable `TIDEGATE_CRASH_AT=<name>[:n]` aborts the process
//! when the point is reached for the n-th time (the first by default). Without the feature nothing is compiled.

/// Aborts the process if a test asked for it.
#[cfg(feature = "crash-points")]
pub fn reach(point: &str) {
    if is_chosen(point) {
        std::process::abort();
    }
}

/// Tells whether a test wants the process to die within this step; each call counts as reaching it.
#[cfg(feature = "crash-points")]
pub fn is_chosen(point: &str) -> bool {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    };
    static CHOSEN: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static REACHED: AtomicU64 = AtomicU64::new(0);
    let chosen = CHOSEN.get_or_init(|| {
        let text = std::env::var("TIDEGATE_CRASH_AT").ok()?;
        Some(match text.split_once(':') {
            Some((name, count)) => (name.to_owned(), count.parse().unwrap_or(1)),
            None => (text, 1),
        })
    });
    let Some((name, count)) = chosen else { return false };
    let is_chosen = *name == point && REACHED.fetch_add(1, Ordering::SeqCst) + 1 == *count;
    if is_chosen {
        tracing::error!(point, "crash point reached, aborting");
    }
    is_chosen
}

/// Does nothing: the feature `crash-points` is off.
#[cfg(not(feature = "crash-points"))]
#[inline(always)]
pub fn reach(_: &str) {}

/// Says no: the feature `crash-points` is off.
#[cfg(not(feature = "crash-points"))]
#[inline(always)]
pub fn is_chosen(_: &str) -> bool {
    false
}
