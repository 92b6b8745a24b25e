//! The filters, in the order in which DM asks its own.

use crate::{pipeline::Stage, rules::references, tree};
use std::collections::BTreeSet;
use tidegate_config::StageKind;
use tidegate_plugin::settings::{Node, Settings, Span, Value};

/// What the user should know, with its place.
type Notes = Vec<(Option<Span>, String)>;

/// Returns the filters of an instance. Rules that have DM's keys keep them: the filters have the same ones.
pub(super) fn filters(task: &Node, source: &Node, instance: &Node, notes: &mut Notes) -> Vec<Stage> {
    let is_sensitive = tree::flag(task, "case-sensitive") || tree::flag(source, "case-sensitive");
    let rules = |list: &str, key: &str| {
        // A name that stands twice is a mistake that was told.
        let mut seen = BTreeSet::new();
        let names = references(instance, key).into_iter().filter_map(|name| Some(name.as_text()?.expose()));
        let rules =
            names.filter(|name| seen.insert(*name)).filter_map(|name| task.get(list)?.get(name).cloned());
        rules.collect::<Vec<Node>>()
    };
    let cased = |rules: Vec<Node>| {
        let rules = rules.into_iter().map(|rule| with_case(rule, is_sensitive));
        rules.collect::<Vec<Node>>()
    };
    let list = ["block-allow-list", "black-white-list"].iter().find_map(|key| {
        let name = references(instance, key).first()?.as_text()?;
        ["block-allow-list", "black-white-list"].iter().find_map(|list| task.get(list)?.get(name.expose()))
    });
    // Without a list it still keeps the server's own schemas out.
    let list = list.cloned().unwrap_or_else(|| tree::mapping(instance.span, []));
    let mut events = rules("filters", "filter-rules");
    add_rules_of_source(&mut events, source, is_sensitive, notes);
    let source_id = tree::text(source, "source-id").map_or("", |id| id.expose());
    let routes = cased(rules("routes", "route-rules")).into_iter().map(|rule| with_source(rule, source_id));
    let mut stages = vec![stage("block-allow-list", with_case(list, is_sensitive))];
    let lists = [
        ("binlog-event", cased(events)),
        ("expression-filter", rules("expression-filter", "expression-filters")),
        ("column-mapping", cased(rules("column-mappings", "column-mapping-rules"))),
        ("route", routes.collect()),
    ];
    let lists = lists.into_iter().filter(|(_, rules)| !rules.is_empty());
    stages.extend(lists.map(|(plugin, rules)| {
        let span = rules.first().and_then(|rule| rule.span);
        stage(plugin, tree::node(Value::Sequence(rules), span))
    }));
    stages
}

fn stage(plugin: &'static str, settings: Node) -> Stage {
    Stage { kind: StageKind::Filter, plugin, settings: Settings::new(settings) }
}

fn with_case(rule: Node, is_sensitive: bool) -> Node {
    if is_sensitive { tree::with(rule, "case-sensitive", tree::node(Value::Bool(true), None)) } else { rule }
}

/// A column that is made of the source's name is made of the id that DM knows it by.
fn with_source(mut rule: Node, source_id: &str) -> Node {
    if let Value::Mapping(entries) = &mut rule.value {
        for entry in entries.iter_mut().filter(|entry| entry.key == "extract-source") {
            entry.value = tree::with(entry.value.clone(), "source", tree::plain(source_id, None));
        }
    }
    rule
}

/// The source's rules come behind the task's; of two with the same patterns DM keeps the task's.
fn add_rules_of_source(rules: &mut Vec<Node>, source: &Node, is_sensitive: bool, notes: &mut Notes) {
    let patterns = |rule: &Node| {
        ["schema-pattern", "table-pattern"].map(|key| {
            let text = tree::text(rule, key).map_or("", |text| text.expose());
            if is_sensitive { text.to_owned() } else { text.to_lowercase() }
        })
    };
    let of_task: Vec<_> = rules.iter().map(patterns).collect();
    for rule in tree::items(source, "filters") {
        if of_task.contains(&patterns(rule)) {
            let note = "the rule is not used: a rule of the task has the same patterns";
            notes.push((rule.span, note.to_owned()));
        } else {
            rules.push(rule.clone());
        }
    }
}
