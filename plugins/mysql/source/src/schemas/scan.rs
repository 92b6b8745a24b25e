//! Looks through the log for DDL between here and now.

use crate::dump::{Frame, From, Walk};
use std::{collections::BTreeSet, sync::Arc};
use tidegate_model::{Session, TableName};
use tidegate_mysql_binlog::{Decoder, Event, EventType};
use tidegate_mysql_connection::{ConnectionConfig, Version};
use tidegate_mysql_ddl::{Flavor, Parsed, parse};
use tidegate_plugin::{PluginError, Result};

/// What DDL in a part of the log is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touched {
    tables: BTreeSet<TableName>,
    schemas: BTreeSet<Arc<str>>,
    /// Whether there is a statement that cannot be read, so that it may be about anything.
    anything: bool,
}

impl Touched {
    /// Looks through the log from a place to where it ends now.
    pub(crate) async fn between(
        config: &ConnectionConfig,
        version: &Version,
        mut flavor: Flavor,
        from: &From,
    ) -> Result<Self> {
        let mut walk = Walk::begin(config, version, from).await?;
        let mut decoder = Decoder::new();
        let mut touched = Self::default();
        while let Some(event) = walk.next().await? {
            let Some(frame) = Frame::of(event) else { continue };
            let is_wanted = [EventType::FORMAT_DESCRIPTION, EventType::QUERY, EventType::QUERY_COMPRESSED];
            if !is_wanted.contains(&frame.event_type) {
                continue;
            }
            let decoded = decoder.decode(event);
            let (_, event) = decoded.map_err(|error| {
                PluginError::definite(error.to_string()).at("the log between the start and now")
            })?;
            match event {
                Event::FormatDescription(format) => {
                    let written = Flavor::from_version(&format.server_version);
                    if let Some(written) = written.filter(|written| written.family == flavor.family) {
                        flavor = written.folding(flavor.lower_case_table_names);
                    }
                }
                Event::Query(query) => touched.add(&query, flavor),
                _ => {}
            }
        }
        Ok(touched)
    }

    fn add(&mut self, query: &tidegate_mysql_binlog::Query<'_>, flavor: Flavor) {
        if matches!(&*query.statement, b"BEGIN" | b"COMMIT") {
            return;
        }
        let parsed = match (query.session(), query.text()) {
            (Ok(session), Ok(text)) => parse(&text, &session, flavor).ok(),
            // Only of a DDL it matters what the session was.
            _ => parse(&String::from_utf8_lossy(&query.statement), &Session::default(), flavor)
                .ok()
                .filter(|parsed| !matches!(parsed, Parsed::Ddl(_))),
        };
        match parsed {
            Some(Parsed::Ddl(definition)) => {
                for name in &definition.statement.names {
                    if name.table.is_schema() {
                        self.schemas.insert(name.table.schema.clone());
                    } else {
                        self.tables.insert(name.table.clone());
                    }
                }
                let subjects = definition
                    .statement
                    .elements
                    .iter()
                    .flat_map(|element| std::iter::once(&element.table).chain(&element.renamed_to));
                self.tables.extend(subjects.filter(|name| !name.is_schema()).cloned());
            }
            Some(Parsed::Unknown) | None => self.anything = true,
            Some(_) => {}
        }
    }

    /// Tells whether the log changes a table.
    pub(crate) fn table(&self, name: &TableName) -> bool {
        self.anything || self.tables.contains(name) || self.schemas.contains(&name.schema)
    }

    /// Tells whether the log changes a schema.
    pub(crate) fn schema(&self, name: &str) -> bool {
        self.anything || self.schemas.contains(name)
    }

    /// Tells whether the log changes a schema or a table in it.
    pub(crate) fn within(&self, schema: &str) -> bool {
        self.schema(schema) || self.tables.iter().any(|table| *table.schema == *schema)
    }

    /// Tells whether the log changes nothing.
    pub(crate) fn is_empty(&self) -> bool {
        !self.anything && self.tables.is_empty() && self.schemas.is_empty()
    }
}
