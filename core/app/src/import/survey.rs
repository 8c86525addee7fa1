//! Which files there are.

use super::ImportRequest;
use super::nearest::nearest;
use super::older::is_older_diagnosis;
use crate::error::ImportError;
use rayon::prelude::*;
use ssmix2::Code;
use ssmix2::clinical;
use ssmix2::message::File;
use ssmix2::storage::{
    self, Fate, Flag, PatientFolder, Selection, StoredFile, date_folders, find_patients, list_date_folder, select,
};
use ssmix2::types::{FieldCache, Timestamp};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The files of one patient, sorted by path; a file's number is its position + 1.
pub(super) struct Survey {
    pub folders: Vec<PatientFolder>,
    pub files: Vec<StoredFile>,
    pub skipped: Vec<(PathBuf, Code)>,
    pub selection: Selection,
    /// Older versions of diagnoses are to be read, too.
    pub asks_older: bool,
}

pub(super) fn survey(request: &ImportRequest) -> Result<Survey, ImportError> {
    let found = find_patients(&request.storages, Some(&request.patient_id))?;
    if found.folders.is_empty() {
        let everybody = find_patients(&request.storages, None)?;
        if everybody.folders.is_empty() {
            return Err(ImportError::EmptyStorage);
        }
        let ids = everybody.folders.iter().map(|f| f.id.as_str());
        return Err(ImportError::NoSuchPatient { nearest: nearest(&request.patient_id, ids, 5) });
    }
    let facilities: BTreeSet<&String> = found.folders.iter().filter_map(|f| f.facility.as_ref()).collect();
    // Not even the operator's word makes two facility ids one.
    if facilities.len() > 1 {
        return Err(ImportError::SeveralFacilities { facilities: facilities.into_iter().cloned().collect() });
    }
    let mut skipped: Vec<(PathBuf, Code)> = found.symlinks.into_iter().map(|p| (p, Code::Symlink)).collect();
    skipped.extend(found.unreadable.into_iter().map(|p| (p, Code::FolderUnreadable)));
    let (mut files, more) = list(&found.folders);
    skipped.extend(more);
    files.sort_by(|a, b| (a.folder, a.path.as_os_str()).cmp(&(b.folder, b.path.as_os_str())));
    skipped.sort();
    let selection = select(&files);
    let asks_older = request.shaping.profile.has_secrets();
    Ok(Survey { folders: found.folders, files, skipped, selection, asks_older })
}

/// Lists the care-date folders of all patient folders in parallel.
fn list(folders: &[PatientFolder]) -> (Vec<StoredFile>, Vec<(PathBuf, Code)>) {
    let (mut files, mut skipped, mut dates) = (Vec::new(), Vec::new(), Vec::new());
    for (number, folder) in folders.iter().enumerate() {
        let (found, more) = date_folders(folder);
        dates.extend(found.into_iter().map(|date| (number, folder, date)));
        skipped.extend(more);
    }
    let listings: Vec<_> =
        dates.par_iter().map(|(number, folder, date)| list_date_folder(folder, *number, date)).collect();
    for listing in listings {
        files.extend(listing.files);
        skipped.extend(listing.skipped);
    }
    (files, skipped)
}

impl Survey {
    /// The files to open, by position.
    pub fn to_read(&self) -> Vec<usize> {
        let wanted = |i: &usize| {
            let fate = self.selection.fates[*i];
            matches!(fate, Fate::Current | Fate::History)
                || self.asks_older && is_older_diagnosis(&self.files[*i], fate)
        };
        (0..self.files.len()).filter(wanted).collect()
    }
}

/// One line of a list of patients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientLine {
    /// Folder name.
    pub id: String,
    /// Name, from the newest ADT-00 whose PID-3 agrees.
    pub name: Option<String>,
    /// Birth date, from the same.
    pub birth_date: Option<Timestamp>,
    /// Sex, from the same: a code of HL7 table 0001.
    pub sex: Option<String>,
    /// Folders of this patient that could not be listed.
    pub unreadable: usize,
    /// Files with flag 1.
    pub files: usize,
    /// Earliest care-date folder.
    pub first: Option<Timestamp>,
    /// Latest care-date folder.
    pub last: Option<Timestamp>,
}

/// Lists the patients of storages, one at a time, so that memory does not grow.
pub fn list_patients(storages: &[PathBuf], mut each: impl FnMut(PatientLine)) -> Result<usize, ImportError> {
    let found = find_patients(storages, None)?;
    let mut by_id: BTreeMap<String, Vec<PatientFolder>> = BTreeMap::new();
    for folder in found.folders {
        by_id.entry(folder.id.clone()).or_default().push(folder);
    }
    if by_id.is_empty() {
        return Err(ImportError::EmptyStorage);
    }
    let count = by_id.len();
    for (id, folders) in by_id {
        let (files, skipped) = list(&folders);
        let unreadable = skipped.iter().filter(|(_, code)| *code == Code::FolderUnreadable).count();
        each(PatientLine { unreadable, ..line(id, &files) });
    }
    Ok(count)
}

fn line(id: String, files: &[StoredFile]) -> PatientLine {
    let current: Vec<&StoredFile> = files.iter().filter(|f| f.name.flag == Flag::Current).collect();
    let dates: BTreeSet<Timestamp> = current.iter().filter_map(|f| f.name.date()).map(Timestamp::day).collect();
    let basics = current.iter().filter(|f| f.kind.standard() == Some(ssmix2::DataType::Adt00));
    let newest = basics.max_by_key(|f| &f.name.occurred);
    let stamp = newest.and_then(|f| own_stamp(f, &id)).unwrap_or_default();
    PatientLine {
        name: stamp.name.kanji.as_ref().or(stamp.name.kana.as_ref()).map(|t| t.to_string()),
        birth_date: stamp.birth_date,
        sex: stamp.sex.map(|s| s.to_string()),
        unreadable: 0,
        files: current.len(),
        first: dates.first().copied(),
        last: dates.last().copied(),
        id,
    }
}

/// Name, birth date and sex of a file, only if it is this patient's.
fn own_stamp(file: &StoredFile, id: &str) -> Option<clinical::PatientStamp> {
    let bytes = storage::read_file(&file.path).ok()?;
    let cache = RefCell::new(FieldCache::default());
    let decoded = File::decode(&bytes, 0);
    let messages = decoded.messages(0, &cache);
    let message = messages.first()?;
    let own = matches!(clinical::check_id(message, id), clinical::IdCheck::Same | clinical::IdCheck::LeadingZeros);
    own.then(|| clinical::stamp(message))
}
