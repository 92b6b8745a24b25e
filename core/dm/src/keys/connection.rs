//! `from` and `target-database`: where a server is.

use super::{Honoured, Refused, Row, Takes, WithoutEffect};

const INLINE: super::Treatment = Refused {
    why: "certificates and keys are read from files only",
    instead: "write it to a file, and name the file in `ssl-ca`, `ssl-cert` or `ssl-key`",
};

const NAMES: super::Treatment = Refused {
    why: "the name in the server's certificate is compared with the host, and with no other list",
    instead: "remove it; name the server by a host name that its certificate has",
};

const PACKET: super::Treatment = WithoutEffect("the server is asked how large a packet it takes");

pub(super) const SOURCE: &[Row] = &[
    Row::new("host", Takes::Text, Honoured("source `mysql`: `host`")).required(),
    Row::new("port", Takes::Number(1, 65_535), Honoured("source `mysql`: `port`")).required(),
    Row::new("user", Takes::Text, Honoured("source `mysql`: `user`")).required(),
    Row::new("password", Takes::Secret, Honoured("source `mysql`: `password`; see [passwords](#passwords)"))
        .default(""),
    Row::new("max-allowed-packet", Takes::Number(0, i64::MAX), PACKET).remark("deprecated"),
    Row::new(
        "session",
        Takes::Section,
        WithoutEffect("session variables change nothing of a log that is read"),
    ),
    Row::inner("session.*", Takes::Text),
    Row::new("security", Takes::Section, Honoured("source `mysql`: `tls`, with `mode: verify-identity`")),
    Row::new("security.ssl-ca", Takes::Text, Honoured("`tls.ca`")).default(""),
    Row::new("security.ssl-cert", Takes::Text, Honoured("`tls.cert`")).default(""),
    Row::new("security.ssl-key", Takes::Text, Honoured("`tls.key`")).default(""),
    Row::new("security.ssl-ca-bytes", Takes::Secret, INLINE).default(""),
    Row::new("security.ssl-cert-bytes", Takes::Secret, INLINE).default(""),
    Row::new("security.ssl-key-bytes", Takes::Secret, INLINE).default(""),
    Row::new("security.ssl-ca-base64", Takes::Secret, INLINE).default(""),
    Row::new("security.ssl-cert-base64", Takes::Secret, INLINE).default(""),
    Row::new("security.ssl-key-base64", Takes::Secret, INLINE).default(""),
    Row::new("security.cert-allowed-cn", Takes::TextOrTexts, NAMES),
];

pub(super) const TARGET: &[Row] = &[
    Row::new("host", Takes::Text, Honoured("sink `mysql`: `host`")).required(),
    Row::new("port", Takes::Number(1, 65_535), Honoured("sink `mysql`: `port`")).required(),
    Row::new("user", Takes::Text, Honoured("sink `mysql`: `user`")).required(),
    Row::new("password", Takes::Secret, Honoured("sink `mysql`: `password`; see [passwords](#passwords)"))
        .default(""),
    Row::new("max-allowed-packet", Takes::Number(0, i64::MAX), PACKET).remark("deprecated"),
    Row::new("session", Takes::Section, Honoured("variable by variable, as the rows below say")),
    Row::new(
        "session.sql_mode",
        Takes::Text,
        WithoutEffect(
            "rows are written as they are in the log, strictly: a value that the target would change stops the pipeline",
        ),
    ),
    Row::new(
        "session.time_zone",
        Takes::Text,
        WithoutEffect("instants are written in UTC, and statements run in the time zone that the log names"),
    ),
    Row::new(
        "session.foreign_key_checks",
        Takes::Text,
        WithoutEffect("checks are on exactly where the log lacks what cascades change"),
    ),
    Row::new(
        "session.unique_checks",
        Takes::Text,
        WithoutEffect("they are always on: a duplicate row stops the pipeline"),
    ),
    Row::new(
        "session.tidb_txn_mode",
        Takes::Text,
        WithoutEffect(
            "transactions are pessimistic: two that write the checkpoint exclude one another by it",
        ),
    ),
    Row::new(
        "session.tidb_retry_limit",
        Takes::Text,
        WithoutEffect("TiDB retries nothing by itself: what fails is planned and sent again as a whole"),
    ),
    Row::new(
        "session.tidb_disable_txn_auto_retry",
        Takes::Text,
        WithoutEffect("TiDB retries nothing by itself: what fails is planned and sent again as a whole"),
    ),
    Row::new(
        "session.tidb_skip_utf8_check",
        Takes::Text,
        WithoutEffect("it is set around the statements that need it"),
    ),
    Row::new(
        "session.*",
        Takes::Text,
        Refused {
            why: "the sink sets no session variables of the user's: what this one would change is not known",
            instead: "remove it, or set it for the account or globally at the target",
        },
    ),
    Row::new("security", Takes::Section, Honoured("sink `mysql`: `tls`, with `mode: verify-identity`")),
    Row::new("security.ssl-ca", Takes::Text, Honoured("`tls.ca`")).default(""),
    Row::new("security.ssl-cert", Takes::Text, Honoured("`tls.cert`")).default(""),
    Row::new("security.ssl-key", Takes::Text, Honoured("`tls.key`")).default(""),
    Row::new("security.ssl-ca-bytes", Takes::Secret, INLINE).default(""),
    Row::new("security.ssl-cert-bytes", Takes::Secret, INLINE).default(""),
    Row::new("security.ssl-key-bytes", Takes::Secret, INLINE).default(""),
    Row::new("security.ssl-ca-base64", Takes::Secret, INLINE).default(""),
    Row::new("security.ssl-cert-base64", Takes::Secret, INLINE).default(""),
    Row::new("security.ssl-key-base64", Takes::Secret, INLINE).default(""),
    Row::new("security.cert-allowed-cn", Takes::TextOrTexts, NAMES),
];
