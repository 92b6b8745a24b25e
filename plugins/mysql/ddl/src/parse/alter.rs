//! The beginnings of ALTER, and the list of specs of ALTER TABLE.
//!
//! Source: MySQL manual, "ALTER TABLE Statement"; MariaDB manual, "ALTER TABLE".

use super::parser::{Parse, Parser};
use crate::{AlterTable, FirstOption, Parsed, Spec, StatementKind};
use tidegate_model::{DdlEvent, NameRole, TableName};

impl Parser<'_> {
    pub(super) fn alter(mut self) -> Parse<Parsed> {
        self.expect("ALTER")?;
        let head = self.position();
        while self.accept_any(&["ONLINE", "OFFLINE", "IGNORE"]).is_some() {}
        if self.accept("TABLE") {
            return self.altered_table();
        }
        self.back_to(head);
        if self.accept_any(&["DATABASE", "SCHEMA"]).is_some() {
            return self.altered_schema();
        }
        Ok(self.other_object())
    }

    fn altered_table(mut self) -> Parse<Parsed> {
        let if_exists = self.if_exists();
        let table = self.table_name(NameRole::Subject)?;
        self.wait()?;
        let mut specs = Vec::new();
        while !self.at_end() {
            let from = self.position();
            let spec = self.spec()?;
            self.spec_element(from, &spec, &table);
            specs.push(spec);
            if self.accept_symbol(',') {
                continue;
            }
            if self.is(0, "PARTITION") || self.is_any(0, &["REMOVE"]) {
                // Partitioning follows the list without a comma.
                self.cuttable = false;
            } else {
                break;
            }
        }
        if specs.is_empty() {
            // ALTER TABLE t without specs is allowed.
            self.element(0, DdlEvent::AlterTable, table.clone(), None);
            specs.push(Spec::Nothing);
            self.cuttable = false;
        }
        self.finish(StatementKind::AlterTable(AlterTable { table, if_exists, specs }))
    }

    fn spec_element(&mut self, from: usize, spec: &Spec, table: &TableName) {
        let renamed_to = match spec {
            Spec::RenameTable { to } => Some(to.clone()),
            _ => None,
        };
        self.element(from, event(spec), table.clone(), renamed_to);
    }
}

/// Returns DM's event for a spec, as far as the spec alone tells.
///
/// Source: TiDB DM, `AstToDDLEvent`.
fn event(spec: &Spec) -> DdlEvent {
    use crate::Partitioning as P;
    match spec {
        Spec::RenameColumn { .. } => DdlEvent::RenameColumn,
        Spec::RenameKey { .. } => DdlEvent::RenameIndex,
        Spec::RenameTable { .. } => DdlEvent::RenameTable,
        Spec::DropColumn { .. } => DdlEvent::DropColumn,
        Spec::DropKey { .. } => DdlEvent::DropIndex,
        Spec::DropPrimaryKey { .. } => DdlEvent::DropPrimaryKey,
        Spec::SetDefault { .. } => DdlEvent::ModifyDefaultValue,
        Spec::AddConstraint(_) | Spec::AddCheck => DdlEvent::ModifyConstraint,
        Spec::Convert { .. } => DdlEvent::ModifyCharset,
        Spec::Options(options) => match options.first {
            Some(FirstOption::Charset) => DdlEvent::ModifyCharset,
            Some(FirstOption::Collation) => DdlEvent::ModifyCollation,
            Some(FirstOption::Engine) => DdlEvent::ModifyStorageEngine,
            None => DdlEvent::AlterTable,
        },
        Spec::Partitions(P::Drop) => DdlEvent::DropTablePartition,
        Spec::Partitions(P::Truncate) => DdlEvent::TruncateTablePartition,
        Spec::Partitions(P::Reorganize) => DdlEvent::ReorganizeTablePartition,
        Spec::Partitions(P::Rebuild) => DdlEvent::RebuildTablePartition,
        Spec::Partitions(P::Coalesce) => DdlEvent::CoalesceTablePartition,
        Spec::ExchangePartition { .. } => DdlEvent::ExchangeTablePartition,
        // DM names no event for the rest; columns that change are compared with what they were: see `classify`.
        Spec::AddColumns { .. }
        | Spec::ChangeColumn { .. }
        | Spec::SetInvisible { .. }
        | Spec::DropForeignKey { .. }
        | Spec::DropConstraint { .. }
        | Spec::Partitions(P::Add | P::Maintain | P::By | P::Remove)
        | Spec::Tablespace
        | Spec::Nothing
        | Spec::Untracked(_) => DdlEvent::AlterTable,
    }
}
