//! What is allowed and probably not meant.

use super::{Lines, Problem, What, add};
use crate::catalogue::{self, Part};
use crate::model::Section;
use crate::profile::document::{Acknowledged, Code, Document, Vital};
use crate::tables::{self, Table};
use chrono::NaiveDate;

pub(super) fn check(document: &Document, lines: &Lines, today: Option<NaiveDate>, problems: &mut Vec<Problem>) {
    if !Section::ALL.into_iter().any(|section| shows(document, section)) {
        add(problems, lines, "sections", What::AllHidden);
    }
    if document.university.is_none() {
        add(problems, lines, "university", What::NoUniversity);
    }
    if document.contact.is_none() {
        add(problems, lines, "contact", What::NoContact);
    }
    for key in ["name", "birth_date", "sex"] {
        if !shows_field(document, Section::Basics, key) {
            add(problems, lines, &format!("sections.basics.fields.{key}"), What::IdentityHidden { key });
        }
    }
    sections(document, lines, problems);
    for (i, Acknowledged { item, date, .. }) in document.acknowledged.iter().enumerate() {
        if shows(document, item.section()) {
            add(problems, lines, "acknowledged", What::NeedlessAcknowledgement { item: *item });
        }
        if today.is_some_and(|today| *date > today) {
            add(problems, lines, &format!("acknowledged.{i}.date"), What::FutureDate { item: *item });
        }
    }
    exclusions(document, lines, problems);
    drugs(document, lines, problems);
}

fn shows(document: &Document, section: Section) -> bool {
    document.sections.get(&section).is_some_and(|rule| rule.show)
}

fn shows_field(document: &Document, section: Section, key: &str) -> bool {
    shows(document, section) && document.sections.get(&section).is_some_and(|r| r.fields.get(key) == Some(&true))
}

fn sections(document: &Document, lines: &Lines, problems: &mut Vec<Problem>) {
    for (section, rule) in &document.sections {
        let (section, path) = (*section, format!("sections.{}", section.key()));
        let is_any_on = rule.fields.values().any(|on| *on);
        let has_own = catalogue::fields(section).any(|f| f.part == Part::Own);
        if rule.show && !is_any_on && has_own {
            add(problems, lines, &path, What::SubjectOnly { section });
        }
        if !rule.show && is_any_on {
            add(problems, lines, &format!("{path}.fields"), What::FieldsOfHidden { section });
        }
        if rule.show && rule.message.is_some() {
            add(problems, lines, &format!("{path}.message"), What::MessageOfShown { section });
        }
    }
    if shows_field(document, Section::Admissions, "reasons") && !shows(document, Section::Diagnoses) {
        add(problems, lines, "sections.admissions.fields.reasons", What::ReasonsWithoutDiagnoses);
    }
    for item in [Vital::Prescriptions, Vital::Injections] {
        if !shows(document, item.section()) && shows(document, Section::Others) {
            add(problems, lines, "sections.others.fields.items", What::DrugsInOthers { item });
        }
    }
}

/// Less than a year of drugs is not what a doctor expects a list to be.
const SHORT_MONTHS: u32 = 12;

fn drugs(document: &Document, lines: &Lines, problems: &mut Vec<Problem>) {
    if !document.exclude.drugs.is_empty() {
        add(problems, lines, "exclude.drugs", What::ThinsOutDrugs { key: "exclude.drugs" });
    }
    let shows_drugs = shows(document, Section::Prescriptions) || shows(document, Section::Injections);
    if !document.exclude.departments.is_empty() && shows_drugs {
        add(problems, lines, "exclude.departments", What::ThinsOutDepartments);
    }
    for (section, key) in
        [(Section::Prescriptions, "sections.prescriptions.period"), (Section::Injections, "sections.injections.period")]
    {
        let period = document.sections.get(&section).filter(|rule| rule.show).and_then(|rule| rule.period);
        if period.is_some_and(|period| period.months < SHORT_MONTHS) {
            add(problems, lines, key, What::ThinsOutDrugs { key });
        }
    }
}

fn exclusions(document: &Document, lines: &Lines, problems: &mut Vec<Problem>) {
    use Section::*;
    let exclude = &document.exclude;
    let all = [Diagnoses, Admissions, Prescriptions, Injections, Labs, Others];
    let secret = exclude.confidential_diagnoses || exclude.unaware_diagnoses;
    let groups: [(&'static str, bool, &[Section]); 4] = [
        ("exclude.departments", !exclude.departments.is_empty(), &all),
        ("exclude.drugs", !exclude.drugs.is_empty(), &[Prescriptions, Injections, Others]),
        ("exclude.tests", !exclude.tests.is_empty(), &[Labs, Others]),
        ("exclude.confidential_diagnoses", secret, &[Diagnoses]),
    ];
    for (key, is_set, sections) in groups {
        if is_set && !sections.iter().any(|section| shows(document, *section)) {
            add(problems, lines, key, What::ExclusionOfHidden { key });
        }
    }
    for (i, code) in exclude.departments.iter().enumerate() {
        if tables::label(Table::Department0069, code).is_none() {
            let what = What::UnknownDepartment { code: code.clone() };
            add(problems, lines, &format!("exclude.departments.{i}"), what);
        }
    }
    for (key, codes) in [("exclude.drugs", &exclude.drugs), ("exclude.tests", &exclude.tests)] {
        for (i, code) in codes.iter().enumerate().filter(|(_, code)| never_matches(code)) {
            add(problems, lines, &format!("{key}.{i}"), What::NeverMatches { code: code.code.clone() });
        }
    }
}

/// Codes of these systems have one length: YJ 12 characters, JLAC10 17, HOT 7 to 13 digits.
fn never_matches(code: &Code) -> bool {
    let length = code.code.chars().count();
    let has_space = code.code.contains(char::is_whitespace);
    has_space
        || match code.system.as_deref() {
            Some("YJ") => length != 12,
            Some("JC10" | "JLAC10") => length != 17,
            Some("HOT" | "HOT7" | "HOT9" | "HOT13") => !matches!(length, 7 | 9 | 11 | 13),
            _ => false,
        }
}
