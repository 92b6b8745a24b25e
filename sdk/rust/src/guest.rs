//! Between the contract and an author's filter; what `export!` calls.

use crate::{
    Answer, Cells, Filter, Image, Plan, Rows, Statement, StatementAnswer, Table, TableName, Wants,
    bindings::{
        exports::tidegate::plugin::filter::Manifest,
        tidegate::plugin::{
            row_image, row_set,
            types::{Header, Table as Described},
        },
    },
    rows::{MapRows, Supply},
};
use std::{cell::RefCell, collections::HashMap, rc::Rc};

/// More tables than this are not remembered.
const TABLES_MAX: usize = 10_000;

/// A filter with its settings, and what it made of the tables that it met.
pub struct Running<F: Filter> {
    filter: F,
    tables: RefCell<HashMap<u64, Rc<Met<F>>>>,
}

struct Met<F: Filter> {
    table: Rc<Table>,
    memo: F::Memo,
}

struct FromRowSet;

impl Supply for FromRowSet {
    fn read(&self, image: Image, column: u32) -> Option<Cells> {
        row_set::read(image, column)
    }

    fn text(&self, image: Image, column: u32) -> Result<Option<Cells>, String> {
        row_set::text(image, column)
    }
}

struct FromRowImage;

impl Supply for FromRowImage {
    fn read(&self, _: Image, column: u32) -> Option<Cells> {
        row_image::read(column)
    }

    fn text(&self, _: Image, column: u32) -> Result<Option<Cells>, String> {
        row_image::text(column)
    }
}

/// Returns the filter's manifest.
pub fn describe<F: Filter>() -> Manifest {
    let Wants { tables, columns, operations } = F::wants();
    let schema = schemars::schema_for!(F::Settings);
    Manifest {
        name: F::NAME.to_owned(),
        version: F::VERSION.to_owned(),
        summary: F::SUMMARY.to_owned(),
        settings: schema.as_value().to_string(),
        tables,
        operations,
        columns,
    }
}

impl<F: Filter> Running<F> {
    /// Makes the filter.
    ///
    /// # Errors
    /// What is wrong with its settings.
    pub fn new(settings: &str) -> Result<Self, String> {
        let settings = serde_json::from_str(settings).map_err(|error| error.to_string())?;
        Ok(Self { filter: F::new(settings)?, tables: RefCell::default() })
    }

    /// See [`Filter::routes`].
    ///
    /// # Errors
    /// The filter's.
    pub fn routes(&self, source: &TableName, current: &TableName) -> Result<Option<Vec<TableName>>, String> {
        self.filter.routes(source, current)
    }

    /// See [`Filter::decide`].
    ///
    /// # Errors
    /// The filter's.
    pub fn decide(&self, table: &Table) -> Result<Plan, String> {
        self.filter.decide(table).map(|(plan, _)| plan)
    }

    /// See [`Filter::rows`].
    ///
    /// # Errors
    /// The filter's.
    pub fn rows(&self, header: &Header) -> Result<Answer, String> {
        let met = self.met(header.table_id)?;
        let rows = Rows {
            table: met.table.clone(),
            operation: header.operation,
            rows: header.rows as usize,
            supply: Box::new(FromRowSet),
        };
        self.filter.rows(&met.memo, &rows)
    }

    /// See [`Filter::map_columns`].
    ///
    /// # Errors
    /// The filter's.
    pub fn map_columns(&self, header: &Header) -> Result<Vec<Option<Cells>>, String> {
        let met = self.met(header.table_id)?;
        let rows =
            MapRows { table: met.table.clone(), rows: header.rows as usize, supply: Box::new(FromRowImage) };
        self.filter.map_columns(&met.memo, &rows)
    }

    /// See [`Filter::judge`].
    ///
    /// # Errors
    /// The filter's.
    pub fn judge(&self, statement: &Statement) -> Result<StatementAnswer, String> {
        self.filter.judge(statement)
    }

    /// Returns what the filter made of the table at hand; a new instance has met none yet.
    fn met(&self, id: u64) -> Result<Rc<Met<F>>, String> {
        if let Some(met) = self.tables.borrow().get(&id) {
            return Ok(met.clone());
        }
        let described: Described = row_set::describe();
        let (_, memo) = self.filter.decide(&described)?;
        let met = Rc::new(Met { table: Rc::new(described), memo });
        let mut tables = self.tables.borrow_mut();
        if tables.len() >= TABLES_MAX {
            tables.clear();
        }
        tables.insert(id, met.clone());
        Ok(met)
    }
}

/// Makes the component's exports of a filter; elsewhere than in a component, in unit tests, nothing.
#[macro_export]
macro_rules! export {
    ($filter:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::bindings::exports::tidegate::plugin::filter as contract;
            use $crate::guest::Running;

            ::std::thread_local! {
                static RUNNING: ::std::cell::OnceCell<Running<$filter>> = const { ::std::cell::OnceCell::new() };
            }

            fn run<T>(ask: impl FnOnce(&Running<$filter>) -> Result<T, String>) -> Result<T, String> {
                RUNNING.with(|running| ask(running.get().ok_or("`configure` was not called")?))
            }

            struct Component;

            impl contract::Guest for Component {
                fn describe() -> contract::Manifest {
                    $crate::guest::describe::<$filter>()
                }

                fn configure(settings: String) -> Result<(), String> {
                    let made = Running::new(&settings)?;
                    RUNNING.with(|running| running.set(made).map_err(|_| "`configure` was called twice".to_owned()))
                }

                fn routes(
                    source: $crate::TableName,
                    current: $crate::TableName,
                ) -> Result<Option<Vec<$crate::TableName>>, String> {
                    run(|running| running.routes(&source, &current))
                }

                fn decide(table: $crate::Table) -> Result<$crate::Plan, String> {
                    run(|running| running.decide(&table))
                }

                fn rows(header: contract::Header) -> Result<$crate::Answer, String> {
                    run(|running| running.rows(&header))
                }

                fn map_columns(header: contract::Header) -> Result<Vec<Option<$crate::Cells>>, String> {
                    run(|running| running.map_columns(&header))
                }

                fn judge(statement: $crate::Statement) -> Result<$crate::StatementAnswer, String> {
                    run(|running| running.judge(&statement))
                }
            }

            $crate::bindings::export!(Component with_types_in $crate::bindings);
        };
    };
}
