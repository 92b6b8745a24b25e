//! The contract's own types and functions, made from `wit/0.1.0`.
#![allow(
    missing_docs,
    unsafe_code,
    clippy::all,
    clippy::allow_attributes_without_reason,
    clippy::allow_attributes,
    reason = "the code is generated; the contract's documentation is in the WIT"
)]

wit_bindgen::generate!({
    path: "../../wit/0.1.0",
    world: "filter-plugin",
    pub_export_macro: true,
    default_bindings_module: "tidegate_sdk::bindings",
    additional_derives: [PartialEq],
});
