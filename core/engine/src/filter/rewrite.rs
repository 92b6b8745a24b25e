//! Statements that a filter puts in the place of another one.

use tidegate_model::{Ddl, NameRole, Statement, TableName};
use tidegate_plugin::{PluginError, Result};

/// Takes the text apart that a filter puts in the place of those elements of a statement that `keep` keeps.
///
/// The filters before have judged what the statement names, and given it names; so it is these that the new one may name.
///
/// # Errors
/// If it is no schema change, or about something that the filters before were not asked about.
pub(super) fn read(ddl: &Ddl, keep: &[bool], sql: &str) -> Result<Statement> {
    let old = &ddl.statement;
    let refused =
        |why: String| PluginError::definite(format!("the filter rewrites the statement, and {why}"));
    if keep.contains(&false) && old.list.is_none() {
        return Err(refused(
            "a part of the statement is dropped that cannot be cut from the text which the filter sees"
                .to_owned(),
        )
        .hint("drop all of the statement before the filter, or run it at the target by hand"));
    }
    let new = ddl.grammar.read(sql, &ddl.session).map_err(|why| {
        refused(format!("what it writes cannot be followed: {why}"))
            .hint("this is a bug of the plugin: it must write one statement about tables or schemas in the source's dialect")
    })?;
    if let Some(foreign) = foreign(old, keep, &new) {
        let what = if foreign.is_schema() { "the schema " } else { "" };
        return Err(refused(format!("the new one is about {what}{foreign}, which the first one is not")).hint(
            "this is a bug of the plugin: the names in what it writes are the source's, and all of them stand in the \
             statement that it is asked about",
        ));
    }
    Ok(new)
}

/// Returns a name in the new statement for which nothing in the old one stands: what is changed must be changed by the old
/// one, what is copied (LIKE) copied, for the target has the model under that name then, and the rest must be named by it.
fn foreign<'a>(old: &Statement, keep: &[bool], new: &'a Statement) -> Option<&'a TableName> {
    let changes = |role| matches!(role, NameRole::Subject | NameRole::NewName | NameRole::Exchanged);
    let stands_for = |old: NameRole, new: NameRole| match new {
        NameRole::Model => old == NameRole::Model,
        _ => changes(old) || !changes(new),
    };
    let name = new.names.iter().find(|new| {
        !old.kept_names(keep).any(|old| old.table == new.table && stands_for(old.role, new.role))
    })?;
    Some(&name.table)
}
