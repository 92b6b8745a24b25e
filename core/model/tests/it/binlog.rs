//! Reads the row images of a table `(id INT PRIMARY KEY, j JSON)` out of a server's binary log: just enough of the
//! format (MySQL source documentation, "Binlog events") to hand real bytes to the model.

use std::fs;
use std::path::Path;
use tidegate_test_servers::Server;

const HEADER_BYTES: usize = 19;
const CHECKSUM_BYTES: usize = 4;
const TABLE_MAP: u8 = 19;
const WRITE_ROWS: u8 = 30;
const UPDATE_ROWS: u8 = 31;
const PARTIAL_UPDATE_ROWS: u8 = 39;

/// A row event's row: its id, and what the JSON column was and became.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: u32,
    pub(crate) before: Option<Vec<u8>>,
    pub(crate) after: Json,
}

#[derive(Debug)]
pub(crate) enum Json {
    Document(Vec<u8>),
    Diffs(Vec<u8>),
}

/// Returns all rows that were inserted into, or updated in, a table.
pub(crate) fn rows(server: &Server, table: &str) -> Vec<Row> {
    let mut names: Vec<_> =
        fs::read_dir(server.data_dir()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let is_log = |path: &&std::path::PathBuf| {
        path.file_stem().is_some_and(|stem| stem == "binlog")
            && path.extension().is_some_and(|end| end != "index")
    };
    names.iter().filter(is_log).flat_map(|path| rows_of_file(path, table)).collect()
}

fn rows_of_file(path: &Path, table: &str) -> Vec<Row> {
    let log = fs::read(path).unwrap();
    let mut rows = Vec::new();
    let mut ours = None;
    let mut at = 4;
    while at + HEADER_BYTES <= log.len() {
        let length = u32::from_le_bytes(log[at + 9..at + 13].try_into().unwrap()) as usize;
        let kind = log[at + 4];
        let body = &log[at + HEADER_BYTES..at + length - CHECKSUM_BYTES];
        at += length;
        if kind == TABLE_MAP {
            let schema = usize::from(body[8]);
            let name = &body[11 + schema..][..usize::from(body[10 + schema])];
            ours = (name == table.as_bytes()).then(|| body[..6].to_vec());
        } else if [WRITE_ROWS, UPDATE_ROWS, PARTIAL_UPDATE_ROWS].contains(&kind)
            && ours.as_deref() == Some(&body[..6])
        {
            let extra = usize::from(u16::from_le_bytes([body[8], body[9]]));
            let images = if kind == WRITE_ROWS { 1 } else { 2 };
            let mut rest = &body[8 + extra + 1 + images..];
            while !rest.is_empty() {
                rows.push(read_row(&mut rest, kind));
            }
        }
    }
    rows
}

fn read_row(rest: &mut &[u8], kind: u8) -> Row {
    let (before, partial) = match kind {
        WRITE_ROWS => (None, false),
        _ => {
            let before = read_image(rest).1;
            (before, kind == PARTIAL_UPDATE_ROWS && take(rest, 1)[0] == 1 && take(rest, 1)[0] == 1)
        }
    };
    let (id, after) = read_image(rest);
    let after = after.unwrap();
    Row { id, before, after: if partial { Json::Diffs(after) } else { Json::Document(after) } }
}

fn read_image(rest: &mut &[u8]) -> (u32, Option<Vec<u8>>) {
    let nulls = take(rest, 1)[0];
    let id = u32::from_le_bytes(take(rest, 4).try_into().unwrap());
    let json = (nulls & 2 == 0).then(|| {
        let length = u32::from_le_bytes(take(rest, 4).try_into().unwrap());
        take(rest, length as usize).to_vec()
    });
    (id, json)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (taken, behind) = rest.split_at(length);
    *rest = behind;
    taken
}
