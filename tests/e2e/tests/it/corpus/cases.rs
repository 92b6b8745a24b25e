//! Numbers, binary strings, lists, documents and shapes.

use super::{Case, case};
use tidegate_test_servers::Kind::{MariaDb, MySql, TiDb};

pub(super) const NUMBERS: &[Case] = &[
    case("tinyint_s", "TINYINT", &["-128", "-1", "0", "1", "127"]),
    case("tinyint_u", "TINYINT UNSIGNED", &["0", "1", "127", "128", "255"]),
    case("bool_", "BOOLEAN", &["TRUE", "FALSE"]),
    case("smallint_s", "SMALLINT", &["-32768", "-129", "0", "32767"]),
    case("smallint_u", "SMALLINT UNSIGNED", &["0", "32768", "65535"]),
    case("mediumint_s", "MEDIUMINT", &["-8388608", "-32769", "-1", "0", "8388607"]),
    case("mediumint_u", "MEDIUMINT UNSIGNED", &["0", "8388608", "16777215"]),
    case("int_s", "INT", &["-2147483648", "-8388609", "-1", "0", "2147483647"]),
    case("int_u", "INT UNSIGNED", &["0", "2147483648", "4294967295"]),
    case("int_zerofill", "INT(6) UNSIGNED ZEROFILL", &["0", "7", "4294967295"]),
    case("bigint_s", "BIGINT", &["-9223372036854775808", "-2147483649", "-1", "0", "9223372036854775807"]),
    case("bigint_u", "BIGINT UNSIGNED", &["0", "9223372036854775808", "18446744073709551615"]),
    case("bit_1", "BIT(1)", &["b'0'", "b'1'"]),
    case("bit_9", "BIT(9)", &["0", "1", "255", "256", "511"]),
    case(
        "bit_64",
        "BIT(64)",
        &["0", "1", "9223372036854775807", "9223372036854775808", "18446744073709551615"],
    ),
    case("year_", "YEAR", &["0", "1901", "2000", "2155"]),
    case("decimal_5_2", "DECIMAL(5,2)", &["0", "-0.01", "0.01", "-999.99", "999.99", "1.10"]),
    case("decimal_u", "DECIMAL(9,3) UNSIGNED", &["0", "0.001", "999999.999"]),
    case("decimal_10_0", "DECIMAL(10,0)", &["-9999999999", "-1", "0", "1", "9999999999"]),
    case(
        "decimal_38_19",
        "DECIMAL(38,19)",
        &["-9999999999999999999.9999999999999999999", "0.0000000000000000001"],
    ),
    case(
        "decimal_39_0",
        "DECIMAL(39,0)",
        &["-999999999999999999999999999999999999999", "100000000000000000000000000000000000000"],
    ),
    case(
        "decimal_65_0",
        "DECIMAL(65,0)",
        &[
            "-99999999999999999999999999999999999999999999999999999999999999999",
            "99999999999999999999999999999999999999999999999999999999999999999",
            "340282366920938463463374607431768211456",
            "0",
        ],
    ),
    case(
        "decimal_65_30",
        "DECIMAL(65,30)",
        &[
            "99999999999999999999999999999999999.999999999999999999999999999999",
            "-99999999999999999999999999999999999.999999999999999999999999999999",
            "0.000000000000000000000000000001",
            "-0.000000000000000000000000000001",
            "12345678901234567890123456789012345.678901234567890123456789012345",
            "-1",
            "0",
        ],
    ),
    case("decimal_30_30", "DECIMAL(30,30)", &["-0.999999999999999999999999999999", "0.1", "0"]),
    case(
        "float_",
        "FLOAT",
        &[
            "0",
            "0.1",
            "-0.1",
            "16777217",
            "1e-10",
            "3.4028234e38",
            "-3.4028234e38",
            "1.17549435e-38",
            "1.4e-45",
            "-1.4e-45",
            "123456.789",
            "0.3333333333",
        ],
    ),
    case("float_10_2", "FLOAT(10,2)", &["0", "0.01", "-12345678.12", "99999.99"]),
    case(
        "double_",
        "DOUBLE",
        &[
            "0",
            "0.1",
            "-0.1",
            "1e15",
            "123456789.12345679",
            "0.1e0 + 0.2e0",
            "1.7976931348623157e308",
            "-1.7976931348623157e308",
            "2.2250738585072014e-308",
            "5e-324",
            "-5e-324",
            "9007199254740993",
            "1e-7",
        ],
    ),
    // MariaDB and TiDB have no such thing, however it is written.
    case("float_negative_zero", "FLOAT", &["-0e0", "1"]).not_on(&[MariaDb, TiDb]),
    case("double_negative_zero", "DOUBLE", &["-0e0", "1"]).not_on(&[MariaDb, TiDb]),
    case("double_10_3", "DOUBLE(10,3)", &["0", "0.001", "-1234567.891"]),
];

pub(super) const BINARY: &[Case] = &[
    case(
        "binary_",
        "BINARY(10)",
        &["''", "x'00'", "x'6100'", "'a'", "'a '", "x'ffffffffffffffffffff'", "x'275c00220a0d1a25'", "x'20'"],
    ),
    case(
        "varbinary_",
        "VARBINARY(300)",
        &[
            "''",
            "x'00'",
            "x'6100'",
            "'a'",
            "'a '",
            "x'275c00220a0d1a255f'",
            "x'c328'",
            "REPEAT(x'ff', 255)",
            "REPEAT(x'fe', 300)",
        ],
    ),
    case("varbinary_255", "VARBINARY(255)", &["''", "REPEAT(x'ff', 255)"]),
    case("tinyblob_", "TINYBLOB", &["''", "x'00'", "REPEAT(x'ff', 255)"]),
    case("blob_", "BLOB", &["''", "x'00'", "x'275c00'", "REPEAT(x'ff', 65535)"]),
    case("mediumblob_", "MEDIUMBLOB", &["''", "x'00'", "REPEAT(x'deadbeef00275c', 20000)"]),
    case("longblob_", "LONGBLOB", &["''", "x'00'", "REPEAT(x'deadbeef00275c', 30000)"]),
];

pub(super) const JSON: &[Case] = &[
    case("json_scalar", "JSON", &[
        "'null'", "'true'", "'false'", "'0'", "'-1'", "'32767'", "'-32769'", "'2147483648'", "'-9223372036854775808'",
        "'18446744073709551615'", "'1.5'", "'1e300'", "'5e-324'", "'0.1'", "'\"\"'", "'\"a\"'",
        r#"'"q\\" s\\\\ n\\n t\\t z\\u0000 é 😀 \\u001f /"'"#,
    ])
    .not_on(&[MariaDb]),
    case("json_shape", "JSON", &[
        "'[]'", "'{}'", "'[[], {}, [{}]]'", r#"'{"a": 1, "b": [true, null, "x"], "": {"k": {}}}'"#,
        r#"CONCAT('["', REPEAT('x', 127), '", "', REPEAT('y', 128), '", "', REPEAT('z', 16384), '"]')"#,
        "CONCAT('[', REPEAT('123456789012, ', 9000), '1]')",
        r#"CONCAT('{"k": "', REPEAT('é', 40000), '", "n": [1.25, -3]}')"#,
    ]),
    case("json_deep", "JSON", &[
        "CONCAT(REPEAT('[', 90), REPEAT(']', 90))", r#"CONCAT(REPEAT('{"a":', 60), '1', REPEAT('}', 60))"#,
    ])
    .not_on(&[MariaDb]),
    // TiDB writes 1.0 as 1.
    case("json_double", "JSON", &["'1.0'", "'-0.0'", "'[100.0]'"]).not_on(&[MariaDb, TiDb]),
    // TiDB has another order of keys.
    case("json_keys", "JSON", &[r#"'{"Ü": "ü", "a\\"b": 1, "long key with spaces": -1}'"#, r#"'{"bb": 1, "a": 2}'"#]).not_on(&[TiDb]),
    case("json_opaque", "JSON", &[
        "CAST(CAST('2024-02-29' AS DATE) AS JSON)", "CAST(CAST('-838:59:59' AS TIME) AS JSON)",
        "CAST(CAST('12:34:56.789012' AS TIME(6)) AS JSON)",
        "CAST(CAST('9999-12-31 23:59:59.999999' AS DATETIME(6)) AS JSON)",
        "JSON_ARRAY(CAST('2024-01-02' AS DATE), CAST('2024-01-02' AS DATETIME), CAST('01:02:03' AS TIME))",
        "JSON_OBJECT('d', CAST('2024-01-02' AS DATE), 'n', JSON_ARRAY(CAST('1000-01-01 00:00:00.5' AS DATETIME(6)), 1, 'x'))",
    ])
    .not_on(&[MariaDb]),
    case("json_exact", "JSON", &[
        "CAST(CAST('1.10' AS DECIMAL(10,2)) AS JSON)", "JSON_ARRAY(CAST('-0.001' AS DECIMAL(10,3)), 1e0)",
        "CAST(CAST('99999999999999999999999999999999999.999999999999999999999999999999' AS DECIMAL(65,30)) AS JSON)",
        "JSON_OBJECT('n', CAST('18446744073709551616' AS DECIMAL(20,0)))",
        "CAST(x'00ff275c' AS JSON)", "JSON_ARRAY(x'', CAST(x'6100' AS BINARY), b'1010')",
        "JSON_OBJECT('b', CAST('a' AS BINARY(3)), 'y', CAST(2024 AS YEAR))",
    ])
    .not_on(&[MariaDb, TiDb]),
];

pub(super) const OTHERS: &[Case] = &[
    case(
        "enum_",
        "ENUM('a','B','x,y','q''q','ü','')",
        &["'a'", "'b'", "'x,y'", "'q''q'", "'ü'", "''", "6", "1"],
    ),
    case("enum_error", "ENUM('a','b')", &["'a'", "'no such'", "'b'", "0"]).loose(),
    case("enum_empty_and_error", "ENUM('','b')", &["'b'", "1", "0", "'no such'", "''"])
        .loose()
        .not_on(&[TiDb]),
    case("set_", "SET('a','B','ü')", &["''", "'a'", "'a,ü'", "7", "4"]),
    case(
        "set_64",
        SET_64,
        &["0", "1", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615"],
    ),
    case(
        "point_",
        "POINT",
        &[
            "ST_GeomFromText('POINT(1 2)')",
            "ST_GeomFromText('POINT(-1e300 5e-324)')",
            "ST_GeomFromText('POINT(3 4)', 4326)",
        ],
    )
    .not_on(&[TiDb]),
    case(
        "geometry_",
        "GEOMETRY",
        &[
            "ST_GeomFromText('POINT(0 0)')",
            "ST_GeomFromText('LINESTRING(0 0,1 1,2 0.5)')",
            "ST_GeomFromText('POLYGON((0 0,10 0,10 10,0 10,0 0),(2 2,4 2,4 4,2 2))')",
            "ST_GeomFromText('MULTIPOINT(0 0,1 1)')",
            "ST_GeomFromText('MULTILINESTRING((0 0,1 1),(2 2,3 3))')",
            "ST_GeomFromText('MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))')",
            "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))')",
            "ST_GeomFromText('GEOMETRYCOLLECTION EMPTY')",
            "ST_GeomFromText('POINT(10 20)', 4326)",
        ],
    )
    .not_on(&[TiDb]),
    case(
        "geometry_srid",
        "GEOMETRY SRID 4326",
        &["ST_GeomFromText('POINT(10 20)', 4326)", "ST_GeomFromText('LINESTRING(1 2,3 4)', 4326)"],
    )
    .not_on(&[MariaDb, TiDb]),
    case(
        "vector_",
        "VECTOR(3)",
        &[
            "STRING_TO_VECTOR('[1, -2.5, 3e-37]')",
            "STRING_TO_VECTOR('[0,0,0]')",
            "STRING_TO_VECTOR('[3e38,-3e38,2e-38]')",
        ],
    )
    .not_on(&[MariaDb, TiDb]),
    case(
        "vector_long",
        "VECTOR",
        &["STRING_TO_VECTOR('[1]')", "STRING_TO_VECTOR(CONCAT('[', REPEAT('0.1,', 2047), '7]'))"],
    )
    .not_on(&[MariaDb, TiDb]),
    case("json_mariadb", "JSON", &["'null'", r#"'{"b":1,  "a":[1.10, "é"]}'"#, "'\"x\"'"])
        .not_on(&[MySql, TiDb]),
];

/// What only MariaDB has.
pub(super) const MARIADB: &[Case] = &[
    case(
        "inet6_",
        "INET6",
        &[
            "'::'",
            "'::ffff:1.2.3.4'",
            "'2001:db8::ff00:42:8329'",
            "'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'",
        ],
    )
    .not_on(&[MySql, TiDb]),
    case("inet4_", "INET4", &["'0.0.0.0'", "'10.0.39.92'", "'255.255.255.255'"]).not_on(&[MySql, TiDb]),
    case(
        "uuid_",
        "UUID",
        &["'123e4567-e89b-12d3-a456-426655440000'", "'ffffffff-ffff-ffff-ffff-fffffffffffe'"],
    )
    .not_on(&[MySql, TiDb]),
    case(
        "varchar_compressed",
        "VARCHAR(5000) COMPRESSED",
        &["''", "'a'", "REPEAT('abc', 1000)", "REPEAT('é', 4000)"],
    )
    .not_on(&[MySql, TiDb]),
    case("blob_compressed", "BLOB COMPRESSED", &["''", "x'00'", "REPEAT(x'ff00', 20000)"])
        .not_on(&[MySql, TiDb]),
];

const SET_64: &str = "SET('a0','a1','a2','a3','a4','a5','a6','a7','a8','a9','b0','b1','b2','b3','b4','b5','b6','b7','b8',\
                      'b9','c0','c1','c2','c3','c4','c5','c6','c7','c8','c9','d0','d1','d2','d3','d4','d5','d6','d7',\
                      'd8','d9','e0','e1','e2','e3','e4','e5','e6','e7','e8','e9','f0','f1','f2','f3','f4','f5','f6',\
                      'f7','f8','f9','g0','g1','g2','g3')";
