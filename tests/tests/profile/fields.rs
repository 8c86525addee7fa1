//! Each field, switched off: its values are gone, everything else is as it was; and on again.

use super::records::{MARKERS, RARE};
use mykarte::record::catalogue::{self, Field};
use mykarte::record::profile::Profile;
use mykarte::record::profile::apply::apply;
use mykarte::record::{Record, Section};
use mykarte_tests::entries;
use mykarte_tests::profiles::{HEAD, all_own_fields, leaves, plaintext, profile, pruned, without_field};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a field changes in the summary, and why.
const IN_SUMMARY: [(&str, &[&str], &str); 7] = [
    ("basics.name", &["name", "name_kana"], "the summary names the patient no further than the basics"),
    ("basics.birth_date", &["birth_date"], "the same"),
    ("basics.sex", &["sex"], "the same"),
    ("basics.death", &["died"], "one of the three that say so"),
    ("diagnoses.outcome", &["died"], "the same"),
    ("admissions.disposition", &["died"], "the same"),
    ("injections.administrations", &["counts", "sections"], "those without an order are entries of their own"),
];

/// Fields whose values are single letters and dates that stand elsewhere too: their places are looked at, their bytes
/// cannot be.
const WITHOUT_A_MARKER: [&str; 8] = [
    "basics.sex",
    "basics.disability",
    "basics.patient_class",
    "basics.death",
    "diagnoses.patient_class",
    "prescriptions.patient_class",
    "injections.patient_class",
    "labs.patient_class",
];

fn name(section: Section, field: &Field) -> String {
    format!("{}.{}", section.key(), field.key)
}

fn shown(profile: &Profile, record: &Record) -> Record {
    apply(profile, record.clone()).0
}

/// Whether a place belongs to this field or to one that goes with it.
fn belongs(section: Section, key: &str, place: &str) -> bool {
    let is_with = |f: &Field| matches!(f.part, catalogue::Part::With(owner) if owner == key);
    catalogue::owner(section, place).is_some_and(|f| f.key == key || is_with(f))
}

#[test]
fn a_field_that_is_off_is_gone_and_changes_no_other() {
    for (section, field) in all_own_fields() {
        for record in [&*MARKERS, &*RARE] {
            let without = shown(&without_field(section, field.key), record);
            for other in Section::ALL.into_iter().filter(|other| *other != section) {
                assert!(is_same(record, &without, other), "{} changes {}", name(section, field), other.key());
            }
            let want = expected(section, field.key, &entries(record, section));
            let have = entries(&without, section).iter().map(|e| pruned(&headless(section, e), &|_| false)).collect();
            assert_eq!(differences(&want, &have), Vec::<String>::new(), "{}", name(section, field));
            check_summary(&name(section, field), record, &without);
        }
    }
}

/// What is left of a section without a field, by the rules: its places taken out, nothing else touched.
fn expected(section: Section, key: &str, full: &[Value]) -> Vec<Value> {
    // A list takes the fields inside along.
    let is_list = |place: &str| (key == "items" || key == "administrations") && place.split('.').next() == Some(key);
    let hidden = |place: &str| belongs(section, key, place) || is_list(place);
    let is_left = |entry: &&Value| !(key == "administrations" && entry["ordered"] == Value::Bool(false));
    let left = full.iter().filter(is_left).map(|entry| pruned(&headless(section, entry), &hidden));
    left.map(|entry| if section == Section::Allergies { without_equal_rows(entry) } else { entry }).collect()
}

/// The mark of a contradiction goes with the values that contradict each other.
fn headless(section: Section, entry: &Value) -> Value {
    let mut entry = entry.clone();
    if section == Section::Basics
        && let Some(marks) = entry.get_mut("marks").and_then(Value::as_array_mut)
    {
        marks.retain(|mark| mark != "conflict");
    }
    entry
}

/// A row that says no more than the entry itself is not shown a second time.
fn without_equal_rows(mut entry: Value) -> Value {
    let own = entry.clone();
    if let Some(also) = entry.get_mut("also").and_then(Value::as_array_mut) {
        let says_more = |row: &Value| row.as_object().unwrap().iter().any(|(key, v)| own.get(key) != Some(v));
        also.retain(says_more);
        if also.is_empty() {
            entry.as_object_mut().unwrap().remove("also");
        }
    }
    entry
}

fn differences(want: &[Value], have: &Vec<Value>) -> Vec<String> {
    let mut found = Vec::new();
    if want.len() != have.len() {
        found.push(format!("{} entries, not {}", have.len(), want.len()));
    }
    for (want, have) in want.iter().zip(have).filter(|(want, have)| want != have) {
        let (want_keys, have_keys) = (want.as_object().unwrap(), have.as_object().unwrap());
        let keys: BTreeSet<&String> = want_keys.keys().chain(have_keys.keys()).collect();
        let differing = keys.into_iter().filter(|key| want_keys.get(*key) != have_keys.get(*key));
        found.extend(differing.map(|key| format!("{key}: want {}, have {}", want[key], have[key])));
    }
    found
}

fn is_same(a: &Record, b: &Record, section: Section) -> bool {
    match section {
        Section::Basics => a.basics == b.basics,
        Section::Allergies => a.allergies == b.allergies,
        Section::Diagnoses => a.diagnoses == b.diagnoses,
        Section::Admissions => a.admissions == b.admissions,
        Section::Prescriptions => a.prescriptions == b.prescriptions,
        Section::Injections => a.injections == b.injections,
        Section::Labs => a.labs == b.labs,
        Section::Memos => a.memos == b.memos,
        Section::Others => a.others == b.others,
    }
}

fn check_summary(field: &str, full: &Record, without: &Record) {
    let [before, mut after] = [full, without].map(|r| serde_json::to_value(&r.summary).unwrap());
    let may_change = IN_SUMMARY.iter().find(|(known, ..)| *known == field).map_or(&[][..], |(_, keys, _)| keys);
    for key in may_change.iter().filter(|key| !matches!(**key, "died" | "counts" | "sections")) {
        assert_eq!(after.get(key), None, "{field}: {key} is left in the summary");
    }
    for (key, value) in before.as_object().unwrap().iter().filter(|(key, _)| *key != "profile") {
        if !may_change.contains(&key.as_str()) {
            assert_eq!(after[key], *value, "{field} changes {key} of the summary");
        }
        after.as_object_mut().unwrap().remove(key);
    }
    let hidden = after["profile"]["not_provided"].clone();
    assert_eq!(hidden, Value::from(vec![field]), "what is missing on screen is named");
    assert_eq!(after.as_object().unwrap().len(), 1, "{field} adds to the summary: {after}");
}

/// Texts that stand at the places of a field and nowhere else in the plaintext.
fn markers(record: &Record, section: Section, key: &str) -> BTreeSet<String> {
    let (mut own, mut others) = (BTreeSet::new(), String::new());
    for part in Section::ALL {
        for entry in entries(record, part) {
            others.push_str(&Value::from(HEAD.map(|key| entry[key].clone()).to_vec()).to_string());
            for leaf in leaves(&entry) {
                let text = leaf.value.to_string();
                let text = text.trim_matches('"');
                if part != section || !belongs(section, key, &leaf.place) {
                    others.push_str(text);
                    others.push('\n');
                } else if text.chars().count() >= 4 && leaf.value.is_string() {
                    own.insert(text.to_string());
                }
            }
        }
    }
    own.retain(|text| !others.contains(text.as_str()));
    own
}

/// The summary repeats name, birth date and sex; everything else must stand there for another reason.
#[test]
fn no_byte_of_a_field_that_is_off_is_sealed() {
    let mut silent = Vec::new();
    let full_text: BTreeMap<usize, String> = [&*MARKERS, &*RARE].into_iter().map(plaintext).enumerate().collect();
    for (section, field) in all_own_fields() {
        let mut looked_for = 0;
        for (i, record) in [&*MARKERS, &*RARE].into_iter().enumerate() {
            let found = markers(record, section, field.key);
            assert!(found.iter().all(|m| full_text[&i].contains(m.as_str())), "{}", name(section, field));
            let text = plaintext(&shown(&without_field(section, field.key), record));
            let left: Vec<&String> = found.iter().filter(|m| text.contains(m.as_str())).collect();
            assert!(left.is_empty(), "{} is off and {left:?} is sealed", name(section, field));
            looked_for += found.len();
        }
        if looked_for == 0 {
            silent.push(name(section, field));
        }
    }
    assert_eq!(silent, WITHOUT_A_MARKER, "fields without a text of their own");
}

#[test]
fn on_again_everything_is_as_it_was() {
    for record in [&*MARKERS, &*RARE] {
        assert_eq!(shown(&Profile::full(), record), *record, "the full profile hides nothing");
    }
    for (section, field) in all_own_fields() {
        // What was given has fields of the order too, and is there only if administrations are.
        let list = match section {
            Section::Injections => "administrations",
            Section::Others => "items",
            _ => "",
        };
        let is_on = |key: &str| key == field.key || key == list;
        let alone = profile(|p| {
            let fields = p["sections"][section.key()]["fields"].as_object_mut().unwrap();
            fields.iter_mut().for_each(|(key, on)| *on = is_on(key).into());
        });
        for record in [&*MARKERS, &*RARE] {
            let values = |record: &Record| -> Vec<_> {
                let all = entries(record, section).into_iter().flat_map(|entry| leaves(&entry));
                all.filter(|leaf| belongs(section, field.key, &leaf.place)).collect()
            };
            assert_eq!(values(&shown(&alone, record)), values(record), "{} alone", name(section, field));
        }
    }
}
