//! The filters of the examples, built for tests: each once for a test run, by the commands that their authors use.
//!
//! They lie in `guests` in the target folder. A language whose tools the machine does not have is reported as skipped;
//! `TIDEGATE_TEST_REQUIRE_GUESTS=1` makes that a failure.

mod c;
mod sources;
mod unit_tests;

pub use unit_tests::unit_tests;

use anyhow::{Context, Result};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};
use tidegate_plugin::{ErrorKind, PluginError};
use tidegate_toolchain::{Language, build};

/// Set, a language without tools fails the test instead of skipping it.
const REQUIRE: &str = "TIDEGATE_TEST_REQUIRE_GUESTS";

/// Returns the component that a folder's source code is, by its path from the repository's root; `None`, with a line that
/// says so, if the machine has not the tools and the test is to be skipped.
///
/// # Errors
/// If it does not build, or if a tool is missing and guests are required.
pub fn guest(source: &str) -> Result<Option<PathBuf>> {
    or_skip(built(source))
}

fn built(source: &str) -> Result<PathBuf> {
    let (folder, _lock) = folder()?;
    let source = root().join(source);
    let language = Language::of(&source)?;
    let scratch = folder.join(language.name());
    fs::create_dir_all(&scratch)?;
    prepare(language, &scratch);
    let name = source.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file = folder.join(format!("{}-{name}.wasm", language.name()));
    let made_of = file.with_extension("made-of");
    let sum = sum(language, &source)?;
    // Building the same again gives other bytes in some languages, which take a minute to compile.
    if sum.is_none() || !file.is_file() || fs::read_to_string(&made_of).ok() != sum {
        let built = build(&source, Some(&scratch))?;
        fs::write(&file, built.component)?;
        fs::write(&made_of, sum.unwrap_or_default())?;
    }
    Ok(file)
}

/// Returns the sum of everything that a component is made of; `None` for languages whose tools look after that themselves.
fn sum(language: Language, source: &Path) -> Result<Option<String>> {
    match language {
        Language::Rust | Language::Go | Language::C => Ok(None),
        Language::JavaScript | Language::Python => {
            let name = language.name();
            let tools = format!("core/toolchain/src/{name}");
            let others = [format!("{tools}.rs"), tools, format!("sdk/{name}"), "wit".to_owned()];
            let mut paths = others.map(|path| root().join(path)).to_vec();
            paths.push(source.to_owned());
            sources::sum(&paths).map(Some)
        }
    }
}

/// Gets the tools of a language where one command does; if it fails, building says what is missing.
fn prepare(language: Language, scratch: &Path) {
    match language {
        Language::Rust => {
            drop(Command::new("rustup").args(["target", "add", "wasm32-unknown-unknown"]).output());
        }
        Language::Go | Language::JavaScript | Language::Python => {}
        Language::C => drop(c::fetch_zig(scratch)),
    }
}

/// What is built, if it is; `None`, with a line that says so, if a tool is missing that nobody requires.
fn or_skip<T>(built: Result<T>) -> Result<Option<T>> {
    match built {
        Ok(built) => Ok(Some(built)),
        Err(error) if is_missing_tool(&error) && std::env::var_os(REQUIRE).is_none() => {
            report(&error);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn is_missing_tool(error: &anyhow::Error) -> bool {
    error.downcast_ref::<PluginError>().is_some_and(|error| error.kind == ErrorKind::World)
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
