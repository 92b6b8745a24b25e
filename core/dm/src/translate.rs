//! From DM's files to pipelines.

mod connection;
mod ends;
mod filters;

use crate::{
    file::DmFile,
    files::Files,
    name::pipeline_name,
    password::SecretKey,
    pipeline::{Pipeline, Stage},
    rules, treat, tree,
};
use connection::Side;
use tidegate_config::{Diagnostic, Diagnostics, Severity};
use tidegate_plugin::settings::{Node, Problem};

/// Pipelines whose stages are still to be looked at by their plugins.
#[derive(Debug)]
pub struct Translation {
    /// One for each instance of the task, in its order; also where others have mistakes.
    pub pipelines: Vec<Pipeline>,
    files: Files,
}

/// What is left of a translation without mistakes.
#[derive(Debug)]
pub struct Translated {
    /// One for each instance of the task, in its order.
    pub pipelines: Vec<Pipeline>,
    /// What the user should know, a line each: keys without effect, and why.
    pub notes: Vec<String>,
}

/// Translates a task and its sources. Passwords are decrypted with the first of `keys` that fits.
#[must_use]
pub fn translate(task: DmFile, sources: Vec<DmFile>, keys: &[SecretKey]) -> Translation {
    let mut files = Files::new(task, sources);
    treat::treat(&mut files);
    rules::check(&mut files);
    let mut pipelines = Vec::new();
    let mut translator = Translator { keys, notes: Vec::new(), mistakes: Vec::new(), files: &files };
    if let Some((task, sources)) = files.divided() {
        for instance in tree::items(&task.root, "mysql-instances") {
            let id = tree::text(instance, "source-id").map(|id| id.expose());
            let of_id = |source: &&DmFile| tree::text(&source.root, "source-id").map(|id| id.expose()) == id;
            if let Some(source) = sources.iter().find(of_id).filter(|_| id.is_some()) {
                pipelines.push(translator.pipeline(task, source, instance));
            }
        }
        translator.unused(&task.root, sources);
    }
    let Translator { notes, mistakes, .. } = translator;
    notes.into_iter().for_each(|(span, note)| files.note(span, &note));
    mistakes.into_iter().for_each(|mistake| files.push(mistake));
    Translation { pipelines, files }
}

impl Translation {
    /// Adds what a stage's plugin finds wrong with its settings, at its place in DM's files. What follows from a mistake
    /// that is known already is left out.
    pub fn push_problems(&mut self, stage: &Stage, problems: Vec<Problem>) {
        for problem in problems {
            let span = stage.settings.root().place(&problem.path, problem.on_key);
            if span.is_some_and(|span| self.files.has_mistake_at(span)) {
                continue;
            }
            let Problem { code, message, help, .. } = problem;
            self.files.push(Diagnostic { code, severity: Severity::Error, message, span, help });
        }
    }

    /// Returns the pipelines if nothing is wrong.
    ///
    /// # Errors
    /// Returns everything that is wrong, file by file.
    pub fn finish(self) -> Result<Translated, Vec<Diagnostics>> {
        Ok(Translated { pipelines: self.pipelines, notes: self.files.finish()? })
    }
}

/// What the translation of all instances shares.
struct Translator<'a> {
    keys: &'a [SecretKey],
    files: &'a Files,
    notes: Vec<(Option<tidegate_plugin::settings::Span>, String)>,
    mistakes: Vec<Diagnostic>,
}

impl Translator<'_> {
    fn pipeline(&mut self, task: &DmFile, source: &DmFile, instance: &Node) -> Pipeline {
        let id = tree::text(&source.root, "source-id").map_or("", |id| id.expose());
        let name = tree::text(&task.root, "name").map_or("", |name| name.expose());
        let mut variables = Vec::new();
        let from = self.connection(source, Side::Source(id), &mut variables);
        let to = self.connection(task, Side::Target, &mut variables);
        let mut stages = vec![self.source(from, &source.root, instance)];
        stages.extend(filters::filters(&task.root, &source.root, instance, &mut self.notes));
        stages.push(self.sink(to, &task.root, instance));
        Pipeline { name: pipeline_name(name, id), source_id: id.to_owned(), stages, variables }
    }

    /// Notes the source files that the task does not name.
    fn unused(&mut self, task: &Node, sources: &[DmFile]) {
        let instances = tree::items(task, "mysql-instances");
        for source in sources {
            let Some(id) = tree::text(&source.root, "source-id") else { continue };
            let names_it = |instance: &Node| tree::text(instance, "source-id") == Some(id);
            if !instances.iter().any(names_it) {
                let place = source.root.get("source-id").and_then(|id| id.span);
                self.notes
                    .push((place, format!("no instance of the task has the source `{}`", id.display())));
            }
        }
    }
}
