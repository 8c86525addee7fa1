//! Which facility the files come from (design D7): asked for, never guessed.

use super::ImportRequest;
use crate::error::ImportError;
use mykarte_record::summary::Hospital;
use ssmix2::clinical::Sender;
use ssmix2::storage::PatientFolder;
use std::collections::BTreeSet;

/// The operator's word, else the root folder's id, else MSH-4 when all files
/// agree, else ORC-21 when all agree.
pub(super) fn resolve<'a>(
    request: &ImportRequest,
    folders: &[PatientFolder],
    senders: impl Iterator<Item = &'a Sender>,
) -> Result<Hospital, ImportError> {
    let (mut codes, mut names) = (BTreeSet::new(), BTreeSet::new());
    for sender in senders {
        codes.extend(sender.facility.as_ref().map(|t| t.to_string()));
        names.extend(sender.hospital_name.as_ref().map(|t| t.to_string()));
    }
    let only = |set: BTreeSet<String>| if set.len() == 1 { set.into_iter().next() } else { None };
    let (code, sent_name) = (only(codes), only(names));
    if let Some(given) = &request.hospital {
        return Ok(Hospital { id: given.id.clone(), name: given.name.clone().or(sent_name) });
    }
    let by_folder = folders.iter().find_map(|f| f.facility.clone());
    let id = by_folder.or(code).or_else(|| sent_name.clone()).ok_or(ImportError::FacilityUnknown)?;
    Ok(Hospital { id, name: sent_name })
}
