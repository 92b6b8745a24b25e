//! What the pipeline file says of a block-allow list.

use schemars::JsonSchema;
use serde::Deserialize;

/// The settings of the `block-allow-list` filter.
///
/// A pattern is a name with `*` at its end, `?` and `[a-z]`, or after `~` an unanchored regular expression.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct BlockAllowListConfig {
    /// Whether patterns distinguish upper and lower case.
    pub case_sensitive: bool,
    /// Patterns of the schemas that pass. If there are any, `ignore-dbs` is not consulted.
    pub do_dbs: Vec<String>,
    /// Patterns of the schemas that do not pass.
    pub ignore_dbs: Vec<String>,
    /// Tables that pass, also if `ignore-tables` names them. If there are any, other tables do not pass.
    pub do_tables: Vec<TableRule>,
    /// Tables that do not pass.
    pub ignore_tables: Vec<TableRule>,
}

/// A pair of patterns that names tables.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TableRule {
    /// The pattern of the schema.
    pub db_name: String,
    /// The pattern of the table.
    pub tbl_name: String,
}
