//! The contract's types and functions, made from `wit/0.1.0`.

wasmtime::component::bindgen!({
    path: "../../wit/0.1.0",
    world: "filter-plugin",
    imports: { default: trappable },
});

pub(crate) use exports::tidegate::plugin::filter;
pub(crate) use tidegate::plugin::{log, row_image, row_set, types};
