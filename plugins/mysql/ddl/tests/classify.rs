//! The events of columns that change, as DM gives them.

#![cfg(test)]

use tidegate_model::Session;
use tidegate_mysql_ddl::{Flavor, Parsed, Tracker, parse};

const TABLE: &str = "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, i INT, u INT UNSIGNED, big BIGINT, c CHAR(10), \
     v VARCHAR(20) DEFAULT 'x', b BINARY(4), t TEXT, m MEDIUMTEXT, d DECIMAL(10,2), e ENUM('a','b'), s SET('x','y'), \
     dt DATETIME(3), f FLOAT, k INT UNIQUE, n BIT(8), l VARCHAR(5) CHARACTER SET latin1) CHARACTER SET utf8mb4";

fn session() -> Session {
    Session { default_schema: Some("d".into()), ..Session::default() }
}

fn events(tracker: &Tracker, sql: &str) -> String {
    let Ok(Parsed::Ddl(mut definition)) = parse(sql, &session(), Flavor::mysql(80036)) else {
        panic!("{sql}");
    };
    tracker.classify(&mut definition, &session());
    let events: Vec<&str> =
        definition.statement.elements.iter().map(|element| element.event.name()).collect();
    events.join(", ")
}

fn tracker() -> Tracker {
    let mut tracker = Tracker::new(Flavor::mysql(80036));
    let Ok(Parsed::Ddl(definition)) = parse(TABLE, &session(), Flavor::mysql(80036)) else {
        panic!("the table is not read");
    };
    tracker.apply(&definition, &session());
    tracker
}

#[test]
fn columns_are_compared_with_what_they_were() {
    let tracker = tracker();
    let cases = [
        ("MODIFY i INT", "alter table"),
        ("MODIFY i BIGINT", "alter table"),
        ("MODIFY big INT", "value range decrease"),
        ("MODIFY i SMALLINT UNSIGNED", "value range decrease"),
        ("MODIFY u INT", "precision decrease"),
        ("MODIFY d DECIMAL(12,2)", "precision decrease"),
        ("MODIFY d DECIMAL(10,2)", "alter table"),
        ("MODIFY e ENUM('a','b','c')", "alter table"),
        ("MODIFY e ENUM('b','a')", "value range decrease"),
        ("MODIFY s SET('x')", "value range decrease"),
        ("MODIFY v VARCHAR(30) DEFAULT 'x'", "alter table"),
        ("MODIFY v VARCHAR(10) DEFAULT 'x'", "value range decrease"),
        ("MODIFY v VARCHAR(20)", "modify default value"),
        ("MODIFY v CHAR(20) DEFAULT 'x'", "modify column"),
        ("MODIFY v TEXT", "modify default value"),
        ("MODIFY m TEXT", "modify column"),
        ("MODIFY m VARCHAR(100)", "modify column"),
        ("MODIFY c CHAR(5)", "alter table"),
        ("MODIFY b BINARY(5)", "precision decrease"),
        ("MODIFY i VARCHAR(20)", "modify column"),
        ("MODIFY dt DATETIME", "value range decrease"),
        ("MODIFY dt TIMESTAMP(3) NULL", "modify column"),
        ("MODIFY f DOUBLE", "modify column"),
        ("MODIFY n BIT(4)", "value range decrease"),
        ("MODIFY id INT", "remove auto increment"),
        ("MODIFY id INT AUTO_INCREMENT", "drop primary key"),
        ("MODIFY id INT AUTO_INCREMENT PRIMARY KEY", "alter table"),
        ("MODIFY k INT", "drop unique key"),
        ("MODIFY i INT DEFAULT 5", "modify default value"),
        ("MODIFY v VARCHAR(20) CHARACTER SET latin1 DEFAULT 'x'", "modify charset"),
        ("MODIFY v VARCHAR(20) COLLATE utf8mb4_bin DEFAULT 'x'", "modify collation"),
        ("MODIFY l VARCHAR(5)", "modify charset"),
        ("MODIFY i INT FIRST", "modify columns order"),
        ("CHANGE i j INT", "rename column"),
        ("CHANGE i I INT", "alter table"),
        ("CHANGE i j BIGINT AFTER u", "modify columns order"),
        ("MODIFY nowhere INT", "alter table"),
        (
            "MODIFY i INT FIRST, ADD x INT, MODIFY big INT",
            "modify columns order, alter table, value range decrease",
        ),
    ];
    for (spec, expected) in cases {
        assert_eq!(events(&tracker, &format!("ALTER TABLE t {spec}")), expected, "{spec}");
    }
}

#[test]
fn without_the_table_it_is_an_alter() {
    let nothing = Tracker::new(Flavor::mysql(80036));
    assert_eq!(events(&nothing, "ALTER TABLE t MODIFY big INT"), "alter table");
}
