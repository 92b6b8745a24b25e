//! Schema changes: what passes and under which names is the component's `routes`, the rest its `judge`.

use super::ComponentFilter;
use crate::{bindings::filter, call::Call, error, kind};
use tidegate_model::TableName;
use tidegate_plugin::{DdlAnswer, DdlInput, PluginError, Result};

impl ComponentFilter {
    /// Judges the elements of a schema change and renames its tables.
    pub(super) fn statement(&self, input: &DdlInput<'_>) -> Result<DdlAnswer> {
        let mut keep = self.passing(input)?;
        let routes = self.names(input)?;
        let rewritten = if self.manifest.schema_change { self.judge(input, &mut keep)? } else { None };
        Ok(DdlAnswer { keep, routes, rewritten, because: Vec::new() })
    }

    /// Tells of which elements anything passes by name.
    fn passing(&self, input: &DdlInput<'_>) -> Result<Vec<bool>> {
        let mut keep = Vec::with_capacity(input.elements.len());
        for element in input.elements {
            let passes = |name: &TableName| self.routes(name, name).map(|routes| routes.is_some());
            let kept = passes(&element.table)?;
            if let Some(new) = &element.renamed_to
                && passes(new)? != kept
            {
                return Err(PluginError::definite(format!(
                    "{} becomes {new}, and only one of them passes the plugin",
                    element.table
                ))
                .hint(
                    "let both pass or neither, or take the rename out with a `binlog-event` filter before it",
                ));
            }
            keep.push(kept);
        }
        Ok(keep)
    }

    /// Returns the new names of each name; none where it keeps those that it has.
    fn names(&self, input: &DdlInput<'_>) -> Result<Vec<Vec<TableName>>> {
        let mut routes = Vec::with_capacity(input.names.len());
        for name in input.names {
            let mut new = Vec::new();
            let mut changed = false;
            for current in name.current {
                match self.routes(name.source, current)?.as_deref() {
                    None | Some([]) => new.push(current.clone()),
                    Some(names) => {
                        changed = true;
                        new.extend_from_slice(names);
                    }
                }
            }
            routes.push(if changed { new } else { Vec::new() });
        }
        Ok(routes)
    }

    /// Lets the component judge those elements of a statement that are about tables that it wants. Returns the statement
    /// that it puts in the place of what is left, if it does.
    fn judge(&self, input: &DdlInput<'_>, keep: &mut [bool]) -> Result<Option<String>> {
        let asked: Vec<usize> = input
            .elements
            .iter()
            .enumerate()
            .filter(|(index, element)| {
                keep.get(*index) == Some(&true) && self.manifest.covers(&element.table)
            })
            .map(|(index, _)| index)
            .collect();
        if asked.is_empty() {
            return Ok(None);
        }
        let given = given(input, &asked, keep);
        let answer = self.pool.call(
            "judge",
            Call::Other,
            |guest, store| guest.call_judge(store, &given),
            |answer| answer.map_err(|text| error::reported("judge", &text)),
        )?;
        match answer {
            filter::StatementAnswer::Elements(verdicts) if verdicts.is_empty() => Ok(None),
            filter::StatementAnswer::Elements(verdicts) if verdicts.len() == asked.len() => {
                for (index, verdict) in asked.into_iter().zip(verdicts) {
                    if let Some(keep) = keep.get_mut(index) {
                        *keep = verdict;
                    }
                }
                Ok(None)
            }
            filter::StatementAnswer::Elements(verdicts) => {
                let what = format!("{} verdicts for {} elements", verdicts.len(), asked.len());
                Err(error::malformed("judge", what))
            }
            // As good as no other statement.
            filter::StatementAnswer::Rewritten(sql) if sql == given.sql => Ok(None),
            filter::StatementAnswer::Rewritten(sql) => Ok(Some(sql)),
        }
    }
}

/// Returns what the component is told of a statement. What was dropped is cut out of the text, so that a component which
/// changes the text does not bring it back; where it cannot be cut, the engine takes no other text.
fn given(input: &DdlInput<'_>, asked: &[usize], keep: &[bool]) -> filter::Statement {
    let statement = &input.ddl.statement;
    let elements = asked.iter().filter_map(|index| input.elements.get(*index)).map(|element| {
        let names = input.names.iter().find(|name| *name.source == element.table);
        let current = names.map_or(std::slice::from_ref(&element.table), |name| name.current);
        filter::Element {
            event: element.event.name().to_owned(),
            source: kind::name(&element.table),
            current: current.iter().map(kind::name).collect(),
            renamed_to: element.renamed_to.as_ref().map(kind::name),
            sql: statement.sql.get(element.span.clone()).unwrap_or_default().to_owned(),
        }
    });
    filter::Statement {
        sql: input.left(keep).unwrap_or_else(|| statement.sql.clone()),
        default_schema: input.ddl.session.default_schema.as_deref().unwrap_or_default().to_owned(),
        elements: elements.collect(),
        position: input.position().to_string(),
    }
}
