//! How many instructions the decoder takes a row: a figure that a busy machine does not change.

use crate::load::Source;
use anyhow::{Context, Result, ensure};
use std::{path::Path, process::Command};
use tidegate_test_servers::{say, tell};

/// Counts them with valgrind, decoding the last whole file of the log once and twice: the difference is the decoding.
pub(crate) fn count(source: &Source) -> Result<()> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        say(format_args!(
            "instructions are not counted: `valgrind` is not installed (apt-get install valgrind)"
        ));
        return Ok(());
    }
    let logs = source.server.client().rows("SHOW BINARY LOGS")?;
    let name = logs.first().and_then(|log| log.first()).context("the server has no log")?;
    let log = source.server.data_dir().join(name);
    let (once, rows) = run(&log, "1")?;
    let (twice, _) = run(&log, "2")?;
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let a_row = (twice - once) as f64 / rows as f64;
    tell(format_args!("decoder: {a_row:.0} instructions a row ({rows} rows)"))?;
    Ok(())
}

/// Returns the instructions of a run and its rows.
fn run(log: &Path, times: &str) -> Result<(u64, u64)> {
    let own = std::env::current_exe()?;
    let decoder = own.parent().context("the benchmark has no folder")?.join("examples/decode_file");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(decoder)
        .args([log.as_os_str(), times.as_ref()])
        .output()?;
    let (rows, counts) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "valgrind fails:\n{counts}");
    let rows = rows.split_whitespace().next().and_then(|word| word.parse().ok());
    let collected = counts.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    collected.zip(rows).with_context(|| format!("valgrind says something else than counts:\n{counts}"))
}
