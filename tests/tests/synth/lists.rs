//! The lists of a record against the lists of the truth.

use crate::compare::Differences;
use mykarte::Imported;
use mykarte::record::Section;
use mykarte_synth::{Order, PatientTruth};
use mykarte_tests::section;
use serde_json::Value;
use std::collections::BTreeMap;

pub fn compare(d: &mut Differences, imported: &Imported, truth: &PatientTruth) {
    let read = |s: Section| section(imported, s);
    allergens(d, &read(Section::Allergies), truth);
    diagnoses(d, &read(Section::Diagnoses), truth);
    stays(d, &read(Section::Admissions), truth);
    let drug = |v: &Value| vec![text(&v["drug"]["display"])];
    d.same_list("prescription", drugs(&read(Section::Prescriptions), drug), of_orders(&truth.prescription_list));
    injections(d, &read(Section::Injections), truth);
    labs(d, &read(Section::Labs), truth);
    others(d, &read(Section::Others), truth);
}

/// U+2212 and U+FF0D are two mappings of one JIS character.
fn text(value: &Value) -> String {
    same_hyphen(value.as_str().unwrap_or_default())
}

fn same_hyphen(text: &str) -> String {
    text.replace('\u{2212}', "\u{FF0D}")
}

fn has_mark(entry: &Value, mark: &str) -> bool {
    entry["marks"].as_array().is_some_and(|m| m.contains(&Value::from(mark)))
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn allergens(d: &mut Differences, read: &[Value], truth: &PatientTruth) {
    d.same_list(
        "allergen",
        read.iter().map(|a| text(&a["allergen"]["display"])).collect(),
        truth.allergens.iter().map(|a| same_hyphen(a)).collect(),
    );
    let old = read.iter().filter(|a| has_mark(a, "only_in_old_version")).count();
    d.same("allergens only in an old version", old, truth.allergies_old_only);
}

fn diagnoses(d: &mut Differences, read: &[Value], truth: &PatientTruth) {
    let read = read.iter().map(|x| {
        let at_admission = x["timing"]["code"] == "H";
        format!("{} {} {} {at_admission}", text(&x["instance_id"]), text(&x["name"]), x["suspected"] == true)
    });
    let truth = truth.diagnosis_list.iter();
    let truth = truth.map(|x| format!("{} {} {} {}", x.instance, same_hyphen(&x.name), x.suspected, x.at_admission));
    d.same_list("diagnosis", read.collect(), truth.collect());
}

fn stays(d: &mut Differences, read: &[Value], truth: &PatientTruth) {
    let day = |v: &Value| v.as_str().map(|s| s[..10].to_string()).unwrap_or_default();
    let disposition = |s: &Value| text(&s["discharge"]["disposition"]["code"]);
    let stay = |s: &Value| format!("{} {} {}", day(&s["admitted_at"]), day(&s["discharged_at"]), disposition(s));
    let want = truth.admission_list.iter().map(|s| {
        let [a, b, c] = [&s.admitted, &s.discharged, &s.disposition].map(|x| x.clone().unwrap_or_default());
        format!("{a} {b} {c}")
    });
    d.same_list("stay", read.iter().map(stay).collect(), want.collect());
    d.same("transfers within stays", read.iter().map(|s| array(&s["transfers"]).len()).sum(), truth.transfers);
}

/// One line for each order: its number, whether it was cancelled, its drugs.
fn drugs(entries: &[Value], names: impl Fn(&Value) -> Vec<String>) -> Vec<String> {
    let mut orders: BTreeMap<String, (bool, Vec<String>)> = BTreeMap::new();
    for entry in entries {
        let order = orders.entry(text(&entry["order"]["number"])).or_default();
        order.0 |= entry["status"] == "cancelled" || entry["status"] == "discontinued";
        order.1.extend(names(entry));
    }
    let line = |(number, (cancelled, mut names)): (String, (bool, Vec<String>))| {
        names.sort();
        format!("{number} {cancelled} {}", names.join(" / "))
    };
    orders.into_iter().map(line).collect()
}

fn of_orders(list: &[Order]) -> Vec<String> {
    let line = |o: &Order| {
        let mut drugs: Vec<String> = o.drugs.iter().map(|d| same_hyphen(d)).collect();
        drugs.sort();
        format!("{} {} {}", o.order, o.cancelled, drugs.join(" / "))
    };
    list.iter().map(line).collect()
}

fn injections(d: &mut Differences, read: &[Value], truth: &PatientTruth) {
    let names = |v: &Value| array(&v["components"]).iter().map(|c| text(&c["drug"]["display"])).collect();
    let ordered: Vec<Value> = read.iter().filter(|i| i["ordered"] == true).cloned().collect();
    d.same_list("injection", drugs(&ordered, names), of_orders(&truth.injection_list));
    let mut given: BTreeMap<String, usize> = BTreeMap::new();
    for administration in read.iter().flat_map(|i| array(&i["administrations"])) {
        let word = match administration["status"].as_str().unwrap_or_default() {
            "given" => "CP",
            "partial" => "PA",
            "refused" => "RE",
            "not_given" => "NA",
            other => other,
        };
        *given.entry(word.to_string()).or_default() += 1;
    }
    d.same("administrations by status", given, truth.injection_administrations_by_status.clone());
}

fn labs(d: &mut Differences, read: &[Value], truth: &PatientTruth) {
    let read = read.iter().map(|l| {
        let flags: Vec<String> = array(&l["flags"]).iter().map(text).collect();
        let at = text(&l["date"]).replace(['-', 'T', ':'], "");
        // A unit without a text is displayed by a label; the truth has its code.
        let unit = text(&l["unit"][if l["unit"]["label"].is_string() { "code" } else { "display" }]);
        let item = text(&l["item"]["display"]);
        format!("{item}={}|{unit}|{}|{}|{at}", text(&l["value"]), flags.join("~"), text(&l["result_status"]))
    });
    let want = truth.lab_list.iter().map(|l| {
        // The explicit null is no text.
        let value = if l.value == "\"\"" { "" } else { &l.value };
        same_hyphen(&format!("{}={value}|{}|{}|{}|{}", l.item, l.unit, l.flag, l.status, at(&l.collected)))
    });
    d.same_list("lab", read.collect(), want.collect());
}

/// A time as sent, cut as the reader's precisions cut it: hour 00 alone is no hour.
fn at(sent: &str) -> String {
    let digits: String = sent.chars().take_while(char::is_ascii_digit).take(14).collect();
    digits.strip_suffix("00").filter(|day| day.len() == 8).unwrap_or(&digits).to_string()
}

fn others(d: &mut Differences, read: &[Value], truth: &PatientTruth) {
    let mut by_type: [BTreeMap<String, usize>; 2] = Default::default();
    for other in read {
        let old = usize::from(has_mark(other, "old_version"));
        *by_type[old].entry(text(&other["kind"])).or_default() += 1;
    }
    let [current, old] = by_type;
    d.same("others by type", current, truth.others_by_type.clone());
    d.same("older others by type", old, truth.others_old_by_type.clone());
}
