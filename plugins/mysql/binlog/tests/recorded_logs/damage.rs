//! Damaged events are refused or read as something else; they neither panic nor take memory that they have no bytes for.

use crate::{
    MARIADB, MYSQL,
    replay::{LIMITS, Reading},
};
use proptest::prelude::*;
use tidegate_mysql_binlog::{EventType, Header, LogFile, Problem};

/// Returns the events of a log, with checksums put right after `damage`.
fn damaged(log: &[u8], mut damage: impl FnMut(usize, &mut Vec<u8>)) -> Vec<Vec<u8>> {
    let mut file = LogFile::new(log).unwrap();
    let mut events = Vec::new();
    while let Some(event) = file.read().unwrap() {
        let mut event = event[..event.len() - 4].to_vec();
        damage(events.len(), &mut event);
        let length = event.len() as u32 + 4;
        if let Some(field) = event.get_mut(9..13) {
            field.copy_from_slice(&length.to_le_bytes());
        }
        let checksum = crc32fast::hash(&event);
        event.extend_from_slice(&checksum.to_le_bytes());
        events.push(event);
    }
    events
}

/// Reads what can be read of the events.
fn read(events: &[Vec<u8>]) {
    let mut reading = Reading::new(&[], LIMITS);
    for event in events {
        let (header, event) = match reading.decoder.decode(event) {
            Ok(decoded) => decoded,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                continue;
            }
        };
        if let Err(error) = reading.event(header, event, 0) {
            assert!(!error.to_string().is_empty());
        }
    }
    reading.close();
    // An update and its compressed form may make more of the bytes that there are, but not without bound.
    let most = LIMITS.bytes + 1100 * events.iter().map(Vec::len).sum::<usize>();
    for batch in &reading.log.batches {
        assert!(batch.bytes() <= most, "{}", batch.bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn changed_bytes_do_no_harm(
        mariadb: bool,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let log = if mariadb { MARIADB } else { MYSQL };
        let count = damaged(log, |_, _| {}).len();
        let events = damaged(log, |number, event| {
            for (which, place, byte) in &changes {
                if which.index(count) == number {
                    let place = place.index(event.len());
                    event[place] = *byte;
                }
            }
        });
        read(&events);
    }

    #[test]
    fn any_bytes_do_no_harm(kind: u8, flags: u16, body in prop::collection::vec(any::<u8>(), 0..200)) {
        let events = damaged(MYSQL, |number, event| {
            if number > 1 {
                event.truncate(19);
                event[4] = kind;
                event[17..].copy_from_slice(&flags.to_le_bytes());
                event.extend_from_slice(&body);
            }
        });
        read(&events[..4]);
    }
}

#[test]
fn events_that_end_anywhere_do_no_harm() {
    for log in [MYSQL, MARIADB] {
        let whole = damaged(log, |_, _| {});
        for (number, event) in whole.iter().enumerate() {
            for length in 0..event.len() - 4 {
                let mut events = whole.clone();
                events[number] = damaged(log, |at, event| {
                    if at == number {
                        event.truncate(length)
                    }
                })[number]
                    .clone();
                read(&events[..(number + 3).min(whole.len())]);
            }
        }
    }
}

#[test]
fn a_flipped_bit_fails_the_checksum() {
    let mut file = LogFile::new(MYSQL).unwrap();
    let mut reading = Reading::new(&[], LIMITS);
    while let Some(event) = file.read().unwrap() {
        let mut event = event.to_vec();
        event[19] ^= 1;
        let error = reading.decoder.decode(&event).unwrap_err();
        assert!(matches!(error.problem, Problem::Checksum { .. }), "{error}");
        event[19] ^= 1;
        reading.decoder.decode(&event).unwrap();
    }
}

#[test]
fn a_file_that_ends_within_an_event_is_told_from_one_that_ends() {
    let broken = |log: &[u8]| {
        let mut file = LogFile::new(log).unwrap();
        loop {
            match file.read() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the file seems whole"),
                Err(error) => break error,
            }
        }
    };
    assert_eq!(broken(&MYSQL[..MYSQL.len() - 1]).kind(), std::io::ErrorKind::UnexpectedEof);
    // A length that leads behind the end is damage, since the header has the end of the event as well.
    let mut log = MYSQL.to_vec();
    log[4 + 9 + 2] ^= 1;
    let error = broken(&log);
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
    assert!(error.to_string().contains("at offset 4 contradicts itself"), "{error}");
    assert!(LogFile::new(&b"\xfdbin...."[..]).unwrap_err().to_string().contains("encrypted"));
}

#[test]
fn an_event_is_the_same_in_parts() {
    let mut whole = LogFile::new(MYSQL).unwrap();
    let mut parts = LogFile::new(MYSQL).unwrap();
    while let Some(event) = whole.read().unwrap() {
        let (begin, header) = (parts.offset(), parts.header().unwrap().unwrap());
        let mut bytes = Vec::new();
        while !parts.append(7, &mut bytes).unwrap() {
            assert_eq!((bytes.len() % 7, parts.offset()), (0, begin));
        }
        assert_eq!((&bytes[..], header.length as usize), (event, event.len()));
    }
    assert!(parts.header().unwrap().is_none());
}

#[test]
fn unknown_types_stop_unless_they_may_be_ignored() {
    let event = |flags: u16| {
        let mut events = damaged(MYSQL, |number, event| {
            if number == 1 {
                event[4] = 99;
                event[17..19].copy_from_slice(&flags.to_le_bytes());
            }
        });
        events.truncate(2);
        let mut reading = Reading::new(&[], LIMITS);
        reading.decoder.decode(&events[0]).unwrap();
        reading.decoder.decode(&events[1]).map(|(header, _)| header)
    };
    let error = event(0).unwrap_err();
    assert_eq!(error.event, EventType(99));
    assert!(matches!(error.problem, Problem::Stop { .. }));
    assert!(matches!(event(0x80), Ok(Header { event_type: EventType(99), .. })));
}
