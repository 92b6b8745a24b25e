//! From a core module, as compilers make it, to a component.

use crate::wasi;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata, metadata};
use wit_parser::Resolve;

/// The contract that a module speaks if it does not say so itself.
const CONTRACT: &str = include_str!("../../../wit/0.1.0/plugin.wit");
const WORLD: &str = "filter-plugin";

/// Returns the component that a core module is.
///
/// A module whose tools put no contract into it (`wit-bindgen` does for Rust) is taken for a filter of the newest contract.
/// What it asks of WASI preview 1 is answered without granting anything, so that the component imports none.
///
/// # Errors
/// If it cannot be one: what is missing.
pub fn componentize(module: &[u8]) -> Result<Vec<u8>, String> {
    encode(module).map_err(|error| format!("{error:#}"))
}

fn encode(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut module = module.to_vec();
    if metadata::decode(&module)?.0.is_none() {
        let mut resolve = Resolve::default();
        let package = resolve.push_str("plugin.wit", CONTRACT)?;
        let world = resolve.select_world(&[package], Some(WORLD))?;
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    }
    let encoder = ComponentEncoder::default().validate(true);
    encoder.adapter(wasi::NAME, &wasi::adapter())?.module(&module)?.encode()
}
