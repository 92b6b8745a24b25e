//! Draws diagnostics for people.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::{Colour, Diagnostic, Severity};
use crate::document::Document;

pub(super) fn render<'a>(
    document: &Document,
    diagnostics: impl Iterator<Item = &'a Diagnostic>,
    colour: Colour,
) -> String {
    let renderer = match colour {
        Colour::Never => Renderer::plain(),
        Colour::Always => Renderer::styled(),
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for diagnostic in diagnostics {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&draw(document, diagnostic, &renderer));
        text.push('\n');
    }
    text
}

/// Shows the first line only: a mistake in a long block is one of the block, not of each of its lines.
fn draw(document: &Document, diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
    };
    let mut group =
        annotate_snippets::Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.code));
    match diagnostic.span {
        Some(span) => {
            let excerpt = document.excerpt(span);
            let snippet = Snippet::source(excerpt.text)
                .path(&document.name)
                .line_start(excerpt.line)
                .annotation(AnnotationKind::Primary.span(excerpt.marked));
            group = group.element(snippet);
        }
        None => group = group.element(annotate_snippets::Origin::path(&document.name)),
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    renderer.render(&[group])
}
