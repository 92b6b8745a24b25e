//! What a run depends on, looked at before it. Nothing is changed.

mod account;
mod clash;
mod log;
mod tables;

pub(crate) use clash::clashing_reader;

use crate::{
    begin,
    config::SourceConfig,
    link::Identity,
    schemas::{Current, flavor_of, names},
    server::Server,
};
use mysql_async::prelude::Queryable;
use std::sync::Arc;
use tidegate_mysql_connection::{Flavor, ServerFacts};
use tidegate_plugin::{ErrorKind, Finding, PluginError, Result, SourceReport, TableNames};

/// Looks at the server, the account, the log's settings, the start, and the tables.
pub(crate) async fn check(config: &SourceConfig, identity: &Identity) -> Result<SourceReport> {
    let mut server = Server::connect(&identity.connection).await?;
    let mut findings = vec![version(&server.facts), encryption(&mut server, identity).await?];
    findings.extend(account::findings(&mut server).await?);
    findings.extend(log::findings(&mut server).await?);
    findings.push(server_id(&mut server, identity).await?);
    if server.facts.has_log()
        && let Some(start) = &config.start
    {
        findings.push(match begin::configured(&mut server, &identity.connection, start).await {
            Ok(beginning) => Finding::ok("start", format!("the log holds the start, {}", beginning.position)),
            Err(error) => refused("start", error)?,
        });
    }
    let flavor = flavor_of(&server.facts)?;
    let current = Current::read(&mut server, flavor, &|_| true).await?;
    let names = Arc::<TableNames>::default();
    names::read(&mut server, &|_| true, &names).await?;
    findings.extend(tables::findings(&server.facts, &current));
    let unlogged_cascades = !server.facts.logs_cascades();
    server.close().await;
    Ok(SourceReport { findings, tables: current.tables, names, unlogged_cascades })
}

/// An error of the world is what a check looks for; others end it.
fn refused(item: &str, error: PluginError) -> Result<Finding> {
    match error.kind {
        ErrorKind::World | ErrorKind::Input => {
            let finding = Finding::error(item, error.to_string());
            Ok(match error.hint {
                Some(hint) => finding.remedy(hint),
                None => finding,
            })
        }
        ErrorKind::Transient | ErrorKind::Definite => Err(error),
    }
}

fn version(facts: &ServerFacts) -> Finding {
    let oldest = match facts.flavor() {
        Flavor::MariaDb => (10, 5, 0),
        _ => (5, 7, 0),
    };
    let aurora = facts.aurora_version().map(|version| format!(" (Aurora {version})")).unwrap_or_default();
    let name = format!("{}{aurora}", facts.version);
    if facts.version.number >= oldest {
        Finding::ok("version", format!("the source is {name}"))
    } else {
        let (major, minor, _) = oldest;
        Finding::warning(
            "version",
            format!("the source is {name}, older than {major}.{minor}: nobody has tried it"),
        )
    }
}

async fn encryption(server: &mut Server, identity: &Identity) -> Result<Finding> {
    let status: Option<(String, String)> =
        server.conn.query_first("SHOW SESSION STATUS LIKE 'Ssl_cipher'").await.map_err(|error| {
            tidegate_mysql_connection::error::explain(
                &error,
                "cannot see whether the connection is encrypted",
            )
        })?;
    let encrypted = status.is_some_and(|(_, cipher)| !cipher.is_empty());
    let mode = identity.connection.tls.mode();
    Ok(match (encrypted, mode.verifies()) {
        (true, true) => {
            Finding::ok("tls", "the connection is encrypted and the server's certificate is verified")
        }
        (true, false) => {
            Finding::warning("tls", format!("the connection is encrypted, but not verified (mode `{mode}`)"))
                .remedy("set `tls: { ca: FILE }` to the certificate of the server's authority")
        }
        (false, _) => Finding::warning("tls", format!("the connection is not encrypted (mode `{mode}`)"))
            .remedy("enable TLS at the server and set `tls: { ca: FILE }`"),
    })
}

async fn server_id(server: &mut Server, identity: &Identity) -> Result<Finding> {
    let own = identity.follower.server_id;
    match clashing_reader(server, &identity.follower).await? {
        Some(problem) => refused("server-id", problem),
        None => Ok(Finding::ok("server-id", format!("server id {own} is free"))),
    }
}
