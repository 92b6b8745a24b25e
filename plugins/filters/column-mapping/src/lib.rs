//! The `column-mapping` filter: prefixes, suffixes and partition ids for one column of a table, with TiDB DM's semantics.
//!
//! A table has at most one rule: that with a table pattern, else that of its schema. Schema changes of a mapped table
//! stop the pipeline, as in DM: whether the mapping still holds afterwards is for a person to say.

mod mapping;
mod rule;

pub use rule::{Expression, MappingRule};

use arrow_array::ArrayRef;
use mapping::Mapping;
use rule::Rules;
use std::sync::Arc;
use tidegate_model::{DdlEvent, Image, NameRole, TableSchema};
use tidegate_plugin::{
    DdlAnswer, DdlInput, Entry, Filter, Finding, OutputColumn, PluginError, Produced, Result, TableInput,
    TablePlan,
};

/// Returns the filter's entry for the registry.
pub fn entry() -> Entry<dyn Filter> {
    Entry::new::<Vec<MappingRule>>(|settings, _| {
        let rules = settings.judge(|rules: Vec<MappingRule>| Rules::build(&rules))?;
        Ok(Box::new(ColumnMapping { rules }) as Box<dyn Filter>)
    })
}

struct ColumnMapping {
    rules: Rules,
}

impl Filter for ColumnMapping {
    fn table(&self, input: &TableInput<'_>) -> Result<TablePlan> {
        let Some(rule) = self.rules.of(&input.schema.name)? else {
            return Ok(TablePlan { because: vec!["no mapping matches".to_owned()], ..TablePlan::keep() });
        };
        let mapping = Mapping::resolve(rule, input)?;
        let columns = input.columns.iter().enumerate().map(|(index, column)| {
            let mapped = index == mapping.index;
            OutputColumn {
                column: if mapped { mapping.output.clone() } else { column.clone() },
                produced: if mapped { Produced::Mapped(0) } else { Produced::Input(index) },
            }
        });
        let because = vec![format!("mapping {} changes `{}`", rule.index, mapping.output.name)];
        Ok(TablePlan {
            columns: Some(columns.collect()),
            memo: Some(Arc::new(mapping)),
            because,
            ..TablePlan::keep()
        })
    }

    fn map(&self, plan: &TablePlan, image: &Image, _: usize) -> Result<Vec<Option<ArrayRef>>> {
        let Some(mapping) = plan.memo.as_ref().and_then(|memo| memo.downcast_ref::<Mapping>()) else {
            return Ok(Vec::new());
        };
        let column = image.columns.iter().find(|column| column.column.name == mapping.output.name);
        Ok(vec![column.map(|column| mapping.apply(column)).transpose()?])
    }

    fn ddl(&self, input: &DdlInput<'_>) -> Result<DdlAnswer> {
        // What a table with a mapping is made of must have been mapped too.
        let elements = input.elements.iter().flat_map(|element| {
            let names = [Some(&element.table), element.renamed_to.as_ref()];
            names.into_iter().flatten().map(|name| (element.event.name(), name))
        });
        let exchanged = input.names.iter().filter(|name| name.role == NameRole::Exchanged);
        let exchanged = exchanged.map(|name| (DdlEvent::ExchangeTablePartition.name(), name.source));
        for (event, name) in elements.chain(exchanged) {
            if let Some(rule) = self.rules.of(name)? {
                let message =
                    format!("`{event}` changes {name}, which column mapping {} is about", rule.index);
                return Err(PluginError::definite(message).at(input.position()).hint(
                    "make the change at the target by hand, ignore this event with a binlog-event rule before the \
                     column-mapping filter, and start again",
                ));
            }
        }
        Ok(DdlAnswer::default())
    }

    fn check(&self, tables: &[Arc<TableSchema>]) -> Vec<Finding> {
        self.rules.check(tables)
    }
}

#[cfg(test)]
mod tests;
