//! The program under test.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// Names a binary to use instead of building one.
const GIVEN: &str = "TIDEGATE_TEST_BINARY";

/// Returns the path of the `tidegate` binary with crash points, built once for all tests of a process.
///
/// The environment variable `TIDEGATE_TEST_BINARY` names another one to use instead.
///
/// # Panics
/// If it does not compile.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| std::env::var_os(GIVEN).map_or_else(build, PathBuf::from))
}

#[expect(clippy::panic, reason = "a test without the program has nothing to say")]
fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(cargo);
    command.current_dir(&workspace).args(["build", "--locked", "--quiet", "--message-format=json"]);
    // Of the whole workspace, as the tests: one package alone would have its dependencies built anew with other features.
    command.args(["--workspace", "--bin", "tidegate", "--features", "tidegate/crash-points"]);
    let output = match command.output() {
        Ok(output) if output.status.success() => output,
        Ok(output) => panic!("tidegate does not compile:\n{}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => panic!("cargo cannot be run: {error}"),
    };
    let messages = String::from_utf8_lossy(&output.stdout);
    let executable = messages.lines().rev().find_map(|line| {
        let (_, rest) = line.split_once("\"executable\":\"")?;
        rest.split_once('"').map(|(path, _)| PathBuf::from(path))
    });
    executable.unwrap_or_else(|| panic!("cargo named no executable"))
}
