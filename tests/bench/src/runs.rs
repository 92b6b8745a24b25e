//! The measurements.

use crate::{
    load::{FAST, Source, TABLES},
    measure::{Cost, cpu, peak, run},
    record, replay,
    report::Report,
};
use anyhow::{Context, Result, ensure};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};
use tidegate_test_servers::{MySql, PASSWORD, Server, TiDb, USER};

/// Reading: `mysqlbinlog --raw` beside Tidegate with built-in filters into nothing.
pub(crate) fn read(source: &Source, report: &mut Report) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let raw = format!("{}/", folder.path().display());
    report.add(
        "mysqlbinlog --raw",
        run(mysqlbinlog(source)?
            .args(["--raw", "--result-file", &raw])
            .args(["--to-last-log", "binlog.000001"]))?,
    );
    let filters = "filters:\n  - plugin: block-allow-list\n    config: { do-dbs: [sbtest] }\n  - plugin: binlog-event\n    \
                   config: [{ schema-pattern: sbtest, table-pattern: \"sb*\", events: [truncate table], action: Ignore }]\n  \
                   - plugin: route\n    config: [{ schema-pattern: sbtest, table-pattern: sbtest1, target-schema: sbtest, \
                   target-table: first }]\n";
    let pipeline = Pipeline::new(source, filters, "plugin: discard")?;
    report.add("tidegate to discard", run(&mut pipeline.command())?);
    Ok(())
}

/// JSON lines: `mysqlbinlog -v` beside the `file` sink, both to nothing.
pub(crate) fn json(source: &Source, report: &mut Report) -> Result<()> {
    let mut verbose = mysqlbinlog(source)?;
    report.add(
        "mysqlbinlog -v",
        run(verbose.args(["-v", "--to-last-log", "binlog.000001"]).stdout(nothing()?))?,
    );
    let pipeline = Pipeline::new(source, "", "plugin: file\n    config: { path: \"-\" }")?;
    report.add("tidegate to JSON lines", run(pipeline.command().stdout(nothing()?))?);
    Ok(())
}

/// MySQL's own replica.
pub(crate) fn replica(source: &Source, report: &mut Report) -> Result<()> {
    let options = [
        "--replica-parallel-workers=4",
        "--skip-replica-start",
        "--skip-log-bin",
        "--log-replica-updates=OFF",
    ];
    let server = MySql::builder().options(FAST).options(options).start()?;
    let port = source.server.port();
    server.client().execute(&format!(
        "CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT={port}, SOURCE_USER='{USER}', \
         SOURCE_PASSWORD='{PASSWORD}', SOURCE_AUTO_POSITION=1, SOURCE_SSL=0, \
         GET_SOURCE_PUBLIC_KEY=1"
    ))?;
    let id = server.process_id().context("the replica does not run")?;
    let (start, used) = (Instant::now(), cpu(id));
    server.client().execute("START REPLICA")?;
    wait_for(&server, &source.gtids)?;
    let cost = Cost { wall: start.elapsed().as_secs_f64(), cpu: cpu(id) - used, peak: peak(id) };
    report.add("MySQL's replica, 4 workers", cost);
    same_contents(source, &server)
}

/// Waits until a replica has applied `gtids`.
fn wait_for(replica: &Server, gtids: &str) -> Result<()> {
    let errors = "SELECT LAST_ERROR_MESSAGE FROM performance_schema.replication_connection_status UNION ALL SELECT \
                  LAST_ERROR_MESSAGE FROM performance_schema.replication_applier_status_by_worker";
    loop {
        let wait = format!("SELECT WAIT_FOR_EXECUTED_GTID_SET('{gtids}', 5)");
        if replica.client().execute(&wait)?.trim() == "0" {
            return Ok(());
        }
        let said = replica.client().execute(errors)?;
        ensure!(said.trim().is_empty(), "the replica fails: {}", said.trim());
    }
}

/// Tidegate into MySQL.
pub(crate) fn apply_to_mysql(source: &Source, report: &mut Report) -> Result<()> {
    let server = MySql::builder().options(FAST).option("--skip-log-bin").start()?;
    let pipeline = Pipeline::new(source, ONLY_SBTEST, &sink(server.port()))?;
    report.add("tidegate to MySQL, 4 lanes", run(&mut pipeline.command())?);
    same_contents(source, &server)
}

/// Tidegate into TiDB beside the statements that it sends, recorded and sent again.
pub(crate) fn apply_to_tidb(source: &Source, report: &mut Report) -> Result<()> {
    let recorded = tempfile::tempdir()?;
    {
        let server = TiDb::builder().start()?;
        let port = record::start(server.address(), recorded.path())?;
        run(&mut Pipeline::new(source, ONLY_SBTEST, &sink(port))?.command())?;
    }
    let server = TiDb::builder().start()?;
    report.add("the same statements to TiDB", replay::replay(recorded.path(), &server)?);
    drop(server);
    let server = TiDb::builder().start()?;
    let pipeline = Pipeline::new(source, ONLY_SBTEST, &sink(server.port()))?;
    report.add("tidegate to TiDB, 4 lanes", run(&mut pipeline.command())?);
    same_contents(source, &server)
}

/// The database with the procedures is not replicated.
const ONLY_SBTEST: &str = "filters:\n  - plugin: block-allow-list\n    config: { do-dbs: [sbtest] }\n";

fn sink(port: u16) -> String {
    format!(
        "plugin: mysql\n    config: {{ host: 127.0.0.1, port: {port}, user: {USER}, password: \"${{env:BENCH_PASSWORD}}\", \
         lanes: 4 }}"
    )
}

/// A pipeline file in a folder of its own.
pub(crate) struct Pipeline {
    folder: tempfile::TempDir,
}

impl Pipeline {
    /// Writes the file: from the beginning of the log through `filters`, the YAML of their list or nothing, into `sink`.
    pub(crate) fn new(source: &Source, filters: &str, sink: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = source.server.port();
        let yaml = format!(
            "name: bench\nsource:\n  plugin: mysql\n  config: {{ host: 127.0.0.1, port: {port}, user: {USER}, password: \
             \"${{env:BENCH_PASSWORD}}\", start: earliest }}\n{filters}sinks:\n  - {sink}\n"
        );
        fs::write(folder.path().join("pipeline.yaml"), yaml)?;
        Ok(Self { folder })
    }

    /// Returns the command that runs it to the end of the log.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(tidegate());
        command.arg("run").arg(self.folder.path().join("pipeline.yaml"));
        command.arg("--state").arg(self.folder.path().join("state")).args(["--until", "now"]);
        command.env("BENCH_PASSWORD", PASSWORD);
        command
    }
}

/// The program, built beside the benchmark.
fn tidegate() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    own.parent().unwrap_or_else(|| Path::new(".")).join("tidegate")
}

fn mysqlbinlog(source: &Source) -> Result<Command> {
    let mut command = source.server.program("mysqlbinlog")?;
    let port = source.server.port().to_string();
    command.args([
        "--no-defaults",
        "--read-from-remote-server",
        "--host=127.0.0.1",
        "--get-server-public-key",
    ]);
    command.args(["--user", USER, "--port", &port]).env("MYSQL_PWD", PASSWORD);
    Ok(command)
}

fn nothing() -> Result<File> {
    Ok(File::options().write(true).open("/dev/null")?)
}

/// Counts and sums the rows on both sides.
fn same_contents(source: &Source, target: &Server) -> Result<()> {
    for table in 1..=TABLES {
        let sums = format!(
            "SELECT COUNT(*), SUM(k), SUM(CRC32(c)), SUM(CRC32(pad)), SUM(id * CRC32(c) % 1000003) FROM \
             sbtest.sbtest{table}"
        );
        let (one, other) = (source.server.client().execute(&sums)?, target.client().execute(&sums)?);
        ensure!(
            one == other,
            "sbtest{table} differs: {} at the source, {} at the target",
            one.trim(),
            other.trim()
        );
    }
    Ok(())
}
