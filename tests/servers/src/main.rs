//! Fetches the servers that tests need, and starts one for use from a shell.

use std::env;
use std::io::{self, Read};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::json;
use tidegate_test_servers::{Builder, Kind, Server, Tls, say, tell};

const USAGE: &str = "\
usage: tidegate-test-servers prepare [mysql|mariadb|tidb]...
       tidegate-test-servers up mysql|mariadb|tidb [--tls] [-- SERVER-OPTION...]

prepare  downloads or builds the servers, all of them by default, into the cache folder
up       starts one, prints a line of JSON that says where it is, and runs it until standard
         input closes or the program is told to end; then its data is removed";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["prepare", servers @ ..] => prepare(servers),
        ["up", server, options @ ..] => up(server, options),
        _ => {
            say(USAGE);
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn prepare(servers: &[&str]) -> Result<()> {
    let servers = if servers.is_empty() { &["mysql", "mariadb", "tidb"] } else { servers };
    for server in servers {
        let kind = kind(server)?;
        kind.prepare()?;
        say(format_args!("{kind} is ready"));
    }
    Ok(())
}

fn up(server: &str, options: &[&str]) -> Result<()> {
    let (ours, servers) = match options.iter().position(|option| *option == "--") {
        Some(end) => options.split_at(end),
        None => (options, [].as_slice()),
    };
    let mut builder = Builder::new(kind(server)?).options(servers.iter().skip(1).copied());
    for option in ours {
        match *option {
            "--tls" => builder = builder.tls(Tls::On),
            other => bail!("unknown option `{other}`; put options for the server after `--`\n{USAGE}"),
        }
    }
    let server = builder.start()?;
    tell(describe(&server)).context("cannot say where the server is")?;
    io::stdin().read_to_end(&mut Vec::new()).context("cannot wait for the end of standard input")?;
    Ok(())
}

fn describe(server: &Server) -> serde_json::Value {
    json!({
        "host": server.host(),
        "port": server.port(),
        "user": server.user(),
        "password": server.password(),
        "url": server.url(),
        "data_dir": server.data_dir(),
        "socket": server.socket(),
        "process_id": server.process_id(),
    })
}

fn kind(name: &str) -> Result<Kind> {
    Ok(match name {
        "mysql" => Kind::MySql,
        "mariadb" => Kind::MariaDb,
        "tidb" => Kind::TiDb,
        other => bail!("unknown server `{other}`\n{USAGE}"),
    })
}
