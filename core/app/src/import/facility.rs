//! Which facility the files come from (design D7): asked for, never guessed.

use super::ImportRequest;
use crate::error::ImportError;
use mykarte_record::summary::Hospital;
use ssmix2::clinical::Sender;
use ssmix2::storage::PatientFolder;
use std::collections::{BTreeMap, BTreeSet};

/// The operator's word, else the root folder's id, else MSH-4 when all files
/// agree, else ORC-21 when all agree. `senders` come with their folder's number.
/// With it: what root folder and MSH-4 say against the operator's word.
pub(super) fn resolve<'a>(
    request: &ImportRequest,
    folders: &[PatientFolder],
    senders: impl Iterator<Item = (usize, &'a Sender)>,
) -> Result<(Hospital, Vec<String>), ImportError> {
    let mut all = Names::default();
    let mut by_folder: BTreeMap<usize, Names> = BTreeMap::new();
    for (folder, sender) in senders {
        all.add(sender);
        by_folder.entry(folder).or_default().add(sender);
    }
    let (code, sent_name) = (only(&all.codes), only(&all.hospitals));
    let by_root = folders.iter().find_map(|f| f.facility.clone());
    if let Some(given) = &request.hospital {
        let named: BTreeSet<String> = by_root.into_iter().chain(all.codes).filter(|code| *code != given.id).collect();
        let hospital = Hospital { id: given.id.clone(), name: given.name.clone().or(sent_name) };
        return Ok((hospital, named.into_iter().collect()));
    }
    check_folders(&by_folder)?;
    let id = by_root.or(code).or_else(|| sent_name.clone()).ok_or(ImportError::FacilityUnknown)?;
    Ok((Hospital { id, name: sent_name }, Vec::new()))
}

/// What the files of one place call their facility and their hospital.
#[derive(Default)]
struct Names {
    codes: BTreeSet<String>,
    hospitals: BTreeSet<String>,
}

impl Names {
    fn add(&mut self, sender: &Sender) {
        self.codes.extend(sender.facility.as_ref().map(|t| t.to_string()));
        self.hospitals.extend(sender.hospital_name.as_ref().map(|t| t.to_string()));
    }
}

fn only(set: &BTreeSet<String>) -> Option<String> {
    if set.len() == 1 { set.first().cloned() } else { None }
}

/// Roots whose files name different facilities or hospitals never merge.
fn check_folders(by_folder: &BTreeMap<usize, Names>) -> Result<(), ImportError> {
    for of in [|n: &Names| only(&n.hospitals), |n: &Names| only(&n.codes)] {
        let named: BTreeSet<String> = by_folder.values().filter_map(of).collect();
        if named.len() > 1 {
            return Err(ImportError::SeveralFacilities { facilities: named.into_iter().collect() });
        }
    }
    Ok(())
}
