//! Reads logs as a source does.

use std::{collections::HashMap, sync::Arc};
use tidegate_model::{
    Batch, Checkpoint, GtidSet, Image, Inside, LogPosition, Position, RowSet, Session, TableName, TableSchema,
};
use tidegate_mysql_binlog::{
    BatchBuilder, Decoder, Error, Event, EventType, Gtid, Header, Limits, LogFile, Partition, Progress, Rows,
    Table, Tables, TransactionStart, XaPrepare,
};

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
    /// Table, flags and partition of each rows event.
    pub(crate) extra: Vec<(String, u16, Option<Partition>)>,
}

/// A row of a set.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) batch: &'a Batch,
    pub(crate) set: &'a RowSet,
    pub(crate) row: usize,
}

impl<'a> Row<'a> {
    pub(crate) fn before(&self) -> &'a Image {
        &self.set.before
    }

    pub(crate) fn after(&self) -> &'a Image {
        &self.set.after
    }
}

impl Log {
    /// Returns the rows that `chosen` admits in log order.
    pub(crate) fn rows_of(&self, chosen: impl Fn(&TableName) -> bool) -> Vec<Row<'_>> {
        let mut rows = Vec::new();
        for batch in &self.batches {
            let mut own = Vec::new();
            for set in batch.row_sets.iter().filter(|set| chosen(&set.table.name)) {
                let places = set.ordinals.iter().enumerate();
                own.extend(places.map(|(row, ordinal)| (*ordinal, Row { batch, set, row })));
            }
            own.sort_by_key(|(ordinal, _)| *ordinal);
            rows.extend(own.into_iter().map(|(_, row)| row));
        }
        rows
    }

    /// Returns the rows of a table in log order.
    pub(crate) fn rows(&self, table: &str) -> Vec<Row<'_>> {
        self.rows_of(|name| &*name.table == table)
    }
}

/// A reader of logs, which takes rows, passes over those of some tables and can skip the first rows.
pub(crate) struct Reading {
    pub(crate) decoder: Decoder,
    pub(crate) tables: Tables,
    pub(crate) builder: BatchBuilder,
    pub(crate) log: Log,
    /// Only this table is wanted.
    pub(crate) only: Option<&'static str>,
    /// After how many rows of the log the batch is closed.
    pub(crate) cut: Option<u64>,
    /// How many of the next rows are skipped.
    pub(crate) skip: u64,
    /// Where the skipped rows end.
    pub(crate) skipped: Option<Inside>,
    known: HashMap<TableName, Arc<TableSchema>>,
    taken: u64,
}

impl Reading {
    pub(crate) fn new(known: &[Arc<TableSchema>], limits: Limits) -> Self {
        Self {
            decoder: Decoder::new(),
            tables: Tables::new(),
            builder: BatchBuilder::new(limits),
            log: Log::default(),
            only: None,
            cut: None,
            skip: 0,
            skipped: None,
            known: known.iter().map(|schema| (schema.name.clone(), schema.clone())).collect(),
            taken: 0,
        }
    }

    pub(crate) fn log_file(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut file = LogFile::new(bytes).unwrap();
        loop {
            let offset = file.offset();
            let Some(event) = file.read().unwrap() else { return Ok(()) };
            let (header, event) = self.decoder.decode(event)?;
            self.event(header, event, offset)?;
        }
    }

    pub(crate) fn event(&mut self, header: Header, event: Event<'_>, offset: u64) -> Result<(), Error> {
        self.log.events.push(header.event_type);
        let wrong = |problem| Error { event: header.event_type, end: header.end, problem };
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
                let text = query.text().map_err(wrong)?;
                let session = query.session().map_err(wrong)?;
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
                    let (header, event) = self.decoder.decode_payload_event(event)?;
                    self.event(header, event, offset)?;
                }
            }
            Event::PreviousGtids(set) => self.log.previous.push(set),
            Event::TableMap(event) => self.tables.note(&event),
            Event::Rows(rows) => self.rows(rows)?,
            Event::FormatDescription(_) | Event::Rotate(_) | Event::Heartbeat(_) | Event::Skipped { .. } => {}
        }
        Ok(())
    }

    fn rows(&mut self, mut rows: Rows<'_>) -> Result<(), Error> {
        if !rows.is_exhausted() {
            let header = *rows.header();
            let (known, only) = (&self.known, self.only);
            let table = self.tables.bind(&rows, |map| {
                if only.is_some_and(|only| *only != *map.name.table) {
                    return Ok(Table::unwanted(map));
                }
                let schema = known.get(&map.name).cloned().or_else(|| map.schema_from_full().map(Arc::new));
                let Some(schema) = schema else { return Ok(Table::unwanted(map)) };
                Table::new(map, schema).map_err(|mismatch| Error {
                    event: header.event_type,
                    end: header.end,
                    problem: mismatch.into(),
                })
            })?;
            self.log.extra.push((table.map().name.to_string(), rows.flags(), rows.partition()));
            while self.take(&table, &mut rows)? != Progress::Exhausted {
                self.close();
            }
        }
        if rows.ends_statement() {
            self.tables.end_statement();
        }
        Ok(())
    }

    fn take(&mut self, table: &Arc<Table>, rows: &mut Rows<'_>) -> Result<Progress, Error> {
        if self.skip > 0 {
            let before = self.builder.inside().map_or(0, |inside| inside.rows);
            self.builder.skip(table, rows, self.skip)?;
            self.skipped = self.builder.inside();
            self.skip -= self.skipped.as_ref().map_or(0, |inside| inside.rows) - before;
        }
        let before = u64::from(self.builder.rows());
        let at_most = self.cut.and_then(|cut| cut.checked_sub(self.taken)).filter(|left| *left > 0);
        let at_most = at_most.unwrap_or(u64::MAX);
        let progress = if table.schema().is_none() {
            self.builder.pass_over(table, rows, at_most)?
        } else {
            self.builder.push(table, rows, at_most)?
        };
        self.taken += u64::from(self.builder.rows()) - before;
        Ok(progress)
    }

    fn end(&mut self) {
        self.builder.end();
        self.tables.end_statement();
    }

    pub(crate) fn close(&mut self) {
        let position = Position { gtids: None, log: None, inside: self.builder.inside() };
        let end = Checkpoint { applied: position.clone(), resume: position, source: "test".into() };
        self.log.batches.push(self.builder.finish(end, Vec::new()));
    }
}
