//! CWE / CE / CNE: a code with its text, in two systems.

use super::{parts, shared, trimmed};
use crate::diagnostic::Code;
use crate::message::{Delimiters, Segment};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::Arc;

/// A coded value. Both triples are kept, for which slot holds the standard code
/// differs from hospital to hospital. Empty parts are empty strings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Coded {
    /// CWE.1
    pub code: Box<str>,
    /// CWE.2
    pub text: Box<str>,
    /// CWE.3
    pub system: Box<str>,
    /// CWE.4
    pub alt_code: Box<str>,
    /// CWE.5
    pub alt_text: Box<str>,
    /// CWE.6
    pub alt_system: Box<str>,
    /// CWE.7, the version of the first system.
    pub version: Box<str>,
    /// CWE.9
    pub original: Box<str>,
    /// What the code table says, where the message sent no text at all.
    pub label: Box<str>,
}

/// Codes of hospitals begin with `99`; a code without a system is one as well.
pub fn is_local_system(system: &str) -> bool {
    system.is_empty() || system.starts_with("99")
}

impl Coded {
    /// A value that is only a text.
    pub fn of_text(text: &str) -> Coded {
        Coded { text: text.into(), ..Coded::default() }
    }

    /// A value that is only a code.
    pub fn of_code(code: &str) -> Coded {
        Coded { code: code.into(), ..Coded::default() }
    }

    /// The text to show: of the standard triple, else of the local one, else the
    /// original text, else the code table's label, else the code itself.
    pub fn display(&self) -> &str {
        let local_first = is_local_system(&self.system) && !is_local_system(&self.alt_system);
        let (first, second) = if local_first { (&self.alt_text, &self.text) } else { (&self.text, &self.alt_text) };
        [first, second, &self.original, &self.label, &self.code, &self.alt_code]
            .into_iter()
            .find(|t| !t.is_empty())
            .map_or("", |t| t)
    }

    /// Whether the message sent a code.
    pub fn has_code(&self) -> bool {
        !(self.code.is_empty() && self.alt_code.is_empty())
    }

    /// Whether the message sent a text.
    pub fn has_text(&self) -> bool {
        !(self.text.is_empty() && self.alt_text.is_empty() && self.original.is_empty())
    }

    /// The code in the first system that `accept` knows, looking at both triples.
    pub fn code_in(&self, accept: impl Fn(&str) -> bool) -> Option<&str> {
        [(&self.code, &self.system), (&self.alt_code, &self.alt_system)]
            .into_iter()
            .find(|(code, system)| !code.is_empty() && accept(system))
            .map(|(code, _)| code.as_ref())
    }

    /// From the leaf texts CWE.1, CWE.2, ...; `None` when all are empty.
    pub(crate) fn from_leaves<'a>(
        leaves: impl Iterator<Item = &'a str>,
        d: Delimiters,
        stray: &mut bool,
    ) -> Option<Coded> {
        let mut coded = Coded::default();
        for (n, raw) in leaves.enumerate() {
            let Some(text) = trimmed(raw, d, stray) else { continue };
            let slot = match n {
                0 => &mut coded.code,
                1 => &mut coded.text,
                2 => &mut coded.system,
                3 => &mut coded.alt_code,
                4 => &mut coded.alt_text,
                5 => &mut coded.alt_system,
                6 => &mut coded.version,
                8 => &mut coded.original,
                _ => continue,
            };
            *slot = Box::from(text.as_str());
        }
        (coded != Coded::default()).then_some(coded)
    }
}

fn read(raw: &str, d: Delimiters, findings: &mut Vec<Code>) -> Option<Arc<Coded>> {
    let (parts, covered) = parts(raw, d);
    let mut stray = false;
    // A subcomponent mark inside a component belongs to the code (`9A100&IMP`).
    let leaves = (0..parts.components(0)).filter_map(|c| parts.component(0, c));
    let coded = Coded::from_leaves(leaves, d, &mut stray).map(Arc::new);
    findings.extend(stray.then_some(Code::StrayBackslash));
    findings.extend((!covered).then_some(Code::FieldNotCovered));
    coded
}

impl<'m> Segment<'m> {
    /// CWE: the first repetition; a finding names a field that holds more.
    pub fn cwe(&self, field: u16) -> Option<Arc<Coded>> {
        let raw = self.raw(field);
        let first = self.first_repetition(raw, field);
        self.cwe_of(first, field)
    }

    /// CWE: all repetitions.
    pub fn cwes(&self, field: u16) -> Vec<Arc<Coded>> {
        self.raw(field).split(self.delimiters().repetition).filter_map(|r| self.cwe_of(r, field)).collect()
    }

    /// CWE: the first repetition, for rules: it stays a field that is not used.
    pub(crate) fn peek_cwe(&self, field: u16) -> Option<Arc<Coded>> {
        let first = self.peek(field).split(self.delimiters().repetition).next().filter(|raw| !raw.is_empty())?;
        self.seen(first, |cache| &mut cache.codes, read).0
    }

    /// CWE: the repetitions behind the first, for rules: none of them is shown.
    pub(crate) fn further_cwes(&self, field: u16) -> impl Iterator<Item = Arc<Coded>> {
        let further = self.peek(field).split(self.delimiters().repetition).skip(1).filter(|raw| !raw.is_empty());
        further.filter_map(|raw| self.seen(raw, |cache| &mut cache.codes, read).0)
    }

    fn cwe_of(&self, raw: &str, field: u16) -> Option<Arc<Coded>> {
        if raw.is_empty() {
            return None;
        }
        self.cached(raw, field, |cache| &mut cache.codes, read)
    }
}

/// JSON: `display` always, then the parts that add something to it.
impl Serialize for Coded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        shared::serialize(self, serializer, Plain(self))
    }
}

struct Plain<'a>(&'a Coded);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let coded = self.0;
        let display = coded.display();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("display", display)?;
        let text = if *coded.text == *display { "" } else { &coded.text };
        for (key, value) in [
            ("code", &*coded.code),
            ("text", text),
            ("system", &*coded.system),
            ("alt_code", &*coded.alt_code),
            ("alt_text", &*coded.alt_text),
            ("alt_system", &*coded.alt_system),
            ("version", &*coded.version),
            ("original", &*coded.original),
            ("label", &*coded.label),
        ] {
            if !value.is_empty() {
                map.serialize_entry(key, value)?;
            }
        }
        map.end()
    }
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Written {
    display: Box<str>,
    code: Box<str>,
    text: Box<str>,
    system: Box<str>,
    alt_code: Box<str>,
    alt_text: Box<str>,
    alt_system: Box<str>,
    version: Box<str>,
    original: Box<str>,
    label: Box<str>,
}

impl<'de> Deserialize<'de> for Coded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let w = Written::deserialize(deserializer)?;
        let mut coded = Coded {
            code: w.code,
            text: w.text,
            system: w.system,
            alt_code: w.alt_code,
            alt_text: w.alt_text,
            alt_system: w.alt_system,
            version: w.version,
            original: w.original,
            label: w.label,
        };
        // `text` was left out when `display` says the same.
        if coded.text.is_empty() && coded.display() != &*w.display {
            coded.text = w.display;
        }
        Ok(coded)
    }
}
