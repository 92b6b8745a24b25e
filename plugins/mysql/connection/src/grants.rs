//! What an account may do, read from `SHOW GRANTS`.

use mysql_async::{Conn, prelude::Queryable};
use tidegate_model::TableName;
use tidegate_plugin::Result;

use crate::error;

/// What an account may do. Privileges that we do not know (Aurora's INVOKE LAMBDA, dynamic ones) are kept by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    granted: Vec<Grant>,
    revoked: Vec<Grant>,
    fold_case: bool,
}

/// What a privilege is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'a> {
    /// The server.
    Server,
    /// All of a schema.
    Schema(&'a str),
    /// A table.
    Table(&'a TableName),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Grant {
    /// In upper case, without column lists.
    privileges: Vec<String>,
    level: Level,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Level {
    Server,
    /// A pattern with `%` and `_`.
    Schema(String),
    Table(TableName),
}

impl Grants {
    /// Asks the server what the connection's account may do, active roles included.
    ///
    /// # Errors
    /// If the connection fails.
    pub async fn read(conn: &mut Conn, lower_case_table_names: u8) -> Result<Self> {
        let lines: Vec<String> = conn
            .query("SHOW GRANTS")
            .await
            .map_err(|error| error::explain(&error, "cannot read the account's grants"))?;
        Ok(Self::parse(lines.iter().map(String::as_str), lower_case_table_names != 0))
    }

    /// Reads the lines of `SHOW GRANTS`; `fold_case` if the server compares names without case. Lines that say nothing
    /// of privileges (roles, proxies) are passed over: the server lists what active roles give.
    pub fn parse<'a>(lines: impl IntoIterator<Item = &'a str>, fold_case: bool) -> Self {
        let mut grants = Self { fold_case, ..Self::default() };
        for line in lines {
            let mut scanner = Scanner { rest: line.trim() };
            let list = if scanner.word("GRANT") {
                &mut grants.granted
            } else if scanner.word("REVOKE") {
                &mut grants.revoked
            } else {
                continue;
            };
            list.extend(scanner.grant());
        }
        grants
    }

    /// Tells whether the account has a privilege (`REPLICATION SLAVE`) there.
    pub fn has(&self, privilege: &str, scope: Scope<'_>) -> bool {
        let matching = |grant: &&Grant| grant.gives(privilege) && self.covers(&grant.level, scope);
        let Some(grant) = self.granted.iter().find(matching) else { return false };
        // A partial revoke takes a schema away from a grant on the server, not from one of the schema itself.
        grant.level != Level::Server || !self.revoked.iter().any(|revoked| matching(&revoked)) || {
            let own = |grant: &&Grant| grant.level != Level::Server && matching(grant);
            self.granted.iter().any(|grant| own(&grant))
        }
    }

    /// Tells whether the account has one of several privileges there: names differ between servers.
    pub fn has_any(&self, privileges: &[&str], scope: Scope<'_>) -> bool {
        privileges.iter().any(|privilege| self.has(privilege, scope))
    }

    fn covers(&self, level: &Level, scope: Scope<'_>) -> bool {
        match (level, scope) {
            (Level::Server, _) => true,
            (_, Scope::Server) => false,
            (Level::Schema(pattern), Scope::Schema(schema)) => self.matches(pattern, schema),
            (Level::Schema(pattern), Scope::Table(table)) => self.matches(pattern, &table.schema),
            (Level::Table(_), Scope::Schema(_)) => false,
            (Level::Table(own), Scope::Table(table)) => {
                self.fold(&own.schema) == self.fold(&table.schema)
                    && self.fold(&own.table) == self.fold(&table.table)
            }
        }
    }

    fn matches(&self, pattern: &str, schema: &str) -> bool {
        let pattern: Vec<char> = self.fold(pattern).chars().collect();
        let schema: Vec<char> = self.fold(schema).chars().collect();
        like(&pattern, &schema)
    }

    fn fold(&self, name: &str) -> String {
        if self.fold_case { name.to_lowercase() } else { name.to_owned() }
    }
}

impl Grant {
    fn gives(&self, privilege: &str) -> bool {
        self.privileges.iter().any(|own| {
            own == privilege || own == "ALL" || (own == "ALL PRIVILEGES" && privilege != "GRANT OPTION")
        })
    }
}

/// Matches SQL's LIKE: `%` any text, `_` any character, `\` takes the next one as it is.
fn like(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], text) => text.is_empty(),
        (['%', rest @ ..], text) => (0..=text.len()).any(|at| like(rest, text.get(at..).unwrap_or_default())),
        (['\\', own, rest @ ..], [other, text @ ..]) => own == other && like(rest, text),
        (['_', rest @ ..], [_, text @ ..]) => like(rest, text),
        ([own, rest @ ..], [other, text @ ..]) => own == other && like(rest, text),
        (_, []) => false,
    }
}

/// Walks over a line of `SHOW GRANTS`.
struct Scanner<'a> {
    rest: &'a str,
}

impl Scanner<'_> {
    /// Takes a keyword, if it is next.
    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let Some(head) = rest.get(..word.len()) else { return false };
        let tail = rest.get(word.len()..).unwrap_or_default();
        let ends = !tail.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if head.eq_ignore_ascii_case(word) && ends {
            self.rest = tail;
            return true;
        }
        false
    }

    /// Reads `privileges ON level`; `None` for what is about no table (roles, proxies, routines).
    fn grant(&mut self) -> Option<Grant> {
        let mut privileges = Vec::new();
        loop {
            privileges.push(self.privilege()?);
            if self.word("ON") {
                break;
            }
            self.punctuation(',').then_some(())?;
        }
        self.word("TABLE");
        let schema = self.name()?;
        self.punctuation('.').then_some(())?;
        let table = self.name()?;
        let level = match (schema.as_str(), table.as_str()) {
            ("*", "*") => Level::Server,
            (_, "*") => Level::Schema(schema),
            _ => Level::Table(TableName::new(schema, table)),
        };
        Some(Grant { privileges, level })
    }

    /// Reads a privilege's words up to `,` or ON, and passes over its columns.
    fn privilege(&mut self) -> Option<String> {
        let mut words = Vec::new();
        loop {
            let rest = self.rest.trim_start();
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let word = rest.get(..end).unwrap_or_default();
            if word.is_empty() || word.eq_ignore_ascii_case("ON") {
                break;
            }
            words.push(word.to_uppercase());
            self.rest = rest.get(end..).unwrap_or_default();
        }
        if self.punctuation('(') {
            let end = self.rest.find(')')?;
            self.rest = self.rest.get(end + 1..).unwrap_or_default();
            // A privilege on some columns is none on the table.
            words.push("(COLUMNS)".to_owned());
        }
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn punctuation(&mut self, mark: char) -> bool {
        let rest = self.rest.trim_start();
        match rest.strip_prefix(mark) {
            Some(tail) => {
                self.rest = tail;
                true
            }
            None => false,
        }
    }

    /// Reads `*`, a plain name, or one in backticks or quotes.
    fn name(&mut self) -> Option<String> {
        let rest = self.rest.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '`' | '"' | '\''));
        let Some(quote) = quote else {
            let end = rest.find(|c: char| c == '.' || c.is_whitespace()).unwrap_or(rest.len());
            let name = rest.get(..end).filter(|name| !name.is_empty())?;
            self.rest = rest.get(end..).unwrap_or_default();
            return Some(name.to_owned());
        };
        let mut name = String::new();
        let mut characters = rest.char_indices().skip(1).peekable();
        while let Some((at, character)) = characters.next() {
            if character != quote {
                name.push(character);
            } else if characters.peek().is_some_and(|(_, next)| *next == quote) {
                name.push(quote);
                characters.next();
            } else {
                self.rest = rest.get(at + 1..).unwrap_or_default();
                return Some(name);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
