use super::*;

const A: &str = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
const B: &str = "8a94f357-aab4-11df-86ab-c80aa9429562";

fn set(text: &str) -> GtidSet {
    text.parse().unwrap()
}

#[test]
fn sets_read_and_write_the_servers_form() {
    for text in [
        format!("{A}:1-5"),
        format!("{A}:1-5:7,{B}:9"),
        format!("{A}:1-5:blue:3-4,{B}:x:1"),
        "0-1-5".to_owned(),
        "0-1-5,7-2-9".to_owned(),
        String::new(),
    ] {
        assert_eq!(set(&text).to_string(), text);
    }
    assert_eq!(set(&format!("{A}:1-3:4-5 , {B}:2:1")).to_string(), format!("{A}:1-5,{B}:1-2"));
}

#[test]
fn containment_counts_gaps_and_tags() {
    let big = set(&format!("{A}:1-5:7-9"));
    assert!(big.contains(&set(&format!("{A}:2-3:8"))));
    assert!(!big.contains(&set(&format!("{A}:5-7"))));
    assert!(!big.contains(&set(&format!("{A}:tag:1"))));
    assert!(!big.contains(&set(&format!("{B}:1"))));
    assert!(set("0-1-5").contains(&set("0-2-5")));
    assert!(!set("0-1-5").contains(&set("0-1-6")));
}

#[test]
fn inserting_closes_gaps_and_removing_opens_them() {
    let mut gtids = set(&format!("{A}:1-2:4-5"));
    let third: Gtid = format!("{A}:3").parse().unwrap();
    assert!(!gtids.contains_gtid(&third));
    assert!(gtids.insert(&third));
    assert_eq!(gtids.to_string(), format!("{A}:1-5"));
    gtids.remove(&third);
    assert_eq!(gtids.to_string(), format!("{A}:1-2:4-5"));
}

/// Its text does not tell whose it is.
#[test]
fn an_empty_set_takes_any_transaction() {
    for gtid in ["0-1-5".to_owned(), format!("{A}:5")] {
        let mut gtids = set("");
        assert!(gtids.insert(&gtid.parse().unwrap()), "{gtid}");
        let mut others = set("");
        others.union(&gtids);
        assert_eq!((gtids.to_string(), others.to_string()), (gtid.clone(), gtid));
    }
    assert!(!set("0-1-5").insert(&format!("{A}:5").parse().unwrap()));
}

#[test]
fn differences_are_exact() {
    let rest = set(&format!("{A}:1-10,{B}:1")).difference(&set(&format!("{A}:3-4:9,{B}:1-5")));
    assert_eq!(rest.to_string(), format!("{A}:1-2:5-8:10"));
}

#[test]
fn what_cannot_be_read_is_refused() {
    for text in ["x:1", "3e11:1", "1-2", "0-1-5,3e11fa47-71ca-11e1-9e33-c80aa9429562:1"] {
        assert!(text.parse::<GtidSet>().is_err(), "{text}");
    }
    assert!(format!("{A}:5-3").parse::<GtidSet>().is_err());
    assert!(format!("{A}:0").parse::<GtidSet>().is_err());
    assert!(format!("{A}:1-2").parse::<Gtid>().is_err());
}
