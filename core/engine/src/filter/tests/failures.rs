//! Rows that a filter fails on or refuses, under each policy.

use super::doubles::{Scripted, four, per_row, summary, transaction};
use crate::{
    OnError, Telemetry,
    filter::{FilterStage, Filters, Host, LostRow, Trial},
    lost::LostRows,
};
use arrow_array::{Array, UInt64Array};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use tidegate_model::{Batch, Image, Operation, Position, RowSet};
use tidegate_plugin::{
    Change, Decision, ErrorKind, OutputColumn, PluginError, Produced, Result, Resume, TablePlan,
    Verdict::{Drop, Keep, Refuse, Route},
    Verdicts,
};

const LETTERS: &str = "dead-letters.jsonl";
const DROPPED: &str = "dropped-rows.jsonl";

fn failure() -> PluginError {
    PluginError::new(ErrorKind::Rows, "it fails")
}

/// The ids of an image.
fn ids(image: &Image) -> Vec<u64> {
    let values: &UInt64Array = image.columns[0].values.as_any().downcast_ref().unwrap();
    (0..values.len()).map(|row| values.value(row)).collect()
}

/// Keeps rows, and fails on those with an id of these.
fn failing(on: &'static [u64]) -> Scripted {
    let keep = per_row(&[], |rows| Verdicts::Change(vec![Keep; rows.rows()]));
    Scripted {
        fails: Box::new(move |image| ids(image).iter().any(|id| on.contains(id)).then(failure)),
        ..keep
    }
}

/// Refuses the row with id 2.
fn refusing() -> Scripted {
    let verdict = |id: u64| if id == 2 { Refuse(0) } else { Keep };
    let filter = per_row(&[], move |rows| {
        let image = if rows.operation == Operation::Delete { &rows.before } else { &rows.after };
        Verdicts::Change(ids(image).into_iter().map(verdict).collect())
    });
    Scripted { reasons: vec!["no \"such\" row".to_owned()], ..filter }
}

struct Bench {
    folder: tempfile::TempDir,
    telemetry: Arc<Telemetry>,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), telemetry: Telemetry::new("p") }
    }

    fn host(&self, filters: Vec<(Scripted, OnError)>, resume: Option<&Resume>) -> Host<LostRows> {
        let lost = LostRows::open(self.folder.path(), resume, false, &self.telemetry).unwrap();
        Host::new(stages(filters), Arc::default(), lost, || false)
    }

    fn run(&self, filter: Scripted, on_error: OnError, rows: RowSet) -> Result<Vec<String>> {
        pass(&mut self.host(vec![(filter, on_error)], None), rows)
    }

    fn lines(&self, file: &str) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.folder.path().join(file)).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Lets rows of the transaction at offset 4 pass, in a batch that ends at 100.
fn pass(host: &mut Host<LostRows>, rows: RowSet) -> Result<Vec<String>> {
    host.apply(batch(rows)).map(passed)
}

fn batch(rows: RowSet) -> Change {
    Change::Batch(Box::new(Batch {
        rows_read: rows.rows() as u64,
        row_sets: vec![rows],
        transactions: vec![transaction()],
        schemas: Vec::new(),
        end: super::doubles::checkpoint_at(100),
    }))
}

fn passed(change: Change) -> Vec<String> {
    let Change::Batch(mut batch) = change else { panic!("a batch became a DDL") };
    batch.row_sets.sort_by_key(|rows| rows.ordinals.clone());
    summary(&batch.row_sets)
}

fn stages(filters: Vec<(Scripted, OnError)>) -> Arc<Filters> {
    let stage = |(index, (filter, on_error)): (usize, (Scripted, OnError))| FilterStage {
        plugin: format!("f{index}").into(),
        filter: Box::new(filter),
        on_error,
    };
    Arc::new(Filters::new(filters.into_iter().enumerate().map(stage).collect(), ""))
}

fn resume(offset: u64, cut: Option<Position>) -> Resume {
    Resume { checkpoint: super::doubles::checkpoint_at(offset), cut, schemas: Vec::new() }
}

#[test]
fn only_the_rows_that_it_fails_on_are_lost() {
    let bench = Bench::new();
    let passed = bench.run(failing(&[2]), OnError::Drop, four(Operation::Insert)).unwrap();
    assert_eq!(passed, ["insert s.t [10]", "insert s.t [12, 13]"]);
    let passed = bench.run(failing(&[1, 2, 3, 4]), OnError::Drop, four(Operation::Update)).unwrap();
    assert!(passed.is_empty());
    let error = Bench::new().run(failing(&[2]), OnError::Stop, four(Operation::Insert)).unwrap_err();
    assert_eq!((error.kind, &*error.message), (ErrorKind::Rows, "it fails"));
    assert_eq!(error.place.unwrap(), "table s.t, at or behind b.000001:4, filter `f0`");
    let page = bench.telemetry.encode();
    let counted =
        "tidegate_lost_rows_total{pipeline=\"p\",plugin=\"f0\",on_error=\"drop\",schema=\"s\",table=\"t\"} 5";
    assert!(page.contains(counted), "{page}");
}

#[test]
fn an_error_that_is_not_about_rows_always_stops() {
    let broken = Scripted { fails: Box::new(|_| Some(PluginError::definite("no settings"))), ..failing(&[]) };
    let error = Bench::new().run(broken, OnError::Drop, four(Operation::Insert)).unwrap_err();
    assert_eq!(error.message, "no settings");
}

/// What an instance has used up is not the row's fault.
#[test]
fn a_single_row_is_asked_for_once_more() {
    let bench = Bench::new();
    let calls = AtomicU32::new(0);
    // All four, both of the second half, the one row; then not any more.
    let passing = move |image: &Image| {
        let bad = ids(image).contains(&3) && calls.fetch_add(1, Ordering::Relaxed) < 3;
        bad.then(failure)
    };
    let filter = Scripted { fails: Box::new(passing), ..failing(&[]) };
    let passed = bench.run(filter, OnError::DeadLetter, four(Operation::Insert)).unwrap();
    assert_eq!(passed, ["insert s.t [10, 11]", "insert s.t [12]", "insert s.t [13]"]);
    assert!(bench.lines(LETTERS).is_empty());
}

#[test]
fn a_dead_letter_is_the_row_with_its_place_and_the_reason() {
    let bench = Bench::new();
    let passed = bench.run(failing(&[3]), OnError::DeadLetter, four(Operation::Update)).unwrap();
    assert_eq!(passed, ["update s.t [10, 11]", "update s.t [13]"]);
    bench.run(refusing(), OnError::DeadLetter, four(Operation::Delete)).unwrap();
    let text = std::fs::read_to_string(bench.folder.path().join(LETTERS)).unwrap();
    assert_eq!(
        text,
        concat!(
            r#"{"op":"update","schema":"s","table":"t","before":{"id":3,"v":30},"after":{"id":3,"v":300},"file":"b.000001","offset":4,"#,
            r#""commit_time":0,"server_id":1,"row":12,"plugin":"f0","reason":"it fails","refused":false}"#,
            "\n",
            r#"{"op":"delete","schema":"s","table":"t","before":{"id":2,"v":20},"file":"b.000001","offset":4,"#,
            r#""commit_time":0,"server_id":1,"row":11,"plugin":"f0","reason":"no \"such\" row","refused":true}"#,
            "\n"
        )
    );
    assert!(bench.lines(DROPPED).is_empty());
}

#[test]
fn a_refused_row_follows_the_policy() {
    let bench = Bench::new();
    let error = bench.run(refusing(), OnError::Stop, four(Operation::Insert)).unwrap_err();
    assert!(error.message.contains("refused a row: no \"such\" row"), "{error}");
    let passed = bench.run(refusing(), OnError::Drop, four(Operation::Insert)).unwrap();
    assert_eq!(passed, ["insert s.t [10, 12, 13]"]);
    assert!(bench.lines(DROPPED).is_empty(), "it will be refused again");
    let images = per_row(&[], |_| Verdicts::Images(vec![Keep; 4], vec![Keep, Keep, Refuse(0), Drop]));
    let images = Scripted { reasons: vec!["so".to_owned()], ..images };
    let passed = bench.run(images, OnError::Drop, four(Operation::Update)).unwrap();
    assert_eq!(passed, ["update s.t [10, 11]", "delete s.t [13]"]);
    let unknown = Scripted { reasons: Vec::new(), ..refusing() };
    let error = bench.run(unknown, OnError::Drop, four(Operation::Insert)).unwrap_err();
    assert!(error.message.contains("a reason that it does not give"), "{error}");
}

/// Maps `v`, and fails on images with this `v`.
fn mapping(bad: u64) -> Scripted {
    let plan = |input: &tidegate_plugin::TableInput<'_>| TablePlan {
        columns: Some(vec![
            OutputColumn { column: input.columns[0].clone(), produced: Produced::Input(0) },
            OutputColumn { column: input.columns[1].clone(), produced: Produced::Mapped(0) },
        ]),
        needs: vec![1],
        ..TablePlan::keep()
    };
    let values = |image: &Image| image.columns[1].values.clone();
    let is_bad = move |image: &Image| {
        let values: UInt64Array = values(image).to_data().into();
        values.values().contains(&bad).then(failure)
    };
    Scripted {
        table: Box::new(plan),
        map: Box::new(move |image, _| vec![Some(values(image))]),
        fails: Box::new(is_bad),
        ..Scripted::default()
    }
}

#[test]
fn a_row_that_cannot_be_mapped_is_lost_with_both_images() {
    for bad in [20, 200] {
        let bench = Bench::new();
        let passed = bench.run(mapping(bad), OnError::DeadLetter, four(Operation::Update)).unwrap();
        assert_eq!(passed, ["update s.t [10]", "update s.t [12, 13]"]);
        let letters = bench.lines(LETTERS);
        assert_eq!((&letters[0]["before"]["v"], &letters[0]["after"]["v"]), (&20.into(), &200.into()));
    }
}

#[test]
fn what_was_lost_is_left_out_without_asking() {
    let bench = Bench::new();
    bench.run(failing(&[2]), OnError::Drop, four(Operation::Insert)).unwrap();
    bench.run(failing(&[3]), OnError::DeadLetter, four(Operation::Insert)).unwrap();
    for filter in [failing(&[]), failing(&[2, 3])] {
        // A policy that was changed meanwhile changes nothing.
        let passed = bench.run(filter, OnError::Stop, four(Operation::Insert)).unwrap();
        assert_eq!(passed, ["insert s.t [10, 13]"]);
    }
    let passed = bench.run(failing(&[]), OnError::Stop, four(Operation::Delete)).unwrap();
    assert_eq!(passed, ["delete s.t [10, 11, 12, 13]"], "another change of the same row");
    assert_eq!((bench.lines(LETTERS).len(), bench.lines(DROPPED).len()), (1, 1));
}

#[test]
fn half_of_an_update_may_be_lost() {
    let divide = || {
        per_row(&["a.a", "b.b"], |rows| match rows.operation {
            Operation::Update => Verdicts::Images(vec![Route(0); rows.rows()], vec![Route(1); rows.rows()]),
            _ => Verdicts::Change(vec![Keep; rows.rows()]),
        })
    };
    let inserts = |on: &'static [u64]| Scripted {
        table: Box::new(|_| TablePlan { insert: Decision::PerRow, ..TablePlan::keep() }),
        ..failing(on)
    };
    let bench = Bench::new();
    for on in [&[2][..], &[]] {
        let stages = vec![(divide(), OnError::Stop), (inserts(on), OnError::DeadLetter)];
        let mut passed = pass(&mut bench.host(stages, None), four(Operation::Update)).unwrap();
        passed.sort();
        let all = passed.join(" ");
        assert!(all.contains("delete a.a [10, 11, 12, 13]") && !all.contains("insert b.b [10, 11"), "{all}");
        assert_eq!(bench.lines(LETTERS).len(), 1);
    }
    let letter = &bench.lines(LETTERS)[0];
    assert_eq!(
        (&letter["op"], &letter["table"], &letter["plugin"]),
        (&"insert".into(), &"t".into(), &"f1".into())
    );
}

#[test]
fn what_the_checkpoint_has_passed_is_forgotten() {
    let bench = Bench::new();
    bench.run(failing(&[2]), OnError::Drop, four(Operation::Insert)).unwrap();
    bench.run(failing(&[3]), OnError::DeadLetter, four(Operation::Insert)).unwrap();
    assert_eq!(bench.lines(DROPPED).len(), 1);
    let mut host = bench.host(vec![(failing(&[]), OnError::Stop)], Some(&resume(100, None)));
    let passed = pass(&mut host, four(Operation::Insert)).unwrap();
    assert_eq!(passed, ["insert s.t [10, 11, 12, 13]"], "read again from before, as after a --reset");
    assert_eq!((bench.lines(LETTERS).len(), bench.lines(DROPPED).len()), (1, 0));
}

#[test]
fn a_new_failure_in_a_window_that_was_begun_stops() {
    let bench = Bench::new();
    let begun = resume(4, Some(super::doubles::checkpoint_at(100).applied));
    let mut host = bench.host(vec![(failing(&[2]), OnError::Drop)], Some(&begun));
    let error = pass(&mut host, four(Operation::Insert)).unwrap_err();
    assert!(error.message.contains("left unfinished was begun with a row"), "{error}");
    assert!(error.hint.unwrap().contains("limits"));
    assert!(bench.lines(DROPPED).is_empty());

    // What was refused is refused again, and behind the window failures are lost again.
    let mut host = bench.host(vec![(refusing(), OnError::DeadLetter)], Some(&begun));
    assert_eq!(pass(&mut host, four(Operation::Insert)).unwrap(), ["insert s.t [10, 12, 13]"]);
    let mut host = bench.host(vec![(failing(&[20]), OnError::Drop)], Some(&begun));
    pass(&mut host, four(Operation::Insert)).unwrap();
    let mut behind = four(Operation::Insert);
    behind.after.columns[0].values = Arc::new(UInt64Array::from(vec![20, 21, 22, 23]));
    assert_eq!(pass(&mut host, behind).unwrap(), ["insert s.t [12, 13]"]);
}

#[test]
fn nobody_waits_for_a_failure_to_be_narrowed_down() {
    let bench = Bench::new();
    let lost = LostRows::open(bench.folder.path(), None, false, &bench.telemetry).unwrap();
    let stage = FilterStage { plugin: "f".into(), filter: Box::new(failing(&[1])), on_error: OnError::Drop };
    let mut host = Host::new(Arc::new(Filters::new(vec![stage], "")), Arc::default(), lost, || true);
    let error = pass(&mut host, four(Operation::Insert)).unwrap_err();
    assert!(error.message.contains("cut off"), "{error}");
}

#[test]
fn a_torn_line_is_cut_off_and_a_damaged_one_is_told() {
    let bench = Bench::new();
    bench.run(failing(&[2]), OnError::DeadLetter, four(Operation::Insert)).unwrap();
    let path = bench.folder.path().join(LETTERS);
    let whole = std::fs::read(&path).unwrap();
    let torn = [&whole[..], &whole[..whole.len() - 1]].concat();
    std::fs::write(&path, torn).unwrap();
    bench.run(failing(&[3]), OnError::DeadLetter, four(Operation::Insert)).unwrap();
    assert_eq!(bench.lines(LETTERS).len(), 2);
    std::fs::write(&path, [b"{}\n", &whole[..]].concat()).unwrap();
    let error = LostRows::open(Path::new(bench.folder.path()), None, false, &bench.telemetry).err().unwrap();
    assert!(error.place.unwrap().ends_with("dead-letters.jsonl:1"));
}

#[test]
fn a_reset_keeps_the_letters_under_a_number() {
    let bench = Bench::new();
    for number in 1..3 {
        bench.run(failing(&[2]), OnError::DeadLetter, four(Operation::Insert)).unwrap();
        bench.run(failing(&[3]), OnError::Drop, four(Operation::Insert)).unwrap();
        drop(LostRows::open(bench.folder.path(), None, true, &bench.telemetry).unwrap());
        assert_eq!(bench.lines(&format!("dead-letters-{number}.jsonl")).len(), 1);
        let passed = bench.run(failing(&[]), OnError::Stop, four(Operation::Insert)).unwrap();
        assert_eq!(passed, ["insert s.t [10, 11, 12, 13]"]);
    }
}

#[test]
fn a_trial_hands_over_what_it_loses() {
    let filters = vec![(refusing(), OnError::Drop), (failing(&[4]), OnError::DeadLetter)];
    let mut trial = Trial::new(stages(filters), Arc::default());
    let (change, lost) = trial.apply(batch(four(Operation::Delete))).unwrap();
    assert_eq!(passed(change), ["delete s.t [10]", "delete s.t [12]"]);
    let row = |plugin: &str, ordinal, refused, reason: &str| LostRow {
        plugin: plugin.into(),
        table: super::doubles::name("s.t"),
        operation: Operation::Delete,
        transaction: 0,
        ordinal,
        refused,
        reason: reason.into(),
    };
    assert_eq!(lost, [row("f0", 11, true, "no \"such\" row"), row("f1", 13, false, "it fails")]);
    let (_, lost) = trial.apply(batch(four(Operation::Insert))).unwrap();
    assert_eq!(lost.len(), 2, "nothing is left of the change before");
    let mut strict = Trial::new(stages(vec![(refusing(), OnError::Stop)]), Arc::default());
    assert!(strict.apply(batch(four(Operation::Insert))).is_err());
}
