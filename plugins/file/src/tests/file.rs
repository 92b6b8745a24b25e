//! Appending, tearing and durability.

use super::doubles::{batch, checkpoint, image, row_set};
use crate::{sink::FileSink, target::Place, writer::Turn};
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
        health: tidegate_plugin::Health::default(),
    }
}

fn change(offset: u64) -> Change {
    let kind = ColumnKind::Int { width: IntWidth::W64, unsigned: true };
    let after = image(vec![("id", kind, Arc::new(UInt64Array::from(vec![offset])))]);
    let rows = row_set(Operation::Insert, Image::default(), after, vec![0]);
    Change::Batch(Box::new(batch(vec![rows], offset)))
}

async fn open(path: &Path, state: &Path) -> tidegate_plugin::Result<FileSink> {
    let mut sink = FileSink::new(Place::File(path.to_owned()), Turn::default());
    let Opening::NotKept { place } = sink.open(context(state)).await? else { panic!("it keeps none") };
    assert_eq!(place, format!("file {}", path.canonicalize().unwrap().display()));
    Ok(sink)
}

#[tokio::test]
async fn lines_are_appended_and_a_torn_one_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    let mut sink = open(&path, folder.path()).await.unwrap();
    sink.write(change(1)).await.unwrap();
    sink.flush().await.unwrap();
    assert_eq!(sink.durable(), Some(checkpoint(2)));
    // As a crash leaves it.
    drop(sink);
    let first = std::fs::read_to_string(&path).unwrap();
    assert_eq!(first.lines().count(), 1);

    std::fs::write(&path, format!("{first}{{\"op\":\"ins")).unwrap();
    let mut sink = open(&path, folder.path()).await.unwrap();
    sink.write(change(2)).await.unwrap();
    sink.flush().await.unwrap();
    let both = std::fs::read_to_string(&path).unwrap();
    assert!(both.starts_with(&first));
    assert_eq!(both.lines().count(), 2);
    assert!(both.ends_with("\"row\":10}\n"));
}

#[tokio::test]
async fn a_last_line_of_somebody_else_is_not_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    let refused = async |text: &str| {
        std::fs::write(&path, text).unwrap();
        let error = open(&path, folder.path()).await.unwrap_err();
        assert!(error.hint.unwrap().contains("newline"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    };
    refused("my notes\nwithout an end").await;
    refused("{\"op\":\"ins").await;
    std::fs::write(&path, "my notes\n").unwrap();
    drop(open(&path, folder.path()).await.unwrap());
    refused("my notes\nwithout an end").await;
    refused("{\"op\":\"insert\"").await;

    // Behind a clean end nothing is ours.
    std::fs::write(&path, "").unwrap();
    let mut sink = open(&path, folder.path()).await.unwrap();
    sink.write(change(1)).await.unwrap();
    sink.flush().await.unwrap();
    sink.close().await.unwrap();
    let whole = std::fs::read_to_string(&path).unwrap();
    refused(&format!("{whole}{{\"op\":\"ins")).await;
}

#[tokio::test]
async fn a_pipe_that_nobody_reads_blocks_no_thread_of_the_runtime() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let turn = Turn::default();
    let mut sink = FileSink::new(Place::File(path.clone()), turn.clone());
    let soon = std::time::Duration::from_millis(50);
    assert!(tokio::time::timeout(soon, sink.open(context(folder.path()))).await.is_err(), "without a reader");
    let mut reader = std::fs::File::options().read(true).write(true).open(&path).unwrap();
    drop(tokio::time::timeout(std::time::Duration::from_secs(5), turn.lock()).await.unwrap());
    sink.open(context(folder.path())).await.unwrap();
    let mut written = 0;
    while tokio::time::timeout(soon, sink.write(change(written))).await.is_ok() {
        written += 1;
    }
    assert!(written > 0 && turn.try_lock().is_err(), "the write is still under way");
    drop(sink);
    // What was begun is ended, and only then the next one has its turn.
    let mut text = vec![0; 1 << 20];
    let read = std::io::Read::read(&mut reader, &mut text).unwrap();
    drop(tokio::time::timeout(std::time::Duration::from_secs(5), turn.lock()).await.unwrap());
    let rest = std::io::Read::read(&mut reader, &mut text[read..]).unwrap();
    assert_eq!(text[read + rest - 1], b'\n');
}

#[tokio::test]
async fn what_is_written_becomes_durable_while_idle() {
    let folder = tempfile::tempdir().unwrap();
    let mut sink = FileSink::new(Place::File(folder.path().join("out.jsonl")), Turn::default());
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
    let mut sink = FileSink::new(Place::File("/dev/null".into()), Turn::default());
    sink.open(context(Path::new("/"))).await.unwrap();
    sink.write(change(1)).await.unwrap();
    assert_eq!(sink.durable(), Some(checkpoint(2)));
}

#[tokio::test]
async fn a_missing_folder_is_found_by_the_check() {
    let mut sink = FileSink::new(Place::File("/no/such/folder/out.jsonl".into()), Turn::default());
    let findings = sink.check("p", &[]).await.unwrap();
    assert_eq!(findings[0].level, tidegate_plugin::Level::Error);
    let error = sink.open(context(Path::new("/"))).await.unwrap_err();
    assert_eq!(error.kind, tidegate_plugin::ErrorKind::World);
}
