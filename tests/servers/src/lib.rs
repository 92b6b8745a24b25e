//! Private MySQL, MariaDB and TiDB servers for tests.
