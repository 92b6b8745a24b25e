//! Finds the GTID set of a position in a MySQL log file: what the file begins with, and what lies between.

use crate::dump::{Frame, From, Walk};
use tidegate_model::{GtidSet, LogPosition};
use tidegate_mysql_binlog::{Decoder, Event, EventType};
use tidegate_mysql_connection::{ConnectionConfig, Version};
use tidegate_plugin::{PluginError, Result};

/// Returns everything that lies before `position`, which must be the beginning of a transaction.
pub(super) async fn before(
    config: &ConnectionConfig,
    version: &Version,
    position: &LogPosition,
) -> Result<GtidSet> {
    let from = From::File(LogPosition { file: position.file.clone(), offset: super::FIRST_OFFSET });
    let mut walk = Walk::begin(config, version, &from).await?;
    let mut decoder = Decoder::new();
    let mut set = GtidSet::empty_mysql();
    let mut transaction: Option<u64> = None;
    let mut at = super::FIRST_OFFSET;
    while at < position.offset {
        let Some(event) = walk.next().await? else { break };
        let Some(frame) = Frame::of(event) else { continue };
        if !frame.is_in_file() {
            decode(&mut decoder, event, position)?;
            continue;
        }
        let begin = at;
        at = begin + u64::from(frame.length);
        match frame.event_type {
            EventType::FORMAT_DESCRIPTION
            | EventType::PREVIOUS_GTIDS
            | EventType::GTID
            | EventType::GTID_TAGGED
            | EventType::ANONYMOUS_GTID => match decode(&mut decoder, event, position)? {
                Some(Found::Before(gtids)) => set.union(&gtids),
                Some(Found::Gtid(gtid)) => {
                    transaction = Some(begin);
                    if let Some(gtid) = gtid {
                        set.insert(&gtid);
                    }
                }
                None => {}
            },
            EventType::XID | EventType::XA_PREPARE | EventType::TRANSACTION_PAYLOAD => transaction = None,
            EventType::QUERY if !decode_is_begin(&mut decoder, event, position)? => transaction = None,
            _ => {}
        }
    }
    if at != position.offset {
        let message = format!("position {}:{} lies within an event", position.file, position.offset);
        return Err(PluginError::world(message).hint(format!("the next event begins at {at}")));
    }
    if let Some(begin) = transaction {
        let message = format!("position {}:{} lies within a transaction", position.file, position.offset);
        return Err(
            PluginError::world(message).hint(format!("start where the transaction begins, at {begin}"))
        );
    }
    Ok(set)
}

enum Found {
    Before(GtidSet),
    Gtid(Option<tidegate_model::Gtid>),
}

fn decode(decoder: &mut Decoder, event: &[u8], position: &LogPosition) -> Result<Option<Found>> {
    let decoded = decoder.decode(event);
    let (_, event) = decoded.map_err(|error| PluginError::definite(error.to_string()).at(&position.file))?;
    Ok(match event {
        Event::PreviousGtids(set) => Some(Found::Before(set)),
        Event::Gtid(gtid) => Some(Found::Gtid(gtid.gtid)),
        _ => None,
    })
}

/// A transaction begins with BEGIN or XA START, and any other statement ends it or is all of it.
fn decode_is_begin(decoder: &mut Decoder, event: &[u8], position: &LogPosition) -> Result<bool> {
    let decoded = decoder.decode(event);
    let (_, event) = decoded.map_err(|error| PluginError::definite(error.to_string()).at(&position.file))?;
    let Event::Query(query) = event else { return Ok(false) };
    let begins = [b"BEGIN".as_slice(), b"XA START", b"XA END", b"SAVEPOINT"];
    Ok(begins.iter().any(|word| query.statement.starts_with(word)))
}
