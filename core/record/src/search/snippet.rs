//! Where in an entry a query was found: the text as sent, its field, and the place to mark.

use super::{NOT_CONTENT, Query};
use crate::catalogue::{self, Field};
use crate::fold::fold;
use crate::model::Section;
use serde_json::Value;

/// Characters shown on each side of the place.
const AROUND: usize = 20;

/// A piece of a text with the place that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The field it stands in; `None` for what belongs to every field.
    pub field: Option<&'static Field>,
    /// What stands in front, cut at its beginning.
    pub before: String,
    /// The place itself, as sent.
    pub found: String,
    /// What stands behind, cut at its end.
    pub after: String,
}

impl Query {
    /// The text of an entry that holds most of the words, around the first of them. `None` when the line holds none.
    pub fn snippet(&self, section: Section, line: &[u8]) -> Option<Snippet> {
        let entry: Value = serde_json::from_slice(line).ok()?;
        let mut best: Option<(usize, String, String)> = None;
        each(&entry, "", &mut |path, text| {
            let folded = fold(text);
            let words = self.words.iter().filter(|word| folded.contains(word.as_str())).count();
            if words > best.as_ref().map_or(0, |(most, ..)| *most) {
                best = Some((words, path.to_string(), text.to_string()));
            }
        });
        let (_, path, text) = best?;
        let (from, to) = self.words.iter().find_map(|word| place(&text, word))?;
        // A mark that is drawn on the letter before it stays with it.
        let to = to + text[to..].chars().take_while(|c| is_mark(*c)).map(char::len_utf8).sum::<usize>();
        let start = text[..from].char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
        let end = text[to..].char_indices().nth(AROUND).map_or(text.len(), |(at, _)| to + at);
        Some(Snippet {
            field: catalogue::owner(section, &path),
            before: text[start..from].to_string(),
            found: text[from..to].to_string(),
            after: text[to..end].to_string(),
        })
    }
}

/// Calls `f` with path and text of all content, lists left out of the path.
fn each(value: &Value, path: &str, f: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => f(path, text),
        Value::Array(items) => items.iter().for_each(|item| each(item, path, f)),
        Value::Object(map) => {
            for (key, value) in map.iter().filter(|(key, _)| !NOT_CONTENT.contains(&key.as_str())) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                each(value, &path, f);
            }
        }
        _ => {}
    }
}

/// Sound marks, combining accents, variation selectors, joiners.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{3099}' | '\u{309A}' | '\u{FF9E}' | '\u{FF9F}' | '\u{FE00}'..='\u{FE0F}' | '\u{200D}')
}

/// Bytes of `text` that fold to `word`, for folding may join and drop characters: the shortest piece in front of which
/// nothing, and behind which nothing, is needed.
fn place(text: &str, word: &str) -> Option<(usize, usize)> {
    let has = |piece: &str| fold(piece).contains(word);
    let ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    let to = *ends.get(ends.partition_point(|end| !has(&text[..*end])))?;
    let starts: Vec<usize> = text[..to].char_indices().map(|(at, _)| at).collect();
    let from = *starts.get(starts.partition_point(|start| has(&text[*start..to])).checked_sub(1)?)?;
    Some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn snippet(words: &str, line: &str) -> Option<(Option<&'static str>, String)> {
        let found = Query::new(words).expect("a query").snippet(Section::Labs, line.as_bytes())?;
        Some((found.field.map(|f| f.key), format!("{}[{}]{}", found.before, found.found, found.after)))
    }

    const LAB: &str = r#"{"id":"x","date":"2024-05-01","item":{"display":"クレアチニン（酵素法）"},"value":"0.8",
        "comments":["再検査の結果です。検体が少量のため、念のためもう一度おとりください。値は ｶﾞｽ 交換後のものです"],"source":[1]}"#;

    #[test]
    fn the_place_is_shown_as_sent_with_its_field() {
        assert_eq!(snippet("ｸﾚｱﾁﾆﾝ", LAB), Some((Some("item"), "[クレアチニン]（酵素法）".into())));
        assert_eq!(snippet("くれあ 酵素", LAB), Some((Some("item"), "[クレア]チニン（酵素法）".into())));
        let gas = snippet("ガス", LAB).expect("a snippet");
        assert_eq!(gas, (Some("comments"), "、念のためもう一度おとりください。値は [ｶﾞｽ] 交換後のものです".into()));
        assert_eq!(snippet("2024-05", LAB), Some((None, "[2024-05]-01".into())));
        assert_eq!(snippet("無い", LAB), None);
        let accent = "{\"value\":\"a1\u{308}b\"}";
        assert_eq!(snippet("1", accent), Some((Some("value"), "a[1\u{308}]b".into())));
    }

    #[test]
    fn most_words_win_and_no_json_is_no_place() {
        let line = r#"{"item":{"display":"CRP"},"comments":["CRP 再検"]}"#;
        assert_eq!(snippet("crp 再検", line), Some((Some("comments"), "[CRP] 再検".into())));
        assert_eq!(snippet("crp", "crp"), None);
    }

    proptest! {
        /// Whatever a piece of a text folds to is found in that text and marked.
        #[test]
        fn what_is_found_is_marked(
            text in "[ -~ぁ-ゟ゠-ヿ！-ﾟ一-丠‐-―−]{1,60}",
            (from, to) in (0usize..60, 1usize..12),
        ) {
            let piece: String = text.chars().skip(from).take(to).collect();
            let Some(query) = Query::new(&piece.replace(char::is_whitespace, "")) else { return Ok(()) };
            let line = serde_json::json!({ "comments": [text] }).to_string();
            let found = query.snippet(Section::Labs, line.as_bytes());
            prop_assert_eq!(found.is_some(), query.matches(line.as_bytes()));
            let Some(found) = found else { return Ok(()) };
            let shown = [found.before.as_str(), &found.found, &found.after].concat();
            prop_assert!(text.contains(&shown));
            prop_assert!(fold(&found.found).contains(&query.words[0]));
            prop_assert!(found.before.chars().count() <= AROUND && found.after.chars().count() <= AROUND);
        }
    }
}
