//! `from` and `target-database` as the connection of a source or sink.

use super::Translator;
use crate::{file::DmFile, password, pipeline::Variable, tree};
use std::path::Path;
use tidegate_config::Diagnostic;
use tidegate_plugin::settings::{Node, Secret, Text, Value};

/// Which end a connection leads to.
#[derive(Clone, Copy)]
pub(super) enum Side<'a> {
    /// The source of this id.
    Source(&'a str),
    Target,
}

impl Side<'_> {
    fn section(self) -> &'static str {
        match self {
            Self::Source(_) => "from",
            Self::Target => "target-database",
        }
    }

    /// The variable that stands for the password in a pipeline that is printed.
    fn variable(self) -> String {
        match self {
            Self::Source(id) => {
                let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
                let id: String = id.chars().map(letter).collect();
                format!("SOURCE_{}_PASSWORD", id.to_ascii_uppercase())
            }
            Self::Target => "TARGET_PASSWORD".to_owned(),
        }
    }
}

impl Translator<'_> {
    /// Returns the settings by which a plugin connects.
    pub(super) fn connection(
        &mut self,
        file: &DmFile,
        side: Side<'_>,
        variables: &mut Vec<Variable>,
    ) -> Node {
        let Some(section) = file.root.get(side.section()) else {
            return tree::mapping(file.root.span, []);
        };
        let mut settings = tree::mapping(section.span, []);
        for key in ["host", "port", "user"] {
            if let Some(value) = section.get(key) {
                settings = tree::with(settings, key, absolute(value.clone(), &file.folder));
            }
        }
        if let Some(password) = self.password(section, side, file, variables) {
            settings = tree::with(settings, "password", password);
        }
        match section.get("security").and_then(|security| tls(security, &file.folder)) {
            Some(tls) => tree::with(settings, "tls", tls),
            None => settings,
        }
    }

    fn password(
        &mut self,
        section: &Node,
        side: Side<'_>,
        file: &DmFile,
        variables: &mut Vec<Variable>,
    ) -> Option<Node> {
        let node = section.get("password")?;
        let text = tree::text(section, "password")?;
        let meant = match password::meant(text.expose(), self.keys) {
            Ok(meant) => meant,
            Err(error) => {
                let help =
                    "give the masters' key with `--secret-key-path`, or write `${env:NAME}` in its place";
                let mistake = Diagnostic::error("bad-password", error.to_string()).maybe_at(node.span);
                self.mistakes.push(mistake.help(help));
                return Some(node.clone());
            }
        };
        if text.reference().is_some() && meant == text.expose() {
            return Some(absolute(node.clone(), &file.folder));
        }
        let name = side.variable();
        let reference = format!("${{env:{name}}}");
        let place = self.files.place(node.span);
        variables.push(Variable { name, value: Secret::new(meant.as_str()), place });
        Some(tree::node(Value::String(Text::secret(meant, reference)), node.span))
    }
}

/// Certificates are verified as DM does it: by the authority, and by the host's name.
fn tls(security: &Node, folder: &Path) -> Option<Node> {
    let mut settings = tree::mapping(security.span, [("mode", tree::plain("verify-identity", None))]);
    let mut found = false;
    for (key, own) in [("ssl-ca", "ca"), ("ssl-cert", "cert"), ("ssl-key", "key")] {
        if let (Some(text), Some(node)) = (tree::text(security, key), security.get(key)) {
            let path = match text.reference() {
                Some(_) => absolute(node.clone(), folder),
                None => tree::plain(&folder.join(text.expose()).display().to_string(), node.span),
            };
            settings = tree::with(settings, own, path);
            found = true;
        }
    }
    found.then_some(settings)
}

/// Makes the paths of `${file:PATH}` absolute: the pipeline may lie in another folder than DM's file.
fn absolute(node: Node, folder: &Path) -> Node {
    let Some(text) = node.as_text() else { return node };
    let Some(reference) = text.reference() else { return node };
    let mut written = String::new();
    let mut rest = reference;
    while let Some((before, after)) = rest.split_once("${file:") {
        written.push_str(before);
        written.push_str("${file:");
        let path = after.split_once('}').map_or(after, |(path, _)| path);
        if before.ends_with('$') {
            // It is text.
            rest = after;
            continue;
        }
        written.push_str(&folder.join(path).display().to_string());
        rest = after.get(path.len()..).unwrap_or_default();
    }
    written.push_str(rest);
    tree::node(Value::String(Text::secret(text.expose(), written)), node.span)
}
