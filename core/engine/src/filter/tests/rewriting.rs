//! Statements that a filter puts in the place of others.

use super::{
    ddl::{drop_three, dropping, judging, routing, run, statement},
    doubles::{Scripted, filters, name},
};
use tidegate_model::{DdlEvent, NameRole, TableName};
use tidegate_plugin::{DdlAnswer, TableNames};

/// Puts `sql` in the place of every statement.
fn writing(sql: &'static str) -> Scripted {
    judging(move |_| DdlAnswer { rewritten: Some(sql.to_owned()), ..DdlAnswer::default() })
}

fn alter() -> tidegate_model::Ddl {
    statement("ALTER TABLE s.t ADD c INT, ENGINE = x", &["ADD c INT", "ENGINE = x"], true)
}

fn message(stages: Vec<Scripted>, ddl: tidegate_model::Ddl) -> String {
    let error = run(stages, ddl).unwrap_err();
    assert!(error.hint.is_some() && error.place.as_ref().is_some_and(|place| place.contains("filter `f")));
    error.message
}

#[test]
fn names_keep_what_the_filters_before_made_of_them() {
    let targets = run(vec![routing(&[("s.t", &["x.y"])]), writing("ALTER TABLE s.t ADD c INT")], alter());
    assert_eq!(targets.unwrap(), ["ALTER TABLE `x`.`y` ADD c INT"]);
}

#[test]
fn the_filters_behind_judge_and_name_the_new_statement() {
    let behind = judging(|input| {
        assert_eq!(input.sql, "ALTER TABLE s.t ADD d INT, ADD e INT");
        assert_eq!((input.elements.len(), &input.ddl.statement.sql[..]), (2, input.sql));
        assert_eq!((input.names.len(), input.names[0].current), (1, &[name("x.a"), name("x.b")][..]));
        DdlAnswer {
            keep: vec![false, true],
            routes: vec![vec![name("y.a"), name("y.b")]],
            ..DdlAnswer::default()
        }
    });
    let stages =
        vec![routing(&[("s.t", &["x.a", "x.b"])]), writing("ALTER TABLE s.t ADD d INT, ADD e INT"), behind];
    assert_eq!(
        run(stages, alter()).unwrap(),
        ["ALTER TABLE `y`.`a` ADD e INT", "ALTER TABLE `y`.`b` ADD e INT"]
    );
}

/// A filter may name tables and rewrite in one answer, and be followed by another that rewrites.
#[test]
fn a_statement_may_be_rewritten_again() {
    let both = judging(|_| DdlAnswer {
        routes: vec![vec![name("x.y")]],
        rewritten: Some("ALTER TABLE s.t ADD d INT".to_owned()),
        ..DdlAnswer::default()
    });
    let targets = run(vec![both, writing("DROP TABLE s.t")], alter()).unwrap();
    assert_eq!(targets, ["DROP TABLE `x`.`y`"]);
}

#[test]
fn what_was_dropped_before_does_not_come_back() {
    let one_of_three = run(vec![dropping(&["s.a", "s.b"]), writing("DROP TABLE s.c")], drop_three());
    assert_eq!(one_of_three.unwrap(), ["DROP TABLE `s`.`c`"]);
    let all = message(vec![dropping(&["s.a"]), writing("DROP TABLE s.a,s.b")], drop_three());
    assert!(all.contains("about s.a, which the first one is not"), "{all}");
    let nothing_left = run(vec![dropping(&["s.a", "s.b", "s.c"]), writing("DROP TABLE s.c")], drop_three());
    assert!(nothing_left.unwrap().is_empty());
    let uncuttable = statement("DROP TABLE s.a,s.b", &["s.a", "s.b"], false);
    let uncut = message(vec![dropping(&["s.a"]), writing("DROP TABLE s.b")], uncuttable);
    assert!(uncut.contains("cannot be cut"), "{uncut}");
}

/// What a filter drops and rewrites in one answer is cut before the new statement is looked at.
#[test]
fn an_element_that_the_rewriting_filter_drops_is_gone() {
    let ask = |sql: &'static str| {
        judging(move |input| {
            assert_eq!(input.left(&[false, true]).as_deref(), Some("DROP TABLE s.b, s.c CASCADE"));
            let keep = vec![false, true, true];
            DdlAnswer { keep, rewritten: Some(sql.to_owned()), ..DdlAnswer::default() }
        })
    };
    assert_eq!(run(vec![ask("DROP TABLE s.b")], drop_three()).unwrap(), ["DROP TABLE `s`.`b`"]);
    assert!(message(vec![ask("DROP TABLE s.a")], drop_three()).contains("about s.a"));
}

#[test]
fn what_cannot_be_followed_stops() {
    let no_ddl = message(vec![writing("INSERT INTO s.t")], alter());
    assert!(no_ddl.contains("cannot be followed: it is no schema change"), "{no_ddl}");
    let other = message(vec![writing("ALTER TABLE s.other ADD c INT")], alter());
    assert!(other.contains("about s.other"), "{other}");
}

/// Who is only read by the first statement is not changed by the second, and who is only a parent not copied.
#[test]
fn a_name_keeps_its_part() {
    let mut ddl = statement("CREATE TABLE s.t REFERENCES s.p", &["REFERENCES s.p"], true);
    ddl.statement.names[1].role = NameRole::Parent;
    let dropped = message(vec![writing("DROP TABLE s.p")], ddl);
    assert!(dropped.contains("about s.p"), "{dropped}");
}

/// The definition of the model is in the place of its name before the statement is rewritten.
#[test]
fn a_table_like_another_is_written_out_first() {
    let mut ddl = statement("CREATE TABLE s.t LIKE s.m", &["s.t LIKE s.m"], true);
    ddl.statement.names[1].role = NameRole::Model;
    ddl.expanded = Some(statement("CREATE TABLE s.t (id INT)", &["s.t (id INT)"], true).statement);
    let unwanted = || Scripted { unwanted: &["s.m"], ..Scripted::default() };
    let adding = judging(|input| DdlAnswer {
        rewritten: (!input.ddl.statement.sql.contains("LIKE"))
            .then(|| input.left(&[]).unwrap_or_default().replace(')', ",c INT)")),
        ..DdlAnswer::default()
    });
    assert_eq!(run(vec![unwanted(), adding], ddl.clone()).unwrap(), ["CREATE TABLE `s`.`t` (id INT,c INT)"]);
    // Whoever writes the definition himself needs nobody else's.
    ddl.expanded = None;
    let own = run(vec![unwanted(), writing("CREATE TABLE s.t (c INT)")], ddl);
    assert_eq!(own.unwrap(), ["CREATE TABLE `s`.`t` (c INT)"]);
}

#[test]
fn the_border_of_the_server_is_watched_before_and_after() {
    let mut ddl = statement("RENAME TABLE s.a TO mysql.a", &["s.a TO mysql.a"], true);
    ddl.statement.elements[0].renamed_to = Some(name("mysql.a"));
    let error = run(vec![writing("DROP TABLE s.a")], ddl).unwrap_err();
    assert!(error.message.contains("never replicated"), "{error}");
}

#[test]
fn targets_name_the_tables_that_are_left() {
    let filters = filters(vec![routing(&[("s.b", &["x.b"])]), writing("DROP TABLE s.b")]);
    let explained = filters.explain_ddl(&drop_three(), &TableNames::default()).unwrap();
    assert_eq!(explained.targets.len(), 1);
    assert_eq!(explained.targets[0].tables, [(name("x.b"), name("s.b"))]);
    let elements: Vec<(DdlEvent, &TableName)> =
        explained.elements.iter().map(|element| (element.event, &element.table)).collect();
    assert_eq!(
        (elements.as_slice(), explained.keep.as_slice()),
        (&[(DdlEvent::DropTable, &name("s.b"))][..], &[true][..])
    );
    let said = &explained.filters[0];
    assert_eq!((&*said.plugin, said.decision.as_str()), ("f1", "rewrites it: DROP TABLE s.b"));
}
