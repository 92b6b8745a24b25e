//! What is said about files with mistakes: one file each in `mistakes/`, with everything that is printed about it.

use std::path::Path;

use tidegate_config::Colour;

use crate::support;

#[test]
fn every_mistake_is_explained_at_its_place() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/mistakes");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    assert!(files.len() >= 25, "the files are in {}", folder.display());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        // Only the file's name, so that the output is the same everywhere.
        let draft = support::draft(Path::new("pipeline.yaml"), &text, &[("TOKEN", "hunter2")]);
        let diagnostics = draft.finish().expect_err(&name);
        let printed = diagnostics.render(Colour::Never);
        let tells = ["hunter2", "48151623"].iter().any(|secret| printed.contains(secret));
        assert!(!tells, "{name} prints a secret:\n{printed}");
        let settings = insta::Settings::clone_current();
        settings.bind(|| insta::assert_snapshot!(name, printed, &text));
    }
}
