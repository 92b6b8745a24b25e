//! The filters of the examples, built for tests: each once for a test run, by the commands that their authors use.
//!
//! They lie in `guests` in the target folder. A language whose tools the machine does not have is reported as skipped;
//! `TIDEGATE_TEST_REQUIRE_GUESTS=1` makes that a failure.

mod go;
mod rust;

pub use go::go;
pub use rust::{rust, rust_unit_tests};

use anyhow::{Context, Result};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

/// Set, a language without tools fails the test instead of skipping it.
const REQUIRE: &str = "TIDEGATE_TEST_REQUIRE_GUESTS";

/// Returns a guest that was built; `None`, with a line that says so, if the test is to be skipped.
///
/// # Errors
/// If it could not be built and guests are required.
pub fn or_skip(built: Result<PathBuf>) -> Result<Option<PathBuf>> {
    match built {
        Ok(file) => Ok(Some(file)),
        Err(error) if std::env::var_os(REQUIRE).is_none() => {
            report(&error);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

#[expect(clippy::print_stderr, reason = "whoever runs the tests must see that some were skipped")]
fn report(error: &anyhow::Error) {
    eprintln!("skipped: {error:#}");
}

/// Returns the repository's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the folder of all guests, and the lock without which nothing in it may be written: several test programs run
/// at the same time.
fn folder() -> Result<(PathBuf, File)> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let folder = target.join("guests");
    fs::create_dir_all(&folder)?;
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    Ok((folder, lock))
}

/// Runs a command to its end.
fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("`{program}` cannot be run"))?;
    anyhow::ensure!(
        output.status.success(),
        "`{program}` fails:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
