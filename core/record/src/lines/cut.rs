//! One item too large for its place: its longest texts give way to a marker that
//! says how long they were, so that it hides no other item.

use serde::Serialize;
use serde_json::Value;
use std::cmp::Reverse;

/// Shorter texts stay: dates, codes and names, and the marker itself.
const SHORT: usize = 256;

/// `value` as JSON of at most `max` bytes; `None` when nothing more can be cut.
pub fn to_fit(value: &impl Serialize, max: usize) -> Option<Vec<u8>> {
    let mut value = serde_json::to_value(value).ok()?;
    cut_texts(&mut value, max);
    loop {
        let json = serde_json::to_vec(&value).ok()?;
        if json.len() <= max {
            return Some(json);
        }
        // Thousands of short texts: only fewer of them help.
        let most = longest_list(&value);
        if most < 2 || !halve(&mut value, most) {
            return None;
        }
    }
}

fn marker(bytes: usize) -> String {
    format!("（大きすぎるため省略: {bytes} バイト）")
}

fn written(value: &impl Serialize) -> usize {
    serde_json::to_vec(value).map_or(0, |json| json.len())
}

/// Replaces the longest texts first, and no more of them than must be.
fn cut_texts(value: &mut Value, max: usize) {
    let mut size = written(value);
    let mut texts = Vec::new();
    long_texts(value, &mut texts);
    texts.sort_by_key(|text| Reverse(text.len()));
    for text in texts {
        if size <= max {
            return;
        }
        size -= written(text);
        *text = marker(text.len());
        size += written(text);
    }
}

fn long_texts<'v>(value: &'v mut Value, found: &mut Vec<&'v mut String>) {
    match value {
        Value::String(text) if text.len() > SHORT => found.push(text),
        Value::Array(items) => items.iter_mut().for_each(|v| long_texts(v, found)),
        Value::Object(map) => map.values_mut().for_each(|v| long_texts(v, found)),
        _ => {}
    }
}

fn longest_list(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(longest_list).max().unwrap_or(0).max(items.len()),
        Value::Object(map) => map.values().map(longest_list).max().unwrap_or(0),
        _ => 0,
    }
}

/// Keeps the first half of the first list of that length.
fn halve(value: &mut Value, length: usize) -> bool {
    match value {
        Value::Array(items) if items.len() == length => {
            items.truncate(length / 2);
            true
        }
        Value::Array(items) => items.iter_mut().any(|v| halve(v, length)),
        Value::Object(map) => map.values_mut().any(|v| halve(v, length)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_longest_texts_give_way_and_say_so() {
        let value = json!({ "name": "x", "note": "あ".repeat(1000), "more": "y".repeat(300) });
        let cut: Value = serde_json::from_slice(&to_fit(&value, 1000).expect("fits")).expect("JSON");
        assert_eq!(cut["note"], "（大きすぎるため省略: 3000 バイト）");
        assert_eq!((&cut["name"], &cut["more"]), (&value["name"], &value["more"]));
        assert_eq!(to_fit(&value, 10_000), serde_json::to_vec(&value).ok(), "what fits stays");
    }

    #[test]
    fn a_list_without_end_is_shortened() {
        let value = json!({ "id": "a", "items": vec![json!({ "t": "short" }); 100_000] });
        let cut = to_fit(&value, 1000).expect("fits");
        let cut: Value = serde_json::from_slice(&cut).expect("JSON");
        assert_eq!(cut["id"], "a");
        assert!((1..100).contains(&cut["items"].as_array().map_or(0, Vec::len)));
        assert_eq!(to_fit(&json!({ "x": "y" }), 3), None);
    }
}
