//! The bindings in `sdk/c/component` are those that wit-bindgen makes of the contract. `TIDEGATE_UPDATE_BINDINGS=1` writes
//! them anew.

use std::{fs, path::Path};
use wit_bindgen_core::{Files, wit_parser::Resolve};

const UPDATE: &str = "TIDEGATE_UPDATE_BINDINGS";

#[test]
fn for_c_are_those_of_the_contract() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut resolve = Resolve::default();
    let package = resolve.push_file(root.join("wit/0.1.0/plugin.wit")).unwrap();
    let world = resolve.select_world(&[package], Some("filter-plugin")).unwrap();
    // The contract is put into the component when it is built: no object file that holds it.
    let options = wit_bindgen_c::Opts { no_object_file: true, ..wit_bindgen_c::Opts::default() };
    let mut files = Files::default();
    options.build().generate(&mut resolve, world, &mut files).unwrap();
    let made: Vec<&str> = files.iter().map(|(name, _)| name).collect();
    assert_eq!(made, ["filter_plugin.c", "filter_plugin.h"]);
    for (name, text) in files.iter() {
        let file = root.join("sdk/c/component").join(name);
        if std::env::var_os(UPDATE).is_some() {
            fs::write(&file, text).unwrap();
        }
        let same = fs::read(&file).unwrap() == text;
        assert!(same, "{} is not what the contract says: run this test with {UPDATE}=1", file.display());
    }
}
