//! Search by folded words over JSON lines.
//!
//! A line matches when every word of the query is found in some text of the
//! entry: names, codes, values, comments; never in keys, ids or numbers of
//! sources.

use crate::fold::fold;
use serde_json::Value;

/// A query, folded once.
#[derive(Debug, Clone)]
pub struct Query {
    words: Vec<String>,
}

/// Keys whose texts are no content.
const NOT_CONTENT: [&str; 4] = ["id", "source", "diagnosis", "marks"];

impl Query {
    /// Splits at blanks and folds; `None` when nothing is left.
    pub fn new(text: &str) -> Option<Query> {
        let words: Vec<String> = text.split_whitespace().map(fold).filter(|w| !w.is_empty()).collect();
        (!words.is_empty()).then_some(Query { words })
    }

    /// Whether a line matches.
    pub fn matches(&self, line: &[u8]) -> bool {
        let Ok(value) = serde_json::from_slice::<Value>(line) else {
            return false;
        };
        let mut texts = Vec::new();
        collect(&value, &mut texts);
        self.words.iter().all(|w| texts.iter().any(|t| t.contains(w)))
    }
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(fold(text)),
        Value::Array(items) => items.iter().for_each(|v| collect(v, texts)),
        Value::Object(map) => {
            map.iter().filter(|(key, _)| !NOT_CONTENT.contains(&key.as_str())).for_each(|(_, v)| collect(v, texts));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_keys_are_no_content() {
        let line =
            r#"{"id":"abc-1","drug":{"display":"ソリタ－Ｔ３号輸液５００ｍＬ"},"dose":{"value":"1"}}"#.as_bytes();
        let hit = |q: &str| Query::new(q).expect("a query").matches(line);
        assert!(hit("ソリタ-t3") && hit("ｿﾘﾀ 500ml") && hit("そりた"));
        assert!(!hit("drug") && !hit("abc") && !hit("ソリタ 別物"));
        assert!(Query::new(" 　").is_none());
    }
}
