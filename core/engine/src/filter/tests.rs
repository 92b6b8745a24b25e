//! What the host does with every answer that a filter can give.

mod check;
mod children;
mod columns;
mod compare;
mod ddl;
mod doubles;
mod failures;
mod rewriting;
mod verdicts;
