//! Column types and their edge values, for both servers.

use crate::tables::table;
use std::sync::Arc;
use tidegate_model::{ColumnKind, FixedType, IntWidth, TableSchema};

/// A type and values of it, as SQL.
pub(crate) type Case = (&'static str, &'static [&'static str]);

/// What MySQL and MariaDB have in common.
pub(crate) const COMMON: &[Case] = &[
    ("TINYINT", &["-128", "-1", "0", "127", "NULL"]),
    ("TINYINT UNSIGNED", &["0", "255", "NULL"]),
    ("SMALLINT", &["-32768", "32767"]),
    ("SMALLINT UNSIGNED", &["0", "65535"]),
    ("MEDIUMINT", &["-8388608", "-1", "8388607"]),
    ("MEDIUMINT UNSIGNED", &["0", "16777215"]),
    ("INT", &["-2147483648", "2147483647"]),
    ("INT UNSIGNED ZEROFILL", &["0", "4294967295"]),
    ("BIGINT", &["-9223372036854775808", "9223372036854775807"]),
    ("BIGINT UNSIGNED", &["0", "18446744073709551615"]),
    ("FLOAT", &["0", "-3.402823466E+38", "1.175494351E-38", "0.1", "NULL"]),
    ("FLOAT(7,3) UNSIGNED", &["0", "1234.567"]),
    ("DOUBLE", &["0", "-1.7976931348623157E+308", "2.2250738585072014E-308", "0.1"]),
    ("DECIMAL(1,0)", &["-9", "0", "9", "NULL"]),
    ("DECIMAL(10,2) UNSIGNED", &["0.00", "99999999.99"]),
    ("DECIMAL(38,10)", &["-9999999999999999999999999999.9999999999", "0.0000000001"]),
    ("DECIMAL(39,0)", &["-999999999999999999999999999999999999999", "1"]),
    (
        "DECIMAL(65,30)",
        &[
            "-99999999999999999999999999999999999.999999999999999999999999999999",
            "99999999999999999999999999999999999.999999999999999999999999999999",
            "0.000000000000000000000000000001",
            "NULL",
        ],
    ),
    ("DECIMAL(30,30)", &["0.123456789012345678901234567890", "-0.1"]),
    ("BIT(1)", &["0", "1", "NULL"]),
    ("BIT(9)", &["0", "511", "256"]),
    ("BIT(64)", &["0", "18446744073709551615", "9223372036854775808"]),
    ("YEAR", &["0", "1901", "2155", "NULL"]),
    (
        "DATE",
        &[
            "'0000-00-00'",
            "'1000-01-01'",
            "'9999-12-31'",
            "'2024-00-10'",
            "'2024-02-31'",
            "'2024-02-29'",
            "NULL",
        ],
    ),
    ("TIME", &["'-838:59:59'", "'838:59:59'", "'00:00:00'", "'-00:00:01'", "NULL"]),
    ("TIME(1)", &["'-838:59:58.9'", "'838:59:58.9'", "'-00:00:00.1'", "'00:00:00.1'"]),
    ("TIME(2)", &["'-00:00:00.01'", "'-12:34:56.78'"]),
    ("TIME(3)", &["'-00:00:00.001'", "'-00:00:01.000'", "'12:34:56.789'"]),
    ("TIME(4)", &["'-00:00:00.0001'", "'-01:00:00.9999'"]),
    ("TIME(5)", &["'-00:00:00.00001'", "'00:00:59.99999'"]),
    ("TIME(6)", &["'-838:59:58.999999'", "'838:59:58.999999'", "'-00:00:00.000001'", "NULL"]),
    (
        "DATETIME",
        &[
            "'0000-00-00 00:00:00'",
            "'1000-01-01 00:00:00'",
            "'9999-12-31 23:59:59'",
            "'2024-02-31 23:59:59'",
            "NULL",
        ],
    ),
    ("DATETIME(1)", &["'2024-02-29 01:02:03.9'", "'0000-00-00 00:00:00.0'"]),
    ("DATETIME(3)", &["'2024-00-10 01:02:03.987'", "'1970-01-01 00:00:00.001'"]),
    ("DATETIME(5)", &["'1969-12-31 23:59:59.99999'"]),
    ("DATETIME(6)", &["'0001-01-01 00:00:00.000001'", "'9999-12-31 23:59:59.999999'"]),
    ("TIMESTAMP NULL", &["'0000-00-00 00:00:00'", "'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'", "NULL"]),
    ("TIMESTAMP(2) NULL", &["'2024-02-29 01:02:03.45'"]),
    ("TIMESTAMP(4) NULL", &["'2024-02-29 01:02:03.4567'"]),
    ("TIMESTAMP(6) NULL", &["'0000-00-00 00:00:00'", "'2038-01-19 03:14:07.999999'"]),
    ("CHAR(0)", &["''", "NULL"]),
    ("CHAR(10) CHARACTER SET utf8mb4", &["''", "'a'", "' a  '", "'åß𝄞'", "NULL"]),
    ("CHAR(255) CHARACTER SET utf8mb4", &["''", "REPEAT('𝄞', 255)"]),
    ("CHAR(255) CHARACTER SET latin1", &["REPEAT('x', 255)", "x'e4f6fc'"]),
    ("VARCHAR(255) CHARACTER SET latin1", &["''", "REPEAT('x', 255)", "'a  '", "NULL"]),
    ("VARCHAR(256) CHARACTER SET latin1", &["''", "REPEAT('x', 256)"]),
    ("VARCHAR(16000) CHARACTER SET utf8mb4", &["''", "REPEAT('𝄞', 16000)"]),
    ("VARCHAR(10) CHARACTER SET gbk", &["x'c4e3bac3'"]),
    ("VARCHAR(10) CHARACTER SET ucs2", &["x'00410042'"]),
    ("TINYTEXT", &["''", "REPEAT('x', 255)", "NULL"]),
    ("TEXT CHARACTER SET utf8mb3", &["''", "REPEAT('å', 30000)"]),
    ("MEDIUMTEXT", &["REPEAT('x', 70000)"]),
    ("LONGTEXT", &["REPEAT('y', 100000)", "NULL"]),
    ("BINARY(4)", &["''", "x'00'", "x'0100'", "x'61626364'", "x'20'", "NULL"]),
    ("BINARY(255)", &["''", "REPEAT(x'ff', 255)"]),
    ("VARBINARY(300)", &["''", "x'00'", "x'6100'", "REPEAT(x'00ff', 150)", "NULL"]),
    ("TINYBLOB", &["''", "x'00ff'"]),
    ("BLOB", &["x'fffefd'", "REPEAT(x'80', 65535)"]),
    ("MEDIUMBLOB", &["REPEAT(x'0102', 8388607)"]),
    ("LONGBLOB", &["REPEAT(x'abcd', 9000000)", "''", "NULL"]),
    ("ENUM('a', 'b', 'ü') CHARACTER SET latin1", &["'a'", "'ü'", "'nothing of it'", "NULL"]),
    (
        "SET('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i') CHARACTER SET utf8mb4",
        &["''", "'a,i'", "'b'", "NULL"],
    ),
    (
        "GEOMETRY",
        &["ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1))')", "NULL"],
    ),
    ("POINT", &["ST_GeomFromText('POINT(-1.5 89.5)', 4326)"]),
    ("POLYGON", &["ST_GeomFromText('POLYGON((0 0, 1 0, 1 1, 0 0))')"]),
];

/// What MySQL alone has.
pub(crate) const MYSQL: &[Case] = &[
    (
        "JSON",
        &["'null'", "'{\"a\": [1, 2.5, \"x\", true]}'", "CAST(CAST('2024-01-02' AS DATE) AS JSON)", "NULL"],
    ),
    ("VECTOR(3)", &["STRING_TO_VECTOR('[1, 2, 3]')", "STRING_TO_VECTOR('[1]')", "NULL"]),
];

/// What MariaDB alone has.
pub(crate) const MARIADB: &[Case] = &[
    ("JSON", &["'null'", "'{\"a\": [1, 2.5, \"x\", true]}'", "NULL"]),
    ("INET6", &["'::1'", "'2001:db8::'", "'::'", "NULL"]),
    ("INET4", &["'1.2.3.4'", "'0.0.0.0'", "NULL"]),
    ("UUID", &["'123e4567-e89b-12d3-a456-426614174000'", "'00000000-0000-0000-0000-000000000000'", "NULL"]),
    ("VARCHAR(1000) COMPRESSED", &["''", "'x'", "REPEAT('abc', 300)", "NULL"]),
    ("VARBINARY(200) COMPRESSED", &["x'00'", "REPEAT(x'00', 200)"]),
    ("TEXT COMPRESSED", &["''", "REPEAT('abc', 10000)", "NULL"]),
    ("LONGBLOB COMPRESSED", &["x'00'", "REPEAT(x'0001', 100000)"]),
];

/// Returns the schemas of the tables that [`statements`] makes of types that MariaDB's log does not tell from BINARY.
pub(crate) fn fixed(cases: &[&Case]) -> Vec<Arc<TableSchema>> {
    let schema = |(number, case): (usize, &&Case)| {
        let id = ColumnKind::Int { width: IntWidth::W32, unsigned: false };
        let fixed = FixedType::by_name(case.0)?;
        Some(table("shop", &format!("t{number}"), &[("id", id), ("v", ColumnKind::Fixed { fixed })]))
    };
    cases.iter().enumerate().filter_map(schema).collect()
}

/// Returns statements that make table `t0`, `t1`, … of each case in schema `shop`, with the values in rows 1, 2, ….
pub(crate) fn statements(cases: &[&Case]) -> String {
    let mut sql = String::from(
        "SET SESSION sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00';\nCREATE DATABASE shop; USE shop;\n",
    );
    for (number, (column_type, values)) in cases.iter().enumerate() {
        sql += &format!("CREATE TABLE t{number} (id INT PRIMARY KEY, v {column_type});\n");
        for (row, value) in values.iter().enumerate() {
            sql += &format!("INSERT IGNORE INTO t{number} VALUES ({}, {value});\n", row + 1);
        }
    }
    sql
}
