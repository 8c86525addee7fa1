//! Words for what the hospital did not send, in both languages, out of the core's one table.

use crate::cross::crossing_enum;
use crate::error::MyKarteError;
use crate::guard::guarded;
use crate::values::{Absence, Mark, RecordSection, Status, Timestamp};
use mykarte::record::{Section, catalogue, labels as core, tables};
use std::collections::HashMap;
use std::hash::Hash;

crossing_enum! {
    /// The language of a screen.
    Language = core::Language {
        /// Japanese
        Ja,
        /// English
        En,
    }
}

/// A field of the catalogue, as profiles, notices and snippets name it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FieldLabel {
    /// Its section.
    pub section: RecordSection,
    /// `labs.flags`
    pub key: String,
    /// Its name.
    pub name: String,
}

/// Every fixed word of one language: ask once, look up often.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Labels {
    /// Names of sections.
    pub sections: HashMap<RecordSection, String>,
    /// Words for statuses.
    pub statuses: HashMap<Status, String>,
    /// Words for marks.
    pub marks: HashMap<Mark, String>,
    /// Names of fields, in the order of the catalogue.
    pub fields: Vec<FieldLabel>,
}

/// The words of a language.
#[uniffi::export]
pub fn labels(language: Language) -> Result<Labels, MyKarteError> {
    guarded(|| {
        let language = language.into();
        let field = |section: Section| {
            catalogue::fields(section).map(move |field| FieldLabel {
                section: section.into(),
                key: format!("{}.{}", section.key(), field.key),
                name: field.name(language).to_string(),
            })
        };
        Ok(Labels {
            sections: words(RecordSection::ALL, |section| core::section(section.into(), language)),
            statuses: words(Status::ALL, |status| core::status(status.into(), language)),
            marks: words(Mark::ALL, |mark| core::mark(mark.into(), language)),
            fields: Section::ALL.into_iter().flat_map(field).collect(),
        })
    })
}

fn words<T: Copy + Eq + Hash>(all: &[T], word: impl Fn(T) -> &'static str) -> HashMap<T, String> {
    all.iter().map(|one| (*one, word(*one).to_string())).collect()
}

/// The sentence for one of the four kinds of nothing. For allergies 登録なし says that it does not mean that there is none.
#[uniffi::export]
pub fn absence_text(absence: Absence, section: RecordSection, language: Language) -> Result<String, MyKarteError> {
    guarded(|| Ok(core::nothing(absence.into(), section.into(), language.into())))
}

/// What a code of a table is called, where the hospital sent no text: `codeLabel("HL70001", "M", …)` is 男性. `null` for
/// a table or code that is not known. Tables are named as their standard names them; `docs/record.md` says which field
/// is of which.
#[uniffi::export]
pub fn code_label(table: String, code: String, language: Language) -> Result<Option<String>, MyKarteError> {
    guarded(|| {
        let Some(table) = tables::Table::ALL.iter().find(|known| known.name() == table) else { return Ok(None) };
        let (ja, en) = (tables::label(*table, &code), tables::label_en(*table, &code));
        Ok(if language == Language::Ja { ja } else { en.or(ja) }.map(str::to_string))
    })
}

/// A time as it is written, cut off where it was not sent: `2023-05`, `2023-05-17T09:30`.
#[uniffi::export]
pub fn timestamp_text(time: Timestamp) -> Result<String, MyKarteError> {
    let invalid = || MyKarteError::InvalidArgument { argument: "time".into() };
    guarded(|| Ok(time.to_core().ok_or_else(invalid)?.to_string()))
}
