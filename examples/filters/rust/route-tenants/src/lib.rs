//! An organisation's routing rules: the rows of a table go to a database of their tenant's, by the value of a column.
//!
//! A tenant that no rule names goes to the default database, or is dropped where there is none. A row whose tenant changes
//! moves: it is deleted in one database and inserted in the other.

use std::collections::BTreeMap;
use tidegate_sdk::{Answer, DROP, Filter, KEEP, Plan, Rows, Table, TableName, Value, schemars, serde};

/// The filter.
pub struct RouteTenants {
    settings: Settings,
    /// Every database, without repetitions: the routes, in this order.
    databases: Vec<String>,
}

/// What stands under `config`.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(crate = "tidegate_sdk::serde", deny_unknown_fields)]
#[schemars(crate = "tidegate_sdk::schemars")]
pub struct Settings {
    /// The source's schema whose tables are divided.
    pub schema: String,
    /// The column that names the tenant: a whole number.
    pub column: String,
    /// The database of each tenant.
    pub tenants: BTreeMap<String, String>,
    /// The database of all others; without it their rows are dropped.
    pub default: Option<String>,
}

impl RouteTenants {
    fn verdict(&self, tenant: Value<'_>) -> u32 {
        let database = match tenant {
            Value::Int(tenant) => self.settings.tenants.get(&tenant.to_string()),
            Value::Uint(tenant) => self.settings.tenants.get(&tenant.to_string()),
            _ => None,
        };
        let database = database.or(self.settings.default.as_ref());
        let route = database.and_then(|name| self.databases.iter().position(|database| database == name));
        route.map_or(DROP, |route| route as u32)
    }
}

impl Filter for RouteTenants {
    type Settings = Settings;
    /// The tenant's column, by index.
    type Memo = Option<u32>;
    const NAME: &'static str = "route-tenants";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = "leads rows to a database of their tenant's";

    fn new(settings: Settings) -> Result<Self, String> {
        if settings.tenants.is_empty() {
            return Err("`tenants` names no tenant".to_owned());
        }
        let mut databases: Vec<String> =
            settings.tenants.values().chain(&settings.default).cloned().collect();
        databases.sort();
        databases.dedup();
        Ok(Self { settings, databases })
    }

    fn routes(&self, source: &TableName, current: &TableName) -> Result<Option<Vec<TableName>>, String> {
        if source.schema != self.settings.schema {
            return Ok(Some(Vec::new()));
        }
        let name = |schema: &String| TableName { schema: schema.clone(), table: current.table.clone() };
        Ok(Some(self.databases.iter().map(name).collect()))
    }

    fn decide(&self, table: &Table) -> Result<(Plan, Option<u32>), String> {
        if table.source.schema != self.settings.schema {
            return Ok((Plan::keep(), None));
        }
        let column = table.index(&self.settings.column).ok_or_else(|| {
            format!(
                "it has no column `{}` that tells the tenant: leave it out before this filter",
                self.settings.column
            )
        })?;
        Ok((
            Plan::per_row().needing([column]).because("each row goes to its tenant's database"),
            Some(column),
        ))
    }

    fn rows(&self, column: &Option<u32>, rows: &Rows) -> Result<Answer, String> {
        let Some(column) = *column else { return rows.answer(|_| Ok(|_| KEEP)) };
        rows.answer(|image| {
            let tenants = rows.column(image, column)?;
            Ok(move |row| self.verdict(tenants.value(row)))
        })
    }
}

tidegate_sdk::export!(RouteTenants);

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_sdk::{Cells, Image, IntKind, Kind, Operation, Verdicts, testing};

    #[test]
    fn a_row_goes_to_its_tenants_database() {
        let tenants = [("1", "alpha"), ("2", "beta"), ("3", "alpha")];
        let tenants = tenants.map(|(tenant, database)| (tenant.to_owned(), database.to_owned())).into();
        let settings = Settings { schema: "shop".into(), column: "tenant".into(), tenants, default: None };
        let filter = RouteTenants::new(settings).unwrap();
        let kind = Kind::Int(IntKind { bits: 64, unsigned: false });
        let table = testing::table("shop.orders", [("id", kind.clone()), ("Tenant", kind)]);
        let (_, column) = filter.decide(&table).unwrap();
        let image = |tenants: [Option<i64>; 4]| vec![Cells::s64s([Some(0); 4]), Cells::s64s(tenants)];
        let before = image([Some(1), Some(2), Some(3), None]);
        let after = image([Some(3), Some(9), Some(2), Some(1)]);
        let rows = testing::rows(&table, Operation::Update, 4, before, after);
        assert_eq!(rows.images(), [Image::Before, Image::After]);
        let expected = Verdicts::Images((vec![0, 1, 0, DROP], vec![0, DROP, 1, 0]));
        assert_eq!(filter.rows(&column, &rows).unwrap().verdicts, expected);
    }
}
