//! The mysql sink: applies to MySQL, MariaDB and TiDB exactly once.
