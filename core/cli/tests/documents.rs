//! The documents say what the binary does: the reference is the binary's own, and every pipeline that is shown is valid.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tidegate_test_guests::guest;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn tidegate(arguments: &[&str]) -> (bool, String, String) {
    let secrets = [("SOURCE_PASSWORD", "x"), ("TARGET_PASSWORD", "x"), ("DEMO_PASSWORD", "x")];
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate")).args(arguments).envs(secrets).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_reference_is_what_the_binary_prints() {
    let (_, printed, _) = tidegate(&["schema", "--markdown"]);
    let kept = fs::read_to_string(root().join("docs/reference/pipeline.md")).unwrap();
    assert!(kept == printed, "run `tidegate schema --markdown > docs/reference/pipeline.md`");
}

#[test]
fn the_command_line_is_what_the_binary_prints() {
    let (_, printed, _) = tidegate(&["schema", "--command-line"]);
    let kept = fs::read_to_string(root().join("docs/reference/command-line.md")).unwrap();
    assert!(kept == printed, "run `tidegate schema --command-line > docs/reference/command-line.md`");
}

/// With `TIDEGATE_WRITE_DOCUMENTS` set, writes the page instead.
#[test]
fn the_page_of_metrics_is_made_from_the_table() {
    let (path, made) = (root().join("docs/reference/metrics.md"), tidegate_engine::metrics_page());
    if std::env::var_os("TIDEGATE_WRITE_DOCUMENTS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(path).unwrap();
    assert!(kept == made, "run `TIDEGATE_WRITE_DOCUMENTS=1 cargo test -p tidegate --test documents`");
}

/// Returns all Markdown and YAML files of the documentation and the examples.
fn documents() -> Vec<PathBuf> {
    let mut found = vec![root().join("README.md")];
    let mut folders = vec![root().join("docs"), root().join("examples")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_document =
                path.extension().is_some_and(|extension| extension == "md" || extension == "yaml");
            // Those are of filters, not of pipelines.
            let is_document = is_document && !path.ends_with("cases.yaml");
            match path.is_dir() {
                true => folders.push(path),
                false if is_document => found.push(path),
                false => {}
            }
        }
    }
    found
}

/// Returns the pipelines that a document shows: the blocks of YAML that have a source, or the whole file.
fn pipelines(document: &Path) -> Vec<String> {
    let text = fs::read_to_string(document).unwrap();
    if document.extension().is_some_and(|extension| extension == "yaml") {
        return vec![text];
    }
    let blocks = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.filter(|block| block.contains("\nsource:")).map(str::to_owned).collect()
}

#[test]
fn every_pipeline_that_is_shown_is_valid() {
    let folder = tempfile::tempdir().unwrap();
    let mask = guest("examples/filters/rust/mask-pii").unwrap();
    if let Some(mask) = &mask {
        fs::copy(mask, folder.path().join("mask-pii.wasm")).unwrap();
    }
    let mut shown = 0;
    for document in documents() {
        for pipeline in pipelines(&document) {
            if mask.is_none() && pipeline.contains(".wasm") {
                continue;
            }
            shown += 1;
            let file = folder.path().join(format!("{shown}.yaml"));
            fs::write(&file, &pipeline).unwrap();
            let (valid, _, stderr) = tidegate(&["validate", &file.display().to_string()]);
            assert!(valid, "{}: {stderr}", document.display());
        }
    }
    assert!(shown >= 2, "only {shown} pipelines found: are they still marked as yaml?");
}
