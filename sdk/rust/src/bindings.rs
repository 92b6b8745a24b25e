//! The contract's own types and functions, made from `wit`.
#![allow(
    missing_docs,
    unsafe_code,
    clippy::all,
    clippy::allow_attributes_without_reason,
    clippy::allow_attributes,
    reason = "the code is generated; the contract's documentation is in the WIT"
)]

wit_bindgen::generate!({
    path: "wit",
    world: "filter-plugin",
    pub_export_macro: true,
    default_bindings_module: "tidegate_sdk::bindings",
    additional_derives: [PartialEq],
});
