//! Tables with keys of every kind, and changes that are easy to get wrong with them.

use tidegate_test_servers::Kind::{self, MariaDb};

/// Some tables, and what happens to them after they have arrived.
pub(super) struct Scenario {
    pub(super) tables: &'static [&'static str],
    pub(super) setup: &'static str,
    pub(super) changes: &'static str,
    /// The servers that cannot have such a table.
    pub(super) lacking: &'static [Kind],
}

const fn scenario(tables: &'static [&'static str], setup: &'static str, changes: &'static str) -> Scenario {
    Scenario { tables, setup, changes, lacking: &[] }
}

pub(super) const SCENARIOS: &[Scenario] = &[
    // Without a key, equal rows are counted, and nearly equal ones are told apart.
    scenario(
        &["k.keyless"],
        "CREATE TABLE keyless (a INT, v VARCHAR(10), f FLOAT, d DECIMAL(6,2)); INSERT INTO keyless VALUES (1, 'a', 0.1, 1.10), \
         (1, 'a', 0.1, 1.10), (1, 'a', 0.1, 1.10), (1, 'A', 0.1, 1.10), (1, 'a ', 0.1, 1.10), (1, 'á', 0.1, 1.10), \
         (NULL, NULL, NULL, NULL), (NULL, NULL, NULL, NULL), (NULL, 'a', NULL, 1.10), (1, '', 0, 0);",
        "DELETE FROM keyless WHERE BINARY v = 'A'; DELETE FROM keyless WHERE BINARY v = 'a' AND a = 1 LIMIT 1; UPDATE keyless \
         SET f = 0.2 WHERE BINARY v = 'a' LIMIT 1; UPDATE keyless SET a = 2 WHERE BINARY v = 'a '; DELETE FROM keyless WHERE \
         v IS NULL LIMIT 1; UPDATE keyless SET v = 'x' WHERE a IS NULL AND v IS NULL; BEGIN; INSERT INTO keyless VALUES \
         (7, 'n', 1, 1), (7, 'n', 1, 1); DELETE FROM keyless WHERE a = 7 LIMIT 1; UPDATE keyless SET a = 8 WHERE a = 7; \
         INSERT INTO keyless VALUES (7, 'n', 1, 1); COMMIT;",
    ),
    scenario(
        &["k.all_null"],
        "CREATE TABLE all_null (a INT, b INT, KEY (a)); INSERT INTO all_null VALUES (NULL, NULL), (NULL, NULL), (1, NULL);",
        "UPDATE all_null SET b = 1 WHERE a IS NULL LIMIT 1; DELETE FROM all_null WHERE a IS NULL AND b IS NULL;",
    ),
    // Values of unique keys move between rows within one transaction.
    scenario(
        &["k.swap"],
        "CREATE TABLE swap (id INT PRIMARY KEY, u INT NOT NULL UNIQUE, v INT UNIQUE, n INT); INSERT INTO swap VALUES (1, 1, 1, 1), \
         (2, 2, 2, 2), (3, 3, NULL, 3), (4, 4, NULL, 4), (5, 5, 5, 5);",
        "BEGIN; UPDATE swap SET u = -1 WHERE id = 1; UPDATE swap SET u = 1 WHERE id = 2; UPDATE swap SET u = 2 WHERE id = 1; \
         COMMIT; BEGIN; UPDATE swap SET v = NULL WHERE id = 5; UPDATE swap SET v = 5 WHERE id = 3; UPDATE swap SET v = 2 + 10 \
         WHERE id = 2; UPDATE swap SET v = 2 WHERE id = 4; COMMIT; BEGIN; DELETE FROM swap WHERE id = 1; INSERT INTO swap \
         VALUES (6, 2, 1, 6); UPDATE swap SET id = 1 WHERE id = 6; COMMIT;",
    ),
    scenario(
        &["k.chain"],
        "CREATE TABLE chain (id INT PRIMARY KEY, u INT UNIQUE, n INT); INSERT INTO chain VALUES (1, 10, 0), (2, 20, 0), \
         (3, 30, 0), (4, 40, 0), (5, NULL, 0), (6, NULL, 0);",
        "UPDATE chain SET id = id + 1, u = u + 10 ORDER BY id DESC; UPDATE chain SET id = id - 1 ORDER BY id; BEGIN; UPDATE \
         chain SET u = u - 10 WHERE u IS NOT NULL ORDER BY u; UPDATE chain SET id = 100 WHERE id = 1; UPDATE chain SET id = 1 \
         WHERE id = 2; UPDATE chain SET id = 2 WHERE id = 100; DELETE FROM chain WHERE id = 3; INSERT INTO chain VALUES \
         (3, 30, 9), (7, NULL, 9); COMMIT;",
    ),
    scenario(
        &["k.again"],
        "CREATE TABLE again (id INT PRIMARY KEY, v VARCHAR(10)); INSERT INTO again VALUES (1, 'a'), (2, 'b');",
        "BEGIN; DELETE FROM again WHERE id = 1; INSERT INTO again VALUES (1, 'x'); UPDATE again SET v = 'y' WHERE id = 1; DELETE \
         FROM again WHERE id = 1; INSERT INTO again VALUES (1, 'z'); INSERT INTO again VALUES (5, 'gone'); DELETE FROM again \
         WHERE id = 5; COMMIT; INSERT INTO again VALUES (3, 'n'); UPDATE again SET id = 4 WHERE id = 3; UPDATE again SET id = \
         3 WHERE id = 4; REPLACE INTO again VALUES (2, 'c'); INSERT INTO again VALUES (2, 'd') ON DUPLICATE KEY UPDATE v = 'e';",
    ),
    scenario(
        &["k.composite"],
        "CREATE TABLE composite (a INT, b VARCHAR(5), c DATE, n INT, PRIMARY KEY (b, a), UNIQUE KEY (c, n)); INSERT INTO composite \
         VALUES (1, 'x', '2024-01-01', 1), (2, 'x', '2024-01-01', 2), (1, 'y', NULL, 1), (1, 'z', NULL, 1);",
        "BEGIN; UPDATE composite SET n = 9 WHERE a = 1 AND b = 'x'; UPDATE composite SET n = 1 WHERE a = 2; UPDATE composite SET \
         n = 2 WHERE n = 9; COMMIT; UPDATE composite SET c = '0000-00-00' WHERE 1 = 0; UPDATE composite SET c = '2024-01-02' \
         WHERE b = 'y'; UPDATE composite SET b = 'yy', c = NULL WHERE b = 'y'; DELETE FROM composite WHERE b = 'z';",
    ),
    // Keys that compare more coarsely than bytes do.
    scenario(
        &["k.folded"],
        "CREATE TABLE folded (id INT PRIMARY KEY, v VARCHAR(20) UNIQUE, w CHAR(20) CHARACTER SET latin1 UNIQUE); INSERT INTO \
         folded VALUES (1, 'a', 'x'), (2, 'b', 'Ä'), (3, 'straße', 'ß'), (4, 'É', NULL), (5, NULL, 'z ');",
        "UPDATE folded SET v = 'A' WHERE id = 1; BEGIN; UPDATE folded SET v = NULL WHERE id = 1; UPDATE folded SET v \
         = 'A ' WHERE id = 2; UPDATE folded SET v = 'B' WHERE id = 1; COMMIT; BEGIN; DELETE FROM folded WHERE id = 4; \
         INSERT INTO folded VALUES (6, 'e', 'Y'); DELETE FROM folded WHERE id = 5; INSERT INTO folded VALUES \
         (5, 'E2', 'Z'); COMMIT;",
    ),
    Scenario {
        lacking: &[MariaDb],
        ..scenario(
            &["k.unicode"],
            "CREATE TABLE unicode (v VARCHAR(20) COLLATE utf8mb4_0900_ai_ci PRIMARY KEY, n INT); INSERT INTO unicode VALUES ('a', 1), \
             ('b ', 2), ('b', 3), ('😀', 4), ('ff', 5);",
            "UPDATE unicode SET v = 'Á' WHERE n = 1; BEGIN; DELETE FROM unicode WHERE n = 2; INSERT INTO unicode VALUES ('B ', 6); \
             COMMIT; UPDATE unicode SET n = 7 WHERE v = 'B'; UPDATE unicode SET v = '😁' WHERE n = 4; INSERT INTO unicode VALUES \
             ('😀', 8); BEGIN; UPDATE unicode SET v = 'tmp' WHERE n = 5; INSERT INTO unicode VALUES ('FF', 9); COMMIT;",
        )
    },
    scenario(
        &["k.text_key"],
        "CREATE TABLE text_key (v VARCHAR(30), n INT, PRIMARY KEY (v)); INSERT INTO text_key VALUES ('a', 1), ('B', 2), \
         ('c''\\\\', 3), ('', 4);",
        "UPDATE text_key SET v = 'A' WHERE n = 1; UPDATE text_key SET v = 'b  ' WHERE n = 2; UPDATE text_key SET n = 9 WHERE v = \
         'a'; DELETE FROM text_key WHERE v = 'b'; UPDATE text_key SET n = 5 WHERE v = ''; UPDATE text_key SET v = 'd' WHERE n = 3;",
    ),
    // Prefix keys count characters of text and bytes of binary strings.
    scenario(
        &["k.prefix"],
        "CREATE TABLE prefix (id INT PRIMARY KEY, v VARCHAR(50), b BLOB, t TEXT, UNIQUE KEY (v(3)), UNIQUE KEY (b(2)), UNIQUE KEY \
         (t(4))); INSERT INTO prefix VALUES (1, 'abcdef', x'010203', 'ééééx'), (2, 'xyz', x'0201', NULL), (3, 'ab', x'01', 'ééé');",
        "BEGIN; UPDATE prefix SET v = 'zzz' WHERE id = 1; UPDATE prefix SET v = 'ABCxyz' WHERE id = 2; COMMIT; BEGIN; DELETE FROM \
         prefix WHERE id = 1; INSERT INTO prefix VALUES (4, 'zzzz', x'0102ff', 'éééÉother'); COMMIT; UPDATE prefix SET b = x'0103' \
         WHERE id = 4; UPDATE prefix SET b = x'010200' WHERE id = 2; UPDATE prefix SET t = 'changed' WHERE id = 3;",
    ),
    scenario(
        &["k.prefix_primary"],
        "CREATE TABLE prefix_primary (v VARCHAR(50), n INT, PRIMARY KEY (v(3))); INSERT INTO prefix_primary VALUES ('abcd', 1), \
         ('abd', 2);",
        "UPDATE prefix_primary SET v = 'abce' WHERE n = 1; UPDATE prefix_primary SET n = 3 WHERE v = 'abce'; BEGIN; DELETE FROM \
         prefix_primary WHERE n = 3; INSERT INTO prefix_primary VALUES ('ABCz', 4); COMMIT;",
    ),
    // Values that the log may hold and the sink may not set.
    scenario(
        &["k.computed"],
        "CREATE TABLE computed (id INT PRIMARY KEY, a INT, g INT AS (a * 2) STORED UNIQUE, w INT AS (a + 1) VIRTUAL UNIQUE, n INT); \
         INSERT INTO computed (id, a, n) VALUES (1, 1, 0), (2, 2, 0), (3, NULL, 0);",
        "BEGIN; UPDATE computed SET a = 99 WHERE id = 1; UPDATE computed SET a = 1 WHERE id = 2; UPDATE computed SET a = 2 WHERE \
         id = 1; COMMIT; UPDATE computed SET n = 1; BEGIN; DELETE FROM computed WHERE id = 1; INSERT INTO computed (id, a, n) \
         VALUES (4, 2, 4); COMMIT;",
    ),
    Scenario {
        lacking: &[MariaDb],
        ..scenario(
            &["k.generated_primary"],
            "CREATE TABLE generated_primary (a INT NOT NULL, g INT AS (a * 2) STORED PRIMARY KEY, n INT); INSERT INTO \
             generated_primary (a, n) VALUES (1, 1), (2, 2), (3, 3);",
            "UPDATE generated_primary SET n = 9 WHERE a = 1; UPDATE generated_primary SET a = 4 WHERE a = 2; DELETE FROM \
             generated_primary WHERE a = 3;",
        )
    },
    Scenario {
        lacking: &[MariaDb],
        ..scenario(
            &["k.functional"],
            "CREATE TABLE functional (id INT PRIMARY KEY, v VARCHAR(20) COLLATE utf8mb4_bin, UNIQUE KEY ((LOWER(v)))); INSERT INTO \
             functional VALUES (1, 'a'), (2, 'b'), (3, NULL);",
            "BEGIN; UPDATE functional SET v = 'tmp' WHERE id = 1; UPDATE functional SET v = 'A' WHERE id = 2; UPDATE functional SET v = \
             'B' WHERE id = 1; COMMIT; BEGIN; DELETE FROM functional WHERE id = 1; INSERT INTO functional VALUES (9, 'b'); COMMIT;",
        )
    },
    // A nullable unique key finds no row; a NOT NULL one does.
    scenario(
        &["k.only_unique", "k.nullable_unique"],
        "CREATE TABLE only_unique (a INT NOT NULL, b INT, UNIQUE KEY (a)); INSERT INTO only_unique VALUES (1, 1), (2, NULL); CREATE \
         TABLE nullable_unique (a INT, b INT, UNIQUE KEY (a)); INSERT INTO nullable_unique VALUES (1, 1), (NULL, 2), (NULL, 2), \
         (NULL, 3);",
        "UPDATE only_unique SET a = a + 10, b = 7; DELETE FROM only_unique WHERE a = 12; UPDATE nullable_unique SET a = 5 WHERE b = 2 \
         LIMIT 1; UPDATE nullable_unique SET b = 9 WHERE a IS NULL AND b = 2; BEGIN; UPDATE nullable_unique SET a = NULL WHERE a = 1; \
         UPDATE nullable_unique SET a = 1 WHERE a = 5; COMMIT; DELETE FROM nullable_unique WHERE b = 3;",
    ),
];
