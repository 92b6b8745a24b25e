//! Dates and times.

use super::{Case, case};
use tidegate_test_servers::Kind::{MySql, TiDb};

const DATETIMES: &[&str] = &[
    "'0000-00-00 00:00:00'",
    "'0001-01-01 00:00:00.000001'",
    "'1000-01-01 00:00:00.1'",
    "'1969-12-31 23:59:59.999999'",
    "'1970-01-01 00:00:00'",
    "'2024-02-29 12:34:56.789012'",
    "'2024-00-10 12:34:56.789012'",
    "'2024-05-00 00:00:00'",
    "'2024-02-31 23:59:59.500000'",
    "'0000-01-01 00:00:00'",
    "'9999-12-31 23:59:59.999999'",
];

const TIMESTAMPS: &[&str] = &[
    "'0000-00-00 00:00:00'",
    "'1970-01-01 00:00:01'",
    "'2001-09-09 01:46:40.000001'",
    "'2024-02-29 12:34:56.789012'",
    "'2038-01-19 03:14:07.999999'",
];

const TIMES: &[&str] = &[
    "'00:00:00'",
    "'-00:00:00.000001'",
    "'00:00:00.9'",
    "'-00:00:01.1'",
    "'12:34:56.789012'",
    "'-12:34:56.789012'",
    "'23:59:59.999999'",
    "'24:00:00'",
    "'838:59:58.999999'",
    "'-838:59:58.999999'",
    "'838:59:59'",
    "'-838:59:59'",
];

pub(super) const CASES: &[Case] = &[
    case(
        "date_",
        "DATE",
        &[
            "'0000-00-00'",
            "'0001-01-01'",
            "'1000-01-01'",
            "'1970-01-01'",
            "'2024-02-29'",
            "'2024-00-10'",
            "'2024-05-00'",
            "'2024-00-00'",
            "'0000-05-06'",
            "'2024-02-31'",
            "'9999-12-31'",
        ],
    ),
    case("datetime_0", "DATETIME", DATETIMES),
    case("datetime_1", "DATETIME(1)", DATETIMES),
    case("datetime_2", "DATETIME(2)", DATETIMES),
    case("datetime_3", "DATETIME(3)", DATETIMES),
    case("datetime_4", "DATETIME(4)", DATETIMES),
    case("datetime_5", "DATETIME(5)", DATETIMES),
    case("datetime_6", "DATETIME(6)", DATETIMES),
    case("timestamp_0", "TIMESTAMP NULL", TIMESTAMPS),
    case("timestamp_1", "TIMESTAMP(1) NULL", TIMESTAMPS),
    case("timestamp_2", "TIMESTAMP(2) NULL", TIMESTAMPS),
    case("timestamp_3", "TIMESTAMP(3) NULL", TIMESTAMPS),
    case("timestamp_4", "TIMESTAMP(4) NULL", TIMESTAMPS),
    case("timestamp_5", "TIMESTAMP(5) NULL", TIMESTAMPS),
    case("timestamp_6", "TIMESTAMP(6) NULL", TIMESTAMPS),
    case("time_0", "TIME", TIMES),
    case("time_1", "TIME(1)", TIMES),
    case("time_2", "TIME(2)", TIMES),
    case("time_3", "TIME(3)", TIMES),
    case("time_4", "TIME(4)", TIMES),
    case("time_5", "TIME(5)", TIMES),
    case("time_6", "TIME(6)", TIMES),
    // MySQL and TiDB end at the full second.
    case("time_6_end", "TIME(6)", &["'838:59:59.999999'", "'-838:59:59.999999'"]).not_on(&[MySql, TiDb]),
];
