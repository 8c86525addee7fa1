//! The HL7 v2.5 data types SS-MIX2 uses, as typed accessors of a [`Segment`].
//!
//! A field that holds `^`, `~` or `&` is taken apart by `hl7-parser`, lazily and
//! only there; its parsers stop without a word at a delimiter they do not
//! expect, so each call checks that nothing was left over (design D2). Leaf
//! text is unescaped by [`crate::escape`]. `""` is the explicit null and never
//! text. Codes are trimmed; ST values are not, for their blanks carry meaning.

mod cache;
mod coded;
mod people;
mod place;
mod quantity;
pub mod shared;
mod time;

pub use cache::FieldCache;
pub use coded::{Coded, is_local_system};
pub use people::{Person, PersonName};
pub use place::{Address, Phone, Place};
pub use quantity::Quantity;
pub use time::{Precision, Timestamp};

use crate::diagnostic::Code;
use crate::escape;
use crate::message::{Delimiters, Segment};
use hl7_parser::message::Separators;
use std::sync::Arc;

/// `""`: the sender says that there is nothing.
pub const EXPLICIT_NULL: &str = "\"\"";

/// Full-width ASCII (and the ideographic space) as half-width; others unchanged.
pub fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        '\u{2212}' => '-',
        other => other,
    }
}

/// A patient id as it is compared: trimmed, half-width.
pub fn fold_id(id: &str) -> Text {
    if id.bytes().all(|b| b.is_ascii_graphic()) {
        return id.into();
    }
    id.trim().chars().map(half_width).filter(|c| !c.is_whitespace()).collect()
}

/// An id without its leading zeros, as it is compared where two ids differ.
pub fn bare_id(id: &str) -> &str {
    id.trim_start_matches('0')
}

/// Whether two patient ids are equal but for leading zeros.
pub fn is_same_id(a: &str, b: &str) -> bool {
    let (a, b) = (fold_id(a), fold_id(b));
    a == b || !bare_id(&a).is_empty() && bare_id(&a) == bare_id(&b)
}

/// A short text: up to 24 bytes lie in the value itself, so the codes, numbers
/// and flags a record is full of need no allocation each.
pub type Text = compact_str::CompactString;

/// A field taken apart: repetitions, components, subcomponents.
pub(crate) enum Parts<'m> {
    /// No delimiter in it: one leaf.
    Leaf(&'m str),
    /// As `hl7-parser` sees it.
    Parsed(hl7_parser::message::Field<'m>),
    /// Split plainly, where the parser left a rest.
    Plain(&'m str, Delimiters),
}

/// Takes a field apart. The second value is false when the parser left a rest;
/// then the field is split plainly, so that nothing is lost either way.
pub(crate) fn parts(raw: &str, d: Delimiters) -> (Parts<'_>, bool) {
    let is_delimiter = |b: u8| [d.component, d.repetition, d.subcomponent].contains(&char::from(b));
    if !raw.bytes().any(is_delimiter) {
        return (Parts::Leaf(raw), true);
    }
    let separators = Separators {
        field: d.field,
        component: d.component,
        subcomponent: d.subcomponent,
        repetition: d.repetition,
        escape: d.escape,
        lenient_newlines: false,
    };
    match hl7_parser::parser::parse_field_with_separators(raw, separators) {
        Ok(field) if field.raw_value().len() == raw.len() => (Parts::Parsed(field), true),
        _ => (Parts::Plain(raw, d), false),
    }
}

impl<'m> Parts<'m> {
    /// Number of repetitions.
    pub fn repetitions(&self) -> usize {
        match self {
            Parts::Leaf(_) => 1,
            Parts::Parsed(field) => field.repeats.len(),
            Parts::Plain(raw, d) => raw.split(d.repetition).count(),
        }
    }

    /// Number of components of a repetition (0-based).
    pub fn components(&self, repetition: usize) -> usize {
        match self {
            Parts::Leaf(_) => 1,
            Parts::Parsed(field) => field.repeats.get(repetition).map_or(0, |r| r.components.len()),
            Parts::Plain(raw, d) => raw.split(d.repetition).nth(repetition).map_or(0, |r| r.split(d.component).count()),
        }
    }

    /// A component with its subcomponents still joined (0-based).
    pub fn component(&self, repetition: usize, component: usize) -> Option<&'m str> {
        match self {
            Parts::Leaf(raw) => (repetition == 0 && component == 0).then_some(*raw),
            Parts::Parsed(field) => Some(field.repeats.get(repetition)?.components.get(component)?.raw_value()),
            Parts::Plain(raw, d) => raw.split(d.repetition).nth(repetition)?.split(d.component).nth(component),
        }
    }

    /// The subcomponents of a component (0-based).
    pub fn subcomponents(&self, repetition: usize, component: usize) -> Vec<&'m str> {
        match self {
            Parts::Leaf(raw) if repetition == 0 && component == 0 => vec![*raw],
            Parts::Leaf(_) => Vec::new(),
            Parts::Parsed(field) => {
                let found = field.repeats.get(repetition).and_then(|r| r.components.get(component));
                found.map(|c| c.subcomponents.iter().map(|s| s.value).collect()).unwrap_or_default()
            }
            Parts::Plain(_, d) => {
                self.component(repetition, component).map(|c| c.split(d.subcomponent).collect()).unwrap_or_default()
            }
        }
    }

    /// The first subcomponent of a component: the leaf of all types but CQ and RPT.
    pub fn leaf(&self, repetition: usize, component: usize) -> Option<&'m str> {
        match self {
            Parts::Parsed(field) => {
                let found = field.repeats.get(repetition)?.components.get(component)?;
                found.subcomponents.first().map(|s| s.value)
            }
            _ => self.subcomponents(repetition, component).first().copied(),
        }
    }
}

/// The components of a field, trimmed.
fn components(raw: &str, d: Delimiters, findings: &mut Vec<Code>) -> Arc<[Option<Text>]> {
    let (parts, covered) = parts(raw, d);
    let mut stray = false;
    let leaf = |c| parts.leaf(0, c).and_then(|text| trimmed(text, d, &mut stray));
    let found: Arc<[Option<Text>]> = (0..parts.components(0)).map(leaf).collect();
    findings.extend((!covered).then_some(Code::FieldNotCovered));
    findings.extend(stray.then_some(Code::StrayBackslash));
    found
}

/// ASCII letters and digits are never delimiters (see [`Delimiters`]), escapes or
/// blanks: most codes and numbers need no second look.
fn is_plain(raw: &str) -> bool {
    !raw.is_empty() && raw.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Leaf text: unescaped, `None` when empty or the explicit null.
pub(crate) fn leaf(raw: &str, d: Delimiters, stray: &mut bool) -> Option<Text> {
    if raw.is_empty() || raw == EXPLICIT_NULL {
        return None;
    }
    let out = escape::unescape(raw, d.escape, [d.field, d.component, d.subcomponent, d.repetition]);
    *stray |= out.stray;
    Some(Text::from(out.text))
}

/// Leaf text of a code or name: trimmed as well.
pub(crate) fn trimmed(raw: &str, d: Delimiters, stray: &mut bool) -> Option<Text> {
    leaf(raw.trim(), d, stray)
}

impl<'m> Segment<'m> {
    pub(crate) fn delimiters(&self) -> Delimiters {
        self.message.delimiters
    }

    /// The field taken apart, with a finding when a rest was left.
    pub(crate) fn parts(&self, field: u16) -> Parts<'m> {
        let (parts, covered) = parts(self.raw(field), self.delimiters());
        if !covered {
            self.note(Code::FieldNotCovered, field);
        }
        parts
    }

    /// Whether the field is there at all (the explicit null is there).
    pub fn has(&self, field: u16) -> bool {
        !self.raw(field).is_empty()
    }

    /// Whether the field is the explicit null `""`.
    pub fn is_null(&self, field: u16) -> bool {
        self.raw(field) == EXPLICIT_NULL
    }

    /// ST, TX, FT, NM: the whole field as text, blanks kept. Delimiters that the
    /// sender did not escape stay in the text; the repetition mark too.
    pub fn st(&self, field: u16) -> Option<Text> {
        self.text_of(self.raw(field), field)
    }

    /// The repetitions of a text field.
    pub fn sts(&self, field: u16) -> Vec<Text> {
        let d = self.delimiters();
        self.raw(field).split(d.repetition).filter_map(|r| self.text_of(r, field)).collect()
    }

    fn text_of(&self, raw: &'m str, field: u16) -> Option<Text> {
        let mut stray = false;
        let text = leaf(raw, self.delimiters(), &mut stray);
        if stray {
            self.note(Code::StrayBackslash, field);
        }
        text
    }

    /// The first repetition of a field that is not expected to repeat; what is
    /// left out does not vanish in silence.
    pub(crate) fn first_repetition(&self, raw: &'m str, field: u16) -> &'m str {
        let d = self.delimiters();
        let Some(end) = memchr::memchr(d.repetition as u8, raw.as_bytes()) else { return raw };
        let (first, rest) = (&raw[..end], &raw[end + 1..]);
        let empty = [d.repetition, d.component, d.subcomponent, ' '];
        if rest.contains(|c| !empty.contains(&c)) {
            self.note_once(Code::FieldNotCovered, field);
        }
        first
    }

    /// ID, IS, EI, CX, HD: the first component of the first repetition, trimmed.
    pub fn id_of(&self, field: u16) -> Option<Text> {
        self.component(field, 1)
    }

    /// One component of the first repetition, trimmed (1-based).
    pub fn component(&self, field: u16, component: usize) -> Option<Text> {
        let raw = self.raw(field);
        if raw.is_empty() || is_plain(raw) {
            return Some(Text::from(raw)).filter(|_| component == 1 && !raw.is_empty());
        }
        let raw = self.first_repetition(raw, field);
        let d = self.delimiters();
        let mut stray = false;
        if component == 1 && !raw.contains([d.component, d.subcomponent]) {
            return trimmed(raw, d, &mut stray);
        }
        let components = self.cached(raw, field, |cache| &mut cache.components, components);
        components.get(component - 1)?.clone()
    }

    /// The first components of all repetitions, trimmed.
    pub fn ids_of(&self, field: u16) -> Vec<Text> {
        if !self.has(field) {
            return Vec::new();
        }
        let (d, mut stray) = (self.delimiters(), false);
        let parts = self.parts(field);
        (0..parts.repetitions()).filter_map(|r| trimmed(parts.leaf(r, 0)?, d, &mut stray)).collect()
    }

    /// Marks fields as understood and left out on purpose (set ids, positions).
    pub fn skip(&self, fields: &[u16]) {
        for field in fields {
            self.raw(*field);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folding_of_ids() {
        assert_eq!(fold_id(" ００１２Ａ "), "0012A");
        assert_eq!(fold_id("12　3"), "123");
    }

    proptest! {
        /// The parser and the plain split agree: nothing is lost inside a field.
        #[test]
        fn parts_cover_the_field(raw in "[a日\\\\^~& ]{0,30}") {
            let d = Delimiters::default();
            let (parts, covered) = parts(&raw, d);
            prop_assert!(covered);
            let component = |r, c| parts.subcomponents(r, c).join("&");
            let repetition = |r| (0..parts.components(r)).map(|c| component(r, c)).collect::<Vec<_>>().join("^");
            let joined: Vec<String> = (0..parts.repetitions()).map(repetition).collect();
            prop_assert_eq!(joined.join("~"), raw);
        }
    }
}
