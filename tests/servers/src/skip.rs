//! Decides whether a test whose server is missing is skipped or fails.

use std::env;

use crate::error::{Error, Result};
use crate::output::say;

const REQUIRE: &str = "TIDEGATE_TEST_REQUIRE_SERVERS";

/// Returns `None`, after saying why, when the machine cannot provide the server.
///
/// # Errors
///
/// Every other error, and this one too when `TIDEGATE_TEST_REQUIRE_SERVERS=1`.
pub fn or_skip<T>(outcome: Result<T>) -> Result<Option<T>> {
    decide(outcome, env::var_os(REQUIRE).is_some_and(|value| value == "1"))
}

fn decide<T>(outcome: Result<T>, servers_required: bool) -> Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(Error::Unavailable { server, reason }) if !servers_required => {
            say(format_args!("skipped: {server} is not available on this machine: {reason}"));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Returns the started server, or leaves the test when the machine cannot provide one.
///
/// `server_or_skip!(outcome)` returns `()` from the test, `server_or_skip!(outcome, value)`
/// returns `value`. Any error but [`Error::Unavailable`](crate::Error::Unavailable) fails the test; that one
/// too when `TIDEGATE_TEST_REQUIRE_SERVERS=1`.
#[macro_export]
macro_rules! server_or_skip {
    ($outcome:expr) => {
        $crate::server_or_skip!($outcome, ())
    };
    ($outcome:expr, $skipped:expr) => {
        match $crate::or_skip($outcome) {
            Ok(Some(server)) => server,
            Ok(None) => return $skipped,
            Err(error) => panic!("{error}"),
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::Kind;

    fn missing() -> Result<()> {
        Err(Error::unavailable(Kind::MySql, "no apt-get"))
    }

    /// A machine without the server skips the test unless servers are required.
    #[test]
    fn a_missing_server_skips_unless_servers_are_required() {
        assert!(matches!(decide(missing(), false), Ok(None)));
        assert!(decide(missing(), true).is_err_and(|error| error.is_unavailable()));
    }

    /// A server that is there but broken is never a reason to skip.
    #[test]
    fn a_broken_server_is_never_skipped() {
        let broken: Result<()> =
            Err(Error::Program { program: "mysqld".into(), message: "no space left".into() });
        assert!(decide(broken, false).is_err());
    }
}
