//! Schema changes, each with rows before, between and behind them.

use tidegate_test_servers::Kind::{self, MariaDb, MySql, TiDb};

/// A script that runs at the source in a schema of its own.
pub(crate) struct Case {
    /// The name of the case, and of the schema.
    pub(crate) name: &'static str,
    /// The targets that know the statements.
    pub(crate) targets: &'static [Kind],
    /// The script.
    pub(crate) sql: &'static str,
}

const ALL: &[Kind] = &[MySql, MariaDb, TiDb];
const NOT_MARIADB: &[Kind] = &[MySql, TiDb];
const NOT_TIDB: &[Kind] = &[MySql, MariaDb];
const ONLY_MYSQL: &[Kind] = &[MySql];

const fn case(name: &'static str, targets: &'static [Kind], sql: &'static str) -> Case {
    Case { name, targets, sql }
}

pub(crate) const ALTERS: &[Case] = &[
    case("add_column", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT); INSERT INTO t VALUES (1, 10), (2, 20);
        ALTER TABLE t ADD COLUMN b VARCHAR(20) NOT NULL DEFAULT 'x'; INSERT INTO t VALUES (3, 30, 'y');
        ALTER TABLE t ADD c INT FIRST; INSERT INTO t VALUES (7, 4, 40, 'z');
        ALTER TABLE t ADD COLUMN d DECIMAL(5,2) DEFAULT 1.5 AFTER a; UPDATE t SET d = 2.25, a = a + 1 WHERE id < 3;
        ALTER TABLE t ADD (e INT, f BIGINT UNSIGNED DEFAULT 5); INSERT INTO t (id, e, f) VALUES (5, 1, 18446744073709551615);
        DELETE FROM t WHERE id = 4;"),
    case("drop_column", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(9), c INT, d INT); INSERT INTO t VALUES (1, 2, '3', 4, 5);
        ALTER TABLE t DROP COLUMN b; INSERT INTO t VALUES (2, 3, 4, 5); ALTER TABLE t DROP a, DROP d;
        INSERT INTO t VALUES (3, 4); UPDATE t SET c = c * 2;"),
    case("modify_column", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(5), c VARCHAR(10) NOT NULL);
        INSERT INTO t VALUES (1, 2, 'abc', 'x'); ALTER TABLE t MODIFY a BIGINT NOT NULL DEFAULT 3;
        INSERT INTO t VALUES (2, 9223372036854775807, 'a', 'y'); ALTER TABLE t MODIFY COLUMN b VARCHAR(300) NOT NULL;
        INSERT INTO t VALUES (3, 1, REPEAT('b', 300), 'z'); ALTER TABLE t MODIFY c VARCHAR(10) NULL;
        INSERT INTO t (id, b) VALUES (4, ''); UPDATE t SET c = NULL WHERE id = 2;"),
    case("modify_position", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT); INSERT INTO t VALUES (1, 2, 3);
        ALTER TABLE t MODIFY b INT FIRST; INSERT INTO t VALUES (30, 10, 20); ALTER TABLE t MODIFY id INT NOT NULL AFTER a;
        INSERT INTO t VALUES (300, 200, 100); UPDATE t SET a = 0, b = 9 WHERE id = 1; DELETE FROM t WHERE id = 10;"),
    case("modify_type", NOT_TIDB, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20), c DOUBLE); INSERT INTO t VALUES (1, 2, '17', 3.5);
        ALTER TABLE t MODIFY a VARCHAR(20), MODIFY b INT, MODIFY c DECIMAL(10,3); INSERT INTO t VALUES (2, 'two', 3, 4.125);
        UPDATE t SET a = CONCAT(a, '!');"),
    case("change_column", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT); INSERT INTO t VALUES (1, 2, 3);
        ALTER TABLE t CHANGE a aa BIGINT; INSERT INTO t (id, aa, b) VALUES (2, 4, 5);
        ALTER TABLE t CHANGE COLUMN b c INT NOT NULL DEFAULT 8 FIRST; INSERT INTO t (id, aa) VALUES (3, 6);
        ALTER TABLE t CHANGE id key_no INT NOT NULL; UPDATE t SET aa = 7 WHERE key_no = 1;
        DELETE FROM t WHERE key_no = 2;"),
    case("rename_column", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, KEY (a)); INSERT INTO t VALUES (1, 2, 3);
        ALTER TABLE t RENAME COLUMN a TO x; INSERT INTO t (id, x) VALUES (2, 3);
        UPDATE t SET x = 1 WHERE b = 3;"),
    case("swap_columns", ONLY_MYSQL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT); INSERT INTO t VALUES (1, 2, 3);
        ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a; INSERT INTO t VALUES (2, 3, 4); UPDATE t SET a = 0;"),
    case("several_specs", NOT_TIDB, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(9), c INT, KEY k (c)); INSERT INTO t VALUES (1, 2, '3', 4);
        ALTER TABLE t ADD COLUMN d INT NOT NULL DEFAULT 7 AFTER id, DROP COLUMN b, MODIFY a BIGINT, ADD INDEX (a, d), DROP KEY k,
        ADD UNIQUE KEY u (d, id), COMMENT 'changed', RENAME COLUMN c TO cc; INSERT INTO t VALUES (2, 8, 9, 10);
        ALTER TABLE t CHANGE cc c VARCHAR(10) FIRST, ADD e INT, ADD f INT AFTER e; INSERT INTO t VALUES ('x', 3, 1, 1, 1, 2);"),
    case("several_specs_of_one_kind", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT); INSERT INTO t VALUES (1, 2, 3);
        ALTER TABLE t ADD COLUMN c INT, ADD COLUMN d INT DEFAULT 4, ADD COLUMN e VARCHAR(5) FIRST;
        INSERT INTO t VALUES ('e', 2, 3, 4, 5, 6); ALTER TABLE t ADD INDEX ia (a), ADD INDEX ib (b, a);
        ALTER TABLE t DROP COLUMN c, DROP COLUMN d; UPDATE t SET b = 0;"),
    case("indexes", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(30), c INT); INSERT INTO t VALUES (1, 1, 'one', 1), (2, 2, 'two', 2);
        CREATE INDEX ia ON t (a); CREATE UNIQUE INDEX ub ON t (b(10), c); ALTER TABLE t ADD KEY iac (a DESC, c);
        ALTER TABLE t RENAME INDEX ia TO ia2; UPDATE t SET b = CONCAT(b, c), a = -a; DROP INDEX ub ON t;
        INSERT INTO t VALUES (3, 3, 'one1', 1); ALTER TABLE t DROP INDEX iac, ADD UNIQUE uc (id, c); DELETE FROM t WHERE id = 2;"),
    case("more_indexes", ONLY_MYSQL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(30), j JSON, g POINT NOT NULL SRID 0);
        INSERT INTO t VALUES (1, 1, 'one two', '[1, 2]', POINT(1, 2)); CREATE FULLTEXT INDEX f ON t (b);
        CREATE SPATIAL INDEX s ON t (g); CREATE INDEX fn ON t ((a + 1)); ALTER TABLE t ADD INDEX mv ((CAST(j AS UNSIGNED ARRAY)));
        ALTER TABLE t ALTER INDEX fn INVISIBLE; INSERT INTO t VALUES (2, 2, 'three', '[]', POINT(0, 0)); UPDATE t SET a = 5;"),
    case("primary_keys", NOT_TIDB, "
        CREATE TABLE t (id INT NOT NULL, a INT NOT NULL, b INT); INSERT INTO t VALUES (1, 1, 1), (2, 2, 2);
        ALTER TABLE t ADD PRIMARY KEY (id); UPDATE t SET b = 9 WHERE id = 1; ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (id, a);
        INSERT INTO t VALUES (1, 2, 3); DELETE FROM t WHERE id = 2; ALTER TABLE t DROP PRIMARY KEY; INSERT INTO t VALUES (1, 2, 3);
        DELETE FROM t WHERE a = 2 LIMIT 1;"),
    case("column_defaults", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT DEFAULT 1, b VARCHAR(5)); INSERT INTO t (id) VALUES (1);
        ALTER TABLE t ALTER a SET DEFAULT 2; INSERT INTO t (id) VALUES (2); ALTER TABLE t ALTER COLUMN a DROP DEFAULT, ALTER b SET \
        DEFAULT 'q'; INSERT INTO t (id, a) VALUES (3, 4);"),
    case("charset_conversion", ONLY_MYSQL, "
        CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), b TEXT) CHARACTER SET latin1; INSERT INTO t VALUES (1, 'é', 'ü');
        ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4; INSERT INTO t VALUES (2, '😀', '日本');
        ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; UPDATE t SET a = CONCAT(a, 'x'), b = 'ü' WHERE id = 1;
        UPDATE t SET b = '日' WHERE id = 1;
        ALTER TABLE t MODIFY b VARCHAR(30) CHARACTER SET gbk; UPDATE t SET b = '中文' WHERE id = 1;
        ALTER TABLE t DEFAULT CHARACTER SET latin1; ALTER TABLE t ADD c VARCHAR(9); INSERT INTO t VALUES (3, 'a', 'b', 'ÿ');"),
    case("charset_widening", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20)) CHARACTER SET utf8mb3; INSERT INTO t VALUES (1, 'é');
        ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; INSERT INTO t VALUES (2, '😀'); UPDATE t SET a = 'z' \
        WHERE id = 1;"),
    case("options", ONLY_MYSQL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT) ENGINE=InnoDB COMMENT='it''s'; INSERT INTO t VALUES (1, 1);
        ALTER TABLE t COMMENT = 'a \\\\ b', ROW_FORMAT = DYNAMIC, STATS_PERSISTENT = 1; ALTER TABLE t ENGINE = InnoDB;
        ALTER TABLE t FORCE, ALGORITHM = INPLACE, LOCK = NONE; ALTER TABLE t ADD b INT, ALGORITHM = INSTANT; INSERT INTO t VALUES (2, 2, \
        2); OPTIMIZE TABLE t; ANALYZE TABLE t;"),
    case("generated_columns", NOT_TIDB, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT, v INT GENERATED ALWAYS AS (a * 2) VIRTUAL, s INT AS (a + 1) STORED);
        INSERT INTO t (id, a) VALUES (1, 1); ALTER TABLE t ADD w INT AS (a * 3) VIRTUAL AFTER id; INSERT INTO t (id, a) VALUES (2, 2);
        UPDATE t SET a = 5 WHERE id = 1; ALTER TABLE t ADD UNIQUE (s); UPDATE t SET a = a + 10; ALTER TABLE t DROP v;
        INSERT INTO t (id, a) VALUES (3, 3); DELETE FROM t WHERE w = 45;"),
    case("invisible_columns", ONLY_MYSQL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT INVISIBLE DEFAULT 4, b INT); INSERT INTO t VALUES (1, 2);
        INSERT INTO t (id, a, b) VALUES (2, 3, 4); ALTER TABLE t ALTER COLUMN a SET VISIBLE; INSERT INTO t VALUES (3, 4, 5);
        ALTER TABLE t ALTER COLUMN b SET INVISIBLE; UPDATE t SET b = 9;"),
    case("checks", NOT_TIDB, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT, CONSTRAINT positive CHECK (a > 0)); INSERT INTO t VALUES (1, 1);
        ALTER TABLE t ADD CONSTRAINT small CHECK (a < 100); UPDATE t SET a = 99; ALTER TABLE t DROP CONSTRAINT positive;
        INSERT INTO t VALUES (2, -5);"),
    case("rename_to", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT); INSERT INTO t VALUES (1, 1); ALTER TABLE t RENAME TO u; INSERT INTO u VALUES (2, 2);
        CREATE TABLE t (x VARCHAR(9) PRIMARY KEY); INSERT INTO t VALUES ('new'); ALTER TABLE u RENAME AS v; UPDATE v SET a = 3;
        ALTER TABLE v RENAME w;"),
    case("rename_and_change", ONLY_MYSQL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT); INSERT INTO t VALUES (1, 1); ALTER TABLE t ADD b INT DEFAULT 2, RENAME TO u;
        INSERT INTO u VALUES (2, 2, 2);"),
];

pub(crate) const TABLES: &[Case] = &[
    case("rename", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT); CREATE TABLE u (id INT PRIMARY KEY, b VARCHAR(9)); INSERT INTO t VALUES (1, 1);
        RENAME TABLE t TO t2; INSERT INTO t2 VALUES (2, 2); RENAME TABLE t2 TO t, u TO u2; INSERT INTO u2 VALUES (1, 'x');
        INSERT INTO t VALUES (3, 3);"),
    case("swap", ALL, "
        CREATE TABLE a (id INT PRIMARY KEY, x INT); CREATE TABLE b (id INT PRIMARY KEY, y VARCHAR(9), z INT);
        INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 'one', 1); RENAME TABLE a TO t, b TO a, t TO b;
        INSERT INTO a VALUES (2, 'two', 2); INSERT INTO b VALUES (2, 2); UPDATE a SET z = 5; DELETE FROM b WHERE id = 1;
        RENAME TABLE a TO t, b TO a, t TO b; INSERT INTO a VALUES (9, 9);"),
    case("move_between_schemas", ALL, "
        CREATE DATABASE move_other; CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1); RENAME TABLE t TO move_other.t;
        INSERT INTO move_other.t VALUES (2); ALTER TABLE move_other.t RENAME TO move_between_schemas.back; INSERT INTO back VALUES (3);"),
    case("truncate", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT); INSERT INTO t VALUES (1, 1), (2, 2); TRUNCATE TABLE t; INSERT INTO t VALUES (1, 5);
        TRUNCATE t; INSERT INTO t VALUES (7, 7);"),
    case("drop_tables", ALL, "
        CREATE TABLE a (id INT PRIMARY KEY); CREATE TABLE b (id INT PRIMARY KEY); CREATE TABLE c (id INT PRIMARY KEY);
        INSERT INTO a VALUES (1); INSERT INTO c VALUES (1); DROP TABLE a, b; CREATE TABLE a (x INT PRIMARY KEY, y INT);
        INSERT INTO a VALUES (1, 2); DROP TABLE IF EXISTS nothing, c, nothing2; DROP TABLE IF EXISTS nothing;"),
    case("create_like", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9) NOT NULL DEFAULT 'd', UNIQUE KEY (a)); INSERT INTO t VALUES (1, 'x');
        CREATE TABLE u LIKE t; INSERT INTO u VALUES (1, 'y'); CREATE TABLE IF NOT EXISTS v (LIKE t); UPDATE u SET a = 'z';
        CREATE TABLE IF NOT EXISTS t LIKE u;"),
    case("create_select", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9)); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, NULL);
        CREATE TABLE u SELECT * FROM t WHERE id < 3; UPDATE u SET a = 'changed' WHERE id = 1;
        CREATE TABLE v (PRIMARY KEY (id)) AS SELECT id, a, id * 2 AS twice FROM t; DELETE FROM v WHERE id = 2;"),
    case("create_if_not_exists", ALL, "
        CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY); CREATE TABLE IF NOT EXISTS t (other INT); INSERT INTO t VALUES (1);
        DROP TABLE IF EXISTS t; CREATE TABLE IF NOT EXISTS t (other INT PRIMARY KEY); INSERT INTO t VALUES (2);"),
    case("schemas", ALL, "
        CREATE DATABASE schemas_a CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; CREATE TABLE schemas_a.t (id INT PRIMARY KEY, v VARCHAR(5));
        INSERT INTO schemas_a.t VALUES (1, 'x'); ALTER DATABASE schemas_a COLLATE utf8mb4_general_ci; CREATE TABLE schemas_a.u (v \
        VARCHAR(5) PRIMARY KEY); INSERT INTO schemas_a.u VALUES ('y'); CREATE SCHEMA IF NOT EXISTS schemas_a; CREATE SCHEMA schemas_b;
        CREATE TABLE schemas_b.t (id INT PRIMARY KEY); INSERT INTO schemas_b.t VALUES (1); DROP DATABASE schemas_b;
        CREATE DATABASE schemas_b; CREATE TABLE schemas_b.t (id INT PRIMARY KEY, a INT); INSERT INTO schemas_b.t VALUES (1, 2);
        DROP SCHEMA IF EXISTS schemas_c;"),
    case("default_schema", ALL, "
        CREATE DATABASE default_schema_x; USE default_schema_x; CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1);
        CREATE TABLE default_schema.t (id INT PRIMARY KEY, a INT); INSERT INTO default_schema.t VALUES (1, 2); USE default_schema;
        ALTER TABLE t ADD b INT; INSERT INTO t VALUES (2, 3, 4); DROP DATABASE default_schema_x;"),
    case("range_partitions", ALL, "
        CREATE TABLE t (id INT, a INT, PRIMARY KEY (id)) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES \
        LESS THAN (20)); INSERT INTO t VALUES (1, 1), (11, 1); ALTER TABLE t ADD PARTITION (PARTITION p2 VALUES LESS THAN (30));
        INSERT INTO t VALUES (21, 1), (2, 2); ALTER TABLE t TRUNCATE PARTITION p1; INSERT INTO t VALUES (12, 3);
        ALTER TABLE t DROP PARTITION p0; UPDATE t SET a = 9; ALTER TABLE t ADD b INT; INSERT INTO t VALUES (25, 1, 1);"),
    case("reorganize_partitions", NOT_MARIADB, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS \
        THAN MAXVALUE); INSERT INTO t VALUES (1, 1), (50, 1); ALTER TABLE t REORGANIZE PARTITION p1 INTO (PARTITION p1 VALUES LESS THAN \
        (40), PARTITION p2 VALUES LESS THAN MAXVALUE); UPDATE t SET a = 2; ALTER TABLE t REMOVE PARTITIONING; INSERT INTO t VALUES (2, 2);
        ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 3; DELETE FROM t WHERE id = 1;"),
    case("exchange_partition", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS \
        THAN (20)); CREATE TABLE x (id INT PRIMARY KEY, a INT); INSERT INTO t VALUES (1, 1), (11, 1); INSERT INTO x VALUES (2, 2);
        ALTER TABLE t EXCHANGE PARTITION p0 WITH TABLE x; INSERT INTO t VALUES (3, 3); INSERT INTO x VALUES (4, 4); UPDATE x SET a = 7;"),
    case("odd_names", ALL, "
        CREATE TABLE `a table` (`a column` INT PRIMARY KEY, `select` INT, `b``c` INT); INSERT INTO `a table` VALUES (1, 2, 3);
        ALTER TABLE `a table` ADD `Größe` INT DEFAULT 4; INSERT INTO `a table` VALUES (2, 3, 4, 5); RENAME TABLE `a table` TO `日本`;
        UPDATE `日本` SET `select` = 8; CREATE TABLE `x.y` (id INT PRIMARY KEY); INSERT INTO `x.y` VALUES (1);"),
    case("names_that_differ_in_case", ONLY_MYSQL, "
        CREATE TABLE `UPPER` (Id INT PRIMARY KEY); INSERT INTO `UPPER` VALUES (1); CREATE TABLE upper (id INT PRIMARY KEY, a INT);
        INSERT INTO upper VALUES (1, 2);"),
    case("comments", ALL, "
        CREATE /* here */ TABLE t (id INT PRIMARY KEY /* and */, a INT DEFAULT 5 -- there
        , b VARCHAR(9) DEFAULT '/* no */' # nor here
        ); INSERT INTO t (id) VALUES (1); ALTER /*!50000 TABLE */ t ADD c INT; INSERT INTO t (id, c) VALUES (2, 3);"),
    case("views_and_programs", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT); CREATE VIEW v AS SELECT * FROM t; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET \
        NEW.a = 5; INSERT INTO t VALUES (1, 1); CREATE PROCEDURE p() SELECT 1; CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1;
        CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM t; DROP VIEW v; DROP TRIGGER tr; DROP PROCEDURE p; DROP FUNCTION f;
        DROP EVENT e; CREATE USER views_user@localhost; GRANT SELECT ON t TO views_user@localhost; DROP USER views_user@localhost;
        FLUSH TABLES; INSERT INTO t VALUES (2, 2);"),
    case("temporary_tables", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT); CREATE TEMPORARY TABLE tmp (id INT PRIMARY KEY, a INT); INSERT INTO tmp VALUES (1, 1);
        INSERT INTO t SELECT * FROM tmp; CREATE TEMPORARY TABLE t2 LIKE t; DROP TEMPORARY TABLE tmp; INSERT INTO t VALUES (2, 2);"),
    case("several_in_one_transaction_log", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT, UNIQUE (a)); BEGIN; INSERT INTO t VALUES (1, 1), (2, 2); UPDATE t SET a = 3 WHERE id = 1;
        ALTER TABLE t ADD b INT; INSERT INTO t VALUES (3, 1, 1); BEGIN; DELETE FROM t; ROLLBACK; DROP TABLE t;
        CREATE TABLE t (id VARCHAR(9) PRIMARY KEY); INSERT INTO t VALUES ('x');"),
    case("unique_keys_come_and_go", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT); INSERT INTO t VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3);
        ALTER TABLE t ADD UNIQUE ua (a); UPDATE t SET a = 10 WHERE id = 1; UPDATE t SET a = 1 WHERE id = 2; UPDATE t SET a = 2 WHERE id = 1;
        ALTER TABLE t ADD UNIQUE ub (b); DELETE FROM t WHERE id = 3; INSERT INTO t VALUES (4, 3, 3); ALTER TABLE t DROP INDEX ua;
        UPDATE t SET a = 0, b = -b;"),
];

pub(crate) const SESSIONS: &[Case] = &[
    case("ansi_quotes", ALL, "
        SET sql_mode = 'ANSI_QUOTES,STRICT_TRANS_TABLES'; CREATE TABLE \"t\" (\"id\" INT PRIMARY KEY, \"a b\" VARCHAR(9) DEFAULT 'it''s');
        INSERT INTO t (id) VALUES (1); ALTER TABLE \"t\" ADD \"c\"\"d\" INT DEFAULT 3; INSERT INTO t (id) VALUES (2);
        RENAME TABLE \"t\" TO \"u\"; UPDATE u SET \"a b\" = 'x';"),
    case("no_backslash_escapes", ALL, "
        SET sql_mode = 'NO_BACKSLASH_ESCAPES'; CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20) DEFAULT 'a\\', b VARCHAR(9) DEFAULT '\\n');
        INSERT INTO t (id) VALUES (1); ALTER TABLE t ADD c VARCHAR(9) NOT NULL DEFAULT '\\', ADD d INT COMMENT 'x\\'; INSERT INTO t (id) \
        VALUES (2);"),
    case("pipes_and_spaces", ONLY_MYSQL, "
        SET sql_mode = 'PIPES_AS_CONCAT,IGNORE_SPACE'; CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), g VARCHAR(40) AS (a || 'x'));
        INSERT INTO t (id, a) VALUES (1, 'y');"),
    case("real_as_float", NOT_MARIADB, "
        SET sql_mode = 'REAL_AS_FLOAT'; CREATE TABLE t (id INT PRIMARY KEY, r REAL, f FLOAT(30), g FLOAT); INSERT INTO t VALUES (1, 0.1, 0.1, \
        0.1); ALTER TABLE t ADD s REAL DEFAULT 1.1; INSERT INTO t VALUES (2, 12.5, 1234.1, 3, 4);"),
    case("zero_dates", ALL, "
        SET sql_mode = ''; CREATE TABLE t (id INT PRIMARY KEY, d DATE NOT NULL DEFAULT '0000-00-00', dt DATETIME NOT NULL DEFAULT \
        '0000-00-00 00:00:00'); INSERT INTO t (id) VALUES (1); INSERT INTO t VALUES (2, '2024-00-10', '2024-02-00 01:02:03');
        ALTER TABLE t ADD e DATE NOT NULL; INSERT INTO t (id) VALUES (3);"),
    case("timestamp_back_fill", ALL, "
        CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1), (2); SET timestamp = 1000000000.123456;
        ALTER TABLE t ADD a TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP; SET time_zone = '+05:30';
        ALTER TABLE t ADD b DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP; ALTER TABLE t ADD c DATETIME(6) NOT NULL DEFAULT \
        CURRENT_TIMESTAMP(6); SET timestamp = DEFAULT; INSERT INTO t (id) VALUES (3); SET time_zone = '-11:00';
        ALTER TABLE t ADD d TIMESTAMP(3) NOT NULL DEFAULT NOW(3) ON UPDATE NOW(3); UPDATE t SET id = id + 10 WHERE id = 1;"),
    case("timestamp_literals", ALL, "
        SET time_zone = '+03:00'; CREATE TABLE t (id INT PRIMARY KEY, a TIMESTAMP NOT NULL DEFAULT '2020-01-01 00:00:00');
        INSERT INTO t (id) VALUES (1); SET time_zone = '-03:00'; INSERT INTO t (id) VALUES (2); ALTER TABLE t ADD b TIMESTAMP NOT NULL \
        DEFAULT '2021-06-01 12:00:00'; INSERT INTO t (id) VALUES (3);"),
    case("first_timestamp", ONLY_MYSQL, "
        SET explicit_defaults_for_timestamp = 0; CREATE TABLE t (id INT PRIMARY KEY, a TIMESTAMP, b TIMESTAMP NULL); INSERT INTO t (id) VALUES \
        (1); ALTER TABLE t ADD c TIMESTAMP NULL; UPDATE t SET b = '2020-01-01' WHERE id = 1; SET explicit_defaults_for_timestamp = 1;
        CREATE TABLE u (id INT PRIMARY KEY, a TIMESTAMP); INSERT INTO u VALUES (1, NULL);"),
    case("client_charset", NOT_MARIADB, "
        SET NAMES latin1; CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20) DEFAULT 'Ã©', b VARCHAR(20) COMMENT 'Ã¼'); INSERT INTO t (id) \
        VALUES (1); SET NAMES utf8mb4; ALTER TABLE t ADD c VARCHAR(20) DEFAULT '日本'; INSERT INTO t (id) VALUES (2);"),
    case("default_collations", ONLY_MYSQL, "
        SET collation_server = 'latin1_swedish_ci'; CREATE DATABASE default_collations_x; SET collation_server = DEFAULT;
        CREATE TABLE default_collations_x.t (id INT PRIMARY KEY, a VARCHAR(20)); INSERT INTO default_collations_x.t VALUES (1, 'é');
        SET default_collation_for_utf8mb4 = utf8mb4_general_ci; CREATE TABLE u (id INT PRIMARY KEY, a VARCHAR(9)) CHARACTER SET utf8mb4;
        INSERT INTO u VALUES (1, 'é'); CREATE TABLE v (id INT PRIMARY KEY, a VARCHAR(9) CHARACTER SET utf8mb4);
        CREATE DATABASE default_collations_y CHARACTER SET utf8mb4;"),
    case("generated_primary_key", ONLY_MYSQL, "
        SET sql_generate_invisible_primary_key = 1; CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (1), (2); UPDATE t SET a = 3 WHERE a = 2;
        DELETE FROM t WHERE a = 1 LIMIT 1;"),
    case("checks_off", ALL, "
        SET foreign_key_checks = 0; CREATE TABLE child (id INT PRIMARY KEY, p INT, KEY (p), CONSTRAINT fk FOREIGN KEY (p) REFERENCES parent \
        (id)); INSERT INTO child VALUES (1, 7); CREATE TABLE parent (id INT PRIMARY KEY); INSERT INTO parent VALUES (1);
        SET foreign_key_checks = 1; INSERT INTO child VALUES (2, 1); SET foreign_key_checks = 0; DROP TABLE parent; SET \
        foreign_key_checks = 1;"),
];
