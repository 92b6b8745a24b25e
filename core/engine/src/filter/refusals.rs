//! Takes the refused rows out of a filter's answer.

use super::divide::malformed;
use std::sync::Arc;
use tidegate_plugin::{Answer, Result, Verdict, Verdicts};

/// Turns refusals into drops, of both images; returns the rows that were refused, ascending, and why.
pub(super) fn take_refusals(answer: &mut Answer) -> Result<Vec<(u32, Arc<str>)>> {
    let is_refused = |verdict: &Verdict| matches!(verdict, Verdict::Refuse(_));
    let none = match &answer.verdicts {
        Verdicts::Selection(_) => true,
        Verdicts::Change(verdicts) => !verdicts.iter().any(is_refused),
        Verdicts::Images(before, after) => !before.iter().chain(after).any(is_refused),
    };
    if none {
        return Ok(Vec::new());
    }
    let reasons: Vec<Arc<str>> = answer.reasons.iter().map(|reason| reason.as_str().into()).collect();
    let mut refused: Vec<(u32, Arc<str>)> = Vec::new();
    let mut refuse = |row: u32, verdict: Verdict| {
        let Verdict::Refuse(reason) = verdict else { return Ok(false) };
        let reason =
            reasons.get(reason as usize).ok_or_else(|| malformed("a reason that it does not give"))?;
        refused.push((row, reason.clone()));
        Ok(true)
    };
    match &mut answer.verdicts {
        Verdicts::Selection(_) => {}
        Verdicts::Change(verdicts) => {
            for (row, verdict) in (0..).zip(verdicts) {
                if refuse(row, *verdict)? {
                    *verdict = Verdict::Drop;
                }
            }
        }
        Verdicts::Images(before, after) => {
            for (row, (before, after)) in (0..).zip(before.iter_mut().zip(after)) {
                if refuse(row, *before)? || refuse(row, *after)? {
                    (*before, *after) = (Verdict::Drop, Verdict::Drop);
                }
            }
        }
    }
    Ok(refused)
}
