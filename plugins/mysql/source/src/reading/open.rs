//! Opening the source: server, position, schemas, in this order, and nothing is streamed before all is well.

use super::{Reading, goal};
use crate::{
    begin::{self, Beginning},
    check::clashing_reader,
    config::{SourceConfig, StartAt},
    dump::From,
    feed::Feed,
    identity,
    link::{Link, wait_until_there},
    schemas::{Current, Schemas, Touched, flavor_of, names, read_schema_file},
    server::Server,
    stream::{Stream, StreamConfig, Wants},
    xa,
};
use std::{path::Path, sync::Arc};
use tidegate_model::Position;
use tidegate_mysql_connection::ConnectionConfig;
use tidegate_mysql_ddl::Flavor;
use tidegate_plugin::{ErrorKind, Goal, PluginError, Result, SourceContext, Start};

pub(super) async fn open(
    config: Arc<SourceConfig>,
    folder: &Path,
    mut link: Link,
    context: SourceContext,
) -> Result<Reading> {
    let connection = link.identity().connection.clone();
    let mut server = Server::connect(&connection).await?;
    if let Some(problem) = clashing_reader(&mut server, &link.identity().follower).await? {
        return Err(problem);
    }
    xa::clean(&context.state);
    let flavor = flavor_of(&server.facts)?;
    names::read(&mut server, &*context.wants, &context.names).await?;
    let mut schemas = Schemas::new(flavor, context.names.clone());
    let (beginning, checkpoint, cut) = match context.start {
        Start::Resume(resume) => {
            schemas.resume(resume.schemas);
            let beginning = wait_until_there(&mut server, &resume.checkpoint).await?;
            (beginning, Some(resume.checkpoint), resume.cut)
        }
        Start::Configured => {
            let start = config.start.clone().ok_or_else(no_start)?;
            let beginning = begin::configured(&mut server, &connection, &start).await?;
            first_schemas(&config, folder, &connection, &start, &beginning, &context.wants, &mut schemas)
                .await?;
            (beginning, None, None)
        }
    };
    let goal = match context.goal {
        None => None,
        Some(Goal::Position(position)) => {
            let end = server.end().await?.position;
            let gtids = server.facts.has_gtids().then(|| server.facts.flavor());
            goal::check(&position, gtids, &end)?;
            Some(position)
        }
        Some(Goal::Now) => {
            let end = server.end().await?;
            Some(Position { gtids: end.gtids, log: Some(end.position), inside: None })
        }
    };
    let from = beginning.from.clone();
    tracing::info!(server = %connection, version = %server.facts.version, position = %beginning.position, "following the source's log");
    let stream = Stream::new(StreamConfig {
        schemas,
        beginning,
        checkpoint,
        identity: identity::of_server(&server.facts),
        cut,
        goal,
        wants: context.wants.clone(),
        leaves_out: context.leaves_out,
        limits: context.limits,
        state: context.state,
        xa_memory: usize::try_from(config.xa_memory.0).unwrap_or(usize::MAX),
    });
    if !stream.is_ended() {
        link.follow(&server.facts.version, &from).await?;
    }
    server.close().await;
    let feed = Feed::new(stream);
    Ok(Reading { config, link, feed, wants: context.wants, learning: None, idle: false })
}

/// Learns the schemas as of a start that the settings say: from the schema file, or from the server. Where the log tells
/// them itself that is not worth looking through it.
async fn first_schemas(
    config: &SourceConfig,
    folder: &Path,
    connection: &ConnectionConfig,
    start: &StartAt,
    beginning: &Beginning,
    wants: &Wants,
    schemas: &mut Schemas,
) -> Result<()> {
    if let Some(file) = &config.schema_file {
        let sql = read_schema_file(folder, file).await?;
        return schemas.load_file(&sql);
    }
    if !config.assume_current_schema && *start != StartAt::Latest && tells_names(connection).await? {
        return Ok(());
    }
    let flavor = schemas.flavor();
    let (current, touched) =
        learn(connection, flavor, wants, &beginning.from, config.assume_current_schema).await?;
    schemas.adopt(&current, &touched);
    Ok(())
}

async fn tells_names(connection: &ConnectionConfig) -> Result<bool> {
    let server = Server::connect(connection).await?;
    let tells = server.facts.binlog_row_metadata() == "FULL";
    server.close().await;
    Ok(tells)
}

/// Asks the server for its current schemas, and then looks through the log from a place to now for what changed them.
pub(super) async fn learn(
    connection: &ConnectionConfig,
    flavor: Flavor,
    wants: &Wants,
    from: &From,
    assume: bool,
) -> Result<(Current, Touched)> {
    let mut server = Server::connect(connection).await?;
    let current = Current::read(&mut server, flavor, &**wants).await?;
    let touched = if assume {
        Touched::default()
    } else {
        Touched::between(connection, &server.facts.version, flavor, from).await?
    };
    server.close().await;
    Ok((current, touched))
}

fn no_start() -> PluginError {
    PluginError::new(ErrorKind::Input, "there is no checkpoint, and the settings do not say where to begin")
        .hint("set `start` to `latest`, `earliest`, { file: …, position: … } or { gtid: … }")
}
