//! Where the window ends that a crash left unfinished.

use crate::gather::*;
use tidegate_model::LogPosition;

fn bounds() -> Bounds {
    let (consistency, oversize) = (Consistency::Row, Oversize::Stop);
    Bounds { rows: 10, bytes: 1_000, consistency, oversize, flavor: Flavor::MySql }
}

fn position(gtids: Option<&str>, file: &str, offset: u64) -> Position {
    let gtids = gtids.map(|set| format!("3e11fa47-71ca-11e1-9e33-c80aa9429562:{set}").parse().unwrap());
    Position { gtids, log: Some(LogPosition { file: file.into(), offset }), inside: None }
}

fn batch(applied: Position) -> Batch {
    let end = Checkpoint { resume: applied.clone(), applied, source: "s".into() };
    Batch { row_sets: Vec::new(), transactions: Vec::new(), rows_read: 0, schemas: Vec::new(), end }
}

/// Another server's log, or the end of the file before.
#[test]
fn an_uneven_window_ends_where_the_cut_means() {
    for (file, offset) in [("other.000009", 77), ("binlog.000001", 900), ("binlog.000002", 4)] {
        let cut = position(Some("1-5"), "binlog.000002", 4);
        let mut gather = Gather::new(bounds(), None, Some(cut));
        gather.push(batch(position(Some("1-3"), file, 50))).unwrap();
        assert!(gather.take_full().unwrap().is_none() && gather.take_ready().unwrap().is_none());
        gather.push(batch(position(Some("1-5"), file, offset))).unwrap();
        assert!(gather.take_full().unwrap().is_some(), "{file}");
        assert!(!gather.is_recovering());
    }
}

#[test]
fn what_lies_behind_the_cut_is_refused() {
    for gtids in [Some("1-6"), None] {
        let cut = position(gtids.map(|_| "1-5"), "binlog.000001", 900);
        let mut gather = Gather::new(bounds(), None, Some(cut));
        let error = gather.push(batch(position(gtids, "binlog.000001", 1_000))).unwrap_err();
        assert!(error.to_string().contains("the source read past it"), "{error}");
    }
}
