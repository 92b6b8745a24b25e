//! CREATE TABLE.

use super::{
    Untracked,
    column::{Collations, promote_timestamps},
    draft::{Draft, DraftColumn},
};
use crate::{CreateTable, collation::Rules};
use tidegate_model::{ColumnKind, TableName};

impl Rules<'_> {
    /// Returns the table that the statement makes in a schema whose default collation is `inherited`.
    pub(crate) fn create(self, create: &CreateTable, inherited: u16) -> Result<Draft, Untracked> {
        if let Some(reason) = create.untracked {
            return Err(reason.into());
        }
        if create.as_select {
            return Err("its columns come from a query".into());
        }
        if create.columns.is_empty() {
            return Err("it has no columns".into());
        }
        let mut draft = Draft::new(create.table.clone(), self.of_options(&create.options, inherited));
        let collations = Collations { inherited: draft.collation, forced: None };
        for definition in &create.columns {
            draft.columns.push(DraftColumn {
                column: self.column(definition, collations)?,
                origin: None,
                defined: true,
                on_update: definition.on_update,
            });
        }
        if !self.explicit_timestamps() {
            promote_timestamps(draft.columns.iter_mut().map(|column| (&mut column.column, column.on_update)));
        }
        let innodb =
            create.options.engine.as_ref().is_none_or(|engine| engine.eq_ignore_ascii_case("InnoDB"));
        let columns = draft.columns.iter().all(DraftColumn::is_lossless);
        draft.lossless = innodb && columns && !create.checks && !create.partitioned;
        draft.add_constraints(create.constraints.iter(), self.flavor)?;
        Ok(draft)
    }
}

impl DraftColumn {
    /// Tells whether the column's definition says no more than the column.
    pub(super) fn is_lossless(&self) -> bool {
        let spatial = matches!(self.column.kind, ColumnKind::Geometry { .. });
        self.column.generated.is_none() && !self.on_update && !spatial
    }
}

/// Returns the table that `CREATE TABLE name LIKE model` makes: all but the foreign keys.
pub(super) fn like(name: &TableName, model: Draft) -> Draft {
    Draft { name: name.clone(), foreign_keys: Vec::new(), ..model }
}
