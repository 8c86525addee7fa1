//! Fields of which an entry of the re-issue holds less than the one it stands for: a name without its code, a form, a ward.
//!
//! What somebody acts on is held against each other by what it says (`record::says`). Of everything else it is enough to
//! see that something is gone: places in the JSON of an entry are counted, and the catalogue knows whose they are.

use mykarte::record::Section;
use mykarte::record::catalogue::owner;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What was given stands in the entry of its order in one storage and alone in the other: it is looked at by itself.
pub(crate) const GIVEN: &str = "administrations";

/// The keys of the fields of which `new` holds less. `part`: the place in an entry where both stand.
pub(crate) fn lacks<T: Serialize + PartialEq>(
    section: Section,
    part: Option<&'static str>,
    old: &T,
    new: &T,
) -> Vec<&'static str> {
    if old == new {
        return Vec::new();
    }
    let (before, now) = (places(old), places(new));
    let gone = before.iter().filter(|(place, count)| now.get(*place).unwrap_or(&0) < count).map(|(place, _)| place);
    let mut keys: Vec<&str> = gone
        .filter(|place| part.is_some() || !place.starts_with(GIVEN))
        .filter_map(|place| match part {
            Some(part) => owner(section, &format!("{part}.{place}")),
            None => owner(section, place),
        })
        .map(|field| field.key)
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// How often each place in the JSON holds something; elements of a list stand at one place.
fn places<T: Serialize>(of: &T) -> BTreeMap<String, u32> {
    let mut places = BTreeMap::new();
    // Whatever is in a record was stored as JSON.
    count(&serde_json::to_value(of).unwrap_or_default(), "", &mut places);
    places
}

fn count(json: &Value, place: &str, places: &mut BTreeMap<String, u32>) {
    match json {
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            let below = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
            count(value, &below, places);
        }),
        Value::Array(elements) => elements.iter().for_each(|element| count(element, place, places)),
        Value::Null | Value::Bool(false) => {}
        Value::String(text) if text.is_empty() => {}
        _ => *places.entry(place.to_owned()).or_default() += 1,
    }
}
