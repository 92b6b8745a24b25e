use super::*;
use proptest::prelude::*;

/// MySQL's `decimal2bin`, from the digits of the absolute value.
fn to_binary(digits: &str, negative: bool, precision: u8, scale: u8) -> Vec<u8> {
    assert_eq!(digits.len(), usize::from(precision));
    let (integer, fraction) = digits.split_at(usize::from(precision - scale));
    let head = integer.len() % 9;
    let mut groups = vec![&integer[..head]];
    groups.extend((head..integer.len()).step_by(9).map(|at| &integer[at..at + 9]));
    groups.extend((0..fraction.len()).step_by(9).map(|at| &fraction[at..fraction.len().min(at + 9)]));
    let mut out = Vec::new();
    for group in groups {
        let bytes = group.parse::<u32>().unwrap_or(0).to_be_bytes();
        out.extend_from_slice(&bytes[4 - usize::from(GROUP_BYTES[group.len()])..]);
    }
    if negative {
        out.iter_mut().for_each(|byte| *byte = !*byte);
    }
    out[0] ^= 0x80;
    out
}

fn text_i128(value: i128, scale: u8) -> String {
    let mut out = Vec::new();
    write_i128(&mut out, value, scale);
    String::from_utf8(out).unwrap()
}

fn text_i256(value: i256, scale: u8) -> String {
    let mut out = Vec::new();
    write_i256(&mut out, value, scale);
    String::from_utf8(out).unwrap()
}

/// The text by the rules, from all digits.
fn expected_text(digits: &str, negative: bool, scale: u8) -> String {
    let (integer, fraction) = digits.split_at(digits.len() - usize::from(scale));
    let integer = integer.trim_start_matches('0');
    let zero = digits.bytes().all(|digit| digit == b'0');
    let sign = if negative && !zero { "-" } else { "" };
    let integer = if integer.is_empty() { "0" } else { integer };
    let point = if scale == 0 { "" } else { "." };
    format!("{sign}{integer}{point}{fraction}")
}

/// The manual's own example (MySQL source, `decimal2bin`): 1234567890.1234 as DECIMAL(14,4).
#[test]
fn the_documented_bytes_are_read() {
    let mut bytes = [0x81, 0x0d, 0xfb, 0x38, 0xd2, 0x04, 0xd2];
    assert_eq!(read_binary_i128(&bytes, 14, 4), Some(12_345_678_901_234));
    bytes.iter_mut().for_each(|byte| *byte = !*byte);
    assert_eq!(read_binary_i128(&bytes, 14, 4), Some(-12_345_678_901_234));
    assert_eq!(text_i128(-12_345_678_901_234, 4), "-1234567890.1234");
}

#[test]
fn what_is_no_value_of_the_type_is_refused() {
    assert_eq!(read_binary_i128(&[], 14, 4), None);
    assert_eq!(read_binary_i128(&[0x80; 6], 14, 4), None);
    assert_eq!(read_binary_i128(&[0x80; 8], 14, 4), None);
    assert_eq!(read_binary_i128(&[0x80 | 10], 1, 0), None, "ten in one digit");
    assert_eq!(read_binary_i128(&[0x80], 1, 0), Some(0));
    assert_eq!(read_binary_i128(&[0x80; 20], 39, 0), None);
    assert_eq!(binary_size(3, 4), None);
    assert_eq!(binary_size(82, 0), None);
    assert_eq!(binary_size(81, 30), Some(37));
    assert_eq!(binary_size(65, 30), Some(30));
    assert_eq!(read_binary_i128(&[], 0, 0), None);
}

#[test]
fn zeros_may_stand_before_a_large_number() {
    let bytes = to_binary(&format!("{}{}", "0".repeat(15), "9".repeat(66)), true, 81, 30);
    let value = read_binary_i256(&bytes, 81, 30).unwrap();
    assert_eq!(text_i256(value, 30), format!("-{}.{}", "9".repeat(36), "9".repeat(30)));
    assert_eq!(read_binary_i256(&to_binary(&"9".repeat(81), false, 81, 30), 81, 30), None);
}

#[test]
fn extremes_have_their_text() {
    assert_eq!(text_i128(i128::MIN, 0), i128::MIN.to_string());
    assert_eq!(text_i128(5, 2), "0.05");
    assert_eq!(text_i128(0, 3), "0.000");
    assert_eq!(text_i128(10_i128.pow(19), 0), "10000000000000000000");
    let min = "-57896044618658097711785492504343953926634992332820282019728792003956564819968";
    assert_eq!(text_i256(i256::MIN, 0), min);
    let max = "5789604461865809771178549250434395392663499233282028201972879200395656481996.7";
    assert_eq!(text_i256(i256::MAX, 1), max);
    let ten_to_38 = i256::from_i128(10_i128.pow(38)).wrapping_mul(i256::from_i128(100));
    assert_eq!(text_i256(ten_to_38, 30), "10000000000.000000000000000000000000000000");
}

fn decimal(precision_max: u8) -> impl Strategy<Value = (String, bool, u8, u8)> {
    (1..=precision_max).prop_flat_map(|precision| (Just(precision), 0..=precision.min(30))).prop_flat_map(
        |(precision, scale)| {
            let digits = proptest::collection::vec(
                prop_oneof![Just('0'), Just('9'), proptest::char::range('0', '9')],
                usize::from(precision),
            );
            let digits = digits.prop_map(|digits| digits.into_iter().collect::<String>());
            (digits, any::<bool>(), Just(precision), Just(scale))
        },
    )
}

proptest! {
    #[test]
    fn what_decimal2bin_writes_is_read_128((digits, negative, precision, scale) in decimal(38)) {
        let bytes = to_binary(&digits, negative, precision, scale);
        let value = read_binary_i128(&bytes, precision, scale).unwrap();
        prop_assert_eq!(text_i128(value, scale), expected_text(&digits, negative, scale));
    }

    #[test]
    fn what_decimal2bin_writes_is_read_256((digits, negative, precision, scale) in decimal(65)) {
        let bytes = to_binary(&digits, negative, precision, scale);
        let value = read_binary_i256(&bytes, precision, scale).unwrap();
        prop_assert_eq!(text_i256(value, scale), expected_text(&digits, negative, scale));
        prop_assert_eq!(value.to_string().parse::<i256>().unwrap(), value);
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..40), precision: u8, scale: u8) {
        read_binary_i128(&bytes, precision, scale);
        read_binary_i256(&bytes, precision, scale);
    }

    #[test]
    fn any_number_and_scale_has_a_text(value: i128, high: i128, low: u128, scale: u8) {
        prop_assert!(text_i128(value, scale).len() > usize::from(scale));
        prop_assert!(text_i256(i256::from_parts(low, high), scale).len() > usize::from(scale));
    }
}
