//! From a core module, as compilers make it, to a component.

use crate::wasi;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata, metadata};
use wit_parser::Resolve;

/// The contract that a module speaks if it does not say so itself.
const CONTRACT: &str = include_str!("../../../wit/0.1.0/plugin.wit");
const WORLD: &str = "filter-plugin";
/// What the adapter of WASI may import.
const RUNTIME: &str = "runtime";

/// Returns the component that a core module is.
///
/// A module whose tools put no contract into it (`wit-bindgen` does for Rust) is taken for a filter of the newest contract.
/// What it asks of WASI preview 1 is answered inside the component, which imports none of it: for the clock and random numbers
/// it imports `tidegate:plugin/grants`.
///
/// # Errors
/// If it cannot be one: what is missing.
pub fn componentize(module: &[u8]) -> Result<Vec<u8>, String> {
    encode(module).map_err(|error| format!("{error:#}"))
}

fn encode(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut module = module.to_vec();
    if metadata::decode(&module)?.0.is_none() {
        embed(&mut module, WORLD)?;
    }
    let encoder = ComponentEncoder::default().validate(true);
    encoder.adapter(wasi::NAME, &adapter()?)?.module(&module)?.encode()
}

fn adapter() -> anyhow::Result<Vec<u8>> {
    let mut module = wasi::adapter();
    embed(&mut module, RUNTIME)?;
    Ok(module)
}

/// Puts a world of the contract into a module.
fn embed(module: &mut Vec<u8>, world: &str) -> anyhow::Result<()> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("plugin.wit", CONTRACT)?;
    let world = resolve.select_world(&[package], Some(world))?;
    embed_component_metadata(module, &resolve, world, StringEncoding::UTF8)
}
