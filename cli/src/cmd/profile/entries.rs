//! The entries of a record in one line each: id, date, and what they are about.

use crate::print::dates;
use mykarte::record::labels::Language;
use mykarte::record::model::{Diagnosis, Injection, Stay};
use mykarte::record::{Entry, Record, Section};
use mykarte::ssmix2::types::Coded;
use std::sync::Arc;

/// One entry.
pub struct Listed {
    pub section: Section,
    pub id: String,
    pub date: String,
    pub title: String,
}

/// All entries, in the order of the record.
pub fn all(record: &Record, language: Language) -> Vec<Listed> {
    let mut all = Vec::new();
    let text = |coded: &Option<Arc<Coded>>| coded.as_ref().map(|c| c.display().to_string()).unwrap_or_default();
    let suspected = |on: bool| if on { language.pick("【疑い】", "[suspected]") } else { "" };
    list(Section::Basics, &record.basics, |e| e.body.name.kanji.as_ref().map(ToString::to_string), &mut all);
    list(Section::Allergies, &record.allergies, |e| Some(e.body.row.allergen.display().to_string()), &mut all);
    let diagnosis = |e: &Entry<Diagnosis>| Some(format!("{}{}", suspected(e.body.sent.suspected), e.body.sent.name));
    list(Section::Diagnoses, &record.diagnoses, diagnosis, &mut all);
    list(Section::Admissions, &record.admissions, |e| Some(stay(&e.body)), &mut all);
    list(Section::Prescriptions, &record.prescriptions, |e| Some(text(&e.body.sent.drug)), &mut all);
    list(Section::Injections, &record.injections, |e| Some(injection(&e.body)), &mut all);
    list(Section::Labs, &record.labs, |e| Some(e.body.item.display().to_string()), &mut all);
    list(Section::Memos, &record.memos, |e| e.body.text.lines().next().map(str::to_string), &mut all);
    list(Section::Others, &record.others, |e| Some(format!("{} {}", e.body.kind_label, e.body.title)), &mut all);
    all
}

fn list<T>(section: Section, entries: &[Entry<T>], title: impl Fn(&Entry<T>) -> Option<String>, all: &mut Vec<Listed>) {
    all.extend(entries.iter().map(|e| Listed {
        section,
        id: e.id.to_string(),
        date: e.date.as_ref().map(dates::day).unwrap_or_default(),
        title: title(e).unwrap_or_default(),
    }));
}

fn stay(stay: &Stay) -> String {
    let to = stay.discharged_at.as_ref().map(dates::day).unwrap_or_default();
    let movement = stay.admission.as_ref().or(stay.discharge.as_ref());
    let department = movement.and_then(|m| m.department.as_ref()).map(|d| d.display()).unwrap_or_default();
    format!("〜 {to} {department}").trim_end().to_string()
}

/// The drugs of the mixture; of an administration alone, what was given.
fn injection(injection: &Injection) -> String {
    let ordered = injection.sent.components.iter().filter_map(|c| c.drug.as_ref());
    let given = injection.administrations.iter().flat_map(|g| &g.sent.drugs).filter_map(|d| d.drug.as_ref());
    let mut names: Vec<&str> = ordered.map(|d| d.display()).collect();
    if names.is_empty() {
        names = given.map(|d| d.display()).collect();
    }
    names.join("、")
}
