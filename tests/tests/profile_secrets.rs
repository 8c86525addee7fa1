//! What a university keeps out of a record stands nowhere in it, nor does anything that was derived from it.
//!
//! Each storage is imported twice under one profile: as it is, and without the files and rows that are kept out. A
//! reader of the record must not be able to tell the two apart: neither by a word, a code, a number nor a date.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

#[path = "profile_secrets/departments.rs"]
mod departments;
#[path = "profile_secrets/diagnoses.rs"]
mod diagnoses;
#[path = "profile_secrets/drugs.rs"]
mod drugs;
#[path = "profile_secrets/laboratory.rs"]
mod laboratory;
#[path = "profile_secrets/list.rs"]
mod list_of_a_doctor;
#[path = "profile_secrets/marks.rs"]
mod marks;
#[path = "profile_secrets/orders.rs"]
mod orders;
#[path = "profile_secrets/organisms.rs"]
mod organisms;
#[path = "profile_secrets/requests.rs"]
mod requests;
#[path = "profile_secrets/same_disease.rs"]
mod same_disease;
#[path = "profile_secrets/withheld.rs"]
mod withheld;

use mykarte::Imported;
use mykarte::record::Section;
use mykarte::record::profile::{Profile, Withholding};
use mykarte::record::titles::Titled;
use mykarte::record::{Entry, Record};
use mykarte_tests::profiles::{assert_alike, plaintext, profile};
use mykarte_tests::storage::{File, imported, sealed};
use serde_json::{Value, json};

/// Everything but what these exclusions name.
fn excluding(exclude: Value) -> Profile {
    profile(|p| p["exclude"] = exclude)
}

/// Imports the storage and compares it with the one that never had what is secret. The full record names every secret,
/// this one none.
fn kept_out(with: &[File], without: &[File], profile: &Profile, secrets: &[&str]) -> Imported {
    let full = plaintext(&imported(with, Profile::full()).record);
    let shaped = imported(with, profile.clone());
    nowhere(&full, &shaped, secrets);
    assert_alike(&sealed(&shaped), &sealed(&imported(without, profile.clone())));
    shaped
}

fn nowhere(full: &str, shaped: &Imported, secrets: &[&str]) {
    let text = plaintext(&shaped.record);
    for secret in secrets {
        assert!(full.contains(secret), "{secret} is not even in the full record");
        assert!(!text.contains(secret), "{secret} is kept out and stands in the record: {}", around(&text, secret));
    }
}

fn around<'a>(text: &'a str, word: &str) -> &'a str {
    let at = text.find(word).unwrap_or(0);
    let begin = text.floor_char_boundary(at.saturating_sub(200));
    &text[begin..text.ceil_char_boundary((at + 100).min(text.len()))]
}

/// The hospital's report of what is kept out: section, rule and how many.
fn reported(shaped: &Imported) -> Vec<(String, String, u32)> {
    let text = |value: Value| value.as_str().unwrap().to_string();
    let rows = shaped.report.kept_out.entries.iter();
    rows.map(|row| (row.section.key().to_string(), text(json!(row.rule)), row.count)).collect()
}

fn rows(expected: &[(&str, &str, u32)]) -> Vec<(String, String, u32)> {
    expected.iter().map(|(section, rule, count)| (section.to_string(), rule.to_string(), *count)).collect()
}

/// A segment with these fields filled.
fn segment(id: &str, fields: &[(usize, &str)]) -> String {
    let last = fields.iter().map(|(n, _)| *n).max().unwrap_or(0);
    let value = |n: usize| fields.iter().find(|(at, _)| *at == n).map_or("", |(_, value)| *value);
    (1..=last).map(|n| format!("|{}", value(n))).fold(id.to_string(), |all, field| all + &field)
}

/// A list that keeps back this entry of the patient.
fn list(section: Section, id: &str, title: &str) -> Withholding {
    let entry = json!({ "section": section, "id": id, "title": title, "reason": "未告知", "approved_by": "主治医" });
    let patients = json!({ mykarte_tests::storage::PATIENT: [entry] });
    Withholding::parse(&json!({ "format": 1, "patients": patients }).to_string()).unwrap()
}

/// What an entry is about, by its id.
fn title(record: &Record, section: Section, id: &str) -> String {
    fn of<T: Titled>(entries: &[Entry<T>], id: &str) -> String {
        entries.iter().find(|e| e.id == id).map(Titled::title).unwrap()
    }
    match section {
        Section::Diagnoses => of(&record.diagnoses, id),
        Section::Admissions => of(&record.admissions, id),
        Section::Prescriptions => of(&record.prescriptions, id),
        Section::Injections => of(&record.injections, id),
        Section::Labs => of(&record.labs, id),
        _ => of(&record.others, id),
    }
}
