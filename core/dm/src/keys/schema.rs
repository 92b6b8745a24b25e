//! The table as a JSON Schema: what the shape of a file is checked by.

use super::{File, Key, Takes, keys};
use schemars::Schema;
use serde_json::{Map, Value as Json, json};

/// Returns the schema of a file.
pub(crate) fn schema_of(file: File) -> Schema {
    let json = mapping(&keys(file), "");
    Schema::try_from(json).unwrap_or_default()
}

/// The mapping of the keys whose paths are `prefix` and a name.
fn mapping(keys: &[Key], prefix: &str) -> Json {
    let (mut properties, mut required, mut others) = (Map::new(), Vec::new(), Json::Bool(false));
    for key in keys {
        let Some(name) = key.path.strip_prefix(prefix).filter(|name| !name.contains(['.', '['])) else {
            continue;
        };
        let schema = value(keys, key);
        if name == "*" {
            others = schema;
            continue;
        }
        if key.required {
            required.push(Json::from(name));
        }
        properties.insert(name.to_owned(), schema);
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": others })
}

fn value(keys: &[Key], key: &Key) -> Json {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    match key.takes {
        Takes::Text | Takes::Duration => json!({ "type": "string" }),
        Takes::Secret => json!({ "type": "string", "format": "password" }),
        Takes::Flag => json!({ "type": "boolean" }),
        Takes::Number(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Takes::Words(words) => json!({ "type": "string", "enum": words }),
        Takes::Texts | Takes::TextOrTexts => texts,
        Takes::Section => mapping(keys, &format!("{}.", key.path)),
        Takes::Sections => {
            json!({ "type": "array", "items": mapping(keys, &format!("{}[].", key.path)) })
        }
        Takes::Anything => Json::Bool(true),
    }
}
