//! Filters that are components.

use super::{pipeline, query, run_well, says, tables};
use std::path::PathBuf;
use tidegate_e2e::pair;
use tidegate_test_guests::guest;
use tidegate_test_servers::{Kind, server_or_skip};

fn example(package: &str) -> Option<PathBuf> {
    guest(&format!("examples/filters/rust/{package}")).unwrap()
}

#[test]
fn a_component_masks_columns_and_another_divides_a_table() {
    let (Some(mask), Some(route)) = (example("mask-pii"), example("route-tenants")) else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    let tenants = "{ schema: shop, column: tenant, tenants: { \"1\": alpha, \"2\": beta } }";
    let (mask, route) = (mask.display().to_string(), route.display().to_string());
    run_well(&pair, &[(&mask, "{ columns: [email] }"), (&route, tenants)], "
        CREATE DATABASE shop; USE shop; CREATE TABLE users (id INT PRIMARY KEY, tenant INT, email VARCHAR(40) CHARACTER SET latin1, UNIQUE (email));
        INSERT INTO users VALUES (1, 1, 'ännchen@x'), (2, 2, 'bo'), (3, 3, 'nobody'), (4, 1, NULL);
        UPDATE users SET tenant = 2, email = 'anna@x.y' WHERE id = 1; UPDATE users SET tenant = 1 WHERE id = 3; DELETE FROM users WHERE id = 2;
        ALTER TABLE users ADD n INT DEFAULT 7; INSERT INTO users VALUES (5, 2, 'c@x', 8);");
    assert_eq!(tables(&pair.target), "alpha.users beta.users");
    let rows = |schema: &str| {
        query(
            &pair.target,
            &format!(
                "SELECT id, tenant, COALESCE(CONVERT(email USING utf8mb4), '-'), n FROM {schema}.users ORDER BY id"
            ),
        )
    };
    assert_eq!(rows("alpha"), "3,1,n****y,7 4,1,-,7");
    assert_eq!(rows("beta"), "1,2,a******y,7 5,2,c*x,8");
}

#[test]
fn a_component_that_fails_stops_the_pipeline_with_its_place_and_loses_nothing() {
    let Some(hostile) = guest("tests/guests/rust/hostile").unwrap() else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    let hostile = hostile.display().to_string();
    let sql = "CREATE DATABASE d; CREATE TABLE d.t (s VARCHAR(9) PRIMARY KEY, n INT); INSERT INTO d.t VALUES ('a', 1)";
    pair.source.client().execute(sql).unwrap();
    let failing = pipeline(&pair, &[(&hostile, "{ where: rows, what: trap }")]);
    let place = ["`rows` trapped", "table d.t, at or behind ", "hostile.wasm", "report it to its author"];
    says(&failing.run(), 1, &place);
    says(&pipeline(&pair, &[(&hostile, "{ where: nowhere }")]).run(), 0, &[]);
    assert_eq!(query(&pair.target, "SELECT s, n FROM d.t"), "a,1");
}

#[test]
fn what_is_wrong_with_a_component_is_said_at_its_place_in_the_file() {
    let Some(mask) = example("mask-pii") else { return };
    let pair = server_or_skip!(pair(Kind::MySql));
    let mask = mask.display().to_string();
    let refused = |plugin: &str, config: &str, expected: &[&str]| {
        says(&pipeline(&pair, &[(plugin, config)]).run(), 2, expected);
    };
    refused("./none.wasm", "{}", &["the component cannot be read", "pipeline.yaml:"]);
    refused(&mask, "{ colums: [a] }", &["unknown key `colums`", "did you mean `columns`?"]);
    refused(&mask, "{ columns: [] }", &["columns"]);
}
