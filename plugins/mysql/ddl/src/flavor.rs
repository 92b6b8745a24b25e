//! Which server wrote a statement: what its dialect is and how it treats names.

/// A family of servers that speak a dialect of MySQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// MySQL, Percona Server, Aurora MySQL.
    MySql,
    /// MariaDB.
    MariaDb,
    /// TiDB.
    TiDb,
}

/// What of a server decides how its statements are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flavor {
    /// The server's family.
    pub family: Family,
    /// Its version as in executable comments: 80036 for 8.0.36, 101105 for 10.11.5. For TiDB the MySQL version that
    /// it claims.
    pub version: u32,
    /// Whether names of schemas and tables are folded to lower case (`lower_case_table_names` is not 0).
    pub lower_case_table_names: bool,
}

impl Flavor {
    /// Returns the flavor of a MySQL server that tells upper from lower case in table names.
    pub fn mysql(version: u32) -> Self {
        Self::of(Family::MySql, version)
    }

    /// Returns the flavor of a MariaDB server that tells upper from lower case in table names.
    pub fn mariadb(version: u32) -> Self {
        Self::of(Family::MariaDb, version)
    }

    /// Returns the flavor of a TiDB server; TiDB never tells upper from lower case in table names.
    pub fn tidb(version: u32) -> Self {
        Self { lower_case_table_names: true, ..Self::of(Family::TiDb, version) }
    }

    fn of(family: Family, version: u32) -> Self {
        Self { family, version, lower_case_table_names: false }
    }

    /// Returns the flavor of the server that calls itself `version` (`SELECT VERSION()`), or `None` if that is no
    /// version.
    ///
    /// ```
    /// use tidegate_mysql_ddl::Flavor;
    /// assert_eq!(Flavor::from_version("8.0.36-log"), Some(Flavor::mysql(80036)));
    /// assert_eq!(Flavor::from_version("5.5.5-10.11.6-MariaDB-log"), Some(Flavor::mariadb(101106)));
    /// assert_eq!(Flavor::from_version("8.0.11-TiDB-v8.5.0"), Some(Flavor::tidb(80011)));
    /// ```
    pub fn from_version(version: &str) -> Option<Self> {
        let lowered = version.to_ascii_lowercase();
        if lowered.contains("mariadb") {
            let number = lowered.strip_prefix("5.5.5-").unwrap_or(&lowered);
            return Some(Self::mariadb(version_number(number)?));
        }
        let number = version_number(&lowered)?;
        Some(if lowered.contains("tidb") { Self::tidb(number) } else { Self::mysql(number) })
    }

    /// Returns the flavor with `lower_case_table_names` as given.
    #[must_use]
    pub fn folding(self, lower_case_table_names: bool) -> Self {
        Self { lower_case_table_names, ..self }
    }

    pub(crate) fn is_mariadb(self) -> bool {
        self.family == Family::MariaDb
    }

    /// Tells whether the server honours `REFERENCES` that stands in a column's definition.
    ///
    /// Source: MySQL manual, "FOREIGN KEY Constraints" (honoured from 9.0 on); MariaDB manual, "Foreign Keys" (from
    /// 10.5 on).
    pub(crate) fn honours_column_references(self) -> bool {
        match self.family {
            Family::MySql => self.version >= 90000,
            Family::MariaDb => self.version >= 100500,
            Family::TiDb => false,
        }
    }
}

fn version_number(text: &str) -> Option<u32> {
    let mut parts = text.splitn(3, '.').map(|part| {
        let digits = part.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
        digits.parse::<u32>().ok().filter(|number| *number < 1000)
    });
    let major = parts.next()??;
    let minor = parts.next()??;
    let patch = parts.next().flatten().unwrap_or(0);
    Some(major * 10_000 + minor * 100 + patch)
}
