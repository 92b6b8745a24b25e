//! Routes and column mappings.

use super::{assert_stopped, query, run, run_well, tables};
use tidegate_e2e::{assert_equal, pair};
use tidegate_test_servers::{Kind, server_or_skip};

const LIST: &str = "block-allow-list";
const ROUTE: &str = "route";

#[test]
fn statements_and_rows_follow_routes() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let rules = "[{ schema-pattern: shop, target-schema: store }, \
                 { schema-pattern: shop, table-pattern: orders, target-schema: store, target-table: sales }]";
    let list = "{ do-dbs: [shop] }";
    run_well(&pair, &[(LIST, list), (ROUTE, rules)], "
        CREATE DATABASE shop; USE shop; CREATE TABLE orders (id INT PRIMARY KEY, item VARCHAR(9)); CREATE TABLE `we``ird` (id INT PRIMARY KEY);
        INSERT INTO orders VALUES (1, 'tea'); INSERT INTO `we``ird` VALUES (1); ALTER TABLE shop.orders ADD n INT NOT NULL DEFAULT 2 AFTER id,
        ADD INDEX i (item); INSERT INTO orders VALUES (2, 3, 'rice'); CREATE TABLE old LIKE orders; RENAME TABLE old TO older, `we``ird` TO w;
        INSERT INTO older VALUES (1, 1, 'x'); UPDATE orders SET item = 'y' WHERE id = 1; TRUNCATE TABLE w; INSERT INTO w VALUES (9);
        CREATE TABLE copy AS SELECT * FROM orders;");
    assert_eq!(tables(&pair.target), "store.copy store.older store.sales store.w");
    let equal = [
        "shop.orders => store.sales",
        "shop.older => store.older",
        "shop.w => store.w",
        "shop.copy => store.copy",
    ];
    assert_equal(&pair.source, &pair.target, &equal);
}

#[test]
fn a_routed_table_goes_to_tidb() {
    let pair = server_or_skip!(pair(Kind::TiDb));
    let rules = "[{ schema-pattern: shop, target-schema: store }, \
                 { schema-pattern: shop, table-pattern: orders, target-schema: store, target-table: sales }]";
    run_well(&pair, &[(ROUTE, rules)], "
        CREATE DATABASE shop; USE shop; CREATE TABLE orders (id INT PRIMARY KEY, item VARCHAR(9)); INSERT INTO orders VALUES (1, 'tea');
        ALTER TABLE orders ADD n INT NOT NULL DEFAULT 2; INSERT INTO orders VALUES (2, 'x', 3); CREATE TABLE t LIKE orders;");
    assert_eq!(tables(&pair.target), "store.sales store.t");
    assert_equal(&pair.source, &pair.target, &["shop.orders => store.sales"]);
}

/// Shards with equal tables meet in one: what all of them do is done once, what would hurt the others stops.
#[test]
fn shards_are_merged() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let rules = "[{ schema-pattern: \"shard*\", target-schema: whole }, \
                 { schema-pattern: \"shard*\", table-pattern: \"t_[0-9]\", target-schema: whole, target-table: t }]";
    run_well(&pair, &[(ROUTE, rules)], "
        CREATE DATABASE shard1; CREATE DATABASE shard2; CREATE TABLE shard1.t_1 (id INT PRIMARY KEY, a INT); CREATE TABLE shard1.t_2 (id INT
        PRIMARY KEY, a INT); CREATE TABLE shard2.t_1 (id INT PRIMARY KEY, a INT); INSERT INTO shard1.t_1 VALUES (1, 1), (2, 1);
        INSERT INTO shard1.t_2 VALUES (11, 1); INSERT INTO shard2.t_1 VALUES (21, 1); ALTER TABLE shard1.t_1 ADD b INT DEFAULT 5;
        ALTER TABLE shard1.t_2 ADD b INT DEFAULT 5; INSERT INTO shard2.t_1 VALUES (22, 2); ALTER TABLE shard2.t_1 ADD b INT DEFAULT 5;
        INSERT INTO shard2.t_1 VALUES (23, 2, 2); DELETE FROM shard1.t_1 WHERE id = 2; UPDATE shard1.t_2 SET id = 12;");
    assert_eq!(tables(&pair.target), "whole.t");
    assert_eq!(query(&pair.target, "SELECT * FROM whole.t ORDER BY id"), "1,1,5 12,1,5 21,1,5 22,2,5 23,2,2");
    pair.source.client().execute("DROP TABLE shard1.t_2").unwrap();
    assert_stopped(&super::pipeline(&pair, &[(ROUTE, rules)]).run(), &["whole.t"]);
    assert_eq!(query(&pair.target, "SELECT COUNT(*) FROM whole.t"), "5");
}

/// What this pipeline has not seen yet is known from the routes: shards whose rows came before its start.
#[test]
fn what_quiet_shards_have_is_not_taken_away() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let rules = "[{ schema-pattern: \"shop_*\", target-schema: shop }, \
                 { schema-pattern: \"shop_*\", table-pattern: \"t_*\", target-schema: shop, target-table: t }]";
    let tables = "CREATE DATABASE shop_1; CREATE DATABASE shop_2; CREATE TABLE shop_1.t_1 (id INT PRIMARY KEY, a INT); \
                  CREATE TABLE shop_2.t_1 (id INT PRIMARY KEY, a INT)";
    let merged = "CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY, a INT); INSERT INTO shop.t VALUES (1, 1), (2, 2)";
    pair.target.client().execute(merged).unwrap();
    let statements = [
        "DROP TABLE shop_1.t_1",
        "TRUNCATE shop_1.t_1",
        "DROP DATABASE shop_1",
        "ALTER TABLE shop_1.t_1 ADD b INT UNIQUE AUTO_INCREMENT, DROP COLUMN a",
    ];
    for statement in statements {
        pair.source.client().execute(&format!("RESET BINARY LOGS AND GTIDS; {tables}")).unwrap();
        let log = query(&pair.source, "SHOW BINARY LOG STATUS");
        let (file, offset) = log.split_once(',').unwrap();
        let offset = offset.split(',').next().unwrap();
        pair.source.client().execute(statement).unwrap();
        let pipeline =
            super::pipeline(&pair, &[(ROUTE, rules)]).sink_setting("allow-different-backfill: true");
        let pipeline = pipeline.start(&format!("{{ file: {file}, position: {offset} }}"));
        let outcome = pipeline.run_with(&["--until", "now", "--reset"]);
        assert_stopped(
            &outcome,
            &["would take away", "what other source tables may have in", "leave the statement out"],
        );
        assert_eq!(query(&pair.target, "SELECT * FROM shop.t ORDER BY id"), "1,1 2,2", "{statement}");
        pair.source.client().execute("DROP DATABASE IF EXISTS shop_1; DROP DATABASE shop_2").unwrap();
    }
}

/// A schema that keeps its name may share it with one that is led there, unless a list leaves it out.
#[test]
fn what_a_namesake_has_is_not_taken_away() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let rules = "[{ schema-pattern: one, target-schema: two }]";
    let sql = "CREATE DATABASE one; CREATE DATABASE two; CREATE TABLE two.t (id INT PRIMARY KEY); INSERT INTO two.t VALUES (1);
        CREATE TABLE one.u (id INT PRIMARY KEY); INSERT INTO one.u VALUES (2);";
    let before = "CREATE DATABASE IF NOT EXISTS two; CREATE TABLE two.t (id INT PRIMARY KEY); INSERT INTO two.t VALUES (1)";
    pair.target.client().execute(before).unwrap();
    let ignored = "[{ schema-pattern: two, table-pattern: \"*\", events: [all], action: Ignore }, \
                   { schema-pattern: one, events: [create database], action: Ignore }]";
    run_well(&pair, &[("binlog-event", ignored), (ROUTE, rules)], sql);
    pair.source.client().execute("DROP DATABASE one").unwrap();
    let outcome = super::pipeline(&pair, &[("binlog-event", ignored), (ROUTE, rules)]).run();
    assert_stopped(&outcome, &["would take away", "block-allow list"]);
    assert_eq!(query(&pair.target, "SELECT * FROM two.t"), "1");
    let list = "{ do-dbs: [one] }";
    super::pipeline(&pair, &[(LIST, list), (ROUTE, rules)]).run_well();
    assert_eq!(query(&pair.target, "SHOW DATABASES LIKE 'two'"), "");
}

/// Nobody else is in a renamed table while the source has none of the new name: its statements are let through until then.
#[test]
fn a_renamed_table_has_its_target_for_itself() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let routes =
        [(ROUTE, "[{ schema-pattern: s, table-pattern: one, target-schema: s, target-table: two }]")];
    run_well(&pair, &routes, "
        CREATE DATABASE s; CREATE TABLE s.one (id INT PRIMARY KEY, a INT, b INT); INSERT INTO s.one VALUES (1, 1, 1); TRUNCATE TABLE s.one;
        INSERT INTO s.one VALUES (2, 2, 2); ALTER TABLE s.one MODIFY a BIGINT, DROP COLUMN b; RENAME TABLE s.one TO s.kept;
        CREATE TABLE s.one (id INT PRIMARY KEY); INSERT INTO s.one VALUES (3);");
    assert_eq!(tables(&pair.target), "s.kept s.two");
    assert_equal(&pair.source, &pair.target, &["s.one => s.two", "s.kept"]);
    pair.source
        .client()
        .execute("CREATE TABLE s.gone (id INT PRIMARY KEY); DROP TABLE s.one, s.gone")
        .unwrap();
    super::pipeline(&pair, &routes).run_well();
    assert_eq!(tables(&pair.target), "s.kept");
    let sql = "CREATE TABLE s.one (id INT PRIMARY KEY); INSERT INTO s.one VALUES (4); CREATE TABLE s.two LIKE s.one; TRUNCATE s.one";
    pair.source.client().execute(sql).unwrap();
    assert_stopped(&super::pipeline(&pair, &routes).run(), &["s.one would take away", "s.two"]);
    assert_eq!(query(&pair.target, "SELECT * FROM s.two"), "4");
}

/// Rows that collide at the target are never overwritten in silence.
#[test]
fn colliding_shards_stop() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let rules = "[{ schema-pattern: a, target-schema: a }, { schema-pattern: a, table-pattern: \"t?\", target-schema: a, target-table: t }]";
    let outcome = run(&pair, &[(ROUTE, rules)], "
        CREATE DATABASE a; CREATE TABLE a.t1 (id INT PRIMARY KEY); CREATE TABLE a.t2 (id INT PRIMARY KEY); INSERT INTO a.t1 VALUES (1);
        INSERT INTO a.t2 VALUES (1);");
    assert_stopped(&outcome, &["1062", "a.t, binlog.000001"]);
}

/// The shard's name becomes a column of the target's key, so equal keys of two shards live beside one another.
#[test]
fn names_become_columns() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let rules = "[{ schema-pattern: \"shop_*\", table-pattern: t, target-schema: all_shops, target-table: t, \
                 extract-schema: { schema-regexp: \"^shop_(.*)$\", target-column: shop }, \
                 extract-table: { table-regexp: \"(t)\", target-column: from_table }, \
                 extract-source: { source-regexp: \"(f.*)ters\", target-column: from_source } }]";
    let list = "[{ schema-pattern: \"shop_*\", table-pattern: \"*\", events: [all ddl], action: Ignore }]";
    pair.target.client().execute("CREATE DATABASE all_shops; CREATE TABLE all_shops.t (id INT, a INT, shop VARCHAR(9), from_table VARCHAR(9), from_source VARCHAR(9), PRIMARY KEY (shop, id))").unwrap();
    run_well(&pair, &[("binlog-event", list), (ROUTE, rules)], "
        CREATE DATABASE shop_eu; CREATE DATABASE shop_us; CREATE TABLE shop_eu.t (id INT PRIMARY KEY, a INT); CREATE TABLE shop_us.t (id INT
        PRIMARY KEY, a INT); INSERT INTO shop_eu.t VALUES (1, 1), (2, 2); INSERT INTO shop_us.t VALUES (1, 3), (2, 4), (3, 5);
        BEGIN; UPDATE shop_us.t SET a = 9 WHERE id = 1; DELETE FROM shop_eu.t WHERE id = 2; UPDATE shop_eu.t SET id = 7 WHERE id = 1; COMMIT;");
    let rows = "SELECT shop, from_table, from_source, id, a FROM all_shops.t ORDER BY shop, id";
    assert_eq!(query(&pair.target, rows), "eu,t,fil,7,1 us,t,fil,1,9 us,t,fil,2,4 us,t,fil,3,5");
}

#[test]
fn mappings_change_a_column() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let mapping = "[{ schema-pattern: a, table-pattern: p, target-column: v, expression: \"add prefix\", arguments: [\"eu:\"] }, \
                   { schema-pattern: \"shard_*\", table-pattern: \"t_*\", target-column: id, expression: \"partition id\", \
                   arguments: [\"1\", \"shard\", \"t\", \"_\"] }]";
    let ddl = "[{ schema-pattern: \"*\", table-pattern: \"*\", events: [all ddl], action: Ignore }]";
    let route =
        "[{ schema-pattern: \"shard_*\", table-pattern: \"t_*\", target-schema: a, target-table: t }]";
    pair.target.client().execute("CREATE DATABASE a; CREATE TABLE a.p (v VARCHAR(20) PRIMARY KEY, n INT); CREATE TABLE a.t (id BIGINT PRIMARY KEY, n INT)").unwrap();
    run_well(&pair, &[("binlog-event", ddl), ("column-mapping", mapping), (ROUTE, route)], "
        CREATE DATABASE a; CREATE DATABASE shard_2; CREATE TABLE a.p (v VARCHAR(9) PRIMARY KEY, n INT); INSERT INTO a.p VALUES ('x', 1), ('y', 2);
        UPDATE a.p SET v = 'z' WHERE v = 'x'; UPDATE a.p SET n = 3 WHERE v = 'y'; CREATE TABLE shard_2.t_3 (id BIGINT PRIMARY KEY, n INT);
        CREATE TABLE shard_2.t_4 LIKE shard_2.t_3; INSERT INTO shard_2.t_3 VALUES (5, 1), (6, 2); INSERT INTO shard_2.t_4 VALUES (5, 3);
        UPDATE shard_2.t_3 SET n = 9 WHERE id = 5; DELETE FROM shard_2.t_3 WHERE id = 6;");
    assert_eq!(query(&pair.target, "SELECT * FROM a.p ORDER BY v"), "eu:y,3 eu:z,1");
    let id = |table: u64, id: u64| (1_u64 << 59) | (2 << 52) | (table << 44) | id;
    assert_eq!(
        query(&pair.target, "SELECT * FROM a.t ORDER BY id"),
        format!("{},9 {},3", id(3, 5), id(4, 5))
    );
}

/// Everything together: a list, an event rule, a mapping and a route, with a restart between.
#[test]
fn filters_work_together_over_a_restart() {
    let pair = server_or_skip!(pair(Kind::MySql));
    let filters = [
        (LIST, "{ do-dbs: [\"shop_*\"], ignore-tables: [{ db-name: \"shop_*\", tbl-name: sessions }] }"),
        (
            "binlog-event",
            "[{ schema-pattern: \"shop_*\", table-pattern: \"*\", events: [truncate table, delete], action: Ignore }]",
        ),
        (
            "route",
            "[{ schema-pattern: \"shop_*\", target-schema: shop }, { schema-pattern: \"shop_*\", table-pattern: orders, target-schema: \
          shop, target-table: orders }]",
        ),
    ];
    run_well(&pair, &filters, "
        CREATE DATABASE shop_1; CREATE DATABASE shop_2; CREATE DATABASE other; CREATE TABLE shop_1.orders (id INT PRIMARY KEY, a INT);
        CREATE TABLE shop_2.orders (id INT PRIMARY KEY, a INT); CREATE TABLE shop_1.sessions (id INT); CREATE TABLE other.t (id INT);
        INSERT INTO shop_1.orders VALUES (1, 1); INSERT INTO shop_2.orders VALUES (2, 2); INSERT INTO shop_1.sessions VALUES (1);
        INSERT INTO other.t VALUES (1);");
    run_well(&pair, &filters, "
        TRUNCATE shop_1.orders; UPDATE shop_2.orders SET a = 7; INSERT INTO shop_1.orders VALUES (3, 3); DELETE FROM shop_2.orders;
        ALTER TABLE shop_1.orders ADD b INT; ALTER TABLE shop_2.orders ADD b INT; INSERT INTO shop_2.orders VALUES (4, 4, 4);");
    assert_eq!(tables(&pair.target), "shop.orders");
    assert_eq!(
        query(&pair.target, "SELECT * FROM shop.orders ORDER BY id"),
        "1,1,NULL 2,7,NULL 3,3,NULL 4,4,4"
    );
}
