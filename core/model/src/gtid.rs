//! GTIDs and sets of them, of MySQL (with tags) and of MariaDB.
//!
//! Formats: MySQL manual, "GTID Format and Storage" and "GTID Sets"; MariaDB knowledge base, "Global Transaction ID".

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

/// A MySQL server's UUID.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uuid(pub [u8; 16]);

/// The identity of one transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Gtid {
    /// MySQL: `uuid:number` or `uuid:tag:number`.
    MySql {
        /// The server that the transaction comes from.
        uuid: Uuid,
        /// The tag, empty for none (MySQL 8.3 and later).
        tag: Arc<str>,
        /// The transaction's number, from 1.
        number: u64,
    },
    /// MariaDB: `domain-server-sequence`.
    MariaDb {
        /// The replication domain.
        domain: u32,
        /// The server that the transaction comes from.
        server: u32,
        /// The sequence number within the domain.
        sequence: u64,
    },
}

/// A set of executed transactions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GtidSet {
    /// MySQL: intervals per server and tag; gaps are kept.
    MySql(BTreeMap<(Uuid, Arc<str>), IntervalSet>),
    /// MariaDB: the last `(server, sequence)` of each domain; everything before it counts as executed.
    MariaDb(BTreeMap<u32, (u32, u64)>),
}

/// Sorted, disjoint, half-open intervals `[start, end)` that do not touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntervalSet(Vec<(u64, u64)>);

/// A GTID or GTID set that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a GTID set: {reason}")]
pub struct GtidError {
    /// The part that cannot be read.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl IntervalSet {
    /// Returns the intervals, `[start, end)`, in order.
    pub fn intervals(&self) -> &[(u64, u64)] {
        &self.0
    }

    /// Adds `[start, end)`, merging it with what it overlaps or touches.
    pub fn insert(&mut self, start: u64, end: u64) {
        if start >= end {
            return;
        }
        if let Some(last) = self.0.last_mut()
            && last.1 == start
        {
            last.1 = end;
            return;
        }
        let first = self.0.partition_point(|interval| interval.1 < start);
        let after = self.0.partition_point(|interval| interval.0 <= end);
        let merged = self.0.get(first..after).unwrap_or_default();
        let start = merged.first().map_or(start, |interval| interval.0.min(start));
        let end = merged.last().map_or(end, |interval| interval.1.max(end));
        self.0.splice(first..after, [(start, end)]);
    }

    /// Removes `[start, end)`.
    pub fn remove(&mut self, start: u64, end: u64) {
        let mut kept = Vec::with_capacity(self.0.len() + 1);
        for &(from, to) in &self.0 {
            if from < start.min(to) {
                kept.push((from, to.min(start)));
            }
            if to > end.max(from) {
                kept.push((from.max(end), to));
            }
        }
        self.0 = kept;
    }

    /// Tells whether every number of `other` is in this set.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.iter().all(|&(start, end)| {
            let at = self.0.partition_point(|interval| interval.1 < end);
            self.0.get(at).is_some_and(|interval| interval.0 <= start && end <= interval.1)
        })
    }
}

impl GtidSet {
    /// Returns MySQL's empty set.
    pub fn empty_mysql() -> Self {
        Self::MySql(BTreeMap::new())
    }

    /// Returns MariaDB's empty set.
    pub fn empty_mariadb() -> Self {
        Self::MariaDb(BTreeMap::new())
    }

    /// Tells whether nothing is in the set.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::MySql(sets) => sets.values().all(|set| set.0.is_empty()),
            Self::MariaDb(domains) => domains.is_empty(),
        }
    }

    /// Adds a transaction; one of the other flavour is not added, and `false` is returned. An empty set, whose text tells
    /// no flavour, takes that of the transaction.
    pub fn insert(&mut self, gtid: &Gtid) -> bool {
        if self.is_empty() {
            *self = match gtid {
                Gtid::MySql { .. } => Self::empty_mysql(),
                Gtid::MariaDb { .. } => Self::empty_mariadb(),
            };
        }
        match (self, gtid) {
            (Self::MySql(sets), Gtid::MySql { uuid, tag, number }) => {
                let set = sets.entry((*uuid, tag.clone())).or_default();
                set.insert(*number, number.saturating_add(1));
                true
            }
            (Self::MariaDb(domains), Gtid::MariaDb { domain, server, sequence }) => {
                domains.insert(*domain, (*server, *sequence));
                true
            }
            _ => false,
        }
    }

    /// Removes one transaction, leaving a hole; MariaDB's sets know no holes and stay as they are.
    pub fn remove(&mut self, gtid: &Gtid) {
        if let (Self::MySql(sets), Gtid::MySql { uuid, tag, number }) = (self, gtid)
            && let Some(set) = sets.get_mut(&(*uuid, tag.clone()))
        {
            set.remove(*number, number.saturating_add(1));
        }
    }

    /// Adds all of `other`; for MariaDB the higher sequence of each domain wins.
    pub fn union(&mut self, other: &Self) {
        if self.is_empty() {
            *self = other.clone();
            return;
        }
        match (self, other) {
            (Self::MySql(sets), Self::MySql(others)) => {
                for (key, other) in others {
                    let set = sets.entry(key.clone()).or_default();
                    for &(start, end) in &other.0 {
                        set.insert(start, end);
                    }
                }
            }
            (Self::MariaDb(domains), Self::MariaDb(others)) => {
                for (domain, last) in others {
                    let entry = domains.entry(*domain).or_insert(*last);
                    if entry.1 < last.1 {
                        *entry = *last;
                    }
                }
            }
            _ => {}
        }
    }

    /// Returns what is in this set and not in `other` (MySQL; for MariaDB the domains in which this set is ahead).
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let mut rest = self.clone();
        match (&mut rest, other) {
            (Self::MySql(sets), Self::MySql(others)) => {
                for (key, other) in others {
                    if let Some(set) = sets.get_mut(key) {
                        other.0.iter().for_each(|&(start, end)| set.remove(start, end));
                    }
                }
                sets.retain(|_, set| !set.0.is_empty());
            }
            (Self::MariaDb(domains), Self::MariaDb(others)) => {
                domains.retain(|domain, last| others.get(domain).is_none_or(|other| other.1 < last.1));
            }
            _ => {}
        }
        rest
    }

    /// Tells whether every transaction of `other` is in this set. Sets of different flavours contain one another only
    /// when empty.
    pub fn contains(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::MySql(sets), Self::MySql(others)) => others.iter().all(|(key, other)| {
                other.0.is_empty() || sets.get(key).is_some_and(|set| set.contains(other))
            }),
            (Self::MariaDb(domains), Self::MariaDb(others)) => {
                others.iter().all(|(domain, last)| domains.get(domain).is_some_and(|own| own.1 >= last.1))
            }
            _ => other.is_empty(),
        }
    }

    /// Tells whether `gtid` is in this set.
    pub fn contains_gtid(&self, gtid: &Gtid) -> bool {
        match (self, gtid) {
            (Self::MySql(sets), Gtid::MySql { uuid, tag, number }) => {
                let mut one = IntervalSet::default();
                one.insert(*number, number.saturating_add(1));
                sets.get(&(*uuid, tag.clone())).is_some_and(|set| set.contains(&one))
            }
            (Self::MariaDb(domains), Gtid::MariaDb { domain, sequence, .. }) => {
                domains.get(domain).is_some_and(|own| own.1 >= *sequence)
            }
            _ => false,
        }
    }
}

impl FromStr for Uuid {
    type Err = GtidError;

    fn from_str(text: &str) -> Result<Self, GtidError> {
        let error = || GtidError { text: text.to_owned(), reason: "a server UUID has 32 hexadecimal digits" };
        let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'-').collect();
        if digits.len() != 32 {
            return Err(error());
        }
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| error())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| error())?;
        }
        Ok(Self(bytes))
    }
}

impl FromStr for GtidSet {
    type Err = GtidError;

    /// Reads either flavour; the empty text is MySQL's empty set.
    fn from_str(text: &str) -> Result<Self, GtidError> {
        let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        let mariadb = parts.first().is_some_and(|part| !part.contains(':'));
        if mariadb { read_mariadb(&parts) } else { read_mysql(&parts) }
    }
}

fn read_mariadb(parts: &[&str]) -> Result<GtidSet, GtidError> {
    let mut domains = BTreeMap::new();
    for part in parts {
        let Gtid::MariaDb { domain, server, sequence } = part.parse()? else {
            return Err(GtidError { text: (*part).to_owned(), reason: "MySQL and MariaDB GTIDs are mixed" });
        };
        domains.insert(domain, (server, sequence));
    }
    Ok(GtidSet::MariaDb(domains))
}

fn read_mysql(parts: &[&str]) -> Result<GtidSet, GtidError> {
    let mut sets: BTreeMap<_, IntervalSet> = BTreeMap::new();
    for part in parts {
        let error = |reason| GtidError { text: (*part).to_owned(), reason };
        let mut fields = part.split(':').map(str::trim);
        let uuid: Uuid = fields.next().unwrap_or_default().parse()?;
        let mut tag: Arc<str> = "".into();
        for field in fields {
            if field.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
                tag = field.to_ascii_lowercase().into();
                continue;
            }
            let (first, last) = field.split_once('-').unwrap_or((field, field));
            let number = |text: &str| text.trim().parse::<u64>().ok().filter(|number| *number > 0);
            let (Some(first), Some(last)) = (number(first), number(last)) else {
                return Err(error("an interval is `number` or `first-last`, from 1"));
            };
            if last < first {
                return Err(error("an interval ends before it begins"));
            }
            sets.entry((uuid, tag.clone())).or_default().insert(first, last.saturating_add(1));
        }
    }
    Ok(GtidSet::MySql(sets))
}

impl FromStr for Gtid {
    type Err = GtidError;

    fn from_str(text: &str) -> Result<Self, GtidError> {
        let error = |reason| GtidError { text: text.to_owned(), reason };
        if text.contains(':') {
            let set = read_mysql(&[text])?;
            if let GtidSet::MySql(sets) = &set
                && let (Some(((uuid, tag), set)), 1) = (sets.iter().next(), sets.len())
                && let [(start, end)] = set.0.as_slice()
                && start.saturating_add(1) == *end
            {
                return Ok(Self::MySql { uuid: *uuid, tag: tag.clone(), number: *start });
            }
            return Err(error("one transaction is `uuid:number` or `uuid:tag:number`"));
        }
        let fields: Vec<u64> = text.split('-').map_while(|field| field.trim().parse().ok()).collect();
        let [domain, server, sequence] = fields.as_slice() else {
            return Err(error("MariaDB's are `domain-server-sequence`, MySQL's `uuid:first-last`"));
        };
        match (u32::try_from(*domain), u32::try_from(*server)) {
            (Ok(domain), Ok(server)) => Ok(Self::MariaDb { domain, server, sequence: *sequence }),
            _ => Err(error("a domain and a server id have 32 bits")),
        }
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Gtid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MySql { uuid, tag, number } if tag.is_empty() => write!(f, "{uuid}:{number}"),
            Self::MySql { uuid, tag, number } => write!(f, "{uuid}:{tag}:{number}"),
            Self::MariaDb { domain, server, sequence } => write!(f, "{domain}-{server}-{sequence}"),
        }
    }
}

impl fmt::Display for GtidSet {
    /// Writes the form that the servers take: MySQL's `uuid:1-3:tag:5`, MariaDB's `0-1-5`, comma-separated.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MySql(sets) => {
                let mut written: Option<&Uuid> = None;
                for ((uuid, tag), set) in sets.iter().filter(|(_, set)| !set.0.is_empty()) {
                    if written != Some(uuid) {
                        write!(f, "{}{uuid}", if written.is_some() { "," } else { "" })?;
                        written = Some(uuid);
                    }
                    if !tag.is_empty() {
                        write!(f, ":{tag}")?;
                    }
                    for &(start, end) in &set.0 {
                        let last = end.saturating_sub(1);
                        if start == last { write!(f, ":{start}")? } else { write!(f, ":{start}-{last}")? }
                    }
                }
                Ok(())
            }
            Self::MariaDb(domains) => {
                for (index, (domain, (server, sequence))) in domains.iter().enumerate() {
                    write!(f, "{}{domain}-{server}-{sequence}", if index > 0 { "," } else { "" })?;
                }
                Ok(())
            }
        }
    }
}

macro_rules! serde_as_text {
    ($type:ty) => {
        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

serde_as_text!(Gtid);
serde_as_text!(GtidSet);

#[cfg(test)]
mod tests;
