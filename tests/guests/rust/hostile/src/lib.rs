//! A component that does whatever must not be done. Its settings, `{"where": …, "what": …, "value": …}`, say in which
//! function it does what, and that it does so only where the first column of some row holds a value; everywhere else it
//! behaves. It speaks the contract directly, since the SDK would not let it.

use std::cell::{Cell, RefCell};
use tidegate_sdk::{
    Answer, Cells, Decision, Image, OutputColumn, Plan, Produced, Spans, Statement, StatementAnswer, Table,
    TableName, Values, Verdicts,
    bindings::{
        exports::tidegate::plugin::filter::{Guest, Header, Manifest, Operations},
        tidegate::plugin::{log, row_image, row_set},
    },
};

thread_local! {
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
    static DEED: RefCell<String> = const { RefCell::new(String::new()) };
    static VALUE: RefCell<String> = const { RefCell::new(String::new()) };
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

struct Hostile;

fn deed(place: &str) -> String {
    let here = PLACE.with_borrow(|wanted| wanted == place);
    if here { DEED.with_borrow(String::clone) } else { String::new() }
}

/// Twice, so that no compiler makes a loop of it.
fn recurse(depth: u64) -> u64 {
    if depth == u64::MAX { depth } else { recurse(depth + 1) ^ recurse(depth + 2) }
}

/// Does what any function may be told to do; the rest is the function's own.
fn misbehave(place: &str) -> Result<String, String> {
    let what = deed(place);
    match what.as_str() {
        "loop" => loop {
            std::hint::black_box(0);
        },
        "recurse" => drop(std::hint::black_box(recurse(std::hint::black_box(0)))),
        "allocate" => {
            let mut held = Vec::new();
            loop {
                held.push(std::hint::black_box(vec![1_u8; 1 << 20]));
            }
        }
        "trap" => core::arch::wasm32::unreachable(),
        // About a second.
        "slow" => (0..1_000_000_000_u64).for_each(|step| drop(std::hint::black_box(step))),
        "refuse" => return Err("it will not".to_owned()),
        "log" => (0..1_000_000).for_each(|_| log::write(log::Level::Info, "again")),
        "read" => drop(row_set::read(Image::After, 0)),
        "read-image" => drop(row_image::read(0)),
        _ => {}
    }
    Ok(what)
}

/// Tells for each row whether a column's value holds the one of the settings.
fn with_value(cells: Option<Cells>) -> Vec<bool> {
    let Some(Cells { values: Values::Spans(Spans { offsets, data }), .. }) = cells else { return Vec::new() };
    VALUE.with_borrow(|wanted| {
        let value = |ends: &[u32]| &data[ends[0] as usize..ends[1] as usize];
        let holds = |value: &[u8]| value.windows(wanted.len()).any(|part| part == wanted.as_bytes());
        offsets.windows(2).map(|ends| holds(value(ends))).collect()
    })
}

/// Tells which rows of the row set are those that it misbehaves for; none: for all.
fn chosen() -> Option<Vec<bool>> {
    if VALUE.with_borrow(String::is_empty) {
        return None;
    }
    let [before, after] = [Image::Before, Image::After].map(|image| with_value(row_set::read(image, 0)));
    let rows = before.len().max(after.len());
    let is = |image: &[bool], row: usize| image.get(row).copied().unwrap_or_default();
    Some((0..rows).map(|row| is(&before, row) || is(&after, row)).collect())
}

fn answer(verdicts: Verdicts) -> Answer {
    Answer { verdicts, reasons: Vec::new() }
}

impl Guest for Hostile {
    fn describe() -> Manifest {
        Manifest {
            name: "hostile".to_owned(),
            version: "0".to_owned(),
            summary: "does what must not be done".to_owned(),
            settings: "true".to_owned(),
            tables: Vec::new(),
            operations: Operations::INSERT
                | Operations::UPDATE
                | Operations::DELETE
                | Operations::SCHEMA_CHANGE,
            columns: Vec::new(),
        }
    }

    fn configure(settings: String) -> Result<(), String> {
        let settings: serde_json::Value =
            serde_json::from_str(&settings).map_err(|error| error.to_string())?;
        let text = |key: &str| settings[key].as_str().unwrap_or_default().to_owned();
        PLACE.set(text("where"));
        DEED.set(text("what"));
        VALUE.set(text("value"));
        misbehave("configure").map(drop)
    }

    fn routes(source: TableName, current: TableName) -> Result<Option<Vec<TableName>>, String> {
        let name =
            |schema: &str, table: &str| TableName { schema: schema.to_owned(), table: table.to_owned() };
        Ok(Some(match misbehave("routes")?.as_str() {
            "empty-name" => vec![name("", "t")],
            "no-table" => vec![name("s", "")],
            "by-name" if current.table != source.table => return Ok(None),
            "two" => vec![name("a", &source.table), name("b", &source.table)],
            _ => Vec::new(),
        }))
    }

    fn decide(table: Table) -> Result<Plan, String> {
        let what = misbehave("decide")?;
        let mut plan = Plan::per_row().needing([0]);
        let column = |index: usize| table.columns[index].clone();
        match what.as_str() {
            "needs" => plan.needs.push(99),
            "column" => {
                let produced = Produced::Input(99);
                plan.columns = Some(vec![OutputColumn { column: column(0), produced }]);
            }
            "gap" => {
                let produced = Produced::Mapped(7);
                plan.columns = Some(vec![OutputColumn { column: column(0), produced }]);
            }
            "huge" => {
                let produced = Produced::Mapped(u32::MAX);
                plan.columns = Some(vec![OutputColumn { column: column(0), produced }]);
            }
            _ if PLACE.with_borrow(|place| place == "map") => {
                plan = Plan { insert: Decision::Keep, ..plan }.mapping(&table, &[0]);
            }
            _ => {}
        }
        Ok(plan)
    }

    fn rows(header: Header) -> Result<Answer, String> {
        let rows = header.rows as usize;
        let calls = CALLS.get() + 1;
        CALLS.set(calls);
        let here = PLACE.with_borrow(|place| place == "rows");
        let chosen = if here { chosen() } else { None };
        if chosen.as_ref().is_some_and(|chosen| !chosen.contains(&true)) {
            return Ok(answer(Verdicts::KeepAll));
        }
        Ok(match misbehave("rows")?.as_str() {
            "short" => answer(Verdicts::Changes(vec![0; rows - 1])),
            "bits" => answer(Verdicts::Selection(vec![0; rows])),
            "route" => answer(Verdicts::Changes(vec![1; rows])),
            "reason" => answer(Verdicts::Changes(vec![0x8000_0000; rows])),
            "images" => answer(Verdicts::Images((vec![0; rows], vec![0; rows]))),
            "undeclared" => {
                row_set::read(Image::After, 1);
                answer(Verdicts::KeepAll)
            }
            "beyond" => {
                row_set::read(Image::After, 99);
                answer(Verdicts::KeepAll)
            }
            "facts" => {
                row_set::gtids();
                answer(Verdicts::KeepAll)
            }
            "enormous" => answer(Verdicts::Changes(vec![0; 3 << 20])),
            "refuse-rows" => {
                let verdict = |refused: bool| if refused { 0x8000_0000 } else { 0 };
                let verdicts = chosen.unwrap_or_default().into_iter().map(verdict).collect();
                Answer { verdicts: Verdicts::Changes(verdicts), reasons: vec!["it is not liked".to_owned()] }
            }
            "first" if calls == 1 => return Err("it is the first call".to_owned()),
            "first" => answer(Verdicts::DropAll),
            "remember" if calls > 1 => answer(Verdicts::DropAll),
            _ => answer(Verdicts::KeepAll),
        })
    }

    fn map_columns(header: Header) -> Result<Vec<Option<Cells>>, String> {
        let rows = header.rows as usize;
        let cells = |validity: Vec<u8>, values| Ok(vec![Some(Cells { validity, values })]);
        let spans = |offsets: Vec<u32>, data: &[u8]| Values::Spans(Spans { offsets, data: data.to_vec() });
        let ascending = || (0..=rows as u32).collect::<Vec<u32>>();
        if VALUE.with_borrow(|value| !value.is_empty()) {
            let image = row_image::read(0);
            if !with_value(image.clone()).contains(&true) {
                return Ok(vec![image]);
            }
        }
        match misbehave("map")?.as_str() {
            "none" => Ok(Vec::new()),
            "nothing" => Ok(vec![None]),
            "many" => Ok(vec![None, None]),
            "type" => cells(Vec::new(), Values::F64s(vec![0.0; rows])),
            "length" => cells(Vec::new(), Values::S64s(vec![0; rows + 1])),
            "null" => cells(vec![0; rows.div_ceil(8)], spans(vec![0; rows + 1], b"")),
            "offsets" => cells(Vec::new(), spans(ascending().into_iter().rev().collect(), b"")),
            "utf8" => cells(Vec::new(), spans(ascending(), &vec![0xff; rows])),
            "outside" => {
                row_set::read(Image::After, 0);
                Ok(vec![None])
            }
            _ if PLACE.with_borrow(|place| place == "map") => Ok(vec![row_image::read(0)]),
            _ => Ok(Vec::new()),
        }
    }

    fn judge(statement: Statement) -> Result<StatementAnswer, String> {
        Ok(StatementAnswer::Elements(match misbehave("judge")?.as_str() {
            "many" => vec![true; statement.elements.len() + 1],
            _ => Vec::new(),
        }))
    }
}

tidegate_sdk::bindings::export!(Hostile with_types_in tidegate_sdk::bindings);
