//! DDL that the source ran in part only, and DDL that is not understood.

use super::Stream;
use crate::schemas::is_excluded;
use tidegate_model::{NameRole, Session, TableName};
use tidegate_mysql_ddl::{Definition, Family, ParseError, Parsed, StatementKind, parse, redefines, touched};
use tidegate_plugin::{PluginError, Result};

/// The code of MySQL's error for DROP TABLE of what is not there: it has dropped all others.
const UNKNOWN_TABLE: u16 = 1051;

impl Stream {
    /// Returns what is to be done of a DDL that may have failed half-way, `None` if nothing is.
    pub(super) fn as_far_as_it_ran(
        &mut self,
        definition: Definition,
        session: &Session,
        error_code: u16,
    ) -> Result<Option<Definition>> {
        if self.lacks_tables(&definition, error_code) {
            return Ok(Some(self.if_exists(definition, session)));
        }
        if error_code == 0 {
            return Ok(Some(definition));
        }
        let place = self.place(self.cursor.offset());
        tracing::warn!(place, error_code, "the source ran a DDL in part only");
        let changed = |role| matches!(role, NameRole::Subject | NameRole::NewName | NameRole::Exchanged);
        let mut names = definition.statement.names.iter().filter(|name| changed(name.role));
        if let Some(name) = names.find(|name| self.may_be_wanted(&name.table)) {
            let message = format!(
                "the source ran a DDL on {} in part only (it ended with error {error_code})",
                name.table
            );
            return Err(PluginError::definite(message).hint(
                "look at the source how far it came, do the same at the target by hand, and start behind it with --reset",
            ));
        }
        self.schemas.apply_failed(&definition);
        self.tables.forget();
        Ok(None)
    }

    /// Tells whether a DROP TABLE succeeded though not all of its tables were there. MariaDB's log does not tell.
    fn lacks_tables(&self, definition: &Definition, error_code: u16) -> bool {
        let StatementKind::DropTable { tables, .. } = &definition.kind else { return false };
        let silent = error_code == 0 && self.schemas.flavor().family == Family::MariaDb && tables.len() > 1;
        error_code == UNKNOWN_TABLE
            || silent && tables.iter().any(|table| self.schemas.known(table).is_none())
    }

    /// Puts IF EXISTS into a DROP TABLE.
    fn if_exists(&self, definition: Definition, session: &Session) -> Definition {
        let first = definition.statement.elements.first().map(|element| element.span.start);
        let (StatementKind::DropTable { if_exists: false, .. }, Some(at)) = (&definition.kind, first) else {
            return definition;
        };
        let (head, tail) = definition.statement.sql.split_at(at);
        match parse(&format!("{head}IF EXISTS {tail}"), session, self.schemas.flavor()) {
            Ok(Parsed::Ddl(changed)) => *changed,
            _ => definition,
        }
    }

    /// Passes over a DDL that is not understood if nothing of it can matter, or a filter leaves it out, and stops else.
    pub(super) fn not_understood(&mut self, text: &str, session: &Session, error: &ParseError) -> Result<()> {
        let covered = self.transaction.as_ref().is_some_and(|transaction| transaction.covered);
        let tables = touched(text, session, self.schemas.flavor());
        let unwanted = |tables: &Vec<TableName>| !tables.iter().any(|table| self.may_be_wanted(table));
        let passed = match &tables {
            Some(tables) => unwanted(tables) || (self.leaves_out)(text),
            None => self.is_left_out(text, session),
        };
        if !passed {
            let message = format!("a statement cannot be understood: {error}");
            return Err(PluginError::definite(message).hint(
                "run the statement at the target by hand and start behind it with --reset, or leave it out with a \
                 binlog-event rule for all schemas that has a `sql-pattern`; and report it",
            ));
        }
        if !covered {
            let place = self.place(self.cursor.offset());
            tracing::warn!(place, %error, "a statement that the filters leave out is not understood");
            for table in tables.iter().flatten() {
                self.schemas.forget(table, "a statement on it was not understood");
            }
            self.tables.forget();
        }
        self.end_unless_explicit()
    }

    /// Tells whether a filter leaves out a statement of which is not known what tables it is about, and no table can have
    /// other columns after it.
    pub(super) fn is_left_out(&self, text: &str, session: &Session) -> bool {
        (self.leaves_out)(text) && !redefines(text, session, self.schemas.flavor())
    }

    /// Tells whether anything of a table, or of a schema's tables, may reach the sink.
    fn may_be_wanted(&self, name: &TableName) -> bool {
        !is_excluded(&name.schema) && (name.is_schema() || (self.wants)(name))
    }
}
