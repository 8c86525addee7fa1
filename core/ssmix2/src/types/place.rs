//! PL, LA2, XAD, XTN: wards, addresses and telephones.

use super::{Segment, Text, parts, trimmed};
use crate::diagnostic::Code;
use crate::message::Delimiters;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where a patient is: ward, room and bed, or a department.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// PL.1: a ward, or a department's code when `kind` is `C`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub point_of_care: Option<Text>,
    /// PL.2
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub room: Option<Text>,
    /// PL.3
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bed: Option<Text>,
    /// PL.6: `N` ward, `C` department, `D` division.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kind: Option<Text>,
}

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// XAD.5 as sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub postal_code: Option<Text>,
    /// XAD.4, .3, .8, .1, .2 joined, without what another part already says.
    pub text: String,
    /// XAD.7: `H` home, `B` business.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kind: Option<Text>,
}

/// A telephone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    /// XTN.12, else XTN.1, else XTN.6 and .7.
    pub number: Text,
    /// XTN.2: `PRN` home, `EMR` emergency, `WPN` work ...
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub use_code: Option<Text>,
}

impl Place {
    /// Whether the place names a department and not a ward.
    pub fn is_department(&self) -> bool {
        self.kind.as_deref() == Some("C")
    }

    /// Whether a rule about departments looks at it: a department or one of its divisions.
    pub fn may_be_department(&self) -> bool {
        self.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("C") || kind.eq_ignore_ascii_case("D"))
    }

    /// Ward, room and bed with a hyphen between.
    pub fn display(&self) -> String {
        let parts = [&self.point_of_care, &self.room, &self.bed];
        parts.into_iter().flatten().map(Text::as_str).collect::<Vec<_>>().join("-")
    }
}

/// PL or LA2. The location type stands in component 6, at some sites in 5.
fn place(raw: &str, d: Delimiters, findings: &mut Vec<Code>) -> Option<Arc<Place>> {
    let (parts, covered) = parts(raw, d);
    findings.extend((!covered).then_some(Code::FieldNotCovered));
    let mut stray = false;
    let mut part = |n: usize| parts.leaf(0, n).and_then(|s| trimmed(s, d, &mut stray));
    let kind = part(5).or_else(|| part(4).filter(|k| matches!(k.as_str(), "N" | "C" | "D")));
    let place = Place { point_of_care: part(0), room: part(1), bed: part(2), kind };
    (place != Place::default()).then(|| Arc::new(place))
}

/// XAD: all repetitions that say something.
fn addresses(raw: &str, d: Delimiters, findings: &mut Vec<Code>) -> Vec<Address> {
    let (parts, covered) = parts(raw, d);
    findings.extend((!covered).then_some(Code::FieldNotCovered));
    let (mut stray, mut found) = (false, Vec::new());
    for r in 0..parts.repetitions() {
        let mut part = |n: usize| parts.leaf(r, n).and_then(|s| trimmed(s, d, &mut stray));
        let mut text = String::new();
        for piece in [3, 2, 7, 0, 1].into_iter().filter_map(&mut part) {
            if !text.contains(piece.as_str()) {
                text.push_str(&piece);
            }
        }
        let postal_code = part(4);
        if !text.is_empty() || postal_code.is_some() {
            found.push(Address { postal_code, text, kind: part(6) });
        }
    }
    found
}

/// XTN: all repetitions that hold a number.
fn phones(raw: &str, d: Delimiters, findings: &mut Vec<Code>) -> Vec<Phone> {
    let (parts, covered) = parts(raw, d);
    findings.extend((!covered).then_some(Code::FieldNotCovered));
    let (mut stray, mut found) = (false, Vec::new());
    for r in 0..parts.repetitions() {
        let mut part = |n: usize| parts.leaf(r, n).and_then(|s| trimmed(s, d, &mut stray));
        let split = [part(5), part(6)].into_iter().flatten().collect::<Vec<_>>().join("-");
        let number = part(11).or_else(|| part(0)).or((!split.is_empty()).then(|| Text::from(split)));
        if let Some(number) = number {
            found.push(Phone { number, use_code: part(1) });
        }
    }
    found
}

impl Segment<'_> {
    /// PL or LA2.
    pub fn place(&self, field: u16) -> Option<Arc<Place>> {
        let raw = self.first_repetition(self.raw(field), field);
        if raw.is_empty() { None } else { self.cached(raw, field, |cache| &mut cache.places, place) }
    }

    /// PL: what of all repetitions may be a department, for rules: none of them is shown.
    pub(crate) fn department_places(&self, field: u16) -> impl Iterator<Item = Arc<Place>> {
        // Most places are wards: their letters say so before they are taken apart.
        let may_be = |raw: &&str| raw.bytes().any(|b| matches!(b, b'C' | b'c' | b'D' | b'd'));
        let all = self.peek(field).split(self.delimiters().repetition).filter(may_be);
        let read = |raw| self.seen(raw, |cache| &mut cache.places, place).0;
        all.filter_map(read).filter(|place| place.may_be_department())
    }

    /// XAD: all repetitions that say something.
    pub fn addresses(&self, field: u16) -> Vec<Address> {
        let raw = self.raw(field);
        if raw.is_empty() { Vec::new() } else { self.cached(raw, field, |cache| &mut cache.addresses, addresses) }
    }

    /// XTN: all repetitions that hold a number.
    pub fn phones(&self, field: u16) -> Vec<Phone> {
        let raw = self.raw(field);
        if raw.is_empty() { Vec::new() } else { self.cached(raw, field, |cache| &mut cache.phones, phones) }
    }
}
