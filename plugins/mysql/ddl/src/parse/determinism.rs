//! Which expressions give each server its own values.

use crate::{
    Flavor,
    lex::{TokenKind, lex},
};
use tidegate_model::Session;

/// Functions whose values two servers do not share. NOW and the like are not among them: a statement is run under its
/// event's timestamp.
///
/// Source: MySQL manual, "Determination of Safe and Unsafe Statements in Binary Logging".
const OWN_VALUES: &[&str] = &[
    "BENCHMARK",
    "CONNECTION_ID",
    "CURRENT_ROLE",
    "CURRENT_USER",
    "DATABASE",
    "FOUND_ROWS",
    "GET_LOCK",
    "IS_FREE_LOCK",
    "IS_USED_LOCK",
    "LASTVAL",
    "LAST_INSERT_ID",
    "LOAD_FILE",
    "NEXTVAL",
    "RAND",
    "RANDOM_BYTES",
    "RELEASE_LOCK",
    "ROW_COUNT",
    "SCHEMA",
    "SESSION_USER",
    "SETVAL",
    "SLEEP",
    "SYSDATE",
    "SYSTEM_USER",
    "SYS_GUID",
    "USER",
    "UUID",
    "UUID_SHORT",
    "UUID_V4",
    "UUID_V7",
    "VERSION",
];

/// Tells whether `expression` calls a function whose values two servers do not share.
pub(crate) fn differs_between_servers(expression: &str) -> bool {
    let lexed = lex(expression, &Session::default(), Flavor::mysql(0));
    let sequence = |word: &str| word.eq_ignore_ascii_case("NEXT");
    lexed.tokens.iter().any(|token| {
        let word = expression.get(token.span.clone()).unwrap_or_default();
        token.kind == TokenKind::Word
            && (OWN_VALUES.iter().any(|function| word.eq_ignore_ascii_case(function)) || sequence(word))
    })
}
