//! Reads YAML text into the located value tree.
//!
//! The one module that knows the YAML library: its events are taken as they come, because only they tell the place
//! of every key. What a pipeline file has no use for (tags, several documents, merge keys) is refused by name.

mod scalar;
mod write;

pub use write::yaml_text;

use std::collections::{HashMap, HashSet};

use serde_saphyr::granit_parser::{self, ErrorKind, Event, Parser, ScalarStyle, ScanError};
use tidegate_plugin::settings::{Entry, Node, Span, Text, Value};

use crate::diagnostic::Diagnostic;

/// Longest text that is read, in bytes.
pub(crate) const TEXT_BYTES_MAX: usize = 4 << 20;

/// Most values that a file may stand for, those repeated by aliases counted again each time.
const NODES_MAX: usize = 200_000;

/// Deepest nesting of lists and mappings.
const NESTING_MAX: usize = 64;

/// Reads the text.
///
/// Returns as much of the tree as could be read; where the syntax is broken that is nothing.
pub(crate) fn read(text: &str) -> (Option<Node>, Vec<Diagnostic>) {
    let options = granit_parser::options! {
        disallow_directives: true,
        strict_indentation: true,
        emit_comments: false,
    };
    let mut reader = Reader {
        parser: Parser::new_from_str_with_options(text, options),
        text,
        anchors: HashMap::new(),
        used: HashSet::new(),
        nodes: 0,
        mistakes: Vec::new(),
    };
    match reader.document() {
        Ok(node) => {
            reader.report_unused_anchors();
            (node, reader.mistakes)
        }
        Err(broken) => (None, reader.mistakes.into_iter().chain([*broken]).collect()),
    }
}

/// Reading cannot go on; boxed because it travels through every level.
type Broken = Box<Diagnostic>;

type Located<'t> = (Event<'t>, Span);

/// What an anchor stands for.
struct Anchored {
    node: Node,
    /// How many values that is.
    size: usize,
    /// How deep they are nested.
    height: usize,
}

struct Reader<'t> {
    parser: Parser<'t, granit_parser::StrInput<'t>>,
    text: &'t str,
    anchors: HashMap<usize, Anchored>,
    /// The anchors that an alias refers to.
    used: HashSet<usize>,
    nodes: usize,
    /// What is wrong, but does not keep the rest from being read.
    mistakes: Vec<Diagnostic>,
}

impl<'t> Reader<'t> {
    fn document(&mut self) -> Result<Option<Node>, Broken> {
        let mut document = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(document),
                Event::DocumentStart(..) if document.is_some() => {
                    let message = "a second document starts here";
                    let help = "a file holds one document: move the second one to a file of its own";
                    return Err(Box::new(Diagnostic::error("yaml-unsupported", message).at(span).help(help)));
                }
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                _ => document = Some(self.node((event, span), 0)?),
            }
        }
    }

    fn next(&mut self) -> Result<Located<'t>, Broken> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                let start = self.offset(span.start);
                let end = self.offset(span.end).max(start);
                Ok((event, Span { start, end }))
            }
            Some(Err(error)) => Err(Box::new(self.syntax(&error))),
            None => Ok((Event::StreamEnd, Span { start: self.text.len(), end: self.text.len() })),
        }
    }

    fn offset(&self, marker: granit_parser::Marker) -> usize {
        marker.byte_offset().unwrap_or(self.text.len()).min(self.text.len())
    }

    fn syntax(&self, error: &ScanError) -> Diagnostic {
        let start = self.offset(*error.marker());
        let message = match error.kind() {
            ErrorKind::RecursionLimitExceeded => too_deep(),
            ErrorKind::DirectiveDisallowed => "directives such as `%YAML` are not read".to_owned(),
            ErrorKind::UnknownAnchor => "no anchor of this name stands before".to_owned(),
            _ => error.info(),
        };
        let diagnostic = Diagnostic::error("yaml-syntax", message).at(Span { start, end: start });
        match syntax_help(error.kind()) {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }

    fn node(&mut self, (event, span): Located<'t>, depth: usize) -> Result<Node, Broken> {
        self.count(1, span)?;
        let counted = self.nodes;
        let anchor = event.anchor_id();
        if event.tag().is_some() {
            let message = "tags such as `!!str` are not read";
            let help = "leave the tag out; quotes make text of anything";
            self.mistakes.push(Diagnostic::error("yaml-unsupported", message).at(span).help(help));
        }
        let node = match event {
            Event::Scalar(value, style, ..) => Node { value: self.scalar(&value, style), span: Some(span) },
            Event::SequenceStart(..) => self.sequence(span, depth + 1)?,
            Event::MappingStart(..) => self.mapping(span, depth + 1)?,
            Event::Alias(anchor) => self.alias(anchor, span, depth)?,
            _ => return Err(self.unsupported("this cannot be read", span)),
        };
        if let Some(anchor) = anchor {
            let size = self.nodes.saturating_sub(counted).saturating_add(1);
            self.anchors.insert(anchor, Anchored { node: node.clone(), size, height: height(&node) });
        }
        Ok(node)
    }

    fn scalar(&self, value: &str, style: ScalarStyle) -> Value {
        match style {
            ScalarStyle::Plain => scalar::plain(value),
            _ => Value::String(Text::plain(value)),
        }
    }

    fn report_unused_anchors(&mut self) {
        let mut unused: Vec<_> =
            self.anchors.iter().filter(|(anchor, _)| !self.used.contains(anchor)).collect();
        unused.sort_by_key(|(anchor, _)| **anchor);
        self.mistakes.extend(unused.into_iter().map(|(_, anchored)| {
            let help = "remove it, or repeat the value elsewhere with `*` and the anchor's name";
            let diagnostic =
                Diagnostic::error("unused-anchor", "no alias refers to the anchor of this value");
            diagnostic.maybe_at(anchored.node.span).help(help)
        }));
    }

    fn alias(&mut self, anchor: usize, span: Span, depth: usize) -> Result<Node, Broken> {
        self.used.insert(anchor);
        match self.anchors.get(&anchor) {
            Some(anchored) => {
                self.check_depth(span, depth.saturating_add(anchored.height))?;
                let (node, size) = (anchored.node.clone(), anchored.size);
                self.count(size, span)?;
                Ok(node)
            }
            // The anchor is only known once its node is complete.
            None => Err(self.unsupported("this alias stands inside of what it refers to", span)),
        }
    }

    fn sequence(&mut self, start: Span, depth: usize) -> Result<Node, Broken> {
        self.check_depth(start, depth)?;
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(Node { value: Value::Sequence(items), span: Some(self.between(start, span)) });
            }
            items.push(self.node((event, span), depth)?);
        }
    }

    fn mapping(&mut self, start: Span, depth: usize) -> Result<Node, Broken> {
        self.check_depth(start, depth)?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = HashSet::new();
        loop {
            let (event, key_span) = self.next()?;
            let key = match event {
                Event::MappingEnd => {
                    return Ok(Node {
                        value: Value::Mapping(entries),
                        span: Some(self.between(start, key_span)),
                    });
                }
                Event::Scalar(key, ..) => key.into_owned(),
                _ => return Err(self.unsupported("a key must be plain text", key_span)),
            };
            let event = self.next()?;
            let value = self.node(event, depth)?;
            if key == "<<" {
                let message = "merge keys (`<<`) are not read";
                let help = "repeat the keys, or repeat a whole value with an alias (`*name`)";
                self.mistakes.push(Diagnostic::error("yaml-unsupported", message).at(key_span).help(help));
            } else if seen.insert(key.clone()) {
                entries.push(Entry { key, key_span: Some(key_span), value });
            } else {
                let message = "this key stands a second time in its mapping";
                self.mistakes.push(Diagnostic::error("duplicate-key", message).at(key_span));
            }
        }
    }

    /// A block has no closing sign; its end is taken back to its last visible letter.
    fn between(&self, start: Span, end: Span) -> Span {
        let inside = self.text.get(start.start..end.end.max(start.end)).unwrap_or_default();
        Span { start: start.start, end: start.start + inside.trim_end().len() }
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), Broken> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > NODES_MAX {
            let message = format!("the file stands for more than {NODES_MAX} values");
            return Err(Box::new(Diagnostic::error("yaml-too-large", message).at(span)));
        }
        Ok(())
    }

    fn check_depth(&self, span: Span, depth: usize) -> Result<(), Broken> {
        if depth > NESTING_MAX {
            return Err(Box::new(Diagnostic::error("yaml-too-large", too_deep()).at(span)));
        }
        Ok(())
    }

    fn unsupported(&self, message: &str, span: Span) -> Broken {
        Box::new(Diagnostic::error("yaml-unsupported", message).at(span))
    }
}

/// Names the usual cause of a mistake that the library sees only where it can go no further.
fn syntax_help(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::UnclosedQuotedScalar => {
            "a quote that is opened further up may not be closed"
        }
        ErrorKind::InvalidIndentation
        | ErrorKind::InvalidFlowScalarIndent
        | ErrorKind::UnclosedFlowCollection { .. } => {
            "a `{` or `[` that is opened further up may not be closed, or the spaces before this line are wrong"
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::MappingKeyNotAllowed => {
            "the spaces before the line may be wrong; text that holds `: ` needs quotes"
        }
        ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation | ErrorKind::TabNotAllowed => {
            "put spaces in the place of tabs"
        }
        _ => return None,
    })
}

fn too_deep() -> String {
    format!("lists and mappings are nested more than {NESTING_MAX} deep")
}

fn height(node: &Node) -> usize {
    match &node.value {
        Value::Sequence(items) => 1 + items.iter().map(height).max().unwrap_or(0),
        Value::Mapping(entries) => 1 + entries.iter().map(|entry| height(&entry.value)).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::String(_) => 0,
    }
}
