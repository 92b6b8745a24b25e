//! Tables whose shape matters more than their types.

use super::Step;
use tidegate_test_servers::Kind::{self, MariaDb, TiDb};

/// A table with statements of its own for each step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// The table, as `schema.table`.
    pub(crate) table: &'static str,
    insert: &'static str,
    update: &'static str,
    delete: &'static str,
    lacking: &'static [Kind],
}

impl Shape {
    /// Returns the statements of a step.
    pub(crate) fn sql(&self, step: Step) -> String {
        let statements = match step {
            Step::Insert => self.insert,
            Step::Update => self.update,
            Step::DeleteHalf => self.delete,
            Step::DeleteRest => return format!("DELETE FROM {};\n", self.quoted()),
        };
        format!("SET time_zone = '+00:00';\n{statements};\n")
    }

    fn quoted(&self) -> String {
        let (schema, table) = self.table.split_once('.').unwrap();
        format!("{schema}.`{}`", table.replace('`', "``"))
    }
}

/// Returns the shapes that all these servers have.
pub(crate) fn shapes_on(servers: &[Kind]) -> Vec<Shape> {
    let lacks = |shape: &Shape| shape.lacking.iter().any(|lacking| servers.contains(lacking));
    SHAPES.iter().filter(|shape| !lacks(shape)).copied().collect()
}

const SHAPES: &[Shape] = &[
    Shape {
        table: "corpus.generated",
        insert: "CREATE TABLE corpus.generated (v INT AS (a + 1) VIRTUAL, id INT PRIMARY KEY, a INT, b VARCHAR(20), \
                 s VARCHAR(40) AS (CONCAT(b, '!')) STORED, w VARCHAR(40) AS (UPPER(b)) VIRTUAL, z INT, UNIQUE KEY (s), \
                 KEY (v)); INSERT INTO corpus.generated (id, a, b, z) VALUES (1, 1, 'x', 9), (2, NULL, NULL, NULL), \
                 (3, 7, 'é''', 1), (4, 8, '', 2)",
        update: "UPDATE corpus.generated SET a = 5, b = 'y' WHERE id = 1; UPDATE corpus.generated SET z = z + 1; UPDATE \
                 corpus.generated SET b = 'x' WHERE id = 2",
        delete: "DELETE FROM corpus.generated WHERE s = 'y!' OR v IS NULL",
        lacking: &[],
    },
    Shape {
        table: "corpus.generated_keyless",
        insert: "CREATE TABLE corpus.generated_keyless (v INT AS (a + 1) VIRTUAL, a INT, s INT AS (a * 2) STORED, b INT); \
                 INSERT INTO corpus.generated_keyless (a, b) VALUES (1, 1), (1, 1), (2, NULL), (NULL, 3)",
        update: "UPDATE corpus.generated_keyless SET a = 4 WHERE a = 1 LIMIT 1; UPDATE corpus.generated_keyless SET b = 1 \
                 WHERE a IS NULL",
        delete: "DELETE FROM corpus.generated_keyless WHERE v = 3 OR s = 8",
        lacking: &[],
    },
    Shape {
        table: "corpus.invisible",
        insert: "CREATE TABLE corpus.invisible (id INT PRIMARY KEY, h INT DEFAULT 5 INVISIBLE, v INT, g INT AS (v + 1) \
                 VIRTUAL INVISIBLE); INSERT INTO corpus.invisible VALUES (1, 1), (2, 2), (3, NULL); INSERT INTO \
                 corpus.invisible (id, h, v) VALUES (4, NULL, 4)",
        update: "UPDATE corpus.invisible SET h = id * 10 WHERE id <> 2; UPDATE corpus.invisible SET v = NULL WHERE h = 5",
        delete: "DELETE FROM corpus.invisible WHERE h = 30 OR id = 1",
        lacking: &[TiDb],
    },
    Shape {
        table: "corpus.invisible_key",
        insert: "SET sql_generate_invisible_primary_key = ON; CREATE TABLE corpus.invisible_key (v INT, w VARCHAR(9)); \
                 INSERT INTO corpus.invisible_key VALUES (1, 'a'), (1, 'a'), (NULL, 'b')",
        update: "UPDATE corpus.invisible_key SET w = 'c' WHERE v = 1 LIMIT 1",
        delete: "DELETE FROM corpus.invisible_key WHERE v = 1 LIMIT 1",
        lacking: &[MariaDb, TiDb],
    },
    Shape {
        table: "corpus.odd`name é \"q\" $x",
        insert: "CREATE TABLE corpus.`odd``name é \"q\" $x` (`select` INT PRIMARY KEY, `a b` INT, `q``t` VARCHAR(9), `É` \
                 INT, `\"d\"` INT, `-- x` INT, `%s?` INT); INSERT INTO corpus.`odd``name é \"q\" $x` VALUES \
                 (1, 2, 'x', 3, 4, 5, 6), (2, NULL, NULL, NULL, NULL, NULL, NULL), (3, 3, '?', 3, 3, 3, 3)",
        update: "UPDATE corpus.`odd``name é \"q\" $x` SET `q``t` = 'y', `É` = 7, `a b` = `select`",
        delete: "DELETE FROM corpus.`odd``name é \"q\" $x` WHERE `select` = 2",
        lacking: &[],
    },
    Shape {
        table: "corpus.stamped",
        insert: "CREATE TABLE corpus.stamped (id INT PRIMARY KEY, v INT, t TIMESTAMP(6) NOT NULL DEFAULT \
                 CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), d DATETIME(3) DEFAULT CURRENT_TIMESTAMP(3) ON \
                 UPDATE CURRENT_TIMESTAMP(3)); INSERT INTO corpus.stamped (id, v) VALUES (1, 1), (2, 2), (3, 3)",
        update: "UPDATE corpus.stamped SET v = 9, t = t, d = d WHERE id = 1; UPDATE corpus.stamped SET v = 9 WHERE id = \
                 2; UPDATE corpus.stamped SET v = 8, t = '2001-01-01 00:00:00.000001', d = NULL WHERE id = 3",
        delete: "DELETE FROM corpus.stamped WHERE id = 2",
        lacking: &[],
    },
    Shape {
        table: "corpus.counted",
        insert: "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'; CREATE TABLE corpus.counted (id INT AUTO_INCREMENT PRIMARY KEY, v \
                 INT); INSERT INTO corpus.counted VALUES (0, 1), (-5, 2), (NULL, 3), (100, 4), (NULL, 5)",
        update: "UPDATE corpus.counted SET v = v + 10; UPDATE corpus.counted SET id = 7 WHERE id = 0",
        delete: "DELETE FROM corpus.counted WHERE id IN (7, 100)",
        lacking: &[],
    },
    Shape {
        table: "corpus.required",
        insert: "CREATE TABLE corpus.required (id INT PRIMARY KEY, a INT NOT NULL, b VARCHAR(9) NOT NULL DEFAULT 'x', c \
                 DATETIME NOT NULL DEFAULT '2000-01-01', d BLOB NOT NULL, e ENUM('p', 'q') NOT NULL, f VARCHAR(40) NOT \
                 NULL DEFAULT (UUID())); INSERT INTO corpus.required (id, a, d, e) VALUES (1, 0, '', 'q'), (2, 1, 'z', 'p')",
        update: "UPDATE corpus.required SET b = '', e = 'p', f = '' WHERE id = 1",
        delete: "DELETE FROM corpus.required WHERE b = 'x'",
        lacking: &[],
    },
    Shape {
        table: "corpus.parted",
        insert: "CREATE TABLE corpus.parted (id INT, r INT, v VARCHAR(9), PRIMARY KEY (id, r)) PARTITION BY RANGE (r) \
                 (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE); INSERT INTO corpus.parted \
                 VALUES (1, 1, 'a'), (2, 9, 'b'), (3, 10, 'c'), (4, 99, 'd')",
        update: "UPDATE corpus.parted SET r = 50 WHERE id = 1; UPDATE corpus.parted SET v = 'z' WHERE r >= 10",
        delete: "DELETE FROM corpus.parted WHERE id IN (1, 2)",
        lacking: &[],
    },
];
