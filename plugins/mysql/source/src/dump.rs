//! Following a server's log: the request, and the events that it answers with.
//!
//! Protocol: MySQL source documentation, "Replication Protocol"; MariaDB knowledge base, "Slave registration" and
//! "Connecting a slave".

mod chunk;
mod frame;
mod quiet;
mod reader;
mod walk;

pub(crate) use chunk::{Chunk, Part, Piece};
pub(crate) use frame::Frame;
use reader::Silence;
pub(crate) use reader::{CHUNK, PART_ABOVE, Reader};
pub(crate) use walk::Walk;

use mysql_common::{
    packets::{BinlogDumpFlags, ComBinlogDump, ComBinlogDumpGtid, ComRegisterSlave, GnoInterval, Sid, Tag},
    proto::MySerialize,
};
use std::time::Duration;
use tidegate_model::{GtidSet, LogPosition};
use tidegate_mysql_connection::{ConnectionConfig, Flavor, Version, wire::Wire};
use tidegate_plugin::{PluginError, Result};

/// The longest host name that a server keeps of those who follow it.
const HOST_MAX: usize = 60;

/// How long a server may be silent at least, and at most where it sends no heartbeats.
const SILENCE_MIN: Duration = Duration::from_secs(1);
const SILENCE_MAX: Duration = Duration::from_secs(120);

/// From where the server is to send its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// From an event in a file.
    File(LogPosition),
    /// Everything that is not in the set.
    Gtids(GtidSet),
}

/// Who follows the log.
#[derive(Clone, Debug)]
pub(crate) struct Follower {
    /// Its server id.
    pub(crate) server_id: u32,
    /// Its UUID, by which the server finds what is left of an earlier connection.
    pub(crate) uuid: String,
    /// What the server shows as its host.
    pub(crate) host: String,
    /// How often an idle server is to say that it is alive.
    pub(crate) heartbeat: Duration,
}

/// Connects and has the server send its log to `follower`, for ever; to nobody in particular where there is none, and
/// then only up to where the log ends now.
pub(crate) async fn follow(
    config: &ConnectionConfig,
    version: &Version,
    follower: Option<&Follower>,
    from: &From,
) -> Result<Reader> {
    let mut wire = Wire::connect(config, "log").await?;
    let limit = config.connect_timeout.0;
    let asked = tokio::time::timeout(limit, ask(&mut wire, version, follower, from)).await;
    asked.map_err(|_| {
        PluginError::transient(format!(
            "{config} has not answered within {limit:?}, when it was asked for its log"
        ))
    })??;
    let following =
        follower.map_or(SILENCE_MAX, |follower| follower.heartbeat.saturating_mul(3).max(SILENCE_MIN));
    let unheard = version.flavor == Flavor::MariaDb && matches!(from, From::Gtids(_));
    let seeking = if unheard { following.max(SILENCE_MAX) } else { following };
    Ok(Reader::start(wire.into_stream(), config.to_string(), Silence { seeking, following }))
}

/// Says what is wanted; what follows on the wire is the log.
async fn ask(wire: &mut Wire, version: &Version, follower: Option<&Follower>, from: &From) -> Result<()> {
    for statement in set_up(version, follower, from) {
        wire.execute(&statement).await?;
    }
    if let Some(follower) = follower {
        let host: String = follower.host.chars().take(HOST_MAX).collect();
        let register = ComRegisterSlave::new(follower.server_id).with_hostname(host.into_bytes());
        wire.command(&bytes(&register)).await?;
        wire.answer("registering as a reader of the log").await?;
    }
    wire.command(&request(version, follower, from)?).await
}

fn set_up(version: &Version, follower: Option<&Follower>, from: &From) -> Vec<String> {
    let mut statements =
        vec!["SET @master_binlog_checksum = 'CRC32', @source_binlog_checksum = 'CRC32'".to_owned()];
    if let Some(Follower { heartbeat, uuid, .. }) = follower {
        let period = heartbeat.as_nanos();
        statements
            .push(format!("SET @master_heartbeat_period = {period}, @source_heartbeat_period = {period}"));
        statements.push(format!("SET @slave_uuid = '{uuid}', @replica_uuid = '{uuid}'"));
    }
    if version.flavor == Flavor::MariaDb {
        // 4: the reader knows GTID events.
        statements.push("SET @mariadb_slave_capability = 4".to_owned());
        if let From::Gtids(set) = from {
            statements.push("SET @slave_gtid_strict_mode = 1, @slave_gtid_ignore_duplicates = 0".to_owned());
            statements.push(format!("SET @slave_connect_state = '{set}'"));
        }
    }
    statements
}

fn request(version: &Version, follower: Option<&Follower>, from: &From) -> Result<Vec<u8>> {
    let stop_at_end = BinlogDumpFlags::BINLOG_DUMP_NON_BLOCK;
    let flags = if follower.is_some() { BinlogDumpFlags::empty() } else { stop_at_end };
    // Whoever reads to the end has no server id, like mysqlbinlog: so it is in nobody's way.
    let server_id = follower.map_or(0, |follower| follower.server_id);
    let dump = ComBinlogDump::new(server_id).with_flags(flags);
    match from {
        From::File(position) => {
            let dump = dump.with_filename(position.file.as_bytes()).with_pos(requested_offset(position));
            Ok(bytes(&dump))
        }
        // The set is in a variable of the session.
        From::Gtids(_) if version.flavor == Flavor::MariaDb => Ok(bytes(&dump.with_pos(4))),
        From::Gtids(set) => {
            let sids = sids(set)?;
            let flags = flags | BinlogDumpFlags::BINLOG_THROUGH_GTID;
            let dump = ComBinlogDumpGtid::new(server_id).with_flags(flags).with_pos(4).with_sids(sids);
            Ok(bytes(&dump))
        }
    }
}

/// Returns the offset to ask for: the protocol knows 32 bits, so what lies behind is reached from the file's beginning.
pub(crate) fn requested_offset(position: &LogPosition) -> u32 {
    u32::try_from(position.offset).unwrap_or(4)
}

fn sids(set: &GtidSet) -> Result<Vec<Sid<'static>>> {
    let GtidSet::MySql(sets) = set else {
        return Err(PluginError::definite(format!(
            "the GTID set `{set}` is MariaDB's, but the server is a MySQL"
        )));
    };
    let mut sids = Vec::with_capacity(sets.len());
    for ((uuid, tag), intervals) in sets.iter().filter(|(_, set)| !set.intervals().is_empty()) {
        let intervals = intervals.intervals().iter().map(|(start, end)| GnoInterval::new(*start, *end));
        let mut sid = Sid::new(uuid.0).with_intervals(intervals.collect());
        if !tag.is_empty() {
            let tag = Tag::new(tag.to_string())
                .map_err(|error| PluginError::definite(format!("`{tag}` is no tag of GTIDs: {error}")))?;
            sid = sid.with_tag(tag);
        }
        sids.push(sid);
    }
    Ok(sids)
}

fn bytes(packet: &impl MySerialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    packet.serialize(&mut bytes);
    bytes
}
