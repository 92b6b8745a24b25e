//! What the sink keeps on the target, in the schema `tidegate`: the checkpoint beside the data, the fence, the source's
//! table schemas.
//!
//! | table | a row is |
//! |---|---|
//! | `pipeline` | a pipeline: its epoch, which each start raises |
//! | `lane` | a lane: the last window that it committed, with all that finishing the window takes |
//! | `schemas` | a source table's schema as of a window |
//! | `ddl` | the DDL that is being executed, or was executed last |
//! | `route` | a source table whose rows or DDL went to a target table |

mod record;
mod start;
mod tables;

pub(crate) use record::{Layout, Record};
pub(crate) use start::{Claim, Standing, Started, begin, is_begun, start};
pub(crate) use tables::{create, read_schemas, schema_statements};

/// The schema on the target; it is never replicated.
pub(crate) const SCHEMA: &str = "tidegate";
