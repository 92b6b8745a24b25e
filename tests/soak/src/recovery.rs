//! Counts what runs report of recovering.

use std::{collections::BTreeMap, fmt};

/// How often each recovery path was taken.
#[derive(Debug, Default)]
pub(crate) struct Recoveries(BTreeMap<String, u64>);

impl Recoveries {
    /// Counts the paths that a log names.
    pub(crate) fn read(&mut self, log: &str) {
        for rest in log.split("recovery").skip(1) {
            let name: String = rest
                .chars()
                .skip_while(|letter| *letter != '"')
                .skip(1)
                .take_while(|letter| letter.is_ascii_lowercase() || *letter == '-')
                .collect();
            if !name.is_empty() {
                *self.0.entry(name).or_default() += 1;
            }
        }
    }
}

impl fmt::Display for Recoveries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        let parts: Vec<String> = self.0.iter().map(|(name, count)| format!("{name} {count}")).collect();
        f.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_counted_with_and_without_colours() {
        let mut found = Recoveries::default();
        found.read("INFO finishing recovery=\"finish-window\" window=3\nINFO \u{1b}[3mrecovery\u{1b}[0m\u{1b}[2m=\u{1b}[0m\"finish-window\"");
        found.read("nothing");
        assert_eq!(found.to_string(), "finish-window 2");
    }
}
