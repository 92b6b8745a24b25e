//! Files translated as the command line does it, with the filters that are built in.

use std::{env::VarError, path::Path};
use tidegate_config::{Diagnostics, StageKind};
use tidegate_dm::{DmFile, File, SecretKey, Translated, translate};
use tidegate_plugin::{Entry, Filter, Instance};

/// The folder that relative paths start at.
pub(crate) const FOLDER: &str = "/etc/dm";

fn filters() -> [(&'static str, Entry<dyn Filter>); 4] {
    [
        ("block-allow-list", tidegate_filter_block_allow_list::entry()),
        ("binlog-event", tidegate_filter_binlog_event::entry()),
        ("route", tidegate_filter_route::entry()),
        ("column-mapping", tidegate_filter_column_mapping::entry()),
    ]
}

/// Translates these texts; the environment has `DM_PASSWORD`.
pub(crate) fn translated(task: &str, sources: &[&str]) -> Result<Translated, Vec<Diagnostics>> {
    let environment = |name: &str| match name {
        "DM_PASSWORD" => Ok("sesame-of-the-environment".to_owned()),
        _ => Err(VarError::NotPresent),
    };
    let read = |kind, name: &str, text| {
        DmFile::from_text(kind, Path::new(name), Path::new(FOLDER), text, &environment)
    };
    let names = (1..).map(|number| format!("source{number}.yaml"));
    let sources = sources.iter().zip(names).map(|(text, name)| read(File::Source, &name, text)).collect();
    let mut translation = translate(read(File::Task, "task.yaml", task), sources, &[SecretKey::default()]);
    let mut problems = Vec::new();
    for (index, pipeline) in translation.pipelines.iter().enumerate() {
        let instance = Instance {
            pipeline: pipeline.name.as_str().into(),
            folder: FOLDER.into(),
            memory: None,
            impure: false,
        };
        for (place, stage) in pipeline.stages.iter().enumerate() {
            let filters = filters();
            let entry =
                filters.iter().find(|(name, _)| *name == stage.plugin && stage.kind == StageKind::Filter);
            if let Some(Err(found)) = entry.map(|(_, entry)| (entry.build)(&stage.settings, &instance)) {
                problems.push((index, place, found));
            }
        }
    }
    let pipelines = std::mem::take(&mut translation.pipelines);
    for (index, place, found) in problems {
        translation.push_problems(&pipelines[index].stages[place], found);
    }
    translation.pipelines = pipelines;
    translation.finish()
}

/// Returns everything that is printed of a translation without mistakes: the pipelines, then what is to be known.
pub(crate) fn printed(translated: &Translated) -> String {
    let mut text = String::new();
    for pipeline in &translated.pipelines {
        text.push_str(&format!("{}---\n", pipeline.to_yaml()));
        for variable in &pipeline.variables {
            text.push_str(&format!("# {}: {}\n", variable.place, variable.name));
        }
    }
    translated.notes.iter().for_each(|note| text.push_str(&format!("# {note}\n")));
    text
}
