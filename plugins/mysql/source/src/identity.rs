//! Who we are to the server, and who the server is to us.

use crate::{config::SourceConfig, dump::Follower};
use std::sync::Arc;
use tidegate_mysql_connection::{Flavor, ServerFacts};

/// Derived server ids are at least this, away from those that people choose.
const DERIVED_FIRST: u32 = 2_000_000_000;
const DERIVED_COUNT: u32 = 2_000_000_000;

/// Returns who follows the log for a pipeline: always the same, so that a server can tell what an earlier connection
/// left behind.
pub(crate) fn follower(config: &SourceConfig, pipeline: &str) -> Follower {
    let hash = fnv1a(pipeline);
    // Below DERIVED_COUNT, so within 32 bits.
    let derived = DERIVED_FIRST + (hash % u64::from(DERIVED_COUNT)) as u32;
    let server_id = config.server_id.unwrap_or(derived);
    Follower {
        server_id,
        uuid: format!("71de6a7e-{:04x}-4000-8000-{:012x}", server_id >> 16, hash & 0xffff_ffff_ffff),
        host: format!("tidegate:{pipeline}"),
        heartbeat: config.heartbeat.0,
    }
}

/// Returns a server's identity, as checkpoints name it.
pub(crate) fn of_server(facts: &ServerFacts) -> Arc<str> {
    match (facts.flavor(), facts.server_uuid) {
        (Flavor::MariaDb, _) => format!("mariadb server {}", facts.server_id).into(),
        (_, Some(uuid)) => format!("mysql server {uuid}").into(),
        (_, None) => format!("mysql server {}", facts.server_id).into(),
    }
}

/// FNV-1a: a hash that stays the same in all versions.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a("a"), 0xaf63_dc4c_8601_ec8c);
    }

    #[test]
    fn derived_ids_are_high() {
        for name in ["orders", "", "a-very-long-name"] {
            let id = DERIVED_FIRST + (fnv1a(name) % u64::from(DERIVED_COUNT)) as u32;
            assert!((2_000_000_000..4_000_000_000).contains(&id));
        }
    }
}
