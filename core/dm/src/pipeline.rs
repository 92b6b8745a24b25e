//! What a translation gives: pipelines as a pipeline file describes them.

use crate::tree;
use tidegate_config::{StageKind, escape_references, yaml_text};
use tidegate_plugin::settings::{Node, Secret, Settings, Text, Value};

/// A pipeline made of a task and one of its sources.
#[derive(Debug)]
pub struct Pipeline {
    /// Its name.
    pub name: String,
    /// The id of its source.
    pub source_id: String,
    /// Its stages in order: the source, the filters, the sink. Their settings hold the passwords.
    pub stages: Vec<Stage>,
    /// The variables of the environment that its text refers to in the place of passwords.
    pub variables: Vec<Variable>,
}

/// A stage of such a pipeline.
#[derive(Debug)]
pub struct Stage {
    /// Its kind.
    pub kind: StageKind,
    /// The name of its plugin, which is built in.
    pub plugin: &'static str,
    /// Its plugin's settings. Their places are those of the files that were translated.
    pub settings: Settings,
}

/// A variable that stands for a password.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// The password.
    pub value: Secret,
    /// Where the password stands: `file:line`.
    pub place: String,
}

impl Pipeline {
    /// Returns the text of the pipeline file. It holds no password.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let stage = |stage: &Stage| {
            let plugin = tree::plain(stage.plugin, None);
            let config = escaped(stage.settings.root().clone());
            tree::mapping(None, [("plugin", plugin), ("config", config)])
        };
        let of_kind = |kind| {
            let stages = self.stages.iter().filter(move |stage| stage.kind == kind).map(stage);
            stages.collect::<Vec<_>>()
        };
        let list = |kind| tree::node(Value::Sequence(of_kind(kind)), None);
        let source = of_kind(StageKind::Source).into_iter().map(|source| ("source", source));
        let head = [("name", tree::plain(&self.name, None))].into_iter().chain(source);
        let rest = [("filters", list(StageKind::Filter)), ("sinks", list(StageKind::Sink))];
        yaml_text(&tree::mapping(None, head.chain(rest)))
    }
}

/// What means itself in DM's files and would be a reference here.
fn escaped(mut node: Node) -> Node {
    match &mut node.value {
        Value::String(text) if text.reference().is_none() => {
            *text = Text::plain(escape_references(text.expose()));
        }
        Value::Sequence(items) => items.iter_mut().for_each(|item| *item = escaped(item.clone())),
        Value::Mapping(entries) => {
            entries.iter_mut().for_each(|entry| entry.value = escaped(entry.value.clone()));
        }
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::String(_) => {}
    }
    node
}
