//! Which files count, whose they are, and the record made of them.

use super::read::{FileRead, Outcome};
use super::survey::Survey;
use super::{ImportRequest, Imported, facility, older, shaping};
use crate::error::ImportError;
use mykarte_record::build::{self, Findings};
use mykarte_record::report::{self, FileReport, ImportReport, KeptOut, Reason};
use mykarte_record::{FileInput, Identity, Role};
use ssmix2::clinical::{IdCheck, Sender};
use ssmix2::message::Unread;
use ssmix2::storage::{Fate, Kind, file_diagnostic};
use ssmix2::{Code, DataType, Diagnostic, Location};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

pub(super) fn gather(request: &ImportRequest, survey: Survey, reads: Vec<FileRead>) -> Result<Imported, ImportError> {
    let read = reads.len() as u32;
    let mut sorted = Sorted::new(&survey);
    let (reads, older) = older::part(request, &survey, reads);
    let inputs = sorted.sort(request, &survey, reads);
    sorted.add_unreadable(&older.unreadable);
    let own = inputs.iter().any(|(f, _)| !f.other_patient || request.accept_other_patient);
    if !own {
        let count = |r: Reason| sorted.reasons.iter().filter(|x| **x == Some(r)).count();
        let (quarantined, unreadable) = (count(Reason::Quarantined), count(Reason::Unreadable));
        return Err(ImportError::NothingUsable { quarantined, unreadable });
    }
    let own_senders = inputs.iter().filter(|(f, _)| !f.other_patient).map(|(f, s)| (f.folder, s));
    let (hospital, other_facilities) = match own_senders.clone().next() {
        Some(_) => facility::resolve(request, &survey.folders, own_senders)?,
        None => facility::resolve(request, &survey.folders, inputs.iter().map(|(f, s)| (f.folder, s)))?,
    };
    check_one_person(request, &inputs)?;
    let patient_id = survey.folders[0].id.clone();
    let identity = Identity { hospital, patient_id, imported_at: request.imported_at };
    let files: Vec<FileInput> = inputs.into_iter().map(|(file, _)| file).collect();
    let withheld_list = request.shaping.withholding.as_ref();
    let rules = request.shaping.profile.rules(withheld_list, &identity.patient_id);
    let (record, findings) = build::build(&identity, files, &older.files, &sorted.unread, &rules);
    sorted.add_findings(&findings);
    let withheld = record.summary.withheld;
    let (mut record, kept_out) = shaping::shape(request, record, &findings)?;
    record.summary.report = Some(shaping::travelling(&record, &sorted.diagnostics, &request.shaping.profile));
    let report = sorted.report(&identity, &survey, read, (withheld, kept_out));
    Ok(Imported { record, report, profile: request.shaping.profile.clone(), other_facilities })
}

/// Two roots whose own patient basics name two persons are not merged.
fn check_one_person(request: &ImportRequest, inputs: &[Input]) -> Result<(), ImportError> {
    fn differs<T: Eq + std::hash::Hash>(values: impl Iterator<Item = Option<T>>) -> bool {
        values.flatten().collect::<HashSet<T>>().len() > 1
    }
    let own = |(f, _): &&Input| !f.other_patient && f.role == Role::Current && f.entries.basics.is_some();
    let stamps = || inputs.iter().filter(own).map(|(f, _)| &f.stamp);
    let field = if differs(stamps().map(|s| s.birth_date.map(|t| t.date()))) {
        "birth_date"
    } else if differs(stamps().map(|s| s.sex.clone())) {
        "sex"
    } else {
        return Ok(());
    };
    if request.accept_other_patient { Ok(()) } else { Err(ImportError::RootsDisagree { field }) }
}

/// Count and first places of an unused field.
type Count = (u32, Vec<Location>);

/// The unused fields by kind and segment.
type UnusedFields = HashMap<(usize, [u8; 3]), FieldCounts, foldhash::fast::RandomState>;

/// By field number: those that HL7 has at their place, what a stray file holds beyond in a map.
#[derive(Default)]
struct FieldCounts {
    usual: Vec<Count>,
    beyond: BTreeMap<u16, Count>,
}

impl FieldCounts {
    const USUAL: u16 = 64;

    fn at(&mut self, field: u16) -> &mut Count {
        if field >= Self::USUAL {
            return self.beyond.entry(field).or_default();
        }
        let at = usize::from(field);
        if self.usual.len() <= at {
            self.usual.resize_with(at + 1, Default::default);
        }
        &mut self.usual[at]
    }

    fn into_iter(self) -> impl Iterator<Item = (u16, Count)> {
        (0..Self::USUAL).zip(self.usual).filter(|(_, (count, _))| *count > 0).chain(self.beyond)
    }
}

/// A file for the builder, with its sender.
type Input = (FileInput, Sender);

/// What became of each file while they are sorted.
struct Sorted {
    reasons: Vec<Option<Reason>>,
    codes: Vec<Vec<Code>>,
    diagnostics: Vec<Diagnostic>,
    unused: UnusedFields,
    kinds: Vec<Kind>,
    unread: Vec<build::Unread>,
}

impl Sorted {
    fn new(survey: &Survey) -> Sorted {
        let reasons = survey.selection.fates.iter().map(|fate| match fate {
            Fate::Deleted => Some(Reason::Deleted),
            Fate::Superseded => Some(Reason::Superseded),
            Fate::Current | Fate::History => None,
        });
        let orphans = survey.selection.history_without_current.iter();
        Sorted {
            reasons: reasons.collect(),
            codes: survey.files.iter().map(|f| f.notes.clone()).collect(),
            diagnostics: orphans.map(|i| file_diagnostic(Code::HistoryWithoutCurrent, *i as u32 + 1)).collect(),
            unused: HashMap::default(),
            kinds: Vec::new(),
            unread: survey
                .skipped
                .iter()
                .filter(|(path, _)| may_be_own(path, &survey.folders[0].id))
                .flat_map(|(path, code)| unread_place(path, *code))
                .collect(),
        }
    }

    /// Sorts the files that were read into used, superseded, quarantined and
    /// unreadable; returns the used ones.
    fn sort(&mut self, request: &ImportRequest, survey: &Survey, reads: Vec<FileRead>) -> Vec<Input> {
        // In the order of the survey, as they were read.
        let mut contents = Vec::with_capacity(reads.len());
        let mut foreign = vec![None; survey.files.len()];
        for read in reads {
            let i = read.index;
            self.diagnostics.extend(&read.diagnostics);
            match read.outcome {
                Outcome::Unreadable(code) => {
                    self.reasons[i] = Some(Reason::Unreadable);
                    self.codes[i].push(code);
                    self.carrier_unread(survey, i);
                }
                Outcome::Message(content) => {
                    let other = matches!(content.id, IdCheck::Differs | IdCheck::Missing);
                    if other {
                        let missing = content.id == IdCheck::Missing;
                        self.codes[i].push(if missing { Code::PatientIdMissing } else { Code::PatientIdDiffers });
                    }
                    if other && !request.accept_other_patient {
                        self.reasons[i] = Some(Reason::Quarantined);
                        self.carrier_unread(survey, i);
                    } else {
                        contents.push((i, content, read.unused));
                        foreign[i] = Some(other);
                    }
                }
            }
        }
        // The patient's own files first: another person's newer file, even one the
        // operator accepted, never displaces them.
        let (mut winners, mut displaced) = survey.selection.winners(&survey.files, |i| foreign[i] == Some(false));
        let accepted = survey.selection.winners(&survey.files, |i| foreign[i] == Some(true));
        winners.extend(accepted.0);
        displaced.extend(accepted.1);
        for i in &displaced {
            self.reasons[*i] = Some(Reason::Superseded);
            self.codes[*i].push(Code::TwoCurrentFiles);
            self.diagnostics.push(file_diagnostic(Code::TwoCurrentFiles, *i as u32 + 1));
        }
        let mut inputs = Vec::with_capacity(contents.len());
        for (i, content, unused) in contents {
            let Some(role) = role(survey, i, winners.contains(&i)) else { continue };
            self.reasons[i] = Some(Reason::Used);
            if content.damaged {
                self.carrier_unread(survey, i);
            }
            let file = &survey.files[i];
            self.add_unused(&file.kind, i as u32 + 1, &unused);
            for entries in content.entries {
                let input = FileInput {
                    file: i as u32 + 1,
                    folder: file.folder,
                    kind: file.kind.clone(),
                    name: file.name.clone(),
                    role,
                    other_patient: foreign[i] == Some(true),
                    stamp: content.stamp.clone(),
                    entries,
                };
                inputs.push((input, content.sender.clone()));
            }
        }
        inputs
    }

    /// Counts unused fields by kind; files come in order, so the first three
    /// places are the examples.
    fn add_unused(&mut self, kind: &Kind, file: u32, unused: &[Unread]) {
        let number = self.kinds.iter().position(|k| k == kind).unwrap_or_else(|| {
            self.kinds.push(kind.clone());
            self.kinds.len() - 1
        });
        for segment in unused {
            let counts = self.unused.entry((number, segment.id)).or_default();
            for field in segment.fields() {
                let (count, places) = counts.at(field);
                *count += 1;
                if places.len() < 3 {
                    places.push(Location { file, segment: segment.segment, field, offset: 0 });
                }
            }
        }
    }

    fn carrier_unread(&mut self, survey: &Survey, i: usize) {
        self.unread.push(build::Unread { kind: survey.files[i].kind.clone() });
    }

    /// Files of which nothing would have been shown: no section lacks them.
    fn add_unreadable(&mut self, files: &[(usize, Code)]) {
        for (i, code) in files {
            self.reasons[*i] = Some(Reason::Unreadable);
            self.codes[*i].push(*code);
            self.diagnostics.push(file_diagnostic(*code, *i as u32 + 1));
        }
    }

    /// What the builder found out only when it saw all files together.
    fn add_findings(&mut self, findings: &Findings) {
        let kinds = [
            (&findings.demographics_differ, Code::DemographicsDiffer),
            (&findings.discharge_without_admission, Code::DischargeWithoutAdmission),
            (&findings.admission_while_open, Code::AdmissionWhileOpen),
            (&findings.blood_type_conflict, Code::BloodTypeConflict),
        ];
        for (files, code) in kinds {
            for file in files {
                self.diagnostics.push(file_diagnostic(code, *file));
                self.codes[*file as usize - 1].push(code);
            }
        }
        for file in &findings.history_without_effect {
            self.reasons[*file as usize - 1] = Some(Reason::Superseded);
        }
    }

    fn report(
        self,
        identity: &Identity,
        survey: &Survey,
        read: u32,
        (withheld, kept_out): (mykarte_record::summary::Withheld, KeptOut),
    ) -> ImportReport {
        let mut list: Vec<FileReport> = Vec::with_capacity(survey.files.len() + survey.skipped.len());
        for (i, file) in survey.files.iter().enumerate() {
            let root = &survey.folders[file.folder].root;
            let reason = self.reasons[i].unwrap_or(Reason::Superseded);
            let codes = self.codes[i].clone();
            list.push(FileReport { number: i as u32 + 1, path: below(root, &file.path), reason, codes });
        }
        let mut diagnostics = self.diagnostics;
        for (path, code) in &survey.skipped {
            let root = survey.folders.iter().map(|f| &f.root).find(|r| path.starts_with(r));
            let path = root.map_or_else(|| path.display().to_string(), |r| below(r, path));
            let unreadable = matches!(code, Code::FolderUnreadable);
            let reason = if unreadable { Reason::Unreadable } else { Reason::Unknown };
            list.push(FileReport { number: 0, path, reason, codes: vec![*code] });
            diagnostics.push(file_diagnostic(*code, 0));
        }
        let mut files: BTreeMap<Reason, u32> = Reason::ALL.map(|r| (r, 0)).into();
        for entry in &list {
            *files.entry(entry.reason).or_default() += 1;
        }
        let kinds = &self.kinds;
        let unused = self.unused.into_iter().flat_map(|((kind, segment), fields)| {
            let name = move |field| (kind_name(&kinds[kind]), String::from_utf8_lossy(&segment).into_owned(), field);
            fields.into_iter().map(move |(field, (count, places))| (name(field), count, places))
        });
        ImportReport {
            format: 1,
            hospital: identity.hospital.clone(),
            patient_id: identity.patient_id.clone(),
            imported_at: identity.imported_at,
            read,
            files,
            list,
            findings: report::findings(diagnostics),
            unused_fields: report::unused_fields(unused),
            withheld,
            kept_out,
        }
    }
}

/// Current, history, or out of the record. A displaced file with flag 1 of
/// allergies or diagnoses (two volumes, each with its own) is read as history,
/// for what it holds may stand nowhere else.
fn role(survey: &Survey, i: usize, winner: bool) -> Option<Role> {
    let kind = survey.files[i].kind.standard();
    match survey.selection.fates[i] {
        Fate::Current if winner => Some(Role::Current),
        Fate::Current if matches!(kind, Some(DataType::Adt61 | DataType::Ppr01)) => Some(Role::History),
        Fate::History => Some(Role::History),
        _ => None,
    }
}

/// Whether a place may hold this patient's data. A prefix folder (three
/// characters) that begins no part of his id is other patients' affair.
fn may_be_own(path: &Path, id: &str) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_prefix_folder = name.len() == 3 && DataType::from_folder(&name).is_none();
    !is_prefix_folder || id.starts_with(&*name) || id.get(3..).is_some_and(|rest| rest.starts_with(&*name))
}

/// The carriers that a skipped place may hide: a file whose flag nobody knows,
/// a folder that cannot be listed (a care date may hide any kind).
fn unread_place(path: &Path, code: Code) -> Vec<build::Unread> {
    let named = |p: &Path| p.file_name().and_then(|n| DataType::from_folder(&n.to_string_lossy())).map(|(t, _)| t);
    let kinds: Vec<DataType> = match code {
        Code::UnknownFlag => path.parent().and_then(named).into_iter().collect(),
        Code::FolderUnreadable => named(path).map_or_else(|| DataType::ALL.to_vec(), |t| vec![t]),
        _ => Vec::new(),
    };
    kinds.into_iter().map(|t| build::Unread { kind: Kind::Standard(t) }).collect()
}

fn kind_name(kind: &Kind) -> String {
    match kind {
        Kind::Standard(t) => t.folder().to_string(),
        Kind::Extended(parts) => parts.iter().find(|p| !p.is_empty()).cloned().unwrap_or_default(),
    }
}

fn below(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stray_field_numbers_take_no_room_and_none_is_lost() {
        let mut counts = FieldCounts::default();
        for field in [3, 63, 64, 65_535, 65_535] {
            counts.at(field).0 += 1;
        }
        assert!(counts.usual.len() <= 64);
        let all: Vec<(u16, u32)> = counts.into_iter().map(|(field, (count, _))| (field, count)).collect();
        assert_eq!(all, [(3, 1), (63, 1), (64, 1), (65_535, 2)]);
    }

    #[test]
    fn only_places_that_may_be_the_patients_own_make_a_section_unreadable() {
        let own = |path: &str| may_be_own(Path::new(path), "9999013");
        assert!(own("/r/999") && own("/r/999/901") && own("/r/volume2"));
        assert!(own("/r/999/901/9999013/20240401") && own("/r/999/901/9999013/20240401/OMD"));
        assert!(!own("/r/123") && !own("/r/999/123"));
        assert_eq!(unread_place(Path::new("/p/20240401/OMP-01"), Code::FolderUnreadable).len(), 1);
        assert_eq!(unread_place(Path::new("/p/20240401"), Code::FolderUnreadable).len(), 26);
        assert_eq!(unread_place(Path::new("/p/20240401/OMP-01/x_7"), Code::UnknownFlag).len(), 1);
    }
}
