//! 病名: never without 疑い where it is suspected.

use super::entry::{self, Facts, tag};
use crate::print::dates;
use crate::print::line::Line;
use crate::print::table::Row;
use mykarte::record::labels::Language;
use mykarte::record::model::Diagnosis;
use mykarte::record::{Entry, Section};

/// One diagnosis.
pub fn row(e: &Entry<Diagnosis>, language: Language) -> Row {
    let pick = |ja, en| language.pick(ja, en);
    let field = |key| entry::field(Section::Diagnoses, key, language);
    let d = &e.body.sent;
    let cells = vec![
        entry::date(e, language),
        Line::from(e.body.end.as_ref().map(|end| format!("〜 {}", dates::day(end))).unwrap_or_default()),
        entry::status(e.status, language),
        name(e, language),
        entry::cell(d.icd10.as_ref().map(|i| i.code.clone())),
        entry::cell(entry::code(&d.department)),
        secrets(e, language).join(entry::row_marks(e, language)),
    ];
    let mut facts = Facts::default();
    facts
        .add(field("outcome"), entry::code(&d.outcome))
        .add("", d.outcome_at.as_ref().map(dates::day))
        .add(pick("開始日の出典", "start from"), e.body.start_from.clone())
        .add(pick("終了日の出典", "end from"), e.body.end_from.clone())
        .add(field("expected_end"), d.expected_end.as_ref().map(dates::day))
        .add(field("timing"), entry::code(&d.timing))
        .add(field("doctor"), entry::person(&d.doctor))
        .add(field("teeth"), entry::codes(&d.teeth))
        .add(field("comments"), Some(d.comments.join("\n")).filter(|c| !c.is_empty()));
    Row { cells, details: facts.finish(), ..Row::default() }
}

/// The name with 【主病名】 and 【疑い】.
pub fn name(e: &Entry<Diagnosis>, language: Language) -> Line {
    let d = &e.body.sent;
    let mut line = Line::new();
    if d.main {
        line = line.join(tag(entry::field(Section::Diagnoses, "main", language)));
    }
    if d.suspected {
        line = line.join(tag(entry::field(Section::Diagnoses, "suspected", language)));
    }
    line.bold(&d.name)
}

/// Confidentiality and what patient and family know: whoever reads this aloud must see it.
fn secrets(e: &Entry<Diagnosis>, language: Language) -> Line {
    let d = &e.body.sent;
    let facts = [
        (entry::field(Section::Diagnoses, "confidentiality", language), entry::code(&d.confidentiality)),
        (language.pick("本人の認識", "patient knows"), entry::code(&d.patient_awareness)),
        (language.pick("家族の認識", "family knows"), d.family_awareness.as_ref().map(ToString::to_string)),
    ];
    let mut line = Line::new();
    for (label, value) in facts {
        if let Some(value) = value {
            line = line.join(tag(&format!("{label}: {value}")));
        }
    }
    line
}
