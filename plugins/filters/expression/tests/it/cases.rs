//! Every type beside everything that it may be compared with.

use crate::compare::{Refused, SCHEMA, ask_filter, ask_server, client, rows};
use tidegate_test_servers::{MySql, server_or_skip};

/// A table: the columns behind `id`, its rows, and expressions; `{op}` stands for each comparison in turn.
struct Case {
    columns: &'static str,
    rows: &'static [&'static str],
    expressions: &'static [&'static str],
}

const OPERATORS: &[&str] = &["=", "<>", "<", "<=", ">", ">=", "<=>"];
const EQUALITY: &[&str] = &["=", "!=", "<=>"];

const CASES: &[Case] = &[
    Case {
        columns: "a TINYINT, b BIGINT UNSIGNED, c BIGINT, m MEDIUMINT, u SMALLINT UNSIGNED",
        rows: &[
            "1, 1, 1, 1, 1",
            "-1, 18446744073709551615, -1, -8388608, 65535",
            "127, 9223372036854775808, 9223372036854775807, 8388607, 2",
            "-128, 0, -9223372036854775808, 0, 0",
            "NULL, 5, NULL, 7, NULL",
            "3, NULL, 9007199254740993, NULL, 3",
            "0, 9007199254740993, 0, 5, 10",
        ],
        expressions: &[
            "a {op} 1",
            "b {op} 18446744073709551615",
            "c {op} b",
            "a {op} b",
            "c {op} -1",
            "b {op} -1",
            "c {op} 9223372036854775807",
            "c {op} -9223372036854775808",
            "b {op} 9223372036854775808",
            "a {op} 1.5",
            "a {op} 1.0",
            "b {op} 18446744073709551614.5",
            "c {op} 9007199254740992.5",
            "a {op} '1'",
            "a {op} '-1'",
            "a {op} '1.5'",
            "u {op} '65535'",
            "c {op} '9007199254740992'",
            "a {op} 1e0",
            "m {op} 5e0",
            "a {op} TRUE",
            "a {op} (b > 4)",
            "(a > 0) {op} (b > 4)",
            "NULL {op} a",
            "a {op} NULL",
            "1 {op} a",
            "1.5 {op} a",
            "'1' {op} a",
            "2 {op} 1",
            "'1' {op} 1",
            "a {op} 99999999999999999999",
            "a",
            "NOT a",
            "a AND b",
            "a OR NOT u",
            "a IS NULL",
            "a IS NOT NULL",
            "a IS TRUE",
            "a IS NOT TRUE",
            "a IS FALSE",
            "(a > 1) IS NOT FALSE",
            "a IN (1, 3)",
            "a NOT IN (1, NULL)",
            "a IN (1.5, 3)",
            "a IN (NULL)",
            "a IN ('1', '3')",
            "a BETWEEN 0 AND 3",
            "a NOT BETWEEN 0 AND 3",
            "b BETWEEN 1 AND u",
            "a BETWEEN NULL AND 0",
            "a BETWEEN '0' AND '3'",
            "a BETWEEN -1.5 AND 1.5",
            "b IN (18446744073709551615, 5)",
            "1 IN (a, c)",
            "-1 IN (b, TRUE)",
            "a + 1 {op} 2",
            "a - 1 {op} 0",
            "a * 2 {op} 6",
            "u DIV 2 {op} 1",
            "a DIV 0 {op} 1",
            "a % 2 {op} 1",
            "c % 10 {op} -8",
            "a MOD 2 {op} -1",
            "u % 3 {op} 1",
            "-a {op} 1",
            "- a + 2 {op} 3",
            "a * 1.5 {op} 4.5",
            "a + 0.5 {op} 1.5",
            "a * 1e0 {op} 3e0",
            "a / 2e0 {op} 1.5",
            "a % 2e0 {op} 1",
            "-a DIV 2 {op} 1",
            "a DIV -2 {op} -1",
            "a - -1 {op} 2",
            "+a {op} 1",
            "a + 1 * 2 {op} 3",
            "(a + 1) * 2 {op} 4",
            "a = 1 = 1",
            "a < 1 < 1",
            "a IS NULL = 1",
            "a = 1 IS NULL",
            "NOT a = 1",
            "NOT a IS NULL",
            "a = 1 OR b = 5 AND a IS NULL",
            "NOT NOT a",
            "a = NOT_A IS NULL OR TRUE",
            "c {op} 2 - 3",
            "u - 1 {op} 0 OR u IS NULL OR u < 1",
            "b + 0 {op} 5",
            "1 BETWEEN a AND 3",
            "a BETWEEN 0 AND 3 AND b = 1",
            "a = 1 AND NULL",
            "a = 1 OR NULL",
            "TRUE",
            "FALSE",
            "NULL",
            "NULL IS NULL",
            "1 IS NULL",
            "'x' IS NULL",
            "NOT NULL",
            "a % 0 IS NULL",
            "m DIV 3 {op} -2796202",
            "c DIV 2 {op} 4611686018427387903",
        ],
    },
    Case {
        columns: "a DECIMAL(10,2), b DECIMAL(65,30), c DECIMAL(65,0), d DECIMAL(38,10), i INT",
        rows: &[
            "1.50, 1.5, 1, 1.5, 1",
            "-99999999.99, -99999999999999999999999999999999999.999999999999999999999999999999, -99999999999999999999999999999999999999999999999999999999999999999, -1.1, -5",
            "0.00, 0.000000000000000000000000000001, 0, 0.0000000001, 0",
            "0.10, 0.1, 99999999999999999999999999999999999999999999999999999999999999999, 0.1, NULL",
            "NULL, 2, 2, 2, 2",
            "2.00, NULL, NULL, NULL, 2",
        ],
        expressions: &[
            "a {op} 1.5",
            "a {op} b",
            "b {op} c",
            "c {op} 99999999999999999999999999999999999999999999999999999999999999999",
            "a {op} i",
            "a {op} 0.1",
            "a {op} 1e-1",
            "b {op} 0.1e0",
            "a {op} '0.1'",
            "d {op} a",
            "a {op} '1.50'",
            "a {op} 2",
            "b {op} 0.000000000000000000000000000001",
            "a",
            "NOT b",
            "a + d {op} 3",
            "a * 2 {op} 3.0",
            "a - 0.5 {op} 1",
            "-a {op} -1.5",
            "a * a {op} 2.25",
            "a * 1e0 {op} 1.5",
            "a IN (1.5, 2)",
            "a BETWEEN 0.1 AND 1.5",
            "i * 0.1 {op} 0.1",
            "a {op} 1.499999",
            "a {op} .1",
            "a {op} 2.",
            "a {op} TRUE",
            "a + i {op} 2.5",
            "b + c > 0 OR TRUE",
            "a BETWEEN '0' AND '1.5'",
            "a % 1e0 {op} 0.5",
        ],
    },
    Case {
        columns: "f FLOAT, d DOUBLE, i BIGINT",
        rows: &[
            "0.1, 0.1, 0",
            "1.5, 1.5, 1",
            "-1.5, 1e300, 9007199254740993",
            "NULL, NULL, NULL",
            "0, -0.0, 2",
            "16777216, 123456789.125, 3",
        ],
        expressions: &[
            "f {op} 0.1",
            "d {op} 0.1",
            "f {op} d",
            "f {op} 1.5",
            "d {op} 1e300",
            "d {op} i",
            "f",
            "d",
            "NOT d",
            "f {op} '0.1'",
            "d {op} '0.1'",
            "d * 2 {op} 3",
            "d + f {op} 3",
            "d / 0 {op} 1",
            "d % 1 {op} 0.5",
            "-f {op} 1.5",
            "d {op} 0",
            "d IN (0.1, 1.5)",
            "d BETWEEN 0 AND 1.5",
            "f {op} 16777216",
            "d {op} 123456789.125",
            "d DIV 1e0 IS NULL OR TRUE",
        ],
    },
    Case {
        columns: "b BIT(9), y YEAR, e ENUM('a','B','', 'x y'), s SET('a','B','c'), bb BIT(64)",
        rows: &[
            "0, 0, 'a', 'a', 0",
            "511, 1999, 'b', 'a,c', 18446744073709551615",
            "1, 2155, 'x y', '', 1",
            "NULL, NULL, NULL, NULL, NULL",
            "2, 1970, 0, 'a,B,c', 7",
            "3, 2000, '', 'B', 3",
        ],
        expressions: &[
            "b {op} 1",
            "b {op} 511",
            "bb {op} 18446744073709551615",
            "b",
            "b + 1 {op} 2",
            "y {op} 1999",
            "y {op} 0",
            "y {op} 2155",
            "y {op} 1800",
            "y {op} 3000",
            "y BETWEEN 1970 AND 2000",
            "y IN (1999, 2155)",
            "y + 1 {op} 2000",
            "y",
            "b {op} bb",
            "b IN (1, 2)",
            "NOT y",
            "e {eq} 'a'",
            "e {eq} 'A'",
            "e {eq} 'b'",
            "e {eq} ''",
            "e {eq} 'x y'",
            "e {eq} 'nope'",
            "e {op} 1",
            "e {op} 0",
            "e + 1 {op} 2",
            "e IN ('a', 'B')",
            "s {eq} 'a'",
            "s {eq} 'a,c'",
            "s {eq} 'c,a'",
            "s {eq} 'A,b,C'",
            "s {op} 5",
            "s {eq} ''",
            "s {op} 0",
            "e IS NULL",
            "s IS NULL",
            "e LIKE 'X%'",
            "s LIKE '%b%'",
            "e REGEXP '^[ab]$'",
            "e IS TRUE",
            "NOT s",
            "e",
            "1 {op} e",
            "'a' {eq} e",
        ],
    },
    Case {
        columns: "g VARCHAR(20) COLLATE utf8mb4_general_ci, u VARCHAR(20) COLLATE utf8mb4_0900_ai_ci, b VARCHAR(20) COLLATE utf8mb4_bin, \
                  n VARCHAR(20) COLLATE utf8mb4_0900_bin, l VARCHAR(20) CHARACTER SET latin1, lb VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin, \
                  c CHAR(9) COLLATE utf8mb4_0900_ai_ci, t TEXT COLLATE utf8mb4_unicode_ci",
        rows: &[
            "'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a'",
            "'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A'",
            "'a ', 'a ', 'a ', 'a ', 'a ', 'a ', 'a ', 'a '",
            "'', '', '', '', '', '', '', ''",
            "' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '",
            "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
            "'abc', 'aBc', 'abc', 'abc', 'ABC', 'abc', 'abc', 'abc'",
            "'ab', 'a_c', 'a%c', 'a\\\\c', 'ab', 'ab', 'ab', 'ab'",
            "'5', '5.5x', ' 5', '-5e1', '0', '.5', '5', 'x5'",
            "'b', '[', '_', '^', '`', '{', '~', '!'",
            "'漢字', '漢字', '漢字', '𝄞', 'x', 'é', '漢字', 'Привет'",
        ],
        expressions: &[
            "g {eq} 'a'",
            "g {eq} 'B'",
            "g {eq} '_'",
            "u {eq} 'a'",
            "u {eq} 'ABC'",
            "u {eq} 'a '",
            "b {op} 'a'",
            "b {op} 'a '",
            "b {op} ''",
            "n {op} 'a'",
            "n {op} 'a '",
            "n {op} ''",
            "l {op} 'a'",
            "l {op} 'aB'",
            "lb {op} 'a'",
            "c {eq} 'a'",
            "c {eq} 'a '",
            "c {eq} ''",
            "t {eq} 'A'",
            "t {eq} ' '",
            "g {eq} g",
            "u {eq} u",
            "b {op} '漢字'",
            "n {op} '𝄞'",
            "lb {op} 'é'",
            "u COLLATE utf8mb4_bin {op} 'a'",
            "u COLLATE utf8mb4_bin {op} '漢字'",
            "g COLLATE utf8mb4_0900_bin {op} 'a'",
            "b {op} 5",
            "u {op} 5.5",
            "n {op} -50",
            "lb {op} 0.5",
            "t {op} 0",
            "b {op} 5e0",
            "g LIKE 'a%'",
            "g LIKE 'A_'",
            "g LIKE ''",
            "g LIKE '%'",
            "g NOT LIKE '%B%'",
            "u LIKE 'a\\_c'",
            "u LIKE 'a|_c' ESCAPE '|'",
            "u LIKE '_'",
            "u LIKE '__'",
            "b LIKE 'a%c'",
            "b LIKE 'a\\%c'",
            "b LIKE '漢_'",
            "b LIKE '%字'",
            "n LIKE '_'",
            "n LIKE 'a\\\\\\\\c'",
            "n LIKE 'a\\\\c' ESCAPE ''",
            "c LIKE 'a'",
            "c LIKE 'a_'",
            "l LIKE 'a%'",
            "lb LIKE '_'",
            "lb LIKE 'é'",
            "t LIKE 'A%'",
            "g LIKE '%a%b%c%'",
            "g LIKE 'a ' ",
            "b REGEXP '^a'",
            "b REGEXP 'B'",
            "g REGEXP '^A.?$'",
            "u REGEXP '^[a-c]+$'",
            "g NOT REGEXP 'a'",
            "g RLIKE '\\\\d'",
            "b REGEXP '^(?:a|漢)'",
            "u REGEXP '\\\\w\\\\s'",
            "b REGEXP '^.{2}$'",
            "b REGEXP '[[:space:]]' IS NULL OR TRUE",
            "g IN ('a', 'b')",
            "u IN ('ABC', '5.5X')",
            "b IN ('a', NULL)",
            "b BETWEEN 'A' AND 'a'",
            "g IS NULL",
            "'a' {eq} g",
            "'a' {eq} u",
            "g LIKE 'a' = 1",
            "g = 'a' = 1",
            "g = 'a' 'b'",
            "g = 'it''s'",
            "b IN (5, 6)",
            "5 {op} b",
            "lb {op} ''",
        ],
    },
    Case {
        columns: "g VARCHAR(9) COLLATE utf8mb4_general_ci, l VARCHAR(9) CHARACTER SET latin1",
        rows: &[
            "'a', 'A'",
            "'B', 'b'",
            "'', ''",
            "' ', ' '",
            "NULL, NULL",
            "'a ', 'a '",
            "'ab', 'aB'",
            "'_', '['",
            "'~', '!'",
            "'5', '9'",
        ],
        expressions: &[
            "g {op} 'a'",
            "g {op} 'B'",
            "g {op} '_'",
            "g {op} 'a '",
            "g BETWEEN 'A' AND 'b'",
            "l {op} 'a'",
            "l {op} '_'",
            "'a' {op} g",
            "g {op} g",
        ],
    },
    Case {
        columns: "b BINARY(4), v VARBINARY(10), t BLOB, w VARBINARY(10)",
        rows: &[
            "'', '', '', ''",
            "'a', 'a', 'a', 'A'",
            "x'61000000', x'6100', x'ff', 'a'",
            "NULL, NULL, NULL, NULL",
            "x'ffffffff', x'ff', 'é', x'ff00'",
            "'a ', 'a ', 'a ', 'a'",
        ],
        expressions: &[
            "b {op} 'a'",
            "b {op} x'61000000'",
            "v {op} 'a'",
            "v {op} x''",
            "v {op} w",
            "t {op} 'é'",
            "t {op} x'ff'",
            "v IN ('a', x'ff')",
            "v BETWEEN 'a' AND 'b'",
            "t IS NULL",
            "x'61' {op} v",
        ],
    },
    Case {
        columns: "d DATE, m DATETIME(6), s TIMESTAMP(3) NULL, t TIME(2), m0 DATETIME, t0 TIME",
        rows: &[
            "'2024-02-29', '2024-02-29 10:00:00.5', '2024-02-29 10:00:00.5', '10:00:00.5', '2024-02-29', '10:00:00'",
            "'0000-00-00', '0000-00-00', '0000-00-00', '-838:59:59', '0000-00-00', '-00:00:01'",
            "'2024-00-10', '2024-00-10 01:00:00', '1970-01-01 00:00:01', '838:59:59', '9999-12-31 23:59:59', '838:59:59'",
            "'1000-01-01', '1000-01-01', '2038-01-19 03:14:07', '00:00:00', '2024-03-01', '00:00:00'",
            "NULL, NULL, NULL, NULL, NULL, NULL",
            "'2023-12-31', '2023-12-31 23:59:59.999999', '2024-01-01', '23:59:59.99', '2023-12-31 23:59:59', '23:59:59'",
        ],
        expressions: &[
            "d {op} '2024-02-29'",
            "d {op} '2024-01-01'",
            "d {op} '2024-02-29 00:00:00'",
            "d {op} '2024-02-29 10:00:00'",
            "d {op} DATE'2024-02-29'",
            "d {op} TIMESTAMP'2024-02-29 00:00:00'",
            "m {op} '2024-02-29 10:00:00.5'",
            "m {op} '2024-02-29'",
            "m {op} '2024-01-01 00:00:00'",
            "m {op} TIMESTAMP'2024-02-29 10:00:00.500000'",
            "m {op} m0",
            "d {op} m",
            "m0 {op} '2024-02-29T00:00:00'",
            "s {op} '2024-02-29 10:00:00.5'",
            "s {op} '2024-01-01'",
            "s {op} TIMESTAMP'2024-01-01 00:00:00'",
            "s {op} m",
            "s {op} d",
            "t {op} '10:00:00.5'",
            "t {op} '-838:59:59'",
            "t {op} TIME'00:00:00'",
            "t {op} t0",
            "t0 {op} '10:00:00'",
            "t0 {op} '-00:00:01'",
            "t {op} '100:00:00'",
            "m0 BETWEEN '2024-01-01' AND '2024-12-31'",
            "d IN ('2024-02-29', '1000-01-01')",
            "d IS NULL",
            "t BETWEEN '00:00:00' AND '10:00:00.5'",
            "'2024-02-29' {op} d",
            "DATE'2024-02-29' {op} m",
            "d BETWEEN '2023-12-31' AND '2024-02-29'",
            "m0 {op} '2024-02-29 00:00:00.000001'",
            "t0 IN ('10:00:00', '23:59:59')",
            "d {op} '1000-01-01'",
            "m BETWEEN d AND '2024-12-31'",
            "s BETWEEN '2024-01-01' AND '2024-12-31'",
            "s IN ('2024-01-01', '2024-01-02')",
            "d {op} '0000-00-00'",
            "m0 {op} '0000-00-00 00:00:00'",
        ],
    },
    Case {
        columns: "j JSON",
        rows: &[
            "'{\"a\": 1, \"s\": \"x\", \"n\": null, \"b\": true, \"l\": [1, \"two\", {\"k\": 3.5}], \"o\": {\"p\": \"q\"}}'",
            "'{\"a\": 1.0, \"s\": \"X\", \"b\": false, \"l\": []}'",
            "'{\"a\": \"1\", \"s\": 5, \"b\": 1, \"l\": 7, \"with space\": 2}'",
            "'{\"a\": -0.5, \"s\": [1], \"b\": null, \"l\": [[1]]}'",
            "'{\"a\": 18446744073709551615, \"s\": \"x \", \"l\": \"text\"}'",
            "'{\"a\": null, \"s\": \"\"}'",
            "'[1, 2]'",
            "'\"scalar\"'",
            "NULL",
            "JSON_OBJECT('a', CAST(1.5 AS DECIMAL(5,2)), 's', CAST('2024-01-01' AS DATE), 'b', x'61')",
            "'{\"a\": {\"x\": 1}, \"s\": {\"y\": \"z\"}, \"b\": \"true\"}'",
            "'{\"a\": 1e20, \"s\": \"é\\\\n\"}'",
        ],
        expressions: &[
            "j->'$.a' {op} 1",
            "j->'$.a' {op} 0",
            "j->'$.a' {op} 18446744073709551615",
            "j->'$.a' {op} -1",
            "j->'$.s' {op} 'x'",
            "j->'$.s' {op} ''",
            "j->'$.b' {op} TRUE",
            "j->'$.b' {op} FALSE",
            "j->'$.l[0]' {op} 1",
            "j->'$.l[1]' {op} 'two'",
            "j->'$.l[0]' {op} 7",
            "j->>'$.a' {op} '1'",
            "j->>'$.a' {op} 1",
            "j->>'$.s' {op} 'x'",
            "j->>'$.s' {op} 'X'",
            "j->>'$.n' {op} 'null'",
            "j->>'$.b' {op} 'true'",
            "j->>'$.l' {op} '[]'",
            "j->>'$.l[2].k' {op} 3.5",
            "j->>'$.o.p' {op} 'q'",
            "j->>'$.\"with space\"' {op} 2",
            "j->'$.n' IS NULL",
            "j->'$.zzz' IS NULL",
            "j->>'$.n' IS NULL",
            "j->'$.a' IS NOT NULL",
            "j IS NULL",
            "j->>'$[0]' {op} 1",
            "j->>'$[1]' {op} '2'",
            "j->>'$' {op} 'scalar'",
            "j->'$' {op} 'scalar'",
            "j->'$[0]' {op} 'scalar'",
            "j->>'$.s' LIKE 'x%'",
            "j->>'$.s' REGEXP '^[xX]'",
            "j->>'$.s' IN ('x', 'X')",
            "j->>'$.a' BETWEEN 0 AND 2",
            "1 {op} j->'$.a'",
            "'x' {op} j->>'$.s'",
            "j->>'$.s' {op} '2024-01-01'",
            "j->>'$.l' {op} '[1, \"two\", {\"k\": 3.5}]'",
            "j->>'$.a' + 0 IS NULL OR TRUE",
            "j->>'$.s' {op} 'é\n'",
            "j->'$.o.p.q' {op} 1",
            "j->'$.l[0][0]' {op} 1",
            "j->>'$.l[0][0][0]' {op} 1",
        ],
    },
];

/// Expressions in the list that are refused here, with a word of the reason.
const REFUSED: &[(&str, &str)] = &[
    ("a = NOT_A IS NULL OR TRUE", "no column `NOT_A`"),
    ("b + c > 0 OR TRUE", "more digits than a DECIMAL"),
    ("-1 IN (b, TRUE)", "signed and unsigned"),
    ("d DIV 1e0 IS NULL OR TRUE", "DIV takes whole numbers only"),
    ("b REGEXP '[[:space:]]' IS NULL OR TRUE", "class in a class"),
    ("j->>'$.a' + 0 IS NULL OR TRUE", "only numbers do"),
];

fn spread(expression: &str) -> Vec<String> {
    let spread = |mark: &str, operators: &[&str]| {
        operators.iter().map(|operator| expression.replace(mark, operator)).collect()
    };
    if expression.contains("{op}") {
        spread("{op}", OPERATORS)
    } else if expression.contains("{eq}") {
        spread("{eq}", EQUALITY)
    } else {
        vec![expression.to_owned()]
    }
}

#[test]
fn every_type_compares_as_the_server_says() {
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    server.client().execute(&format!("CREATE DATABASE {SCHEMA}")).unwrap();
    let mut script = String::new();
    for (number, case) in CASES.iter().enumerate() {
        script.push_str(&format!(
            "CREATE TABLE t{number} (id INT AUTO_INCREMENT PRIMARY KEY, {});\n",
            case.columns
        ));
        let values: Vec<String> = case.rows.iter().map(|row| format!("(DEFAULT, {row})")).collect();
        script.push_str(&format!("INSERT INTO t{number} VALUES {};\n", values.join(", ")));
    }
    client(&server).execute(&script).unwrap();
    let tables = rows(&server);
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for (number, case) in CASES.iter().enumerate() {
        let table = format!("t{number}");
        let expressions: Vec<String> =
            case.expressions.iter().flat_map(|expression| spread(expression)).collect();
        for (expression, expected) in expressions.iter().zip(ask_server(&server, &table, &expressions)) {
            let own = ask_filter(&tables[&table], expression, "+00:00");
            let reason = REFUSED.iter().find(|(refused, _)| refused == expression).map(|(_, reason)| reason);
            let line = match (own, expected, reason) {
                (Err(Refused::Early(message)), _, Some(reason)) if message.contains(reason) => continue,
                (Ok(own), Ok(expected), None) if own == expected => {
                    compared += 1;
                    continue;
                }
                // Both stop at the same row.
                (Err(Refused::Late(message)), Err(error), None)
                    if message.contains("out of range") && error.contains("1690") =>
                {
                    continue;
                }
                (own, expected, _) => format!("{expression}: {own:?}, the server says {expected:?}"),
            };
            wrong.push(line);
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} and more are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 1_000, "{compared}");
}

/// A TIMESTAMP's constant is read in the rule's time zone, as the server reads it in the session's.
#[test]
fn timestamps_are_compared_in_the_rules_time_zone() {
    let server = server_or_skip!(MySql::builder().option("--binlog-row-metadata=FULL").start());
    server.client().execute(&format!("CREATE DATABASE {SCHEMA}")).unwrap();
    client(&server)
        .execute("CREATE TABLE z (id INT PRIMARY KEY, s TIMESTAMP NULL, m DATETIME); INSERT INTO z VALUES
                  (1, '2024-01-01 00:00:00', '2024-01-01 08:00:00'), (2, '2023-12-31 16:00:00', '2024-01-01 00:00:00'), (3, 0, 0), (4, NULL, NULL)")
        .unwrap();
    let sets = &rows(&server)["z"];
    for (zone, first, second) in
        [("+00:00", "TFFN", "FFTN"), ("+08:00", "FTFN", "TTTN"), ("-03:30", "FFFN", "FFTN")]
    {
        for (expression, expected) in [("s = '2024-01-01 00:00:00'", first), ("s = m", second)] {
            assert_eq!(ask_filter(sets, expression, zone).unwrap(), expected, "{zone}: {expression}");
            let rows = client(&server).option(format!("--init-command=SET time_zone = '{zone}'"));
            let query = format!(
                "SELECT IF({expression}, 'T', IF(({expression}) IS NULL, 'N', 'F')) FROM z ORDER BY id"
            );
            assert_eq!(
                rows.rows(&query).unwrap().concat().concat(),
                expected,
                "the server, {zone}: {expression}"
            );
        }
    }
}
