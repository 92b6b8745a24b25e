//! Writers at the source that go on until they are told to stop.

use anyhow::Result;
use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread::{self, ScopedJoinHandle},
    time::Duration,
};
use tidegate_e2e::History;
use tidegate_test_servers::{Client, Server};

/// How many steps go to the source at once.
const STEPS: usize = 40;

/// How many rows are inserted together.
const BULK: u64 = 2500;

/// What writers and their owner share.
#[derive(Debug, Default)]
pub(crate) struct Switch {
    ended: AtomicBool,
    paused: AtomicBool,
    writing: AtomicU64,
    steps: AtomicU64,
}

impl Switch {
    /// Tells the writers to stop for good.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::SeqCst);
    }

    /// Tells the writers to pause, and waits until they do.
    pub(crate) fn pause(&self) {
        self.paused.store(true, Ordering::SeqCst);
        while self.writing.load(Ordering::SeqCst) > 0 {
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Lets the writers go on.
    pub(crate) fn resume(&self) {
        self.paused.store(false, Ordering::SeqCst);
    }

    /// Returns how many steps were written.
    pub(crate) fn steps(&self) -> u64 {
        self.steps.load(Ordering::SeqCst)
    }

    fn may_write(&self) -> bool {
        self.writing.fetch_add(1, Ordering::SeqCst);
        let may = !self.paused.load(Ordering::SeqCst);
        if !may {
            self.writing.fetch_sub(1, Ordering::SeqCst);
        }
        may
    }
}

/// Ends the writers when it goes, so that nobody waits for them in vain.
#[derive(Debug)]
pub(crate) struct EndOf<'a>(pub(crate) &'a Switch);

impl Drop for EndOf<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Starts a writer: the first one changes schemas too, the others only rows.
pub(crate) fn start<'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    source: &'scope Server,
    switch: &'scope Switch,
    history: History,
) -> ScopedJoinHandle<'scope, ()> {
    scope.spawn(move || write(&source.client().option("--force"), switch, history))
}

/// Starts a writer of many rows at once, so that windows are large enough for several lanes.
pub(crate) fn start_bulk<'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    source: &'scope Server,
    switch: &'scope Switch,
) -> ScopedJoinHandle<'scope, ()> {
    scope.spawn(move || {
        let client = source.client();
        let mut round = 0_u64;
        while !switch.ended.load(Ordering::SeqCst) {
            if switch.may_write() {
                drop(client.execute(&bulk(round)));
                switch.writing.fetch_sub(1, Ordering::SeqCst);
                round += 1;
            }
            thread::sleep(Duration::from_millis(20));
        }
    })
}

/// Rows whose unique keys wander from one to the next.
fn bulk(round: u64) -> String {
    let first = round * BULK;
    let rows: Vec<String> = (first..first + BULK).map(|id| format!("({id}, {id}, 'row {id}')")).collect();
    format!(
        "INSERT INTO h0.bulk VALUES {}; \
         UPDATE h0.bulk SET u = u + 1 WHERE id >= {first} ORDER BY u DESC; DELETE FROM h0.bulk WHERE id < {} OR id % 5 = 0;",
        rows.join(","),
        first.saturating_sub(2 * BULK)
    )
}

fn write(client: &Client, switch: &Switch, mut history: History) {
    while !switch.ended.load(Ordering::SeqCst) {
        if switch.may_write() {
            // The client's exit code tells of refused statements, which are a part of a history.
            drop(client.execute(&history.steps(STEPS)));
            switch.writing.fetch_sub(1, Ordering::SeqCst);
            switch.steps.fetch_add(STEPS as u64, Ordering::SeqCst);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Makes the schemas and the first tables of a history.
pub(crate) fn begin(source: &Server, history: &mut History) -> Result<()> {
    source.client().execute(&history.begin())?;
    source
        .client()
        .execute("CREATE TABLE h0.bulk (id BIGINT PRIMARY KEY, u BIGINT, v VARCHAR(30), UNIQUE KEY (u))")?;
    Ok(())
}
