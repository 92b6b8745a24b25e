use super::*;

fn drop_two() -> Statement {
    let sql = "DROP TABLE /* both */ t1 , `t``2` CASCADE".to_owned();
    let spans = [
        sql.find("t1").unwrap()..sql.find("t1").unwrap() + 2,
        sql.find("`t").unwrap()..sql.find(" CAS").unwrap(),
    ];
    let table = |index: usize| TableName::new("s", ["t1", "t`2"][index]);
    let element = |index: usize| Element {
        event: DdlEvent::DropTable,
        table: table(index),
        renamed_to: None,
        span: spans[index].clone(),
    };
    let name =
        |index: usize| Name { span: spans[index].clone(), table: table(index), role: NameRole::Subject };
    Statement {
        elements: vec![element(0), element(1)],
        names: vec![name(0), name(1)],
        list: Some(spans[0].start..spans[1].end),
        sql,
    }
}

#[test]
fn names_are_spliced_and_the_rest_stays() {
    let routed = drop_two().render(&[], |name| Some(TableName::new("x", &*name.table.table))).unwrap();
    assert_eq!(routed, "DROP TABLE /* both */ `x`.`t1` , `x`.`t``2` CASCADE");
}

#[test]
fn denied_elements_are_cut() {
    assert_eq!(drop_two().render(&[false, true], |_| None).unwrap(), "DROP TABLE /* both */ `t``2` CASCADE");
    assert_eq!(drop_two().render(&[true, false], |_| None).unwrap(), "DROP TABLE /* both */ t1 CASCADE");
    assert_eq!(drop_two().render(&[false, false], |_| None), None);
}

#[test]
fn a_statement_that_cannot_be_cut_is_not() {
    let statement = Statement { list: None, ..drop_two() };
    assert_eq!(statement.render(&[true, false], |_| None), None);
}
