//! The settings of the sink, as they stand in the pipeline file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;
use tidegate_mysql_connection::{
    ConnectionConfig, TlsConfig, default_connect_timeout, default_port, no_password,
};
use tidegate_plugin::settings::{ByteSize, Problem, Secret, Settings, TimeSpan};

/// Applies changes to MySQL, MariaDB or TiDB, exactly once.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct SinkSettings {
    /// The host's name or address.
    pub(crate) host: String,
    /// The port.
    #[serde(default = "default_port")]
    #[schemars(range(min = 1))]
    pub(crate) port: u16,
    /// The account.
    pub(crate) user: String,
    /// The account's password.
    #[serde(default = "no_password")]
    pub(crate) password: Secret,
    /// Whether and how connections are encrypted.
    #[serde(default)]
    pub(crate) tls: TlsConfig,
    /// How long connecting may take.
    #[serde(default = "default_connect_timeout")]
    pub(crate) connect_timeout: TimeSpan,
    /// How many connections apply rows beside one another.
    #[serde(default = "default_lanes")]
    #[schemars(range(min = 1, max = 64))]
    pub(crate) lanes: u16,
    /// What the target equals at any time.
    #[serde(default)]
    pub(crate) consistency: Consistency,
    /// What happens when a row that is to be changed or deleted is not there.
    #[serde(default)]
    pub(crate) on_missing: OnMissing,
    /// What happens, under `consistency: transaction`, to a source transaction that is larger than a window.
    #[serde(default)]
    pub(crate) oversize: Oversize,
    /// How many rows are applied together.
    #[serde(default = "default_window_rows")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(crate) window_rows: u32,
    /// How many bytes of rows are applied together.
    #[serde(default = "default_window_bytes")]
    pub(crate) window_bytes: ByteSize,
    /// Target tables (`schema.table`) whose triggers may fire for replicated rows.
    #[serde(default)]
    pub(crate) allow_triggers: Vec<String>,
    /// Target tables (`schema.table`) that may be in an engine without transactions: there, rows may be applied twice.
    #[serde(default)]
    pub(crate) allow_non_transactional: Vec<String>,
    /// Whether a column may be added whose values in existing rows the target computes for itself (AUTO_INCREMENT,
    /// DEFAULT (UUID())): they differ from the source's then.
    #[serde(default)]
    pub(crate) allow_different_backfill: bool,
}

/// What the target equals at any time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Consistency {
    /// The source, row by row: lanes work beside one another, and at every window's end the target equals the source at
    /// a position.
    #[default]
    Row,
    /// The source between two of its transactions, always: one lane.
    Transaction,
}

/// What happens when a row that is to be changed or deleted is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OnMissing {
    /// The pipeline stops.
    #[default]
    Stop,
    /// It is counted and logged, and left missing.
    Count,
    /// A row that is to be changed is inserted; one that is to be deleted is counted.
    Upsert,
}

/// What happens to a source transaction that is larger than a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Oversize {
    /// The target's transaction stays open until it is whole; where the target cannot hold one, the pipeline stops.
    #[default]
    Stop,
    /// It is applied in several target transactions, and logged.
    Row,
}

fn default_lanes() -> u16 {
    4
}

fn default_window_rows() -> u32 {
    20_000
}

fn default_window_bytes() -> ByteSize {
    ByteSize(16 << 20)
}

impl SinkSettings {
    /// Reads and checks the settings; paths are relative to `folder`.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(crate) fn read(settings: &Settings, folder: &Path) -> Result<Self, Vec<Problem>> {
        let mut parsed = settings.judge(|parsed: Self| {
            let problems = parsed.connection().problems();
            if problems.is_empty() { Ok(parsed) } else { Err(problems) }
        })?;
        parsed.tls = parsed.connection().in_folder(folder).tls;
        Ok(parsed)
    }

    /// Returns where the server is and how to talk to it.
    pub(crate) fn connection(&self) -> ConnectionConfig {
        ConnectionConfig {
            host: self.host.clone(),
            port: self.port,
            user: self.user.clone(),
            password: self.password.clone(),
            tls: self.tls.clone(),
            connect_timeout: self.connect_timeout,
        }
    }

    /// Returns how many lanes a window is spread over.
    pub(crate) fn lanes(&self) -> usize {
        match self.consistency {
            Consistency::Row => usize::from(self.lanes.max(1)),
            Consistency::Transaction => 1,
        }
    }
}
