//! Where the name of a secret diagnosis still stands in what is shown: in free text, which no rule reads; and what may
//! speak of something that is kept out, as far as that is only a guess.
//!
//! Nothing is taken out for it: a word may stand there for another reason, and what a doctor wrote is not cut. The
//! hospital is told, entry by entry, and decides.

use crate::fold::fold;
use crate::model::{Entry, Record, Section};
use serde::{Deserialize, Serialize};
use ssmix2::types::Text;
use std::collections::BTreeSet;

/// An entry that names what was kept out, or may speak of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Residue {
    /// Its section.
    pub section: Section,
    /// Its id.
    pub id: Text,
}

/// The entries in which one of these names stands, and those that are `doubtful`, as far as they are shown.
pub fn residue(record: &Record, names: &[String], doubtful: &[(Section, Text)]) -> Vec<Residue> {
    let mut found = named(record, names);
    let doubtful: BTreeSet<(Section, &Text)> = doubtful.iter().map(|(section, id)| (*section, id)).collect();
    let known: BTreeSet<(Section, Text)> = found.iter().map(|left| (left.section, left.id.clone())).collect();
    let shown = record.heads().filter(|head| doubtful.contains(&(head.section, head.id)));
    let shown = shown.map(|head| (head.section, head.id.clone())).filter(|entry| !known.contains(entry));
    found.extend(shown.map(|(section, id)| Residue { section, id }));
    found
}

fn named(record: &Record, names: &[String]) -> Vec<Residue> {
    let mut names: Vec<String> = names.iter().map(|name| fold(name)).filter(|name| is_word(name)).collect();
    names.sort();
    names.dedup();
    let mut found = Vec::new();
    if names.is_empty() {
        return found;
    }
    let mut look = Look { names: &names, found: &mut found };
    look.at(Section::Basics, &record.basics);
    look.at(Section::Allergies, &record.allergies);
    look.at(Section::Diagnoses, &record.diagnoses);
    look.at(Section::Admissions, &record.admissions);
    look.at(Section::Prescriptions, &record.prescriptions);
    look.at(Section::Injections, &record.injections);
    look.at(Section::Labs, &record.labs);
    look.at(Section::Memos, &record.memos);
    look.at(Section::Others, &record.others);
    found
}

/// One letter or digit stands in everything; one kanji may be a disease (痔).
pub(super) fn is_word(name: &str) -> bool {
    let is_kanji = |c: char| matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}');
    name.chars().count() > 1 || name.chars().any(is_kanji)
}

struct Look<'a> {
    names: &'a [String],
    found: &'a mut Vec<Residue>,
}

impl Look<'_> {
    fn at<T: Serialize>(&mut self, section: Section, entries: &[Entry<T>]) {
        for entry in entries {
            let text = fold(&serde_json::to_string(entry).unwrap_or_default());
            if self.names.iter().any(|name| text.contains(name)) {
                self.found.push(Residue { section, id: entry.id.clone() });
            }
        }
    }
}
