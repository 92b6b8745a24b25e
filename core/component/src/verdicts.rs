//! A component's verdicts, looked at before they are believed.

use crate::bindings::filter;
use arrow_array::BooleanArray;
use arrow_buffer::{BooleanBuffer, Buffer};
use tidegate_model::Operation;
use tidegate_plugin::{Answer, Verdict, Verdicts};

const DROP: u32 = u32::MAX;
const REFUSE: u32 = 1 << 31;

/// Returns the verdicts for `rows` rows of an operation.
///
/// # Errors
/// What is wrong with them.
pub(crate) fn read(
    given: filter::Answer,
    rows: usize,
    routes: usize,
    operation: Operation,
) -> Result<Answer, String> {
    let reasons = given.reasons;
    let one = |verdict: u32| match verdict {
        DROP => Ok(Verdict::Drop),
        0 => Ok(Verdict::Keep),
        route if route < REFUSE && (route as usize) < routes => Ok(Verdict::Route(route)),
        route if route < REFUSE => Err(format!("route {route}; it announced {routes}")),
        reason if ((reason - REFUSE) as usize) < reasons.len() => Ok(Verdict::Refuse(reason - REFUSE)),
        reason => Err(format!("reason {}; it gives {}", reason - REFUSE, reasons.len())),
    };
    let list = |verdicts: Vec<u32>| {
        if verdicts.len() != rows {
            return Err(format!("{} verdicts for {rows} rows", verdicts.len()));
        }
        verdicts.into_iter().map(one).collect::<Result<Vec<_>, _>>()
    };
    let selection = |bits: Vec<u8>| {
        if bits.len() != rows.div_ceil(8) {
            return Err(format!("{} bytes of verdicts for {rows} rows", bits.len()));
        }
        let bits = BooleanBuffer::new(Buffer::from_vec(bits), 0, rows);
        Ok(Verdicts::Selection(BooleanArray::new(bits, None)))
    };
    let verdicts = match given.verdicts {
        filter::Verdicts::KeepAll => {
            Verdicts::Selection(BooleanArray::new(BooleanBuffer::new_set(rows), None))
        }
        filter::Verdicts::DropAll => {
            Verdicts::Selection(BooleanArray::new(BooleanBuffer::new_unset(rows), None))
        }
        filter::Verdicts::Selection(bits) => selection(bits)?,
        filter::Verdicts::Changes(verdicts) => Verdicts::Change(list(verdicts)?),
        filter::Verdicts::Images(_) if operation != Operation::Update => {
            return Err(format!("verdicts per image for rows of the operation {}", operation.name()));
        }
        filter::Verdicts::Images((before, after)) => Verdicts::Images(list(before)?, list(after)?),
    };
    Ok(Answer { verdicts, reasons })
}
