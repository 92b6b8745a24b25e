//! Names of tables and schemas.

use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// A table's schema and name, or a schema alone (an empty `table`).
///
/// Names are compared byte by byte; folding case where a server does so is the source's business.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TableName {
    /// The schema (MySQL's "database").
    pub schema: Arc<str>,
    /// The table, empty where a statement is about the schema itself.
    pub table: Arc<str>,
}

impl TableName {
    /// Returns the name of a table.
    pub fn new(schema: impl Into<Arc<str>>, table: impl Into<Arc<str>>) -> Self {
        Self { schema: schema.into(), table: table.into() }
    }

    /// Returns the name of a schema.
    pub fn of_schema(schema: impl Into<Arc<str>>) -> Self {
        Self::new(schema, "")
    }

    /// Tells whether this names a schema and no table.
    pub fn is_schema(&self) -> bool {
        self.table.is_empty()
    }

    /// Returns the name quoted for SQL: `` `schema`.`table` ``, each backtick doubled.
    pub fn quoted(&self) -> String {
        let schema = quote(&self.schema);
        if self.is_schema() { schema } else { format!("{schema}.{}", quote(&self.table)) }
    }
}

fn quote(identifier: &str) -> String {
    format!("`{}`", identifier.replace('`', "``"))
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_schema() { f.write_str(&self.schema) } else { write!(f, "{}.{}", self.schema, self.table) }
    }
}

impl fmt::Debug for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_doubles_backticks() {
        assert_eq!(TableName::new("a`b", "t").quoted(), "`a``b`.`t`");
        assert_eq!(TableName::of_schema("s").quoted(), "`s`");
    }
}
