//! A pipeline file: its stages, and the rules between the keys of its frame.

mod rules;

use std::collections::HashSet;
use std::env::VarError;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use tidegate_plugin::path;
use tidegate_plugin::settings::{Node, Path as Place, Problem, Segment, Settings, Value};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::Document;
use crate::frame::{EndFrame, Engine, FilterFrame, Frame};
use crate::interpolate::{self, Outcome, References, Strangers};
use crate::known;
use crate::mask::Mask;
use crate::redact::redact;
use crate::reference::PluginReference;
use crate::schema::PluginSchema;
use crate::yaml;

/// Looks up a variable of the environment.
pub type Environment<'a> = dyn Fn(&str) -> Result<String, VarError> + 'a;

/// The kinds of stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StageKind {
    /// Where changes come from.
    Source,
    /// What changes pass through.
    Filter,
    /// Where changes go.
    Sink,
}

impl fmt::Display for StageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "source",
            Self::Filter => "filter",
            Self::Sink => "sink",
        })
    }
}

/// One stage of a pipeline file.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Its kind.
    pub kind: StageKind,
    /// Where it stands in the file: `source`, `filters[2]`, `sinks[0]`.
    pub path: Place,
    /// Its plugin.
    pub reference: PluginReference,
    /// Its plugin's settings.
    pub settings: Settings,
}

/// A pipeline file with nothing wrong in it.
#[derive(Clone)]
pub struct PipelineFile {
    /// The pipeline's name.
    pub name: String,
    /// The folder of the file, which relative paths start at.
    pub folder: PathBuf,
    /// Where the changes come from.
    pub source: Stage,
    /// What the changes pass through, in order.
    pub filters: Vec<Stage>,
    /// Where the changes go. Exactly one for now.
    pub sinks: Vec<Stage>,
    /// How the pipeline runs.
    pub engine: Engine,
    document: Arc<Document>,
}

impl PipelineFile {
    /// Returns an empty list to report what is only found later, such as by a check, at its place in the file.
    #[must_use]
    pub fn diagnostics(&self) -> Diagnostics {
        Diagnostics::new(Arc::clone(&self.document))
    }

    /// Returns the text with every secret value of the file replaced by its reference, for messages of others.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        redact(text, &self.document.redactions)
    }
}

/// Prints no secret.
impl fmt::Debug for PipelineFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipelineFile")
            .field("name", &self.name)
            .field("source", &self.source)
            .field("filters", &self.filters)
            .field("sinks", &self.sinks)
            .field("engine", &self.engine)
            .finish_non_exhaustive()
    }
}

/// A pipeline file whose frame has been read, and whose stages are still to be looked at by their plugins.
#[derive(Debug)]
pub struct Draft {
    /// The stages that could be read, in the order source, filters, sinks; also where others are broken.
    pub stages: Vec<Stage>,
    /// Everything that is wrong so far.
    pub diagnostics: Diagnostics,
    name: String,
    folder: PathBuf,
    engine: Engine,
}

/// Reads a pipeline file whose plugins need not be asked.
///
/// # Errors
///
/// Returns everything that is wrong with its frame.
pub fn read(path: &Path, environment: &Environment<'_>) -> Result<PipelineFile, Diagnostics> {
    Draft::read(path, &[], environment).finish()
}

impl Draft {
    /// Reads the file, with variables from `environment`.
    ///
    /// Excerpts show only values that `plugins` know.
    #[must_use]
    pub fn read(path: &Path, plugins: &[PluginSchema<'_>], environment: &Environment<'_>) -> Self {
        match text_of(path, "pipeline file") {
            Ok(text) => Self::from_text(path, &text, plugins, environment),
            Err(mistake) => {
                let mut draft =
                    Self::empty(path, Document { name: path.display().to_string(), ..Document::default() });
                draft.diagnostics.push(*mistake);
                draft
            }
        }
    }

    /// Reads `text` as if it stood in the file `path`, with variables from `environment`.
    #[must_use]
    pub fn from_text(
        path: &Path,
        text: &str,
        plugins: &[PluginSchema<'_>],
        environment: &Environment<'_>,
    ) -> Self {
        let (root, mut mistakes) = yaml::read(text);
        let document =
            Document { name: path.display().to_string(), text: text.to_owned(), ..Document::default() };
        let Some(root) = root else {
            if mistakes.is_empty() {
                let help = "a pipeline file starts with `name: …`";
                mistakes.push(Diagnostic::error("empty-file", "the file holds nothing").help(help));
            }
            return Self::of_broken(path, document, mistakes, plugins);
        };
        let (mut draft, root) = Self::of_tree(path, document, root, mistakes, plugins, environment);
        draft.frame(&root);
        draft
    }

    /// Reads one filter as the command line names it: `plugin` as in a pipeline file, but relative to the working folder,
    /// and its settings, which are all of the file `config`, or `text` in place of what stands in that file. The draft has
    /// that stage, and cannot be finished.
    #[must_use]
    pub fn of_filter(
        plugin: &str,
        config: Option<(&Path, Option<&str>)>,
        plugins: &[PluginSchema<'_>],
        environment: &Environment<'_>,
    ) -> Self {
        let path = config.map_or(Path::new("--filter"), |(path, _)| path);
        let name = path.display().to_string();
        let text = match config {
            None => Ok(String::new()),
            Some((_, Some(text))) => Ok(text.to_owned()),
            Some((path, None)) => text_of(path, "file of settings"),
        };
        let text = match text {
            Ok(text) => text,
            Err(mistake) => {
                return Self::of_broken(
                    path,
                    Document { name, ..Document::default() },
                    vec![*mistake],
                    plugins,
                );
            }
        };
        let (settings, mistakes) = yaml::read(&text);
        let document = Document { name, text, ..Document::default() };
        if settings.is_none() && !mistakes.is_empty() {
            return Self::of_broken(path, document, mistakes, plugins);
        }
        let stage = Node::from_json(&serde_json::json!({ "plugin": plugin }));
        let stage = Settings::new(stage).with("config", settings).root().clone();
        let stages = Node { value: Value::Sequence(vec![stage]), span: None };
        let root = Node::from_json(&serde_json::json!({}));
        let root = Settings::new(root).with("filters", Some(stages)).root().clone();
        let (mut draft, root) = Self::of_tree(path, document, root, mistakes, plugins, environment);
        draft.folder = PathBuf::new();
        let place = path!["filters", 0];
        if let Some(Ok(filter)) = root.at(&place).map(good_part::<FilterFrame>) {
            draft.filter(place, filter, &root);
        }
        draft
    }

    fn of_broken(
        path: &Path,
        mut document: Document,
        mistakes: Vec<Diagnostic>,
        plugins: &[PluginSchema<'_>],
    ) -> Self {
        document.mask = Mask::of_words(&document.text, &known::vocabulary(plugins));
        let mut draft = Self::empty(path, document);
        draft.diagnostics.extend(mistakes);
        draft
    }

    /// Begins with a tree that was read, and returns it with the values of its references.
    fn of_tree(
        path: &Path,
        mut document: Document,
        mut root: Node,
        mistakes: Vec<Diagnostic>,
        plugins: &[PluginSchema<'_>],
        environment: &Environment<'_>,
    ) -> (Self, Node) {
        let mut places = known::places(&root, plugins);
        places.show_second_keys(&document.text, &mistakes, &known::vocabulary(plugins));
        document.mask = Mask::of_places(&document.text, &places);
        document.redact_open_secrets(&root);
        let folder = folder_of(path);
        let text = document.text.clone();
        let mut outcome = Outcome::default();
        let references =
            References { folder: &folder, environment, text: &text, strangers: Strangers::Mistakes };
        put_in_references(&mut root, &references, &mut outcome);
        document.redactions.append(&mut outcome.redactions);
        document.unresolved = outcome.unresolved;
        document.root = Some(root.clone());
        let mut draft = Self::empty(path, document);
        draft.diagnostics.extend(mistakes);
        draft.diagnostics.extend(outcome.mistakes);
        (draft, root)
    }

    /// Returns the pipeline if nothing is wrong.
    ///
    /// # Errors
    ///
    /// Returns everything that is wrong, what the caller added included.
    pub fn finish(self) -> Result<PipelineFile, Diagnostics> {
        if !self.diagnostics.is_empty() {
            return Err(self.diagnostics);
        }
        let (mut sources, mut filters, mut sinks) = (None, Vec::new(), Vec::new());
        for stage in self.stages {
            match stage.kind {
                StageKind::Source => sources = Some(stage),
                StageKind::Filter => filters.push(stage),
                StageKind::Sink => sinks.push(stage),
            }
        }
        let document = Arc::clone(self.diagnostics.document());
        let Some(source) = sources else {
            // Only a caller who took stages out gets here.
            let mut diagnostics = self.diagnostics;
            diagnostics.push(Diagnostic::error("missing-key", "the pipeline has no source"));
            return Err(diagnostics);
        };
        Ok(PipelineFile {
            name: self.name,
            folder: self.folder,
            source,
            filters,
            sinks,
            engine: self.engine,
            document,
        })
    }

    fn empty(path: &Path, document: Document) -> Self {
        Self {
            stages: Vec::new(),
            diagnostics: Diagnostics::new(Arc::new(document)),
            name: String::new(),
            folder: folder_of(path),
            engine: Engine::default(),
        }
    }

    /// Reads the frame: at once where it is whole, else piece by piece, so that the rest is looked at all the same.
    fn frame(&mut self, root: &Node) {
        match Settings::new(root.clone()).parse::<Frame>() {
            Ok(frame) => {
                self.name = frame.name;
                self.engine = frame.engine;
                self.end(StageKind::Source, path!["source"], frame.source, root);
                for (index, filter) in frame.filters.into_iter().enumerate() {
                    self.filter(path!["filters", index], filter, root);
                }
                for (index, sink) in frame.sinks.into_iter().enumerate() {
                    self.end(StageKind::Sink, path!["sinks", index], sink, root);
                }
            }
            Err(problems) => {
                self.diagnostics.push_below(&Place::root(), problems);
                self.pieces(root);
            }
        }
        self.diagnostics.push_below(&Place::root(), rules::of_frame(root));
    }

    fn pieces(&mut self, root: &Node) {
        let items = |key| match root.get(key).map(|node| &node.value) {
            Some(Value::Sequence(items)) => items.as_slice(),
            _ => &[],
        };
        if let Some(Ok(source)) = root.get("source").map(good_part::<EndFrame>) {
            self.end(StageKind::Source, path!["source"], source, root);
        }
        for (index, node) in items("filters").iter().enumerate() {
            if let Ok(filter) = good_part::<FilterFrame>(node) {
                self.filter(path!["filters", index], filter, root);
            }
        }
        for (index, node) in items("sinks").iter().enumerate() {
            if let Ok(sink) = good_part::<EndFrame>(node) {
                self.end(StageKind::Sink, path!["sinks", index], sink, root);
            }
        }
    }

    fn end(&mut self, kind: StageKind, path: Place, frame: EndFrame, root: &Node) {
        let reference = rules::end_reference(kind, frame, &self.folder);
        self.stage(kind, path, reference, root);
    }

    fn filter(&mut self, path: Place, frame: FilterFrame, root: &Node) {
        let reference = rules::filter_reference(frame, &self.folder);
        self.stage(StageKind::Filter, path, reference, root);
    }

    fn stage(&mut self, kind: StageKind, path: Place, reference: rules::Judged, root: &Node) {
        self.diagnostics.push_below(&path, reference.problems);
        if let Some(reference) = reference.reference {
            let settings = root.at(&path.join("config")).cloned().map_or_else(Settings::empty, Settings::new);
            self.stages.push(Stage { kind, path, reference, settings });
        }
    }
}

/// Reads a stage without those of its keys that have mistakes, which are reported already.
fn good_part<T: DeserializeOwned + JsonSchema>(node: &Node) -> Result<T, Vec<Problem>> {
    let mut node = node.clone();
    let problems = match Settings::new(node.clone()).parse::<T>() {
        Ok(frame) => return Ok(frame),
        Err(problems) => problems,
    };
    let bad: HashSet<_> = problems.iter().filter_map(|problem| problem.path.segments().first()).collect();
    if let Value::Mapping(entries) = &mut node.value {
        entries.retain(|entry| !bad.contains(&Segment::from(&entry.key)));
    }
    Settings::new(node).parse()
}

/// Reads the text of a file; `noun` names it in the message if that fails.
pub(crate) fn text_of(path: &Path, noun: &str) -> Result<String, Box<Diagnostic>> {
    let fault = |reason: String| {
        let message = format!("the {noun} cannot be read: {reason}");
        Box::new(Diagnostic::error("unreadable-file", message))
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(yaml::TEXT_BYTES_MAX as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| fault(interpolate::reason(&error)))?;
    if bytes.len() > yaml::TEXT_BYTES_MAX {
        return Err(fault(format!("it is larger than {} bytes", yaml::TEXT_BYTES_MAX)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        fault(format!("it is not UTF-8 text: see line {line}"))
    })
}

pub(crate) fn folder_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}

/// Values are put in below `config` only: elsewhere a name or a path is printed again and again.
fn put_in_references(root: &mut Node, references: &References<'_>, outcome: &mut Outcome) {
    let Value::Mapping(entries) = &mut root.value else {
        return;
    };
    for entry in entries {
        match (entry.key.as_str(), &mut entry.value.value) {
            ("source", _) => references.resolve_config(&mut entry.value, outcome),
            ("filters" | "sinks", Value::Sequence(stages)) => {
                stages.iter_mut().for_each(|stage| references.resolve_config(stage, outcome));
            }
            _ => references.refuse(&entry.value, outcome),
        }
    }
}
