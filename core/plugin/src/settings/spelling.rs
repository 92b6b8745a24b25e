//! The nearest valid spelling of a word that nothing defines.

/// Returns the candidate that `word` was most likely meant to be.
///
/// Case, `_` and spaces in place of `-` never count as a difference; beyond that at most a third of the letters may differ.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = plain(word);
    candidates
        .into_iter()
        .map(|candidate| {
            let other = plain(candidate);
            let letters = wanted.chars().count().max(other.chars().count());
            (strsim::damerau_levenshtein(&wanted, &other), letters, candidate)
        })
        .filter(|(distance, letters, _)| *distance == 0 || distance * 3 <= (*letters).max(3))
        .min_by_key(|(distance, _, _)| *distance)
        .map(|(_, _, candidate)| candidate)
}

/// Returns the help line for a word that is none of the candidates: the nearest one, or all of them.
#[must_use]
pub fn suggestion(word: &str, candidates: &[&str]) -> Option<String> {
    if let Some(near) = nearest(word, candidates.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    (!candidates.is_empty()).then(|| format!("known here: {}", quoted(candidates)))
}

/// Returns the words in back quotes, separated by commas.
pub(super) fn quoted(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

/// Long words are cut: the distance is quadratic, and nobody misspells a valid key of this length.
fn plain(word: &str) -> String {
    word.chars()
        .take(64)
        .map(|letter| if matches!(letter, '_' | ' ') { '-' } else { letter.to_ascii_lowercase() })
        .collect()
}
