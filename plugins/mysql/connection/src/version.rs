//! Which server this is.

use std::fmt;

/// The families of servers that speak MySQL's protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flavor {
    /// MySQL, Percona Server, Aurora.
    MySql,
    /// MariaDB.
    MariaDb,
    /// TiDB.
    TiDb,
}

/// A server's family and version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    /// The family.
    pub flavor: Flavor,
    /// Major, minor and patch: TiDB's own, not those of the MySQL that it claims to be.
    pub number: (u16, u16, u16),
}

impl Version {
    /// Reads what `SELECT VERSION()` answers.
    pub fn parse(text: &str) -> Self {
        let tidb = text.split_once("-TiDB-").map(|(_, own)| own.trim_start_matches('v'));
        if let Some(own) = tidb {
            return Self { flavor: Flavor::TiDb, number: number(own) };
        }
        if !text.to_lowercase().contains("mariadb") {
            return Self { flavor: Flavor::MySql, number: number(text) };
        }
        // Old clients refuse servers above 9, so MariaDB 10 and later put 5.5.5 in front.
        let own = text.strip_prefix("5.5.5-").unwrap_or(text);
        Self { flavor: Flavor::MariaDb, number: number(own) }
    }

    /// Tells whether this is a server of the family, of this version or later.
    pub fn at_least(&self, flavor: Flavor, number: (u16, u16, u16)) -> bool {
        self.flavor == flavor && self.number >= number
    }

    /// Returns the statement that shows where the binary log ends.
    pub fn show_log_status(&self) -> &'static str {
        if self.at_least(Flavor::MySql, (8, 2, 0)) { "SHOW BINARY LOG STATUS" } else { "SHOW MASTER STATUS" }
    }

    /// Returns the statement that shows how this server follows others.
    pub fn show_replication(&self) -> &'static str {
        match self.flavor {
            Flavor::MariaDb => "SHOW ALL SLAVES STATUS",
            _ if self.at_least(Flavor::MySql, (8, 0, 22)) => "SHOW REPLICA STATUS",
            _ => "SHOW SLAVE STATUS",
        }
    }

    /// Returns the statement that lists the servers that follow this one.
    pub fn show_replicas(&self) -> &'static str {
        if self.at_least(Flavor::MySql, (8, 0, 22)) { "SHOW REPLICAS" } else { "SHOW SLAVE HOSTS" }
    }
}

fn number(text: &str) -> (u16, u16, u16) {
    let mut parts = text.splitn(3, '.').map(|part| {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or(0)
    });
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next())
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.flavor {
            Flavor::MySql => "MySQL",
            Flavor::MariaDb => "MariaDB",
            Flavor::TiDb => "TiDB",
        };
        let (major, minor, patch) = self.number;
        write!(f, "{name} {major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_text_names_the_family() {
        for (text, flavor, number) in [
            ("9.7.0", Flavor::MySql, (9, 7, 0)),
            ("5.7.44-log", Flavor::MySql, (5, 7, 44)),
            ("8.0.36-28", Flavor::MySql, (8, 0, 36)),
            ("10.11.6-MariaDB-0+deb12u1-log", Flavor::MariaDb, (10, 11, 6)),
            ("5.5.5-10.4.32-MariaDB", Flavor::MariaDb, (10, 4, 32)),
            ("8.0.11-TiDB-v8.5.4-alpha", Flavor::TiDb, (8, 5, 4)),
            ("8.0.11-TiDB-None", Flavor::TiDb, (0, 0, 0)),
        ] {
            assert_eq!(Version::parse(text), Version { flavor, number }, "{text}");
        }
    }

    #[test]
    fn statements_that_were_renamed_go_by_version() {
        assert_eq!(Version::parse("8.4.0").show_log_status(), "SHOW BINARY LOG STATUS");
        assert_eq!(Version::parse("10.11.6-MariaDB").show_log_status(), "SHOW MASTER STATUS");
        assert_eq!(Version::parse("8.0.11-TiDB-v8.5.4").show_replicas(), "SHOW SLAVE HOSTS");
    }
}
