//! The contract's types and functions, made from `wit/0.1.0`.

wasmtime::component::bindgen!({
    path: "../../wit/0.1.0",
    world: "filter-plugin",
    imports: { default: trappable },
});

/// What a language's runtime may import.
pub(crate) mod runtime {
    wasmtime::component::bindgen!({
        path: "../../wit/0.1.0",
        world: "runtime",
        imports: { default: trappable },
    });
}

pub(crate) use exports::tidegate::plugin::filter;
pub(crate) use tidegate::plugin::{log, row_image, row_set, types};
