use super::*;
use proptest::prelude::*;

fn decode(charset: Charset, bytes: &[u8]) -> String {
    charset.decode(bytes).unwrap().into_owned()
}

#[test]
fn every_charset_knows_its_name_and_collations() {
    for charset in Charset::all() {
        assert_eq!(Charset::by_name(charset.name()), Some(charset));
        assert_eq!(format!("{charset:?}").to_lowercase(), charset.name());
        for id in [charset.binary_collation(), charset.default_collation(Defaults::Old)] {
            assert_eq!(Charset::of_collation(id), Some(charset));
        }
        assert_eq!(Collation::by_id(charset.binary_collation()).unwrap().case, Case::Binary);
    }
    assert_eq!(Charset::by_name("UTF8"), Some(Charset::Utf8mb3));
    assert_eq!(Charset::by_name("utf7"), None);
}

#[test]
fn every_line_of_the_table_is_read() {
    assert_eq!(Collation::all().count(), include_str!("collations.txt").lines().count());
    assert!(Collation::all().all(|collation| Collation::by_id(collation.id).is_some()));
}

#[test]
fn collations_have_their_properties() {
    let by_name = |name| Collation::by_name(name, Server::MySql).unwrap();
    let general = by_name("utf8mb4_general_ci");
    assert_eq!((general.id, general.case, general.pad_space), (45, Case::Insensitive, true));
    let japanese = by_name("utf8mb4_ja_0900_as_cs_ks");
    assert_eq!((japanese.id, japanese.case, japanese.pad_space), (304, Case::Sensitive, false));
    assert!(by_name("utf8mb4_0900_ai_ci").is_default(Defaults::MySql8));
    assert!(general.is_default(Defaults::Old));
    assert_eq!(by_name("utf8_bin").id, 83);
    assert!(!by_name("binary").pad_space);
    assert_eq!(by_name("utf8mb3_uca1400_nopad_as_ci").id, 2054);
}

#[test]
fn a_name_means_what_its_server_means() {
    let id = |name, server| Collation::by_name(name, server).map(|collation| collation.id);
    assert_eq!(id("utf8mb4_croatian_ci", Server::MySql), Some(245));
    assert_eq!(id("UTF8MB4_CROATIAN_CI", Server::MariaDb), Some(608));
    assert_eq!(id("utf8mb4_croatian_mysql561_ci", Server::MariaDb), Some(245));
    assert_eq!(Collation::by_id(245).unwrap().name, "utf8mb4_croatian_ci");
    assert_eq!(id("utf8mb4_0900_bin", Server::MariaDb), Some(309));
    assert_eq!(id("nothing_ci", Server::MySql), None);
}

#[test]
fn known_bytes_have_their_text() {
    assert_eq!(decode(Charset::Latin1, b"\x80\x81\xe9"), "€\u{81}é");
    assert_eq!(decode(Charset::Gbk, b"a\xd6\xd0\xce\xc4"), "a中文");
    assert_eq!(decode(Charset::Gb18030, b"\x84\x31\x82\x36\x94\x39\xda\x33"), "\u{fe10}💩");
    assert_eq!(decode(Charset::Sjis, b"\xb1\x95\x5c\x81\x5f"), "ｱ表\\");
    assert_eq!(decode(Charset::Ujis, b"\x8e\xb1\xc6\xfc\x8f\xb0\xa9"), "ｱ日丨");
    assert_eq!(decode(Charset::Utf16le, b"a\0\x3d\xd8\xa9\xdc"), "a💩");
    assert_eq!(decode(Charset::Swe7, b"@{"), "Éä");
}

#[test]
fn broken_text_is_refused_where_it_breaks() {
    for (charset, bytes, at) in [
        (Charset::Utf8mb4, &b"ab\xff"[..], 2),
        (Charset::Utf8mb3, "é💩\u{e9}".as_bytes(), 2),
        (Charset::Utf8mb3, b"a\xf0\x9f\x92\xa9\xff", 1),
        (Charset::Utf8mb3, b"a\xffa\xf0", 1),
        (Charset::Ascii, b"a\x80", 1),
        (Charset::Gbk, b"a\xd6\xd0\xff\xff", 3),
        (Charset::Gbk, b"a\xd6", 1),
        (Charset::Gbk, b"a\x80", 1),
        (Charset::Tis620, b"\xa0", 0),
        (Charset::Ucs2, b"\0a\xd8\0", 2),
        (Charset::Utf16, b"\0a\xd8\0\0a", 2),
        (Charset::Utf16, b"\0a\0", 2),
        (Charset::Utf32, b"\0\x11\0\0", 0),
        (Charset::Ujis, b"\x8f\xa1", 0),
    ] {
        assert_eq!(charset.decode(bytes), Err(BadText { charset, at }), "{charset:?} {bytes:x?}");
        let mut out = Vec::new();
        assert_eq!(charset.decode_into(bytes, &mut out), Err(BadText { charset, at }));
        assert_eq!(out, decode(charset, &bytes[..at]).as_bytes());
    }
}

#[test]
fn broken_text_can_be_marked() {
    let mut out = Vec::new();
    assert!(Charset::Utf8mb4.decode_lossy_into(b"a\xffb\xf0\x9f\x92", &mut out));
    assert!(Charset::Gbk.decode_lossy_into(b"\xd6\xd0\xff", &mut out));
    assert!(!Charset::Gbk.decode_lossy_into(b"\xd6\xd0", &mut out));
    assert!(Charset::Utf16.decode_lossy_into(b"\xdc\0\0a\0", &mut out));
    let text = "a\u{fffd}b\u{fffd}\u{fffd}\u{fffd}中\u{fffd}中\u{fffd}a\u{fffd}";
    assert_eq!(String::from_utf8(out).unwrap(), text);
}

#[test]
fn what_a_charset_lacks_is_refused() {
    for (charset, text, character, at) in [
        (Charset::Latin1, "aé中", '中', 3),
        (Charset::Ascii, "é", 'é', 0),
        (Charset::Utf8mb3, "a💩", '💩', 1),
        (Charset::Ucs2, "💩", '💩', 0),
        (Charset::Gbk, "💩", '💩', 0),
        (Charset::Cp932, "\u{6661}", '\u{6661}', 0),
        (Charset::Ujis, "\u{2121}", '\u{2121}', 0),
        (Charset::Swe7, "@", '@', 0),
        (Charset::Tis620, "\u{fffd}", '\u{fffd}', 0),
        (Charset::Cp1250, "\0\u{81}", '\u{81}', 1),
    ] {
        assert_eq!(charset.encode(text), Err(Unencodable { charset, character, at }));
    }
}

#[test]
fn prefixes_count_characters() {
    let sample = "aé中💩b";
    assert_eq!(Charset::Utf8mb4.prefix(sample.as_bytes(), 3), "aé中".as_bytes());
    assert_eq!(Charset::Utf8mb4.prefix(sample.as_bytes(), 9), sample.as_bytes());
    assert_eq!(Charset::Utf8mb4.count_chars(sample.as_bytes()), 5);
    assert_eq!(Charset::Latin1.prefix(b"abc", 2), b"ab");
    assert_eq!(Charset::Binary.prefix(sample.as_bytes(), 2), &sample.as_bytes()[..2]);
    assert_eq!(Charset::Gbk.prefix(b"a\xd6\xd0\xce\xc4\xff", 2), b"a\xd6\xd0");
    assert_eq!(Charset::Gbk.count_chars(b"a\xd6\xd0\xff"), 3);
    assert_eq!(Charset::Gb18030.count_chars(b"\x94\x39\xda\x33\xd6\xd0"), 2);
    assert_eq!(Charset::Ujis.prefix(b"\x8f\xb0\xa9\xc6\xfc", 1), b"\x8f\xb0\xa9");
    assert_eq!(Charset::Utf16.prefix(b"\xd8\x3d\xdc\xa9\0b", 1), b"\xd8\x3d\xdc\xa9");
    assert_eq!(Charset::Utf16.count_chars(b"\0b\0"), 2);
}

/// Every character that can be written is read back, whatever stands around it.
#[test]
fn every_character_comes_back_in_every_charset() {
    for charset in Charset::all() {
        let mut written = 0;
        let mut all = (Vec::new(), String::new());
        for character in '\0'..=char::MAX {
            let text = character.encode_utf8(&mut [0; 4]).to_owned();
            let Ok(bytes) = charset.encode(&text) else {
                continue;
            };
            written += 1;
            assert!(bytes.len() <= usize::from(charset.max_bytes_per_char()).max(text.len()), "{charset:?}");
            assert_eq!(charset.decode(&bytes).as_deref(), Ok(text.as_str()), "{charset:?} {bytes:x?}");
            all.0.extend_from_slice(&bytes);
            all.1.push(character);
        }
        assert_eq!(decode(charset, &all.0), all.1);
        if charset != Charset::Binary {
            assert_eq!(charset.count_chars(&all.0), written);
        }
    }
}

fn charsets() -> impl Strategy<Value = Charset> {
    proptest::sample::select(Charset::all().collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn no_bytes_break_a_charset(charset in charsets(), bytes: Vec<u8>, characters in 0..9_usize) {
        let decoded = charset.decode(&bytes);
        if let Ok(text) = &decoded {
            prop_assert!(charset.encode(text).is_ok());
        }
        let mut out = Vec::new();
        prop_assert_eq!(charset.decode_lossy_into(&bytes, &mut out), decoded.is_err());
        prop_assert!(String::from_utf8(out).is_ok());
        let prefix = charset.prefix(&bytes, characters);
        prop_assert_eq!(charset.count_chars(prefix), characters.min(charset.count_chars(&bytes)));
    }

    #[test]
    fn decoding_agrees_with_decoding_into(charset in charsets(), text in ".*") {
        if let Ok(bytes) = charset.encode(&text) {
            let mut out = Vec::new();
            charset.decode_into(&bytes, &mut out).unwrap();
            prop_assert_eq!(out, text.as_bytes());
        }
    }
}
