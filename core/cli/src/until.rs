//! Reads places in a source's log: `--until`, `--from`.

use crate::failure::Failure;
use tidegate_model::{GtidSet, LogPosition, Position, Uuid};
use tidegate_plugin::{ErrorKind, Goal, PluginError};

/// Servers write the number of a log file with at least so many digits.
const LOG_DIGITS_MIN: usize = 6;

/// Reads `now`, a GTID set or `file:position`.
pub(crate) fn parse(text: &str) -> Result<Goal, Failure> {
    if text == "now" { Ok(Goal::Now) } else { place(text, "--until", "`now`") }
}

/// Reads the GTID set or `file:position` that an option has; `words` are what else it takes.
pub(crate) fn place(text: &str, option: &str, words: &str) -> Result<Goal, Failure> {
    let wrong = |why: &str| wrong(text, why, option, words);
    if let Some(log) = log_position(text) {
        return Ok(Goal::Position(Position { gtids: None, log: Some(log), inside: None }));
    }
    match text.parse::<GtidSet>() {
        Ok(gtids) if !gtids.is_empty() => {
            Ok(Goal::Position(Position { gtids: Some(gtids), log: None, inside: None }))
        }
        Ok(_) => Err(wrong("the GTID set is empty")),
        Err(error) => Err(wrong(&error.to_string())),
    }
}

/// `binlog.000012:4711`; what has a server's UUID before the colon is a GTID.
fn log_position(text: &str) -> Option<LogPosition> {
    let (file, offset) = text.rsplit_once(':')?;
    let offset = offset.parse().ok()?;
    let is_gtid = file.split([':', ',']).any(|part| part.trim().parse::<Uuid>().is_ok());
    (!is_gtid && is_log_file(file)).then(|| LogPosition { file: file.into(), offset })
}

/// A server names its files `name.number`; anything else is never reached.
fn is_log_file(file: &str) -> bool {
    let is_name = |name: &str| !name.is_empty() && !name.contains(['/', '\\', ',', ':']);
    let parts = file.rsplit_once('.');
    parts.is_some_and(|(name, number)| {
        is_name(name) && number.len() >= LOG_DIGITS_MIN && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}

fn wrong(text: &str, reason: &str, option: &str, words: &str) -> Failure {
    let what = if option == "--until" { "to stop at" } else { "to begin at" };
    PluginError::new(ErrorKind::Input, format!("`{text}` is not a place {what}: {reason}"))
        .at(option)
        .hint(format!(
            "use {words}, a GTID set (`3e11fa47-71ca-11e1-9e33-c80aa9429562:1-77`, `0-1-77`), or `binlog.000012:4711`"
        ))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(text: &str) -> Position {
        match parse(text) {
            Ok(Goal::Position(position)) => position,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn every_form_is_told_apart() {
        assert!(matches!(parse("now"), Ok(Goal::Now)));
        let log = position("binlog.000012:4711").log.unwrap();
        assert_eq!((&*log.file, log.offset), ("binlog.000012", 4711));
        for gtids in [
            "3e11fa47-71ca-11e1-9e33-c80aa9429562:7",
            "3e11fa47-71ca-11e1-9e33-c80aa9429562:tag:1-5",
            "0-1-77",
        ] {
            let position = position(gtids);
            assert_eq!(position.gtids.unwrap().to_string(), gtids);
            assert!(position.log.is_none());
        }
    }

    #[test]
    fn anything_else_is_an_error_of_the_input() {
        for text in [
            "",
            "tomorrow",
            "tomorrow:12",
            "shop.orders:4",
            "binlog.:4",
            ".000001:4",
            "binlog.000012:x",
            ":4",
        ] {
            let failure = parse(text).unwrap_err();
            assert_eq!(failure.exit_code(), 2, "{text}");
        }
    }
}
