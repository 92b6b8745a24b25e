//! Reads and remembers the target's tables.

use super::{
    Part, TargetTable, UniqueKey, column_type,
    foreign_keys::{Families, cascades},
};
use crate::statement::quoted;
use mysql_async::{Conn, Row, prelude::Queryable};
use std::{collections::HashMap, sync::Arc};
use tidegate_model::{Column, ColumnDefault, Generated, TableName};
use tidegate_mysql_connection::{Flavor, Grants, Scope, error::explain};
use tidegate_plugin::{PluginError, Result};

/// The tables that a plan needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tables(HashMap<TableName, Arc<TargetTable>>);

/// What is known of the target's tables.
#[derive(Debug)]
pub(crate) struct Catalog {
    flavor: Flavor,
    tables: Tables,
    collations: HashMap<String, u16>,
    families: Families,
    /// What the account may do; `None` before the first table, or if the server does not tell.
    grants: Option<Grants>,
    loaded: bool,
}

/// Name, type, nullability, default, extra, collation.
type ColumnRow = (String, String, String, Option<String>, String, Option<String>);

impl Tables {
    /// Returns a table.
    ///
    /// # Errors
    /// If the target does not have it.
    pub(crate) fn get(&self, name: &TableName) -> Result<&Arc<TargetTable>> {
        self.0.get(name).ok_or_else(|| missing(name))
    }

    /// Adds a table.
    pub(crate) fn insert(&mut self, table: TargetTable) {
        self.0.insert(table.name.clone(), Arc::new(table));
    }
}

impl Catalog {
    /// Returns an empty catalog.
    pub(crate) fn new(flavor: Flavor) -> Self {
        Self {
            flavor,
            tables: Tables::default(),
            collations: HashMap::new(),
            families: Families::default(),
            grants: None,
            loaded: false,
        }
    }

    /// Returns the target's family.
    pub(crate) fn flavor(&self) -> Flavor {
        self.flavor
    }

    /// Forgets everything: a DDL ran.
    pub(crate) fn forget(&mut self) {
        self.tables.0.clear();
        self.families = Families::default();
        self.loaded = false;
    }

    /// Tells whether a table is known already.
    pub(crate) fn knows(&self, name: &TableName) -> bool {
        self.tables.0.contains_key(name)
    }

    /// Returns the tables known by now.
    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Reads a table, unless it is known already.
    ///
    /// # Errors
    /// If the target does not have it, or the connection fails.
    pub(crate) async fn load(&mut self, conn: &mut Conn, name: &TableName) -> Result<()> {
        if self.find(conn, name).await? { Ok(()) } else { Err(missing(name)) }
    }

    /// Reads a table, unless it is known already; tells whether the target has it.
    ///
    /// # Errors
    /// If the connection fails.
    pub(crate) async fn find(&mut self, conn: &mut Conn, name: &TableName) -> Result<bool> {
        if !self.loaded {
            self.load_server(conn).await?;
        }
        if !self.knows(name)
            && let Some(table) = self.read(conn, name).await?
        {
            self.tables.insert(table);
        }
        Ok(self.knows(name))
    }

    /// Reads a table as it is now; `None` if the target does not have it.
    ///
    /// # Errors
    /// If the connection fails.
    pub(crate) async fn read(&self, conn: &mut Conn, name: &TableName) -> Result<Option<TargetTable>> {
        let Some(engine) = engine(conn, name).await? else { return Ok(None) };
        let rows = column_rows(conn, name).await?;
        let columns = self.columns(name, &rows)?;
        let keys = self.keys(conn, name, &columns).await?;
        let mut table = TargetTable::new(name.clone(), columns, keys);
        for (index, (_, kind, _, _, extra, _)) in rows.iter().enumerate() {
            if extra.to_ascii_uppercase().contains("ON UPDATE") {
                table.stamped.push(index);
            }
            table.digits.extend(column_type::digits(kind).map(|digits| (index, digits)));
        }
        table.transactional = self.flavor == Flavor::TiDb || is_transactional(&engine);
        table.engine = engine;
        table.triggers = self.triggers(conn, name).await?;
        let may_see = |grants: &Grants| grants.has("TRIGGER", Scope::Table(name));
        table.hides_triggers = self.flavor != Flavor::TiDb && !self.grants.as_ref().is_none_or(may_see);
        table.family = self.families.of(name);
        if table.family.is_some() {
            table.cascades = cascades(conn, name).await?;
        }
        Ok(Some(table))
    }

    async fn load_server(&mut self, conn: &mut Conn) -> Result<()> {
        let full =
            "SELECT FULL_COLLATION_NAME, ID FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY";
        let plain = "SELECT COLLATION_NAME, ID FROM information_schema.COLLATIONS";
        let mut names: Vec<(Option<String>, Option<u64>)> = fetch(conn, plain).await?;
        if self.flavor == Flavor::MariaDb {
            // Since 10.10 the collations of several character sets share a name.
            names.extend(conn.query::<(Option<String>, Option<u64>), _>(full).await.unwrap_or_default());
        }
        for (name, id) in names {
            if let (Some(name), Some(id)) = (name, id.and_then(|id| u16::try_from(id).ok())) {
                self.collations.insert(name, id);
            }
        }
        let folds: Option<u8> = fetch(conn, "SELECT @@lower_case_table_names").await?.into_iter().next();
        let folds = folds.unwrap_or(0);
        self.families = Families::read(conn, folds != 0).await?;
        if self.grants.is_none() {
            self.grants = Grants::read(conn, folds).await.ok();
        }
        self.loaded = true;
        Ok(())
    }

    fn columns(&self, name: &TableName, rows: &[ColumnRow]) -> Result<Vec<Arc<Column>>> {
        rows.iter()
            .map(|(column, kind, nullable, default, extra, collation)| {
                let id = collation.as_ref().and_then(|name| self.collations.get(name).copied()).unwrap_or(0);
                let Some(kind) = column_type::read(kind, id) else {
                    return Err(unknown_type(name, column, kind));
                };
                let extra = extra.to_ascii_uppercase();
                let generated = if extra.contains("VIRTUAL GENERATED") {
                    Some(Generated::Virtual)
                } else if extra.contains("STORED GENERATED") || extra.contains("PERSISTENT") {
                    Some(Generated::Stored)
                } else {
                    None
                };
                let default = default.as_ref();
                Ok(Arc::new(Column {
                    name: column.as_str().into(),
                    kind,
                    nullable: nullable.eq_ignore_ascii_case("YES"),
                    default: default
                        .map_or(ColumnDefault::Unknown, |text| ColumnDefault::Literal(text.as_str().into())),
                    generated,
                    invisible: extra.contains("INVISIBLE"),
                    auto_increment: extra.contains("AUTO_INCREMENT"),
                }))
            })
            .collect()
    }

    async fn keys(
        &self,
        conn: &mut Conn,
        name: &TableName,
        columns: &[Arc<Column>],
    ) -> Result<Vec<UniqueKey>> {
        let query = "SELECT INDEX_NAME, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS \
             WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NON_UNIQUE = 0 ORDER BY INDEX_NAME, SEQ_IN_INDEX";
        let rows: Vec<(String, Option<String>, Option<u32>)> = fetch(conn, about(query, name)).await?;
        let mut keys: Vec<UniqueKey> = Vec::new();
        for (key, column, prefix) in rows {
            if keys.last().is_none_or(|last| *last.name != *key) {
                let primary = key.eq_ignore_ascii_case("PRIMARY");
                keys.push(UniqueKey { name: key.as_str().into(), primary, parts: Vec::new() });
            }
            let index = column.and_then(|column| {
                let lowered = column.to_lowercase();
                columns.iter().position(|own| own.name.to_lowercase() == lowered)
            });
            let part = match index {
                Some(column) if columns[column].generated.is_none() => Part::Column { column, prefix },
                _ => Part::Opaque,
            };
            if let Some(key) = keys.last_mut() {
                key.parts.push(part);
            }
        }
        keys.sort_by_key(|key| !key.primary);
        Ok(keys)
    }

    async fn triggers(&self, conn: &mut Conn, name: &TableName) -> Result<Vec<Arc<str>>> {
        if self.flavor == Flavor::TiDb {
            return Ok(Vec::new());
        }
        let query = "SELECT TRIGGER_NAME FROM information_schema.TRIGGERS \
             WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? ORDER BY TRIGGER_NAME";
        let names: Vec<String> = fetch(conn, about(query, name)).await?;
        Ok(names.into_iter().map(Into::into).collect())
    }
}

async fn column_rows(conn: &mut Conn, name: &TableName) -> Result<Vec<ColumnRow>> {
    let query = "SELECT COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, COLLATION_NAME \
         FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION";
    fetch(conn, about(query, name)).await
}

async fn engine(conn: &mut Conn, name: &TableName) -> Result<Option<Arc<str>>> {
    let query = "SELECT ENGINE FROM information_schema.TABLES \
         WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND TABLE_TYPE LIKE '%TABLE%'";
    let found: Vec<Option<String>> = fetch(conn, about(query, name)).await?;
    Ok(found.into_iter().next().map(|engine| engine.unwrap_or_default().into()))
}

/// Tells whether an engine has transactions.
pub(crate) fn is_transactional(engine: &str) -> bool {
    ["innodb", "ndbcluster", "rocksdb", "tokudb"].contains(&engine.to_ascii_lowercase().as_str())
}

/// Returns `query` with its two question marks replaced by a table's schema and name.
pub(super) fn about(query: &str, name: &TableName) -> String {
    let values = [quoted(&*name.schema), quoted(&*name.table)];
    let mut values = values.iter().map(String::as_str);
    query.split('?').flat_map(|part| [part, values.next().unwrap_or_default()]).collect()
}

pub(super) async fn fetch<T>(conn: &mut Conn, query: impl AsRef<str>) -> Result<Vec<T>>
where
    T: mysql_async::prelude::FromRow + Send + 'static,
{
    let rows: Vec<Row> = conn
        .query(query.as_ref())
        .await
        .map_err(|error| explain(&error, "cannot read the target's tables"))?;
    let read = |row| mysql_async::from_row_opt(row);
    rows.into_iter().map(read).collect::<Result<_, _>>().map_err(|error| {
        PluginError::definite("the target describes its tables in a way that we cannot read").because(error)
    })
}

fn missing(name: &TableName) -> PluginError {
    PluginError::definite(format!("the target has no table {name}"))
        .at(name)
        .hint("create it at the target, or leave its rows out with a filter")
}

fn unknown_type(name: &TableName, column: &str, kind: &str) -> PluginError {
    PluginError::definite(format!("the target column `{column}` has a type that we do not know: {kind}"))
        .at(name)
}
