//! The rules between the keys of a stage, and those of the frame that its types cannot say.

use std::path::Path;
use std::time::Duration;

use tidegate_plugin::path;
use tidegate_plugin::settings::{ByteSize, Node, Problem, Settings, TimeSpan, Value};

use super::StageKind;
use crate::frame::{EndFrame, Engine, FilterFrame, Limits};
use crate::reference::{Class, PluginReference, Sha256, classify};

/// Less memory than this cannot hold a batch.
const ENGINE_MEMORY_MIN: ByteSize = ByteSize(1 << 20);

/// Less memory than this does not start a component.
const COMPONENT_MEMORY_MIN: ByteSize = ByteSize(1 << 20);

/// A shorter time would stop good components whenever the machine is busy.
const CALL_TIME_MIN: TimeSpan = TimeSpan(Duration::from_millis(1));

const NAME_CHARS_MAX: usize = 64;

/// What a stage's keys amount to.
pub(super) struct Judged {
    /// None where nothing can be made of them.
    pub(super) reference: Option<PluginReference>,
    pub(super) problems: Vec<Problem>,
}

/// Judges the keys of a source or a sink.
pub(super) fn end_reference(kind: StageKind, frame: EndFrame, folder: &Path) -> Judged {
    let mut problems = Vec::new();
    let sha256 = sum(frame.sha256.as_deref(), &mut problems);
    let reference = match classify(&frame.plugin, folder) {
        Err(problem) => {
            problems.push(*problem);
            None
        }
        Ok(Class::BuiltIn) => {
            problems.extend(frame.sha256.map(|_| needs_file("sha256")));
            Some(PluginReference::BuiltIn(frame.plugin))
        }
        Ok(Class::Component(_)) => {
            let message = format!("a component cannot be a {kind}: components are filters");
            let help = format!("name a built-in {kind} or a shared library");
            problems.push(Problem::at(path!["plugin"], message).help(help).code("bad-plugin"));
            None
        }
        Ok(Class::Native(path)) => Some(PluginReference::Native { path, sha256 }),
    };
    Judged { reference, problems }
}

/// Judges the keys of a filter.
pub(super) fn filter_reference(frame: FilterFrame, folder: &Path) -> Judged {
    let mut problems = Vec::new();
    let sha256 = sum(frame.sha256.as_deref(), &mut problems);
    let has_limits = frame.limits.is_some();
    let only_component =
        [("limits", has_limits), ("on-error", frame.on_error.is_some()), ("grants", frame.grants.is_some())];
    let component_keys =
        || only_component.iter().filter(|(_, used)| *used).map(|(key, _)| needs_component(key));
    let reference = match classify(&frame.plugin, folder) {
        Err(problem) => {
            problems.push(*problem);
            None
        }
        Ok(Class::BuiltIn) => {
            problems.extend(frame.sha256.as_ref().map(|_| needs_file("sha256")));
            problems.extend(component_keys());
            Some(PluginReference::BuiltIn(frame.plugin))
        }
        Ok(Class::Native(path)) => {
            problems.extend(component_keys());
            Some(PluginReference::Native { path, sha256 })
        }
        Ok(Class::Component(path)) => {
            let limits = frame.limits.unwrap_or_default();
            problems.extend(limit_problems(limits));
            Some(PluginReference::Component {
                path,
                sha256,
                limits,
                on_error: frame.on_error.unwrap_or_default(),
                grants: frame.grants.unwrap_or_default(),
            })
        }
    };
    Judged { reference, problems }
}

/// Returns what is wrong with the rest of the frame, as far as it can be read.
pub(super) fn of_frame(root: &Node) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(root.get("name").and_then(Node::as_text).and_then(|name| name_problem(name.display())));
    if let Some(Value::Sequence(sinks)) = root.get("sinks").map(|node| &node.value) {
        for index in 1..sinks.len() {
            let message = "a pipeline has one sink for now; this is another one";
            let help = "run a second pipeline from the same source for it";
            problems
                .push(Problem::at(path!["sinks", index, "plugin"], message).help(help).code("second-sink"));
        }
    }
    if let Some(Ok(engine)) = root.get("engine").map(|node| Settings::new(node.clone()).parse::<Engine>())
        && engine.memory < ENGINE_MEMORY_MIN
    {
        problems.push(too_small(path!["engine", "memory"], &engine.memory, &ENGINE_MEMORY_MIN));
    }
    problems
}

fn name_problem(name: &str) -> Option<Problem> {
    let in_name = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let good = name.len() <= NAME_CHARS_MAX
        && name.starts_with(in_name)
        && name.chars().all(|letter| in_name(letter) || matches!(letter, '-' | '_'));
    if good {
        return None;
    }
    let message = format!(
        "a pipeline's name has 1 to {NAME_CHARS_MAX} lower-case letters, digits, `-` and `_`, and starts with a letter or a \
         digit"
    );
    Some(Problem::at(path!["name"], message).code("bad-name"))
}

fn sum(text: Option<&str>, problems: &mut Vec<Problem>) -> Option<Sha256> {
    match text?.parse() {
        Ok(sum) => Some(sum),
        Err(error) => {
            let problem = Problem::at(path!["sha256"], format!("{error}; this is not one"));
            problems.push(problem.help("`sha256sum FILE` prints it").code("bad-sum"));
            None
        }
    }
}

fn limit_problems(limits: Limits) -> impl Iterator<Item = Problem> {
    let memory = (limits.memory < COMPONENT_MEMORY_MIN)
        .then(|| too_small(path!["limits", "memory"], &limits.memory, &COMPONENT_MEMORY_MIN));
    let call_time = (limits.call_time < CALL_TIME_MIN)
        .then(|| too_small(path!["limits", "call-time"], &limits.call_time, &CALL_TIME_MIN));
    let answer = (limits.answer < COMPONENT_MEMORY_MIN)
        .then(|| too_small(path!["limits", "answer"], &limits.answer, &COMPONENT_MEMORY_MIN));
    memory.into_iter().chain(call_time).chain(answer)
}

fn too_small(
    path: tidegate_plugin::settings::Path,
    value: &dyn std::fmt::Display,
    least: &dyn std::fmt::Display,
) -> Problem {
    Problem::at(path, format!("{value} is out of range: at least {least}")).code("out-of-range")
}

fn needs_file(key: &str) -> Problem {
    let message = format!("`{key}` means nothing for a built-in plugin, which has no file");
    Problem::at(path![key], message).on_key().help(format!("remove `{key}`")).code("useless-key")
}

fn needs_component(key: &str) -> Problem {
    let message = format!("`{key}` means something for components (`.wasm`) only");
    Problem::at(path![key], message).on_key().help(format!("remove `{key}`")).code("useless-key")
}
