//! Where a stream begins, as the pipeline file says it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::{borrow::Cow, fmt};
use tidegate_model::{GtidSet, LogPosition};

/// The offset of the first event in a log file.
const FIRST_OFFSET: u64 = 4;

/// Where a stream begins if there is no checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartAt {
    /// At the oldest log that the server still has.
    Earliest,
    /// At the end of the log, as of the first start.
    Latest,
    /// At the beginning of a transaction at this place of the log.
    File(LogPosition),
    /// Behind the transactions of this set, wherever else they are in the log.
    Gtid(GtidSet),
}

impl<'de> Deserialize<'de> for StartAt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StartVisitor)
    }
}

struct StartVisitor;

impl<'de> Visitor<'de> for StartVisitor {
    type Value = StartAt;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`earliest`, `latest`, a file and position, or a GTID set")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<StartAt, E> {
        match word {
            "earliest" => Ok(StartAt::Earliest),
            "latest" => Ok(StartAt::Latest),
            other => Err(E::unknown_variant(other, &["earliest", "latest"])),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<StartAt, A::Error> {
        let (mut file, mut position, mut gtid) = (None::<String>, None::<u64>, None::<GtidSet>);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "file" => file = Some(map.next_value()?),
                "position" => position = Some(map.next_value()?),
                "gtid" => gtid = Some(map.next_value()?),
                other => return Err(A::Error::unknown_field(other, &["file", "position", "gtid"])),
            }
        }
        match (file, gtid, position) {
            (Some(file), None, position) => {
                let offset = position.unwrap_or(FIRST_OFFSET);
                if offset < FIRST_OFFSET {
                    return Err(A::Error::custom("the first event of a log file is at position 4"));
                }
                Ok(StartAt::File(LogPosition { file: file.into(), offset }))
            }
            (None, Some(gtids), None) => Ok(StartAt::Gtid(gtids)),
            _ => Err(A::Error::custom("a start is a `file` with a `position`, or a `gtid` set, not both")),
        }
    }
}

impl JsonSchema for StartAt {
    fn schema_name() -> Cow<'static, str> {
        "StartAt".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Where a stream begins if there is no checkpoint.",
            "oneOf": [
                {
                    "description": "The oldest log that the server still has, or the end of the log as of the first start.",
                    "type": "string",
                    "enum": ["earliest", "latest"]
                },
                {
                    "description": "A place in the log where a transaction begins.",
                    "type": "object",
                    "properties": {
                        "file": { "type": "string", "minLength": 1, "description": "The log file's name." },
                        "position": { "type": "integer", "minimum": 4, "default": 4, "description": "The offset in it." }
                    },
                    "required": ["file"],
                    "additionalProperties": false
                },
                {
                    "description": "Behind all transactions of a set.",
                    "type": "object",
                    "properties": {
                        "gtid": { "type": "string", "description": "The GTID set, as MySQL or MariaDB writes it." }
                    },
                    "required": ["gtid"],
                    "additionalProperties": false
                }
            ]
        })
    }
}
