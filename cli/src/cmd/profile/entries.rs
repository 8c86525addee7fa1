//! The entries of a record in one line each: id, date, and what they are about.

use crate::print::dates;
use mykarte::record::codes::{Codes, Excludable};
use mykarte::record::titles::Titled;
use mykarte::record::{Entry, Record, Section};

/// One entry.
pub struct Listed {
    pub section: Section,
    pub id: String,
    pub date: String,
    /// As the withholding list has to name it.
    pub title: String,
    /// 疑い is no part of a title, and a diagnosis is never seen without it.
    pub suspected: bool,
    /// What the profile could exclude it by.
    pub codes: Codes,
}

/// All entries, in the order of the record.
pub fn all(record: &Record) -> Vec<Listed> {
    let mut all = Vec::new();
    list(Section::Basics, &record.basics, &mut all);
    list(Section::Allergies, &record.allergies, &mut all);
    list(Section::Diagnoses, &record.diagnoses, &mut all);
    let diagnoses = all.iter_mut().filter(|e| e.section == Section::Diagnoses);
    diagnoses.zip(&record.diagnoses).for_each(|(listed, e)| listed.suspected = e.body.sent.suspected);
    list(Section::Admissions, &record.admissions, &mut all);
    list(Section::Prescriptions, &record.prescriptions, &mut all);
    list(Section::Injections, &record.injections, &mut all);
    list(Section::Labs, &record.labs, &mut all);
    list(Section::Memos, &record.memos, &mut all);
    list(Section::Others, &record.others, &mut all);
    all
}

fn list<T: Titled + Excludable>(section: Section, entries: &[Entry<T>], all: &mut Vec<Listed>) {
    all.extend(entries.iter().map(|e| Listed {
        section,
        id: e.id.to_string(),
        date: e.date.as_ref().map(dates::day).unwrap_or_default(),
        title: e.title(),
        suspected: false,
        codes: e.body.codes(),
    }));
}
