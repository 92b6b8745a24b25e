//! From a core module, as compilers make it, to a component.

use wit_component::ComponentEncoder;

/// Returns the component that a core module is, which must carry its contract (`wit-bindgen` puts it there).
///
/// # Errors
/// If it cannot be one: what is missing.
pub fn componentize(module: &[u8]) -> Result<Vec<u8>, String> {
    let mut encoder = ComponentEncoder::default().validate(true);
    encoder = encoder.module(module).map_err(|error| format!("{error:#}"))?;
    encoder.encode().map_err(|error| format!("{error:#}"))
}
