//! What a server says of its tables, and what the tracker says, in the same words.

use super::live::Live;
use std::collections::BTreeMap;
use tidegate_model::{
    Column, ColumnDefault, ForeignKey, Generated, KeyKind, KeyPart, ReferentialAction, TableSchema,
    charset::Collation,
};
use tidegate_mysql_ddl::{Flavor, column_type};

/// A table, line by line: columns in order, then keys and foreign keys by name.
pub(crate) type Description = Vec<String>;

const COLUMNS: &str = "SELECT 'column', table_schema, table_name, column_name, column_type, IFNULL(collation_name, '-'), \
     is_nullable, IFNULL(HEX(column_default), '-'), extra, data_type FROM information_schema.columns \
     JOIN information_schema.tables USING (table_schema, table_name) \
     WHERE table_schema LIKE 'x%' AND table_type = 'BASE TABLE' ORDER BY table_schema, table_name, ordinal_position";
const SCHEMAS: &str = "SELECT 'schema', schema_name, default_collation_name FROM information_schema.schemata \
     WHERE schema_name LIKE 'x%'";
const FOREIGN_KEYS: &str = "SELECT 'foreign', k.table_schema, k.table_name, k.constraint_name, \
     GROUP_CONCAT(k.column_name ORDER BY k.ordinal_position), k.referenced_table_schema, k.referenced_table_name, \
     GROUP_CONCAT(k.referenced_column_name ORDER BY k.ordinal_position), r.delete_rule, r.update_rule \
     FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r \
     ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name \
     AND r.table_name = k.table_name WHERE k.table_schema LIKE 'x%' AND k.referenced_table_name IS NOT NULL \
     GROUP BY 2, 3, 4, 6, 7, 9, 10";

fn keys_query(flavor: Flavor) -> String {
    let expression = if is_mariadb(flavor) { "NULL" } else { "expression" };
    format!(
        "SELECT 'key', table_schema, table_name, index_name, non_unique, GROUP_CONCAT(IF({expression} IS NULL, \
         CONCAT(column_name, IFNULL(CONCAT('(', sub_part, ')'), '')), '<expression>') ORDER BY seq_in_index), index_type \
         FROM information_schema.statistics WHERE table_schema LIKE 'x%' GROUP BY 2, 3, 4, 5, 7"
    )
}

pub(crate) fn is_mariadb(flavor: Flavor) -> bool {
    flavor.family == tidegate_mysql_ddl::Family::MariaDb
}

/// What a server has in the schemas `x…`.
#[derive(Default)]
pub(crate) struct Everything {
    /// The default collation of each schema.
    pub(crate) schemas: BTreeMap<String, String>,
    pub(crate) tables: BTreeMap<(String, String), Description>,
}

/// Asks the server for all schemas and tables, at once.
pub(crate) fn everything(live: &mut Live, flavor: Flavor) -> Everything {
    let mut everything = Everything::default();
    for mut row in live.rows(&format!("{SCHEMAS};\n{COLUMNS};\n{};\n{FOREIGN_KEYS}", keys_query(flavor))) {
        let sort = row.remove(0);
        if sort == "schema" {
            everything.schemas.insert(row[0].clone(), row[1].clone());
            continue;
        }
        let table = everything.tables.entry((row[0].clone(), row[1].clone())).or_default();
        table.push(match sort.as_str() {
            "column" => server_column(&row, flavor),
            "key" => server_key(&row),
            _ => server_foreign_key(&row),
        });
    }
    for table in everything.tables.values_mut() {
        let columns = table.iter().filter(|line| line.starts_with("column")).count();
        table[columns..].sort();
    }
    everything
}

fn server_key(row: &[String]) -> String {
    let kind = match (row[2].as_str(), row[3].as_str()) {
        ("PRIMARY", _) => "primary",
        (_, "0") => "unique",
        _ => "index",
    };
    let parts = if row[5] == "SPATIAL" { row[4].replace("(32)", "") } else { row[4].clone() };
    format!("{kind} {} ({parts})", row[2])
}

fn server_foreign_key(row: &[String]) -> String {
    let action = |rule: &str| match rule {
        "RESTRICT" | "NO ACTION" => "refuse".to_owned(),
        other => other.to_lowercase(),
    };
    let (delete, update) = (action(&row[7]), action(&row[8]));
    format!("foreign {} ({}) {}.{} ({}) {delete} {update}", row[2], row[3], row[4], row[5], row[6])
}

/// `name type collation nullable default extra`
fn server_column(row: &[String], flavor: Flavor) -> String {
    let (name, declared, collation, nullable, default, extra, data_type) =
        (&row[2], &row[3], &row[4], row[5] == "YES", &row[6], row[7].to_lowercase(), &row[8]);
    let generated = if extra.contains("stored generated") {
        " stored"
    } else if extra.contains("virtual generated") {
        " virtual"
    } else {
        ""
    };
    let increments = extra.contains("auto_increment");
    let text = String::from_utf8_lossy(&bytes_of(default)).into_owned();
    let default = if !generated.is_empty() || increments {
        "no default".to_owned()
    } else if is_mariadb(flavor) {
        mariadb_default(default, &text, data_type)
    } else if default == "-" {
        "no default".to_owned()
    } else if extra.contains("default_generated") && !text.starts_with("CURRENT_TIMESTAMP") {
        "<expression>".to_owned()
    } else {
        number_text(&text, data_type)
    };
    let collation = if collation == "-" { String::new() } else { format!(" {collation}") };
    format!(
        "column {name} {}{collation}{}{}{}{} {default}",
        plain_type(declared, flavor),
        if nullable { " null" } else { "" },
        generated,
        if extra.contains("invisible") { " invisible" } else { "" },
        if increments { " increments" } else { "" },
    )
}

/// MariaDB shows defaults as SQL.
fn mariadb_default(coded: &str, text: &str, data_type: &str) -> String {
    if coded == "-" || text == "NULL" {
        return "no default".to_owned();
    }
    if let Some(inner) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return number_text(&inner.replace("''", "'").replace("\\\\", "\\"), data_type);
    }
    if let Some(digits) = text.strip_prefix("current_timestamp(").and_then(|rest| rest.strip_suffix(')')) {
        return if digits.is_empty() {
            "CURRENT_TIMESTAMP".to_owned()
        } else {
            format!("CURRENT_TIMESTAMP({digits})")
        };
    }
    if text.parse::<f64>().is_ok() || text.starts_with("b'") {
        return number_text(text, data_type);
    }
    "<expression>".to_owned()
}

fn number_text(text: &str, data_type: &str) -> String {
    match data_type {
        "float" | "double" => text.parse::<f64>().map_or_else(|_| text.to_owned(), |value| value.to_string()),
        _ => text.to_owned(),
    }
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0) as u8;
    hex.as_bytes()
        .chunks(2)
        .filter(|pair| pair.len() == 2)
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

/// A type without display widths.
fn plain_type(declared: &str, flavor: Flavor) -> String {
    let mut text = declared.replace(" zerofill", "").replace("year(4)", "year");
    let numbers = ["tinyint", "smallint", "mediumint", "bigint", "int", "float", "double"];
    if let Some(number) = numbers.iter().find(|number| text.starts_with(&format!("{number}("))) {
        let rest = text.split_once(')').map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        text = format!("{number}{rest}");
    }
    if is_mariadb(flavor) { text.replace("geometrycollection", "geomcollection") } else { text }
}

/// Describes what the tracker knows in the words of [`tables`].
pub(crate) fn describe(schema: &TableSchema) -> Description {
    let mut lines: Description = schema.columns.iter().map(|column| tracked_column(column)).collect();
    let columns = lines.len();
    let name = |index: &usize| schema.columns[*index].name.to_string();
    for key in &schema.keys {
        let parts = key.parts.iter().map(|part| match part {
            KeyPart::Column { column, prefix: None } => name(column),
            KeyPart::Column { column, prefix: Some(prefix) } => format!("{}({prefix})", name(column)),
            KeyPart::Expression(_) => "<expression>".to_owned(),
        });
        let kind = match key.kind {
            KeyKind::Primary => "primary",
            KeyKind::Unique => "unique",
            KeyKind::Index => "index",
        };
        lines.push(format!("{kind} {} ({})", key.name, parts.collect::<Vec<_>>().join(",")));
    }
    for key in &schema.foreign_keys {
        lines.push(tracked_foreign_key(key, &name));
    }
    lines[columns..].sort();
    lines
}

fn tracked_foreign_key(key: &ForeignKey, name: &impl Fn(&usize) -> String) -> String {
    let action = |action: ReferentialAction| match action {
        ReferentialAction::Refuse => "refuse",
        ReferentialAction::Cascade => "cascade",
        ReferentialAction::SetNull => "set null",
        ReferentialAction::SetDefault => "set default",
    };
    let columns: Vec<String> = key.columns.iter().map(name).collect();
    format!(
        "foreign {} ({}) {} ({}) {} {}",
        key.name,
        columns.join(","),
        key.parent,
        key.parent_columns.join(","),
        action(key.on_delete),
        action(key.on_update)
    )
}

fn tracked_column(column: &Column) -> String {
    let collation = column.kind.collation().map_or_else(String::new, |id| {
        format!(" {}", Collation::by_id(id).map_or("?", |collation| collation.name))
    });
    let declared = column_type(&column.kind);
    let data_type = declared.split([' ', '(']).next().unwrap_or_default();
    let default = match &column.default {
        ColumnDefault::Absent | ColumnDefault::Null => "no default".to_owned(),
        ColumnDefault::Unknown => "?".to_owned(),
        ColumnDefault::Literal(text) => number_text(text, data_type),
        ColumnDefault::Expression(text)
            if text.starts_with("CURRENT_TIMESTAMP") || text.starts_with("b'") =>
        {
            text.to_string()
        }
        ColumnDefault::Expression(_) => "<expression>".to_owned(),
    };
    format!(
        "column {} {declared}{collation}{}{}{}{} {default}",
        column.name,
        if column.nullable { " null" } else { "" },
        match column.generated {
            Some(Generated::Stored) => " stored",
            Some(Generated::Virtual) => " virtual",
            None => "",
        },
        if column.invisible { " invisible" } else { "" },
        if column.auto_increment { " increments" } else { "" },
    )
}
