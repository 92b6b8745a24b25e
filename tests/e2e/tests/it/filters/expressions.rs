//! Expressions over the row.

use super::{assert_stopped, pipeline, query, run, run_well, says};
use tidegate_e2e::pair;
use tidegate_test_servers::{Kind, server_or_skip};

const FILTER: &str = "expression-filter";

const SCRIPT: &str = "
    CREATE DATABASE a; CREATE TABLE a.t (id INT PRIMARY KEY, state VARCHAR(9), n INT);
    INSERT INTO a.t VALUES (1, 'draft', 1), (2, 'open', 1), (3, NULL, 1), (4, 'DRAFT', 9), (5, 'open', 5);
    UPDATE a.t SET state = 'draft' WHERE id = 2; UPDATE a.t SET n = n + 1 WHERE id = 2; UPDATE a.t SET n = 7 WHERE id = 3;
    UPDATE a.t SET state = 'open' WHERE id = 1; DELETE FROM a.t WHERE id IN (3, 5);";

/// DM's rules: what is true is dropped, one kind of change each.
#[test]
fn rules_of_dm_drop_what_is_true() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let config = "[{ schema: a, table: t, insert-value-expr: \"state = 'draft' AND n < 5\" }, \
                   { schema: a, table: t, insert-value-expr: \"id = 99\" }, \
                   { schema: a, table: t, update-old-value-expr: \"state = 'draft'\", update-new-value-expr: \"state = 'draft'\" }, \
                   { schema: a, table: t, update-new-value-expr: \"state = 'open'\" }, \
                   { schema: a, table: t, delete-value-expr: \"n BETWEEN 6 AND 8\" }]";
    run_well(&pair, &[(FILTER, config)], SCRIPT);
    assert_eq!(
        query(&pair.target, "SELECT id, state, n FROM a.t ORDER BY id"),
        "2,draft,1 3,NULL,7 4,DRAFT,9"
    );
    let explained = pipeline(&pair, &[(FILTER, config)]).command("explain", &["--table", "a.t"]);
    says(&explained, 0, &["drops the deletes for which `n BETWEEN 6 AND 8` is true"]);
}

/// With `keep` the target has the rows that it is true for: those that move in or out come and go.
#[test]
fn rows_that_move_in_or_out_are_inserted_and_deleted() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let config = "[{ schema: a, table: t, keep: \"state = 'draft'\" }]";
    run_well(&pair, &[(FILTER, config)], SCRIPT);
    assert_eq!(query(&pair.target, "SELECT id, state, n FROM a.t ORDER BY id"), "2,draft,2 4,DRAFT,9");
    let kept = "SELECT id, state, n FROM a.t WHERE state = 'draft' ORDER BY id";
    assert_eq!(query(&pair.source, kept), "2,draft,2 4,DRAFT,9");
}

/// An image without the column cannot be judged.
#[test]
fn an_image_that_lacks_a_column_stops() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let script = "CREATE DATABASE a; CREATE TABLE a.t (id INT PRIMARY KEY, state VARCHAR(9), n INT); INSERT INTO a.t VALUES (1, 'x', 1);
        SET SESSION binlog_row_image = 'MINIMAL'; UPDATE a.t SET n = 2;";
    let outcome = run(&pair, &[(FILTER, "[{ schema: a, table: t, keep: \"state = 'x'\" }]")], script);
    assert_stopped(&outcome, &["a.t", "state", "binlog_row_image"]);
    let outcome = run(&pair, &[(FILTER, "[{ schema: a, table: t, keep: \"LOWER(state) = 'x'\" }]")], "DO 1");
    says(&outcome, 2, &["functions are not taken: `LOWER(…)`"]);
}
