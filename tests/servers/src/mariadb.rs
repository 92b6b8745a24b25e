//! MariaDB 10.11 of Debian 12.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;

use crate::builder::{Builder, Kind, Tls};
use crate::cache::Cache;
use crate::debian::{Packages, run};
use crate::error::{Context, Result};
use crate::installation::Installation;
use crate::mysql::{option_with_path, runs_as_root};
use crate::output::say;
use crate::process::CommandLine;
use crate::server::{PASSWORD, USER};

/// The name in the cache; the number changes with what is made there.
const ENTRY: &str = "mariadb-bookworm-1";

const PACKAGES: Packages = Packages {
    server: Kind::MariaDb,
    suite: "bookworm",
    names: &["mariadb-server-core", "mariadb-client-core"],
};

/// What makes a new data folder, in the order of `mariadb-install-db`.
const SYSTEM_TABLES: [&str; 6] = [
    "mysql_system_tables.sql",
    "mysql_performance_tables.sql",
    "mysql_system_tables_data.sql",
    "fill_help_tables.sql",
    "maria_add_gis_sp_bootstrap.sql",
    "mysql_sys_schema.sql",
];

/// MariaDB 10.11.
#[derive(Debug)]
pub struct MariaDb;

impl MariaDb {
    /// Describes a server with a binary log of rows, at MariaDB's defaults otherwise.
    pub const fn builder() -> Builder {
        Builder::new(Kind::MariaDb)
    }
}

/// Fetches MariaDB and initialises a data folder that each server gets a copy of.
pub(crate) fn prepare() -> Result<Installation> {
    let root = Cache::open()?.entry(ENTRY, |root| {
        say("fetching MariaDB from Debian 12 (17 MB)");
        PACKAGES.unpack(root)?;
        let installation = Installation::link(root)?;
        say("initialising a MariaDB data folder");
        initialise(&installation, root)
    })?;
    Ok(Installation::at(root))
}

fn initialise(installation: &Installation, root: &Path) -> Result<()> {
    let data = root.join("data");
    fs::create_dir(&data).doing_at("create", &data)?;
    let mut statements = String::from("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n");
    for name in SYSTEM_TABLES {
        let file = installation.path("usr/share/mysql").join(name);
        statements += &fs::read_to_string(&file).doing_at("read", &file)?;
    }
    statements += &format!(
        "\nDELETE FROM mysql.global_priv WHERE User = 'root';\n\
         FLUSH PRIVILEGES;\n\
         CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}';\n\
         GRANT ALL ON *.* TO '{USER}'@'%' WITH GRANT OPTION;\n\
         CREATE USER '{USER}'@'localhost' IDENTIFIED BY '{PASSWORD}';\n\
         GRANT ALL ON *.* TO '{USER}'@'localhost' WITH GRANT OPTION;\n"
    );
    let first_statements = root.join("first.sql");
    fs::write(&first_statements, statements).doing_at("write", &first_statements)?;
    let input = File::open(&first_statements).doing_at("open", &first_statements)?;
    let mut bootstrap = installation.command("mariadbd")?;
    bootstrap.args(common_arguments(installation, &data)).arg("--bootstrap").stdin(Stdio::from(input));
    run(&mut bootstrap, "mariadbd --bootstrap")?;
    Ok(())
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
            "--binlog-format=ROW",
            "--gtid-strict-mode=ON",
        ]
        .map(OsString::from),
    );
    if wanted.tls == Tls::On {
        // MariaDB makes no certificates by itself; those that MySQL made do as well.
        let certificates = crate::mysql::prepare()?.path("data");
        arguments.push(option_with_path("--ssl-ca=", &certificates.join("ca.pem")));
        arguments.push(option_with_path("--ssl-cert=", &certificates.join("server-cert.pem")));
        arguments.push(option_with_path("--ssl-key=", &certificates.join("server-key.pem")));
    }
    arguments.extend(wanted.options.iter().map(OsString::from));
    Ok(CommandLine { program: installation.program("mariadbd")?, arguments })
}

/// What every run of `mariadbd` needs to find its own files and to stay small.
fn common_arguments(installation: &Installation, data: &Path) -> Vec<OsString> {
    let mut arguments = vec![
        "--no-defaults".into(),
        option_with_path("--basedir=", &installation.path("usr")),
        option_with_path("--datadir=", data),
        // A server that starts removes what it takes for leftovers in its folder for temporary files, also another's.
        option_with_path("--tmpdir=", data.parent().unwrap_or(data)),
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
            "--innodb-buffer-pool-size=128M",
            "--innodb-log-file-size=16M",
        ]
        .map(OsString::from),
    );
    if runs_as_root() {
        arguments.push("--user=root".into());
    }
    arguments
}
