//! Every field of the standard is in the record, or the import report names it.
//!
//! `docs/coverage.tsv` says for each (kind, segment, field) what becomes of it.
//! Here every field of every kind is filled with a text that occurs nowhere
//! else, the storage is imported, and each row is held against the record and
//! against the report's unused fields. All differences are listed at once.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

#[path = "coverage/storage.rs"]
mod storage;
#[path = "coverage/table.rs"]
mod table;

use mykarte::record::report::Reason;
use mykarte_synth::Marker;
use std::collections::BTreeMap;
use storage::{Reading, Readings};
use table::{Row, Treatment};

/// Why a field may be looked at and yet be neither shown nor reported: set ids,
/// what is compared with the patient basics, what tells the reader how to read,
/// and what names the facility.
const SILENT: [&str; 4] = ["position only", "identity only", "steers the reader", "facility only"];

type Place = (String, String, usize);

#[test]
fn every_row_is_true_and_every_field_has_one() {
    let readings = storage::read();
    let mut fields: BTreeMap<Place, Vec<&Marker>> = BTreeMap::new();
    for marker in &readings.markers {
        fields.entry((marker.kind.clone(), marker.segment.clone(), marker.field)).or_default().push(marker);
    }
    let mut found = Vec::new();
    for row in table::rows() {
        let place = (row.kind.clone(), row.segment.clone(), row.field);
        match fields.remove(&place) {
            Some(markers) => check(&row, &markers, readings.of(&row.kind), &mut found),
            None if row.segment == "MSH" && row.field <= 2 && row.is_delimiter() => {}
            None => found.push(format!("{place:?}: a row without a marker, or twice")),
        }
    }
    found.extend(fields.keys().map(|place| format!("{place:?}: a field without a row")));
    assert!(found.is_empty(), "{} differences\n{}", found.len(), found.join("\n"));
}

#[test]
fn cancel_messages_are_deleted_as_they_lie_and_cancelled_when_current() {
    let Readings { plain, cancels, .. } = storage::read();
    let deleted = |reading: &Reading| reading.fates.values().filter(|r| **r == Reason::Deleted).count();
    assert_eq!((deleted(&plain), deleted(&cancels)), (10, 0));
    let used = cancels.fates.values().filter(|r| **r == Reason::Used).count();
    let cancelled = cancels.leaves.iter().filter(|(path, text)| path == "others.status" && text == "cancelled").count();
    assert_eq!((used, cancelled), (10, 10));
}

fn check(row: &Row, markers: &[&Marker], reading: &Reading, found: &mut Vec<String>) {
    let field = format!("{}-{}", row.segment, row.field);
    let mut say = |what: String| found.push(format!("{} {field}: {what}", row.kind));
    let folder = row.kind.split(' ').next().unwrap_or_default().to_string();
    let named = reading.unused.contains(&(folder, field.clone()));
    let unique: Vec<&Marker> = markers.iter().copied().filter(|m| m.unique).collect();
    match &row.treatment {
        Treatment::Ignored { reason } => {
            let silent = SILENT.contains(&reason.as_str());
            if named == silent {
                say(format!("`{reason}`, but the report {} it", if named { "names" } else { "does not name" }));
            }
            for marker in unique.iter().filter(|m| !reading.places(&m.marker).is_empty()) {
                say(format!("ignored, but {} stands at {:?}", marker.marker, reading.places(&marker.marker)));
            }
        }
        Treatment::Kept { keys, components } if unique.is_empty() => {
            if !markers.iter().all(|m| reading.holds(keys, &m.marker)) {
                say(format!("nothing of {:?} at {keys:?}", markers.iter().map(|m| &m.marker).collect::<Vec<_>>()));
            }
            assert!(components.is_none(), "{field}: a fixed value has no components");
        }
        Treatment::Kept { keys, components } => {
            for (component, seen) in carried(&unique, keys, reading) {
                match components {
                    None if seen.contains(&false) => say(format!("component {component} is not at {keys:?}")),
                    Some(some) if some.contains(&component) != seen.contains(&true) => {
                        say(format!("component {component}: the row and the record at {keys:?} disagree"));
                    }
                    _ => {}
                }
            }
        }
    }
}

/// For each component, which of its markers stand below one of the keys.
fn carried(markers: &[&Marker], keys: &[String], reading: &Reading) -> BTreeMap<usize, Vec<bool>> {
    let mut by_component: BTreeMap<usize, Vec<bool>> = BTreeMap::new();
    for marker in markers {
        by_component.entry(marker.component).or_default().push(reading.holds(keys, &marker.marker));
    }
    by_component
}
