//! The thread that renders and writes lines.
//!
//! A pipe whose reader stands still blocks whoever writes to it, and one without a reader whoever opens it. So that is a
//! thread of its own: nobody waits for it to end, neither a stop nor the end of the process.

use crate::target::{Opened, Place, Target};
use std::{path::PathBuf, sync::Arc, sync::mpsc};
use tidegate_lines::Lines;
use tidegate_plugin::{Change, PluginError, Result};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

/// Whoever has it writes. A thread that was left behind in a write keeps it until that write is done, so that the lines
/// of the next one do not get between.
pub(crate) type Turn = Arc<Mutex<()>>;

/// The sink's end of the thread; when it goes, the thread ends after the write that it is in.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
}

#[derive(Debug)]
enum Job {
    /// Writes a change; answers how many bytes it took.
    Write(Change, oneshot::Sender<Result<usize>>),
    /// Says that everything that will be written is.
    Close(oneshot::Sender<Result<()>>),
}

impl Writer {
    /// Starts the thread, which opens `place`; `state` is the folder for what is remembered of a file.
    pub(crate) async fn start(place: Place, state: PathBuf, turn: Turn) -> Result<(Self, Opened)> {
        let turn = turn.lock_owned().await;
        let (jobs, queue) = mpsc::channel();
        let (answer, opened) = oneshot::channel();
        let thread = std::thread::Builder::new().name("file-sink".to_owned());
        let started = thread.spawn(move || match Target::open(&place, &state) {
            Ok((target, opened)) => {
                // Nobody may wait any more for an open that took long.
                if answer.send(Ok(opened)).is_ok() {
                    work(target, &queue, turn);
                }
            }
            Err(error) => drop(answer.send(Err(error))),
        });
        started.map_err(|error| PluginError::world("a thread cannot be started").because(error))?;
        let opened = opened.await.map_err(|_| ended())??;
        Ok((Self { jobs }, opened))
    }

    /// Writes the lines of a change; returns how many bytes they have.
    pub(crate) async fn write(&self, change: Change) -> Result<usize> {
        self.ask(|answer| Job::Write(change, answer)).await
    }

    /// Says that everything that will be written is written and durable.
    pub(crate) async fn close(&self) -> Result<()> {
        self.ask(Job::Close).await
    }

    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<Result<T>>) -> Job) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        self.jobs.send(job(answer)).map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }
}

fn work(mut target: Target, queue: &mpsc::Receiver<Job>, turn: OwnedMutexGuard<()>) {
    let mut lines = Lines::default();
    let mut buffer = Vec::new();
    for job in queue {
        // Whoever asked may have been dropped: then the change comes again in the next session.
        match job {
            Job::Write(change, answer) => {
                drop(answer.send(write(&mut lines, &mut buffer, &mut target, &change)));
            }
            Job::Close(answer) => drop(answer.send(target.close())),
        }
    }
    drop(turn);
}

fn write(lines: &mut Lines, buffer: &mut Vec<u8>, target: &mut Target, change: &Change) -> Result<usize> {
    let mut bytes = 0;
    let mut hand_over = |buffer: &mut Vec<u8>| {
        bytes += buffer.len();
        let appended = target.append(buffer);
        buffer.clear();
        appended
    };
    lines.write(change, buffer, &mut hand_over)?;
    hand_over(buffer)?;
    Ok(bytes)
}

fn ended() -> PluginError {
    PluginError::definite("the thread that writes lines has ended: a bug in tidegate")
}
