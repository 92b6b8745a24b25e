//! The name of a pipeline, made of a task's name and a source's id.

use sha2::{Digest, Sha256};

/// Most characters of a pipeline's name.
const CHARS_MAX: usize = 64;

/// Between task and source.
const BETWEEN: &str = "__";

/// How many digits of the sum tell names apart that would be one.
const SUM_DIGITS: usize = 10;

/// Returns the name: `<task>__<source id>` where that is one, else the nearest to it with a sum at its end. Checkpoints
/// carry it, so no two pairs may have one name.
pub(crate) fn pipeline_name(task: &str, source_id: &str) -> String {
    let plain = format!("{task}{BETWEEN}{source_id}");
    let is_taken_apart_in_one_way =
        plain.matches("__").count() == 1 && !task.ends_with('_') && !source_id.starts_with('_');
    if is_taken_apart_in_one_way && is_name(&plain) {
        return plain;
    }
    let lowered = plain.to_lowercase();
    let letters = lowered.chars().map(|letter| if is_letter(letter) { letter } else { '-' });
    let nearest: String = letters.collect();
    let nearest = nearest.trim_start_matches(['-', '_']);
    let nearest = nearest.get(..CHARS_MAX - SUM_DIGITS - 1).unwrap_or(nearest);
    let nearest = if nearest.is_empty() { "task" } else { nearest };
    let digest = Sha256::new().chain_update(task).chain_update([0]).chain_update(source_id).finalize();
    let sum: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{nearest}-{}", sum.get(..SUM_DIGITS).unwrap_or_default())
}

fn is_letter(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '-' | '_')
}

fn is_name(text: &str) -> bool {
    text.len() <= CHARS_MAX
        && text.chars().all(is_letter)
        && text.starts_with(|letter: char| letter.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_name_is_readable_where_it_can_be() {
        assert_eq!(pipeline_name("test", "aurora-replica-01"), "test__aurora-replica-01");
        let strange = pipeline_name("t-Ë!s`t", "mysql 1");
        assert!(strange.starts_with("t---s-t__mysql-1-") && is_name(&strange), "{strange}");
    }

    #[test]
    fn no_two_tasks_and_sources_have_one_name() {
        let pairs = [
            ("a", "b__c"),
            ("a__b", "c"),
            ("a_", "b"),
            ("a", "_b"),
            ("A", "b"),
            ("a", "b"),
            ("a", "B"),
            ("_a", "b"),
            ("a.b", "c"),
            ("a-b", "c"),
            ("", "b"),
            ("é", "é"),
            ("", ""),
        ];
        let long = "x".repeat(80);
        let names: BTreeSet<String> =
            pairs.iter().map(|(task, source)| pipeline_name(task, source)).collect();
        assert_eq!(names.len(), pairs.len(), "{names:?}");
        assert!(
            names
                .iter()
                .chain([&pipeline_name(&long, "s"), &pipeline_name("ß", &long)])
                .all(|name| is_name(name))
        );
        assert_ne!(pipeline_name(&long, "s"), pipeline_name(&long, "t"));
    }
}
