//! XPN and XCN: names of patients and staff.

use super::{Segment, Text, parts, shared, trimmed};
use crate::diagnostic::Code;
use crate::message::Delimiters;
use serde::{Deserialize, Serialize, Serializer};
use std::sync::Arc;

/// A patient's name in both scripts; family and given name joined by one space.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// XPN with representation `I`, or the first that is not pure kana.
    pub kanji: Option<Text>,
    /// XPN with representation `P`, or the one that is pure kana.
    pub kana: Option<Text>,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Person {
    /// XCN.1
    pub id: Option<Text>,
    /// XCN.2 and XCN.3 joined by a space.
    pub name: Text,
}

impl Serialize for Person {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Plain<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            id: &'a Option<Text>,
            name: &'a Text,
        }
        shared::serialize(self, serializer, Plain { id: &self.id, name: &self.name })
    }
}

fn is_kana(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace() || matches!(c, '\u{3041}'..='\u{309F}' | '\u{30A0}'..='\u{30FF}' | '\u{FF65}'..='\u{FF9F}')
    })
}

fn join(family: Option<Text>, given: Option<Text>) -> Option<Text> {
    match (family, given) {
        (Some(family), Some(given)) => Some(compact_str::format_compact!("{family} {given}")),
        (family, given) => family.or(given),
    }
}

/// XPN: the repetitions sorted into kanji and kana.
fn names(raw: &str, d: Delimiters, findings: &mut Vec<Code>) -> Arc<PersonName> {
    let mut name = PersonName::default();
    let (parts, covered) = parts(raw, d);
    let (mut stray, mut shifted) = (false, false);
    for r in 0..parts.repetitions() {
        let mut part = |n: usize| parts.leaf(r, n).and_then(|s| trimmed(s, d, &mut stray));
        let Some(text) = join(part(0), part(1)) else { continue };
        let (early, mark) = (part(6), part(7));
        let kana = match (mark.as_deref(), early.as_deref()) {
            (Some("P"), _) => true,
            (Some("I" | "A"), _) => false,
            (None, Some(code @ ("P" | "I"))) => {
                shifted = true;
                code == "P"
            }
            _ => is_kana(&text),
        };
        let slot = if kana { &mut name.kana } else { &mut name.kanji };
        slot.get_or_insert(text);
    }
    findings.extend((!covered).then_some(Code::FieldNotCovered));
    findings.extend(shifted.then_some(Code::NameMarkerShifted));
    Arc::new(name)
}

/// XCN: all persons; a kana reading of the one before it is left out.
fn people(raw: &str, d: Delimiters, findings: &mut Vec<Code>) -> Arc<[Arc<Person>]> {
    let mut people: Vec<Arc<Person>> = Vec::new();
    let (parts, covered) = parts(raw, d);
    let mut stray = false;
    for r in 0..parts.repetitions() {
        let mut part = |n: usize| parts.leaf(r, n).and_then(|s| trimmed(s, d, &mut stray));
        let (id, name) = (part(0), join(part(1), part(2)));
        match (id, name) {
            (None, Some(name)) if is_kana(&name) && !people.is_empty() => {}
            (None, None) => {}
            (id, name) => people.push(Arc::new(Person { name: name.or(id.clone()).unwrap_or_default(), id })),
        }
    }
    findings.extend((!covered).then_some(Code::FieldNotCovered));
    people.into()
}

impl Segment<'_> {
    /// XPN: the repetitions sorted into kanji and kana. The representation code
    /// stands in XPN.8; one generator writes it one component early. Where it is
    /// missing the script decides.
    pub fn xpn(&self, field: u16) -> Arc<PersonName> {
        let raw = self.raw(field);
        if raw.is_empty() {
            return Arc::default();
        }
        self.cached(raw, field, |cache| &mut cache.names, names)
    }

    /// XCN: the repetition whose name is not pure kana. Only XCN.1 to XCN.3 are
    /// read, because senders disagree on the carets behind them.
    pub fn xcn(&self, field: u16) -> Option<Arc<Person>> {
        let people = self.xcn_all(field);
        let (first, others) = people.split_first()?;
        // The same id in kana is the reading of the first.
        if others.iter().any(|p| p.id != first.id || !is_kana(&p.name)) {
            self.note_once(Code::FieldNotCovered, field);
        }
        Some(Arc::clone(first))
    }

    /// XCN: all persons; a kana reading of the one before it is left out.
    pub fn xcn_all(&self, field: u16) -> Arc<[Arc<Person>]> {
        let raw = self.raw(field);
        if raw.is_empty() {
            return Arc::default();
        }
        self.cached(raw, field, |cache| &mut cache.people, people)
    }
}
