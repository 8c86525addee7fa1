//! Entries of many files -> one record.
//!
//! One file a section. The files come in any order and are sorted first, so
//! the record never depends on directory order or on the number of threads.

mod admissions;
mod allergies;
mod answers;
mod basics;
mod context;
mod diagnoses;
mod diseases;
mod gaps;
mod injections;
mod keep_out;
mod labels;
mod labs;
mod memos;
mod numbers;
mod orders;
mod organisms;
mod others;
mod prescriptions;
pub mod rules;
mod secrets;
mod states;
#[cfg(test)]
mod tests;

use crate::model::{Entry, Mark, Record, Section, Status};
use crate::summary::{Counts, Hospital, Summary, Withheld};
pub(crate) use allergies::forget_equal_rows;
pub(crate) use basics::blood_types_differ;
use compact_str::format_compact;
use context::Context;
pub use gaps::close_gaps;
use rules::{Excluded, Rules};
use smallvec::smallvec;
use ssmix2::DataType;
use ssmix2::clinical::{Entries, PatientStamp};
use ssmix2::storage::{FileName, Kind};
use ssmix2::types::{Text, Timestamp};
use std::cmp::Reverse;
use std::collections::HashSet;

/// Whose record it is.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The facility.
    pub hospital: Hospital,
    /// The folder's patient id.
    pub patient_id: String,
    /// When the import ran.
    pub imported_at: Timestamp,
}

/// What a file contributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The current version.
    Current,
    /// An older version that may hold what the current one lacks.
    History,
}

/// One message that was read and accepted.
#[derive(Debug, Clone)]
pub struct FileInput {
    /// Number in the import's list; sorts like the path.
    pub file: u32,
    /// Which patient folder it lies in (volumes).
    pub folder: usize,
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: FileName,
    /// Current or history.
    pub role: Role,
    /// Accepted although PID-3 named another patient or none.
    pub other_patient: bool,
    /// The patient as this message names him.
    pub stamp: PatientStamp,
    /// What it says, after [`prepare`].
    pub entries: Entries,
}

/// A carrier that gave nothing, or not everything, to the record.
#[derive(Debug, Clone)]
pub struct Unread {
    /// What it would have been.
    pub kind: Kind,
}

/// What the builder found out about files, for the report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Files whose birth date or sex contradict the patient basics.
    pub demographics_differ: Vec<u32>,
    /// Files with a discharge that closes no admission.
    pub discharge_without_admission: Vec<u32>,
    /// Files with an admission while another stay was open.
    pub admission_while_open: Vec<u32>,
    /// Files with blood types that contradict each other.
    pub blood_type_conflict: Vec<u32>,
    /// History files that added nothing, and repeats of one event.
    pub history_without_effect: Vec<u32>,
    /// What the rules kept out.
    pub excluded: Vec<Excluded>,
    /// Names of diagnoses that are secret, to look for in free text.
    pub secret_names: Vec<String>,
    /// Shown entries that may speak of what is kept out: only a guess, for the hospital to look at.
    pub doubtful: Vec<(Section, Text)>,
    /// Entries of the withholding list beside which others of their file are about the same.
    pub ambiguous: Vec<(Section, String)>,
}

/// What one file decides alone, for the entries of each file that [`build`] is to
/// take: labels, and which rows replace which. Done where files are read, on all cores.
pub fn prepare(entries: &mut Entries) {
    labels::fill(entries);
    labs::mark_replaced(&mut entries.labs);
}

/// Builds the record without what the rules keep out. `older`: versions that are read only for what makes a diagnosis
/// secret. `unread` are the carriers that were quarantined, unreadable or partly undecodable.
pub fn build(
    identity: &Identity,
    mut files: Vec<FileInput>,
    older: &[FileInput],
    unread: &[Unread],
    rules: &Rules,
) -> (Record, Findings) {
    files.sort_by_key(|f| (f.role, f.file));
    let mut context = Context::new(identity, rules, &files);
    context.touch_files(&files);
    context.note_requests(&files);
    let mut basics = basics::build(&mut context, &files);
    let allergies = allergies::build(&mut context, &files);
    let diagnoses = diagnoses::build(&mut context, &files, older);
    let (admissions, loose) = admissions::build(&mut context, &files, &diagnoses);
    let labs = labs::build(&mut context, &mut files);
    basics::add_blood_types(&mut context, &mut basics, &labs);
    let prescriptions = prescriptions::build(&mut context, &mut files);
    let injections = injections::build(&mut context, &mut files);
    let others = others::build(&mut context, &mut files, &loose, &labs);
    let memos = memos::build(&mut context, &mut files);
    context.findings.history_without_effect = context.history_without_effect(&files);
    let ids_repeat = context.file_ids_repeat(&files);
    let Context { mut findings, withheld, answered_orders, retracted, excluded, secret_names, .. } = context;
    let excluded_files = &context.excluded_files - &context.open_files;
    (findings.excluded, findings.secret_names) = (excluded, secret_names);
    let mut record = Record {
        summary: summary(identity, &basics, withheld),
        basics,
        allergies,
        diagnoses,
        admissions,
        prescriptions,
        injections,
        labs,
        memos,
        others,
        answered_orders,
        retracted,
        spans: Default::default(),
    };
    states::fill(&mut record, &files, unread, &excluded_files);
    finish(&mut record, ids_repeat);
    record.summary.other_patient_files = files.iter().filter(|f| f.other_patient).count() as u32;
    (record, findings)
}

/// Ids without repeats, and what follows from the sections. An entry of one file has its file's id and a number; only
/// merged entries and files of one key can repeat an id.
fn finish(record: &mut Record, ids_repeat: bool) {
    make_ids_unique(&mut record.basics);
    make_ids_unique(&mut record.allergies);
    make_ids_unique(&mut record.diagnoses);
    make_ids_unique(&mut record.admissions);
    if ids_repeat {
        make_ids_unique(&mut record.prescriptions);
        make_ids_unique(&mut record.injections);
        make_ids_unique(&mut record.labs);
        make_ids_unique(&mut record.memos);
        make_ids_unique(&mut record.others);
    }
    record.count_all();
    record.follow_spans();
    record.follow_death();
}

fn make_ids_unique<T>(entries: &mut [Entry<T>]) {
    let mut seen = HashSet::with_capacity_and_hasher(entries.len(), foldhash::fast::RandomState::default());
    if entries.iter().all(|e| seen.insert(e.id.as_str())) {
        return;
    }
    let mut taken: HashSet<Text> = HashSet::new();
    for entry in entries {
        let plain = entry.id.clone();
        let mut n = 1;
        while !taken.insert(entry.id.clone()) {
            n += 1;
            entry.id = format_compact!("{plain}~{n}");
        }
    }
}

/// An entry of one file.
fn entry<T>(
    context: &Context<'_>,
    file: &FileInput,
    number: usize,
    date: Option<Timestamp>,
    status: Status,
    body: T,
) -> Entry<T> {
    let mut marks = context.marks(file);
    let date = date.or_else(|| file.name.date().map(Timestamp::day));
    if date.is_none() {
        marks.push(Mark::Undated);
    }
    Entry { id: context.file_id(file, number), date, status, marks, source: smallvec![file.file], body }
}

/// Newest first; what has no date last; of one date in the order of the files, the
/// current ones before the old. Entries that [`take`] took often leave nothing to move.
fn sort_newest_first<T>(entries: &mut [Entry<T>]) {
    let is_old = |e: &Entry<T>| e.marks.iter().any(|m| matches!(m, Mark::OnlyInOldVersion | Mark::OldVersion));
    let key = |e: &Entry<T>| (Reverse(e.date.map(|d| d.at)), is_old(e), e.source.first().copied());
    if !entries.is_sorted_by_key(key) {
        entries.sort_by_cached_key(key);
    }
}

/// Takes the entries of one section out of the files that have any: with each
/// its file's place, the newest care date first.
fn take<T>(files: &mut [FileInput], list: fn(&mut Entries) -> &mut Vec<T>) -> Vec<(usize, Vec<T>)> {
    let rows = files.iter_mut().map(|file| std::mem::take(list(&mut file.entries)));
    let mut taken: Vec<(usize, Vec<T>)> = rows.enumerate().filter(|(_, rows)| !rows.is_empty()).collect();
    taken.sort_by(|(a, _), (b, _)| files[*b].name.care_date.cmp(&files[*a].name.care_date));
    taken
}

/// Files of one standard kind.
fn of_kind(files: &[FileInput], kind: DataType) -> impl Iterator<Item = &FileInput> {
    files.iter().filter(move |f| f.kind.standard() == Some(kind))
}

/// What the summary says beside what follows from the sections.
fn summary(identity: &Identity, basics: &[Entry<ssmix2::clinical::Basics>], withheld: Withheld) -> Summary {
    let who = basics.first().map(|b| &b.body);
    Summary {
        patient_id: identity.patient_id.clone(),
        name: who.and_then(|b| b.name.kanji.as_ref().or(b.name.kana.as_ref())).map(|t| t.to_string()),
        name_kana: who.and_then(|b| b.name.kana.as_ref()).map(|t| t.to_string()),
        birth_date: who.and_then(|b| b.birth_date),
        sex: who.and_then(|b| b.sex.as_ref()).map(|t| t.to_string()),
        hospital: identity.hospital.clone(),
        as_of: None,
        imported_at: identity.imported_at,
        first_care_date: None,
        last_care_date: None,
        counts: Counts::default(),
        withheld,
        other_patient_files: 0,
        died: false,
        sections: Default::default(),
        profile: None,
        report: None,
    }
}

/// 発生日時 of a file name as a time.
fn occurred(digits: &str) -> Option<Timestamp> {
    let at = chrono::NaiveDateTime::parse_from_str(digits.get(..14)?, "%Y%m%d%H%M%S").ok()?;
    Some(Timestamp { at, precision: ssmix2::types::Precision::Second })
}
