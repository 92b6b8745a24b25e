//! Renders a lane's share, packet by packet: deletes, updates, inserts, then what goes row by row.

mod rows;

use super::row::SetWriters;
use crate::{
    plan::{NetUpdate, Plan, RowRef, Share, Window},
    target::TargetTable,
};
use std::collections::HashMap;
use tidegate_model::ColumnKind;
use tidegate_mysql_connection::{Flavor, Version};
use tidegate_plugin::{PluginError, Result};

/// How large statements and packets become.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes after which a statement takes no further row.
    pub(crate) statement_bytes: usize,
    /// Rows of a statement.
    pub(crate) statement_rows: usize,
    /// Bytes after which a packet takes no further statement.
    pub(crate) packet_bytes: usize,
    /// Statements of a packet.
    pub(crate) packet_statements: usize,
    /// Bytes of the largest packet that the target takes.
    pub(crate) packet_max: usize,
}

/// Statements that are sent together, and what each must answer.
#[derive(Debug, Default)]
pub(crate) struct Packet {
    /// The statements, with semicolons between them.
    pub(crate) sql: Vec<u8>,
    /// One entry a statement.
    pub(crate) expected: Vec<Expected>,
}

/// What a statement must answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    /// What it does.
    pub(crate) verb: Verb,
    /// How many rows it is about.
    pub(crate) rows: u64,
    /// The first of them.
    pub(crate) first: Option<RowRef>,
    /// How many warnings it must give, if it runs in a lenient session.
    pub(crate) warnings: Option<u16>,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Inserts rows.
    Insert,
    /// Changes rows by an insert that finds them all.
    Upsert,
    /// Changes one row.
    Update,
    /// Deletes rows.
    Delete,
    /// Changes the session.
    Set,
}

enum Work<'a> {
    Delete(&'a [RowRef]),
    Update(&'a [NetUpdate]),
    Upsert(&'a [NetUpdate]),
    Insert(&'a [RowRef]),
    Ordered(&'a [RowRef]),
    Setting(&'static str),
}

/// Renders a share.
pub(crate) struct Renderer<'a> {
    window: &'a Window,
    plan: &'a Plan,
    version: Version,
    limits: Limits,
    writers: Vec<Option<SetWriters<'a>>>,
    shapes: HashMap<(usize, Vec<usize>), usize>,
    work: Vec<Work<'a>>,
    at: (usize, usize),
}

/// Sets the mode in which rows are applied.
pub(crate) const STRICT: &str =
    "SET sql_mode='STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'";
/// Sets the mode in which the error value of an ENUM is taken, with a warning.
const LENIENT: &str = "SET sql_mode='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'";
/// Lets TiDB take text that is ill-formed UTF-8.
const UNCHECKED: &str = "SET tidb_skip_utf8_check=1";
/// Lets TiDB look at text again.
pub(crate) const CHECKED: &str = "SET tidb_skip_utf8_check=0";

/// What a session must allow around one statement.
#[derive(Clone, Copy, Debug, Default)]
struct Leave {
    /// How many ENUM columns hold the error value.
    enum_errors: u16,
    /// Whether some text is ill-formed UTF-8.
    unchecked: bool,
}

impl Leave {
    fn give(self, packet: &mut Packet) {
        if self.unchecked {
            packet.setting(UNCHECKED);
        }
        if self.enum_errors > 0 {
            packet.setting(LENIENT);
        }
    }

    fn take_back(self, packet: &mut Packet) {
        if self.enum_errors > 0 {
            packet.setting(STRICT);
        }
        if self.unchecked {
            packet.setting(CHECKED);
        }
    }
}

/// Tells whether VALUES() gives what was inserted: TiDB turns the bytes of a BIT around.
fn has_exact_values(table: &TargetTable, flavor: Flavor) -> bool {
    let is_bit = |kind: &ColumnKind| matches!(kind, ColumnKind::Bit { .. });
    flavor != Flavor::TiDb || !table.columns.iter().any(|column| is_bit(&column.kind))
}

impl<'a> Renderer<'a> {
    /// Returns a renderer for a share. `upserts` tells whether updates may go as inserts that find their rows.
    pub(crate) fn new(
        window: &'a Window,
        plan: &'a Plan,
        share: &'a Share,
        version: Version,
        limits: Limits,
        upserts: bool,
    ) -> Self {
        let mut work = Vec::new();
        let tables = || share.tables.iter();
        work.extend(tables().map(|changes| Work::Delete(&changes.deletes)));
        work.extend(tables().map(|changes| {
            let upserts =
                upserts && changes.table.keys.len() == 1 && has_exact_values(&changes.table, version.flavor);
            if upserts && changes.updates.len() > 1 {
                Work::Upsert(&changes.updates)
            } else {
                Work::Update(&changes.updates)
            }
        }));
        work.extend(tables().map(|changes| Work::Insert(&changes.inserts)));
        work.push(Work::Ordered(&share.ordered));
        let cascades = |row: &RowRef| window.set(*row).unlogged_cascades;
        for run in share.linked.chunk_by(|one, other| cascades(one) == cascades(other)) {
            if run.first().is_some_and(cascades) {
                work.push(Work::Setting("SET foreign_key_checks=1"));
                work.push(Work::Ordered(run));
                work.push(Work::Setting("SET foreign_key_checks=0"));
            } else {
                work.push(Work::Ordered(run));
            }
        }
        let writers = window.sets.iter().map(|_| None).collect();
        Self { window, plan, version, limits, writers, shapes: HashMap::new(), work, at: (0, 0) }
    }

    /// Renders the next packet; an empty one at the end.
    ///
    /// # Errors
    /// If a value cannot be written.
    pub(crate) fn next(&mut self, packet: &mut Packet) -> Result<()> {
        packet.sql.clear();
        packet.expected.clear();
        while packet.sql.len() < self.limits.packet_bytes
            && packet.expected.len() < self.limits.packet_statements
        {
            let (index, from) = self.at;
            let Some(work) = self.work.get(index) else { break };
            let length = match work {
                Work::Delete(rows) | Work::Insert(rows) | Work::Ordered(rows) => rows.len(),
                Work::Update(rows) | Work::Upsert(rows) => rows.len(),
                Work::Setting(_) => 1,
            };
            if from >= length {
                self.at = (index + 1, 0);
                continue;
            }
            let end = packet.end();
            let taken = self.statement(index, from, packet)?;
            if packet.sql.len() > self.limits.packet_max {
                if end == (0, 0) {
                    return Err(self.too_long(packet));
                }
                packet.go_back(end);
                break;
            }
            self.at = (index, from + taken.max(1));
        }
        Ok(())
    }

    /// Renders one statement of a piece of work from a row on; returns how many rows it took.
    fn statement(&mut self, index: usize, from: usize, packet: &mut Packet) -> Result<usize> {
        match &self.work[index] {
            Work::Delete(rows) => {
                let rows: &'a [RowRef] = rows;
                self.delete(&rows[from..], packet)
            }
            Work::Insert(rows) => {
                let rows: &'a [RowRef] = rows;
                self.insert(&rows[from..], packet)
            }
            Work::Update(rows) => {
                let NetUpdate { find, set } = rows[from];
                self.update(find, set, false, packet)
            }
            Work::Upsert(rows) => {
                let rows: &'a [NetUpdate] = rows;
                self.upsert(&rows[from..], packet)
            }
            Work::Ordered(rows) => {
                let rows: &'a [RowRef] = rows;
                self.ordered(&rows[from..], packet)
            }
            Work::Setting(sql) => {
                let sql = *sql;
                packet.setting(sql);
                Ok(1)
            }
        }
    }

    /// Renders the insert of a row's after image: what is to be there and is not.
    ///
    /// # Errors
    /// If the image does not hold the whole row, or a value cannot be written.
    pub(crate) fn insert_after(&mut self, row: RowRef, packet: &mut Packet) -> Result<()> {
        let binding = self.binding(row);
        if binding.table.written().any(|(column, _)| binding.after[column].is_none()) || binding.diffs {
            let error = PluginError::definite("a row is not there, and its image does not hold all of it");
            return Err(error
                .at(self.window.place(row))
                .hint("set `binlog_row_image=FULL` at the source, or compare the tables"));
        }
        self.insert(&[row], packet)?;
        if packet.sql.len() > self.limits.packet_max { Err(self.too_long(packet)) } else { Ok(()) }
    }

    /// The target would break the connection off, and nobody would know why.
    fn too_long(&self, packet: &Packet) -> PluginError {
        let row = packet.expected.iter().find_map(|expected| expected.first);
        PluginError::definite(format!(
            "the statement for a row has {} bytes, and the target takes {} (max_allowed_packet)",
            packet.sql.len(),
            self.limits.packet_max
        ))
        .at(row.map(|row| self.window.place(row)).unwrap_or_default())
        .hint(
            "raise max_allowed_packet at the target (SET GLOBAL, and in its configuration), then start again; binary \
             strings take two bytes for each of theirs",
        )
    }
}

/// Puts a semicolon behind the statement before.
fn begin(packet: &mut Packet) {
    if !packet.sql.is_empty() {
        packet.sql.push(b';');
    }
}

impl Packet {
    fn setting(&mut self, sql: &str) {
        begin(self);
        self.sql.extend_from_slice(sql.as_bytes());
        self.expect(Verb::Set, 0, None);
    }

    /// Returns where the packet ends, to [go back](Self::go_back) to.
    fn end(&self) -> (usize, usize) {
        (self.sql.len(), self.expected.len())
    }

    fn go_back(&mut self, (bytes, statements): (usize, usize)) {
        self.sql.truncate(bytes);
        self.expected.truncate(statements);
    }

    fn expect(&mut self, verb: Verb, rows: usize, first: Option<RowRef>) {
        self.expected.push(Expected { verb, rows: rows as u64, first, warnings: None });
    }

    fn warnings(&mut self, errors: u16) {
        if let (1.., Some(expected)) = (errors, self.expected.last_mut()) {
            expected.warnings = Some(errors);
        }
    }
}
