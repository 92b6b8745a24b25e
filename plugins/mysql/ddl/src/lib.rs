//! MySQL DDL: classified, spliced, tracked.
