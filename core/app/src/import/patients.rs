//! Who is in a storage: an index for whoever imports many patients, a list for whoever looks for one.

use super::nearest::nearest;
use super::survey::list;
use crate::error::ImportError;
use ssmix2::Code;
use ssmix2::clinical;
use ssmix2::message::File;
use ssmix2::storage::{self, Everybody, Flag, Found, Listing, PatientFolder, StoredFile, find_patients};
use ssmix2::types::{FieldCache, Timestamp, fold_id};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

/// Where every patient's folders are. A storage is walked, its paths are never computed from an id, so to find one patient
/// is to pass all: once for an import, and once for all imports of a run with this. It knows the folders of its time; the
/// files in them are listed at each import.
pub struct PatientIndex {
    everybody: Everybody,
    patients: usize,
}

impl PatientIndex {
    /// Walks storages.
    ///
    /// # Errors
    /// [`ImportError::Storage`], where an input itself cannot be used.
    pub fn of(storages: &[PathBuf]) -> Result<PatientIndex, ImportError> {
        let everybody = Everybody::of(storages)?;
        let patients = everybody.folders().map(|folder| fold_id(&folder.id)).collect::<BTreeSet<_>>().len();
        Ok(PatientIndex { everybody, patients })
    }

    /// How many patients.
    pub fn len(&self) -> usize {
        self.patients
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.patients == 0
    }

    /// Their ids as the folders spell them, each person once, in order.
    pub fn ids(&self) -> Vec<&str> {
        let folders = self.everybody.folders().map(|folder| (fold_id(&folder.id), folder.id.as_str()));
        folders.collect::<BTreeMap<_, _>>().into_values().collect()
    }

    /// The folders of one of them, and what could not be looked into.
    ///
    /// # Errors
    /// [`ImportError::Storage`] as a search would.
    pub fn folders_of(&self, patient_id: &str) -> Result<Vec<PatientFolder>, ImportError> {
        Ok(self.everybody.find(patient_id)?.folders)
    }

    /// The files of one of them as an import numbers them, from 1 on, and what lies beside them in his folders: for whoever
    /// gets no record.
    ///
    /// # Errors
    /// As [`Self::folders_of`].
    pub fn files_of(&self, patient_id: &str) -> Result<Listing, ImportError> {
        Ok(list(&self.folders_of(patient_id)?))
    }

    /// What lies beside the patients' folders, once: an import with this index does not name it again.
    pub fn take_beside(&mut self) -> Vec<(PathBuf, Code)> {
        self.everybody.take_beside()
    }

    /// What a search for this patient in these storages would find.
    ///
    /// # Errors
    /// [`ImportError::OtherIndex`], where it is of other storages; [`ImportError::Storage`] as the search would.
    pub(super) fn found(&self, storages: &[PathBuf], patient_id: &str) -> Result<Found, ImportError> {
        if !self.everybody.is_of(storages)? {
            return Err(ImportError::OtherIndex);
        }
        Ok(self.everybody.find(patient_id)?)
    }

    /// Why there is nothing of a patient: the storage is empty, or his number is another.
    pub fn no_such_patient(&self, patient_id: &str) -> ImportError {
        if self.is_empty() {
            return ImportError::EmptyStorage;
        }
        let ids = self.everybody.folders().map(|folder| folder.id.as_str());
        ImportError::NoSuchPatient { nearest: nearest(patient_id, ids, 5) }
    }
}

/// Whose folders they are, and where, is nobody's business in a log.
impl fmt::Debug for PatientIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientIndex").field("patients", &self.len()).finish_non_exhaustive()
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
        let Listing { files, skipped } = list(&folders);
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
