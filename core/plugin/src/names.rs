//! Which tables a source has.

use std::{
    collections::HashSet,
    fmt,
    sync::{OnceLock, PoisonError, RwLock},
};
use tidegate_model::TableName;

/// Tells of a name whether the source would see a table or schema that is called so.
type Sees = Box<dyn Fn(&TableName) -> bool + Send + Sync>;

/// The names of a source's tables and schemas: those that it has, and those that it had since it was opened, without
/// regard to case. The source adds a name before anything of that table flows.
///
/// A filter that leads one table to the name of another asks here whether there is such another.
#[derive(Default)]
pub struct TableNames {
    names: RwLock<HashSet<(String, String)>>,
    sees: OnceLock<Sees>,
}

impl TableNames {
    /// Adds a name.
    pub fn add(&self, name: &TableName) {
        let key = key(name);
        let known = self.names.read().unwrap_or_else(PoisonError::into_inner).contains(&key);
        if !known {
            self.names.write().unwrap_or_else(PoisonError::into_inner).insert(key);
        }
    }

    /// Says that every name for which `sees` holds and that was not added stands for nothing. Without it nothing is known
    /// not to be there. Only the first call counts.
    pub fn complete(&self, sees: impl Fn(&TableName) -> bool + Send + Sync + 'static) {
        self.sees.get_or_init(|| Box::new(sees));
    }

    /// Tells whether the source may have a table or schema called so: yes if it is not known.
    pub fn may_have(&self, name: &TableName) -> bool {
        let is_seen = self.sees.get().is_some_and(|sees| sees(name));
        !is_seen || self.names.read().unwrap_or_else(PoisonError::into_inner).contains(&key(name))
    }
}

fn key(name: &TableName) -> (String, String) {
    (name.schema.to_lowercase(), name.table.to_lowercase())
}

impl fmt::Debug for TableNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableNames").field("names", &self.names).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_may_be_there() {
        let names = TableNames::default();
        let name = |table: &str| TableName::new("Shop", table);
        names.add(&name("Orders"));
        assert!(names.may_have(&name("orders")) && names.may_have(&name("users")), "nothing is complete");
        names.complete(|name| &*name.schema == "Shop");
        assert!(names.may_have(&name("ORDERS")) && !names.may_have(&name("users")));
        assert!(names.may_have(&TableName::new("other", "users")), "an account does not see everything");
        names.add(&name("users"));
        assert!(names.may_have(&name("users")));
    }
}
