//! Appending, tearing and durability.

use super::doubles::{batch, checkpoint, image, row_set};
use crate::{sink::FileSink, target::Place};
use arrow_array::UInt64Array;
use std::{path::Path, sync::Arc};
use tidegate_model::{ColumnKind, Image, IntWidth, Operation};
use tidegate_plugin::{Change, Opening, Sink, SinkContext};

fn context(folder: &Path) -> SinkContext {
    SinkContext {
        pipeline: "p".into(),
        state: folder.to_owned(),
        filters: "".into(),
        reset: false,
        memory: 1 << 20,
    }
}

fn change(offset: u64) -> Change {
    let kind = ColumnKind::Int { width: IntWidth::W64, unsigned: true };
    let after = image(vec![("id", kind, Arc::new(UInt64Array::from(vec![offset])))]);
    let rows = row_set(Operation::Insert, Image::default(), after, vec![0]);
    Change::Batch(Box::new(batch(vec![rows], offset)))
}

#[tokio::test]
async fn lines_are_appended_and_a_torn_one_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    let open = async || {
        let mut sink = FileSink::new(Place::File(path.clone()));
        assert!(matches!(sink.open(context(folder.path())).await.unwrap(), Opening::NotKept));
        sink
    };
    let mut sink = open().await;
    sink.write(change(1)).await.unwrap();
    sink.flush().await.unwrap();
    assert_eq!(sink.durable(), Some(checkpoint(2)));
    sink.close().await.unwrap();
    let first = std::fs::read_to_string(&path).unwrap();
    assert_eq!(first.lines().count(), 1);

    std::fs::write(&path, format!("{first}{{\"op\":\"ins")).unwrap();
    let mut sink = open().await;
    sink.write(change(2)).await.unwrap();
    sink.flush().await.unwrap();
    let both = std::fs::read_to_string(&path).unwrap();
    assert!(both.starts_with(&first));
    assert_eq!(both.lines().count(), 2);
    assert!(both.ends_with("\"row\":10}\n"));
}

#[tokio::test]
async fn what_is_written_becomes_durable_while_idle() {
    let folder = tempfile::tempdir().unwrap();
    let mut sink = FileSink::new(Place::File(folder.path().join("out.jsonl")));
    sink.open(context(folder.path())).await.unwrap();
    sink.write(change(1)).await.unwrap();
    sink.write(change(2)).await.unwrap();
    assert_ne!(sink.durable(), Some(checkpoint(3)), "synchronised at most once a second");
    sink.idle().await.unwrap();
    assert_eq!(sink.durable(), Some(checkpoint(2)), "the first one began with the first write");
    sink.idle().await.unwrap();
    assert_eq!(sink.durable(), Some(checkpoint(3)));
}

#[tokio::test]
async fn a_device_is_durable_at_once() {
    let mut sink = FileSink::new(Place::File("/dev/null".into()));
    sink.open(context(Path::new("/"))).await.unwrap();
    sink.write(change(1)).await.unwrap();
    assert_eq!(sink.durable(), Some(checkpoint(2)));
}

#[tokio::test]
async fn a_missing_folder_is_found_by_the_check() {
    let mut sink = FileSink::new(Place::File("/no/such/folder/out.jsonl".into()));
    let findings = sink.check("p", &[]).await.unwrap();
    assert_eq!(findings[0].level, tidegate_plugin::Level::Error);
    let error = sink.open(context(Path::new("/"))).await.unwrap_err();
    assert_eq!(error.kind, tidegate_plugin::ErrorKind::World);
}
