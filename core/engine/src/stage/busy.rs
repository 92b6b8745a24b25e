//! Where a stage's time goes: a future that is polled works, one that is not polled waits.

use crate::{StageName, Telemetry, telemetry::Activity};
use std::{
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tidegate_plugin::BoxFuture;

/// Divides a stage's time into working and waiting.
pub(super) struct Clock {
    since: Instant,
    busy: Duration,
}

/// A future, the polls of which count as work.
pub(super) struct Work<'a, T> {
    future: BoxFuture<'a, T>,
    busy: &'a mut Duration,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { since: Instant::now(), busy: Duration::ZERO }
    }

    /// Counts the time that the future is polled as work.
    pub(super) fn work<'a, T>(&'a mut self, future: BoxFuture<'a, T>) -> Work<'a, T> {
        Work { future, busy: &mut self.busy }
    }

    /// Reports the time since the last report.
    pub(super) fn report(&mut self, telemetry: &Telemetry, stage: StageName) {
        let now = Instant::now();
        let busy = std::mem::take(&mut self.busy);
        telemetry.time(stage, Activity::Working, busy);
        telemetry.time(stage, Activity::Waiting, (now - self.since).saturating_sub(busy));
        self.since = now;
    }
}

impl<T> Future for Work<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let began = Instant::now();
        let polled = self.future.as_mut().poll(context);
        *self.busy += began.elapsed();
        polled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_future_that_sleeps_does_not_work() {
        let mut clock = Clock::start();
        let sleep = Box::pin(tokio::time::sleep(Duration::from_millis(50)));
        clock.work(sleep).await;
        assert!(clock.busy < Duration::from_millis(25), "{:?}", clock.busy);
        clock.work(Box::pin(async { std::thread::sleep(Duration::from_millis(50)) })).await;
        assert!(clock.busy >= Duration::from_millis(50));
    }
}
