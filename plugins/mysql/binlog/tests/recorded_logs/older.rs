//! Logs of servers that Debian no longer has: MySQL 5.7 and 8.0.

use crate::{
    render,
    replay::{LIMITS, Log, Reading, Row},
    tables::table,
};
use std::sync::Arc;
use tidegate_model::{ColumnKind, Image, IntWidth, Operation, TableSchema};
use tidegate_mysql_binlog::EventType;

const MYSQL_5_7: &[u8] = include_bytes!("logs/mysql-5.7.40.binlog");
const MYSQL_8_0: &[u8] = include_bytes!("logs/mysql-8.0.31.binlog");

const INT: ColumnKind = ColumnKind::Int { width: IntWidth::W32, unsigned: false };
const UTF8MB4_UNICODE_CI: u16 = 224;

/// These servers log no names: the tables are as the statements in the logs make them.
fn schema(name: &str, kinds: &[ColumnKind]) -> Arc<TableSchema> {
    let columns: Vec<_> = kinds.iter().map(|kind| ("", kind.clone())).collect();
    table("a", name, &columns)
}

fn read(log: &[u8], schemas: &[Arc<TableSchema>]) -> Log {
    let mut reading = Reading::new(schemas, LIMITS);
    reading.log_file(log).unwrap();
    reading.close();
    reading.log
}

fn image(image: &Image, row: usize) -> Vec<String> {
    image.columns.iter().map(|column| render::value(column, row)).collect()
}

fn operations(rows: &[Row<'_>]) -> Vec<Operation> {
    rows.iter().map(|row| row.set.operation).collect()
}

#[test]
fn mysql_5_7() {
    let emoji = [INT, ColumnKind::Varchar { collation: UTF8MB4_UNICODE_CI, length: 255 }];
    let log = read(MYSQL_5_7, &[schema("b", &[INT]), schema("emoji", &emoji)]);
    let numbers = log.rows("b");
    use Operation::{Delete, Insert};
    assert_eq!(operations(&numbers), [Delete, Delete, Delete, Delete, Insert, Insert]);
    assert_eq!(image(numbers[0].before(), numbers[0].row), ["12"]);
    let emoji = log.rows("emoji");
    assert_eq!(image(emoji[0].after(), emoji[0].row), ["2", ""]);
    let gtids: Vec<String> =
        log.gtids.iter().filter_map(|gtid| gtid.gtid.as_ref()).map(|gtid| gtid.to_string()).collect();
    assert_eq!(gtids.len(), 10, "{gtids:?}");
    assert!(log.queries.iter().any(|(text, _)| text.starts_with("CREATE TABLE `emoji`")));
}

/// The columns of the table `test_table_3`, which was made before the log begins.
fn products() -> Vec<ColumnKind> {
    const UTF8MB3_GENERAL_CI: u16 = 33;
    let members = |letter: &str, count: u8| (1..=count).map(|n| format!("{letter}{n}").into()).collect();
    let varchar = ColumnKind::Varchar { collation: UTF8MB3_GENERAL_CI, length: 255 };
    let text = ColumnKind::Text { collation: UTF8MB3_GENERAL_CI, length_bytes: 2 };
    let stamp = ColumnKind::Timestamp { fsp: 0 };
    let choice = ColumnKind::Enum { members: members("e", 5), collation: UTF8MB3_GENERAL_CI };
    let choices = ColumnKind::Set { members: members("s", 5), collation: UTF8MB3_GENERAL_CI };
    let code = ColumnKind::Binary { length: 3 };
    let date = ColumnKind::Date;
    let first = [
        INT,
        varchar.clone(),
        date.clone(),
        INT,
        text.clone(),
        stamp.clone(),
        choice,
        choices,
        code,
        ColumnKind::Json,
    ];
    let second =
        [varchar, date.clone(), date.clone(), INT, text.clone(), stamp.clone(), date, INT, text, stamp];
    first.into_iter().chain(second).collect()
}

#[test]
fn mysql_8_0_with_compressed_transactions() {
    let log = read(MYSQL_8_0, &[schema("b", &[INT]), schema("test_table_3", &products())]);
    assert!(log.events.contains(&EventType::TRANSACTION_PAYLOAD));
    assert!(log.queries.iter().any(|(text, _)| text == "create table b(id int)"));
    let numbers = log.rows("b");
    assert_eq!(image(numbers[0].after(), numbers[0].row), ["1"]);
    let products = log.rows("test_table_3");
    assert_eq!(operations(&products), [Operation::Update, Operation::Insert]);
    let (before, after) =
        (image(products[0].before(), products[0].row), image(products[0].after(), products[0].row));
    let changed: Vec<_> = (0..20).filter(|column| before[*column] != after[*column]).collect();
    assert_eq!(changed, [7, 10]);
    assert_eq!((before[7].as_str(), after[7].as_str()), ("8", "4"));
    assert_eq!(after[10], "70726F647563745F335F76616C7565".to_owned(), "product_3_value");
    let inserted = image(products[1].after(), products[1].row);
    assert_eq!(
        inserted[..9].join(" "),
        "6666 70726F647563745F6974656D5F76616C75655F32 2022-11-20 111 6465736372697074696F6E5F31 2022-11-20 13:53:32 4 8 623300"
    );
    // {"c": 1}, without the byte of its type.
    assert!(inserted[9].ends_with("63"), "{}", inserted[9]);
    let commit =
        products[0].batch.transactions[products[0].set.transactions[products[0].row] as usize].commit_time;
    assert_eq!(commit, 1_668_952_413_513_328);
}
