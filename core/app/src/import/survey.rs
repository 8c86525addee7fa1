//! Which files there are.

use super::ImportRequest;
use super::older::is_older_diagnosis;
use super::patients::PatientIndex;
use crate::error::ImportError;
use rayon::prelude::*;
use ssmix2::Code;
use ssmix2::storage::{
    Fate, Listing, PatientFolder, Selection, StoredFile, date_folders, find_patients, list_date_folder, select,
};
use std::collections::BTreeSet;
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

/// Lists a patient's files; `index` spares the search for his folders.
pub(super) fn survey(request: &ImportRequest, index: Option<&PatientIndex>) -> Result<Survey, ImportError> {
    let id = &request.patient_id;
    let found = match index {
        Some(index) => index.found(&request.storages, id)?,
        None => find_patients(&request.storages, Some(id))?,
    };
    if found.folders.is_empty() {
        return Err(match index {
            Some(index) => index.no_such_patient(id),
            None => PatientIndex::of(&request.storages)?.no_such_patient(id),
        });
    }
    let facilities: BTreeSet<&String> = found.folders.iter().filter_map(|f| f.facility.as_ref()).collect();
    // Not even the operator's word makes two facility ids one.
    if facilities.len() > 1 {
        return Err(ImportError::SeveralFacilities { facilities: facilities.into_iter().cloned().collect() });
    }
    let mut skipped: Vec<(PathBuf, Code)> = found.symlinks.into_iter().map(|p| (p, Code::Symlink)).collect();
    skipped.extend(found.unreadable.into_iter().map(|p| (p, Code::FolderUnreadable)));
    let Listing { files, skipped: more } = list(&found.folders);
    skipped.extend(more);
    skipped.sort();
    let selection = select(&files);
    let asks_older = request.shaping.profile.has_secrets();
    Ok(Survey { folders: found.folders, files, skipped, selection, asks_older })
}

/// Lists the care-date folders of all patient folders in parallel; a file's number is its position + 1.
pub(super) fn list(folders: &[PatientFolder]) -> Listing {
    let (mut all, mut dates) = (Listing::default(), Vec::new());
    for (number, folder) in folders.iter().enumerate() {
        let (found, more) = date_folders(folder);
        dates.extend(found.into_iter().map(|date| (number, folder, date)));
        all.skipped.extend(more);
    }
    let listings: Vec<_> =
        dates.par_iter().map(|(number, folder, date)| list_date_folder(folder, *number, date)).collect();
    for listing in listings {
        all.files.extend(listing.files);
        all.skipped.extend(listing.skipped);
    }
    all.files.sort_by(|a, b| (a.folder, a.path.as_os_str()).cmp(&(b.folder, b.path.as_os_str())));
    all
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
