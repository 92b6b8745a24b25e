//! What a component says of itself.

use crate::bindings::filter;
use schemars::Schema;
use tidegate_model::TableName;

/// What a component says of itself, looked at.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// What it is called in messages.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// What it does, in a sentence.
    pub summary: String,
    /// What its settings look like.
    pub settings: Schema,
    /// The source tables that it wants, as `schema.table` with `*` and `?`; empty: all.
    pub tables: Vec<String>,
    /// The columns that it reads; empty: what its plans say.
    pub columns: Vec<String>,
    /// Whether it wants inserts.
    pub insert: bool,
    /// Whether it wants updates.
    pub update: bool,
    /// Whether it wants deletes.
    pub delete: bool,
    /// Whether it judges schema changes.
    pub schema_change: bool,
}

impl Manifest {
    /// Looks at what a component says.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(given: filter::Manifest) -> Result<Self, String> {
        use filter::Operations;
        if given.name.is_empty() || given.version.is_empty() {
            return Err("a manifest without name or version".to_owned());
        }
        let settings: serde_json::Value = serde_json::from_str(&given.settings)
            .map_err(|error| format!("a schema of its settings that is no JSON: {error}"))?;
        let settings = Schema::try_from(settings)
            .map_err(|_| "a schema of its settings that is neither an object nor a truth value".to_owned())?;
        if let Some(pattern) = given.tables.iter().find(|pattern| pattern.matches('.').count() != 1) {
            return Err(format!("the table pattern `{pattern}`, which is not of the form `schema.table`"));
        }
        Ok(Self {
            name: given.name,
            version: given.version,
            summary: given.summary,
            settings,
            tables: given.tables,
            columns: given.columns,
            insert: given.operations.contains(Operations::INSERT),
            update: given.operations.contains(Operations::UPDATE),
            delete: given.operations.contains(Operations::DELETE),
            schema_change: given.operations.contains(Operations::SCHEMA_CHANGE),
        })
    }

    /// Tells whether the component wants to see a source table, or a schema.
    pub(crate) fn covers(&self, source: &TableName) -> bool {
        self.tables.is_empty() || self.tables.iter().any(|pattern| matches(pattern, source))
    }
}

/// Tells whether `schema.table`, with `*` and `?`, matches a table; a schema is matched by the first part alone.
pub(crate) fn matches(pattern: &str, name: &TableName) -> bool {
    let Some((schema, table)) = pattern.split_once('.') else { return false };
    matches_part(schema, &name.schema) && (name.is_schema() || matches_part(table, &name.table))
}

/// `*` stands for any number of characters, `?` for one.
fn matches_part(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stands, and up to where it has swallowed the text.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || text.get(t) == Some(c) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, swallowed)) => {
                    p = at + 1;
                    t = swallowed + 1;
                    star = Some((at, t));
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let table = TableName::new("shop_1", "orders");
        for pattern in ["shop_1.orders", "*.*", "shop_?.o*s", "shop*.*orders*", "*_1.orders"] {
            assert!(matches(pattern, &table), "{pattern}");
        }
        for pattern in ["shop.orders", "shop_?.order", "shop_??.orders", "*.orders?", "Shop_1.orders"] {
            assert!(!matches(pattern, &table), "{pattern}");
        }
        assert!(matches("shop_*.orders", &TableName::of_schema("shop_7")));
    }
}
