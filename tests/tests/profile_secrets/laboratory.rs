//! Laboratory items that are kept out: values, their orders, and what the basics take from them.

use super::{excluding, kept_out, reported, rows};
use mykarte_tests::storage::{File, file};
use serde_json::{Value, json};

const SECRET: &str = "5F999000002306299^見本秘検^JC10";
const ABO: &str = "5H010000001999911^血液型ABO^JC10";
const NAMES: [&str; 3] = ["見本秘検", "5F999000002306299", "院内秘検"];

pub(super) fn exclude() -> Value {
    json!({ "tests": [{ "system": "JC10", "code": "5F999000002306299" }] })
}

/// Values of one order, of each the rest of its OBX behind the type.
fn result(number: u32, values: &[&str]) -> File {
    result_at("20240305", number, values)
}

pub(super) fn result_at(date: &str, number: u32, values: &[&str]) -> File {
    let obr = format!("OBR|1|{number}||5^生化学^99O03");
    let obx = values.iter().enumerate().map(|(i, value)| format!("OBX|{}|ST|{value}", i + 1));
    let rows = [format!("SPM|1|||023^血清^JC10|||||||||||||{date}"), obr, format!("ORC|SC|{number}")];
    let rows: Vec<String> = rows.into_iter().chain(obx).collect();
    file(date, "OML-11", "OUL^R22", &rows.iter().map(String::as_str).collect::<Vec<_>>()).order(number)
}

fn ordered(number: u32, item: &str) -> File {
    ordered_at("20240304", number, item)
}

pub(super) fn ordered_at(date: &str, number: u32, item: &str) -> File {
    let rows = [format!("ORC|NW|{number}"), format!("OBR|1|{number}||{item}")];
    file(date, "OML-01", "OML^O33", &rows.each_ref().map(String::as_str)).order(number)
}

pub(super) fn base() -> File {
    file("-", "ADT-00", "ADT^A08", &["PV1|1|O"])
}

#[test]
fn one_value_of_a_report_goes_and_the_others_stay() {
    let open = ["1A^見本項^JC10||1||||||F", "1B^見本目^JC10||2||||||F"];
    let secret = format!("{SECRET}||(+)||||||F");
    let with = [base(), result(1, &[open[0], &secret, open[1]]), ordered(1, "5^生化学^99O03")];
    let without = [base(), result(1, &open), ordered(1, "5^生化学^99O03")];
    let shaped = kept_out(&with, &without, &excluding(exclude()), &NAMES[..2]);
    assert_eq!(shaped.record.summary.withheld.lab_orders_with_results, 1, "the order is answered as before");
}

/// With all its results gone the order would come back as if nobody had answered it; its request names the item
/// otherwise than the laboratory.
#[test]
fn the_order_does_not_come_back_unanswered() {
    let secret = format!("{SECRET}||(+)||||||F");
    let open = || [result(1, &["1A^見本項^JC10||1||||||F"]), ordered(1, "5^生化学^99O03")];
    let with = [&[base()][..], &open(), &[result(2, &[&secret]), ordered(2, "L5^院内秘検^99L")]].concat();
    let shaped = kept_out(&with, &[&[base()][..], &open()].concat(), &excluding(exclude()), &NAMES[..2]);
    assert_eq!(reported(&shaped), rows(&[("labs", "test", 1), ("others", "same_order", 1)]));
}

/// Ordered and not yet examined: the request itself names the item.
#[test]
fn an_open_order_goes_by_its_item() {
    let shaped = kept_out(&[base(), ordered(3, SECRET)], &[base()], &excluding(exclude()), &NAMES[..1]);
    assert_eq!(reported(&shaped), rows(&[("others", "test", 1)]));
}

#[test]
fn retracted_and_replaced_values_are_not_counted() {
    let open = ["1A^見本項^JC10||1||||||F", "1B^見本目^JC10||9||||||W"];
    let secret = [format!("{SECRET}||(+)||||||W"), format!("{SECRET}||(-)||||||P"), format!("{SECRET}||(+)||||||C")];
    let all: Vec<&str> = open.into_iter().chain(secret.iter().map(String::as_str)).collect();
    let shaped = kept_out(&[base(), result(1, &all)], &[base(), result(1, &open)], &excluding(exclude()), &NAMES[..1]);
    assert_eq!(shaped.record.summary.withheld.labs_deleted_or_wrong, 1, "the open one");
    // Nothing but a retracted value: as if the report had not been sent.
    kept_out(&[base(), result(2, &[&secret[0]])], &[base()], &excluding(exclude()), &[]);
}

/// The basics take blood types from results; one that is kept out gives them none, and contradicts none.
#[test]
fn a_blood_type_of_a_result_that_is_kept_out_is_not_in_the_basics() {
    let sent = |value: &str| format!("{ABO}||{value}^{value}^JSHR002||||||F");
    let basics = file("-", "ADT-00", "ADT^A08", &[&format!("OBX|1|CWE|{}", sent("A"))]);
    let mut report = result(1, &["1A^見本項^JC10||1||||||F"]);
    let with_value = format!("{ABO}||B型||||||F");
    let with = [basics.clone(), result(1, &["1A^見本項^JC10||1||||||F", &with_value])];
    report = report.order(1);
    let exclude = json!({ "tests": [{ "code": "5H010000001999911" }] });
    let shaped = kept_out(&with, &[basics, report], &excluding(exclude), &["OML-11", "conflict", "B型"]);
    let abo: Vec<String> = shaped.record.basics[0].body.blood_abo.iter().map(|b| b.value.to_string()).collect();
    assert_eq!(abo, ["A"]);
}

/// Where the laboratory names the item in the heading (OBR-4) and its rows by codes of its own, the heading is the item.
#[test]
fn values_under_the_heading_of_the_item_go() {
    let obr = format!("OBR|1|5||{SECRET}");
    let rows = ["SPM|1|||023^血清^JC10|||||||||||||20240305", &obr, "ORC|SC|5", "OBX|1|ST|L1^判定^99L||(+)||||||F"];
    let with = [base(), file("20240305", "OML-11", "OUL^R22", &rows).order(5)];
    kept_out(&with, &[base()], &excluding(exclude()), &NAMES[..2]);
}

/// Vital signs and examinations list items of the same code.
#[test]
fn other_messages_with_the_item_go() {
    let secret = format!("OBX|1|ST|{SECRET}||(+)||||||F");
    let rows = ["ORC|NW|4", "OBR|1|4||1000^見本撮影^JJ1017", &secret];
    let with = [base(), file("20240403", "OMG-01", "OMG^O19", &rows).order(4)];
    kept_out(&with, &[base()], &excluding(exclude()), &NAMES[..2]);
}
