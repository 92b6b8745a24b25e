use super::*;

fn refused(text: &str) -> (usize, String) {
    let error = parse(text).unwrap_err();
    (error.at, error.message)
}

#[test]
fn what_is_outside_of_the_grammar_is_refused_by_name_and_place() {
    for (text, at, part) in [
        ("a = 1 || b", 6, "`||` is not taken: write OR"),
        ("a && b", 2, "`&&` is not taken: write AND"),
        ("!a", 0, "`!` is not taken: write NOT"),
        ("a XOR b", 2, "XOR is not taken"),
        ("a & 1 = 1", 2, "bit operations (`&`)"),
        ("a = LOWER(b)", 4, "functions are not taken: `LOWER(…)`"),
        ("CASE WHEN a THEN 1 END", 0, "CASE is not taken"),
        ("a = CAST(b AS CHAR)", 4, "CAST is not taken"),
        ("EXISTS (SELECT 1)", 0, "EXISTS is not taken"),
        ("a IN (SELECT 1)", 6, "SELECT is not taken"),
        ("BINARY a = 'x'", 0, "BINARY is not taken"),
        ("a > INTERVAL 1 DAY", 4, "INTERVAL is not taken"),
        ("a = @x", 4, "variables and parameters (`@`)"),
        ("a = ?", 4, "variables and parameters (`?`)"),
        ("t.a = 1", 0, "the column's name alone"),
        ("a = \"x\"", 4, "in double quotes"),
        ("a = 0x41", 4, "0x… and 0b…"),
        ("a = b'1'", 4, "`b'…'` is not taken"),
        ("a = _utf8mb4'x'", 4, "the introducer `_utf8mb4'…'`"),
        ("a = 1 -- x", 6, "comments are not taken"),
        ("a = /* x */ 1", 4, "comments are not taken"),
        ("(a, b) = (1, 2)", 0, "a row of values"),
        ("a = ANY (1)", 4, "ANY is not taken"),
        ("a IS UNKNOWN", 5, "UNKNOWN is not taken"),
        ("a LIKE b", 7, "`b` stands where a pattern in quotes is wanted"),
        ("a LIKE 'x' ESCAPE 'yy'", 18, "ESCAPE wants one character"),
        ("a REGEXP b", 9, "`b` stands where a regular expression"),
        ("a = x'4'", 4, "pairs of hexadecimal digits"),
        ("a = 'x", 4, "the closing ' is missing"),
        ("a = 1e", 4, "no digits in its exponent"),
        ("a = 5x", 4, "a name that begins with digits"),
        ("a BETWEEN 1", 11, "the expression ends where AND is wanted"),
        ("a =", 3, "the expression ends where a value is wanted"),
        ("a b", 2, "`b` stands where the expression's end"),
        ("a; b", 1, "`;` stands where"),
        ("", 0, "the expression ends"),
    ] {
        let (found, message) = refused(text);
        assert_eq!(found, at, "{text}: {message}");
        assert!(message.contains(part), "{text}: {message}");
    }
    let deep = format!("{}a{}", "(".repeat(101), ")".repeat(101));
    assert!(refused(&deep).1.contains("nests deeper"), "{deep}");
}

#[test]
fn operators_have_mysqls_ranks() {
    let same = |one: &str, other: &str| {
        let strip = |text: &str| format!("{:?}", parse(text).unwrap()).replace(char::is_numeric, "");
        assert_eq!(strip(one), strip(other), "{one}");
    };
    same("a LIKE 'x' = 1", "(a LIKE 'x') = 1");
    same("j->'$.a' = 1", "(j->'$.a') = 1");
    same("NOT a = b", "NOT (a = b)");
    same("a = b IS NULL", "(a = b) IS NULL");
    same("a OR b AND c", "a OR (b AND c)");
    same("a + b * c", "a + (b * c)");
    same("a BETWEEN 1 AND 2 AND b", "(a BETWEEN 1 AND 2) AND b");
    same("a < b = c", "(a < b) = c");
}
