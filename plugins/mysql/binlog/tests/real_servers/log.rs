//! Reads a server's log files.

pub(crate) use crate::replay::{LIMITS, Log, Row};

use crate::replay::Reading;
use std::{fs, path::PathBuf, sync::Arc};
use tidegate_model::TableSchema;
use tidegate_mysql_binlog::{Error, Limits};
use tidegate_test_servers::{Client, Server};

/// Rotates the log and reads everything before.
pub(crate) fn read(server: &Server, known: &[Arc<TableSchema>]) -> Log {
    read_with(server, known, LIMITS).unwrap()
}

pub(crate) fn read_with(server: &Server, known: &[Arc<TableSchema>], limits: Limits) -> Result<Log, Error> {
    client(server).execute("FLUSH BINARY LOGS").unwrap();
    let mut reading = Reading::new(known, limits);
    for file in files(server) {
        reading.log_file(&fs::read(file).unwrap())?;
    }
    reading.close();
    Ok(reading.log)
}

pub(crate) fn files(server: &Server) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(server.data_dir()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.strip_prefix("binlog.").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    });
    files.sort();
    // The last one is being written.
    files.pop();
    files
}

pub(crate) fn client(server: &Server) -> Client {
    server.client().option("--binary-mode")
}
