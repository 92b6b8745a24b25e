//! What a statement answered, against what it must answer.

use crate::statement::{Expected, Verb};

/// An OK packet, as far as it is judged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    /// Rows found or inserted.
    pub(crate) affected: u64,
    /// The text: `Records: 3  Duplicates: 2  Warnings: 0`.
    pub(crate) info: String,
    /// How many warnings there were.
    pub(crate) warnings: u16,
}

/// The judgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// All as expected.
    Fine,
    /// So many rows were not there.
    Missing(u64),
    /// Something that cannot be.
    Wrong(String),
}

/// Judges an answer.
pub(crate) fn judge(expected: &Expected, answer: &Answer) -> Judgement {
    if let Some(warnings) = expected.warnings
        && warnings != answer.warnings
    {
        return Judgement::Wrong(format!(
            "the statement gave {} warnings where {warnings} were expected for the error values of ENUM columns",
            answer.warnings
        ));
    }
    let found = match expected.verb {
        Verb::Set => return Judgement::Fine,
        Verb::Insert | Verb::Update | Verb::Delete => answer.affected,
        Verb::Upsert => match (count(&answer.info, "Records:"), count(&answer.info, "Duplicates:")) {
            (Some(records), Some(duplicates)) if records == expected.rows => duplicates,
            _ => return Judgement::Wrong("the server did not say how many rows it found".to_owned()),
        },
    };
    if found == expected.rows {
        Judgement::Fine
    } else if found < expected.rows && expected.verb != Verb::Insert {
        Judgement::Missing(expected.rows - found)
    } else {
        Judgement::Wrong(format!(
            "the statement is about {} rows, and the server counts {found}",
            expected.rows
        ))
    }
}

/// The number behind a word of the info text.
fn count(info: &str, word: &str) -> Option<u64> {
    let (_, rest) = info.split_once(word)?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(verb: Verb, rows: u64) -> Expected {
        Expected { verb, rows, first: None, warnings: None }
    }

    fn answer(affected: u64, info: &str) -> Answer {
        Answer { affected, info: info.to_owned(), warnings: 0 }
    }

    #[test]
    fn missing_rows_are_known_exactly() {
        let info = "Records: 3  Duplicates: 2  Warnings: 0";
        assert_eq!(judge(&expected(Verb::Upsert, 3), &answer(5, info)), Judgement::Missing(1));
        assert_eq!(judge(&expected(Verb::Delete, 3), &answer(3, "")), Judgement::Fine);
        assert_eq!(judge(&expected(Verb::Update, 1), &answer(0, "")), Judgement::Missing(1));
    }

    #[test]
    fn what_cannot_be_is_not_taken_for_missing() {
        assert!(matches!(judge(&expected(Verb::Upsert, 2), &answer(2, "")), Judgement::Wrong(_)));
        assert!(matches!(judge(&expected(Verb::Delete, 1), &answer(2, "")), Judgement::Wrong(_)));
        assert!(matches!(judge(&expected(Verb::Insert, 2), &answer(1, "")), Judgement::Wrong(_)));
    }
}
