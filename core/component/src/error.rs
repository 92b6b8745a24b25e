//! What went wrong with a component, in words for its operator and its author.

use tidegate_plugin::PluginError;
use wasmtime::Trap;

/// How wasmtime says that a component hands over more than it may; it has no type for it.
const TOO_MUCH: &str = "too much data is being copied";

/// A call of the component's that it must not make, or data that it must not ask for.
#[derive(Debug)]
pub(crate) struct Misuse(pub(crate) String);

impl std::fmt::Display for Misuse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

/// Returns a trap for something that the component must not do.
pub(crate) fn misuse(what: impl Into<String>) -> wasmtime::Error {
    wasmtime::Error::from(Misuse(what.into()))
}

/// Explains why a call of `function` ended without an answer.
pub(crate) fn explain(function: &str, error: &wasmtime::Error, limits: &crate::Limits) -> PluginError {
    let author = "this is a bug of the plugin: report it to its author";
    if let Some(Misuse(what)) = error.downcast_ref::<Misuse>() {
        return PluginError::definite(format!("`{function}` {what}")).hint(author);
    }
    if error.downcast_ref::<crate::instance::OutOfMemory>().is_some() {
        return PluginError::definite(format!(
            "`{function}` wanted more than the {} bytes of memory that it may use",
            limits.memory
        ))
        .hint("raise `limits.memory`, if the plugin is to be trusted with it");
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => {
            PluginError::definite(format!("`{function}` took longer than {:?}", limits.call_time))
                .hint("raise `limits.call-time`, if the plugin is to be trusted with it")
        }
        Some(Trap::StackOverflow) => {
            PluginError::definite(format!("`{function}` called itself too deeply")).hint(author)
        }
        Some(trap) => PluginError::definite(format!("`{function}` trapped: {trap}")).hint(author),
        None if error.root_cause().to_string().contains(TOO_MUCH) => PluginError::definite(format!(
            "`{function}` hands over more than the {} bytes that it may",
            limits.answer
        ))
        .hint("raise `limits.answer`, if the plugin is to be trusted with it"),
        None => {
            PluginError::definite(format!("`{function}` gave no answer: {}", error.root_cause())).hint(author)
        }
    }
}

/// Returns the error of an answer that the contract does not allow.
pub(crate) fn malformed(function: &str, what: impl std::fmt::Display) -> PluginError {
    PluginError::definite(format!("`{function}` answered with {what}"))
        .hint("this is a bug of the plugin: report it to its author")
}

/// Returns the error that the component itself reports.
pub(crate) fn reported(function: &str, text: &str) -> PluginError {
    const LONGEST: usize = 4096;
    let text: String = text.chars().take(LONGEST).collect();
    PluginError::definite(format!("`{function}` reports: {text}"))
}
