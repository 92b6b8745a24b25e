//! A plugin's settings: the located value tree that stands under `config` in the pipeline file.
//!
//! [`Settings::parse`] turns the tree into the plugin's own type and reports every mistake of shape at once, each
//! at its place. What only the plugin can know (a bad pattern, an impossible combination) it reports itself as
//! [`Problem`]s at paths of the same tree.

mod check;
mod deserialize;
mod judge;
mod node;
mod path;
mod problem;
mod quantity;
mod secret;
mod spelling;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use schemars::{JsonSchema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::ser::{Serialize, Serializer};

pub use node::{Entry, Node, Span, Text, Value};
pub use path::{Path, Segment};
pub use problem::Problem;
pub use quantity::{ByteSize, QuantityError, TimeSpan};
pub use secret::Secret;
pub use spelling::{nearest, suggestion};

/// The settings of one plugin, as they stand in the pipeline file.
///
/// Printing or serialising them shows secrets as their references.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    root: Node,
}

impl Settings {
    /// Returns the settings that `root` holds.
    #[must_use]
    pub const fn new(root: Node) -> Self {
        Self { root }
    }

    /// Returns the settings of a stage without a `config`.
    #[must_use]
    pub const fn empty() -> Self {
        Self::new(Node { value: Value::Null, span: None })
    }

    /// Returns settings that were not read from a file.
    #[must_use]
    pub fn from_json(json: &serde_json::Value) -> Self {
        Self::new(Node::from_json(json))
    }

    /// Returns the tree.
    #[must_use]
    pub const fn root(&self) -> &Node {
        &self.root
    }

    /// Returns the settings with another value of a key, or without the key; settings that are no mapping stay.
    #[must_use]
    pub fn with(mut self, key: &str, value: Option<Node>) -> Self {
        if let Value::Mapping(entries) = &mut self.root.value {
            entries.retain(|entry| entry.key != key);
            entries.extend(value.map(|value| Entry { key: key.to_owned(), key_span: None, value }));
        }
        self
    }

    /// Turns the settings into `T`.
    ///
    /// The tree is checked against the schema of `T` first. Keys that the schema does not name are refused, also
    /// where `T` forgot to say so.
    ///
    /// # Errors
    ///
    /// Returns every mistake of shape; where there is none, the first value that `T` itself refuses.
    pub fn parse<T: DeserializeOwned + JsonSchema>(&self) -> Result<T, Vec<Problem>> {
        let schema = SchemaGenerator::default().into_root_schema_for::<T>();
        let root = self.root_for(&schema);
        let problems = check::check(&root, &schema);
        if !problems.is_empty() {
            return Err(problems);
        }
        T::deserialize(deserialize::Reader(&root)).map_err(|refused| vec![refused.into_problem(&root)])
    }

    /// Turns the settings into `T` and lets `judge` look at them, for mistakes that only the plugin can know.
    ///
    /// Where there are mistakes of shape, `judge` sees the settings without them: what it finds elsewhere is reported too.
    ///
    /// # Errors
    ///
    /// Returns every mistake.
    pub fn judge<T: DeserializeOwned + JsonSchema, U>(
        &self,
        judge: impl FnOnce(T) -> Result<U, Vec<Problem>>,
    ) -> Result<U, Vec<Problem>> {
        let mut problems = match self.parse() {
            Ok(parsed) => return judge(parsed),
            Err(problems) => problems,
        };
        let mut bad: Vec<Path> = problems.iter().map(|problem| problem.path.clone()).collect();
        for _ in 0..judge::ROUNDS_MAX {
            let Some(root) = judge::without(&self.root, &bad) else {
                break;
            };
            let found = match Self::new(root).parse() {
                Ok(parsed) => {
                    let found = judge(parsed).err().unwrap_or_default().into_iter();
                    let found = found.map(|found| Problem { path: judge::whole(&found.path, &bad), ..found });
                    problems.extend(found.filter(|problem| !judge::may_be_a_consequence(problem, &bad)));
                    break;
                }
                Err(found) => found,
            };
            let more: Vec<_> = found.iter().map(|found| judge::whole(&found.path, &bad)).collect();
            bad.extend(more);
        }
        Err(problems)
    }

    /// Checks the settings against a schema that is known only at run time, such as a component's.
    ///
    /// # Errors
    ///
    /// Returns every mistake of shape.
    pub fn check(&self, schema: &schemars::Schema) -> Result<(), Vec<Problem>> {
        let problems = check::check(&self.root_for(schema), schema);
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// A stage without `config` has no settings: of each that it needs, that one is missed by name.
    fn root_for(&self, schema: &schemars::Schema) -> Cow<'_, Node> {
        if self.root.value == Value::Null && check::takes_mapping(schema) {
            Cow::Owned(Node { value: Value::Mapping(Vec::new()), span: self.root.span })
        } else {
            Cow::Borrowed(&self.root)
        }
    }
}

impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.root.serialize(serializer)
    }
}
