//! The names of the server's tables.

use super::SYSTEM_SCHEMAS;
use crate::server::Server;
use tidegate_model::TableName;
use tidegate_mysql_connection::{Grants, Scope};
use tidegate_plugin::{Result, TableNames};

/// Asks the server which schemas, and which tables that `wants` wants, it has. The account may not see all of them:
/// of what it may not read, nothing is known.
pub(crate) async fn read(
    server: &mut Server,
    wants: &(dyn Fn(&TableName) -> bool + Send + Sync),
    names: &TableNames,
) -> Result<()> {
    let doing = "cannot read the names of the tables";
    let schemas: Vec<String> =
        server.query("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA", doing).await?;
    for schema in schemas {
        names.add(&TableName::of_schema(schema));
    }
    let query = "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES \
                 WHERE TABLE_TYPE NOT IN ('VIEW', 'SYSTEM VIEW', 'SEQUENCE')";
    let tables: Vec<(String, String)> = server.query(query, doing).await?;
    let tables = tables.into_iter().map(|(schema, table)| TableName::new(schema, table));
    for table in tables.filter(|table| !SYSTEM_SCHEMAS.contains(&&*table.schema) && wants(table)) {
        names.add(&table);
    }
    let grants = Grants::read(&mut server.conn, server.facts.lower_case_table_names()).await?;
    names.complete(move |name| {
        let scope = if name.is_schema() { Scope::Schema(&name.schema) } else { Scope::Table(name) };
        grants.has("SELECT", scope)
    });
    Ok(())
}
