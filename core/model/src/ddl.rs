//! Schema changes: their text, the elements that filters judge, and the splicing of names.
//!
//! A statement is never printed from a syntax tree: names are replaced and elements cut in the original text, so that
//! nothing else of it changes.

use crate::{Checkpoint, SchemaChange, Session, TableName, Transaction};
use std::{ops::Range, sync::Arc};

mod event;

pub use event::DdlEvent;

/// A schema change in the stream; always alone, never inside a batch.
#[derive(Clone, Debug)]
pub struct Ddl {
    /// The statement as the source ran it.
    pub statement: Statement,
    /// For CREATE TABLE … LIKE, the same table written out as the source has it: sent where the target's copy of the
    /// model may be missing or differ.
    pub expanded: Option<Statement>,
    /// The session it ran under.
    pub session: Arc<Session>,
    /// How the source reads statements.
    pub grammar: Arc<dyn Grammar>,
    /// The statements that the target is to run, in order: filled by the filters' host, empty if all was dropped.
    pub targets: Vec<TargetStatement>,
    /// What the statement changed of the tracked schemas, filtered or not.
    pub schemas: Vec<SchemaChange>,
    /// The transaction that the statement is.
    pub transaction: Transaction,
    /// Where the reader stands before the statement.
    pub begin: Checkpoint,
    /// Where the reader stands after it.
    pub end: Checkpoint,
}

/// Takes statements apart as their source does: in its dialect, and with its case of names.
pub trait Grammar: std::fmt::Debug + Send + Sync {
    /// Takes the text of one schema change apart, as if `session` had run it.
    ///
    /// # Errors
    /// Why it is none that the source could have run and a sink can follow.
    fn read(&self, sql: &str, session: &Session) -> Result<Statement, String>;
}

/// A statement for the target: names routed, dropped elements cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetStatement {
    /// The SQL text. Every table name in it is qualified.
    pub sql: String,
    /// The tables (or schemas) that it is about, under their target names, paired with their source names.
    pub tables: Vec<(TableName, TableName)>,
    /// Those of the target names that the filters may give to other source tables as well.
    pub merged: Vec<TableName>,
}

/// A DDL statement taken apart, as far as filters and splicing need it. All spans are byte ranges of `sql`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The text, in UTF-8.
    pub sql: String,
    /// What the statement is made of, in order: the specs of an ALTER, the tables of a DROP, the pairs of a RENAME; one
    /// element for everything else.
    pub elements: Vec<Element>,
    /// Every place where a table or schema is named.
    pub names: Vec<Name>,
    /// What stays if elements are cut: from the first byte of the first element to the last byte of the last one lies
    /// the comma-separated list of elements. `None` if elements cannot be cut from the statement.
    pub list: Option<Range<usize>>,
}

/// A part of a DDL statement that filters judge by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// What it does, in DM's vocabulary.
    pub event: DdlEvent,
    /// The table that it is about, or the schema.
    pub table: TableName,
    /// The table's new name, for a rename.
    pub renamed_to: Option<TableName>,
    /// Where it stands.
    pub span: Range<usize>,
}

/// A place in a statement that names a table or a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Where it stands, qualifier and quotes included.
    pub span: Range<usize>,
    /// What it names, with the default schema filled in.
    pub table: TableName,
    /// Why it stands there.
    pub role: NameRole,
}

/// Why a statement names a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameRole {
    /// It is what the statement changes.
    Subject,
    /// It is the new name of a renamed table.
    NewName,
    /// It is the parent in a foreign key.
    Parent,
    /// It is the model in CREATE TABLE … LIKE.
    Model,
    /// It is the other table of EXCHANGE PARTITION.
    Exchanged,
    /// It is a table that the statement reads (CREATE TABLE … SELECT) or merges (UNION=).
    Read,
}

impl Statement {
    /// Returns the text with the elements that `keep` denies cut out and the names that `rename` answers replaced;
    /// `None` if no element is left, or if a part of the elements would have to be cut from a statement that cannot be
    /// cut.
    ///
    /// `keep` has one entry an element; missing entries keep. A replaced name is written qualified and quoted.
    pub fn render(&self, keep: &[bool], rename: impl Fn(&Name) -> Option<TableName>) -> Option<String> {
        let kept = |index: usize| keep.get(index).copied().unwrap_or(true);
        let all = (0..self.elements.len()).all(kept);
        if !(0..self.elements.len()).any(kept) {
            return None;
        }
        if all {
            return Some(self.spliced(0..self.sql.len(), &rename));
        }
        let list = self.list.clone()?;
        let mut text = self.spliced(0..list.start, &rename);
        let parts = self.elements.iter().enumerate().filter(|(index, _)| kept(*index));
        let parts: Vec<String> =
            parts.map(|(_, element)| self.spliced(element.span.clone(), &rename)).collect();
        text.push_str(&parts.join(", "));
        text.push_str(&self.spliced(list.end..self.sql.len(), &rename));
        Some(text)
    }

    /// Returns the names that stand in the elements that `keep` keeps, or outside of all elements.
    pub fn kept_names<'a>(&'a self, keep: &'a [bool]) -> impl Iterator<Item = &'a Name> {
        self.names.iter().filter(move |name| {
            let element = self.elements.iter().position(|element| {
                element.span.start <= name.span.start && name.span.end <= element.span.end
            });
            element.is_none_or(|index| keep.get(index).copied().unwrap_or(true))
        })
    }

    fn spliced(&self, span: Range<usize>, rename: &impl Fn(&Name) -> Option<TableName>) -> String {
        let mut text = String::with_capacity(span.len());
        let mut at = span.start;
        for name in
            self.names.iter().filter(|name| span.start <= name.span.start && name.span.end <= span.end)
        {
            let Some(new) = rename(name) else { continue };
            text.push_str(self.sql.get(at..name.span.start).unwrap_or_default());
            text.push_str(&new.quoted());
            at = name.span.end;
        }
        text.push_str(self.sql.get(at..span.end).unwrap_or_default());
        text
    }
}

#[cfg(test)]
mod tests;
