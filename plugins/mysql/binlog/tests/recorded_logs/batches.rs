//! However a log is cut into batches, the same rows come out in the same order.

use crate::{
    MARIADB, MYSQL, render,
    replay::{LIMITS, Log, Reading},
    tables::table,
};
use arrow_array::Array;
use tidegate_model::{Batch, ColumnKind, FixedType, Image, IntWidth};
use tidegate_mysql_binlog::Limits;

fn read(log: &[u8], limits: Limits) -> Log {
    // MariaDB's log does not tell a UUID from BINARY(16).
    let columns = [
        ("id", ColumnKind::Int { width: IntWidth::W32, unsigned: false }),
        ("u", ColumnKind::Fixed { fixed: FixedType::Uuid }),
        ("c", ColumnKind::Varchar { collation: 8, length: 900 }),
        ("b", ColumnKind::Blob { length_bytes: 2 }),
    ];
    let mut reading = Reading::new(&[table("shop", "o", &columns)], limits);
    reading.log_file(log).unwrap();
    reading.close();
    reading.log
}

fn image(image: &Image, row: usize) -> String {
    image
        .columns
        .iter()
        .map(|column| format!("{}={} ", column.column.name, render::value(column, row)))
        .collect()
}

/// Everything that is promised of each row: transaction, place in it, hash, table, operation, images.
fn lines(log: &Log) -> Vec<String> {
    let line = |row: crate::replay::Row<'_>| {
        let set = row.set;
        let transaction = &row.batch.transactions[set.transactions[row.row] as usize];
        let number = transaction.row_number(set.ordinals[row.row]);
        let (before, after) = (image(row.before(), row.row), image(row.after(), row.row));
        let (gtid, hash) = (transaction.gtid.as_ref(), set.hashes[row.row]);
        format!("{gtid:?} {number} {hash:x} {} {:?} [{before}] [{after}]", set.table.name, set.operation)
    };
    log.rows_of(|_| true).into_iter().map(line).collect()
}

#[test]
fn batches_of_any_size_hold_the_same_rows() {
    for log in [MYSQL, MARIADB] {
        let expected = lines(&read(log, LIMITS));
        assert!(expected.len() > 15);
        let mut sizes = vec![(1, 1 << 20, 64), (3, 1 << 20, 64), (100, 1 << 20, 2)];
        sizes.extend((1..40_000).step_by(333).map(|bytes| (100, bytes, 64)));
        for (rows, bytes, sets) in sizes {
            let read = read(log, Limits { bytes, rows, sets });
            assert_eq!(lines(&read), expected, "{rows} rows, {bytes} bytes, {sets} sets");
            read.batches.iter().for_each(check);
            for batch in &read.batches {
                let kept = batch.rows();
                assert!(kept <= rows as usize && batch.row_sets.len() <= sets);
                assert!(batch.bytes() <= bytes || kept == 1, "{} bytes of {bytes}", batch.bytes());
                assert_eq!(batch.rows_read, kept as u64);
            }
        }
    }
}

/// All vectors of a set have one entry a row, and ordinals count the rows of the batch.
fn check(batch: &Batch) {
    let mut ordinals: Vec<u32> = batch.row_sets.iter().flat_map(|set| set.ordinals.clone()).collect();
    ordinals.sort_unstable();
    assert!(ordinals.iter().enumerate().all(|(place, ordinal)| place == *ordinal as usize));
    for set in &batch.row_sets {
        assert_eq!((set.transactions.len(), set.hashes.len()), (set.rows(), set.rows()));
        for column in set.before.columns.iter().chain(&set.after.columns) {
            assert_eq!(column.values.len(), set.rows(), "{}", column.column.name);
        }
    }
}

#[test]
fn each_transaction_is_closed_once_and_behind_its_last_row() {
    for limits in [LIMITS, Limits { rows: 2, ..LIMITS }] {
        let log = read(MYSQL, limits);
        let listed: Vec<_> = log.batches.iter().flat_map(|batch| &batch.transactions).collect();
        for (index, transaction) in listed.iter().enumerate() {
            let last = listed.get(index + 1).is_none_or(|next| next.log != transaction.log);
            assert_eq!(transaction.closed, last, "{transaction:?}");
        }
        for batch in &log.batches {
            let open = batch.transactions.last().is_some_and(|transaction| !transaction.closed);
            assert_eq!(batch.end.applied.inside.is_some(), open);
        }
    }
}

/// Reads up to each row in turn, then again from there, as after a restart.
#[test]
fn reading_goes_on_behind_any_row() {
    let whole = read(MYSQL, LIMITS);
    let expected = lines(&whole);
    for cut in 1..expected.len() as u64 {
        let mut first = Reading::new(&[], LIMITS);
        first.cut = Some(cut);
        first.log_file(MYSQL).unwrap();
        first.close();
        assert_eq!(lines(&first.log), expected);
        let batch = &first.log.batches[0];
        // Behind the last row of an event, the batch is only cut by the next one.
        let Some(inside) = batch.end.applied.inside.clone() else { continue };
        let mut second = Reading::new(&[], LIMITS);
        second.skip = cut;
        second.log_file(MYSQL).unwrap();
        second.close();
        assert_eq!(lines(&second.log), expected[cut as usize..]);
        assert_eq!(second.skipped, Some(inside));
    }
}

#[test]
fn rows_that_nobody_wants_take_their_places() {
    let expected: Vec<String> =
        lines(&read(MYSQL, LIMITS)).into_iter().filter(|line| line.contains(" shop.times ")).collect();
    for rows in [1, 3, 1000] {
        let mut reading = Reading::new(&[], Limits { rows, ..LIMITS });
        reading.only = Some("times");
        reading.log_file(MYSQL).unwrap();
        reading.close();
        assert_eq!(lines(&reading.log), expected);
        assert!(reading.log.batches.iter().map(|batch| batch.rows_read).sum::<u64>() > expected.len() as u64);
    }
}

/// The hash must not depend on how the table came to its number, nor on where the event lies.
#[test]
fn rows_of_other_content_have_other_hashes() {
    let log = read(MYSQL, LIMITS);
    let mut hashes: Vec<u64> = log.rows_of(|_| true).iter().map(|row| row.set.hashes[row.row]).collect();
    let count = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
}
