//! アレルギー情報: the allergen first, severity beside it.

use super::entry::{self, Facts};
use crate::print::dates;
use crate::print::line::{Line, Style};
use crate::print::table::Row;
use mykarte::record::labels::{self, Language};
use mykarte::record::model::Allergy;
use mykarte::record::{Entry, Mark, Section};
use mykarte::ssmix2::clinical::AllergyRow;

/// One allergen.
pub fn row(e: &Entry<Allergy>, language: Language) -> Row {
    let pick = |ja, en| language.pick(ja, en);
    let field = |key| entry::field(Section::Allergies, key, language);
    let a = &e.body.row;
    let cells = vec![
        when(e, language),
        entry::status(e.status, language),
        Line::new().styled(Style::Alert, a.allergen.display()),
        Line::from(severity(a, language)),
        Line::from(a.reactions.join("、")),
        entry::cell(entry::code(&a.category)),
        entry::row_marks(e, language),
    ];
    let mut facts = Facts::default();
    facts
        .add(field("onset"), a.onset.as_ref().map(dates::day))
        .add("", a.onset_text.clone())
        .add(field("sensitivity"), entry::code(&a.sensitivity))
        .add(field("group"), entry::code(&a.group))
        .add(field("clinical_status"), entry::code(&a.clinical_status))
        .add(field("reported_by"), a.reported_by.clone())
        .add("", entry::code(&a.reported_by_relation))
        .add("", a.reported_at.as_ref().map(dates::day))
        .add(field("confirmed_by"), entry::person(&a.confirmed_by))
        .add("", a.confirmed_at_organisation.clone())
        .add("", a.confirmed_at.as_ref().map(dates::day))
        .add(field("action_reason"), a.action_reason.clone())
        .add(field("read_from"), Some(e.body.read_from.join("・")));
    for other in &e.body.also {
        facts.add(pick("別の記載", "also stated"), Some(also(other, language)));
    }
    Row { cells, details: facts.finish(), ..Row::default() }
}

/// Most allergies have no date: that is no defect worth a mark. A bare dash would
/// read as a negative result.
fn when(e: &Entry<Allergy>, language: Language) -> Line {
    match &e.date {
        Some(date) => Line::from(dates::day(date)),
        None => Line::new().styled(Style::Dim, labels::mark(Mark::Undated, language)),
    }
}

/// `重症度 重度`; the severity never leaves its allergen.
pub fn severity(a: &AllergyRow, language: Language) -> String {
    let text = entry::code(&a.severity);
    text.map(|s| format!("{} {s}", entry::field(Section::Allergies, "severity", language))).unwrap_or_default()
}

fn also(other: &AllergyRow, language: Language) -> String {
    let parts = [
        Some(other.allergen.display().to_string()),
        entry::code(&other.category),
        Some(severity(other, language)),
        Some(other.reactions.join("、")),
        other.onset.as_ref().map(dates::day),
        other.onset_text.as_ref().map(ToString::to_string),
    ];
    parts.into_iter().flatten().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
}
