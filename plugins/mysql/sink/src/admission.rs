//! Which target tables rows may go to.

use crate::{
    plan::inserts,
    settings::SinkSettings,
    target::{Cascade, TargetTable, narrower},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use tidegate_model::{Column, ForeignKey, RowSet, TableName, TableSchema};
use tidegate_mysql_connection::Flavor;
use tidegate_plugin::{PluginError, Result};

/// Refuses a table whose triggers would change rows, or whose engine has no transactions, unless the settings name it.
///
/// # Errors
/// If the table is refused.
pub(crate) fn admit(table: &TargetTable, settings: &SinkSettings) -> Result<()> {
    match objections(table, settings).into_iter().next() {
        None => Ok(()),
        Some(objection) => Err(PluginError::world(objection.message).at(&table.name).hint(objection.remedy)),
    }
}

/// Why a table is refused, and what mends it.
#[derive(Clone, Debug)]
pub(crate) struct Objection {
    /// A short stable name.
    pub(crate) item: &'static str,
    /// What is wrong.
    pub(crate) message: String,
    /// What mends it.
    pub(crate) remedy: String,
}

/// Returns everything that speaks against a table.
pub(crate) fn objections(table: &TargetTable, settings: &SinkSettings) -> Vec<Objection> {
    let name = table.name.to_string();
    let mut objections = Vec::new();
    if !table.triggers.is_empty() && !settings.allow_triggers.contains(&name) {
        objections.push(Objection {
            item: "target-triggers",
            message: format!(
                "the target table {name} has triggers ({}), which would fire for replicated rows",
                table.triggers.join(", ")
            ),
            remedy: format!("drop them, or name the table in `allow-triggers: [{name}]`"),
        });
    }
    if !table.transactional && !settings.allow_non_transactional.contains(&name) {
        objections.push(Objection {
            item: "target-engine",
            message: format!(
                "the target table {name} is in the engine {}, which has no transactions: after a crash rows would be \
                 applied twice",
                table.engine
            ),
            remedy: format!(
                "ALTER TABLE {} ENGINE=InnoDB, or name the table in `allow-non-transactional: [{name}]`",
                table.name.quoted()
            ),
        });
    }
    objections
}

/// Refuses a table that the source's foreign keys change without the log telling, if the target's would not do the same.
///
/// # Errors
/// If it is refused.
pub(crate) fn follows(table: &TargetTable, source: &TableSchema) -> Result<()> {
    let lacking = |key: &&ForeignKey| {
        Cascade::of(source, key).is_some_and(|cascade| !table.cascades.contains(&cascade))
    };
    match source.foreign_keys.iter().find(lacking) {
        None => Ok(()),
        Some(key) => Err(PluginError::world(format!(
            "the foreign key `{}` of {} changes rows when those of {} change, which is not in the source's log, and the target \
             table {} has no foreign key that does the same",
            key.name, source.name, key.parent, table.name
        ))
        .hint("add the same foreign key at the target, or drop it at the source")),
    }
}

/// The columns whose types were compared since the last DDL, by target and source table: under minimal images a row set
/// has some of them only.
#[derive(Debug, Default)]
pub(crate) struct Compared(HashMap<(TableName, TableName), HashSet<Arc<str>>>);

impl Compared {
    /// Forgets everything: a DDL ran.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Refuses columns that the target cannot hold exactly, as far as they were not compared before.
    ///
    /// # Errors
    /// If one is refused.
    pub(crate) fn check(&mut self, set: &RowSet, table: &TargetTable, flavor: Flavor) -> Result<()> {
        let pair = (set.target.clone(), set.table.name.clone());
        let compared = self.0.entry(pair).or_default();
        let images = set.before.columns.iter().chain(&set.after.columns).map(|image| &image.column);
        // What an insert lacks gets the source's default.
        let is_absent = |index: usize| inserts(set.operation) && set.after.source_column(index).is_none();
        let absent = set.table.columns.iter().enumerate();
        let absent = absent.filter(|(index, column)| column.generated.is_none() && is_absent(*index));
        for column in images.chain(absent.map(|(_, column)| column)) {
            if !compared.contains(&column.name) {
                fits(table, column, flavor)?;
                compared.insert(column.name.clone());
            }
        }
        Ok(())
    }
}

fn fits(table: &TargetTable, column: &Column, flavor: Flavor) -> Result<()> {
    let Some(target) = table.column(&column.name).and_then(|index| table.columns.get(index)) else {
        return Ok(());
    };
    if target.generated.is_some() {
        return Ok(());
    }
    match narrower(&column.kind, &target.kind, flavor) {
        None => Ok(()),
        Some(why) => Err(PluginError::world(format!(
            "the target column `{}` of {} cannot hold every value of the source's: {why}",
            target.name, table.name
        ))
        .hint("give the target column the source's type")),
    }
}
