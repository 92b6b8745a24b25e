//! Schema changes: verdicts, names and routes.

use super::doubles::{Scripted, checkpoint, filters, host, host_beside, name, transaction};
use std::sync::Arc;
use tidegate_model::{
    Ddl, DdlEvent, Element, Grammar, Name, NameRole, SchemaChange, Session, Statement, TableName, TableState,
};
use tidegate_plugin::{Change, DdlAnswer, DdlInput, PluginError, TableNames};

/// Returns a statement whose elements are the given parts of the text; names are `schema.table` words in it.
pub(super) fn statement(sql: &str, elements: &[&str], can_be_cut: bool) -> Ddl {
    let span = |part: &str| {
        let start = sql.find(part).unwrap();
        start..start + part.len()
    };
    let mut names = Vec::new();
    let mut at = 0;
    for word in sql.split([' ', ',']) {
        if word.contains('.') {
            names.push(Name { span: at..at + word.len(), table: name(word), role: NameRole::Subject });
        }
        at += word.len() + 1;
    }
    let element = |part: &&str| Element {
        event: DdlEvent::DropTable,
        table: names
            .iter()
            .find(|name| span(part).contains(&name.span.start))
            .map_or_else(|| name("s.t"), |name| name.table.clone()),
        renamed_to: None,
        span: span(part),
    };
    let parts: Vec<Element> = elements.iter().map(element).collect();
    let list = parts.first().unwrap().span.start..parts.last().unwrap().span.end;
    let schema = SchemaChange::Table { name: name("s.a"), state: TableState::Dropped };
    Ddl {
        statement: Statement {
            sql: sql.to_owned(),
            elements: parts,
            names,
            list: can_be_cut.then_some(list),
        },
        expanded: None,
        session: Arc::new(Session::default()),
        grammar: Arc::new(Words),
        targets: Vec::new(),
        schemas: vec![schema],
        transaction: transaction(),
        begin: checkpoint(),
        end: checkpoint(),
    }
}

/// Reads `VERB TABLE s.t SPEC, SPEC` and `VERB TABLE s.a,s.b`.
#[derive(Debug)]
struct Words;

impl Grammar for Words {
    fn read(&self, sql: &str, _: &Session) -> Result<Statement, String> {
        let mut words = sql.splitn(4, ' ');
        let (Some("ALTER" | "DROP" | "CREATE" | "RENAME"), Some("TABLE"), Some(tables)) =
            (words.next(), words.next(), words.next())
        else {
            return Err("it is no schema change".to_owned());
        };
        let parts: Vec<&str> = match words.next() {
            Some(specs) => specs.split(", ").collect(),
            None => tables.split(',').collect(),
        };
        let mut statement = statement(sql, &parts, true).statement;
        if let Some(subject) = statement.names.first().map(|name| name.table.clone()) {
            statement.elements.iter_mut().for_each(|element| {
                if element.table == name("s.t") {
                    element.table = subject.clone();
                }
            });
        }
        Ok(statement)
    }
}

pub(super) fn judging(ddl: impl Fn(&DdlInput<'_>) -> DdlAnswer + Send + Sync + 'static) -> Scripted {
    Scripted { ddl: Box::new(ddl), ..Scripted::default() }
}

/// Routes the tables called so, and leaves the others.
pub(super) fn routing(routes: &'static [(&'static str, &'static [&'static str])]) -> Scripted {
    judging(move |input| {
        let targets = |source: &TableName| -> Vec<TableName> {
            let route = routes.iter().find(|(from, _)| name(from) == *source);
            route.map_or_else(Vec::new, |(_, to)| to.iter().map(|to| name(to)).collect())
        };
        DdlAnswer {
            routes: input.names.iter().map(|name| targets(name.source)).collect(),
            ..DdlAnswer::default()
        }
    })
}

pub(super) fn dropping(tables: &'static [&'static str]) -> Scripted {
    judging(|input| DdlAnswer {
        keep: input
            .elements
            .iter()
            .map(|element| !tables.iter().any(|table| name(table) == element.table))
            .collect(),
        ..DdlAnswer::default()
    })
}

pub(super) fn run(stages: Vec<Scripted>, ddl: Ddl) -> Result<Vec<String>, PluginError> {
    let change = host(filters(stages)).apply(Change::Ddl(Box::new(ddl)))?;
    let Change::Ddl(ddl) = change else { panic!("a DDL became a batch") };
    assert_eq!(ddl.schemas.len(), 1, "schemas flow whatever the filters say");
    Ok(ddl.targets.into_iter().map(|target| target.sql).collect())
}

pub(super) fn drop_three() -> Ddl {
    statement("DROP TABLE s.a,s.b,s.c CASCADE", &["s.a", "s.b", "s.c"], true)
}

#[test]
fn without_filters_names_are_qualified_and_nothing_else_changes() {
    assert_eq!(run(vec![], drop_three()).unwrap(), ["DROP TABLE `s`.`a`,`s`.`b`,`s`.`c` CASCADE"]);
}

#[test]
fn elements_are_cut_by_each_filter_in_turn() {
    let second = judging(|input| {
        let tables: Vec<String> = input.elements.iter().map(|element| element.table.to_string()).collect();
        assert_eq!(tables, ["s.b", "s.c"], "what the first dropped is not asked again");
        assert_eq!(input.names.len(), 2);
        DdlAnswer { keep: vec![true, false], ..DdlAnswer::default() }
    });
    assert_eq!(run(vec![dropping(&["s.a"]), second], drop_three()).unwrap(), ["DROP TABLE `s`.`b` CASCADE"]);
}

#[test]
fn a_statement_that_is_dropped_flows_without_targets() {
    assert!(run(vec![dropping(&["s.a", "s.b", "s.c"])], drop_three()).unwrap().is_empty());
}

#[test]
fn a_part_that_cannot_be_cut_stops() {
    let ddl = statement("DROP TABLE s.a,s.b", &["s.a", "s.b"], false);
    let error = run(vec![dropping(&["s.a"])], ddl).unwrap_err();
    assert!(error.message.contains("cannot be cut"), "{error}");
    assert!(error.place.is_some() && error.hint.is_some());
}

#[test]
fn renamed_names_reach_the_next_filter() {
    let second = judging(|input| {
        assert_eq!(*input.names[0].source, name("s.t"));
        assert_eq!(input.names[0].current, [name("x.y")]);
        DdlAnswer::default()
    });
    let ddl = statement("ALTER TABLE s.t ADD c INT", &["ADD c INT"], true);
    let targets = run(vec![routing(&[("s.t", &["x.y"])]), second], ddl).unwrap();
    assert_eq!(targets, ["ALTER TABLE `x`.`y` ADD c INT"]);
}

#[test]
fn a_subject_with_several_targets_is_sent_to_each() {
    let ddl = statement("ALTER TABLE s.t ADD c INT, ADD d INT", &["ADD c INT", "ADD d INT"], true);
    let targets = run(vec![routing(&[("s.t", &["x.a", "x.b"])])], ddl).unwrap();
    assert_eq!(
        targets,
        ["ALTER TABLE `x`.`a` ADD c INT, ADD d INT", "ALTER TABLE `x`.`b` ADD c INT, ADD d INT"]
    );
}

#[test]
fn an_element_with_several_targets_is_repeated_alone() {
    let routes =
        routing(&[("s.a", &["x.a"]), ("s.b", &["x.b1", "x.b2", "x.b3"]), ("s.c", &["x.c1", "x.c2"])]);
    assert_eq!(
        run(vec![routes], drop_three()).unwrap(),
        [
            "DROP TABLE `x`.`a`,`x`.`b1`,`x`.`c1` CASCADE",
            "DROP TABLE `x`.`b2`, `x`.`c2` CASCADE",
            "DROP TABLE `x`.`b3` CASCADE"
        ]
    );
}

#[test]
fn two_tables_with_several_targets_in_one_element_stop() {
    let ddl = statement("RENAME TABLE s.a TO s.b", &["s.a TO s.b"], true);
    let error = run(vec![routing(&[("s.a", &["x.a", "x.c"]), ("s.b", &["x.b", "x.d"])])], ddl).unwrap_err();
    assert!(error.message.contains("which belong together is not known"), "{error}");
}

#[test]
fn targets_name_their_tables_with_their_sources() {
    let change = host(filters(vec![routing(&[("s.a", &["x.y"])])]))
        .apply(Change::Ddl(Box::new(statement("DROP TABLE s.a", &["s.a"], true))))
        .unwrap();
    let Change::Ddl(ddl) = change else { panic!("a DDL became a batch") };
    assert_eq!(ddl.targets[0].tables, [(name("x.y"), name("s.a"))]);
}

#[test]
fn malformed_answers_stop() {
    let wrong_keep = judging(|_| DdlAnswer { keep: vec![true], ..DdlAnswer::default() });
    assert!(run(vec![wrong_keep], drop_three()).unwrap_err().message.contains("another number of verdicts"));
    let wrong_routes = judging(|_| DdlAnswer { routes: vec![Vec::new()], ..DdlAnswer::default() });
    assert!(run(vec![wrong_routes], drop_three()).unwrap_err().message.contains("another number of routes"));
}

/// A filter that cannot tell whom else it leads somewhere is not trusted with a name that it changed.
#[test]
fn a_target_that_others_may_share_is_marked() {
    let merged_beside = |stages: Vec<Scripted>, names: TableNames| {
        let ddl = statement("DROP TABLE s.a,s.b", &["s.a", "s.b"], true);
        let mut host = host_beside(filters(stages), names);
        let change = host.apply(Change::Ddl(Box::new(ddl))).unwrap();
        let Change::Ddl(ddl) = change else { panic!("a DDL became a batch") };
        ddl.targets.into_iter().flat_map(|target| target.merged).collect::<Vec<_>>()
    };
    let merged = |stages| merged_beside(stages, TableNames::default());
    assert_eq!(merged(vec![routing(&[("s.a", &["s.a"]), ("s.b", &["x.b"])])]), [name("x.b")]);
    let knowing = |answer: bool| Scripted {
        leads_others: Some(answer),
        keeps_name: false,
        ..routing(&[("s.b", &["x.b"])])
    };
    assert!(merged(vec![knowing(false)]).is_empty());
    assert_eq!(merged(vec![knowing(true)]), [name("s.a"), name("x.b")]);
    let keeping = || Scripted { keeps_name: true, ..knowing(false) };
    assert_eq!(merged(vec![keeping()]), [name("x.b")], "the source may have an x.b of its own");
    let names = |has: &[&str]| {
        let names = TableNames::default();
        has.iter().for_each(|table| names.add(&name(table)));
        names.complete(|_| true);
        names
    };
    assert_eq!(merged_beside(vec![keeping()], names(&["X.B"])), [name("x.b")], "the source has one");
    assert!(merged_beside(vec![keeping()], names(&["s.b"])).is_empty(), "the source has none");
    assert!(merged(vec![Scripted { unwanted: &["x.b"], ..Scripted::default() }, keeping()]).is_empty());
    assert!(merged(vec![keeping(), knowing(false)]).is_empty(), "another filter takes x.b away");
}

/// What leaves for a schema of the server, or comes from one, is neither dropped nor sent in silence.
#[test]
fn the_border_of_the_server_is_watched() {
    let rename = |old: &str, new: &str| {
        let mut ddl = statement(&format!("RENAME TABLE {old} TO {new}"), &[&format!("{old} TO {new}")], true);
        ddl.statement.elements[0].renamed_to = Some(name(new));
        ddl
    };
    let message = |stages, ddl| run(stages, ddl).unwrap_err().message;
    assert!(message(vec![], rename("s.a", "mysql.a")).contains("never replicated"));
    assert!(message(vec![], rename("DM_Heartbeat.a", "s.a")).contains("never replicated"));
    assert!(run(vec![], rename("sys.a", "metrics_schema.a")).unwrap().is_empty());
    assert!(
        run(vec![dropping(&["s.a"])], rename("s.a", "mysql.a")).unwrap().is_empty(),
        "a filter left it out"
    );
    let unwanted = Scripted { unwanted: &["s.a"], ..Scripted::default() };
    assert!(run(vec![unwanted], rename("mysql.a", "s.a")).unwrap().is_empty());
    let mut exchange =
        statement("ALTER TABLE s.a EXCHANGE PARTITION p WITH TABLE mysql.b", &["EXCHANGE"], true);
    exchange.statement.elements[0].table = name("s.a");
    exchange.statement.names[1].role = NameRole::Exchanged;
    assert!(message(vec![], exchange).contains("mysql.b"));
}

/// What a filter reads in a statement is what the source ran, also where the model had to be written out.
#[test]
fn an_expanded_statement_is_judged_by_its_own_text() {
    let sql = "CREATE TABLE s.t LIKE s.m";
    let mut ddl = statement(sql, &["s.t LIKE s.m"], true);
    ddl.statement.names[1].role = NameRole::Model;
    ddl.expanded = Some(statement("CREATE TABLE s.t (id INT)", &["s.t (id INT)"], true).statement);
    let reading = judging(move |input| {
        assert_eq!(input.sql, sql);
        DdlAnswer::default()
    });
    let unwanted = Scripted { unwanted: &["s.m"], ..Scripted::default() };
    assert_eq!(run(vec![unwanted, reading], ddl).unwrap(), ["CREATE TABLE `s`.`t` (id INT)"]);
}
