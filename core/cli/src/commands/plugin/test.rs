//! `tidegate plugin test`: cases that the author of a filter wrote, against the component.
//!
//! Rows stand in the cases as the sink `file` writes them, and so does what is expected. Everything that is wrong with the
//! file is said at once, before a case is run.

mod cases;
mod expect;
mod lines;
mod reading;
mod tables;
mod trial;

use crate::{
    arguments::TestArguments,
    components::limits_of,
    failure::{Failure, Outcome},
    load::compiled,
};
use cases::Case;
use reading::Reading;
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};
use tables::Tables;
use tidegate_component::Loader;
use tidegate_config::{ConfiguredFile, Limits, OnError, PluginReference, Stage, StageKind};
use tidegate_engine::{FilterStage, Filters};
use tidegate_plugin::{
    Filter, Instance,
    settings::{Path as Place, Settings},
};
use trial::Verdict;

/// Reads the cases, and lets the component do each.
pub(super) fn run(arguments: &TestArguments) -> Result<Outcome, Failure> {
    let TestArguments { file, cases } = arguments;
    let limits = Limits::default();
    let plugin = Loader::new(compiled(None).as_deref())?.load(file, None, limits_of(limits))?;
    let environment = |name: &str| std::env::var(name);
    let ConfiguredFile { settings, mut diagnostics } =
        ConfiguredFile::read(cases, "file of cases", reading::KEYS, &environment);
    if settings.root().span.is_none() {
        return Err(Failure::file(diagnostics));
    }
    let stage = stage(file, limits, &settings);
    let folder = cases.parent().map(Path::to_owned).unwrap_or_default();
    let instance = Instance { pipeline: "".into(), folder, memory: None, impure: false };
    let filters = match (plugin.into_entry().build)(&stage.settings, &instance) {
        Ok(filter) => Arc::new(filters(&stage, filter)),
        Err(problems) => {
            diagnostics.push_problems(&stage, problems);
            Arc::new(Filters::default())
        }
    };
    let mut reading = Reading::new(settings.root());
    let read = read(&mut reading, &filters);
    diagnostics.push_below(&Place::root(), reading.problems);
    let (tables, cases) = match read {
        Some(read) if diagnostics.is_empty() => read,
        _ => return Err(Failure::file(diagnostics)),
    };
    let names = tables.names();
    let verdicts: Vec<_> =
        cases.into_iter().map(|case| trial::run(case, &filters, &names)).collect::<Result<_, _>>()?;
    let passed = verdicts.iter().all(Verdict::passes);
    let outcome = outcome(&verdicts);
    if passed { Ok(outcome) } else { Err(Failure::Differences(outcome)) }
}

fn read(reading: &mut Reading<'_>, filters: &Filters) -> Option<(Tables, Vec<Case>)> {
    let frame: reading::Frame = reading.part(&Place::root())?;
    let mut tables = Tables::read(reading, &frame);
    let cases = cases::read(reading, &frame, &mut tables, filters);
    tables.report_unused(reading);
    Some((tables, cases))
}

/// Returns the stage that a pipeline file would have for the component and these settings.
fn stage(file: &Path, limits: Limits, settings: &Settings) -> Stage {
    let config = settings.root().get("config").cloned();
    Stage {
        kind: StageKind::Filter,
        path: Place::root(),
        reference: PluginReference::Component {
            path: file.to_owned(),
            sha256: None,
            limits,
            grants: Vec::new(),
            on_error: OnError::DeadLetter,
        },
        settings: config.map_or_else(Settings::empty, Settings::new),
    }
}

/// Returns the filter alone; rows that it refuses or fails on are looked at one by one.
fn filters(stage: &Stage, filter: Box<dyn Filter>) -> Filters {
    let plugin = stage.reference.to_string().into();
    let on_error = tidegate_engine::OnError::DeadLetter;
    Filters::new(vec![FilterStage { plugin, filter, on_error }], "")
}

fn outcome(verdicts: &[Verdict]) -> Outcome {
    let passed = verdicts.iter().filter(|verdict| verdict.passes()).count();
    let cases: Vec<Value> = verdicts.iter().map(Verdict::to_json).collect();
    Outcome {
        result: json!({ "passed": passed, "failed": verdicts.len() - passed, "cases": cases }),
        text: verdicts.iter().map(Verdict::to_text).collect(),
    }
}
