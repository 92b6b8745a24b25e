//! Sends recorded statements again: what Tidegate planned, without Tidegate.
//!
//! Each recorded connection is a session of its own, which awaits each answer before it sends the next statement; no
//! session waits for another, so there is no pause between windows. Where a session overtakes another, its statement
//! may find no row or a duplicate: that costs time like any other and is not what is measured.

use crate::measure::Cost;
use anyhow::{Context, Result};
use mysql_async::{Conn, OptsBuilder, prelude::Queryable};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};
use tidegate_test_servers::{PASSWORD, Server, USER};

/// Sends what was recorded in `folder` to a fresh server.
pub(crate) fn replay(folder: &Path, server: &Server) -> Result<Cost> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.sort();
    let mut sessions = Vec::new();
    for file in files {
        sessions.push(statements(&fs::read(&file)?));
    }
    // The lanes are the sessions with the mass of the statements; the others made the tables before.
    let is_lane = |session: &Vec<Vec<u8>>| session.iter().any(|sql| sql.starts_with(b"INSERT INTO `sbtest`"));
    let (lanes, first): (Vec<_>, Vec<_>) = sessions.into_iter().partition(is_lane);
    anyhow::ensure!(!lanes.is_empty(), "no lane was recorded");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (port, start) = (server.port(), Instant::now());
    runtime.block_on(async {
        for session in first {
            send(port, session).await?;
        }
        let lanes: Vec<_> = lanes.into_iter().map(|session| tokio::spawn(send(port, session))).collect();
        for lane in lanes {
            lane.await??;
        }
        Ok::<(), anyhow::Error>(())
    })?;
    Ok(Cost { wall: start.elapsed().as_secs_f64(), ..Cost::default() })
}

async fn send(port: u16, session: Vec<Vec<u8>>) -> Result<()> {
    let options = OptsBuilder::default()
        .ip_or_hostname("127.0.0.1")
        .tcp_port(port)
        .user(Some(USER))
        .pass(Some(PASSWORD));
    let mut connection = Conn::new(options).await.context("connecting for the replay")?;
    for sql in session {
        if let Err(error) = connection.query_drop(sql).await
            && error.is_fatal()
        {
            return Err(error).context("the replay lost its connection");
        }
    }
    Ok(connection.disconnect().await?)
}

fn statements(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let Some((statement, rest)) = rest.split_at_checked(u32::from_le_bytes(*length) as usize) else {
            break;
        };
        found.push(statement.to_vec());
        bytes = rest;
    }
    found
}
