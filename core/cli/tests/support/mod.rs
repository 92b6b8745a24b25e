//! Runs `tidegate plugin` as the author of a filter does.

use std::{path::Path, process::Command};

pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Components that were compiled stay with the guests, since some take a minute.
pub(crate) fn plugin(arguments: &[&str]) -> Ran {
    let guests = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../guests");
    let guests = std::path::absolute(guests).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .arg("plugin")
        .args(arguments)
        .env("CARGO_TARGET_DIR", guests.join("rust"))
        .env("XDG_STATE_HOME", guests.join("state"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}
