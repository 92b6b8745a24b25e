//! The examples and the SDKs pass the tests that they have in their own language.

use tidegate_test_guests::unit_tests;
use tidegate_toolchain::Language;

#[test]
fn in_python() {
    unit_tests(Language::Python, "examples/filters/python").unwrap();
}

#[test]
fn in_typescript() {
    unit_tests(Language::JavaScript, "examples/filters/js").unwrap();
}
