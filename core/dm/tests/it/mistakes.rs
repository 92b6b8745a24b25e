//! What is said about tasks with mistakes: one file each in `mistakes/`, with everything that is printed about it.

use crate::support;
use std::path::Path;
use tidegate_config::Colour;

const SOURCE: &str = "\
source-id: mysql-01
from: { host: 127.0.0.1, port: 3306, user: repl, password: sesame-open }
filters: [{ schema-pattern: a*b, events: [all], action: Ignore }]
relay: true
";

#[test]
fn every_mistake_is_explained_at_its_place() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mistakes");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    assert!(files.len() >= 6, "the files are in {}", folder.display());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let mistakes = support::translated(&text, &[SOURCE]).map(|_| ()).expect_err(&name);
        let printed: String = mistakes.iter().map(|file| file.render(Colour::Never)).collect();
        assert!(!printed.contains("sesame"), "{name} prints a secret:\n{printed}");
        insta::assert_snapshot!(name, printed);
    }
}
