//! Statements that a component puts in the place of others.

#[path = "../../../plugins/filters/pattern/tests/support/statement.rs"]
mod statement;
mod support;

use statement::ask;
use support::{filter, load};
use tidegate_model::DdlEvent;

#[test]
fn a_text_is_another_statement() {
    let Some(file) = tidegate_test_guests::guest("tests/guests/rust/rewrite").unwrap() else { return };
    let words = serde_json::json!({"words": {"ADD FULLTEXT": "ADD", "TRUNCATE t": ""}});
    let filter = filter(load(&file), words).unwrap();
    let add = |sql: &str| ask(&*filter, sql, &[(DdlEvent::CreateIndex, "s.t", &sql[14..])], &[]).unwrap();
    let rewritten = add("ALTER TABLE t ADD FULLTEXT (c)");
    assert_eq!(rewritten.rewritten.as_deref(), Some("ALTER TABLE t ADD (c)"));
    assert_eq!(rewritten.keep, [true]);
    assert_eq!(add("ALTER TABLE t ADD KEY (c)").rewritten, None);
    // Nothing is a statement, too: the engine refuses it.
    let emptied = ask(&*filter, "TRUNCATE t", &[(DdlEvent::TruncateTable, "s.t", "TRUNCATE t")], &[]);
    assert_eq!(emptied.unwrap().rewritten.as_deref(), Some(""));
}
