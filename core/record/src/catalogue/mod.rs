//! The catalogue of fields: what a university can show or hide, and what it is called everywhere.
//!
//! One row a field: its key (`labs.flags`), its name in both languages, a sentence for the staff who decide, where it
//! stands in the JSON of an entry, and how it is taken out of one. Profiles, their schema, `docs/record.md` and the
//! labels on screen are made from these rows; there is no second list.
//!
//! What turns a value's meaning cannot be parted from it (design D9): such a row goes [`Part::With`] another one and
//! is never set by itself. What a section is about is its [`Part::Subject`], there whenever the section is. `id`,
//! `date`, `status`, `marks` and `source` of an entry go with everything and have no row.

mod admissions;
mod allergies;
mod basics;
mod diagnoses;
mod injections;
mod labs;
mod memos;
mod orders;
mod others;
mod prescriptions;
pub mod presence;
pub mod table;

use crate::labels::Language;
use crate::model::{Entry, Section};

pub(crate) use admissions::FIELDS as ADMISSIONS;
pub(crate) use allergies::FIELDS as ALLERGIES;
pub(crate) use basics::FIELDS as BASICS;
pub(crate) use diagnoses::FIELDS as DIAGNOSES;
pub(crate) use injections::FIELDS as INJECTIONS;
pub(crate) use labs::{FIELDS as LABS, GROUP as LAB_GROUP};
pub(crate) use memos::FIELDS as MEMOS;
pub(crate) use others::FIELDS as OTHERS;
pub(crate) use prescriptions::FIELDS as PRESCRIPTIONS;

/// How a field may be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// On or off by itself.
    Own,
    /// What the section is about: on with the section.
    Subject,
    /// On with another field of the section, whose meaning it turns.
    With(&'static str),
}

/// One field of one section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its key within the section: `flags`.
    pub key: &'static str,
    /// Its Japanese name.
    pub ja: &'static str,
    /// Its English name.
    pub en: &'static str,
    /// What a university should know about it, in Japanese.
    pub about: &'static str,
    /// Where it stands in the JSON of an entry, lists left out: `group.specimen`. A longer path of another field is
    /// that field's.
    pub paths: &'static [&'static str],
    /// How it may be set.
    pub part: Part,
}

impl Field {
    /// Its name.
    pub fn name(&self, language: Language) -> &'static str {
        language.pick(self.ja, self.en)
    }
}

/// A field, and how it is taken out of an entry.
pub(crate) struct Row<T: 'static> {
    pub field: Field,
    pub clear: fn(&mut Entry<T>),
}

type Words = (&'static str, &'static str, &'static str);
type Paths = &'static [&'static str];

/// A field of its own: key, names and sentence, paths, how it goes.
const fn own<T>(key: &'static str, words: Words, paths: Paths, clear: fn(&mut Entry<T>)) -> Row<T> {
    Row { field: field(key, words, paths, Part::Own), clear }
}

/// What the section is about.
const fn subject<T>(key: &'static str, words: Words, paths: Paths) -> Row<T> {
    Row { field: field(key, words, paths, Part::Subject), clear: keep }
}

/// A field that goes with another.
const fn with<T>(
    other: &'static str,
    key: &'static str,
    words: Words,
    paths: Paths,
    clear: fn(&mut Entry<T>),
) -> Row<T> {
    Row { field: field(key, words, paths, Part::With(other)), clear }
}

const fn field(key: &'static str, (ja, en, about): Words, paths: Paths, part: Part) -> Field {
    Field { key, ja, en, about, paths, part }
}

/// For what goes with the subject: it stays as long as the entry.
fn keep<T>(_: &mut Entry<T>) {}

/// The fields of a section, in the order of its entries.
pub fn fields(section: Section) -> impl Iterator<Item = &'static Field> {
    fn of<T>(rows: &'static [Row<T>]) -> Box<dyn Iterator<Item = &'static Field>> {
        Box::new(rows.iter().map(|row| &row.field))
    }
    match section {
        Section::Basics => of(BASICS),
        Section::Allergies => of(ALLERGIES),
        Section::Diagnoses => of(DIAGNOSES),
        Section::Admissions => of(ADMISSIONS),
        Section::Prescriptions => of(PRESCRIPTIONS),
        Section::Injections => of(INJECTIONS),
        Section::Labs => of(LABS),
        Section::Memos => of(MEMOS),
        Section::Others => of(OTHERS),
    }
}

/// The field of this key.
pub fn find(section: Section, key: &str) -> Option<&'static Field> {
    fields(section).find(|field| field.key == key)
}

/// The name of a field; its key where the catalogue has none (a defect that a test finds).
pub fn label(section: Section, key: &'static str, language: Language) -> &'static str {
    find(section, key).map_or(key, |field| field.name(language))
}

/// The field that owns a place in the JSON of an entry, `group.specimen.code` for one; lists left out. `None` for what
/// goes with everything.
pub fn owner(section: Section, path: &str) -> Option<&'static Field> {
    let path = plain_path(section, path);
    let matches = |p: &&&str| path.strip_prefix(**p).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let longest = |field: &'static Field| field.paths.iter().filter(matches).map(|p| p.len()).max().map(|n| (n, field));
    fields(section).filter_map(longest).max_by_key(|(length, _)| *length).map(|(_, field)| field)
}

/// Movements of a stay and rows of an allergy have the same fields wherever they stand.
fn plain_path(section: Section, path: &str) -> String {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    match (section, first, rest) {
        (Section::Admissions, "admission" | "discharge" | "transfers", _) => format!("movement.{rest}"),
        (Section::Allergies, "also", rest) => rest.to_string(),
        _ => path.to_string(),
    }
}

/// Of some words the one most like what was written, if any is.
pub fn nearest<'a>(written: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let rated = words.map(|word| (strsim::jaro_winkler(written, word), word));
    rated.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(likeness, _)| *likeness > 0.7).map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_row_is_complete_and_every_owner_exists() {
        for section in Section::ALL {
            let (mut keys, mut paths) = (BTreeSet::new(), BTreeSet::new());
            for field in fields(section) {
                let place = format!("{}.{}", section.key(), field.key);
                assert!(keys.insert(field.key), "{place} stands twice");
                assert!(field.paths.iter().all(|p| paths.insert(*p)), "{place}: a path stands twice");
                assert!(field.about.ends_with('。') && !field.ja.is_empty() && !field.en.is_empty(), "{place}");
                if let Part::With(other) = field.part {
                    let other = find(section, other).expect("an owner");
                    assert!(!matches!(other.part, Part::With(_)), "{place} goes with what goes with another");
                }
            }
            let subjects = fields(section).filter(|f| f.part == Part::Subject).count();
            assert_eq!(subjects, 1, "{}", section.key());
        }
    }

    #[test]
    fn the_longest_path_owns_a_place() {
        let key = |section, path| owner(section, path).map(|f| f.key);
        assert_eq!(key(Section::Injections, "administrations.drugs.amount.unit"), Some("amount"));
        assert_eq!(key(Section::Injections, "administrations.drugs.completion"), Some("administrations"));
        assert_eq!(key(Section::Admissions, "discharge.place.room"), Some("place"));
        assert_eq!(key(Section::Allergies, "also.severity.code"), Some("severity"));
        assert_eq!(key(Section::Labs, "item"), Some("item"));
        assert_eq!(key(Section::Labs, "itemised"), None);
        assert_eq!(key(Section::Labs, "date"), None);
    }

    #[test]
    fn a_slip_finds_its_word() {
        let near = |written| nearest(written, fields(Section::Labs).map(|f| f.key));
        assert_eq!((near("flag"), near("referenceRange"), near("xyz")), (Some("flags"), Some("reference_range"), None));
    }
}
