//! Applies a sysbench-like log (index update, column update, delete and insert of one row, by transaction) to a private
//! server, and says rows per second and our own CPU time a row.
//!
//! `cargo bench -p tidegate-mysql-sink -- [mysql|mariadb|tidb] [rows] [settings as JSON]`

#[path = "../tests/it/feed.rs"]
mod feed;

use feed::{Cell, Cells, Feed, INT, delete, insert, update};
use std::{io::Write as _, time::Instant};
use tidegate_model::ColumnKind;
use tidegate_plugin::{Instance, Sink, SinkContext, settings::Settings};
use tidegate_test_servers::{Builder, Kind};

const TABLES: usize = 4;
const TABLE_ROWS: i64 = 20_000;

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let argument = |index: usize| arguments.get(index).map(String::as_str);
    let kind = match argument(0).unwrap_or("mysql") {
        "mariadb" => Kind::MariaDb,
        "tidb" => Kind::TiDb,
        _ => Kind::MySql,
    };
    let rows: usize = argument(1).and_then(|text| text.parse().ok()).unwrap_or(400_000);
    let settings: serde_json::Value = serde_json::from_str(argument(2).unwrap_or("{}")).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run(kind, rows, settings));
}

async fn run(kind: Kind, rows: usize, settings: serde_json::Value) {
    let server = Builder::new(kind).start().unwrap();
    let client = server.client();
    client.execute("CREATE DATABASE sbtest").unwrap();
    let (fill, feed) = log(rows);
    for table in 0..TABLES {
        client
            .execute(&format!(
                "CREATE TABLE sbtest.sbtest{table} (id INT NOT NULL PRIMARY KEY, k INT NOT NULL DEFAULT 0, \
                 c CHAR(120) NOT NULL DEFAULT '', pad CHAR(60) NOT NULL DEFAULT '', KEY k_1 (k))"
            ))
            .unwrap();
    }
    let mut all = serde_json::json!({
        "host": "127.0.0.1", "port": server.port(), "user": server.user(), "password": server.password(),
        "tls": { "mode": "disabled" },
    });
    all.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    let instance = Instance { pipeline: "bench".into(), folder: ".".into() };
    let build = || match (tidegate_mysql_sink::entry().build)(&Settings::from_json(&all), &instance) {
        Ok(sink) => sink,
        Err(problems) => panic!("{problems:?}"),
    };
    apply(build(), &fill, "fill").await;
    let mut whole = fill;
    whole.transactions.extend(feed.transactions);
    apply(build(), &whole, "log").await;
}

async fn apply(mut sink: Box<dyn Sink>, feed: &Feed, what: &str) {
    let context = SinkContext {
        pipeline: "bench".into(),
        state: ".".into(),
        filters: "none".into(),
        reset: false,
        memory: 256 << 20,
    };
    let tidegate_plugin::Opening::Kept(resume) = sink.open(context).await.unwrap() else { panic!() };
    let batches = feed.batches(resume.as_deref(), 500);
    let rows: usize = batches
        .iter()
        .map(|change| if let tidegate_plugin::Change::Batch(batch) = change { batch.rows() } else { 0 })
        .sum();
    let (begun, cpu) = (Instant::now(), cpu_ticks());
    for batch in batches {
        sink.write(batch).await.unwrap();
    }
    sink.flush().await.unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    let cpu = (cpu_ticks() - cpu) as f64 * 10_000.0 / rows as f64;
    sink.close().await.unwrap();
    writeln!(
        std::io::stderr(),
        "{what}: {rows} rows in {seconds:.2} s, {:.0} rows/s, {cpu:.1} us of our CPU a row",
        rows as f64 / seconds
    )
    .unwrap();
}

/// User and system time of this process, in hundredths of a second.
fn cpu_ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

fn log(rows: usize) -> (Feed, Feed) {
    let text = |length| ColumnKind::Char { collation: 255, length };
    let columns = [("id", INT), ("k", INT), ("c", text(120)), ("pad", text(60))];
    let tables: Vec<_> =
        (0..TABLES).map(|n| feed::table("sbtest", &format!("sbtest{n}"), &columns)).collect();
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = move |end: i64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as i64 % end
    };
    let digits = |seed: i64, length: usize| -> Vec<u8> {
        let groups = (0..11).map(|n| format!("{:011}", (seed * 7_919 + n * 104_729) % 100_000_000_000));
        groups.collect::<Vec<_>>().join("-").into_bytes()[..length].to_vec()
    };
    let row = |id: i64, k: i64, c: i64| -> Cells {
        vec![
            Some(Cell::Int(id)),
            Some(Cell::Int(k)),
            Some(Cell::Bytes(digits(c, 119))),
            Some(Cell::Bytes(digits(id, 59))),
        ]
    };
    let mut now: Vec<Vec<(i64, i64)>> = vec![(0..TABLE_ROWS).map(|id| (id, id)).collect(); TABLES];
    let mut fill = Feed::default();
    for (index, table) in tables.iter().enumerate() {
        for chunk in now[index].chunks(100).enumerate() {
            let first = chunk.0 as i64 * 100;
            fill.push(
                (0_i64..).zip(chunk.1).map(|(n, (k, c))| insert(table, row(first + n, *k, *c))).collect(),
            );
        }
    }
    let mut feed = Feed::default();
    while feed.transactions.len() * 4 < rows {
        let (n, id) = (random(TABLES as i64) as usize, random(TABLE_ROWS));
        let table = &tables[n];
        let mut changes = Vec::with_capacity(4);
        let (k, c) = now[n][id as usize];
        changes.push(update(table, row(id, k, c), row(id, k + 1, c)));
        now[n][id as usize].0 += 1;
        let id = random(TABLE_ROWS);
        let (k, c) = now[n][id as usize];
        let new = random(1_000_000);
        changes.push(update(table, row(id, k, c), row(id, k, new)));
        now[n][id as usize].1 = new;
        let id = random(TABLE_ROWS);
        let (k, c) = now[n][id as usize];
        let again = (random(TABLE_ROWS), random(1_000_000));
        changes.push(delete(table, row(id, k, c)));
        changes.push(insert(table, row(id, again.0, again.1)));
        now[n][id as usize] = again;
        feed.push(changes);
    }
    (fill, feed)
}
