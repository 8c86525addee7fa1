//! Search by folded words over the chunks of a record.
//!
//! An entry matches when every word of the query is found in some text of it:
//! names, codes, values, comments; never in keys, ids or numbers of sources.
//! Values that entries share are folded once a chunk, not once an entry.

use crate::fold::fold;
use crate::lines::Chunk;
use serde_json::Value;
use ssmix2::types::shared;

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

    /// Whether an entry, as JSON with its references expanded, matches.
    pub fn matches(&self, line: &[u8]) -> bool {
        self.found(line).iter().all(|hit| *hit)
    }

    /// The entries of a chunk that match, by position.
    pub fn hits(&self, chunk: &Chunk<'_>) -> Vec<usize> {
        let shared: Vec<Vec<bool>> = chunk.values().iter().map(|value| self.found(value)).collect();
        let is_hit = |line: &&[u8]| {
            let mut found = vec![false; self.words.len()];
            each_reference(line, |number| {
                if let Some(of_value) = shared.get(number) {
                    found.iter_mut().zip(of_value).for_each(|(f, v)| *f |= v);
                }
            });
            // Only what the shared values leave open is looked for in the line itself.
            found.iter().all(|f| *f) || found.iter().zip(self.found(line)).all(|(f, own)| *f || own)
        };
        (0..chunk.len()).filter(|i| is_hit(&chunk.raw_lines()[*i])).collect()
    }

    /// Which words occur in the texts of a JSON value.
    fn found(&self, json: &[u8]) -> Vec<bool> {
        let mut found = vec![false; self.words.len()];
        if !self.words.iter().any(|word| may_hold(json, word)) {
            return found;
        }
        if let Ok(value) = serde_json::from_slice::<Value>(json) {
            self.mark(&value, &mut found);
        }
        found
    }

    fn mark(&self, value: &Value, found: &mut [bool]) {
        match value {
            Value::String(text) => {
                let text = fold(text);
                self.words.iter().zip(found).for_each(|(word, f)| *f |= text.contains(word.as_str()));
            }
            Value::Array(items) => items.iter().for_each(|v| self.mark(v, found)),
            Value::Object(map) => {
                let content = map.iter().filter(|(key, _)| !NOT_CONTENT.contains(&key.as_str()));
                content.for_each(|(_, v)| self.mark(v, found));
            }
            _ => {}
        }
    }
}

/// Whether a word can stand in a JSON text at all, told without reading it:
/// ASCII folds to ASCII, so a line of ASCII holds no Japanese word, and an ASCII
/// word only as its own letters.
fn may_hold(json: &[u8], word: &str) -> bool {
    if !json.is_ascii() {
        return true;
    }
    if !word.is_ascii() {
        return false;
    }
    // Quotes and backslashes are written as escapes.
    if word.contains(['"', '\\']) {
        return true;
    }
    let folded: Vec<u8> = json.iter().filter(|b| !b.is_ascii_whitespace()).map(u8::to_ascii_lowercase).collect();
    memchr::memmem::find(&folded, word.as_bytes()).is_some()
}

fn each_reference(line: &[u8], mut f: impl FnMut(usize)) {
    for at in memchr::memmem::find_iter(line, shared::MARK) {
        if let Some((number, _)) = shared::reference(&line[at..]) {
            f(number);
        }
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
        let ascii = br#"{"value":"NEG (A B)","unit":"a\"b"}"#;
        let hit = |q: &str| Query::new(q).expect("a query").matches(ascii);
        assert!(hit("neg") && hit("(ab)") && hit("a\"b") && !hit("陰性") && !hit("negative"));
    }

    #[test]
    fn words_may_stand_in_shared_values_and_in_the_entry() {
        let bytes = "[{\"display\":\"クレアチニン\"},{\"specimen\":{\"@\":0}}]\n{\"id\":\"x\",\"item\":{\"@\":0},\"value\":\"0.8\"}\n{\"id\":\"y\",\"value\":\"0.8\"}\n";
        let chunk = Chunk::open(bytes.as_bytes()).expect("a chunk");
        let hits = |q: &str| Query::new(q).expect("a query").hits(&chunk);
        assert_eq!(hits("ｸﾚｱﾁﾆﾝ"), [0]);
        assert_eq!(hits("クレアチニン 0.8"), [0]);
        assert_eq!(hits("0.8"), [0, 1]);
        assert_eq!(hits("display"), [] as [usize; 0]);
    }
}
