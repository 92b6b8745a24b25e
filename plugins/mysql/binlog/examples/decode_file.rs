//! Decodes a binary log file into batches, some times over, and says how fast.
//!
//!     cargo run --release -p tidegate-mysql-binlog --example decode_file -- binlog.000002 5
//!
//! On a busy machine, count instructions instead:
//!
//!     valgrind --tool=callgrind target/release/examples/decode_file binlog.000002
//!
//! The log must have been written with `binlog_row_metadata = FULL`.

#![expect(clippy::print_stdout, reason = "the outcome is for whoever runs it")]

use std::{env, error::Error, fs, hint::black_box, sync::Arc, time::Instant};
use tidegate_model::{Checkpoint, LogPosition, Position};
use tidegate_mysql_binlog::{
    BatchBuilder, Decoder, Event, Header, Limits, LogFile, Problem, Progress, Rows, Table, Tables,
    TransactionStart,
};

const LIMITS: Limits = Limits { bytes: 8 << 20, rows: 1 << 16, sets: 256 };

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let path = arguments.next().ok_or("usage: decode_file FILE [TIMES]")?;
    let times: u32 = arguments.next().map_or(Ok(1), |times| times.parse())?;
    let log = fs::read(path)?;
    for _ in 0..times {
        let begin = Instant::now();
        let mut run = Run::new();
        let mut file = LogFile::new(log.as_slice())?;
        while let Some(event) = file.read()? {
            let (header, event) = run.decoder.decode(event)?;
            run.event(header, event)?;
        }
        run.close();
        let seconds = begin.elapsed().as_secs_f64();
        let (rows, batches) = (run.rows, run.batches);
        let megabytes = log.len() as f64 / 1e6;
        println!(
            "{rows} rows, {batches} batches, {seconds:.3} s: {:.2} M rows/s, {:.0} MB/s",
            rows as f64 / seconds / 1e6,
            megabytes / seconds
        );
    }
    Ok(())
}

struct Run {
    decoder: Decoder,
    tables: Tables,
    builder: BatchBuilder,
    rows: u64,
    batches: u64,
}

impl Run {
    fn new() -> Self {
        let (decoder, tables) = (Decoder::new(), Tables::new());
        Self { decoder, tables, builder: BatchBuilder::new(LIMITS), rows: 0, batches: 0 }
    }

    fn event(&mut self, header: Header, event: Event<'_>) -> Result<(), tidegate_mysql_binlog::Error> {
        match event {
            Event::Gtid(gtid) => self.builder.begin(TransactionStart {
                gtid: gtid.gtid,
                log: LogPosition { file: Arc::from("log"), offset: u64::from(header.end) },
                commit_time: gtid.original_commit_time,
                server_id: header.server_id,
            }),
            Event::TableMap(map) => self.tables.note(&map),
            Event::Rows(rows) => self.rows(rows)?,
            Event::Xid(_) => self.builder.end(),
            Event::TransactionPayload(payload) => {
                let mut events = payload.events()?;
                while let Some(event) = events.read()? {
                    let (header, event) = self.decoder.decode_payload_event(event)?;
                    self.event(header, event)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn rows(&mut self, mut rows: Rows<'_>) -> Result<(), tidegate_mysql_binlog::Error> {
        if !rows.is_exhausted() {
            let header = *rows.header();
            let table = self.tables.bind(&rows, |map| {
                let Some(schema) = map.schema_from_full() else { return Ok(Table::unwanted(map)) };
                Table::new(map, Arc::new(schema)).map_err(|mismatch| tidegate_mysql_binlog::Error {
                    event: header.event_type,
                    end: header.end,
                    problem: Problem::from(mismatch),
                })
            })?;
            while self.builder.push(&table, &mut rows, u64::MAX)? == Progress::Full {
                self.close();
            }
        }
        if rows.ends_statement() {
            self.tables.end_statement();
        }
        Ok(())
    }

    fn close(&mut self) {
        let position = Position { gtids: None, log: None, inside: self.builder.inside() };
        let end = Checkpoint { applied: position.clone(), resume: position, source: Arc::from("file") };
        let batch = self.builder.finish(end, Vec::new());
        self.rows += batch.rows() as u64;
        self.batches += 1;
        black_box(batch);
    }
}
