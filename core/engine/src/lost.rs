//! Rows that a component refused or failed on, and that its stage's error policy keeps from the target.
//!
//! A failure depends on load: asked again, the component may answer. So that a window which is planned anew after a crash
//! loses the very same rows, each is written down in the pipeline's state folder, durably, before anything that follows
//! it is handed to the sink; and what is written down is left out without asking. Refused rows are refused again, and are
//! written down only as dead letters. (A filter that is granted a clock or randomness may let such a row pass when it is
//! asked again. No sink has applied a part of its window then: there is one lane.)
//!
//! * `dead-letters.jsonl`: for each dead letter the line that the `file` sink would write, with the source's name of the
//!   table and the columns that the row had when it reached the plugin; and `plugin`, `reason` (the plugin's own words,
//!   perhaps with values), and `refused` (`false`: the plugin failed). Only added to; a reset begins a new file and keeps
//!   the old one under a number.
//! * `dropped-rows.jsonl`: the places of rows that were dropped for a failure, without values. Places that the checkpoint
//!   has passed are removed.

mod journal;
mod key;
mod report;

pub(crate) use report::Cause;

use crate::{OnError, Telemetry, crash, stage::Released, state::unusable};
use arrow_array::BooleanArray;
use journal::Journal;
use key::{Line, RowKey, TransactionKey};
use report::Report;
use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::Arc,
};
use tidegate_lines::{RowLines, write_string};
use tidegate_model::{Position, RowSet, Transaction};
use tidegate_plugin::{PluginError, Result, Resume};
use tokio::sync::watch;

const LETTERS: &str = "dead-letters.jsonl";
const DROPPED: &str = "dropped-rows.jsonl";
/// When places that the checkpoint has passed are removed.
const DROPPED_BYTES_MAX: u64 = 16 << 20;

/// Keeps rows from the target, and remembers them: writes rows down as their stage's policy says.
pub(crate) struct LostRows {
    letters: Journal,
    dropped: Journal,
    /// What earlier sessions lost behind the checkpoint.
    known: HashMap<TransactionKey, HashSet<RowKey>>,
    /// The same of the batch at hand, by the index of the transaction.
    here: HashMap<u32, HashSet<RowKey>>,
    /// Where the window ends that a crash left uneven, until it is passed.
    cut: Option<Position>,
    released: Option<watch::Receiver<Released>>,
    report: Report,
}

/// What becomes of rows that a filter refuses or fails on.
pub(crate) trait Losses {
    /// Tells whether rows were lost before that may come again.
    fn knows_any(&self) -> bool;

    /// A batch with these transactions begins.
    fn begin(&mut self, transactions: &[Transaction]);

    /// Returns the rows without those that were lost before.
    ///
    /// # Errors
    /// If they cannot be taken out.
    fn leave_out(&self, rows: RowSet, transactions: &[Transaction]) -> Result<RowSet>;

    /// Takes rows whose stage's policy is not to stop.
    ///
    /// # Errors
    /// If they cannot be kept, or must not be lost.
    fn lose(&mut self, loss: &Loss<'_>) -> Result<()>;

    /// A batch that ends at `end` is filtered: makes durable what was lost of it. Only then may it be handed on.
    ///
    /// # Errors
    /// If that fails.
    fn settle(&mut self, end: &Position) -> Result<()>;
}

/// Rows of one set that are lost for one cause.
pub(crate) struct Loss<'a> {
    pub(crate) plugin: &'a str,
    pub(crate) on_error: OnError,
    pub(crate) cause: Cause,
    /// Why, for each row.
    pub(crate) reasons: &'a [Arc<str>],
    pub(crate) rows: &'a RowSet,
    pub(crate) transactions: &'a [Transaction],
}

impl LostRows {
    /// Reads what the sessions before wrote down in `folder` of rows behind the checkpoint; or begins anew at a `reset`.
    pub(crate) fn open(
        folder: &Path,
        resume: Option<&Resume>,
        reset: bool,
        telemetry: &Telemetry,
    ) -> Result<Self> {
        if reset {
            crash::reach(crash::Point::LettersStale);
            set_aside(folder)?;
        }
        // From here on rows are read again; an XA transaction may lie far before what is applied.
        let from = resume.map(|resume| &resume.checkpoint.resume);
        let mut known: HashMap<TransactionKey, HashSet<RowKey>> = HashMap::new();
        let mut learn = |line: Line, _: &[u8]| {
            if from.is_none_or(|from| !line.is_before(from))
                && let Some((transaction, row)) = line.key()
            {
                known.entry(transaction).or_default().insert(row);
            }
        };
        let letters = Journal::open(folder, LETTERS, &mut learn)?;
        let mut dropped = Journal::open(folder, DROPPED, &mut learn)?;
        dropped.rewrite(|line| from.is_none_or(|from| !line.is_before(from)))?;
        Ok(Self {
            letters,
            dropped,
            known,
            here: HashMap::new(),
            cut: resume.and_then(|resume| resume.cut.clone()),
            released: None,
            report: Report::new(telemetry.losses()),
        })
    }

    /// Learns where the checkpoint can be seen.
    pub(crate) fn follow(&mut self, released: watch::Receiver<Released>) {
        self.released = Some(released);
    }
}

impl Losses for LostRows {
    fn knows_any(&self) -> bool {
        !self.known.is_empty()
    }

    fn begin(&mut self, transactions: &[Transaction]) {
        self.here.clear();
        if self.known.is_empty() {
            return;
        }
        for (index, transaction) in (0..).zip(transactions) {
            if let Some(rows) = self.known.get(&TransactionKey::of(transaction)) {
                self.here.insert(index, rows.clone());
            }
        }
    }

    fn leave_out(&self, rows: RowSet, transactions: &[Transaction]) -> Result<RowSet> {
        if self.here.is_empty() {
            return Ok(rows);
        }
        let was_lost = |(ordinal, index): (&u32, &u32)| {
            let (Some(lost), Some(transaction)) = (self.here.get(index), transactions.get(*index as usize))
            else {
                return false;
            };
            lost.contains(&(transaction.row_number(*ordinal), rows.operation))
        };
        let places = rows.ordinals.iter().zip(&rows.transactions);
        let left: BooleanArray = places.map(|place| Some(!was_lost(place))).collect();
        if left.false_count() == 0 {
            return Ok(rows);
        }
        rows.filter(&left).map_err(|error| {
            PluginError::definite("rows that were lost before cannot be left out").because(error)
        })
    }

    fn lose(&mut self, loss: &Loss<'_>) -> Result<()> {
        if loss.cause == Cause::Failed && self.cut.is_some() {
            return Err(unexpected(loss, &self.letters));
        }
        self.report.tell(loss.plugin, loss.on_error.name(), loss.cause, loss.rows, loss.transactions);
        if loss.on_error == OnError::Drop && loss.cause == Cause::Refused {
            return Ok(());
        }
        let lines = RowLines::new(loss.rows)?;
        for (row, reason) in loss.reasons.iter().enumerate() {
            match loss.on_error {
                OnError::DeadLetter => self.letters.add(|out| {
                    lines.write_open(out, row, loss.transactions);
                    out.extend_from_slice(b",\"plugin\":");
                    write_string(out, loss.plugin);
                    out.extend_from_slice(b",\"reason\":");
                    write_string(out, reason);
                    let refused = loss.cause == Cause::Refused;
                    out.extend_from_slice(format!(",\"refused\":{refused}}}\n").as_bytes());
                })?,
                OnError::Drop | OnError::Stop => self.dropped.add(|out| {
                    lines.write_without_images(out, row, loss.transactions);
                    out.extend_from_slice(b"}\n");
                })?,
            }
        }
        Ok(())
    }

    fn settle(&mut self, end: &Position) -> Result<()> {
        self.letters.settle()?;
        self.dropped.settle()?;
        if self.cut.as_ref().is_some_and(|cut| end.is_same_place(cut) || end.reaches(cut)) {
            self.cut = None;
        }
        if self.dropped.added > DROPPED_BYTES_MAX
            && let Some(checkpoint) = self.released.as_ref().and_then(|released| released.borrow().clone())
        {
            self.dropped.rewrite(|line| !line.is_before(&checkpoint.resume))?;
        }
        Ok(())
    }
}

/// Puts the dead letters of before under another name, and forgets the dropped rows.
fn set_aside(folder: &Path) -> Result<()> {
    let dropped = folder.join(DROPPED);
    match std::fs::remove_file(&dropped) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(unusable("remove", &dropped, error));
        }
        _ => {}
    }
    let letters = folder.join(LETTERS);
    if !letters.exists() {
        return Ok(());
    }
    let numbered = |number: u32| -> PathBuf { folder.join(format!("dead-letters-{number}.jsonl")) };
    let Some(kept) = (1..).map(numbered).find(|path| !path.exists()) else { return Ok(()) };
    std::fs::rename(&letters, &kept).map_err(|error| unusable("rename", &letters, error))?;
    tracing::info!(file = %kept.display(), "the dead letters of before the reset are kept");
    Ok(())
}

/// The window was begun with these rows, as far as the state folder knows.
fn unexpected(loss: &Loss<'_>, letters: &Journal) -> PluginError {
    let reason = loss.reasons.first().map(|reason| &**reason).unwrap_or_default();
    PluginError::definite(format!(
        "a window that a crash left unfinished was begun with a row that the plugin now fails on: {reason}"
    ))
    .hint(format!(
        "run again, with more `limits` if it was short of time or memory; if {} was lost with what lies beside it, \
         restore it; else compare the tables and start with --reset",
        letters.path().display()
    ))
}
