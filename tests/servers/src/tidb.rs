//! TiDB, built from a small Go program of ours that serves it from its embedded storage.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use xxhash_rust::xxh3::Xxh3;

use crate::builder::{Builder, Kind, Tls};
use crate::cache::Cache;
use crate::debian::{find_program, run};
use crate::error::{Context, Error, Result};
use crate::installation::Installation;
use crate::output::say;
use crate::process::CommandLine;
use crate::server::{PASSWORD, USER};

/// The Go program, as it was when this crate was compiled.
const SOURCES: [(&str, &str); 3] = [
    ("go.mod", include_str!("../tidb/go.mod")),
    ("go.sum", include_str!("../tidb/go.sum")),
    ("main.go", include_str!("../tidb/main.go")),
];

const NO_GO: &str = "it has no Go toolchain, which builds TiDB; install Go 1.23 or newer";

/// TiDB.
#[derive(Debug)]
pub struct TiDb;

impl TiDb {
    /// Describes a server at TiDB's defaults.
    pub const fn builder() -> Builder {
        Builder::new(Kind::TiDb)
    }
}

/// Builds TiDB, and fetches MariaDB for a client that can speak to it.
pub(crate) fn prepare() -> Result<Installation> {
    let client = crate::mariadb::prepare()?.program("mysql")?;
    if find_program("go").is_none() {
        return Err(Error::unavailable(Kind::TiDb, NO_GO));
    }
    let root = Cache::open()?.entry(&entry_name()?, |root| {
        let sources = root.join("sources");
        fs::create_dir_all(root.join("bin")).doing_at("create a folder in", root)?;
        fs::create_dir(&sources).doing_at("create", &sources)?;
        // There is nothing to copy for a new server: it fills an empty folder within a second.
        fs::create_dir(root.join("data")).doing_at("create a folder in", root)?;
        for (name, text) in SOURCES {
            fs::write(sources.join(name), text).doing_at("write a file in", &sources)?;
        }
        build(&sources)
    })?;
    Ok(Installation::at(root).with_client(client))
}

/// Returns the cache entry for these sources and this compiler.
fn entry_name() -> Result<String> {
    let version = run(Command::new("go").arg("version"), "go version")?;
    let mut hash = Xxh3::new();
    hash.update(&version.stdout);
    for (name, text) in SOURCES {
        hash.update(name.as_bytes());
        hash.update(text.as_bytes());
    }
    Ok(format!("tidb-{:016x}", hash.digest()))
}

fn build(sources: &Path) -> Result<()> {
    say("fetching TiDB's Go modules");
    // Only looks at the packages, so that a failure is the network's and not the compiler's.
    let fetched = run(go(sources).args(["list", "-deps", "-f", "{{.ImportPath}}", "."]), "go list");
    if let Err(error) = fetched {
        let reason =
            format!("cannot fetch TiDB's Go modules: {error}; check the network and `go env GOPROXY`");
        return Err(Error::unavailable(Kind::TiDb, reason));
    }
    say("building TiDB, once per machine: 4 to 6 minutes on 2 cores");
    run(go(sources).args(["build", "-ldflags", "-s -w", "-o", "../bin/tidb", "."]), "go build")?;
    Ok(())
}

fn go(sources: &Path) -> Command {
    let mut command = Command::new("nice");
    command.args(["-n", "10", "go"]).current_dir(sources).env("GOWORK", "off");
    command
}

/// Returns the command that serves `data` on `port`.
pub(crate) fn command_line(
    installation: &Installation,
    data: &Path,
    port: u16,
    wanted: &Builder,
) -> Result<CommandLine> {
    let (config, first_statements) = (data.join("tidb.toml"), data.join("first.sql"));
    let statements = format!("ALTER USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}';\n");
    fs::write(&config, wanted.options.join("\n")).doing_at("write", &config)?;
    fs::write(&first_statements, statements).doing_at("write", &first_statements)?;
    let mut arguments: Vec<OsString> = vec!["-port".into(), port.to_string().into()];
    arguments.extend(["-path".into(), data.into()]);
    arguments.extend(["-config".into(), config.into()]);
    arguments.extend(["-init-sql".into(), first_statements.into()]);
    if wanted.tls == Tls::On {
        arguments.push("-auto-tls".into());
    }
    Ok(CommandLine { program: installation.program("tidb")?, arguments })
}
