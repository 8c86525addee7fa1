//! 入退院情報: from when to when, where, why, and how it ended.

use super::entry::{self, Facts, tag};
use crate::print::dates;
use crate::print::line::Line;
use crate::print::table::Row;
use mykarte::record::labels::Language;
use mykarte::record::model::Stay;
use mykarte::record::{Entry, Section};
use mykarte::ssmix2::clinical::Movement;

/// One stay.
pub fn row(e: &Entry<Stay>, language: Language) -> Row {
    let pick = |ja, en| language.pick(ja, en);
    let field = |key| entry::field(Section::Admissions, key, language);
    let stay = &e.body;
    let any = stay.admission.as_ref().or(stay.discharge.as_ref());
    let mut marks = entry::row_marks(e, language);
    if stay.died {
        marks = tag(pick("死亡退院", "died")).join(marks);
    }
    let cells = vec![
        Line::from(period(stay, language)),
        entry::status(e.status, language),
        Line::new().bold(any.and_then(|m| entry::code(&m.department)).unwrap_or_default()),
        entry::cell(any.and_then(|m| m.place.as_ref()).map(|p| p.display())),
        entry::cell(any.and_then(|m| entry::person(&m.attending_doctor))),
        marks,
    ];
    let mut facts = Facts::default();
    facts
        .add(field("reasons"), reasons(stay, language))
        .add(field("disposition"), stay.discharge.as_ref().and_then(|d| entry::code(&d.disposition)))
        .add(pick("入院時医師", "admitting doctor"), any.and_then(|m| entry::person(&m.admitting_doctor)))
        .add(pick("入院事由", "event reason"), any.and_then(|m| entry::code(&m.event_reason)));
    let mut details = facts.finish();
    details.extend(stay.transfers.iter().map(|t| Line::from(transfer(t, language))));
    Row { cells, details, ..Row::default() }
}

fn period(stay: &Stay, language: Language) -> String {
    let unknown = language.pick("不明", "unknown");
    let from = stay.admitted_at.as_ref().map_or(unknown.to_string(), dates::day);
    let to = stay.discharged_at.as_ref().map(dates::day).unwrap_or_default();
    format!("{from} 〜 {to}")
}

/// A suspected diagnosis carries its 疑い here as well.
fn reasons(stay: &Stay, language: Language) -> Option<String> {
    let suspected = language.pick("【疑い】", "[suspected]");
    let one = |r: &mykarte::record::model::AdmissionReason| {
        // The name may say 疑い itself.
        let said = !r.suspected || r.name.contains("疑い");
        format!("{}{}", if said { "" } else { suspected }, r.name)
    };
    let texts: Vec<String> = stay.reasons.iter().map(one).collect();
    (!texts.is_empty()).then(|| texts.join("、"))
}

fn transfer(t: &Movement, language: Language) -> String {
    let from = t.previous_place.as_ref().map(|p| p.display()).unwrap_or_default();
    let to = t.place.as_ref().map(|p| p.display()).unwrap_or_default();
    let at = t.at.as_ref().map(dates::time).unwrap_or_default();
    let department = entry::code(&t.department).unwrap_or_default();
    let moved = language.pick("転科・転棟", "transfer");
    format!("{moved} {at}  {from} → {to}  {department}").trim_end().to_string()
}
