//! What the university's profile says to whoever reads the record. Notices come with every page they belong to; an app
//! shows them and has nothing to decide.

use crate::cross::Cross;
use crate::values::RecordSection;
use mykarte::record::labels::{self, Language};
use mykarte::record::profile::{Shape, document::Vital};
use mykarte::record::{Section, Summary};

/// What a notice is about, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum NoticeKind {
    /// A section that a doctor relies on is not provided. Shown first, never closed.
    Warning,
    /// Entries of this section may be missing, or only those of a period are provided.
    Partial,
    /// Fields of this section are not provided: a blank does not mean normal.
    FieldsNotProvided,
    /// What the university says about a section that it does not show.
    Message,
    /// Whom to ask.
    Contact,
}

/// A sentence to be shown.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Notice {
    /// What it is.
    pub kind: NoticeKind,
    /// The section it speaks of; absent where it speaks of the record.
    pub section: Option<RecordSection>,
    /// In Japanese.
    pub ja: String,
    /// In English; what the university wrote stays as it is.
    pub en: String,
}

/// The profile that shaped the record.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ProfileInForce {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// SHA-256 of what it decides, in hexadecimal digits.
    pub sha256: String,
    /// The university.
    pub university: Option<String>,
    /// Whom patients may ask.
    pub contact: Option<String>,
    /// Sections a doctor relies on that are not provided.
    pub missing: Vec<RecordSection>,
    /// Sections of which entries may be missing.
    pub partial: Vec<RecordSection>,
    /// How far back sections go.
    pub periods: Vec<SectionPeriod>,
    /// Fields that are not provided, `labs.flags`: keys of the catalogue (`labels`).
    pub fields_not_provided: Vec<String>,
    /// What the university says about hidden sections.
    pub messages: Vec<SectionMessage>,
}

/// How far back a section goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct SectionPeriod {
    /// The section.
    pub section: RecordSection,
    /// Months before the day the record is as of.
    pub months: u32,
}

/// What the university says about a hidden section.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SectionMessage {
    /// The section.
    pub section: RecordSection,
    /// Its words.
    pub text: String,
}

impl ProfileInForce {
    pub(crate) fn of(shape: &Shape) -> ProfileInForce {
        let message =
            |(section, text): (&Section, &String)| SectionMessage { section: (*section).into(), text: text.clone() };
        ProfileInForce {
            id: shape.id.clone(),
            name: shape.name.clone(),
            version: shape.version,
            sha256: shape.sha256.clone(),
            university: shape.university.clone(),
            contact: shape.contact.clone(),
            missing: shape.missing.iter().map(|vital| vital.section().into()).collect(),
            partial: shape.partial.cross(),
            periods: shape.periods.iter().map(|(s, m)| SectionPeriod { section: (*s).into(), months: *m }).collect(),
            fields_not_provided: shape.not_provided.clone(),
            messages: shape.messages.iter().map(message).collect(),
        }
    }
}

fn notice(kind: NoticeKind, section: Option<Section>, text: impl Fn(Language) -> String) -> Notice {
    Notice { kind, section: section.map(Into::into), ja: text(Language::Ja), en: text(Language::En) }
}

/// For the summary, and for the other pages that speak of all sections. `None`: the summary is damaged, and nobody knows
/// what is missing.
pub(crate) fn of_summary(summary: Option<&Summary>) -> Vec<Notice> {
    let Some(summary) = summary else {
        return vec![notice(NoticeKind::Warning, None, |language| labels::unknown_shape(language).to_string())];
    };
    let Some(shape) = &summary.profile else { return Vec::new() };
    let (ja, en) = (shape.warnings(Language::Ja), shape.warnings(Language::En));
    let warning = |((ja, en), vital): ((String, String), &Vital)| Notice {
        kind: NoticeKind::Warning,
        section: Some(vital.section().into()),
        ja,
        en,
    };
    ja.into_iter().zip(en).zip(&shape.missing).map(warning).collect()
}

/// For a page that shows several sections: the warnings first, then what belongs to each.
pub(crate) fn of_sections(summary: Option<&Summary>, sections: &[Section]) -> Vec<Notice> {
    let mut notices = of_summary(summary);
    for notice in sections.iter().flat_map(|section| of_section(summary, *section)) {
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }
    notices
}

/// For the page of one section.
pub(crate) fn of_section(summary: Option<&Summary>, section: Section) -> Vec<Notice> {
    let mut notices = if Vital::has(section) || summary.is_none() { of_summary(summary) } else { Vec::new() };
    let Some((summary, shape)) = summary.and_then(|s| Some((s, s.profile.as_ref()?))) else { return notices };
    if summary.hides(section) {
        notices.extend(
            shape.messages.get(&section).map(|said| notice(NoticeKind::Message, Some(section), |_| said.clone())),
        );
        notices.extend(shape.contact.iter().map(|said| notice(NoticeKind::Contact, None, |_| said.clone())));
        return notices;
    }
    let fields = |language: Language| {
        let (head, comma) = labels::fields_not_provided(language);
        format!("{head}{}", shape.missing_fields(section, language).join(comma))
    };
    let (ja, en) = (Language::Ja, Language::En);
    let partial = shape.partial_notices(section, ja).into_iter().zip(shape.partial_notices(section, en));
    notices.extend(partial.map(|(ja, en)| Notice { kind: NoticeKind::Partial, section: Some(section.into()), ja, en }));
    if !shape.missing_fields(section, Language::Ja).is_empty() {
        notices.push(notice(NoticeKind::FieldsNotProvided, Some(section), fields));
    }
    notices
}
