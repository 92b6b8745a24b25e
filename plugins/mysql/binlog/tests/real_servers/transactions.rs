//! GTIDs, XA transactions and sessions, as both servers write them.

use crate::log;
use tidegate_model::{Gtid, GtidSet};
use tidegate_mysql_binlog::EventType;
use tidegate_test_servers::{MariaDb, MySql, server_or_skip};

#[test]
fn gtids_with_and_without_tags_are_the_servers_own() {
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    let client = log::client(&server);
    let statements = "CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY);
        SET gtid_next = 'AUTOMATIC:nightly'; INSERT INTO shop.t VALUES (1); SET gtid_next = AUTOMATIC;
        INSERT INTO shop.t VALUES (2); FLUSH BINARY LOGS; SET gtid_next = 'AUTOMATIC:other';
        INSERT INTO shop.t VALUES (3);";
    client.execute(statements).unwrap();
    let log = log::read(&server, &[]);
    let executed: GtidSet =
        client.execute("SELECT @@gtid_executed").unwrap().replace("\\n", "").parse().unwrap();
    let mut read = GtidSet::empty_mysql();
    for gtid in &log.gtids {
        assert!(read.insert(gtid.gtid.as_ref().unwrap()));
        assert!(gtid.transaction_length > 0);
        assert_eq!(gtid.immediate_commit_time, gtid.original_commit_time);
        assert!(gtid.immediate_commit_time > 1_700_000_000_000_000);
        assert!(gtid.immediate_server_version >= 90_700, "{}", gtid.immediate_server_version);
        assert!(gtid.logical_clock.0 < gtid.logical_clock.1);
    }
    assert_eq!(read, executed);
    let tagged = |gtid: &Gtid| matches!(gtid, Gtid::MySql { tag, number: 1, .. } if &**tag == "nightly");
    assert!(log.gtids.iter().any(|gtid| gtid.gtid.as_ref().is_some_and(tagged)));
    assert!(log.events.contains(&EventType::GTID_TAGGED));
    let previous = log.previous.last().unwrap();
    assert!(executed.contains(previous) && !previous.is_empty() && *previous != executed);
    assert!(previous.to_string().contains(":nightly:1"), "{previous}");
}

#[test]
fn anonymous_transactions_have_no_gtid() {
    let options = ["--gtid-mode=OFF", "--enforce-gtid-consistency=OFF"];
    let server = server_or_skip!(MySql::builder().options(options).start());
    log::client(&server).execute("CREATE DATABASE shop").unwrap();
    let log = log::read(&server, &[]);
    assert_eq!(log.gtids.len(), 1);
    assert_eq!(log.gtids[0].gtid, None);
}

const XA: &str = "CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY) ENGINE = InnoDB;
    XA START 'a', x'00ff', 7; INSERT INTO shop.t VALUES (1); XA END 'a', x'00ff', 7; XA PREPARE 'a', x'00ff', 7;";

#[test]
fn xa_transactions_of_mysql_have_their_names() {
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    log::client(&server).execute(XA).unwrap();
    let second = "XA COMMIT 'a', x'00ff', 7; XA START 'b'; INSERT INTO shop.t VALUES (2); XA END 'b';
        XA COMMIT 'b' ONE PHASE";
    log::client(&server).execute(second).unwrap();
    let log = log::read(&server, &[]);
    let [two, one] = log.prepares.as_slice() else { panic!("{:?}", log.prepares) };
    assert!(!two.one_phase && one.one_phase);
    assert_eq!((two.id.format, &*two.id.global, &*two.id.branch), (7, &b"a"[..], &b"\x00\xff"[..]));
    assert_eq!((one.id.format, &*one.id.global, &*one.id.branch), (1, &b"b"[..], &b""[..]));
    assert!(
        log.queries.iter().any(|(text, _)| text.starts_with("XA COMMIT X'61',X'00ff',7")),
        "{:?}",
        log.queries
    );
}

#[test]
fn gtids_of_mariadb_tell_what_their_transaction_is() {
    let options = ["--binlog-row-metadata=FULL", "--binlog-alter-two-phase=ON"];
    let server = server_or_skip!(MariaDb::builder().options(options).start());
    let client = log::client(&server);
    client.execute(XA).unwrap();
    let second = "XA COMMIT 'a', x'00ff', 7; SET gtid_domain_id = 3; ALTER TABLE shop.t ADD c INT;
        INSERT INTO shop.t VALUES (5, 6); FLUSH BINARY LOGS; INSERT INTO shop.t VALUES (7, 8)";
    client.execute(second).unwrap();
    let log = log::read(&server, &[]);
    let position: GtidSet = client.execute("SELECT @@gtid_binlog_pos").unwrap().trim().parse().unwrap();
    let mut read = GtidSet::empty_mariadb();
    log.gtids.iter().for_each(|gtid| assert!(read.insert(gtid.gtid.as_ref().unwrap())));
    assert_eq!(read, position);
    assert!(position.contains(log.previous.last().unwrap()));
    let flags: Vec<_> = log.gtids.iter().map(|gtid| gtid.flags).collect();
    assert!(flags[0].standalone && flags[0].ddl && !flags[0].transactional);
    let prepared = log.gtids.iter().find(|gtid| gtid.flags.xa_prepared).unwrap();
    let completed = log.gtids.iter().find(|gtid| gtid.flags.xa_completed).unwrap();
    assert!(prepared.flags.transactional && prepared.xa == completed.xa);
    let id = prepared.xa.as_ref().unwrap();
    assert_eq!((id.format, &*id.global, &*id.branch), (7, &b"a"[..], &b"\x00\xff"[..]));
    let start = log.gtids.iter().find(|gtid| gtid.flags.start_alter).unwrap();
    let commit = log.gtids.iter().find(|gtid| gtid.flags.commit_alter).unwrap();
    let Some(Gtid::MariaDb { domain: 3, sequence, .. }) = start.gtid else { panic!("{start:?}") };
    assert_eq!(commit.started_alter, Some(sequence));
}

#[test]
fn statements_come_with_their_session() {
    let server = server_or_skip!(MySql::builder().start());
    let statements = "CREATE DATABASE shop; USE shop; SET NAMES gbk COLLATE gbk_bin, time_zone = '+03:30',
        sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', foreign_key_checks = 0, unique_checks = 0,
        auto_increment_increment = 3, auto_increment_offset = 2, lc_time_names = 'de_DE', collation_server = latin1_bin,
        default_collation_for_utf8mb4 = utf8mb4_general_ci, explicit_defaults_for_timestamp = 0,
        timestamp = 1700000000.123456; CREATE TABLE t (a TIMESTAMP(6) NULL DEFAULT '2024-01-02 03:04:05' COMMENT '\u{e4}\u{bd}');
        CREATE DEFINER = root@localhost VIEW v AS SELECT 1; CREATE USER u; INSERT INTO t VALUES (NULL);
        ALTER TABLE t ADD b TIMESTAMP(6) NOT NULL DEFAULT NOW(6);";
    let client = log::client(&server).option("--default-character-set=gbk").option("--skip-comments");
    client.execute(statements).unwrap();
    let log = log::read(&server, &[]);
    let (text, session) = log.queries.iter().find(|(text, _)| text.starts_with("CREATE TABLE")).unwrap();
    // The bytes c3 a4 c2 bd are two characters in gbk.
    assert!(text.contains("COMMENT '盲陆'"), "{text}");
    assert_eq!(session.default_schema.as_deref(), Some("shop"));
    assert_eq!((session.client_collation, session.connection_collation), (Some(87), Some(87)));
    assert_eq!(session.server_collation, Some(47));
    assert_eq!(session.utf8mb4_collation, Some(45));
    assert_eq!(session.time_zone.as_deref(), Some("+03:30"));
    // Below the second it is told only where it counts.
    assert_eq!(session.timestamp, 1_700_000_000_000_000);
    let (_, alter) = log.queries.iter().find(|(text, _)| text.starts_with("ALTER TABLE")).unwrap();
    assert_eq!(alter.timestamp, 1_700_000_000_123_456);
    assert!(session.ansi_quotes() && session.no_backslash_escapes());
    assert!(!session.foreign_key_checks && !session.unique_checks);
    assert_eq!(session.auto_increment, Some((3, 2)));
    assert_eq!(session.explicit_defaults_for_timestamp, Some(false));
}

#[test]
fn statements_of_mariadb_come_with_their_session() {
    let server = server_or_skip!(MariaDb::builder().option("--log-bin-compress=ON").start());
    let statements = "CREATE DATABASE shop; USE shop; SET time_zone = '+03:30', timestamp = 1700000000.123456;
        CREATE TABLE t (a TIMESTAMP(6) NULL DEFAULT '2024-01-01 00:00:00' COMMENT 'a comment that is so long that it is worth to be
        compressed by the server: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
        xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx');
        INSERT INTO t VALUES (NULL); ALTER TABLE t ADD b TIMESTAMP(6) NOT NULL DEFAULT NOW(6);";
    log::client(&server).execute(statements).unwrap();
    let log = log::read(&server, &[]);
    assert!(log.events.contains(&EventType::QUERY_COMPRESSED));
    let (text, session) = log.queries.iter().find(|(text, _)| text.starts_with("CREATE TABLE")).unwrap();
    assert!(text.ends_with("xxxx')"), "{text}");
    assert_eq!(session.time_zone.as_deref(), Some("+03:30"));
    // Below the second it is told only where it counts.
    assert_eq!(session.timestamp, 1_700_000_000_000_000);
    let (_, session) = log.queries.iter().find(|(text, _)| text.starts_with("ALTER TABLE")).unwrap();
    assert_eq!(session.timestamp, 1_700_000_000_123_456);
}
