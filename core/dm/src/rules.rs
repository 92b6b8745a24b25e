//! The rules between the keys of a task: names that are defined and used, keys that exclude one another.

use crate::{files::Files, tree};
use std::collections::BTreeSet;
use tidegate_config::Diagnostic;
use tidegate_plugin::settings::{Node, Span, suggestion};

/// The lists of a task, and the keys of an instance that name what stands in them.
pub(crate) const LISTS: &[(&str, &[&str])] = &[
    ("routes", &["route-rules"]),
    ("filters", &["filter-rules"]),
    ("column-mappings", &["column-mapping-rules"]),
    ("expression-filter", &["expression-filters"]),
    ("block-allow-list", &["block-allow-list", "black-white-list"]),
    ("black-white-list", &["block-allow-list", "black-white-list"]),
    ("mydumpers", &["mydumper-config-name"]),
    ("loaders", &["loader-config-name"]),
    ("syncers", &["syncer-config-name"]),
    ("validators", &["validator-config-name"]),
];

/// Most characters of a source's id, which DM's tables hold.
const SOURCE_ID_CHARS_MAX: usize = 32;

/// Reports every rule that the files break.
pub(crate) fn check(files: &mut Files) {
    let mut mistakes = Vec::new();
    if let Some((task, sources)) = files.divided() {
        let root = &task.root;
        let instances = tree::items(root, "mysql-instances");
        if root.get("mysql-instances").is_some_and(tree::is_empty) {
            let place = root.entry("mysql-instances").and_then(|entry| entry.key_span);
            let message = "the task has no instance: nothing is replicated";
            mistakes.push(mistake("missing-key", message, place));
        }
        sources.iter().for_each(|source| source_id(&source.root, &mut mistakes));
        let of_sources: Vec<&Node> = sources.iter().map(|source| &source.root).collect();
        twice(&of_sources, "this source file has the id of another one", &mut mistakes);
        twice(&instances.iter().collect::<Vec<_>>(), "another instance has this source", &mut mistakes);
        sources_of(instances, &of_sources, &mut mistakes);
        old_lists(root, instances, &mut mistakes);
        names(root, instances, &mut mistakes);
        instances.iter().for_each(|instance| both_ways(instance, &mut mistakes));
        ghost_rules(root, &mut mistakes);
        time_zone(root, instances, &mut mistakes);
    }
    mistakes.into_iter().for_each(|mistake| files.push(mistake));
}

fn mistake(code: &'static str, message: impl Into<String>, place: Option<Span>) -> Diagnostic {
    Diagnostic::error(code, message).maybe_at(place)
}

fn source_id(source: &Node, mistakes: &mut Vec<Diagnostic>) {
    let Some(id) = source.get("source-id") else { return };
    let length = id.as_text().map_or(0, |text| text.expose().chars().count());
    if length == 0 || length > SOURCE_ID_CHARS_MAX {
        let message = format!("a source's id has 1 to {SOURCE_ID_CHARS_MAX} characters");
        mistakes.push(mistake("bad-name", message, id.span));
    }
}

fn twice(nodes: &[&Node], message: &str, mistakes: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for node in nodes {
        if let Some(id) = tree::text(node, "source-id")
            && !seen.insert(id.expose())
        {
            let place = node.get("source-id").and_then(|id| id.span);
            mistakes.push(mistake("duplicate-item", format!("`{}`: {message}", id.display()), place));
        }
    }
}

fn sources_of(instances: &[Node], sources: &[&Node], mistakes: &mut Vec<Diagnostic>) {
    let known: Vec<&str> =
        sources.iter().filter_map(|s| Some(tree::text(s, "source-id")?.expose())).collect();
    for instance in instances {
        let Some(id) = tree::text(instance, "source-id").filter(|id| !known.contains(&id.expose())) else {
            continue;
        };
        let message = format!("none of the source files has the id `{}`", id.display());
        let place = instance.get("source-id").and_then(|id| id.span);
        let help = suggestion(id.expose(), &known).filter(|help| help.starts_with("did you mean"));
        let help = help.unwrap_or_else(|| "name its source file with `--source`".to_owned());
        mistakes.push(mistake("unknown-name", message, place).help(help));
    }
}

/// The old and the new name of the block-allow list exclude one another: DM reads the new one only, in silence.
fn old_lists(root: &Node, instances: &[Node], mistakes: &mut Vec<Diagnostic>) {
    let is_set = |node: &Node, key: &str| match node.get(key) {
        Some(value) => !tree::is_empty(value) && tree::single(value).as_deref() != Some(""),
        None => false,
    };
    for node in [root].into_iter().chain(instances) {
        if is_set(node, "block-allow-list") && is_set(node, "black-white-list") {
            let message = "`black-white-list` is the old name of `block-allow-list`, which stands here too";
            let place = node.entry("black-white-list").and_then(|entry| entry.key_span);
            mistakes.push(mistake("useless-key", message, place).help("keep one of the two"));
        }
    }
}

fn names(root: &Node, instances: &[Node], mistakes: &mut Vec<Diagnostic>) {
    let mut used: BTreeSet<(&str, String)> = BTreeSet::new();
    for (list, keys) in LISTS {
        // Whatever it is called, it is one list.
        let lists: &[&str] = match *list {
            "black-white-list" => continue,
            "block-allow-list" => &["block-allow-list", "black-white-list"],
            list => &[list],
        };
        let defined: Vec<&str> = lists
            .iter()
            .flat_map(|list| tree::entries_of(root, list))
            .map(|entry| entry.key.as_str())
            .collect();
        for (instance, key) in instances.iter().flat_map(|i| keys.iter().map(move |key| (i, *key))) {
            let mut here = BTreeSet::new();
            for name in references(instance, key) {
                let Some(text) = name.as_text().map(|text| text.expose()) else { continue };
                if !here.insert(text) {
                    let message = format!("`{text}` is named twice");
                    mistakes.push(mistake("duplicate-item", message, name.span));
                }
                if defined.contains(&text) {
                    used.extend(lists.iter().map(|list| (*list, text.to_owned())));
                } else {
                    let message = format!("nothing in `{list}` is called `{text}`");
                    let unknown = mistake("unknown-name", message, name.span);
                    let help = suggestion(text, &defined);
                    let help = help.unwrap_or_else(|| format!("define it in the task's `{list}`"));
                    mistakes.push(unknown.help(help));
                }
            }
        }
    }
    for (list, keys) in LISTS {
        for entry in tree::entries_of(root, list) {
            if !used.contains(&(*list, entry.key.clone())) {
                let message = format!("no instance uses `{}`", entry.key);
                let key = keys.first().copied().unwrap_or_default();
                let help = format!("remove it, or name it in an instance's `{key}`");
                mistakes.push(mistake("unused-name", message, entry.key_span).help(help));
            }
        }
    }
}

/// Returns the names that a key of an instance holds: a list of them, or one.
pub(crate) fn references<'n>(instance: &'n Node, key: &str) -> Vec<&'n Node> {
    match instance.get(key) {
        Some(node) if node.as_text().is_some_and(|text| !text.expose().is_empty()) => vec![node],
        Some(_) => tree::items(instance, key).iter().collect(),
        None => Vec::new(),
    }
}

/// A unit's settings have a name, or stand in the instance.
fn both_ways(instance: &Node, mistakes: &mut Vec<Diagnostic>) {
    for unit in ["mydumper", "loader", "syncer"] {
        let key = format!("{unit}-config-name");
        if tree::text(instance, &key).is_some()
            && let Some(inline) = instance.entry(unit)
        {
            let message = format!("`{unit}` stands beside `{key}`: the settings are there twice");
            mistakes.push(mistake("useless-key", message, inline.key_span).help("keep one of the two"));
        }
    }
}

/// The expressions that tell ghost tables: each has one group, which is the real table's name.
fn ghost_rules(root: &Node, mistakes: &mut Vec<Diagnostic>) {
    for rule in ["shadow-table-rules", "trash-table-rules"].iter().flat_map(|key| tree::items(root, key)) {
        let Some(text) = rule.as_text() else { continue };
        let message = match regex::Regex::new(text.expose()) {
            Err(_) => "this is no regular expression".to_owned(),
            Ok(regex) if regex.captures_len() != 2 => {
                format!(
                    "the expression has {} groups; it needs one, the real table's name",
                    regex.captures_len() - 1
                )
            }
            Ok(_) => continue,
        };
        mistakes.push(mistake("bad-pattern", message, rule.span).help("such as `^_(.+)_(?:new|gho)$`"));
    }
}

/// A time zone matters to expressions only, which are not evaluated in one.
fn time_zone(root: &Node, instances: &[Node], mistakes: &mut Vec<Diagnostic>) {
    let Some(zone) = tree::text(root, "timezone") else { return };
    let place = root.get("timezone").and_then(|zone| zone.span);
    if !is_time_zone(zone.expose()) {
        let message = "this is no time zone";
        let help = "a name such as `Asia/Shanghai`, or an offset from `-12:59` to `+14:00`";
        mistakes.push(mistake("bad-value", message, place).help(help));
    } else if instances.iter().any(|instance| !references(instance, "expression-filters").is_empty()) {
        let message =
            "`timezone` is refused beside `expression-filters`: expressions are not evaluated in a time zone";
        let help = "remove `timezone`, and write TIMESTAMPs in expressions in UTC";
        mistakes.push(mistake("refused-key", message, place).help(help));
    }
}

/// Tells whether the text is an offset that MySQL takes, or may be a zone's name.
fn is_time_zone(text: &str) -> bool {
    let Some(offset) = text.strip_prefix(['+', '-']) else {
        return text.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-+/".contains(letter));
    };
    let parts = offset.split_once(':').and_then(|(hours, minutes)| {
        let good = (1..=2).contains(&hours.len()) && minutes.len() == 2;
        good.then_some((hours.parse::<u32>().ok()?, minutes.parse::<u32>().ok()?))
    });
    let most = if text.starts_with('+') { 14 * 60 } else { 12 * 60 + 59 };
    parts.is_some_and(|(hours, minutes)| minutes < 60 && hours * 60 + minutes <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_zones_are_names_and_offsets_in_their_range() {
        for good in ["Asia/Shanghai", "UTC", "+08:00", "-12:59", "+14:00", "Etc/GMT+8", "+8:00"] {
            assert!(is_time_zone(good), "{good}");
        }
        for bad in ["+14:01", "-13:00", "+8", "+08:60", "8", "Asia Shanghai", "+:00"] {
            assert!(!is_time_zone(bad), "{bad}");
        }
    }
}
