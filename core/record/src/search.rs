//! Search by folded words over the chunks of a record.
//!
//! An entry matches when every word of the query is found in some text of it:
//! names, codes, values, comments; never in keys, ids or numbers of sources.
//! [`Query::matches`] asks one entry, [`Index::hits`] a whole chunk; both answer
//! the same.

mod index;
mod snippet;
mod texts;

pub use index::Index;
pub use snippet::Snippet;
use texts::NOT_CONTENT;

use crate::fold::{fold, fold_into};

/// A query, folded once.
#[derive(Debug, Clone)]
pub struct Query {
    words: Vec<String>,
}

impl Query {
    /// Splits at blanks and folds; `None` when nothing is left.
    pub fn new(text: &str) -> Option<Query> {
        let words: Vec<String> = text.split_whitespace().map(fold).filter(|w| !w.is_empty()).collect();
        (!words.is_empty()).then_some(Query { words })
    }

    /// Whether an entry, as JSON with its references expanded, matches.
    pub fn matches(&self, line: &[u8]) -> bool {
        if !self.words.iter().all(|word| may_hold(line, word)) {
            return false;
        }
        let (mut found, mut folded) = (vec![false; self.words.len()], String::new());
        texts::each(line, |text| {
            folded.clear();
            fold_into(text, &mut folded);
            self.words.iter().zip(&mut found).for_each(|(word, f)| *f |= folded.contains(word.as_str()));
        });
        found.iter().all(|f| *f)
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
}
