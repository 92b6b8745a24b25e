//! The settings of the sink, as they stand in the pipeline file.

use crate::sink::PLACES;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_mysql_connection::{
    ConnectionConfig, TlsConfig, default_connect_timeout, default_port, no_password,
};
use tidegate_plugin::{
    Instance, path,
    settings::{ByteSize, Path, Problem, Secret, Settings, TimeSpan},
};

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
    /// How many bytes of rows are applied together: by default 16MiB or, if that is less, the most that is possible, 3/16
    /// of `engine.memory`.
    #[serde(default)]
    window_bytes: Option<ByteSize>,
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
    /// Whether a filter may answer otherwise when it is asked again.
    #[serde(skip)]
    pub(crate) impure: bool,
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

/// See [`SinkSettings::window_bytes`].
const WINDOW_BYTES: ByteSize = ByteSize(16 << 20);

impl SinkSettings {
    /// Reads and checks the settings.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(crate) fn read(settings: &Settings, instance: &Instance) -> Result<Self, Vec<Problem>> {
        let mut parsed = settings.judge(|parsed: Self| {
            let mut problems = parsed.connection().problems();
            problems.extend(parsed.contradictions(settings, instance));
            problems.extend(parsed.window_problem(instance.memory));
            problems.extend(no_tables("allow-triggers", &parsed.allow_triggers));
            problems.extend(no_tables("allow-non-transactional", &parsed.allow_non_transactional));
            if problems.is_empty() { Ok(parsed) } else { Err(problems) }
        })?;
        parsed.impure = instance.impure;
        parsed.tls = parsed.connection().in_folder(&instance.folder).tls;
        Ok(parsed)
    }

    /// Settings that mean nothing beside one another.
    fn contradictions(&self, settings: &Settings, instance: &Instance) -> Vec<Problem> {
        let is_set = |key| settings.root().get(key).is_some();
        let mut problems = Vec::new();
        match self.consistency {
            Consistency::Transaction if is_set("lanes") && self.lanes > 1 => {
                let message = "under `consistency: transaction` there is one lane, whatever stands here";
                let help = "leave `lanes` out, or set `consistency` to `row`";
                problems.push(Problem::at(path!["lanes"], message).help(help));
            }
            Consistency::Row if instance.impure && is_set("lanes") && self.lanes > 1 => {
                let message =
                    "a filter is granted a clock or randomness, so there is one lane, whatever stands here";
                let help = "leave `lanes` out, or take the filter's `grants` away: a window of which a crash left some lanes \
                            unfinished is finished by asking the filters again, which must answer the same then";
                problems.push(Problem::at(path!["lanes"], message).help(help));
            }
            Consistency::Row if self.oversize == Oversize::Row => {
                let message = "under `consistency: row` no source transaction is too large";
                let help = "leave `oversize` out, or set `consistency` to `transaction`";
                problems.push(Problem::at(path!["oversize"], message).help(help));
            }
            _ => {}
        }
        problems
    }

    /// A window that is never reached, for there is no memory for it; or none at all.
    fn window_problem(&self, memory: Option<usize>) -> Option<Problem> {
        let set = self.window_bytes?;
        if set.0 == 0 {
            return Some(Problem::at(path!["window-bytes"], "a window has a byte at least"));
        }
        let most = ByteSize((memory? / PLACES) as u64);
        (set > most).then(|| {
            let message = format!(
                "{PLACES} windows of {set} are at hand at times, and `engine.memory` leaves {most} to each"
            );
            // A quarter of the memory lies between the stages.
            let needed = ByteSize(set.0.saturating_mul(PLACES as u64).saturating_mul(4).div_ceil(3));
            let help =
                format!("set `engine.memory` to {needed} or more, or `window-bytes` to {most} or less");
            Problem::at(path!["window-bytes"], message).help(help)
        })
    }

    /// Returns how many bytes of rows are applied together, if there is memory for so many.
    pub(crate) fn window_bytes(&self) -> ByteSize {
        self.window_bytes.unwrap_or(WINDOW_BYTES)
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
            Consistency::Row if !self.impure => usize::from(self.lanes.max(1)),
            _ => 1,
        }
    }
}

/// Names in a list that can be no table's.
fn no_tables(key: &'static str, names: &[String]) -> Vec<Problem> {
    let is_table = |name: &str| {
        name.split_once('.').is_some_and(|(schema, table)| !schema.is_empty() && !table.is_empty())
    };
    let wrong = names.iter().enumerate().filter(|(_, name)| !is_table(name));
    let problem = |(index, name): (usize, &String)| {
        let path = Path::root().join(key).join(index);
        Problem::at(path, format!("`{name}` names no table")).help("write `schema.table`")
    };
    wrong.map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with these settings, where the sink may hold 48 MiB.
    fn problems(settings: serde_json::Value) -> Vec<String> {
        read(settings, false).err().unwrap_or_default()
    }

    fn read(settings: serde_json::Value, impure: bool) -> Result<SinkSettings, Vec<String>> {
        let mut all = serde_json::json!({ "host": "h", "user": "u" });
        all.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        let instance = Instance { pipeline: "p".into(), folder: "/".into(), memory: Some(48 << 20), impure };
        SinkSettings::read(&Settings::from_json(&all), &instance)
            .map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_filter_that_may_answer_otherwise_costs_the_lanes() {
        use serde_json::json;
        let lanes = |settings, impure| read(settings, impure).map(|settings| settings.lanes());
        assert_eq!(lanes(json!({}), false), Ok(4));
        assert_eq!(lanes(json!({}), true), Ok(1));
        assert_eq!(lanes(json!({ "lanes": 1 }), true), Ok(1));
        assert_eq!(lanes(json!({ "lanes": 4 }), false), Ok(4));
        let refused = lanes(json!({ "lanes": 4 }), true).unwrap_err();
        assert!(refused[0].contains("lanes: a filter is granted a clock or randomness"), "{refused:?}");
        // There is one lane already, for another reason.
        assert_eq!(lanes(json!({ "consistency": "transaction" }), true), Ok(1));
    }

    #[test]
    fn settings_that_contradict_one_another_are_refused() {
        use serde_json::json;
        for (settings, expected) in [
            (json!({ "consistency": "transaction", "lanes": 8 }), "lanes: under `consistency: transaction`"),
            (json!({ "oversize": "row" }), "oversize: under `consistency: row`"),
            (json!({ "window-bytes": "13MiB" }), "`engine.memory` leaves 12MiB to each"),
            (json!({ "window-bytes": "0B" }), "window-bytes: a window has a byte at least"),
            (json!({ "connect-timeout": "0s" }), "connect-timeout: "),
            (json!({ "allow-triggers": ["s.t", "nodot"] }), "allow-triggers[1]: `nodot` names no table"),
            (json!({ "allow-non-transactional": [".t"] }), "allow-non-transactional[0]: "),
        ] {
            let problems = problems(settings);
            assert!(problems.len() == 1 && problems[0].contains(expected), "{expected}: {problems:?}");
        }
        for settings in [
            json!({}),
            json!({ "consistency": "transaction" }),
            json!({ "consistency": "transaction", "lanes": 1, "oversize": "row" }),
            json!({ "lanes": 8, "window-bytes": "12MiB", "allow-triggers": ["s.t"] }),
        ] {
            assert_eq!(problems(settings), [""; 0]);
        }
        let all = json!({ "host": "", "consistency": "transaction", "lanes": 2, "allow-triggers": ["t"] });
        assert_eq!(problems(all).len(), 3, "all at once");
    }
}
