//! Table schemas, rows, batches, DDL and positions: the values that every stage exchanges.
