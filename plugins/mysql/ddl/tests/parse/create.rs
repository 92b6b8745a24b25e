//! CREATE TABLE.

use super::{check, definition};
use tidegate_mysql_ddl::{CreateTable, DefaultValue, Flavor, StatementKind};

fn create(sql: &str, flavor: Flavor) -> CreateTable {
    match definition(sql, 0, flavor).kind {
        StatementKind::CreateTable(create) => create,
        other => panic!("{sql}: {other:?}"),
    }
}

#[test]
fn tables_on_mysql() {
    let cases = [
        ("CREATE TABLE t (a INT)", "create table | d.t"),
        ("create table s.t(a int primary key)", "create table | s.t"),
        ("CREATE TABLE IF NOT EXISTS `s`.`t` (`a` INT)", "create table | s.t"),
        ("CREATE TABLE s . t (a INT)", "create table | s.t"),
        ("CREATE TABLE s./* here */t (a INT)", "create table | s.t"),
        ("CREATE TABLE .t (a INT)", "create table | d.t"),
        ("CREATE TABLE s.1t (1a INT)", "create table | s.1t"),
        ("CREATE TABLE s.123 (a INT)", "create table | s.123"),
        ("CREATE TABLE 1e5x (a INT)", "create table | d.1e5x"),
        ("CREATE TABLE `s.t` (a INT)", "create table | d.s.t"),
        ("CREATE TABLE `a``b`.`c.d` (a INT)", "create table | a`b.c.d"),
        ("CREATE TABLE таблица (колонка INT)", "create table | d.таблица"),
        ("CREATE TABLE `表`.`名 前` (`列` INT COMMENT '说明')", "create table | 表.名 前"),
        ("CREATE TABLE t LIKE u", "create table | d.t ~d.u"),
        ("CREATE TABLE a.t (LIKE b.u)", "create table | a.t ~b.u"),
        ("CREATE TABLE IF NOT EXISTS t LIKE s.u;", "create table | d.t ~s.u"),
        ("CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES p (a))", "create table | d.t ^d.p"),
        (
            "CREATE TABLE t (a INT, CONSTRAINT f FOREIGN KEY i (a, b) REFERENCES s.p (a, b) MATCH FULL ON DELETE CASCADE ON UPDATE SET NULL)",
            "create table | d.t ^s.p",
        ),
        ("CREATE TABLE t (a INT REFERENCES p (a) ON DELETE NO ACTION)", "create table | d.t ^d.p"),
        (
            "CREATE TABLE t (a INT) ENGINE=MERGE UNION=(t1,s.t2) INSERT_METHOD=LAST",
            "create table | d.t ?d.t1 ?s.t2",
        ),
        ("CREATE TABLE t (a INT) AS SELECT * FROM u", "create table | d.t ?d.u"),
        (
            "CREATE TABLE t SELECT u.a, v.b FROM s.u JOIN v ON u.a = v.a, w WHERE 1",
            "create table | d.t ?s.u ?d.v ?d.w",
        ),
        ("CREATE TABLE t IGNORE AS (SELECT 1)", "create table | d.t"),
        ("CREATE TABLE t REPLACE SELECT 1 FROM DUAL", "create table | d.t"),
        ("CREATE TABLE `t` (`a` int NOT NULL DEFAULT '0') START TRANSACTION", "create table | d.t"),
        (
            "CREATE TABLE t (a INT) ENGINE InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT 'x' ROW_FORMAT=DYNAMIC",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a INT) ENGINE=InnoDB, CHARSET=latin1, AUTO_INCREMENT=7 DATA DIRECTORY='/x' TABLESPACE ts STORAGE DISK",
            "create table | d.t",
        ),
        ("CREATE TABLE t (a INT) PARTITION BY HASH (a) PARTITIONS 4", "create table | d.t"),
        ("CREATE TABLE t (a INT) PARTITION BY LINEAR KEY ALGORITHM=2 (a)", "create table | d.t"),
        (
            "CREATE TABLE t (a INT) PARTITION BY RANGE (a) SUBPARTITION BY HASH (a) (PARTITION p0 VALUES LESS THAN (10) (SUBPARTITION s0, SUBPARTITION s1), PARTITION p1 VALUES LESS THAN MAXVALUE)",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a INT) /*!50100 PARTITION BY LIST COLUMNS (a) (PARTITION p0 VALUES IN (1,2) ENGINE = InnoDB) */",
            "create table | d.t",
        ),
        ("CREATE TABLE t (a INT) PARTITION BY HASH (a) AS SELECT a FROM u", "create table | d.t ?d.u"),
        (
            "CREATE TABLE t (a INT, KEY (a), INDEX i USING HASH (a DESC), UNIQUE KEY u (a) COMMENT 'x' INVISIBLE, PRIMARY KEY USING BTREE (a))",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a TEXT, FULLTEXT KEY f (a) WITH PARSER ngram, SPATIAL INDEX (g), KEY p (a(10) ASC))",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a JSON, INDEX f ((CAST(a->'$.x' AS UNSIGNED ARRAY))), KEY ((lower(b))))",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a INT CHECK (a > 0), CHECK (a < 9), CONSTRAINT c CHECK (a <> 5) NOT ENFORCED, CONSTRAINT CHECK (a))",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a INT AS (b + 1) STORED NOT NULL, b INT, c INT GENERATED ALWAYS AS (b * 2) VIRTUAL COMMENT 'x')",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (id SERIAL, b BOOL DEFAULT TRUE, c NATIONAL VARCHAR(5), d NCHAR(2), e CHAR(3) BYTE, f VARCHAR(3) BINARY, g LONG VARCHAR)",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), b DATETIME DEFAULT NOW())",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (g GEOMETRY NOT NULL SRID 4326, p POINT, v VECTOR(3), y YEAR(4), b BIT(5) DEFAULT b'101')",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a ENUM('x''y','z)',\"q\") CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'q', s SET('a','b'))",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a BINARY(16) DEFAULT (UUID_TO_BIN(UUID())), b JSON DEFAULT (JSON_ARRAY()))",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a INT INVISIBLE, b INT VISIBLE COLUMN_FORMAT FIXED STORAGE MEMORY ENGINE_ATTRIBUTE='{}')",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a FLOAT(7,4) UNSIGNED ZEROFILL, b DOUBLE PRECISION, c REAL(5,2), d DEC(5), e FIXED, f NUMERIC(65,30))",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a VARCHAR(5) CHARSET utf8mb4, b TEXT(100) CHARACTER SET 'latin1', c TINYTEXT ASCII, d MEDIUMTEXT UNICODE)",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (`key` INT, `select` INT, comment INT, data INT, date DATE, time TIME, status INT)",
            "create table | d.t",
        ),
        ("CREATE TABLE t (a INT) WITHOUT_KNOWN_OPTION=5", "create table | d.t"),
        ("CREATE\tTABLE\nt\r\n(\n  a INT -- first\n  , b INT # second\n)", "create table | d.t"),
        (
            "/* before */ CREATE /* in */ TABLE /* of */ s . /* x */ t /* y */ (a INT) /* end */",
            "create table | s.t",
        ),
        (
            "CREATE TABLE t (a INT DEFAULT -5, b DECIMAL(5,2) DEFAULT +1.50, c DOUBLE DEFAULT 1e-3, d INT DEFAULT 0x1F, e CHAR(1) DEFAULT _latin1'x')",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a DATE DEFAULT DATE '2024-01-01', b VARCHAR(9) DEFAULT 'a' 'b', c VARCHAR(3) DEFAULT N'x')",
            "create table | d.t",
        ),
    ];
    check(&cases, 0, Flavor::mysql(80036));
}

#[test]
fn tables_on_mariadb() {
    let cases = [
        ("CREATE OR REPLACE TABLE t (a INT)", "create table | d.t"),
        (
            "CREATE TABLE t (a INT DEFAULT nextval(s), b DATETIME DEFAULT current_timestamp() ON UPDATE current_timestamp())",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a INT DEFAULT (1 + 2) * 3 NOT NULL, b CHAR(36) DEFAULT uuid())",
            "create table | d.t",
        ),
        ("CREATE TABLE t (a INT, b INT AS (a) PERSISTENT, c UUID, d INET6)", "create table | d.t"),
        ("CREATE TABLE t (a INT) WITH SYSTEM VERSIONING", "create table | d.t"),
        (
            "CREATE TABLE t (a INT, s TIMESTAMP(6) GENERATED ALWAYS AS ROW START, e TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME LIMIT 100 (PARTITION p HISTORY, PARTITION n CURRENT)",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a INT, KEY IF NOT EXISTS k (a) IGNORED) ENGINE=Aria TRANSACTIONAL=1 PAGE_CHECKSUM=0",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a VARCHAR(100) COMPRESSED, b INT `my_option`='x') `table_option`=5",
            "create table | d.t",
        ),
        (
            "CREATE TABLE t (a INT) /*M!100100 ENGINE=InnoDB */ /*!50701 ENCRYPTION='Y' not for us */",
            "create table | d.t",
        ),
        (
            "SET STATEMENT max_statement_time=1, lock_wait_timeout=5 FOR CREATE TABLE t (a INT)",
            "create table | d.t",
        ),
    ];
    check(&cases, 0, Flavor::mariadb(101106));
}

#[test]
fn tables_as_tidb_shows_them() {
    let cases = [
        (
            "CREATE TABLE `t` (\n  `a` bigint(20) NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,\n  `b` datetime DEFAULT NULL,\n  PRIMARY KEY (`a`) /*T![clustered_index] CLUSTERED */\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin /*T![ttl] TTL=`b` + INTERVAL 3 MONTH */ /*T![ttl] TTL_ENABLE='ON' */ /*T![placement] PLACEMENT POLICY=`p` */ /*T! SHARD_ROW_ID_BITS=4 PRE_SPLIT_REGIONS=2 */",
            "create table | d.t",
        ),
        (
            "CREATE TABLE `t` (\n  `a` int DEFAULT NULL,\n  KEY `k` (`a`) /*!80000 INVISIBLE */\n)",
            "create table | d.t",
        ),
    ];
    check(&cases, 0, Flavor::tidb(80011));
}

#[test]
fn facts_for_the_sink() {
    let mysql = Flavor::mysql(80036);
    let replace = create("CREATE OR REPLACE TABLE IF NOT EXISTS t (a INT)", Flavor::mariadb(101106));
    assert!(replace.or_replace && replace.if_not_exists);
    let filled = create("CREATE TABLE t (a INT) START TRANSACTION", mysql);
    assert!(filled.options.start_transaction && !filled.as_select);
    assert!(create("CREATE TABLE t AS TABLE u", mysql).as_select);
    let columns = create(
        "CREATE TABLE t (a INT DEFAULT '5', b CHAR(36) DEFAULT (UUID()), c INT AUTO_INCREMENT, d INT DEFAULT (1+1))",
        mysql,
    )
    .columns;
    assert_eq!(columns[0].default, Some(DefaultValue::String("5".into())));
    assert_eq!(columns[1].default, Some(DefaultValue::Expression("(UUID())".into())));
    let differing: Vec<bool> = columns.iter().map(|column| column.back_fill_differs()).collect();
    assert_eq!(differing, [false, true, true, false]);
}

#[test]
fn column_references_count_where_the_server_honours_them() {
    let sql = "CREATE TABLE t (a INT REFERENCES p (a))";
    assert!(create(sql, Flavor::mysql(80036)).constraints.is_empty());
    assert_eq!(create(sql, Flavor::mysql(90700)).constraints.len(), 1);
    assert_eq!(create(sql, Flavor::mariadb(101106)).constraints.len(), 1);
}
