//! Files of other programs: what is a reference in them, and what an excerpt shows.

use std::env::VarError;
use std::path::Path;

use tidegate_config::{Colour, Diagnostic, SettingsFile};

fn read(text: &str) -> SettingsFile {
    let schema = schemars::json_schema!({
        "type": "object",
        "properties": { "host": { "type": "string" }, "password": { "type": "string", "format": "password" } },
        "additionalProperties": false,
    });
    let environment = |name: &str| match name {
        "X" => Ok("hunter2".to_owned()),
        _ => Err(VarError::NotPresent),
    };
    SettingsFile::from_text(Path::new("other.yaml"), text, &schema, &environment)
}

#[test]
fn only_what_names_a_variable_or_a_file_is_a_reference() {
    for (written, value, reference) in [
        ("${host}", "${host}", None),
        ("a$${b", "a$${b", None),
        ("${", "${", None),
        ("${env:X}", "hunter2", Some("${env:X}")),
        ("$${env:X}", "${env:X}", None),
        ("${a}-${env:X}-${b", "${a}-hunter2-${b", Some("$${a}-${env:X}-$${b")),
        ("${${env:X}", "${hunter2", Some("$${${env:X}")),
    ] {
        let file = read(&format!("host: '{written}'\n"));
        assert!(file.diagnostics.is_empty(), "{written}: {}", file.diagnostics);
        let text = file.root().unwrap().get("host").unwrap().as_text().unwrap().clone();
        assert_eq!((text.expose(), text.reference()), (value, reference), "{written}");
    }
    for wrong in ["${env:NOWHERE}", "${evn:X}", "${file:/nowhere/at/all}"] {
        assert_eq!(read(&format!("host: '{wrong}'\n")).diagnostics.len(), 1, "{wrong}");
    }
}

#[test]
fn an_excerpt_shows_no_secret_and_a_place_is_that_of_the_file() {
    let mut file = read("host: example\npassword: sesame\npasword: sesame\n");
    let span = file.root().unwrap().get("password").unwrap().span.unwrap();
    assert_eq!((file.written(span), file.place(span).as_str()), ("sesame", "other.yaml:2"));
    assert_eq!(file.redact("it was sesame"), "it was ***");
    let other = file.root().unwrap().get("pasword").unwrap().span.unwrap();
    for span in [span, other] {
        file.diagnostics.push(Diagnostic::error("wrong", "sesame is wrong").at(span));
    }
    let printed = file.diagnostics.render(Colour::Never);
    assert!(printed.contains("other.yaml:3:10") && !printed.contains("sesame"), "{printed}");
}

#[test]
fn a_file_that_is_empty_broken_or_not_there_says_so() {
    assert!(read("").diagnostics.to_string().contains("the file holds nothing"));
    assert!(read("host: [\npassword: sesame\n").root().is_none());
    assert!(!read("host: [\npassword: sesame\n").diagnostics.to_string().contains("sesame"));
    let schema = schemars::json_schema!(true);
    let file = SettingsFile::read(Path::new("/nowhere.yaml"), "other file", &schema, &|_| Ok(String::new()));
    assert!(file.diagnostics.to_string().contains("the other file cannot be read: it does not exist"));
}
