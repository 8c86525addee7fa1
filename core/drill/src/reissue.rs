//! One patient of a storage and of its re-issue: both records made as an import makes them, and what the second lacks.

use crate::checks::{Check, Drill};
use crate::compare::{Difference, Fate, compare};
use crate::patient::{Notes, Patient, import_of, reason};
use crate::people::Person;
use crate::report::{Extent, KindMonths, Reissue, SectionReissue};
use crate::request::Request;
use mykarte::record::labels::{self, Language};
use mykarte::record::profile::Profile;
use mykarte::record::{Record, Section};
use mykarte::ssmix2::types::Timestamp;
use mykarte::{ImportError, Imported, PatientIndex, Watch, read_indexed};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A period counts as lost with so many entries; fewer are named one by one.
const PERIOD: u64 = 5;

/// One of the two storages.
pub(crate) struct Side {
    pub storages: Vec<PathBuf>,
    pub index: PatientIndex,
}

/// Entries by month, `2026-11`; empty without one.
type Months = BTreeMap<String, u64>;

/// A section of one patient or of all.
#[derive(Debug, Default)]
struct Held {
    old: Months,
    new: Months,
    lost: Months,
    changed: u64,
    added: u64,
}

/// What both storages hold.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    patients: [u32; 2],
    sections: BTreeMap<Section, Held>,
}

impl Side {
    /// Walks a storage.
    pub fn of(storages: &[PathBuf]) -> Result<Side, ImportError> {
        let index = PatientIndex::of(storages)?;
        match index.is_empty() {
            true => Err(ImportError::EmptyStorage),
            false => Ok(Side { storages: storages.to_vec(), index }),
        }
    }

    /// The patient's record; none where there is no folder.
    fn read(&self, id: Option<&str>, request: &Request, watch: &Watch<'_>) -> Result<Made, ImportError> {
        let Some(id) = id else { return Ok(Made::Absent) };
        match read_indexed(&import_of(id, &self.storages, request), &self.index, watch) {
            Ok(imported) => Ok(Made::Record(Box::new(imported))),
            Err(error @ (ImportError::Cancelled | ImportError::NoThreads | ImportError::Storage(_))) => Err(error),
            Err(error) => Ok(Made::Nothing(reason(&error))),
        }
    }
}

/// What an import makes.
enum Made {
    Record(Box<Imported>),
    /// Why there is none.
    Nothing(&'static str),
    Absent,
}

/// Looks at one patient of both.
///
/// # Errors
/// [`ImportError::Cancelled`], and what is not of this patient alone: a storage that went away, no threads.
pub(crate) fn look_at_both(
    person: &Person<'_>,
    request: &Request,
    (old, new): (&Side, &Side),
    watch: &Watch<'_>,
) -> Result<Patient, ImportError> {
    let (old, new) = (old.read(person.id_in(0), request, watch)?, new.read(person.id_in(1), request, watch)?);
    let (mut notes, mut sums) = (Notes::new(person.id(), request.show_text), Sums::default());
    let whole = |notes: &mut Notes<'_>, check, detail| {
        let example = notes.example(0, "", None);
        notes.add(Check::Drill(check), detail, 1, [example]);
    };
    if person.is_padded() {
        let padded = notes.example(0, &format!("新 {}", person.id_in(1).unwrap_or_default()), None);
        notes.add(Check::Drill(Drill::IdPadded), "", 1, [padded]);
    }
    match (&old, &new) {
        (Made::Nothing(reason), _) => whole(&mut notes, Drill::NotComparable, reason),
        (Made::Record(_), Made::Nothing(reason)) => whole(&mut notes, Drill::PatientNotReadable, reason),
        (Made::Record(_), Made::Absent) => whole(&mut notes, Drill::PatientLost, ""),
        (Made::Absent, _) => whole(&mut notes, Drill::PatientOnlyInNew, ""),
        (Made::Record(old), Made::Record(new)) => both(old, new, &mut notes, &mut sums),
    }
    let mut patient = Patient::default();
    for (at, made) in [old, new].iter().enumerate() {
        if let Made::Record(imported) = made {
            sums.count(at, &imported.record);
            patient.files += imported.report.list.len() as u64;
            patient.read += u64::from(imported.report.read);
        }
    }
    Ok(Patient { found: notes.found, reissue: Some(sums), ..patient })
}

fn both(old: &Imported, new: &Imported, notes: &mut Notes<'_>, sums: &mut Sums) {
    let differences = compare(&old.record, &new.record);
    notes.take_paths(&old.report);
    if differences.another_person {
        let example = notes.example(0, "", None);
        notes.add(Check::Drill(Drill::PersonDiffers), "", 1, [example]);
    }
    unreadable(&old.record, &new.record, notes);
    let (lost, other): (Vec<_>, Vec<_>) = differences.all.iter().partition(|of| of.fate == Fate::Lost);
    for difference in lost {
        *sums.of(difference.section).lost.entry(month(difference.date)).or_default() += 1;
        note(difference, "旧", notes);
    }
    notes.take_paths(&new.report);
    for difference in other {
        sums.of(difference.section).changed += u64::from(difference.fate != Fate::GoneOn);
        note(difference, "新", notes);
    }
    for (section, count) in differences.added.into_iter().filter(|(_, count)| *count > 0) {
        sums.of(section).added += count;
        notes.add(Check::Drill(Drill::OnlyInNew), section.key(), count, []);
    }
}

/// What cannot be read of the old storage nobody can miss in the new one.
fn unreadable(old: &Record, new: &Record, notes: &mut Notes<'_>) {
    let files = |record: &Record, section| record.summary.sections.get(&section).map_or(0, |of| of.carriers_unreadable);
    for section in Section::ALL {
        let (before, now) = (files(old, section), files(new, section));
        let check = match (before, now) {
            _ if now > before => Drill::SectionUnreadable,
            (1.., _) => Drill::NotComparable,
            _ => continue,
        };
        let example = notes.example(0, section.key(), None);
        notes.add(Check::Drill(check), section.key(), 1, [example]);
    }
}

fn note(difference: &Difference, side: &str, notes: &mut Notes<'_>) {
    let date = difference.date.map(|date| date.to_string()).unwrap_or_default();
    let place = format!("{side} {date}");
    let text = Some(difference.text.as_str()).filter(|text| !text.is_empty());
    let section = difference.section.key();
    let detail = |part: Option<&str>| part.map_or(section.to_owned(), |part| format!("{section}.{part}"));
    let mut add = |check, detail: String| {
        let example = notes.example(difference.file, place.trim_end(), text);
        notes.add(Check::Drill(check), &detail, 1, [example]);
    };
    match &difference.fate {
        Fate::Lost if is_grave(difference.section) => add(Drill::EntryLost, detail(difference.part)),
        Fate::Lost => add(Drill::MinorEntryLost, detail(difference.part)),
        Fate::Changed(keys) => keys.iter().for_each(|key| {
            let check = if is_treated_by(difference.section, key) { Drill::ValueChanged } else { Drill::EntryChanged };
            add(check, detail(Some(key)));
        }),
        Fate::Renamed => add(Drill::EntryRenamed, detail(difference.part)),
        Fate::GoneOn => add(Drill::EntryGoneOn, detail(difference.part)),
    }
}

/// What a doctor reads off and does.
fn is_treated_by(section: Section, key: &str) -> bool {
    match section {
        Section::Basics => matches!(key, "blood_abo" | "blood_rh"),
        Section::Allergies => matches!(key, "severity"),
        Section::Prescriptions => matches!(key, "dose" | "daily_dose" | "days" | "dispensed" | "strength"),
        Section::Injections => matches!(key, "amount" | "rate" | "administrations"),
        Section::Labs => matches!(key, "value" | "unit"),
        _ => false,
    }
}

/// What a doctor treats by; a memo is never to be lost.
fn is_grave(section: Section) -> bool {
    !matches!(section, Section::Admissions | Section::Others)
}

fn month(date: Option<Timestamp>) -> String {
    date.map(|date| date.at.format("%Y-%m").to_string()).unwrap_or_default()
}

impl Sums {
    fn of(&mut self, section: Section) -> &mut Held {
        self.sections.entry(section).or_default()
    }

    /// Counts what a record holds: 0 the old one, 1 the new one.
    fn count(&mut self, side: usize, record: &Record) {
        self.patients[side] += 1;
        for section in Section::ALL {
            self.of(section);
        }
        for head in record.heads() {
            let held = self.of(head.section);
            let months = if side == 0 { &mut held.old } else { &mut held.new };
            *months.entry(month(head.date)).or_default() += 1;
        }
    }

    /// Counts another patient in.
    pub fn add(&mut self, patient: Sums) {
        let sum = |all: &mut Months, one: Months| {
            one.into_iter().for_each(|(month, count)| *all.entry(month).or_default() += count);
        };
        for (all, one) in self.patients.iter_mut().zip(patient.patients) {
            *all += one;
        }
        for (section, held) in patient.sections {
            let all = self.of(section);
            sum(&mut all.old, held.old);
            sum(&mut all.new, held.new);
            sum(&mut all.lost, held.lost);
            all.changed += held.changed;
            all.added += held.added;
        }
    }

    /// Months of which the old storage has something and the new one nothing at all: section and months, and entries.
    pub fn lost_periods(&self) -> Vec<(String, u64)> {
        let mut periods = Vec::new();
        for (section, held) in self.sections.iter().filter(|(section, _)| is_dated(**section)) {
            let mut run: Vec<(&String, u64)> = Vec::new();
            let all: std::collections::BTreeSet<&String> = held.old.keys().chain(held.new.keys()).collect();
            for month in all.into_iter().filter(|month| !month.is_empty()).map(Some).chain([None]) {
                let lost = month.filter(|month| !held.new.contains_key(*month)).map(|month| (month, held.old[month]));
                match lost {
                    Some(lost) => run.push(lost),
                    None => periods.extend(period(*section, &std::mem::take(&mut run))),
                }
            }
        }
        periods
    }

    /// As the report says it.
    pub fn report(self, profile: &Profile) -> Reissue {
        let shown = self.sections.into_iter().filter(|(section, _)| profile.shows(*section));
        let sections = shown.map(|(section, held)| held.report(section)).collect();
        Reissue { old_patients: self.patients[0], new_patients: self.patients[1], sections }
    }
}

/// Sections whose entries come month after month.
fn is_dated(section: Section) -> bool {
    is_grave(section) && !matches!(section, Section::Basics | Section::Allergies)
}

fn period(section: Section, run: &[(&String, u64)]) -> Option<(String, u64)> {
    let (first, last) = (run.first()?.0, run.last()?.0);
    let entries: u64 = run.iter().map(|(_, count)| count).sum();
    let months = if first == last { first.clone() } else { format!("{first}〜{last}") };
    (entries >= PERIOD).then(|| (format!("{} {months}", section.key()), entries))
}

impl Held {
    fn report(self, section: Section) -> SectionReissue {
        let months = |of: &Months| {
            of.iter().filter(|(month, _)| !month.is_empty()).map(|(m, n)| (m.clone(), *n as u32)).collect()
        };
        SectionReissue {
            section,
            old: extent(&self.old),
            new: extent(&self.new),
            changed: self.changed,
            added: self.added,
            lost: KindMonths {
                kind: section.key().to_owned(),
                name: labels::section(section, Language::Ja).to_owned(),
                months: months(&self.lost),
                undated: self.lost.get("").map_or(0, |count| *count as u32),
            },
        }
    }
}

fn extent(months: &Months) -> Extent {
    let mut dated = months.keys().filter(|month| !month.is_empty());
    let first = dated.next().cloned();
    Extent { entries: months.values().sum(), last: dated.next_back().cloned().or_else(|| first.clone()), first }
}
