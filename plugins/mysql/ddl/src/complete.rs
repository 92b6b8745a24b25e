//! Character sets and collations that a statement leaves to defaults, where the target's differ from the source's.
//!
//! Nothing but these clauses is put into a statement; all else stays as it is written.

use crate::{
    CharsetClause, ColumnDefinition, DataType, Definition, Flavor, Spec, StatementKind, TableOptions,
    collation::{NOT_KNOWN, Rules},
};
use tidegate_model::{Session, charset::Collation};

/// Text to be put into a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insertion {
    /// Where, as a byte offset of the statement's text.
    pub at: usize,
    /// What.
    pub text: String,
}

/// What a server takes where a statement says nothing.
#[derive(Clone, Copy, Debug)]
pub struct Defaults<'a> {
    /// The session: its `utf8mb4_collation` counts.
    pub session: &'a Session,
    /// The server.
    pub flavor: Flavor,
    /// The collation that the statement's object inherits: of the server for a schema, of the schema for a new table,
    /// of the table for ALTER TABLE. 0 if not known.
    pub inherited: u16,
}

/// Returns what must be put into a statement so that the target takes the collations that the source took.
///
/// A default of the source that is not known is left alone, and so is `CONVERT TO CHARACTER SET DEFAULT`.
pub fn insertions(definition: &Definition, source: Defaults<'_>, target: Defaults<'_>) -> Vec<Insertion> {
    let elements = &definition.statement.elements;
    let end = |index: usize| elements.get(index).map(|element| element.span.end);
    let mut completion = Completion { source, target, insertions: Vec::new() };
    match &definition.kind {
        StatementKind::CreateSchema(create) => {
            completion.options(&create.options, true, Some(create.options_at))
        }
        StatementKind::AlterSchema { options, .. } => completion.options(options, false, end(0)),
        StatementKind::CreateTable(create) if create.like.is_none() => {
            for column in &create.columns {
                completion.column(column, false);
            }
            completion.options(&create.options, true, create.options_at);
        }
        StatementKind::AlterTable(alter) => {
            completion.inherit(&alter.specs);
            let converts = alter.specs.iter().any(|spec| matches!(spec, Spec::Convert { .. }));
            for (index, spec) in alter.specs.iter().enumerate() {
                completion.spec(spec, converts, end(index));
            }
        }
        _ => {}
    }
    completion.insertions.sort_by_key(|insertion| insertion.at);
    completion.insertions
}

/// Returns `sql` with `insertions`, which are in order, put in.
pub fn insert(sql: &str, insertions: &[Insertion]) -> String {
    let mut text = String::with_capacity(sql.len() + 32 * insertions.len());
    let mut at = 0;
    for insertion in insertions {
        text.push_str(sql.get(at..insertion.at).unwrap_or_default());
        text.push_str(&insertion.text);
        at = insertion.at;
    }
    text.push_str(sql.get(at..).unwrap_or_default());
    text
}

struct Completion<'a> {
    source: Defaults<'a>,
    target: Defaults<'a>,
    insertions: Vec<Insertion>,
}

impl Defaults<'_> {
    fn rules(&self) -> Rules<'_> {
        Rules { session: self.session, flavor: self.flavor }
    }
}

impl Completion<'_> {
    /// Lets new columns inherit what table options of the same ALTER say; both servers then take the same.
    fn inherit(&mut self, specs: &[Spec]) {
        for spec in specs {
            if let Spec::Options(options) = spec
                && (options.charset.is_some() || options.collation.is_some())
            {
                self.source.inherited = self.source.rules().of_options(options, self.source.inherited);
                self.target.inherited = self.source.inherited;
            }
        }
    }

    fn spec(&mut self, spec: &Spec, converts: bool, end: Option<usize>) {
        match spec {
            Spec::AddColumns { columns, .. } if !converts => {
                for column in columns {
                    self.column(column, true);
                }
            }
            Spec::ChangeColumn { column, .. } if !converts => self.column(column, true),
            Spec::Options(options) => self.options(options, false, end),
            Spec::Convert { charset: Some(charset), collation: None } => {
                let options = TableOptions { charset: Some(charset.clone()), ..TableOptions::default() };
                self.options(&options, false, end);
            }
            _ => {}
        }
    }

    /// Completes the options of a table or schema; `always` says whether it takes a default if they say nothing.
    fn options(&mut self, options: &TableOptions, always: bool, at: Option<usize>) {
        let by_default = options.charset.as_deref().is_none_or(|charset| charset == "default");
        if options.collation.is_some() || by_default && !always {
            return;
        }
        let of = |defaults: &Defaults<'_>| defaults.rules().of_options(options, defaults.inherited);
        if let (Some(collation), Some(at)) = (self.differing(of), at) {
            let charset = if by_default { Some(collation.charset.name()) } else { None };
            self.put(at, charset, Some(collation.name));
        }
    }

    /// Completes a column; `inherits` says whether what it inherits may differ as well.
    fn column(&mut self, column: &ColumnDefinition, inherits: bool) {
        let clause = &column.charset;
        let has_charset = matches!(
            column.data_type,
            DataType::Char { .. }
                | DataType::Varchar { .. }
                | DataType::Text { .. }
                | DataType::Enum { .. }
                | DataType::Set { .. }
        );
        if !has_charset || clause.collation.is_some() || clause.charset.is_none() && !inherits {
            return;
        }
        let of = |defaults: &Defaults<'_>| defaults.rules().of_column(clause, defaults.inherited);
        let Some(collation) = self.differing(of) else { return };
        match clause {
            // BINARY stands for the collation.
            CharsetClause { binary: true, charset: Some(_), .. } => {}
            CharsetClause { binary: true, .. } => {
                self.put(clause.charset_at, Some(collation.charset.name()), None);
            }
            CharsetClause { charset: Some(_), .. } => {
                self.put(clause.collation_at, None, Some(collation.name))
            }
            _ => self.put(clause.charset_at, Some(collation.charset.name()), Some(collation.name)),
        }
    }

    /// Returns the source's collation if it is known and the target would take another.
    fn differing(&self, of: impl Fn(&Defaults<'_>) -> u16) -> Option<&'static Collation> {
        let wanted = of(&self.source);
        if wanted == NOT_KNOWN || wanted == of(&self.target) {
            return None;
        }
        Collation::by_id(wanted)
    }

    fn put(&mut self, at: usize, charset: Option<&str>, collation: Option<&str>) {
        let charset = charset.map(|name| format!(" CHARACTER SET {}", old_name(name))).unwrap_or_default();
        let collation = collation.map(|name| format!(" COLLATE {}", old_name(name))).unwrap_or_default();
        self.insertions.push(Insertion { at, text: format!("{charset}{collation}") });
    }
}

/// Returns the name that every version of every server knows: `utf8` for `utf8mb3`.
fn old_name(name: &str) -> String {
    match name.strip_prefix("utf8mb3") {
        Some(rest) => format!("utf8{rest}"),
        None => name.to_owned(),
    }
}
