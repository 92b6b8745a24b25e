//! The schemas that the server has now.

use super::SYSTEM_SCHEMAS;
use crate::server::Server;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tidegate_model::{Session, TableName, TableSchema};
use tidegate_mysql_ddl::{Flavor, from_show_create};
use tidegate_plugin::Result;

/// The server's schemas and tables as of now.
#[derive(Debug, Default)]
pub(crate) struct Current {
    /// Each schema's default collation.
    pub(crate) schemas: BTreeMap<Arc<str>, u16>,
    pub(crate) tables: Vec<Arc<TableSchema>>,
    pub(crate) sequences: Vec<TableName>,
    /// The schemas of which not every table is here.
    pub(crate) partial: BTreeSet<Arc<str>>,
}

impl Current {
    /// Asks the server for all tables that `wants` wants.
    pub(crate) async fn read(
        server: &mut Server,
        flavor: Flavor,
        wants: &(dyn Fn(&TableName) -> bool + Send + Sync),
    ) -> Result<Self> {
        let doing = "cannot read the current schemas";
        let query = "SELECT s.SCHEMA_NAME, c.ID FROM information_schema.SCHEMATA s \
                     JOIN information_schema.COLLATIONS c ON c.COLLATION_NAME = s.DEFAULT_COLLATION_NAME";
        let rows: Vec<(String, u64)> = server.query(query, doing).await?;
        let collation = |id: u64| u16::try_from(id).unwrap_or(0);
        let schemas: BTreeMap<Arc<str>, u16> =
            rows.into_iter().map(|(name, id)| (name.into(), collation(id))).collect();
        let query = "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES \
                     WHERE TABLE_TYPE IN ('BASE TABLE', 'SEQUENCE') ORDER BY TABLE_SCHEMA, TABLE_NAME";
        let names: Vec<(String, String, String)> = server.query(query, doing).await?;
        let mut current = Self { schemas, ..Self::default() };
        for (schema, table, kind) in names {
            let name = TableName::new(schema, table);
            if SYSTEM_SCHEMAS.contains(&&*name.schema) {
                continue;
            }
            let wanted = wants(&name);
            if wanted && kind == "SEQUENCE" {
                current.sequences.push(name);
                continue;
            }
            let schema = if wanted { read_table(server, flavor, &name).await? } else { None };
            match schema {
                Some(schema) => current.tables.push(schema),
                None => {
                    current.partial.insert(name.schema);
                }
            }
        }
        Ok(current)
    }
}

/// Returns a table's schema, `None` if the table went meanwhile or has what we cannot model.
async fn read_table(
    server: &mut Server,
    flavor: Flavor,
    name: &TableName,
) -> Result<Option<Arc<TableSchema>>> {
    const NO_SUCH_TABLE: &[&str] = &["1146", "1049"];
    let query = format!("SHOW CREATE TABLE {}", name.quoted());
    let rows: Vec<(String, String)> = match server.query(&query, "cannot read a table's definition").await {
        Ok(rows) => rows,
        Err(error) if NO_SUCH_TABLE.iter().any(|code| error.message.contains(code)) => return Ok(None),
        Err(error) => return Err(error.at(name)),
    };
    let Some((_, sql)) = rows.into_iter().next() else { return Ok(None) };
    let session = Session { default_schema: Some(name.schema.clone()), ..Session::default() };
    match from_show_create(&sql, &session, flavor) {
        Ok(schema) => Ok(Some(Arc::new(schema))),
        Err(error) => {
            tracing::warn!(table = %name, %error, "the table's schema must come from the log");
            Ok(None)
        }
    }
}
