//! From the errors of the wire to those of plugins: whose move it is, and what to do.

use mysql_async::{DriverError, Error, IoError, ServerError};
use std::{fmt, io};
use tidegate_plugin::{ErrorKind, PluginError};

/// What a server's error says of a second attempt.
const TRANSIENT_CODES: &[u16] = &[
    1040, // too many connections
    1042, // cannot get the client's host name
    1053, // shutting down
    1077, 1079, // ended normally, ended by a signal
    1152, // aborted connection
    1158, 1159, 1160, 1161, // reading or writing packets
    1184, // aborted connection
    1203, // too many connections of this account
    1205, // lock wait timeout
    1213, // deadlock
    1290, 1836, // read-only: the server was demoted
    1317, // interrupted
    1927, // connection killed (MariaDB)
    2006, 2013, // gone away, lost
    3024, // execution time exceeded
    3058, // user-level lock deadlock
    3101, // rolled back by group replication
    3168, 3169, // server not available, session killed
    4031, // disconnected for inactivity
    8002, 8005, // TiDB: write conflict
    8022, 8027, 8028, // TiDB: commit to be repeated, schema out of date, schema changed
    9001, 9002, 9003, 9004, 9005, 9007, 9010, 9011, 9012,
    9013, // TiDB: PD, TiKV, TiFlash, write conflict
];

/// Codes that mean that somebody must change the server or an account first.
const WORLD_CODES: &[u16] =
    &[1044, 1045, 1129, 1130, 1142, 1143, 1227, 1236, 1251, 1370, 1410, 1698, 1820, 1862, 3118, 3159, 8121];

/// Returns the code of a server's error, `None` for an error of the connection itself.
pub fn server_code(error: &Error) -> Option<u16> {
    match error {
        Error::Server(ServerError { code, .. }) => Some(*code),
        _ => None,
    }
}

/// Tells whether the connection is of no use after the error, so that the outcome of what was sent is unknown.
pub fn is_disconnected(error: &Error) -> bool {
    match error {
        Error::Server(ServerError { code, .. }) => {
            matches!(code, 1053 | 1077 | 1079 | 1152 | 1184 | 1927 | 2006 | 2013 | 3169 | 4031)
        }
        error => error.is_fatal(),
    }
}

/// Returns whose move it is after an error.
pub fn kind(error: &Error) -> ErrorKind {
    match error {
        Error::Server(error) => server_kind(error),
        Error::Io(IoError::Io(error)) => io_kind(error),
        Error::Io(IoError::Tls(_)) => ErrorKind::World,
        Error::Driver(error) => match error {
            DriverError::ConnectionClosed | DriverError::PacketOutOfOrder | DriverError::PoolDisconnected => {
                ErrorKind::Transient
            }
            DriverError::UnknownAuthPlugin { .. }
            | DriverError::MysqlOldPasswordDisabled
            | DriverError::CleartextPluginDisabled
            | DriverError::NoClientSslFlagFromServer
            | DriverError::NoKeyFound => ErrorKind::World,
            _ => ErrorKind::Definite,
        },
        Error::Url(_) => ErrorKind::Input,
        Error::Other(_) => ErrorKind::Definite,
    }
}

fn server_kind(error: &ServerError) -> ErrorKind {
    // TiDB wraps errors of its storage in "unknown error".
    let passing = ["try again", "Information schema is", "Region is unavailable", "region is unavailable"];
    if TRANSIENT_CODES.contains(&error.code)
        || (error.code == 1105 && passing.iter().any(|text| error.message.contains(text)))
    {
        ErrorKind::Transient
    } else if WORLD_CODES.contains(&error.code) {
        ErrorKind::World
    } else {
        ErrorKind::Definite
    }
}

fn io_kind(error: &io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput => {
            ErrorKind::World
        }
        _ if is_tls(error) => ErrorKind::World,
        // Also a name that does not exist: names come and go with the servers of a cluster and with the network's own.
        // At the start the engine gives up soon, and says `check host`.
        _ => ErrorKind::Transient,
    }
}

/// rustls reports a handshake that fails, or a certificate that it refuses, as invalid data.
pub(crate) fn is_tls(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
}

fn tls_hint(text: &str) -> &'static str {
    if text.contains("not valid for name") {
        "give the server a certificate that names its host (subject alternative name), or set `tls.mode` to `verify-ca`"
    } else {
        "check `tls.ca` and the server's certificate, or choose another `tls.mode`"
    }
}

fn is_lookup(error: &io::Error) -> bool {
    error.to_string().contains("failed to lookup address")
}

/// Says what happened while `doing` something ("reading the server's variables"), with a kind and, where one is known,
/// a hint. The text holds no row values: servers quote them, we do not.
pub fn explain(error: &Error, doing: impl fmt::Display) -> PluginError {
    let kind = kind(error);
    let message = match error {
        Error::Server(error) => format!("{doing}: {}", Answer(error)),
        Error::Io(IoError::Io(error)) => format!("{doing}: {error}"),
        Error::Io(IoError::Tls(error)) => format!("{doing}: no encrypted connection: {error}"),
        Error::Driver(error) => format!("{doing}: {}", driver_text(error)),
        Error::Url(error) => format!("{doing}: {error}"),
        Error::Other(error) => format!("{doing}: {error}"),
    };
    let explained = PluginError::new(kind, message);
    match hint(error) {
        Some(hint) => explained.hint(hint),
        None => explained,
    }
}

fn driver_text(error: &DriverError) -> String {
    match error {
        // These hold packets and values.
        DriverError::UnexpectedPacket { .. } => {
            "the server sent a packet that we do not expect here".to_owned()
        }
        DriverError::FromValue { .. } | DriverError::FromRow { .. } => {
            "the server answered with a value of another type than expected".to_owned()
        }
        DriverError::NoClientSslFlagFromServer => "the server offers no encryption".to_owned(),
        other => other.to_string(),
    }
}

fn hint(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::Server(ServerError { code, .. }) => match code {
            1045 | 1698 => "check user, password and the host that the account is allowed from",
            1130 => "allow the account from this host: CREATE USER … @'<this host>'",
            1129 => "run FLUSH HOSTS (or TRUNCATE performance_schema.host_cache) at the server",
            1044 | 1142 | 1143 | 1227 | 1370 | 8121 => {
                "grant the account what is missing; `tidegate check` lists it"
            }
            1820 | 1862 => "set a new password for the account at the server",
            3118 => "unlock the account: ALTER USER … ACCOUNT UNLOCK",
            3159 => "the server wants encrypted connections: set `tls.mode` to `required` or better",
            _ => return None,
        },
        Error::Io(IoError::Tls(error)) => tls_hint(&error.to_string()),
        Error::Io(IoError::Io(error)) if is_tls(error) => tls_hint(&error.to_string()),
        Error::Io(IoError::Io(error)) if is_lookup(error) => "check `host`",
        Error::Io(IoError::Io(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
            "check `host` and `port`, and that the server runs"
        }
        Error::Driver(DriverError::NoClientSslFlagFromServer) => {
            "enable TLS at the server, or set `tls.mode` to `preferred`"
        }
        _ => return None,
    })
}

/// A server's error without the values that it quotes.
pub struct Answer<'a>(pub &'a ServerError);

impl fmt::Display for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ServerError { code, message, state } = self.0;
        write!(f, "the server answered error {code} ({state}): {}", without_values(*code, message))
    }
}

/// TiDB's messages that end with the values of a row, a key or an index, and what these begin with. The names of the
/// table and the index stand before. Source: TiDB source, `pkg/errno/errname.go`.
const ENDING_IN_VALUES: &[(u16, &str)] = &[
    (8134, ", handle"),
    (8138, ", expected-values"),
    (8139, ", index-handle"),
    (8140, ", indexed-value"),
    (8141, ": key"),
    (8223, ", handle"),
    (9007, ", key"),
];

/// Cuts the value out of the messages that quote one.
fn without_values(code: u16, message: &str) -> String {
    if let Some((_, values)) = ENDING_IN_VALUES.iter().find(|(own, _)| *own == code) {
        let head = message.find(values).and_then(|at| message.get(..at)).unwrap_or_default();
        return format!("{head} …").trim_start().to_owned();
    }
    const QUOTING: &[u16] = &[
        1062, 1064, 1149, 1264, 1265, 1291, 1292, 1300, 1366, 1367, 1411, 1451, 1452, 1525, 1526, 1586, 1690,
        1761, 1762, 3140, 3141, 3143, 3156, 3617, 3854,
    ];
    if !QUOTING.contains(&code) {
        return message.to_owned();
    }
    let Some(start) = message.find(['\'', '"', '`', ':']) else { return message.to_owned() };
    let head = message.get(..start).unwrap_or_default().trim_end();
    // What follows the value names a key or a column, which may be told.
    let tail = [" for key ", " for column "]
        .iter()
        .filter_map(|marker| message.rfind(marker))
        .max()
        .and_then(|at| message.get(at..))
        .unwrap_or_default();
    format!("{head} …{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(code: u16, message: &str) -> Error {
        Error::Server(ServerError { code, message: message.to_owned(), state: "HY000".to_owned() })
    }

    #[test]
    fn each_error_says_whose_move_it_is() {
        for (code, expected) in [
            (1213, ErrorKind::Transient),
            (9007, ErrorKind::Transient),
            (1045, ErrorKind::World),
            (1062, ErrorKind::Definite),
            (1146, ErrorKind::Definite),
        ] {
            assert_eq!(kind(&server(code, "")), expected, "{code}");
        }
        assert_eq!(kind(&server(1105, "[kv:9005] Region is unavailable")), ErrorKind::Transient);
        assert_eq!(kind(&server(1105, "something else")), ErrorKind::Definite);
        let lookup = io::Error::other("failed to lookup address information: Name or service not known");
        assert_eq!(kind(&lookup.into()), ErrorKind::Transient);
        assert_eq!(kind(&io::Error::from(io::ErrorKind::ConnectionReset).into()), ErrorKind::Transient);
    }

    #[test]
    fn values_that_a_server_quotes_are_not_told() {
        for (code, message, told) in [
            (1062, "Duplicate entry 's3cret' for key 't.PRIMARY'", "Duplicate entry … for key 't.PRIMARY'"),
            (
                1366,
                "Incorrect integer value: 's3cret' for column 'a' at row 1",
                "Incorrect integer value … for column 'a' at row 1",
            ),
            (1064, "You have an error near 's3cret' at line 1", "You have an error near …"),
            (
                1451,
                "Cannot delete or update a parent row: a foreign key constraint fails",
                "Cannot delete or update a parent row …",
            ),
            (
                9007,
                "[kv:9007]Write conflict, txnStartTS=1, conflictStartTS=2, conflictCommitTS=3, key={tableID=5, \
                 indexID=1, indexValues={s3cret, }, originalKey=74}, reason=Optimistic [try again later]",
                "[kv:9007]Write conflict, txnStartTS=1, conflictStartTS=2, conflictCommitTS=3 …",
            ),
            (
                8141,
                "assertion failed: key: 7473, assertion: NotExist, start_ts: 1, existing start ts: 2",
                "assertion failed …",
            ),
            (
                8134,
                "data inconsistency in table: t, index: k, col: v, handle: \"s3cret\", index-values:\"s\" != record-values:\"t\"",
                "data inconsistency in table: t, index: k, col: v …",
            ),
            (
                8223,
                "data inconsistency in table: t, index: k, handle: 1, index-values:\"s\" != record-values:\"s3cret\"",
                "data inconsistency in table: t, index: k …",
            ),
            (
                8140,
                "writing inconsistent data in table: t, index: k, col: v, indexed-value:{s3cret} != record-value:{1}",
                "writing inconsistent data in table: t, index: k, col: v …",
            ),
            (8141, "something else about s3cret", "…"),
        ] {
            let text = explain(&server(code, message), "writing").to_string();
            assert_eq!(text, format!("writing: the server answered error {code} (HY000): {told}"));
        }
    }
}
