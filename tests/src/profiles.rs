//! Profiles for tests, and what a record says under them.

use mykarte::record::catalogue::{self, Field, Part};
use mykarte::record::profile::{FULL, Profile};
use mykarte::record::{Entry, Record, Section, lines};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Sections that are hidden only if somebody answers for it.
const VITAL: [Section; 3] = [Section::Allergies, Section::Prescriptions, Section::Injections];

/// The full profile, changed at some places; what is vital and hidden is acknowledged.
pub fn profile(change: impl FnOnce(&mut Value)) -> Profile {
    let mut value: Value = serde_json::from_str(FULL).expect("the full profile is JSON");
    value["id"] = "test".into();
    change(&mut value);
    let hidden = VITAL.into_iter().filter(|section| value["sections"][section.key()]["show"] != json!(true));
    let answer = |section: Section| json!({ "item": section.key(), "reason": "別の仕組みで渡す", "approved_by": "部長", "date": "2026-04-01" });
    value["acknowledged"] = hidden.map(answer).collect::<Vec<_>>().into();
    Profile::parse(&value.to_string()).expect("a profile without errors")
}

/// Everything but some sections.
pub fn without_sections(sections: &[Section]) -> Profile {
    profile(|p| sections.iter().for_each(|section| hide_section(p, *section)))
}

/// Everything but one field.
pub fn without_field(section: Section, key: &str) -> Profile {
    profile(|p| hide_field(p, section, key))
}

/// Switches a section off.
pub fn hide_section(profile: &mut Value, section: Section) {
    profile["sections"][section.key()] = json!({ "show": false });
}

/// Switches a field off; of a section that is off there is nothing to do.
pub fn hide_field(profile: &mut Value, section: Section, key: &str) {
    if profile["sections"][section.key()]["show"] == json!(true) {
        profile["sections"][section.key()]["fields"][key] = false.into();
    }
}

/// Cuts a section by age.
pub fn period(profile: &mut Value, section: Section, months: u32) {
    if profile["sections"][section.key()]["show"] == json!(true) {
        profile["sections"][section.key()]["period"] = json!({ "months": months });
    }
}

/// The fields of a section that can be switched.
pub fn own_fields(section: Section) -> impl Iterator<Item = &'static Field> {
    catalogue::fields(section).filter(|field| field.part == Part::Own)
}

/// All of them, each with its section.
pub fn all_own_fields() -> impl Iterator<Item = (Section, &'static Field)> {
    Section::ALL.into_iter().flat_map(|section| own_fields(section).map(move |field| (section, field)))
}

/// One value of an entry, with its place: lists left out, `group.specimen.code`.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    /// Its place.
    pub place: String,
    /// Its value: no object and no list.
    pub value: Value,
}

/// What goes with every entry and is no field.
pub const HEAD: [&str; 5] = ["id", "date", "status", "marks", "source"];

/// The values of an entry below its head.
pub fn leaves(entry: &Value) -> Vec<Leaf> {
    let mut found = Vec::new();
    for (key, inner) in entry.as_object().into_iter().flatten().filter(|(key, _)| !HEAD.contains(&key.as_str())) {
        walk(key, inner, &mut found);
    }
    found
}

fn walk(place: &str, value: &Value, found: &mut Vec<Leaf>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, inner)| walk(&format!("{place}.{key}"), inner, found)),
        Value::Array(items) => items.iter().for_each(|item| walk(place, item, found)),
        Value::Null => {}
        _ => found.push(Leaf { place: place.into(), value: value.clone() }),
    }
}

/// An entry without the places for which `hidden` holds, and without what is empty then.
pub fn pruned(entry: &Value, hidden: &dyn Fn(&str) -> bool) -> Value {
    prune("", entry, hidden).unwrap_or(Value::Null)
}

fn prune(place: &str, value: &Value, hidden: &dyn Fn(&str) -> bool) -> Option<Value> {
    match value {
        Value::Object(map) => {
            let inner = |key: &str| if place.is_empty() { key.to_string() } else { format!("{place}.{key}") };
            let kept = map.iter().filter_map(|(key, v)| Some((key.clone(), prune(&inner(key), v, hidden)?)));
            let kept: serde_json::Map<String, Value> = kept.collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Value::Array(items) => {
            let kept: Vec<Value> = items.iter().filter_map(|item| prune(place, item, hidden)).collect();
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        _ => (!value.is_null() && !hidden(place)).then(|| value.clone()),
    }
}

/// The chunks of every section and the summary, as they are before they are sealed.
pub fn plaintext(record: &Record) -> String {
    fn of<T: Serialize>(entries: &[Entry<T>], all: &mut Vec<u8>) {
        for block in lines::write(entries).expect("entries can be written") {
            all.extend(block.bytes);
            all.extend(serde_json::to_vec(&block.meta).expect("what the manifest says is JSON"));
        }
    }
    let mut all = serde_json::to_vec(&record.summary).expect("a summary is JSON");
    of(&record.basics, &mut all);
    of(&record.allergies, &mut all);
    of(&record.diagnoses, &mut all);
    of(&record.admissions, &mut all);
    of(&record.prescriptions, &mut all);
    of(&record.injections, &mut all);
    of(&record.labs, &mut all);
    of(&record.memos, &mut all);
    of(&record.others, &mut all);
    String::from_utf8(all).expect("chunks are UTF-8")
}

/// The ids of a section.
pub fn ids(record: &Record, section: Section) -> BTreeSet<String> {
    crate::entries(record, section).iter().filter_map(|e| Some(e["id"].as_str()?.to_string())).collect()
}

/// Two records that a reader cannot tell apart.
///
/// # Panics
/// Where they differ, with the section or the key of the summary.
pub fn assert_alike(a: &Record, b: &Record) {
    for section in Section::ALL {
        assert_eq!(crate::entries(a, section), crate::entries(b, section), "{}", section.key());
    }
    let [a, b] = [a, b].map(|record| serde_json::to_value(&record.summary).expect("a summary is an object"));
    for (key, value) in a.as_object().expect("a summary is an object") {
        assert_eq!(*value, b[key], "{key} of the summary tells that something is kept out");
    }
    assert_eq!(a, b);
}
