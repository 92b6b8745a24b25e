//! Other readers of the log with our server id: the server would cut off one of the two, again and again.

use crate::{dump::Follower, server::Server};
use mysql_async::Row;
use tidegate_plugin::{ErrorKind, PluginError, Result};

/// Returns what is wrong if another server or reader has our server id.
pub(crate) async fn clashing_reader(server: &mut Server, follower: &Follower) -> Result<Option<PluginError>> {
    let own = follower.server_id;
    if server.facts.server_id == own {
        let message = format!("server id {own} is the source's own");
        return Ok(Some(PluginError::world(message).hint("set another `server-id`")));
    }
    let statement = server.facts.version.show_replicas();
    let rows: Vec<Row> = match server.query(statement, "cannot list the readers of the log").await {
        Ok(rows) => rows,
        // Without the grant the log cannot be read at all, and that says it better.
        Err(error) if error.kind == ErrorKind::World => return Ok(None),
        Err(error) => return Err(error),
    };
    for row in rows {
        let reader = Reader::of(&row);
        if reader.server_id == Some(own) && !reader.is(follower) {
            let host = reader.host.unwrap_or_default();
            let message = format!("server id {own} is taken by another reader of the log (host `{host}`)");
            return Ok(Some(PluginError::world(message).hint("set another `server-id`")));
        }
    }
    Ok(None)
}

/// A reader as the server lists it.
struct Reader {
    server_id: Option<u32>,
    host: Option<String>,
    uuid: Option<String>,
}

impl Reader {
    fn of(row: &Row) -> Self {
        let text = |names: &[&str]| {
            let index = row
                .columns_ref()
                .iter()
                .position(|column| names.iter().any(|name| column.name_str().eq_ignore_ascii_case(name)))?;
            row.get_opt::<String, _>(index)?.ok()
        };
        Self {
            server_id: text(&["Server_Id"]).and_then(|id| id.parse().ok()),
            host: text(&["Host"]),
            uuid: text(&["Replica_UUID", "Slave_UUID"]),
        }
    }

    /// Tells whether this is what is left of an earlier connection of ours. MariaDB knows no UUIDs.
    fn is(&self, follower: &Follower) -> bool {
        match self.uuid.as_deref().filter(|uuid| !uuid.is_empty()) {
            Some(uuid) => uuid.eq_ignore_ascii_case(&follower.uuid),
            None => {
                self.host.as_deref().is_some_and(|host| !host.is_empty() && follower.host.starts_with(host))
            }
        }
    }
}
