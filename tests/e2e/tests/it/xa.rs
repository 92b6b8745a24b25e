//! XA transactions: prepared in one place of the log, committed or rolled back in another, or never.

use tidegate_e2e::{Pipeline, assert_equal};
use tidegate_test_servers::{Builder, Kind, Server, server_or_skip};

const TABLES: &[&str] = &["x.a", "x.b", "x.keyless"];

const CREATE: &str = "CREATE DATABASE x CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; CREATE TABLE x.a (id INT PRIMARY \
                      KEY, v VARCHAR(20)); CREATE TABLE x.b (id INT PRIMARY KEY, v VARCHAR(20)); CREATE TABLE x.keyless (v INT); \
                      INSERT INTO x.a VALUES (1, 'a'), (2, 'b'); INSERT INTO x.keyless VALUES (1), (1);";

/// A source and a target of the same kind, a pipeline between them, and what has happened so far.
struct Scene {
    source: Server,
    target: Server,
    pipeline: Pipeline,
}

impl Scene {
    fn start(kind: Kind, options: &[&str]) -> tidegate_test_servers::Result<Self> {
        let source = Builder::new(kind).options(options.iter().copied()).start()?;
        let target = Builder::new(kind).start()?;
        source.client().execute(CREATE)?;
        let pipeline = Pipeline::new("xa", &source, &target);
        Ok(Self { source, target, pipeline })
    }

    fn execute(&self, sql: &str) {
        self.source.client().execute(sql).unwrap();
    }

    /// Prepares a transaction; its connection ends, and the transaction stays.
    fn prepare(&self, xid: &str, sql: &str) {
        self.execute(&format!("XA START {xid}; {sql}; XA END {xid}; XA PREPARE {xid}"));
    }

    /// Runs to the end of the log, and compares what is committed.
    fn arrives(&self) {
        self.pipeline.run_well();
        assert_equal(&self.source, &self.target, TABLES);
    }

    fn values(&self, query: &str) -> Vec<String> {
        self.target.client().rows(query).unwrap().concat()
    }
}

/// Everything within one run: the order that counts is the order of the XA COMMITs.
fn in_one_run(scene: &Scene) {
    scene.prepare("'one'", "INSERT INTO x.a VALUES (10, 'one'); UPDATE x.a SET v = 'A' WHERE id = 1");
    scene.prepare("'two', 'branch', 7", "INSERT INTO x.b VALUES (20, 'two'); DELETE FROM x.keyless LIMIT 1");
    scene.prepare("'gone'", "INSERT INTO x.a VALUES (30, 'gone')");
    scene.execute("INSERT INTO x.b VALUES (1, 'between'); INSERT INTO x.a VALUES (40, 'between')");
    scene.execute("XA COMMIT 'two', 'branch', 7");
    scene.execute(
        "UPDATE x.b SET v = 'after' WHERE id = 20; XA ROLLBACK 'gone'; INSERT INTO x.a VALUES (30, 'other')",
    );
    scene.execute("XA COMMIT 'one'; UPDATE x.a SET v = 'last' WHERE id IN (1, 10)");
    scene.execute(
        "XA START 'quick'; INSERT INTO x.a VALUES (50, 'quick'); XA END 'quick'; XA COMMIT 'quick' ONE PHASE",
    );
    // The same name again.
    scene.prepare("'one'", "INSERT INTO x.keyless VALUES (7), (7)");
    scene.execute("XA COMMIT 'one'");
    scene.arrives();
    assert_eq!(
        scene.values("SELECT v FROM x.a WHERE id IN (1, 10, 30) ORDER BY id"),
        ["last", "last", "other"]
    );
}

/// Prepared before restarts of the program, resolved after them, with other changes and DDL between.
fn over_restarts(scene: &Scene) {
    scene.arrives();
    scene.prepare("'late'", "INSERT INTO x.a VALUES (60, 'late'); UPDATE x.a SET v = 'late' WHERE id = 2");
    scene.prepare("'never'", "INSERT INTO x.b VALUES (61, 'never'); INSERT INTO x.keyless VALUES (9)");
    scene.arrives();
    assert_eq!(scene.values("SELECT COUNT(*) FROM x.a WHERE v = 'late'"), ["0"]);
    scene.execute("INSERT INTO x.keyless VALUES (3), (3); UPDATE x.a SET v = 'now' WHERE id = 1");
    scene.arrives();
    scene.execute("CREATE TABLE x.other (id INT PRIMARY KEY); INSERT INTO x.other VALUES (1); ALTER TABLE x.other ADD n INT");
    scene.prepare("'later'", "INSERT INTO x.keyless VALUES (4)");
    scene.arrives();
    scene.execute("INSERT INTO x.other VALUES (2, 2); XA COMMIT 'late'; INSERT INTO x.keyless VALUES (5)");
    scene.arrives();
    assert_eq!(scene.values("SELECT COUNT(*) FROM x.a WHERE v = 'late'"), ["2"]);
    scene.execute("XA ROLLBACK 'never'; XA COMMIT 'later'; UPDATE x.a SET v = 'end' WHERE id = 60");
    scene.arrives();
    assert_equal(&scene.source, &scene.target, &["x.other"]);
    // Nothing is left to wait for, and nothing is applied again.
    scene.arrives();
}

#[test]
fn xa_transactions_of_mysql_arrive_where_they_commit() {
    in_one_run(&server_or_skip!(Scene::start(Kind::MySql, &[])));
}

#[test]
fn xa_transactions_of_mysql_outlive_restarts() {
    over_restarts(&server_or_skip!(Scene::start(Kind::MySql, &[])));
}

#[test]
fn xa_transactions_without_gtids_outlive_restarts() {
    let options = ["--gtid-mode=OFF", "--enforce-gtid-consistency=OFF"];
    over_restarts(&server_or_skip!(Scene::start(Kind::MySql, &options)));
}

#[test]
fn compressed_xa_transactions_outlive_restarts() {
    over_restarts(&server_or_skip!(Scene::start(Kind::MySql, &["--binlog-transaction-compression=ON"])));
}

#[test]
fn xa_transactions_of_mariadb_arrive_where_they_commit() {
    in_one_run(&server_or_skip!(Scene::start(Kind::MariaDb, &[])));
}

#[test]
fn xa_transactions_of_mariadb_outlive_restarts() {
    over_restarts(&server_or_skip!(Scene::start(Kind::MariaDb, &[])));
}
