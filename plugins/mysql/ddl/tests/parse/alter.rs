//! ALTER TABLE.

use super::{check, definition};
use tidegate_mysql_ddl::{Flavor, Spec, StatementKind};

#[test]
fn alters_on_mysql() {
    let cases = [
        ("ALTER TABLE t ADD c INT", "alter table | d.t"),
        ("ALTER TABLE s.t ADD COLUMN c INT FIRST", "alter table | s.t"),
        ("ALTER TABLE t ADD COLUMN c INT NOT NULL DEFAULT 0 AFTER `b`", "alter table | d.t"),
        ("ALTER TABLE t ADD (c INT, d VARCHAR(5), KEY (c))", "alter table | d.t"),
        ("ALTER TABLE t ADD COLUMN (c INT)", "alter table | d.t"),
        ("ALTER TABLE t ADD c INT, ADD d INT AFTER c, DROP e", "alter table, alter table, drop column | d.t"),
        ("ALTER TABLE t DROP COLUMN c", "drop column | d.t"),
        ("ALTER TABLE t DROP `index`", "drop column | d.t"),
        ("ALTER TABLE t DROP c CASCADE, DROP COLUMN d RESTRICT", "drop column, drop column | d.t"),
        ("ALTER TABLE t MODIFY c BIGINT UNSIGNED NOT NULL", "alter table | d.t"),
        ("ALTER TABLE t MODIFY COLUMN c VARCHAR(10) CHARACTER SET latin1 FIRST", "alter table | d.t"),
        ("ALTER TABLE t CHANGE a b INT AFTER c", "alter table | d.t"),
        ("ALTER TABLE t CHANGE COLUMN a a TEXT", "alter table | d.t"),
        ("ALTER TABLE t RENAME COLUMN a TO b", "rename column | d.t"),
        ("ALTER TABLE t ALTER c SET DEFAULT 5", "modify default value | d.t"),
        (
            "ALTER TABLE t ALTER COLUMN c SET DEFAULT (uuid()), ALTER d DROP DEFAULT",
            "modify default value, modify default value | d.t",
        ),
        ("ALTER TABLE t ALTER COLUMN c SET INVISIBLE", "alter table | d.t"),
        ("ALTER TABLE t ADD INDEX i (a)", "modify constraint | d.t"),
        (
            "ALTER TABLE t ADD KEY (a), ADD UNIQUE (b), ADD UNIQUE INDEX u (c)",
            "modify constraint, modify constraint, modify constraint | d.t",
        ),
        (
            "ALTER TABLE t ADD FULLTEXT (a), ADD SPATIAL KEY g (g)",
            "modify constraint, modify constraint | d.t",
        ),
        ("ALTER TABLE t ADD PRIMARY KEY (a, b)", "modify constraint | d.t"),
        ("ALTER TABLE t ADD CONSTRAINT PRIMARY KEY (a)", "modify constraint | d.t"),
        ("ALTER TABLE t ADD CONSTRAINT u UNIQUE KEY (a)", "modify constraint | d.t"),
        (
            "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES s.p (id) ON DELETE CASCADE",
            "modify constraint | d.t ^s.p",
        ),
        (
            "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p (id), ADD c INT",
            "modify constraint, alter table | d.t ^d.p",
        ),
        (
            "ALTER TABLE t ADD CHECK (a > 0), ADD CONSTRAINT c CHECK (b) ENFORCED",
            "modify constraint, modify constraint | d.t",
        ),
        ("ALTER TABLE t DROP PRIMARY KEY", "drop primary key | d.t"),
        ("ALTER TABLE t DROP INDEX i, DROP KEY j", "drop index, drop index | d.t"),
        ("ALTER TABLE t DROP FOREIGN KEY f", "alter table | d.t"),
        ("ALTER TABLE t DROP CHECK c, DROP CONSTRAINT d", "alter table, alter table | d.t"),
        ("ALTER TABLE t ALTER CHECK c NOT ENFORCED", "alter table | d.t"),
        ("ALTER TABLE t ALTER INDEX i INVISIBLE", "alter table | d.t"),
        ("ALTER TABLE t RENAME INDEX a TO b, RENAME KEY c TO d", "rename index, rename index | d.t"),
        ("ALTER TABLE t RENAME TO u", "rename table | d.t >d.u"),
        ("ALTER TABLE t RENAME s.u", "rename table | d.t >s.u"),
        ("ALTER TABLE t RENAME AS u, ADD c INT", "rename table, alter table | d.t >d.u"),
        ("ALTER TABLE t RENAME = u", "rename table | d.t >d.u"),
        ("ALTER TABLE t ENGINE=InnoDB", "modify storage engine | d.t"),
        ("ALTER TABLE t ENGINE InnoDB ROW_FORMAT DYNAMIC COMMENT 'x'", "modify storage engine | d.t"),
        ("ALTER TABLE t COMMENT='x', AUTO_INCREMENT=5", "alter table, alter table | d.t"),
        ("ALTER TABLE t DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "modify charset | d.t"),
        ("ALTER TABLE t COLLATE utf8mb4_bin", "modify collation | d.t"),
        ("ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "modify charset | d.t"),
        ("ALTER TABLE t CONVERT TO CHARSET DEFAULT", "modify charset | d.t"),
        ("ALTER TABLE t UNION=(a, s.b)", "alter table | d.t ?d.a ?s.b"),
        ("ALTER TABLE t ORDER BY a, b DESC", "alter table | d.t"),
        ("ALTER TABLE t ORDER BY a, ADD c INT", "alter table, alter table | d.t"),
        ("ALTER TABLE t FORCE, ALGORITHM=INPLACE, LOCK=NONE", "alter table, alter table, alter table | d.t"),
        ("ALTER TABLE t ADD c INT, ALGORITHM INSTANT", "alter table, alter table | d.t"),
        ("ALTER TABLE t DISABLE KEYS", "alter table | d.t"),
        ("ALTER TABLE t DISCARD TABLESPACE", "alter table | d.t"),
        ("ALTER TABLE t IMPORT PARTITION p0, p1 TABLESPACE", "alter table | d.t"),
        ("ALTER TABLE t WITHOUT VALIDATION, ADD c INT", "alter table, alter table | d.t"),
        ("ALTER TABLE t", "alter table | d.t"),
        ("ALTER TABLE t SECONDARY_LOAD", "alter table | d.t"),
    ];
    check(&cases, 0, Flavor::mysql(80036));
}

#[test]
fn partitions() {
    let cases = [
        ("ALTER TABLE t PARTITION BY HASH (a) PARTITIONS 4", "alter table | d.t"),
        ("ALTER TABLE t ADD c INT PARTITION BY KEY (c)", "alter table, alter table | d.t"),
        ("ALTER TABLE t REMOVE PARTITIONING", "alter table | d.t"),
        (
            "ALTER TABLE t ADD PARTITION (PARTITION p2 VALUES LESS THAN (30), PARTITION p3 VALUES LESS THAN MAXVALUE)",
            "alter table | d.t",
        ),
        ("ALTER TABLE t ADD PARTITION NO_WRITE_TO_BINLOG PARTITIONS 2", "alter table | d.t"),
        ("ALTER TABLE t DROP PARTITION p0, p1", "drop table partition | d.t"),
        ("ALTER TABLE t TRUNCATE PARTITION ALL", "truncate table partition | d.t"),
        ("ALTER TABLE t COALESCE PARTITION 2", "coalesce table partition | d.t"),
        (
            "ALTER TABLE t REORGANIZE PARTITION p0, p1 INTO (PARTITION q VALUES LESS THAN (5))",
            "reorganize table partition | d.t",
        ),
        ("ALTER TABLE t REORGANIZE PARTITION", "reorganize table partition | d.t"),
        (
            "ALTER TABLE t EXCHANGE PARTITION p0 WITH TABLE s.u WITHOUT VALIDATION",
            "exchange table partition | d.t =s.u",
        ),
        ("ALTER TABLE t REBUILD PARTITION p0, p1", "rebuild table partition | d.t"),
        ("ALTER TABLE t ANALYZE PARTITION p0, p1", "alter table | d.t"),
        ("ALTER TABLE t OPTIMIZE PARTITION ALL", "alter table | d.t"),
        ("ALTER TABLE t /*!50100 PARTITION BY HASH (a) */", "alter table | d.t"),
        ("ALTER TABLE t /*!50100 REMOVE PARTITIONING */", "alter table | d.t"),
    ];
    check(&cases[..6], 0, Flavor::mysql(80036));
    check(&cases[6..13], 0, Flavor::mysql(80036));
    check(&cases[13..], 0, Flavor::mysql(80036));
}

#[test]
fn alters_on_mariadb() {
    let cases = [
        ("ALTER IGNORE TABLE t ADD UNIQUE (a)", "modify constraint | d.t"),
        ("ALTER ONLINE IGNORE TABLE IF EXISTS t WAIT 5 ADD COLUMN IF NOT EXISTS c INT", "alter table | d.t"),
        ("ALTER TABLE t NOWAIT DROP COLUMN IF EXISTS c", "drop column | d.t"),
        (
            "ALTER TABLE t MODIFY COLUMN IF EXISTS c INT, CHANGE IF EXISTS a b INT",
            "alter table, alter table | d.t",
        ),
        (
            "ALTER TABLE t DROP INDEX IF EXISTS i, DROP FOREIGN KEY IF EXISTS f",
            "drop index, alter table | d.t",
        ),
        (
            "ALTER TABLE t ADD INDEX IF NOT EXISTS i (a), ADD FOREIGN KEY IF NOT EXISTS f (a) REFERENCES p (b)",
            "modify constraint, modify constraint | d.t ^d.p",
        ),
        ("ALTER TABLE t ADD CONSTRAINT IF NOT EXISTS c CHECK (a)", "modify constraint | d.t"),
        (
            "ALTER TABLE t ADD CONSTRAINT IF NOT EXISTS f FOREIGN KEY (a) REFERENCES p (b)",
            "modify constraint | d.t ^d.p",
        ),
        ("ALTER TABLE t RENAME COLUMN IF EXISTS a TO b", "rename column | d.t"),
        ("ALTER TABLE t ALTER KEY IF EXISTS k NOT IGNORED", "alter table | d.t"),
        ("ALTER TABLE t ADD SYSTEM VERSIONING", "alter table | d.t"),
        ("ALTER TABLE t DROP SYSTEM VERSIONING", "alter table | d.t"),
        ("ALTER TABLE t ADD PERIOD FOR p (a, b)", "alter table | d.t"),
        ("ALTER TABLE t PAGE_COMPRESSED=1", "alter table | d.t"),
        ("ALTER TABLE t ADD PARTITION IF NOT EXISTS (PARTITION p VALUES IN (1))", "alter table | d.t"),
    ];
    check(&cases, 0, Flavor::mariadb(101106));
}

#[test]
fn specs_can_be_cut() {
    let flavor = Flavor::mysql(80036);
    let alter = definition("ALTER TABLE t ADD a INT,\n  DROP b , ADD KEY (c) /* end */", 0, flavor);
    let cut = |keep: &[bool]| alter.statement.render(keep, |_| None);
    assert_eq!(cut(&[true, false, true]).unwrap(), "ALTER TABLE t ADD a INT, ADD KEY (c) /* end */");
    assert_eq!(cut(&[false, true, false]).unwrap(), "ALTER TABLE t DROP b /* end */");
    assert_eq!(cut(&[false, false, false]), None);
}

#[test]
fn executable_comments_stay_whole() {
    let flavor = Flavor::mysql(80036);
    let inside = definition("ALTER TABLE t ADD a INT /*!80023 INVISIBLE */, DROP b", 0, flavor);
    let cut = inside.statement.render(&[true, false], |_| None).unwrap();
    assert_eq!(cut, "ALTER TABLE t ADD a INT /*!80023 INVISIBLE */");
    let across = definition("ALTER TABLE t ADD a INT /*!80000 , DROP b */", 0, flavor);
    assert_eq!(across.statement.elements.len(), 2);
    assert_eq!(across.statement.render(&[true, false], |_| None), None);
    let around = definition("/*!80000 ALTER TABLE t ADD a INT, DROP b */", 0, flavor);
    let cut = around.statement.render(&[false, true], |_| None).unwrap();
    assert_eq!(cut, "/*!80000 ALTER TABLE t DROP b */");
    let later = definition("ALTER TABLE t ADD a INT /*!99999 INVISIBLE */", 0, flavor);
    let StatementKind::AlterTable(alter) = later.kind else { panic!("no alter") };
    assert!(matches!(&alter.specs[0], Spec::AddColumns { columns, .. } if !columns[0].invisible));
}
