//! Text, in each character set whose bytes could be mistaken for something else.

use super::{Case, case};
use tidegate_test_servers::Kind::{MariaDb, MySql, TiDb};

/// Empty, blanks at both ends, quotes, backslashes, control characters, and more than one byte a character.
const PLAIN: &[&str] = &[
    "''",
    "'a'",
    "' a '",
    "'a  '",
    "_utf8mb4 x'27'",
    "_utf8mb4 x'5c'",
    "_utf8mb4 x'5c27225c5c'",
    "_utf8mb4 x'00'",
    "_utf8mb4 x'61000a0d1a09255f'",
    "'NULL'",
    "'é'",
    "'É'",
    "'Ünïcödé'",
];

const WIDE: &[&str] = &["''", "'a'", "'😀'", "'😀é漢\\\\'", "_utf8mb4 x'00'", "'-- ; /* */'"];

/// Every byte that latin1 has.
const LATIN1: &[&str] = &[
    "''",
    "'a'",
    "_latin1 x'5c27'",
    "_latin1 x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'",
    "_latin1 x'202122232425262728292a2b2c2d2e2f5b5c5d5e5f607b7c7d7e7f'",
    "_latin1 x'808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f'",
    "_latin1 x'a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf'",
    "_latin1 x'c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf'",
    "_latin1 x'e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'",
];

/// Characters whose second byte is a backslash, a quote's neighbour, or a pipe.
const GBK: &[&str] = &[
    "''",
    "_gbk x'c4e3bac3'",
    "_gbk x'815c'",
    "_gbk x'd55c27'",
    "_gbk x'8140fe4f'",
    "_gbk x'817c5c'",
    "_gbk x'00'",
];
const SJIS: &[&str] = &[
    "''",
    "_sjis x'835c'",
    "_sjis x'955c'",
    "_sjis x'b1b2df'",
    "_sjis x'82a0815f'",
    "_sjis x'5c7e'",
    "_sjis x'00'",
];
const BIG5: &[&str] = &["''", "_big5 x'a45ca440'", "_big5 x'a55c27'", "_big5 x'c940'"];
const UTF16: &[&str] =
    &["''", "_utf16 x'0061'", "_utf16 x'd83dde00005c'", "_utf16 x'00000027'", "_utf16 x'ffff0020'"];

pub(super) const CASES: &[Case] = &[
    case("char_", "CHAR(20)", PLAIN),
    case("char_255", "CHAR(255)", &["''", "REPEAT('😀', 255)", "REPEAT('a', 255)"]),
    case("varchar_", "VARCHAR(20)", PLAIN),
    case("varchar_300", "VARCHAR(300)", &["''", "REPEAT('é', 300)", "REPEAT('a', 256)", "'x'"]),
    case("tinytext_", "TINYTEXT", PLAIN),
    case("text_", "TEXT", PLAIN),
    case("mediumtext_", "MEDIUMTEXT", &["''", "'a'", "REPEAT('é', 40000)", "REPEAT('\\\\\\'', 70000)"]),
    case("longtext_", "LONGTEXT", WIDE),
    case("varchar_bin", "VARCHAR(20) COLLATE utf8mb4_bin", WIDE),
    case("varchar_nopad", "VARCHAR(20) COLLATE utf8mb4_0900_ai_ci", WIDE).not_on(&[MariaDb]),
    case("varchar_as_cs", "VARCHAR(20) COLLATE utf8mb4_0900_as_cs", WIDE).not_on(&[MariaDb, TiDb]),
    case("varchar_utf8mb3", "VARCHAR(20) CHARACTER SET utf8mb3", PLAIN),
    case("char_ascii", "CHAR(20) CHARACTER SET ascii", &["''", "'a '", "x'275c0022'", "x'7f01'"]),
    case("char_latin1", "CHAR(40) CHARACTER SET latin1", LATIN1),
    case("varchar_latin1", "VARCHAR(100) CHARACTER SET latin1", LATIN1),
    case("text_latin1", "TEXT CHARACTER SET latin1", LATIN1),
    case("varchar_gbk", "VARCHAR(20) CHARACTER SET gbk", GBK),
    case("text_gbk", "TEXT CHARACTER SET gbk", GBK),
    // Well-formed, and no character: nothing but the bytes can be kept.
    case("varchar_gbk_gaps", "VARCHAR(20) CHARACTER SET gbk", &["x'fefe'", "x'a2a0'", "'a'"]).not_on(&[TiDb]),
    case("char_sjis", "CHAR(20) CHARACTER SET sjis", SJIS).not_on(&[TiDb]),
    case("text_sjis", "TEXT CHARACTER SET sjis", SJIS).not_on(&[TiDb]),
    case("varchar_big5", "VARCHAR(20) CHARACTER SET big5", BIG5).not_on(&[TiDb]),
    case(
        "varchar_ujis",
        "VARCHAR(20) CHARACTER SET ujis",
        &["''", "_ujis x'a4a2'", "_ujis x'8eb1'", "_ujis x'8fb0a1'"],
    )
    .not_on(&[TiDb]),
    case("varchar_euckr", "VARCHAR(20) CHARACTER SET euckr", &["''", "_euckr x'b0a1c7d1'"]).not_on(&[TiDb]),
    case(
        "varchar_gb18030",
        "VARCHAR(20) CHARACTER SET gb18030",
        &["''", "_gb18030 x'95328236'", "_gb18030 x'815c'"],
    )
    .not_on(&[MariaDb, TiDb]),
    case("char_utf16", "CHAR(20) CHARACTER SET utf16", UTF16).not_on(&[TiDb]),
    case("text_utf16", "TEXT CHARACTER SET utf16", UTF16).not_on(&[TiDb]),
    case("varchar_utf16le", "VARCHAR(20) CHARACTER SET utf16le", &["''", "'😀\\\\'", "_utf8mb4 x'00'"])
        .not_on(&[TiDb]),
    case("varchar_utf32", "VARCHAR(20) CHARACTER SET utf32", &["''", "'😀\\\\'", "_utf8mb4 x'00'"])
        .not_on(&[TiDb]),
    case(
        "varchar_ucs2",
        "VARCHAR(20) CHARACTER SET ucs2",
        &["''", "'é\\\\'", "x'00'", "_ucs2 x'd800'", "_ucs2 x'dc000041'"],
    )
    .not_on(&[TiDb]),
    case("varchar_cp1251", "VARCHAR(20) CHARACTER SET cp1251", &["''", "'Привет'", "_cp1251 x'88a8b8'"])
        .not_on(&[TiDb]),
    case("enum_gbk", "ENUM('你','a','功') CHARACTER SET gbk", &["'你'", "'功'", "'a'"]).not_on(&[TiDb]),
    case("enum_latin1", "ENUM('é','a') CHARACTER SET latin1", &["'é'", "'a'"]).not_on(&[TiDb]),
    case("set_sjis", "SET('表','a','ソ') CHARACTER SET sjis", &["'表'", "'表,ソ'", "''"]).not_on(&[TiDb]),
    // MariaDB lets surrogates into UTF-8; MySQL does not.
    case("varchar_broken", "VARCHAR(20) CHARACTER SET utf8mb4", &["x'eda080'", "x'61edbfbf62'"])
        .not_on(&[MySql, TiDb]),
];
