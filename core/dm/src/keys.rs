//! The table of every key of DM's files: what it takes, and what becomes of it.
//!
//! It is the one truth: the reader, the diagnostics and the page `docs/reference/dm.md` are made from it.

mod connection;
mod page;
mod rules;
mod schema;
mod source;
mod task;
mod units;

pub use page::page;
pub(crate) use schema::schema_of;

/// Which of DM's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// `source.yaml`: one MySQL or MariaDB.
    Source,
    /// `task.yaml`: what is replicated from which sources to one target.
    Task,
}

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Text; as in DM any single value is text.
    Text,
    /// Text that is never shown.
    Secret,
    /// `true` or `false`, also as YAML 1.1 writes them: `yes`, `on`, `no`, `off`.
    Flag,
    /// A whole number from the first to the second.
    Number(i64, i64),
    /// One of these words.
    Words(&'static [&'static str]),
    /// A span of time as Go writes it: `1h30m`, `10s`.
    Duration,
    /// A list of texts.
    Texts,
    /// A list of texts, or one text.
    TextOrTexts,
    /// A mapping, whose keys are in the table too; `*` is any key.
    Section,
    /// A list of mappings.
    Sections,
    /// Anything.
    Anything,
}

/// What becomes of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// It does here what it does in DM; by what.
    Honoured(&'static str),
    /// It changes nothing, and why.
    WithoutEffect(&'static str),
    /// It cannot be had.
    Refused {
        /// Why.
        why: &'static str,
        /// What to do.
        instead: &'static str,
    },
    /// What becomes of the section that it stands in becomes of it.
    AsSection,
}

use Treatment::{AsSection, Honoured, Refused, WithoutEffect};

/// A row of the table, with its path inside the section that it stands in.
#[derive(Debug)]
pub(crate) struct Row {
    path: &'static str,
    takes: Takes,
    default: Option<&'static str>,
    treatment: Treatment,
    required: bool,
    remark: &'static str,
    values: &'static [(&'static str, Treatment)],
}

impl Row {
    const fn new(path: &'static str, takes: Takes, treatment: Treatment) -> Self {
        Self { path, takes, default: None, treatment, required: false, remark: "", values: &[] }
    }

    /// A key that has no other treatment than its section.
    const fn inner(path: &'static str, takes: Takes) -> Self {
        Self::new(path, takes, AsSection)
    }

    /// DM's default. Where a key has it, it is as if it did not stand there.
    const fn default(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// What is to be said of its age.
    const fn remark(mut self, remark: &'static str) -> Self {
        self.remark = remark;
        self
    }

    /// Values that have a treatment of their own.
    const fn values(mut self, values: &'static [(&'static str, Treatment)]) -> Self {
        self.values = values;
        self
    }
}

/// A key of one of DM's files.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its path in the file, such as `mysql-instances[].meta.binlog-name`; `[]` is any item, `*` any name.
    pub path: String,
    /// What it takes.
    pub takes: Takes,
    /// DM's default, if it has one.
    pub default: Option<&'static str>,
    /// What becomes of it.
    pub treatment: Treatment,
    /// Whether it must be there.
    pub required: bool,
    /// What is to be said of its age: old names, deprecation.
    pub remark: &'static str,
    /// Values that have a treatment of their own.
    pub values: &'static [(&'static str, Treatment)],
}

impl Key {
    /// Returns what becomes of the key with this value, which is none for a list or a mapping.
    #[must_use]
    pub fn treatment_of(&self, value: Option<&str>) -> Treatment {
        let of_value = self.values.iter().find(|(word, _)| Some(*word) == value);
        of_value.map_or(self.treatment, |(_, treatment)| *treatment)
    }
}

/// Returns every key of a file, each section before what stands in it.
#[must_use]
pub fn keys(file: File) -> Vec<Key> {
    let mut keys = Vec::new();
    match file {
        File::Source => {
            for row in source::ROWS {
                add(&mut keys, "", row);
                match row.path {
                    "from" => add_all(&mut keys, "from.", connection::SOURCE),
                    "filters" => add_all(&mut keys, "filters[].", rules::EVENT),
                    _ => {}
                }
            }
        }
        File::Task => task::ROWS.iter().for_each(|row| {
            add(&mut keys, "", row);
            add_all(&mut keys, &below(row), section_of(row.path));
            if row.path == "mysql-instances" {
                add_instance_sections(&mut keys);
            }
        }),
    }
    keys
}

/// The rows of a section of the task file.
fn section_of(path: &str) -> &'static [Row] {
    match path {
        "target-database" => connection::TARGET,
        "mysql-instances" => task::INSTANCE,
        "routes.*" => rules::ROUTE,
        "filters.*" => rules::EVENT,
        "expression-filter.*" => rules::EXPRESSION,
        "block-allow-list.*" | "black-white-list.*" => rules::LIST,
        "column-mappings.*" => rules::MAPPING,
        "mydumpers.*" => units::MYDUMPER,
        "loaders.*" => units::LOADER,
        "syncers.*" => units::SYNCER,
        "validators.*" => units::VALIDATOR,
        _ => &[],
    }
}

/// The units' settings may stand in an instance too.
fn add_instance_sections(keys: &mut Vec<Key>) {
    for (unit, rows) in [("mydumper", units::MYDUMPER), ("loader", units::LOADER), ("syncer", units::SYNCER)]
    {
        let section = format!("mysql-instances[].{unit}");
        let place = keys.iter().position(|key| key.path == section).map_or(keys.len(), |place| place + 1);
        let mut inner = Vec::new();
        add_all(&mut inner, &format!("{section}."), rows);
        keys.splice(place..place, inner);
    }
}

fn below(row: &Row) -> String {
    match row.takes {
        Takes::Sections => format!("{}[].", row.path),
        _ => format!("{}.", row.path),
    }
}

fn add_all(keys: &mut Vec<Key>, prefix: &str, rows: &'static [Row]) {
    rows.iter().for_each(|row| add(keys, prefix, row));
}

fn add(keys: &mut Vec<Key>, prefix: &str, row: &'static Row) {
    let Row { path, takes, default, treatment, required, remark, values } = row;
    keys.push(Key {
        path: format!("{prefix}{path}"),
        takes: *takes,
        default: *default,
        treatment: *treatment,
        required: *required,
        remark,
        values,
    });
}
