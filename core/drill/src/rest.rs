//! What an entry of the re-issue holds less or otherwise than the one it stands for, beyond the fields that somebody acts on:
//! a name without its code, another ward, another lot.
//!
//! What is acted on is held against each other by what it says (`record::says`). Of everything else the places in the JSON
//! of an entry are looked at, and the catalogue knows whose they are: no field is forgotten.

use mykarte::record::Section;
use mykarte::record::catalogue::owner;
use mykarte::record::says::is_said;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What was given stands in the entry of its order in one storage and alone in the other: it is looked at by itself.
pub(crate) const GIVEN: &str = "administrations";

/// What a re-issue numbers or times anew.
const NUMBERED: [&str; 13] = [
    "action",
    "document_number",
    "instance_id",
    "order_number",
    "order_state",
    "order_times",
    "patient_id",
    "prescription_number",
    "recorded_at",
    "slip_number",
    "specimen_id",
    "state",
    "updated_at",
];

/// Our own note of where something stood.
const OURS: &str = "read_from";

/// The id of the diagnosis that a stay is for: it has that one's file in it.
const DIAGNOSIS_ID: &str = "reasons.diagnosis";

/// Fields, by their keys.
#[derive(Debug, Default)]
pub(crate) struct Rest {
    /// Of which something is gone.
    pub lost: Vec<&'static str>,
    /// Of which something is another: what was there, and what is.
    pub other: BTreeMap<&'static str, (String, String)>,
}

/// What stands at each place in the JSON of an entry; elements of a list stand at one place.
type Places = BTreeMap<String, Vec<String>>;

/// Holds two entries against each other. `part`: the place in an entry where both stand.
pub(crate) fn look_at<T: Serialize + PartialEq>(
    section: Section,
    part: Option<&'static str>,
    old: &T,
    new: &T,
) -> Rest {
    let mut rest = Rest::default();
    if old == new {
        return rest;
    }
    let now = places(new);
    for (place, before) in places(old) {
        let is_by_itself = part.is_none() && place.starts_with(GIVEN);
        let path = part.map_or(place.clone(), |part| format!("{part}.{place}"));
        let Some(field) = owner(section, &path).filter(|field| !is_by_itself && field.key != OURS) else { continue };
        let now = now.get(&place).map(Vec::as_slice).unwrap_or_default();
        let is_numbered = NUMBERED.contains(&field.key) || place == DIAGNOSIS_ID;
        if now.len() < before.len() {
            rest.lost.push(field.key);
        } else if !is_numbered && let Some((was, is)) = another(&before, now) {
            rest.other.entry(field.key).or_insert((was, is));
        }
    }
    rest.lost.sort_unstable();
    rest.lost.dedup();
    rest
}

/// The first value that stands there no more, and what does instead.
fn another(before: &[String], now: &[String]) -> Option<(String, String)> {
    let mut free: Vec<&String> = now.iter().collect();
    let mut gone = Vec::new();
    for was in before {
        match free.iter().position(|is| is_said(was, is)) {
            Some(at) => drop(free.swap_remove(at)),
            None => gone.push(was),
        }
    }
    let was = gone.first()?;
    Some(((*was).clone(), free.first().map(|is| (*is).clone()).unwrap_or_default()))
}

fn places<T: Serialize>(of: &T) -> Places {
    let mut places = Places::new();
    // Whatever is in a record was stored as JSON.
    note(&serde_json::to_value(of).unwrap_or_default(), "", &mut places);
    places
}

fn note(json: &Value, place: &str, places: &mut Places) {
    let value = match json {
        Value::Object(members) => {
            return members.iter().for_each(|(name, value)| {
                let below = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                note(value, &below, places);
            });
        }
        Value::Array(elements) => return elements.iter().for_each(|element| note(element, place, places)),
        Value::Null | Value::Bool(false) => return,
        Value::String(text) if text.is_empty() => return,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    places.entry(place.to_owned()).or_default().push(value);
}
