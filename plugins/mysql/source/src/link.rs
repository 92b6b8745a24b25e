//! The connection that the log comes over, and how it is made again.

use crate::{
    begin::{Beginning, Found, diverged, resumed},
    config::SourceConfig,
    dump::{Follower, From, Piece, Reader, follow},
    identity,
    server::Server,
};
use std::{path::Path, sync::Arc, time::Duration};
use tidegate_model::Checkpoint;
use tidegate_mysql_connection::{ConnectionConfig, Version};
use tidegate_plugin::{BoxFuture, ErrorKind, PluginError, Result};

/// How often a server that lags is asked how far it is.
const LAG_POLL: Duration = Duration::from_secs(1);

/// The least wait between two attempts to connect, whatever the settings say.
const WAIT_LEAST: Duration = Duration::from_millis(1);

/// A server counts a transaction as executed a little after it has sent it: how often it is asked again, and when,
/// before it is refused for what it lacks.
const DIVERGED_POLLS: u32 = 10;
/// See [`DIVERGED_POLLS`].
const DIVERGED_POLL: Duration = Duration::from_millis(200);

/// Where the server is and who we are to it.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) connection: ConnectionConfig,
    pub(crate) follower: Follower,
    reconnect: (Duration, Duration),
}

/// The connection that the log comes over.
pub(crate) struct Link {
    identity: Arc<Identity>,
    state: State,
    reconnects: u64,
}

enum State {
    Down,
    Up(Reader),
    /// The connection is being made again.
    Coming(BoxFuture<'static, Result<Again>>),
}

/// A connection that was made again.
pub(crate) struct Again {
    pub(crate) beginning: Beginning,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) source: Arc<str>,
    reader: Reader,
}

/// What comes over the link.
pub(crate) enum Input {
    /// A piece of the log.
    Piece(Piece),
    /// The connection was made again, and goes on from a checkpoint.
    Again(Box<Again>),
}

impl Identity {
    pub(crate) fn new(config: &SourceConfig, pipeline: &str, folder: &Path) -> Self {
        Self {
            connection: config.connection(folder),
            follower: identity::follower(config, pipeline),
            reconnect: (config.reconnect.first.0, config.reconnect.longest.0),
        }
    }
}

impl Link {
    pub(crate) fn new(identity: Identity) -> Self {
        Self { identity: Arc::new(identity), state: State::Down, reconnects: 0 }
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Has the server send its log.
    pub(crate) async fn follow(&mut self, version: &Version, from: &From) -> Result<()> {
        let Identity { connection, follower, .. } = &*self.identity;
        self.state = State::Up(follow(connection, version, Some(follower), from).await?);
        Ok(())
    }

    /// Returns what is at hand.
    pub(crate) fn at_hand(&mut self) -> Option<Result<Piece>> {
        match &mut self.state {
            State::Up(reader) => reader.at_hand(),
            _ => None,
        }
    }

    /// Returns what comes next. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Result<Input> {
        match &mut self.state {
            State::Up(reader) => match reader.next().await? {
                Some(piece) => Ok(Input::Piece(piece)),
                None => Err(PluginError::transient("the server ended the log: it is shutting down")),
            },
            State::Coming(coming) => {
                let outcome = coming.await;
                self.state = State::Down;
                outcome.map(|again| Input::Again(Box::new(again)))
            }
            State::Down => {
                Err(PluginError::definite("the log is read without a connection: a bug in tidegate"))
            }
        }
    }

    /// Takes a connection that was made again.
    pub(crate) fn take(&mut self, again: Box<Again>) -> (Beginning, Checkpoint, Arc<str>) {
        let Again { beginning, checkpoint, source, reader } = *again;
        self.state = State::Up(reader);
        self.reconnects += 1;
        (beginning, checkpoint, source)
    }

    /// Gives a buffer back.
    pub(crate) fn recycle(&self, chunk: crate::dump::Chunk) {
        if let State::Up(reader) = &self.state {
            reader.recycle(chunk);
        }
    }

    /// Begins to make the connection again, to go on from a checkpoint.
    pub(crate) fn again(&mut self, checkpoint: Checkpoint, lost: &PluginError) {
        tracing::warn!(error = %lost, position = %checkpoint.applied, "lost the connection to the source, connecting again");
        let identity = self.identity.clone();
        self.state = State::Coming(Box::pin(async move { connect_again(&identity, checkpoint).await }));
    }

    /// Tells whether there is a connection, as far as is known.
    pub(crate) fn is_up(&self) -> bool {
        matches!(self.state, State::Up(_))
    }

    /// Tells whether everything that the server has came over the link.
    pub(crate) fn is_at_end(&self) -> bool {
        matches!(&self.state, State::Up(reader) if reader.is_at_end())
    }

    pub(crate) fn reconnects(&self) -> u64 {
        self.reconnects
    }
}

async fn connect_again(identity: &Identity, checkpoint: Checkpoint) -> Result<Again> {
    let (first, longest) = identity.reconnect;
    let mut wait = first;
    loop {
        tokio::time::sleep(wait).await;
        match attempt(identity, &checkpoint).await {
            Ok((beginning, source, reader)) => {
                tracing::info!(position = %checkpoint.applied, server = %source, "connected to the source again");
                return Ok(Again { beginning, checkpoint, source, reader });
            }
            Err(error) if error.kind == ErrorKind::Transient => {
                wait = wait.saturating_mul(2).min(longest).max(WAIT_LEAST);
                let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                tracing::warn!(error = %error, wait_ms, "cannot connect to the source yet");
            }
            Err(error) => return Err(error),
        }
    }
}

async fn attempt(identity: &Identity, checkpoint: &Checkpoint) -> Result<(Beginning, Arc<str>, Reader)> {
    let mut server = Server::connect(&identity.connection).await?;
    let beginning = wait_until_there(&mut server, checkpoint).await?;
    let source = identity::of_server(&server.facts);
    let Identity { connection, follower, .. } = identity;
    let reader = follow(connection, &server.facts.version, Some(follower), &beginning.from).await?;
    server.close().await;
    Ok((beginning, source, reader))
}

/// Finds where to go on, and waits for a server that merely lags.
pub(crate) async fn wait_until_there(server: &mut Server, checkpoint: &Checkpoint) -> Result<Beginning> {
    let (mut said, mut patience) = (false, DIVERGED_POLLS);
    loop {
        match resumed(server, checkpoint).await? {
            Found::Here(beginning) => return Ok(beginning),
            Found::Diverged { missing, extra } => {
                patience = patience.checked_sub(1).ok_or_else(|| diverged(&missing, &extra))?;
                tokio::time::sleep(DIVERGED_POLL).await;
            }
            Found::Lags(missing) => {
                if !said {
                    tracing::warn!(%missing, "the server lags behind what was read already; waiting for it");
                    said = true;
                }
                tokio::time::sleep(LAG_POLL).await;
            }
        }
    }
}
