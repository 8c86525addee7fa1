//! One patient of a storage and of its re-issue: both records made as an import makes them, and what the second lacks.

use crate::baseline::byte_of;
use crate::checks::{Check, Drill};
use crate::compare::{Difference, Fate, compare};
use crate::patient::{Notes, Patient, import_of, reason};
use crate::people::Person;
use crate::report::Example;
use crate::request::Request;
use crate::sums::Sums;
use mykarte::record::report::Reason;
use mykarte::record::{Record, Section};
use mykarte::ssmix2::DataType;
use mykarte::{ImportError, Imported, PatientIndex, Watch, read_indexed};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How a place is told to be in the old storage.
pub(crate) const OLD: &str = "旧";
/// And in the new one.
pub(crate) const NEW: &str = "新";

/// One of the two storages.
pub(crate) struct Side {
    pub storages: Vec<PathBuf>,
    pub index: PatientIndex,
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
    // Of what is not read in the old storage nobody can say that it is lost.
    notes.of_missed(&old.report, OLD);
    notes.of_missed(&new.report, NEW);
    notes.take_paths(&old.report);
    if differences.another_person {
        let example = notes.example(0, "", None);
        notes.add(Check::Drill(Drill::PersonDiffers), "", 1, [example]);
    }
    unreadable(&old.record, &new.record, notes);
    fewer_files(old, new, notes);
    let (lost, other): (Vec<_>, Vec<_>) = differences.all.iter().partition(|of| of.fate == Fate::Lost);
    for difference in lost {
        sums.lost(difference.section, difference.date);
        note(difference, OLD, notes);
    }
    notes.take_paths(&new.report);
    for difference in other {
        if matches!(difference.fate, Fate::Changed(_) | Fate::Renamed) {
            sums.changed(difference.section);
        }
        note(difference, NEW, notes);
    }
    for (section, count) in differences.added.into_iter().filter(|(_, count)| *count > 0) {
        sums.added(section, count);
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

/// Files whose content stands in others are missed by nobody who reads the record.
fn fewer_files(old: &Imported, new: &Imported, notes: &mut Notes<'_>) {
    let now = files_by_kind(new);
    for (kind, before) in files_by_kind(old) {
        let fewer = before.saturating_sub(now.get(kind).copied().unwrap_or(0));
        if fewer > 0 {
            let example = notes.example(0, "", None);
            notes.add(Check::Drill(Drill::FewerFilesOfKind), kind, fewer, [example]);
        }
    }
}

/// Messages that the record is made of, by the folder of their data type.
fn files_by_kind(of: &Imported) -> BTreeMap<&str, u64> {
    let mut kinds = BTreeMap::new();
    for file in of.report.list.iter().filter(|file| file.reason == Reason::Used) {
        let folder = file.path.rsplit('/').nth(1).unwrap_or_default();
        if DataType::ALL.iter().any(|kind| kind.folder() == folder) {
            *kinds.entry(folder).or_default() += 1;
        }
    }
    kinds
}

fn note(difference: &Difference, side: &str, notes: &mut Notes<'_>) {
    let date = difference.date.map(|date| date.to_string()).unwrap_or_default();
    let place = format!("{side} {date}");
    let text = Some(difference.text.as_str()).filter(|text| !text.is_empty());
    let section = difference.section.key();
    let detail = |part: Option<&str>| part.map_or(section.to_owned(), |part| format!("{section}.{part}"));
    let mut add = |check, detail: String| {
        let example = notes.example(difference.file, place.trim_end(), text);
        let told_by = Some(byte_of(&difference.text));
        notes.add(Check::Drill(check), &detail, 1, [Example { told_by, ..example }]);
    };
    match &difference.fate {
        Fate::Lost if is_grave(difference.section) => add(Drill::EntryLost, detail(difference.part)),
        Fate::Lost => add(Drill::MinorEntryLost, detail(difference.part)),
        Fate::Changed(keys) => keys.iter().for_each(|key| {
            let check = if is_treated_by(difference.section, key) { Drill::ValueChanged } else { Drill::EntryChanged };
            add(check, detail(Some(key)));
        }),
        Fate::Lacks(keys) => keys.iter().for_each(|key| add(Drill::FieldLost, detail(Some(key)))),
        Fate::Renamed => add(Drill::EntryRenamed, detail(difference.part)),
        Fate::GoneOn => add(Drill::EntryGoneOn, detail(difference.part)),
    }
}

/// What a doctor reads off and does.
fn is_treated_by(section: Section, key: &str) -> bool {
    match section {
        Section::Basics => matches!(key, "blood_abo" | "blood_rh"),
        Section::Allergies => matches!(key, "allergen" | "severity" | "category" | "status"),
        Section::Prescriptions => matches!(
            key,
            "drug"
                | "dose"
                | "daily_dose"
                | "days"
                | "dispensed"
                | "strength"
                | "usage"
                | "as_needed"
                | "routes"
                | "form"
                | "status"
        ),
        Section::Injections => matches!(
            key,
            "drug" | "amount" | "rate" | "administrations" | "strength" | "routes" | "form" | "usage" | "status"
        ),
        Section::Labs => matches!(key, "item" | "value" | "unit" | "organism" | "specimen" | "sub_id"),
        _ => false,
    }
}

/// What a doctor treats by; a memo is never to be lost.
pub(crate) fn is_grave(section: Section) -> bool {
    !matches!(section, Section::Admissions | Section::Others)
}
