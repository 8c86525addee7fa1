//! PL, LA2, XAD, XTN: wards, addresses and telephones.

use super::{Segment, trimmed};
use serde::{Deserialize, Serialize};

/// Where a patient is: ward, room and bed, or a department.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// PL.1: a ward, or a department's code when `kind` is `C`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub point_of_care: Option<String>,
    /// PL.2
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub room: Option<String>,
    /// PL.3
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bed: Option<String>,
    /// PL.6: `N` ward, `C` department, `D` division.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kind: Option<String>,
}

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// XAD.5 as sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub postal_code: Option<String>,
    /// XAD.4, .3, .8, .1, .2 joined, without what another part already says.
    pub text: String,
    /// XAD.7: `H` home, `B` business.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kind: Option<String>,
}

/// A telephone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    /// XTN.12, else XTN.1, else XTN.6 and .7.
    pub number: String,
    /// XTN.2: `PRN` home, `EMR` emergency, `WPN` work ...
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub use_code: Option<String>,
}

impl Place {
    /// Whether the place names a department and not a ward.
    pub fn is_department(&self) -> bool {
        self.kind.as_deref() == Some("C")
    }

    /// Ward, room and bed with a hyphen between.
    pub fn display(&self) -> String {
        let parts = [&self.point_of_care, &self.room, &self.bed];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("-")
    }
}

impl Segment<'_> {
    /// PL or LA2. The location type stands in component 6, at some sites in 5.
    pub fn place(&self, field: u16) -> Option<Place> {
        if !self.has(field) {
            return None;
        }
        let (d, mut stray) = (self.delimiters(), false);
        let parts = self.parts(field);
        let components = parts.repetitions.first()?;
        let mut part = |n: usize| components.get(n).and_then(|c| c.first()).and_then(|s| trimmed(s, d, &mut stray));
        let kind = part(5).or_else(|| part(4).filter(|k| matches!(k.as_str(), "N" | "C" | "D")));
        let place = Place { point_of_care: part(0), room: part(1), bed: part(2), kind };
        (place != Place::default()).then_some(place)
    }

    /// XAD: all repetitions that say something.
    pub fn addresses(&self, field: u16) -> Vec<Address> {
        if !self.has(field) {
            return Vec::new();
        }
        let (d, mut stray) = (self.delimiters(), false);
        let mut found = Vec::new();
        for components in &self.parts(field).repetitions {
            let mut part = |n: usize| components.get(n).and_then(|c| c.first()).and_then(|s| trimmed(s, d, &mut stray));
            let mut text = String::new();
            for piece in [3, 2, 7, 0, 1].into_iter().filter_map(&mut part) {
                if !text.contains(&piece) {
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
    pub fn phones(&self, field: u16) -> Vec<Phone> {
        if !self.has(field) {
            return Vec::new();
        }
        let (d, mut stray) = (self.delimiters(), false);
        let mut found = Vec::new();
        for components in &self.parts(field).repetitions {
            let mut part = |n: usize| components.get(n).and_then(|c| c.first()).and_then(|s| trimmed(s, d, &mut stray));
            let split = [part(5), part(6)].into_iter().flatten().collect::<Vec<_>>().join("-");
            let number = part(11).or_else(|| part(0)).or((!split.is_empty()).then_some(split));
            if let Some(number) = number {
                found.push(Phone { number, use_code: part(1) });
            }
        }
        found
    }
}
