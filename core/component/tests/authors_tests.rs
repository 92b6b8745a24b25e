//! The unit tests of the SDKs and of the examples, in their own languages: they need no host.

use tidegate_test_guests::{guest, unit_tests};
use tidegate_toolchain::Language;

#[test]
fn in_go() {
    // So that the test is skipped where Go is missing.
    if guest("examples/filters/go/mask-pii").unwrap().is_none() {
        return;
    }
    unit_tests(Language::Go, "sdk/go").unwrap();
    unit_tests(Language::Go, "examples/filters/go").unwrap();
}

#[test]
fn in_c() {
    unit_tests(Language::C, "sdk/c/tests").unwrap();
    unit_tests(Language::C, "examples/filters/c").unwrap();
}

#[test]
fn in_python() {
    unit_tests(Language::Python, "sdk/python").unwrap();
    unit_tests(Language::Python, "examples/filters/python").unwrap();
}

/// The examples' package also tests the SDK, which has no tools of its own.
#[test]
fn in_typescript() {
    unit_tests(Language::JavaScript, "examples/filters/js").unwrap();
}
