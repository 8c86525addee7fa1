//! The HL7 v2.5 data types SS-MIX2 uses, as typed accessors of a [`Segment`].
//!
//! A field that holds `^`, `~` or `&` is taken apart by `hl7-parser`, lazily and
//! only there; its parsers stop without a word at a delimiter they do not
//! expect, so each call checks that nothing was left over (design D2). Leaf
//! text is unescaped by [`crate::escape`]. `""` is the explicit null and never
//! text. Codes are trimmed; ST values are not, for their blanks carry meaning.

mod coded;
mod people;
mod place;
mod quantity;
mod time;

pub use coded::{CodeCache, Coded, is_local_system};
pub use people::{Person, PersonName};
pub use place::{Address, Phone, Place};
pub use quantity::Quantity;
pub use time::{Precision, Timestamp};

use crate::diagnostic::Code;
use crate::escape;
use crate::message::{Delimiters, Segment};
use hl7_parser::message::Separators;

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
pub fn fold_id(id: &str) -> String {
    id.trim().chars().map(half_width).filter(|c| !c.is_whitespace()).collect()
}

/// The components of one repetition, each as its list of subcomponents.
pub(crate) type Components<'m> = Vec<Vec<&'m str>>;

/// The parts of one field: repetitions, components, subcomponents.
pub(crate) struct Parts<'m> {
    pub repetitions: Vec<Components<'m>>,
}

/// Takes a field apart. The second value is false when the parser left a rest;
/// then the field is split plainly, so that nothing is lost either way.
pub(crate) fn parts(raw: &str, d: Delimiters) -> (Parts<'_>, bool) {
    if !raw.contains([d.component, d.repetition, d.subcomponent]) {
        return (Parts { repetitions: vec![vec![vec![raw]]] }, true);
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
        Ok(field) if field.raw_value().len() == raw.len() => {
            let leaf = |c: &hl7_parser::message::Component<'_>| c.subcomponents().count();
            let repetitions = field
                .repeats
                .into_iter()
                .map(|r| {
                    r.components
                        .into_iter()
                        .map(|c| {
                            debug_assert!(leaf(&c) > 0);
                            c.subcomponents.into_iter().map(|s| s.value).collect()
                        })
                        .collect()
                })
                .collect();
            (Parts { repetitions }, true)
        }
        _ => (plain_split(raw, d), false),
    }
}

fn plain_split(raw: &str, d: Delimiters) -> Parts<'_> {
    let components = |r| str::split(r, d.component).map(|c| c.split(d.subcomponent).collect()).collect();
    Parts { repetitions: raw.split(d.repetition).map(components).collect() }
}

/// Leaf text: unescaped, `None` when empty or the explicit null.
pub(crate) fn leaf(raw: &str, d: Delimiters, stray: &mut bool) -> Option<String> {
    if raw.is_empty() || raw == EXPLICIT_NULL {
        return None;
    }
    let out = escape::unescape(raw, d.escape, [d.field, d.component, d.subcomponent, d.repetition]);
    *stray |= out.stray;
    Some(out.text.into_owned())
}

/// Leaf text of a code or name: trimmed as well.
pub(crate) fn trimmed(raw: &str, d: Delimiters, stray: &mut bool) -> Option<String> {
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
    pub fn st(&self, field: u16) -> Option<String> {
        self.text_of(self.raw(field), field)
    }

    /// The repetitions of a text field.
    pub fn sts(&self, field: u16) -> Vec<String> {
        let d = self.delimiters();
        self.raw(field).split(d.repetition).filter_map(|r| self.text_of(r, field)).collect()
    }

    fn text_of(&self, raw: &'m str, field: u16) -> Option<String> {
        let mut stray = false;
        let text = leaf(raw, self.delimiters(), &mut stray);
        if stray {
            self.note(Code::StrayBackslash, field);
        }
        text
    }

    /// ID, IS, EI, CX, HD: the first component of the first repetition, trimmed.
    pub fn id_of(&self, field: u16) -> Option<String> {
        self.component(field, 1)
    }

    /// One component of the first repetition, trimmed (1-based).
    pub fn component(&self, field: u16, component: usize) -> Option<String> {
        let raw = self.raw(field);
        let d = self.delimiters();
        let mut stray = false;
        if component == 1 && !raw.contains([d.component, d.repetition, d.subcomponent]) {
            return trimmed(raw, d, &mut stray);
        }
        let parts = self.parts(field);
        let part = parts.repetitions.first()?.get(component - 1)?.first()?;
        trimmed(part, d, &mut stray)
    }

    /// The first components of all repetitions, trimmed.
    pub fn ids_of(&self, field: u16) -> Vec<String> {
        if !self.has(field) {
            return Vec::new();
        }
        let (d, mut stray) = (self.delimiters(), false);
        let parts = self.parts(field);
        parts.repetitions.iter().filter_map(|r| trimmed(r.first()?.first()?, d, &mut stray)).collect()
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
            let joined: Vec<String> = parts.repetitions.iter().map(|r| {
                r.iter().map(|c| c.join("&")).collect::<Vec<_>>().join("^")
            }).collect();
            prop_assert_eq!(joined.join("~"), raw);
        }
    }
}
