//! The source and the sink.

use super::Translator;
use crate::{pipeline::Stage, rules::references, tree};
use tidegate_config::{Diagnostic, StageKind};
use tidegate_plugin::settings::{Node, Settings, Text, Value};

/// Most lanes of the sink.
const LANES_MAX: i128 = 64;

impl Translator<'_> {
    pub(super) fn source(&mut self, connection: Node, source: &Node, instance: &Node) -> Stage {
        let mut settings = connection;
        if let (Some(_), Some(id)) = (tree::number(source, "server-id"), source.get("server-id")) {
            settings = tree::with(settings, "server-id", id.clone());
        }
        if let Some(start) = self.start(source, instance) {
            settings = tree::with(settings, "start", start);
        }
        Stage { kind: StageKind::Source, plugin: "mysql", settings: Settings::new(settings) }
    }

    fn start(&mut self, source: &Node, instance: &Node) -> Option<Node> {
        let by_gtid = tree::flag(source, "enable-gtid");
        let Some(meta) = instance.get("meta") else {
            let note = "the instance has no `meta`: the pipeline has no `start`, and needs a checkpoint at the target";
            self.notes.push((instance.span, note.to_owned()));
            return None;
        };
        let gtid = tree::text(meta, "binlog-gtid").and(meta.get("binlog-gtid"));
        let name = tree::text(meta, "binlog-name").zip(meta.get("binlog-name"));
        match (gtid, name) {
            (None, None) => {
                let message = "`meta` names no place to start at: neither `binlog-name` nor `binlog-gtid`";
                self.mistakes.push(Diagnostic::error("missing-key", message).maybe_at(meta.span));
                None
            }
            (Some(gtid), name) if by_gtid => {
                if let Some((_, name)) = name {
                    let note =
                        "`binlog-name` and `binlog-pos` are not used: the source has `enable-gtid: true`";
                    self.notes.push((name.span, note.to_owned()));
                }
                Some(tree::mapping(meta.span, [("gtid", gtid.clone())]))
            }
            (Some(gtid), None) => {
                let message = "`binlog-gtid` is not used without the source's `enable-gtid: true`, and there is no `binlog-name`";
                let help = "set `enable-gtid: true` in the source file, or name the file and position";
                let mistake = Diagnostic::error("useless-key", message).maybe_at(gtid.span);
                self.mistakes.push(mistake.help(help));
                None
            }
            (gtid, Some((name, node))) => {
                if let Some(gtid) = gtid {
                    let note = "`binlog-gtid` is not used without the source's `enable-gtid: true`";
                    self.notes.push((gtid.span, note.to_owned()));
                }
                let file = tree::node(Value::String(without_folder(name)), node.span);
                let position = tree::number(meta, "binlog-pos").and(meta.get("binlog-pos"));
                let position = position.map(|position| ("position", position.clone()));
                Some(tree::mapping(meta.span, [("file", file)].into_iter().chain(position)))
            }
        }
    }

    pub(super) fn sink(&mut self, connection: Node, task: &Node, instance: &Node) -> Stage {
        let named = references(instance, "syncer-config-name").first().and_then(|name| name.as_text());
        let named = named.and_then(|name| task.get("syncers")?.get(name.expose()));
        let syncer = instance.get("syncer").or(named);
        let count = |node: &Node, key| tree::number(node, key).zip(node.get(key).cloned());
        let workers = count(instance, "syncer-thread");
        let workers = workers.or_else(|| syncer.and_then(|syncer| count(syncer, "worker-count")));
        let mut settings = connection;
        if let Some((workers, node)) = workers {
            if workers > LANES_MAX {
                let note =
                    format!("{workers} workers are more than the {LANES_MAX} lanes that a sink can have");
                self.notes.push((node.span, note));
            }
            let lanes = tree::node(Value::Integer(workers.min(LANES_MAX)), node.span);
            settings = tree::with(settings, "lanes", lanes);
        }
        Stage { kind: StageKind::Sink, plugin: "mysql", settings: Settings::new(settings) }
    }
}

/// Takes the number of a relay log's folder out of a file's name: `mysql-bin|000001.000003` is `mysql-bin.000003`.
fn without_folder(name: &Text) -> Text {
    let text = name.expose();
    let plain = text.split_once('|').and_then(|(base, rest)| {
        let (folder, number) = rest.split_once('.')?;
        let digits = |text: &str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit());
        (digits(folder) && digits(number)).then(|| format!("{base}.{number}"))
    });
    plain.map_or_else(|| name.clone(), Text::plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_a_relay_log_is_no_part_of_a_files_name() {
        for (name, plain) in [
            ("mysql-bin|000001.000003", "mysql-bin.000003"),
            ("mysql-bin.000003", "mysql-bin.000003"),
            ("odd|name.000003", "odd|name.000003"),
        ] {
            assert_eq!(without_folder(&Text::plain(name)).expose(), plain);
        }
    }
}
