//! Reads a server's log files as a source does.

use std::{collections::HashMap, fs, io::BufReader, path::PathBuf, sync::Arc};
use tidegate_model::{
    Batch, Checkpoint, GtidSet, Image, LogPosition, Position, RowSet, Session, TableName, TableSchema,
};
use tidegate_mysql_binlog::{
    BatchBuilder, Decoder, Error, Event, EventType, Gtid, Header, Limits, LogFile, Progress, Rows, Table,
    Tables, TransactionStart, XaPrepare,
};
use tidegate_test_servers::{Client, Server};

pub(crate) const LIMITS: Limits = Limits { bytes: 1 << 20, rows: 10_000, sets: 64 };

/// What a log holds.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) batches: Vec<Batch>,
    pub(crate) events: Vec<EventType>,
    pub(crate) gtids: Vec<Gtid>,
    pub(crate) previous: Vec<GtidSet>,
    pub(crate) queries: Vec<(String, Session)>,
    pub(crate) prepares: Vec<XaPrepare>,
    pub(crate) extra: Vec<(String, u16, Option<tidegate_mysql_binlog::Partition>)>,
}

/// A row of a set.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) set: &'a RowSet,
    pub(crate) row: usize,
}

impl Row<'_> {
    pub(crate) fn before(&self) -> &Image {
        &self.set.before
    }

    pub(crate) fn after(&self) -> &Image {
        &self.set.after
    }
}

impl Log {
    /// Returns the rows of a table in log order.
    pub(crate) fn rows<'a>(&'a self, table: &str) -> Vec<Row<'a>> {
        let mut rows = Vec::new();
        for batch in &self.batches {
            let mut own = Vec::new();
            for set in batch.row_sets.iter().filter(|set| &*set.table.name.table == table) {
                own.extend(
                    set.ordinals.iter().enumerate().map(|(row, ordinal)| (*ordinal, Row { set, row })),
                );
            }
            own.sort_by_key(|(ordinal, _)| *ordinal);
            rows.extend(own.into_iter().map(|(_, row)| row));
        }
        rows
    }

    pub(crate) fn schema(&self, table: &str) -> Arc<TableSchema> {
        self.rows(table).first().unwrap_or_else(|| panic!("no rows of {table}")).set.table.clone()
    }
}

/// Rotates the log and reads everything before.
pub(crate) fn read(server: &Server, known: &[Arc<TableSchema>]) -> Log {
    read_with(server, known, LIMITS).unwrap()
}

pub(crate) fn read_with(server: &Server, known: &[Arc<TableSchema>], limits: Limits) -> Result<Log, Error> {
    client(server).execute("FLUSH BINARY LOGS").unwrap();
    let mut reading = Reading::new(known, limits);
    for file in files(server) {
        let mut file = LogFile::new(BufReader::new(fs::File::open(file).unwrap())).unwrap();
        while let Some(event) = file.read().unwrap() {
            let event = event.to_vec();
            let (header, event) = reading.decoder.decode(&event)?;
            reading.event(header, event, file.offset())?;
        }
    }
    reading.close();
    Ok(reading.log)
}

pub(crate) fn files(server: &Server) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(server.data_dir()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.strip_prefix("binlog.").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    });
    files.sort();
    // The last one is being written.
    files.pop();
    files
}

pub(crate) fn client(server: &Server) -> Client {
    server.client().option("--binary-mode")
}

struct Reading {
    decoder: Decoder,
    tables: Tables,
    builder: BatchBuilder,
    known: HashMap<TableName, Arc<TableSchema>>,
    log: Log,
}

impl Reading {
    fn new(known: &[Arc<TableSchema>], limits: Limits) -> Self {
        Self {
            decoder: Decoder::new(),
            tables: Tables::new(),
            builder: BatchBuilder::new(limits),
            known: known.iter().map(|schema| (schema.name.clone(), schema.clone())).collect(),
            log: Log::default(),
        }
    }

    fn event(&mut self, header: Header, event: Event<'_>, offset: u64) -> Result<(), Error> {
        self.log.events.push(header.event_type);
        match event {
            Event::Gtid(gtid) => {
                self.builder.begin(TransactionStart {
                    gtid: gtid.gtid.clone(),
                    log: LogPosition { file: "binlog".into(), offset },
                    commit_time: gtid.original_commit_time,
                    server_id: header.server_id,
                });
                self.log.gtids.push(gtid);
            }
            Event::Query(query) => {
                let text = query.text().unwrap_or_else(|problem| panic!("{problem}"));
                let session = query.session().unwrap_or_else(|problem| panic!("{problem}"));
                if text != "BEGIN" && !text.starts_with("XA START") && !text.starts_with("XA END") {
                    self.end();
                }
                self.log.queries.push((text.into_owned(), session));
            }
            Event::Xid(_) => self.end(),
            Event::XaPrepare(prepare) => {
                self.log.prepares.push(prepare);
                self.end();
            }
            Event::TransactionPayload(payload) => {
                let mut events = payload.events()?;
                while let Some(event) = events.read()? {
                    let event = event.to_vec();
                    let (header, event) = self.decoder.decode_payload_event(&event)?;
                    self.event(header, event, offset)?;
                }
            }
            Event::PreviousGtids(set) => self.log.previous.push(set),
            Event::TableMap(event) => {
                let known = &self.known;
                self.tables.map(&event, |map| {
                    let schema = match known.get(&map.name) {
                        Some(schema) => schema.clone(),
                        None => match map.schema_from_full() {
                            Some(schema) => Arc::new(schema),
                            None => return Ok(Table::unwanted(map)),
                        },
                    };
                    Table::new(map, schema).map_err(|mismatch| Error {
                        event: EventType::TABLE_MAP,
                        end: header.end,
                        problem: mismatch.into(),
                    })
                })?;
            }
            Event::Rows(rows) => self.rows(rows)?,
            Event::FormatDescription(_) | Event::Rotate(_) | Event::Heartbeat(_) | Event::Skipped { .. } => {}
        }
        Ok(())
    }

    fn rows(&mut self, mut rows: Rows<'_>) -> Result<(), Error> {
        if !rows.is_exhausted() {
            let table = self.tables.of(&rows)?.clone();
            let name = table.map().name.to_string();
            self.log.extra.push((name, rows.flags(), rows.partition()));
            if table.schema().is_none() {
                self.builder.pass_over(&table, &mut rows, u64::MAX)?;
            } else {
                while self.builder.push(&table, &mut rows, u64::MAX)? == Progress::Full {
                    self.close();
                }
            }
        }
        if rows.ends_statement() {
            self.tables.end_statement();
        }
        Ok(())
    }

    fn end(&mut self) {
        self.builder.end();
        self.tables.end_statement();
    }

    fn close(&mut self) {
        let position = Position { gtids: None, log: None, inside: self.builder.inside() };
        let end = Checkpoint { applied: position.clone(), resume: position, source: "test".into() };
        self.log.batches.push(self.builder.finish(end, Vec::new()));
    }
}
