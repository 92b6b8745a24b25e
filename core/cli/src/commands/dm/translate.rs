//! `tidegate dm translate`: prints the pipelines that DM's files describe.

use super::secret_key;
use crate::{
    arguments::TranslateArguments,
    failure::{Failure, Outcome},
    output::to_stderr,
};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};
use tidegate_config::StageKind;
use tidegate_dm::{DmFile, File, Pipeline, SecretKey, Stage, Translated, Translation};
use tidegate_plugin::{Entry, Instance, Registry, settings::Problem};

pub(super) fn run(
    arguments: &TranslateArguments,
    registry: &Arc<Registry>,
    is_json: bool,
) -> Result<Outcome, Failure> {
    let mut keys =
        arguments.secret_key_path.as_deref().map(secret_key).into_iter().collect::<Result<Vec<_>, _>>()?;
    keys.push(SecretKey::default());
    let task = read(File::Task, &arguments.task)?;
    let sources = arguments.sources.iter().map(|path| read(File::Source, path));
    let mut translation = tidegate_dm::translate(task, sources.collect::<Result<Vec<_>, _>>()?, &keys);
    judge(&mut translation, registry);
    let translated =
        translation.finish().map_err(|mistakes| Failure::Files { mistakes, good: Outcome::default() })?;
    if !is_json {
        to_stderr(advice(&translated).as_bytes());
    }
    match &arguments.out {
        Some(folder) => written(&translated, folder),
        None => Ok(printed(&translated)),
    }
}

/// Relative paths in a file start at its folder, wherever the pipeline will lie.
fn read(kind: File, path: &Path) -> Result<DmFile, Failure> {
    let folder = std::path::absolute(path.parent().unwrap_or_else(|| Path::new("")).join("."))
        .map_err(|error| Failure::input(format!("{}: {error}", path.display())))?;
    Ok(DmFile::read(kind, path, &folder, &|name| std::env::var(name)))
}

/// Lets the plugin of each stage look at its settings.
fn judge(translation: &mut Translation, registry: &Registry) {
    let pipelines = std::mem::take(&mut translation.pipelines);
    for pipeline in &pipelines {
        let instance = Instance {
            pipeline: pipeline.name.as_str().into(),
            folder: Default::default(),
            memory: None,
            impure: false,
        };
        for stage in &pipeline.stages {
            translation.push_problems(stage, problems(stage, registry, &instance));
        }
    }
    translation.pipelines = pipelines;
}

fn problems(stage: &Stage, registry: &Registry, instance: &Instance) -> Vec<Problem> {
    fn of<T: ?Sized>(entry: Option<&Entry<T>>, stage: &Stage, instance: &Instance) -> Vec<Problem> {
        let unknown = || {
            let message = format!("this version has no {} `{}`, which this needs", stage.kind, stage.plugin);
            vec![Problem::at(tidegate_plugin::path![], message).code("unknown-plugin")]
        };
        entry.map_or_else(unknown, |entry| (entry.build)(&stage.settings, instance).err().unwrap_or_default())
    }
    match stage.kind {
        StageKind::Source => of(registry.sources.get(stage.plugin), stage, instance),
        StageKind::Filter => of(registry.filters.get(stage.plugin), stage, instance),
        StageKind::Sink => of(registry.sinks.get(stage.plugin), stage, instance),
    }
}

/// What is said on stderr: keys without effect, and the variables that stand for passwords.
fn advice(translated: &Translated) -> String {
    let mut text: String = translated.notes.iter().map(|note| format!("note: {note}\n")).collect();
    let mut told = Vec::new();
    for variable in translated.pipelines.iter().flat_map(|pipeline| &pipeline.variables) {
        if !told.contains(&&variable.name) {
            told.push(&variable.name);
            text.push_str(&format!("set {} to the password of {}\n", variable.name, variable.place));
        }
    }
    text
}

fn result(translated: &Translated, pipelines: Vec<Value>) -> Value {
    json!({ "pipelines": pipelines, "notes": translated.notes })
}

fn described(pipeline: &Pipeline) -> Value {
    let variables: Vec<Value> = pipeline
        .variables
        .iter()
        .map(|variable| json!({ "name": variable.name, "place": variable.place }))
        .collect();
    json!({
        "name": pipeline.name,
        "source-id": pipeline.source_id,
        "yaml": pipeline.to_yaml(),
        "variables": variables,
    })
}

/// A file holds one pipeline, so several are printed as several documents, each to be a file of its own.
fn printed(translated: &Translated) -> Outcome {
    let texts: Vec<String> = translated.pipelines.iter().map(Pipeline::to_yaml).collect();
    let pipelines = translated.pipelines.iter().map(described).collect();
    Outcome { text: texts.join("---\n"), result: result(translated, pipelines) }
}

fn written(translated: &Translated, folder: &Path) -> Result<Outcome, Failure> {
    let fault = |path: &Path, error| Failure::input(format!("{} cannot be written: {error}", path.display()));
    std::fs::create_dir_all(folder).map_err(|error| fault(folder, error))?;
    let (mut text, mut pipelines) = (String::new(), Vec::new());
    for pipeline in &translated.pipelines {
        let path = folder.join(format!("{}.yaml", pipeline.name));
        std::fs::write(&path, pipeline.to_yaml()).map_err(|error| fault(&path, error))?;
        text.push_str(&format!("{}\n", path.display()));
        let mut described = described(pipeline);
        if let Some(fields) = described.as_object_mut() {
            fields.insert("file".to_owned(), path.display().to_string().into());
        }
        pipelines.push(described);
    }
    Ok(Outcome { text, result: result(translated, pipelines) })
}
