//! What filters in C need: a compiler for components, and one for their unit tests.

use crate::run;
use anyhow::{Context, Result, ensure};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The flags of a filter's compiler, one a line.
pub(crate) const FLAGS: &str = "compile_flags.txt";
/// The packages in the virtual environment that has zig; the folder bears its version.
const REQUIREMENTS: &str = include_str!("c/requirements.txt");
const ENVIRONMENT: &str = "ziglang-0.17.1";

/// Puts zig into a folder of intermediate files, from the cache of what tests fetch, if the machine has none.
pub(crate) fn fetch_zig(scratch: &Path) -> Result<()> {
    let link = scratch.join("bin/zig");
    if link.exists() || Command::new("zig").arg("version").output().is_ok() {
        return Ok(());
    }
    let environment = cache()?.join(ENVIRONMENT);
    let python = environment.join("bin/python");
    if !environment.join("complete").exists() {
        fs::create_dir_all(&environment)?;
        let requirements = environment.join("requirements.txt");
        fs::write(&requirements, REQUIREMENTS)?;
        run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
        let pip = ["-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r"];
        run(Command::new(&python).args(pip).arg(&requirements))?;
        fs::write(environment.join("complete"), "")?;
    }
    let place = "import ziglang; print(ziglang.__path__[0])";
    let place = Command::new(&python).args(["-c", place]).output()?;
    let zig = Path::new(String::from_utf8(place.stdout)?.trim()).join("zig");
    ensure!(zig.is_file(), "the package has no {}", zig.display());
    fs::create_dir_all(scratch.join("bin"))?;
    Ok(std::os::unix::fs::symlink(zig, link)?)
}

/// Returns the folder of what tests fetch.
fn cache() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("TIDEGATE_TEST_CACHE") {
        return Ok(folder.into());
    }
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".cache"));
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    Ok(cache.context("neither `XDG_CACHE_HOME` nor `HOME` is set")?.join("tidegate-tests"))
}

/// Compiles a filter's tests, or the SDK's, with the SDK's sources for the machine itself and runs them: each file that
/// ends in `_test.c` is a program, which has all other sources of its folder.
pub(crate) fn test(filter: &Path, scratch: &Path) -> Result<()> {
    let flags = fs::read_to_string(filter.join(FLAGS))?;
    let includes = flags.lines().filter_map(|flag| flag.strip_prefix("-I")).map(|folder| filter.join(folder));
    let sdk = includes.into_iter().find(|folder| folder.join("tidegate.h").is_file());
    let (tests, mut sources): (Vec<PathBuf>, Vec<PathBuf>) =
        sources_in(filter)?.into_iter().partition(|path| path.to_string_lossy().ends_with("_test.c"));
    ensure!(!tests.is_empty(), "there are no tests in {}", filter.display());
    sources.extend(sources_in(&sdk.context("the flags name no folder with `tidegate.h`")?.join("src"))?);
    let program = scratch.join("c-test");
    for test in tests {
        run(Command::new("cc")
            .args(flags.lines())
            .args(["-Werror", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover", "-o"])
            .arg(&program)
            .arg(test)
            .args(&sources)
            .current_dir(filter))?;
        // A filter lives as long as its process.
        run(Command::new(&program).env("ASAN_OPTIONS", "detect_leaks=0"))?;
    }
    Ok(())
}

fn sources_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = fs::canonicalize(entry?.path())?;
        if path.extension().is_some_and(|extension| extension == "c") {
            sources.push(path);
        }
    }
    Ok(sources)
}
