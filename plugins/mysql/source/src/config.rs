//! The settings of the `mysql` source.

mod start;

pub use start::StartAt;

use schemars::JsonSchema;
use serde::Deserialize;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tidegate_mysql_connection::{
    ConnectionConfig, TlsConfig, default_connect_timeout, default_port, no_password,
};
use tidegate_plugin::{
    path,
    settings::{ByteSize, Problem, Secret, TimeSpan},
};

/// The settings of the `mysql` source.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SourceConfig {
    /// The host's name or address.
    pub host: String,
    /// The port.
    #[serde(default = "default_port")]
    #[schemars(range(min = 1))]
    pub port: u16,
    /// The account. It needs REPLICATION SLAVE, REPLICATION CLIENT, and SELECT on the replicated tables.
    pub user: String,
    /// The account's password.
    #[serde(default = "no_password")]
    pub password: Secret,
    /// Whether and how the connection is encrypted.
    #[serde(default)]
    pub tls: TlsConfig,
    /// How long connecting may take.
    #[serde(default = "default_connect_timeout")]
    pub connect_timeout: TimeSpan,
    /// Where to begin if there is no checkpoint.
    #[serde(default)]
    pub start: Option<StartAt>,
    /// The server id under which the source follows the log; no other server or reader may have it. By default it is
    /// derived from the pipeline's name.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub server_id: Option<u32>,
    /// How often an idle server says that it is alive. A connection that is silent for three times as long is dead.
    #[serde(default = "default_heartbeat")]
    pub heartbeat: TimeSpan,
    /// Take it that no DDL lies between the start and now: the tables' current schemas are used without looking through
    /// the log for one.
    #[serde(default)]
    pub assume_current_schema: bool,
    /// A file of CREATE TABLE statements: the tables as they were at the start.
    #[serde(default)]
    pub schema_file: Option<PathBuf>,
    /// How long to wait before a lost connection is made again.
    #[serde(default)]
    pub reconnect: ReconnectConfig,
    /// How many bytes of prepared XA transactions are held in memory; what exceeds them lies in the state folder.
    #[serde(default = "default_xa_memory")]
    pub xa_memory: ByteSize,
}

/// How long to wait before a lost connection is made again: at first, then twice as long each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ReconnectConfig {
    /// The wait before the first attempt.
    pub first: TimeSpan,
    /// The longest wait.
    pub longest: TimeSpan,
}

impl Default for ReconnectConfig {
    fn default() -> Self {
        Self { first: TimeSpan(Duration::from_millis(200)), longest: TimeSpan(Duration::from_secs(30)) }
    }
}

fn default_heartbeat() -> TimeSpan {
    TimeSpan(Duration::from_secs(5))
}

pub(crate) fn default_xa_memory() -> ByteSize {
    ByteSize(16 << 20)
}

impl SourceConfig {
    /// Returns the part that says where the server is; paths are relative to `folder`.
    pub fn connection(&self, folder: &Path) -> ConnectionConfig {
        ConnectionConfig {
            host: self.host.clone(),
            port: self.port,
            user: self.user.clone(),
            password: self.password.clone(),
            tls: self.tls.clone(),
            connect_timeout: self.connect_timeout,
        }
        .in_folder(folder)
    }

    /// Returns what is wrong with the settings beyond their shape.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.connection(Path::new("")).problems();
        // The server takes nanoseconds and refuses more than this.
        if !(Duration::from_millis(100)..=Duration::from_secs(3600)).contains(&self.heartbeat.0) {
            problems.push(Problem::at(path!["heartbeat"], "a heartbeat comes every `100ms` to `1h`"));
        }
        if self.reconnect.first > self.reconnect.longest {
            let message = "the first wait is longer than the longest";
            problems.push(Problem::at(path!["reconnect", "first"], message));
        }
        if self.assume_current_schema && self.schema_file.is_some() {
            let message =
                "a schema file says how the tables were, `assume-current-schema` that they are as they were";
            problems.push(Problem::at(path!["schema-file"], message).help("leave out one of the two"));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_model::{GtidSet, LogPosition};
    use tidegate_plugin::settings::Settings;

    fn parse(json: serde_json::Value) -> Result<SourceConfig, Vec<Problem>> {
        Settings::from_json(&json).parse()
    }

    fn start(start: serde_json::Value) -> Result<Option<StartAt>, Vec<Problem>> {
        parse(serde_json::json!({ "host": "h", "user": "u", "start": start })).map(|config| config.start)
    }

    #[test]
    fn each_start_has_its_spelling() {
        let file = LogPosition { file: "binlog.000007".into(), offset: 5_000_000_000 };
        for (spelling, meaning) in [
            (serde_json::json!("earliest"), StartAt::Earliest),
            (serde_json::json!("latest"), StartAt::Latest),
            (
                serde_json::json!({ "file": "binlog.000007", "position": 5_000_000_000_u64 }),
                StartAt::File(file),
            ),
            (
                serde_json::json!({ "gtid": "3E11FA47-71CA-11E1-9E33-C80AA9429562:1-4:6" }),
                StartAt::Gtid("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-4:6".parse().unwrap()),
            ),
            (serde_json::json!({ "gtid": "" }), StartAt::Gtid(GtidSet::empty_mysql())),
        ] {
            assert_eq!(start(spelling.clone()).unwrap(), Some(meaning), "{spelling}");
        }
    }

    #[test]
    fn a_mistake_in_the_start_is_told_at_its_place() {
        for (spelling, path, message) in [
            (serde_json::json!("earlist"), "start", "earliest"),
            (serde_json::json!({ "file": "b.1", "gtid": "" }), "start", ""),
            (serde_json::json!({ "gtid": "x" }), "start.gtid", "not a GTID set"),
            (serde_json::json!({ "file": "b.000001", "position": 1 }), "start", "4"),
            (serde_json::json!({ "fil": "b.000001" }), "start", "fil"),
        ] {
            let problems = start(spelling.clone()).unwrap_err();
            let text = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            assert!(text.starts_with(path) && text.contains(message), "{spelling}: {text}");
        }
    }

    #[test]
    fn settings_that_contradict_one_another_are_problems() {
        let config = parse(serde_json::json!({
            "host": "", "user": "u", "heartbeat": "1ms", "assume-current-schema": true,
            "schema-file": "x.sql", "reconnect": { "first": "1m" },
        }));
        let problems = config.unwrap().problems();
        let paths: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths, ["host", "heartbeat", "reconnect.first", "schema-file"]);
    }
}
