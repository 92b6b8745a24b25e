//! Where a server is and how to talk to it, as a pipeline file says it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};
use tidegate_plugin::{
    path,
    settings::{Problem, Secret, TimeSpan},
};

/// The port of MySQL.
pub const DEFAULT_PORT: u16 = 3306;

/// How long connecting may take if the settings do not say.
pub const DEFAULT_CONNECT_TIMEOUT: TimeSpan = TimeSpan(Duration::from_secs(10));

/// Where a server is and how to talk to it.
///
/// Plugins whose settings have these keys beside their own repeat them and build a `ConnectionConfig`: serde's `flatten`
/// would lose the places of mistakes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConnectionConfig {
    /// The host's name or address.
    pub host: String,
    /// The port.
    #[serde(default = "default_port")]
    pub port: u16,
    /// The account.
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
}

/// Whether and how a connection is encrypted. Files are PEM, relative to the pipeline file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct TlsConfig {
    /// How much is asked of the connection. By default `verify-identity` where `ca` is given, else `preferred`.
    pub mode: Option<TlsMode>,
    /// The certificates of the authorities that the server's certificate may come from; by default the public ones.
    pub ca: Option<PathBuf>,
    /// The certificate that the client shows.
    pub cert: Option<PathBuf>,
    /// The key of that certificate.
    pub key: Option<PathBuf>,
}

/// How much is asked of a connection, in MySQL's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TlsMode {
    /// Plain.
    Disabled,
    /// Encrypted where the server can, without looking at its certificate; plain otherwise.
    Preferred,
    /// Encrypted, without looking at the server's certificate.
    Required,
    /// Encrypted, and the server's certificate comes from an authority that we trust.
    VerifyCa,
    /// As `verify-ca`, and the certificate names the host.
    VerifyIdentity,
}

/// The default port, for settings that repeat the keys.
pub fn default_port() -> u16 {
    DEFAULT_PORT
}

/// The empty password, for settings that repeat the keys.
pub fn no_password() -> Secret {
    Secret::new("")
}

/// The default time to connect, for settings that repeat the keys.
pub fn default_connect_timeout() -> TimeSpan {
    DEFAULT_CONNECT_TIMEOUT
}

impl ConnectionConfig {
    /// Returns what is wrong with the settings beyond their shape; paths are relative to the connection's keys.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.tls.problems();
        if self.host.trim().is_empty() {
            problems.push(Problem::at(path!["host"], "a host is a name or an address"));
        }
        if self.port == 0 {
            problems.push(Problem::at(path!["port"], "a port is a number from 1 to 65535"));
        }
        if self.connect_timeout.0.is_zero() {
            problems.push(
                Problem::at(path!["connect-timeout"], "in no time nobody connects").help("such as `10s`"),
            );
        }
        problems
    }

    /// Returns the settings with the paths of files made relative to `folder`, the folder of the pipeline file.
    #[must_use]
    pub fn in_folder(mut self, folder: &Path) -> Self {
        let TlsConfig { ca, cert, key, .. } = &mut self.tls;
        for file in [ca, cert, key].into_iter().flatten() {
            *file = folder.join(&*file);
        }
        self
    }
}

impl TlsConfig {
    /// Returns the mode: the one that is set, else the default.
    pub fn mode(&self) -> TlsMode {
        self.mode.unwrap_or(if self.ca.is_some() { TlsMode::VerifyIdentity } else { TlsMode::Preferred })
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        match (&self.cert, &self.key) {
            (Some(_), None) => {
                let problem = Problem::at(path!["tls", "cert"], "a certificate is of no use without its key");
                problems.push(problem.help("name the file of the key in `key`"));
            }
            (None, Some(_)) => {
                let problem = Problem::at(path!["tls", "key"], "a key is of no use without its certificate");
                problems.push(problem.help("name the file of the certificate in `cert`"));
            }
            _ => {}
        }
        let unused = match self.mode() {
            TlsMode::Disabled => "is not encrypted",
            TlsMode::Preferred | TlsMode::Required => "does not look at the server's certificate",
            TlsMode::VerifyCa | TlsMode::VerifyIdentity => return problems,
        };
        if self.ca.is_some() {
            let message = format!("`ca` has no effect: a connection in mode `{}` {unused}", self.mode());
            problems.push(
                Problem::at(path!["tls", "ca"], message)
                    .help("leave `mode` out, or set it to `verify-identity` or `verify-ca`"),
            );
        }
        problems
    }
}

impl TlsMode {
    /// Tells whether the server's certificate is checked.
    pub fn verifies(self) -> bool {
        matches!(self, Self::VerifyCa | Self::VerifyIdentity)
    }
}

impl fmt::Display for TlsMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disabled => "disabled",
            Self::Preferred => "preferred",
            Self::Required => "required",
            Self::VerifyCa => "verify-ca",
            Self::VerifyIdentity => "verify-identity",
        })
    }
}

impl fmt::Display for ConnectionConfig {
    /// Writes `host:port`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_plugin::settings::Settings;

    fn parse(json: &str) -> Result<ConnectionConfig, Vec<Problem>> {
        Settings::from_json(&serde_json::from_str(json).unwrap()).parse()
    }

    #[test]
    fn a_connection_verifies_as_soon_as_an_authority_is_named() {
        let config = parse(r#"{ "host": "h", "user": "u", "tls": { "ca": "ca.pem" } }"#).unwrap();
        assert_eq!(config.tls.mode(), TlsMode::VerifyIdentity);
        assert_eq!(config.in_folder(Path::new("/etc")).tls.ca.unwrap(), Path::new("/etc/ca.pem"));
        let config = parse(r#"{ "host": "h", "user": "u", "password": "p" }"#).unwrap();
        assert_eq!(config.tls.mode(), TlsMode::Preferred);
        assert_eq!(config.port, 3306);
        assert!(!format!("{config:?}").contains("\"p\""));
    }

    #[test]
    fn an_authority_that_nobody_asks_is_a_problem() {
        let text =
            r#"{ "host": "h", "user": "u", "tls": { "mode": "required", "ca": "ca.pem", "key": "k" } }"#;
        let problems = parse(text).unwrap().problems();
        let problems: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(problems, ["tls.key", "tls.ca"]);
    }

    #[test]
    fn unknown_keys_and_modes_are_refused() {
        assert!(parse(r#"{ "host": "h", "user": "u", "tls": { "mode": "verify_ca" } }"#).is_err());
        assert!(parse(r#"{ "host": "h", "user": "u", "pasword": "x" }"#).is_err());
    }
}
