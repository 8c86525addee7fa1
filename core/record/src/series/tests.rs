//! Which results are one item, and what a point keeps.

use super::*;
use crate::lines::Block;
use serde_json::{Value, json};

fn coded(code: &str, system: &str, alt_code: &str, alt_system: &str) -> Value {
    json!({ "display": "名", "code": code, "text": "名", "system": system, "alt_code": alt_code, "alt_system": alt_system })
}

/// A result in the written form, with the given keys instead of its own.
fn lab(id: &str, date: &str, change: Value) -> Entry<Lab> {
    let mut entry = json!({
        "id": id, "date": date, "status": "final", "source": [1], "item": coded("3C015", "JC10", "", ""),
        "value": "1.0", "group": { "specimen": coded("023", "JC10", "", "") , "order": {} },
    });
    if date.is_empty() {
        entry.as_object_mut().expect("an object").remove("date");
    }
    for (key, value) in change.as_object().expect("an object") {
        entry[key] = value.clone();
    }
    serde_json::from_value(entry).expect("a result")
}

fn series(labs: &[Entry<Lab>], item: &ItemId) -> Vec<Point> {
    let mut found = Vec::new();
    for Block { bytes, .. } in lines::write(labs).expect("blocks") {
        assert_eq!(points(&Chunk::open(&bytes).expect("a chunk"), item, &mut found), 0);
    }
    sort(&mut found);
    found
}

fn items(labs: &[Entry<Lab>]) -> Vec<LabItem> {
    let mut items = Items::default();
    lines::write(labs).expect("blocks").iter().for_each(|b| items.add(&Chunk::open(&b.bytes).expect("a chunk")));
    items.finish()
}

#[test]
fn a_standard_code_outranks_a_local_one_in_either_triple() {
    let code = |v: Value| {
        let code = ItemCode::of(&serde_json::from_value(v).expect("a code"));
        (code.system.to_string(), code.code.to_string())
    };
    let is = |system: &str, code: &str| (system.to_string(), code.to_string());
    assert_eq!(code(coded("7", "99A", "3C015", "JC10")), is("JC10", "3C015"));
    assert_eq!(code(coded("3C015", "JC10", "7", "99A")), is("JC10", "3C015"));
    assert_eq!(code(coded("1-2", "LN", "3C015", "JC10 ")), is("JC10", "3C015"));
    assert_eq!(code(coded("7", "99A", "1-2", "LN")), is("LN", "1-2"));
    assert_eq!(code(coded("7", "99A", "8", "99B")), is("99A", "7"));
    assert_eq!(code(coded("", "", "", "")), is("", "名"));
}

#[test]
fn only_code_and_specimen_make_results_one_item() {
    let other_triple = json!({ "item": coded("7", "99A", "3C015", "JC10") });
    let labs = [
        lab("a", "2024-01-01", json!({})),
        lab("b", "2023-01-01", other_triple),
        lab("c", "2022-01-01", json!({ "item": coded("3C016", "JC10", "", "") })),
        lab("d", "2021-01-01", json!({ "item": coded("3C015", "99A", "", "") })),
        lab("e", "2020-01-01", json!({ "group": { "specimen": coded("001", "JC10", "", ""), "order": {} } })),
        lab("f", "2019-01-01", json!({ "group": { "order": {} } })),
    ];
    let ids = |of: &Entry<Lab>| -> Vec<String> {
        series(&labs, &ItemId::of(&of.body)).iter().map(|p| p.id.to_string()).collect()
    };
    assert_eq!(ids(&labs[0]), ["b", "a"]);
    assert_eq!(ids(&labs[1]), ["b", "a"]);
    for alone in &labs[2..] {
        assert_eq!(ids(alone), [alone.id.as_str()]);
    }
    let counts: Vec<u32> = items(&labs).iter().map(|i| i.count).collect();
    assert_eq!(counts, [2, 1, 1, 1, 1]);
}

#[test]
fn every_point_keeps_its_own_unit_and_range_as_sent() {
    let of_2024 = json!({ "value": " 88 ", "unit": { "display": "umol/L" }, "reference_range": "57-94", "flags": ["H"],
        "status": "corrected", "marks": ["only_in_old_version"], "comments": ["溶血"] });
    let of_1999 = json!({ "value": "<1.0", "unit": { "display": "mg/dL" }, "reference_range": "0.6-1.1" });
    let labs = [lab("new", "2024-01-01", of_2024), lab("old", "1999-01-01", of_1999)];
    let points = series(&labs, &ItemId::of(&labs[0].body));
    let [old, new] = &points[..] else { panic!("two points") };
    let unit = |p: &Point| p.unit.as_ref().map(|u| u.display().to_string()).unwrap_or_default();
    assert_eq!((old.value.as_deref(), unit(old).as_str()), (Some("<1.0"), "mg/dL"));
    assert_eq!((new.value.as_deref(), unit(new).as_str()), (Some(" 88 "), "umol/L"));
    assert_eq!((old.reference_range.as_deref(), new.reference_range.as_deref()), (Some("0.6-1.1"), Some("57-94")));
    assert_eq!((&new.flags[..], &new.comments[..]), (&["H".into()][..], &["溶血".into()][..]));
    assert_eq!((new.status, &new.marks[..]), (Status::Corrected, &[Mark::OnlyInOldVersion][..]));
}

#[test]
fn oldest_first_in_the_order_of_the_report_and_undated_last() {
    let labs = [
        lab("b", "2024-01-02", json!({})),
        lab("c", "2024-01-02", json!({ "sub_id": "2" })),
        lab("a", "2024-01", json!({})),
        lab("z", "", json!({})),
    ];
    let points = series(&labs, &ItemId::of(&labs[0].body));
    assert_eq!(points.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), ["a", "b", "c", "z"]);
    let item = &items(&labs)[0];
    assert_eq!((item.count, item.first, item.last), (4, "2024-01".parse().ok(), "2024-01-02".parse().ok()));
}

#[test]
fn what_cannot_be_read_is_counted() {
    let bytes = b"[]\n{\"id\":\"x\",\"item\":7}\nnoise\n";
    let chunk = Chunk::open(bytes).expect("a chunk");
    let item = ItemId::of(&lab("a", "2024", json!({})).body);
    assert_eq!(points(&chunk, &item, &mut Vec::new()), 2);
}
