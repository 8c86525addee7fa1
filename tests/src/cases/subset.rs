//! Whether a value is at least what was expected, key by key.

use serde_json::{Map, Value};

/// Adds every place where `have` is not at least `want`.
pub(super) fn subset(path: &str, want: &Value, have: &Value, out: &mut Vec<String>) {
    match (want, have) {
        (Value::Object(want), Value::Object(have)) => keys(path, want, have, out),
        (Value::Array(want), Value::Array(have)) => {
            if want.len() != have.len() {
                out.push(format!("{path}: want {} items, have {}: {}", want.len(), have.len(), brief(have)));
            }
            for (i, (want, have)) in want.iter().zip(have).enumerate() {
                subset(&format!("{path}[{i}]"), want, have, out);
            }
        }
        _ if want == have => {}
        _ => out.push(format!("{path}: want {want}, have {have}")),
    }
}

fn keys(path: &str, want: &Map<String, Value>, have: &Map<String, Value>, out: &mut Vec<String>) {
    for (key, want) in want {
        let at = format!("{path}.{key}");
        match (want, have.get(key)) {
            (Value::Null, None) => {}
            (Value::Null, Some(have)) => out.push(format!("{at}: want nothing, have {have}")),
            (want, None) => out.push(format!("{at}: want {want}, have nothing")),
            (want, Some(have)) => subset(&at, want, have, out),
        }
    }
}

/// A list short enough for one line.
fn brief(items: &[Value]) -> String {
    let texts: Vec<String> = items.iter().map(|i| i.to_string().chars().take(160).collect()).collect();
    texts.join(" ; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn differences(want: Value, have: Value) -> Vec<String> {
        let mut out = Vec::new();
        subset("x", &want, &have, &mut out);
        out
    }

    #[test]
    fn a_subset_is_compared_by_key_length_and_order() {
        let have = json!({"a": [{"b": 1, "c": 2}, {"b": 3}], "d": "e"});
        assert!(differences(json!({"a": [{"b": 1}, {"b": 3, "c": null}]}), have.clone()).is_empty());
        assert_eq!(differences(json!({"a": [{"b": 1}]}), have.clone()).len(), 1);
        assert_eq!(differences(json!({"a": [{"b": 3}, {"b": 1}]}), have.clone()).len(), 2);
        assert_eq!(differences(json!({"d": null, "f": 1}), have).len(), 2);
    }
}
