//! Which hospital stands behind what a vault holds: key lists of enrolments, open or ended, those that were stored beside
//! records, and those that are remembered for themselves.

use super::enrol::{self, Held};
use super::error::ReceiveError;
use super::{lists, provenance};
use mykarte_vault::package::{IssueNumber, KeyList, Origin, PackageError, RootPin};
use mykarte_vault::{RecordHead, Vault, VaultError};

/// The list with the highest number of a root key that the vault knows.
pub(super) fn newest_list(vault: &Vault, pin: &RootPin) -> Result<Option<KeyList>, VaultError> {
    let remembered = lists::remembered(vault, pin)?.and_then(|remembered| remembered.list);
    let of_pin = self::lists(vault)?.into_iter().filter(|list| list.pin() == *pin);
    Ok(of_pin.chain(remembered).max_by_key(|list| list.listing().number))
}

/// The lists of enrolments and those beside records.
pub(super) fn lists(vault: &Vault) -> Result<Vec<KeyList>, VaultError> {
    let heads = vault.records()?;
    let enrolled = enrol::held(vault)?.into_iter().filter_map(|held| held.enrolment);
    let stored = heads.iter().filter_map(|head| provenance::stored_list(vault, head.id));
    Ok(enrolled.map(|enrolment| enrolment.list().clone()).chain(stored).collect())
}

/// Whether a record may be replaced by a package of an enrolment; returns the other enrolments that it belonged to, which
/// have had their day then.
///
/// # Errors
/// [`ReceiveError::OthersRecord`] where another root key stands behind it, or nobody can tell; [`PackageError::Older`] where
/// it came, to another enrolment, with a later package.
pub(super) fn may_replace(
    vault: &Vault,
    old: &RecordHead,
    by: &Held,
    origin: &Origin,
) -> Result<Vec<Held>, ReceiveError> {
    let pin = by.enrolment()?.list().pin();
    let stored = provenance::stored_list(vault, old.id).map(|list| list.pin());
    if stored.is_some_and(|stored| stored != pin) {
        return Err(ReceiveError::OthersRecord);
    }
    let held = enrol::held(vault)?.into_iter();
    let others: Vec<Held> = held.filter(|held| held.place != by.place && held.record() == Some(old.id)).collect();
    for other in &others {
        match &other.enrolment {
            Some(other) if other.list().pin() != pin => return Err(ReceiveError::OthersRecord),
            Some(other) => other.last().map_or(Ok(()), |last| check_later(origin, last.number, last.issued_at))?,
            // Its keys are damaged: then the proof beside the record has to tell.
            None if stored.is_none() => return Err(ReceiveError::OthersRecord),
            None => {}
        }
    }
    if let Some(proven) = provenance::stored_proven(vault, old.id).filter(|_| by.record() != Some(old.id)) {
        check_later(origin, proven.origin.number, proven.origin.issued_at)?;
    }
    Ok(others)
}

/// Counters are each enrolment's own; epoch and time are the hospital's.
fn check_later(origin: &Origin, number: IssueNumber, issued_at: u64) -> Result<(), ReceiveError> {
    if (origin.number.epoch, origin.issued_at) < (number.epoch, issued_at) {
        let (offered, held) = ((origin.number, origin.issued_at), (number, issued_at));
        return Err(PackageError::Older { offered, held }.into());
    }
    Ok(())
}
