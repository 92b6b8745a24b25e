//! MySQL 9.7 of Debian sid.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::builder::{Builder, Kind, Tls};
use crate::cache::Cache;
use crate::debian::{Packages, run};
use crate::error::{Context, Result};
use crate::installation::Installation;
use crate::output::say;
use crate::process::CommandLine;
use crate::server::{PASSWORD, USER};

/// The name in the cache; the number changes with what is made there.
const ENTRY: &str = "mysql-sid-1";

const PACKAGES: Packages =
    Packages { server: Kind::MySql, suite: "sid", names: &["mysql-server-core", "mysql-client-core"] };

/// MySQL 9.7.
#[derive(Debug)]
pub struct MySql;

impl MySql {
    /// Describes a server with a binary log and GTIDs, at MySQL's defaults otherwise.
    pub const fn builder() -> Builder {
        Builder::new(Kind::MySql)
    }
}

/// Fetches MySQL and initialises a data folder that each server gets a copy of.
pub(crate) fn prepare() -> Result<Installation> {
    let root = Cache::open()?.entry(ENTRY, |root| {
        say("fetching MySQL from Debian sid (65 MB)");
        PACKAGES.unpack(root)?;
        let installation = Installation::link(root)?;
        say("initialising a MySQL data folder");
        initialise(&installation, root)
    })?;
    Ok(Installation::at(root))
}

fn initialise(installation: &Installation, root: &Path) -> Result<()> {
    let data = root.join("data");
    let first_statements = root.join("first.sql");
    let statements = format!(
        "CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}';\n\
         GRANT ALL ON *.* TO '{USER}'@'%' WITH GRANT OPTION;\n\
         ALTER USER '{USER}'@'localhost' IDENTIFIED BY '{PASSWORD}';\n\
         SHUTDOWN;\n"
    );
    fs::write(&first_statements, statements).doing_at("write", &first_statements)?;
    let arguments = common_arguments(installation, &data);
    let mut initialise = installation.command("mysqld")?;
    run(initialise.args(&arguments).arg("--initialize-insecure"), "mysqld --initialize-insecure")?;
    let init_file = option_with_path("--init-file=", &first_statements);
    let mut first = installation.command("mysqld")?;
    first.args(&arguments).args(["--skip-networking", "--skip-log-bin", "--innodb-fast-shutdown=0"]);
    run(first.arg(init_file), "mysqld --init-file")?;
    // Each copy makes its own server id.
    let identity = data.join("auto.cnf");
    fs::remove_file(&identity).doing_at("remove", &identity)
}

/// Returns the command that serves `data` on `port`.
pub(crate) fn command_line(
    installation: &Installation,
    data: &Path,
    port: u16,
    wanted: &Builder,
) -> Result<CommandLine> {
    let mut arguments = common_arguments(installation, data);
    arguments.push(format!("--port={port}").into());
    arguments.push(format!("--server-id={port}").into());
    arguments.extend(
        [
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--log-bin=binlog",
            "--gtid-mode=ON",
            "--enforce-gtid-consistency=ON",
            "--performance-schema=ON",
        ]
        .map(OsString::from),
    );
    if wanted.tls == Tls::Off {
        arguments.extend(["--tls-version=", "--auto-generate-certs=OFF"].map(OsString::from));
    }
    arguments.extend(wanted.options.iter().map(OsString::from));
    Ok(CommandLine { program: installation.program("mysqld")?, arguments })
}

/// What every run of `mysqld` needs to find its own files and to stay small.
fn common_arguments(installation: &Installation, data: &Path) -> Vec<OsString> {
    let mut arguments = vec![
        "--no-defaults".into(),
        option_with_path("--basedir=", &installation.path("usr")),
        option_with_path("--datadir=", data),
        option_with_path("--lc-messages-dir=", &installation.path("usr/share/mysql")),
        option_with_path("--character-sets-dir=", &installation.path("usr/share/mysql/charsets")),
        option_with_path("--plugin-dir=", &installation.path("usr/lib/mysql/plugin")),
    ];
    // Relative to the data folder: an absolute path may be too long for a socket.
    arguments.extend(
        [
            "--socket=mysql.sock",
            "--pid-file=mysql.pid",
            "--secure-file-priv=",
            "--mysqlx=OFF",
            "--innodb-buffer-pool-size=128M",
            "--innodb-redo-log-capacity=32M",
        ]
        .map(OsString::from),
    );
    if runs_as_root() {
        arguments.push("--user=root".into());
    }
    arguments
}

pub(crate) fn option_with_path(option: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(option);
    argument.push(path);
    argument
}

/// Returns whether this process is root, whom database servers refuse unless told.
pub(crate) fn runs_as_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}
