//! No value without a field, no field without a value: what has no field could not be hidden.

use super::records::{MARKERS, RARE, YEARS};
use super::stored::marked;
use mykarte::record::catalogue;
use mykarte::record::profile::Profile;
use mykarte::record::{Record, Section};
use mykarte_tests::entries;
use mykarte_tests::profiles::{Leaf, all_own_fields, leaves};
use std::collections::BTreeSet;

/// A path that no entry holds, and why.
const NOT_IN_ENTRIES: [(&str, &str); 1] = [("basics.patient_id", "stands in the summary")];

/// The places of a section in these records.
fn places(section: Section) -> BTreeSet<String> {
    let records: Vec<&Record> = [&*MARKERS, &*RARE].into_iter().chain(&*YEARS).collect();
    let all = records.into_iter().flat_map(|record| entries(record, section));
    all.flat_map(|entry| leaves(&entry)).map(|leaf| leaf.place).collect()
}

#[test]
fn every_value_belongs_to_a_field() {
    let mut unowned = Vec::new();
    for section in Section::ALL {
        let found = places(section);
        assert!(!found.is_empty(), "{} has no value at all", section.key());
        let nobody = found.into_iter().filter(|place| catalogue::owner(section, place).is_none());
        unowned.extend(nobody.map(|place| format!("{}.{place}", section.key())));
    }
    assert!(unowned.is_empty(), "no profile can hide {unowned:#?}");
}

#[test]
fn every_path_of_every_field_occurs() {
    let mut unseen = Vec::new();
    for section in Section::ALL {
        let found = places(section);
        for field in catalogue::fields(section) {
            let holds = |path: &str| found.iter().any(|place| is_at(section, place, path));
            if field.paths.is_empty() {
                unseen.push(format!("{}.{}", section.key(), field.key));
            }
            let missing = field.paths.iter().filter(|path| !holds(path));
            unseen.extend(missing.map(|path| format!("{}.{} at {path}", section.key(), field.key)));
        }
    }
    let allowed = |place: &String| NOT_IN_ENTRIES.iter().any(|(known, _)| place == known);
    unseen.retain(|place| !allowed(place));
    assert!(unseen.is_empty(), "nothing shows that these are hidden: {unseen:#?}");
}

/// Whether a place is this path or below it; movements and rows have one path wherever they stand.
fn is_at(section: Section, place: &str, path: &str) -> bool {
    let (first, rest) = place.split_once('.').unwrap_or((place, ""));
    let plain = match (section, first) {
        (Section::Admissions, "admission" | "discharge" | "transfers") => format!("movement.{rest}"),
        (Section::Allergies, "also") => rest.to_string(),
        _ => place.to_string(),
    };
    is_below(&plain, path)
}

fn is_below(place: &str, path: &str) -> bool {
    place.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Where a value of a field is left when it is off, and why.
const LEFT: [(&str, &str, &str); 3] = [
    ("others.items", "title", "what an entry is about is made of its lines"),
    ("others.items", "department", "a field of its own"),
    ("others.items", "doctor", "a field of its own"),
];

/// A value is one field of a message. Where the record shows it at two places, hiding the field hides both: a department
/// that is off must not be read off the lines below.
#[test]
fn a_value_that_is_off_is_not_left_at_another_place() {
    let (full, markers) = marked(Profile::full());
    let markers = markers.iter().filter(|m| m.unique && m.marker.chars().count() >= 4);
    let unique: Vec<&str> = markers.map(|m| m.marker.as_str()).collect();
    let mut left = BTreeSet::new();
    for (section, field) in all_own_fields() {
        let all: Vec<Leaf> = entries(&full.record, section).iter().flat_map(leaves).collect();
        let is_own = |leaf: &&Leaf| catalogue::owner(section, &leaf.place).is_some_and(|f| f.key == field.key);
        let (own, others): (Vec<&Leaf>, Vec<&Leaf>) = all.iter().partition(is_own);
        for marker in &unique {
            let holds = |leaf: &&&Leaf| leaf.value.as_str().is_some_and(|text| text.contains(marker));
            if own.iter().any(|leaf| holds(&leaf)) {
                let places = others.iter().filter(holds).map(|leaf| leaf.place.as_str());
                left.extend(places.map(|place| (format!("{}.{}", section.key(), field.key), place.to_string())));
            }
        }
    }
    left.retain(|(field, place)| !LEFT.iter().any(|(known, at, _)| field == known && is_below(place, at)));
    assert!(left.is_empty(), "off, and still to be read: {left:#?}");
}
