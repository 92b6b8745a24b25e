//! Character sets and collations as the servers have them.

use tidegate_model::charset::{Case, Charset, Collation, Defaults, Server};
use tidegate_test_servers::Client;

/// Numbers 0 to 65,535 as `n.i`.
const NUMBERS: &str = "WITH d AS (SELECT 0 i UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL \
     SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9 \
     UNION ALL SELECT 10 UNION ALL SELECT 11 UNION ALL SELECT 12 UNION ALL SELECT 13 UNION ALL SELECT 14 UNION ALL \
     SELECT 15), n AS (SELECT a.i * 4096 + b.i * 256 + c.i * 16 + d.i AS i FROM d a, d b, d c, d)";

/// What some bytes or a character are on the server, in hexadecimal digits; of bytes, UTF-32.
fn ask(client: &Client, query: &str) -> Vec<(String, String)> {
    let answer = client.execute(&format!("SET sql_mode = ''; {NUMBERS} {query}")).unwrap();
    let pairs = answer.lines().filter_map(|line| line.split_once('\t'));
    pairs.map(|(asked, answer)| (asked.to_owned(), answer.to_owned())).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// Returns the one character that the server reads, if the answer is one: `?` stands for those that it does not know.
fn character(asked: &str, answer: &str) -> Option<char> {
    let code = (answer.len() == 8).then(|| u32::from_str_radix(answer, 16).ok())??;
    let unknown = |character: &char| match character {
        '?' => !asked.ends_with("3F"),
        '\u{fffd}' => asked != "FFFD",
        _ => false,
    };
    char::from_u32(code).filter(|character| !unknown(character))
}

/// All sequences of bytes that may be one character.
fn sequences(charset: Charset) -> String {
    let one_byte = "SELECT LPAD(HEX(i), 2, '0') x FROM n WHERE i < 256".to_owned();
    let two_bytes = "SELECT HEX(i) x FROM n WHERE i >= 0x8000";
    let all = match charset.max_bytes_per_char() {
        1 => one_byte,
        2 if charset != Charset::Ucs2 => format!("{one_byte} UNION ALL {two_bytes}"),
        3 => {
            format!("{one_byte} UNION ALL {two_bytes} UNION ALL SELECT CONCAT('8F', x) FROM ({two_bytes}) t")
        }
        _ if charset == Charset::Gb18030 => format!("{one_byte} UNION ALL {two_bytes}"),
        _ => "SELECT LPAD(HEX(i), 4, '0') x FROM n".to_owned(),
    };
    format!(
        "SELECT x, HEX(CONVERT(CAST(UNHEX(x) AS CHAR CHARACTER SET {}) USING utf32)) FROM ({all}) s",
        charset.name()
    )
}

fn is_tabular(charset: &Charset) -> bool {
    !matches!(
        charset,
        Charset::Binary
            | Charset::Utf32
            | Charset::Utf16
            | Charset::Utf16le
            | Charset::Utf8mb3
            | Charset::Utf8mb4
    )
}

fn every_sequence_reads_as_on(client: &Client, charset: Charset) {
    for (asked, answer) in ask(client, &sequences(charset)) {
        let bytes = bytes(&asked);
        let ours = charset.decode(&bytes).ok().and_then(|text| {
            let mut characters = text.chars();
            characters.next().filter(|_| characters.next().is_none())
        });
        // Two single bytes (half-width katakana) are no character of two bytes.
        let theirs = if charset.count_chars(&bytes) > 1 { ours } else { character(&asked, &answer) };
        assert_eq!(ours, theirs, "{} reads {asked} as {answer}", charset.name());
    }
}

fn every_character_is_written_as_on(client: &Client, charset: Charset) {
    let query = format!(
        "SELECT HEX(i), HEX(CONVERT(CONVERT(UNHEX(LPAD(HEX(i), 8, '0')) USING utf32) USING {})) FROM n \
         WHERE i NOT BETWEEN 0xd800 AND 0xdfff AND i <> 0xfffd",
        charset.name()
    );
    let mut written = 0;
    for (asked, answer) in ask(client, &query) {
        let character = char::from_u32(u32::from_str_radix(&asked, 16).unwrap()).unwrap();
        let text = character.to_string();
        let theirs = Some(bytes(&answer))
            .filter(|bytes| character == '?' || *bytes != charset.encode("?").unwrap().as_ref());
        // The one character that MySQL writes as another: see `Charset::encode`.
        let theirs = theirs.filter(|_| !(charset == Charset::Cp932 && asked == "6661"));
        let ours = charset.encode(&text).ok().map(|bytes| bytes.into_owned());
        written += usize::from(ours.is_some());
        assert_eq!(ours, theirs, "{} writes U+{asked} as {answer}", charset.name());
    }
    assert!(written > 100, "{}", charset.name());
}

fn charsets_agree(client: &Client, known: impl Fn(&Charset) -> bool) {
    for charset in Charset::all().filter(is_tabular).filter(known) {
        every_sequence_reads_as_on(client, charset);
        every_character_is_written_as_on(client, charset);
    }
}

#[test]
fn charsets_are_those_of_mysql() {
    let Some(client) = crate::mysql() else { return };
    charsets_agree(&client, |_| true);
}

#[test]
fn east_asian_charsets_are_those_of_mariadb() {
    let Some(client) = crate::mariadb() else { return };
    charsets_agree(&client, |charset| charset.max_bytes_per_char() > 1 && *charset != Charset::Gb18030);
}

/// All of gb18030's four bytes, by way of what the server writes.
#[test]
fn gb18030_is_mysqls_beyond_two_bytes() {
    let Some(client) = crate::mysql() else { return };
    let query = "SELECT HEX(i * 16 + 0x10000), HEX(CONVERT(CONVERT(UNHEX(LPAD(HEX(i * 16 + 0x10000), 8, '0')) USING utf32) \
                 USING gb18030)) FROM n";
    for (asked, answer) in ask(&client, query) {
        let character = char::from_u32(u32::from_str_radix(&asked, 16).unwrap());
        let ours =
            character.map(|character| Charset::Gb18030.encode(&character.to_string()).unwrap().into_owned());
        assert_eq!(ours.unwrap_or(b"?".to_vec()), bytes(&answer), "U+{asked}");
    }
}

#[test]
fn maximal_lengths_are_the_servers() {
    let Some(client) = crate::mysql() else { return };
    let rows =
        client.rows("SELECT character_set_name, maxlen FROM information_schema.character_sets").unwrap();
    assert_eq!(rows.len(), Charset::all().count());
    for row in rows {
        let charset = Charset::by_name(&row[0]).unwrap();
        assert_eq!(charset.max_bytes_per_char().to_string(), row[1], "{}", row[0]);
    }
}

fn check(server: Server, [name, charset, id, default]: [&str; 4], defaults: Defaults) {
    let collation = Collation::by_name(name, server).unwrap_or_else(|| panic!("{name}"));
    assert_eq!((collation.id.to_string().as_str(), collation.charset.name()), (id, charset), "{name}");
    assert_eq!(Collation::by_id(collation.id).unwrap().charset, collation.charset);
    assert_eq!(collation.is_default(defaults), default == "Yes", "{name}");
}

#[test]
fn collations_are_those_of_mysql() {
    let Some(client) = crate::mysql() else { return };
    let query = "SELECT collation_name, character_set_name, id, is_default, pad_attribute FROM information_schema.collations";
    let rows = client.rows(query).unwrap();
    for row in &rows {
        check(Server::MySql, [&row[0], &row[1], &row[2], &row[3]], Defaults::MySql8);
        let collation = Collation::by_name(&row[0], Server::MySql).unwrap();
        assert_eq!(collation.pad_space, row[4] == "PAD SPACE", "{}", row[0]);
    }
    assert!(rows.len() > 280);
}

#[test]
fn collations_are_those_of_mariadb() {
    let Some(client) = crate::mariadb() else { return };
    let query = "SELECT full_collation_name, character_set_name, id, is_default \
                 FROM information_schema.collation_character_set_applicability";
    let rows = client.rows(query).unwrap();
    for row in &rows {
        check(Server::MariaDb, [&row[0], &row[1], &row[2], &row[3]], Defaults::Old);
    }
    assert!(rows.len() > 1_200);
}

/// The endings of names say what a collation tells apart.
#[test]
fn case_is_told_apart_as_on_mysql() {
    let Some(client) = crate::mysql() else { return };
    let query =
        "SELECT collation_name FROM information_schema.collations WHERE character_set_name = 'utf8mb4'";
    for row in client.rows(query).unwrap() {
        let name = &row[0];
        let collation = Collation::by_name(name, Server::MySql).unwrap();
        let answer = client.execute(&format!(
            "SELECT _utf8mb4'a' = _utf8mb4'A' COLLATE {name}, _utf8mb4'a' = _utf8mb4'a ' COLLATE {name}"
        ));
        let equal = collation.case == Case::Insensitive;
        assert_eq!(
            answer.unwrap(),
            format!("{}\t{}\n", u8::from(equal), u8::from(collation.pad_space)),
            "{name}"
        );
    }
}
