//! XPN and XCN: names of patients and staff.

use super::{Segment, trimmed};
use crate::diagnostic::Code;
use serde::{Deserialize, Serialize};

/// A patient's name in both scripts; family and given name joined by one space.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// XPN with representation `I`, or the first that is not pure kana.
    pub kanji: Option<String>,
    /// XPN with representation `P`, or the one that is pure kana.
    pub kana: Option<String>,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// XCN.1
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// XCN.2 and XCN.3 joined by a space.
    pub name: String,
}

fn is_kana(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace() || matches!(c, '\u{3041}'..='\u{309F}' | '\u{30A0}'..='\u{30FF}' | '\u{FF65}'..='\u{FF9F}')
    })
}

fn join(family: Option<String>, given: Option<String>) -> Option<String> {
    match (family, given) {
        (Some(family), Some(given)) => Some(format!("{family} {given}")),
        (family, given) => family.or(given),
    }
}

impl Segment<'_> {
    /// XPN: the repetitions sorted into kanji and kana. The representation code
    /// stands in XPN.8; one generator writes it one component early. Where it is
    /// missing the script decides.
    pub fn xpn(&self, field: u16) -> PersonName {
        let mut name = PersonName::default();
        if !self.has(field) {
            return name;
        }
        let (d, mut stray, mut shifted) = (self.delimiters(), false, false);
        for r in &self.parts(field).repetitions {
            let mut part = |n: usize| r.get(n).and_then(|c| c.first()).and_then(|s| trimmed(s, d, &mut stray));
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
        if shifted {
            self.note(Code::NameMarkerShifted, field);
        }
        name
    }

    /// XCN: the repetition whose name is not pure kana. Only XCN.1 to XCN.3 are
    /// read, because senders disagree on the carets behind them.
    pub fn xcn(&self, field: u16) -> Option<Person> {
        self.xcn_all(field).into_iter().next()
    }

    /// XCN: all persons; a kana reading of the one before it is left out.
    pub fn xcn_all(&self, field: u16) -> Vec<Person> {
        if !self.has(field) {
            return Vec::new();
        }
        let (d, mut stray) = (self.delimiters(), false);
        let mut people: Vec<Person> = Vec::new();
        for r in &self.parts(field).repetitions {
            let mut part = |n: usize| r.get(n).and_then(|c| c.first()).and_then(|s| trimmed(s, d, &mut stray));
            let (id, name) = (part(0), join(part(1), part(2)));
            match (id, name) {
                (None, Some(name)) if is_kana(&name) && !people.is_empty() => {}
                (None, None) => {}
                (id, name) => people.push(Person { name: name.or(id.clone()).unwrap_or_default(), id }),
            }
        }
        people
    }
}
