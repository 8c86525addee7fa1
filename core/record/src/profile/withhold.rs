//! The withholding list: entries of single patients that the treating doctor keeps back (未告知の病名).
//!
//! It lies beside the profile, is the hospital's alone and never travels. A record that it thins out looks like any other
//! of the hospital: the notice that lists may be partial comes from the profile, which has to declare that such a list
//! is used.

use crate::model::Section;
use serde::{Deserialize, Serialize};
use ssmix2::types::is_same_id;
use std::collections::{BTreeMap, HashMap};

/// The only version of the form there is.
const FORMAT: u32 = 1;

/// A withholding list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withholding {
    /// Version of the form: 1.
    pub format: u32,
    /// By patient id. One that stands twice is an error: of two blocks one would be lost.
    #[serde(with = "serde_with::rust::maps_duplicate_key_is_error")]
    pub patients: BTreeMap<String, Vec<Withheld>>,
}

impl Default for Withholding {
    /// Nothing is kept back.
    fn default() -> Self {
        Withholding { format: FORMAT, patients: BTreeMap::new() }
    }
}

/// One entry that is kept back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    /// Its section.
    pub section: Section,
    /// Its id in the full record, as `profile preview` shows it.
    pub id: String,
    /// What it is about, from there too: a file that is sent again may have another entry at this id. Empty where the
    /// entry is about nothing that could be named.
    pub title: String,
    /// Why.
    pub reason: String,
    /// Who decided it.
    pub approved_by: String,
}

/// Why a withholding list cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WithholdingError {
    /// Nothing is written at all.
    Empty,
    /// No JSON from a line on.
    NotJson {
        /// Line.
        line: usize,
    },
    /// One patient stands there twice.
    RepeatedPatient {
        /// Line of the second.
        line: usize,
    },
    /// It is not of the form; the line and the parser's words, without what stands in the list.
    Form {
        /// Line.
        line: usize,
        /// What was expected.
        expected: String,
    },
    /// A form of a later time.
    UnknownFormat {
        /// Its number.
        format: u32,
    },
    /// An entry without id, reason or somebody who answers for it.
    Blank,
    /// Entries of this section are never kept back: who somebody is, what they must not be given, what was written in
    /// the disaster.
    Section {
        /// Which.
        section: Section,
    },
}

impl Withholding {
    /// Reads and checks a list.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str) -> Result<Withholding, WithholdingError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim().is_empty() {
            return Err(WithholdingError::Empty);
        }
        let list: Withholding = serde_json::from_str(text).map_err(|error| wrong(&error))?;
        if list.format != FORMAT {
            return Err(WithholdingError::UnknownFormat { format: list.format });
        }
        for entry in list.patients.values().flatten() {
            if !super::document::may_have_period(entry.section) {
                return Err(WithholdingError::Section { section: entry.section });
            }
            if [&entry.id, &entry.reason, &entry.approved_by].into_iter().any(|text| text.trim().is_empty()) {
                return Err(WithholdingError::Blank);
            }
        }
        Ok(list)
    }

    /// What is kept back of a patient, whose id is compared as that of a file is.
    pub fn entries(&self, patient_id: &str) -> impl Iterator<Item = &Withheld> {
        self.patients.iter().filter(move |(id, _)| is_same_id(id, patient_id)).flat_map(|(_, entries)| entries)
    }

    pub(super) fn of(&self, patient_id: &str) -> HashMap<(Section, String), String> {
        self.entries(patient_id).map(|e| ((e.section, e.id.trim().to_string()), e.title.clone())).collect()
    }
}

/// Of `serde_with`, for a key that stands twice.
const TWICE: &str = "invalid entry: found duplicate key";

fn wrong(error: &serde_json::Error) -> WithholdingError {
    let line = error.line();
    if !error.is_data() {
        return WithholdingError::NotJson { line };
    }
    let words = error.to_string();
    match words.starts_with(TWICE) {
        true => WithholdingError::RepeatedPatient { line },
        false => WithholdingError::Form { line, expected: expected(&words) },
    }
}

/// The parser's words without what it found: that may be the name of a disease. Missing and repeated keys are ours.
fn expected(words: &str) -> String {
    let words = words.rsplit_once(" at line ").map_or(words, |(words, _)| words);
    if words.starts_with("missing field ") || words.starts_with("duplicate field ") {
        return words.to_string();
    }
    let kinds = ["unknown field", "unknown variant"];
    let kind = kinds.into_iter().find(|kind| words.starts_with(kind)).unwrap_or("invalid type");
    words.rsplit_once("expected ").map_or_else(String::new, |(_, expected)| format!("{kind}, expected {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_no_disease() {
        let in_list = |entries: &str| format!(r#"{{ "format": 1, "patients": {{ "1": [{entries}] }} }}"#);
        let entry = r#"{ "section": "labs", "id": "1", "title": "t", "reason": "r", "approved_by": "a" }"#;
        for text in [
            r#"{ "format": "胃癌", "patients": {} }"#.to_string(),
            r#"{ "format": 1, "patients": { "1": "胃癌" } }"#.to_string(),
            r#"{ "format": 1, "patients": { "1": ["胃癌 at line 3"] } }"#.to_string(),
            entry.replace("labs", "胃癌"),
            entry.replace("\"reason\"", "\"胃癌\""),
            entry.replace("\"r\"", "\"胃癌\","),
            format!("{entry}\n胃癌"),
        ]
        .map(|text| if text.starts_with("{ \"section") { in_list(&text) } else { text })
        {
            let error = Withholding::parse(&text).expect_err("an error");
            assert!(!format!("{error:?}").contains("胃癌"), "{error:?}");
        }
        assert!(Withholding::parse(&in_list(entry)).is_ok());
    }

    #[test]
    fn what_is_no_list_is_told_apart() {
        let parse = |text: &str| Withholding::parse(text).expect_err("an error");
        assert_eq!(parse(" \n"), WithholdingError::Empty);
        assert_eq!(parse("{ \"format\": 1,\n\"patients\": {},\n}"), WithholdingError::NotJson { line: 3 });
        assert_eq!(parse("{ \"format\": 1,"), WithholdingError::NotJson { line: 1 });
        let twice = "{ \"format\": 1,\n\"patients\": {\n\"1\": [],\n\"1\": [] } }";
        assert_eq!(parse(twice), WithholdingError::RepeatedPatient { line: 4 });
    }
}
