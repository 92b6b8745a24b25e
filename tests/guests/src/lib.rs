//! The filters of the examples, built for tests: each once for a test run, by the commands that their authors use.
//!
//! They lie in `guests` in the target folder. A language whose tools the machine does not have is reported as skipped;
//! `TIDEGATE_TEST_REQUIRE_GUESTS=1` makes that a failure.

use anyhow::{Context, Result, bail};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

/// Set, a language without tools fails the test instead of skipping it.
const REQUIRE: &str = "TIDEGATE_TEST_REQUIRE_GUESTS";

const WASM: &str = "wasm32-unknown-unknown";

/// Returns the component that a package in `workspace` is, a folder of Rust filters relative to the repository's root.
///
/// # Errors
/// If it does not build.
pub fn rust(workspace: &str, package: &str) -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = target_folder(&root);
    fs::create_dir_all(&target)?;
    // Several test programs run at the same time.
    let lock = File::create(target.join("lock"))?;
    lock.lock()?;
    add_target()?;
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--target", WASM, "--package", package])
        .current_dir(root.join(workspace))
        .env("CARGO_TARGET_DIR", &target)
        .env_remove("RUSTFLAGS")
        .output()
        .context("cargo cannot be run")?;
    if !built.status.success() {
        bail!("{package} does not build:\n{}", String::from_utf8_lossy(&built.stderr));
    }
    let module = target.join(WASM).join("release").join(package.replace('-', "_")).with_extension("wasm");
    let component = tidegate_component::componentize(&fs::read(&module)?).map_err(anyhow::Error::msg)?;
    let file = target.join(package).with_extension("wasm");
    fs::write(&file, component)?;
    Ok(file)
}

fn target_folder(root: &Path) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    target.join("guests")
}

fn add_target() -> Result<()> {
    let added =
        Command::new("rustup").args(["target", "add", WASM]).output().context("rustup cannot be run")?;
    if !added.status.success() {
        bail!("`rustup target add {WASM}` fails:\n{}", String::from_utf8_lossy(&added.stderr));
    }
    Ok(())
}

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
