//! The settings of the `mysql-log-files` source.

use crate::config::{StartAt, default_xa_memory};
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::PathBuf;
use tidegate_plugin::{
    path,
    settings::{ByteSize, Problem},
};

/// The settings of the `mysql-log-files` source.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LogFilesConfig {
    /// The binary log files of one server, without gaps and in order, under the names that the server gave them. Reading
    /// ends where they end.
    #[schemars(length(min = 1))]
    pub files: Vec<PathBuf>,
    /// Where to begin if there is no checkpoint: `earliest`, or a file and position. By default at the beginning of the
    /// first file.
    #[serde(default)]
    pub start: Option<StartAt>,
    /// A file of CREATE TABLE statements: the tables as they were at the start. Not needed for what the log itself tells:
    /// all with binlog_row_metadata = FULL, else the tables that it creates.
    #[serde(default)]
    pub schema_file: Option<PathBuf>,
    /// The server's lower_case_table_names, which its log does not tell.
    #[serde(default)]
    #[schemars(range(max = 2))]
    pub lower_case_table_names: u8,
    /// How many bytes of prepared XA transactions are held in memory; what exceeds them lies in the state folder.
    #[serde(default = "default_xa_memory")]
    pub xa_memory: ByteSize,
}

impl LogFilesConfig {
    /// Returns what is wrong with the settings beyond their shape.
    pub fn problems(&self) -> Vec<Problem> {
        match &self.start {
            None | Some(StartAt::Earliest | StartAt::File(_)) => Vec::new(),
            Some(StartAt::Latest | StartAt::Gtid(_)) => {
                let message = "reading of log files begins at `earliest`, or at a `file` and `position`";
                vec![Problem::at(path!["start"], message)]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_plugin::settings::Settings;

    #[test]
    fn log_files_begin_at_a_place_in_a_file() {
        let start = |start: serde_json::Value| {
            let settings = serde_json::json!({ "files": ["binlog.000001"], "start": start });
            Settings::from_json(&settings).parse::<LogFilesConfig>().unwrap().problems().len()
        };
        let file = serde_json::json!({ "file": "binlog.000001", "position": 154 });
        assert_eq!(["earliest".into(), file, "latest".into()].map(start), [0, 0, 1]);
        assert_eq!(start(serde_json::json!({ "gtid": "" })), 1);
        let none = Settings::from_json(&serde_json::json!({ "files": [] })).parse::<LogFilesConfig>();
        assert_eq!(none.unwrap_err()[0].path.to_string(), "files");
    }
}
