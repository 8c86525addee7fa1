//! What the store adds to a record: its number, the time, and how far that may be believed; then its place in the chain.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::clock::{self, Clock};
use crate::{Reached, Record};

/// The names that are the store's.
pub(crate) const RESERVED: [&str; 3] = ["n", "at", "clock"];

#[derive(Serialize)]
struct Line<'a> {
    n: u64,
    at: u64,
    clock: Clock,
    #[serde(flatten)]
    fields: &'a Map<String, Value>,
}

/// The records that follow where a chain has come to. Called under the lock: numbers and times go the same way.
pub(crate) fn stamp(reached: Reached, records: &[Map<String, Value>], clock: Clock) -> Vec<Record> {
    let (at, mut place) = (clock::now(), reached.place);
    let numbered = (reached.count + 1..).zip(records);
    numbered
        .map(|(n, fields)| {
            let line = Line { n, at, clock, fields };
            let json = serde_json::to_vec(&line).expect("numbers, words and JSON values under text keys: always JSON");
            place = place.after(n, &json);
            Record { number: n, json, place }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mykarte_vault::ChainId;
    use mykarte_vault::chain::Place;

    #[test]
    fn the_stores_fields_come_first_and_the_bytes_are_chained() {
        let chain = ChainId::from_bytes([1; 16]);
        let reached = Reached { chain, count: 4, place: Place::start(chain) };
        let fields = |text| serde_json::from_str(text).unwrap();
        let records = [fields(r#"{"event":"a","ticket":"t"}"#), fields("{}")];
        let stamped = stamp(reached, &records, Clock::NotSynchronised);
        let text = String::from_utf8(stamped[0].json.clone()).unwrap();
        assert!(text.starts_with(r#"{"n":5,"at":1"#), "{text}");
        assert!(text.ends_with(r#","clock":"not-synchronised","event":"a","ticket":"t"}"#), "{text}");
        assert_eq!(stamped[1].number, 6);
        assert_eq!(stamped[1].place, reached.place.after(5, &stamped[0].json).after(6, &stamped[1].json));
    }
}
