//! A batch takes no more memory than it may, whatever the rows are.

use crate::{
    MYSQL,
    replay::{LIMITS, Reading},
};
use tidegate_mysql_binlog::{Limits, LogFile};

const LIMIT: usize = 1 << 20;

fn event(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut event = vec![0; 19];
    event[4] = kind;
    event[13] = 1;
    event.extend_from_slice(body);
    let length = event.len() as u32 + 4;
    event[9..13].copy_from_slice(&length.to_le_bytes());
    let checksum = crc32fast::hash(&event);
    event.extend_from_slice(&checksum.to_le_bytes());
    event
}

/// A map of table `s.t (i INT UNSIGNED, b LONGBLOB)` with the metadata that tells its schema.
fn table_map() -> Vec<u8> {
    let mut body = b"\x07\0\0\0\0\0\x01\0\x01s\0\x01t\0\x02\x03\xfc\x01\x04\x02".to_vec();
    body.extend_from_slice(b"\x01\x01\x80\x02\x01\x3f\x04\x04\x01i\x01b");
    event(19, &body)
}

fn rows(sizes: &[usize]) -> Vec<u8> {
    let mut body = b"\x07\0\0\0\0\0\x01\0\x02\0\x02\x03".to_vec();
    for (number, size) in sizes.iter().enumerate() {
        body.push(0);
        body.extend_from_slice(&(number as u32).to_le_bytes());
        body.extend_from_slice(&(*size as u32).to_le_bytes());
        body.resize(body.len() + size, number as u8);
    }
    event(30, &body)
}

/// Returns rows and bytes of each batch of a transaction with rows of these sizes.
fn batches(sizes: &[usize]) -> Vec<(usize, usize)> {
    let mut recorded = LogFile::new(MYSQL).unwrap();
    let format = recorded.read().unwrap().unwrap().to_vec();
    let mut gtid = b"\0".to_vec();
    gtid.extend_from_slice(&[1; 24]);
    let mut log = b"\xfebin".to_vec();
    for event in [format, event(33, &gtid), table_map(), rows(sizes), event(16, &[0; 8])] {
        log.extend_from_slice(&event);
    }
    let mut reading = Reading::new(&[], Limits { bytes: LIMIT, rows: 1 << 20, ..LIMITS });
    reading.log_file(&log).unwrap();
    reading.close();
    reading.log.batches.iter().map(|batch| (batch.rows(), batch.bytes())).collect()
}

#[test]
fn batches_stay_within_their_bound_and_near_it() {
    for size in [0, 1, 10, 100, 1000, 10_000, 100_000] {
        let count = 3 * LIMIT / (size + 30);
        let batches = batches(&vec![size; count]);
        assert_eq!(batches.iter().map(|(rows, _)| rows).sum::<usize>(), count);
        for (rows, bytes) in &batches[..batches.len() - 1] {
            assert!(*bytes <= LIMIT, "{rows} rows of {size}: {bytes}");
            let filled = rows * (size + 24);
            assert!(filled > LIMIT / 3, "{rows} rows of {size}: {filled} bytes of use");
        }
    }
}

#[test]
fn a_row_beyond_the_bound_goes_alone() {
    let large = 3 * LIMIT;
    let batches = batches(&[10, large, 10, 10, large, large]);
    assert_eq!(batches.iter().map(|(rows, _)| *rows).collect::<Vec<_>>(), [1, 1, 2, 1, 1]);
    assert!(batches.iter().all(|(_, bytes)| *bytes < large + 10_000));
}
