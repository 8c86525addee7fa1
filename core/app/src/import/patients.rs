//! Who is in a storage: an index for whoever imports many patients, a list for whoever looks for one.

use super::nearest::nearest;
use super::survey::list;
use crate::error::ImportError;
use ssmix2::Code;
use ssmix2::clinical;
use ssmix2::message::File;
use ssmix2::storage::{self, Flag, Found, PatientFolder, StoredFile, find_patients, is_in_folder_of_another};
use ssmix2::types::{FieldCache, Timestamp, fold_id};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

/// Where every patient's folders are. A storage is walked, its paths are never computed from an id, so to find one patient
/// is to pass all: once for an import, and once for all imports of a run with this. It knows the folders of its time; the
/// files in them are listed at each import.
#[derive(Debug)]
pub struct PatientIndex {
    found: Found,
    /// Positions in `found.folders`, by folded id.
    by_id: HashMap<String, Vec<usize>>,
}

impl PatientIndex {
    /// Walks storages.
    ///
    /// # Errors
    /// [`ImportError::Storage`], where an input itself cannot be used.
    pub fn of(storages: &[PathBuf]) -> Result<PatientIndex, ImportError> {
        let found = find_patients(storages, None)?;
        let mut by_id: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, folder) in found.folders.iter().enumerate() {
            by_id.entry(fold_id(&folder.id).to_string()).or_default().push(at);
        }
        Ok(PatientIndex { found, by_id })
    }

    /// How many patients.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether it has folders of a patient.
    pub(super) fn holds(&self, patient_id: &str) -> bool {
        self.by_id.contains_key(fold_id(patient_id).as_str())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// What a search for this patient would have found: nothing of what is the matter in other patients' folders.
    pub(super) fn found(&self, patient_id: &str) -> Found {
        let id = fold_id(patient_id);
        let own =
            |paths: &[PathBuf]| paths.iter().filter(|path| !is_in_folder_of_another(path, &id)).cloned().collect();
        let at = self.by_id.get(id.as_str()).map(Vec::as_slice).unwrap_or_default();
        Found {
            folders: at.iter().map(|at| self.found.folders[*at].clone()).collect(),
            symlinks: own(&self.found.symlinks),
            unreadable: own(&self.found.unreadable),
        }
    }

    /// Why there is nothing of a patient.
    pub(super) fn no_such_patient(&self, patient_id: &str) -> ImportError {
        if self.is_empty() {
            return ImportError::EmptyStorage;
        }
        let ids = self.found.folders.iter().map(|folder| folder.id.as_str());
        ImportError::NoSuchPatient { nearest: nearest(patient_id, ids, 5) }
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
