//! Which hospital stands behind what a vault holds: key lists of enrolments, open or ended, and those that were stored
//! beside records.

use super::enrol::{self, Held};
use super::error::ReceiveError;
use super::provenance;
use mykarte_vault::package::{Enrolment, IssueNumber, KeyList, Order, Origin, PackageError, RootPin};
use mykarte_vault::{RecordHead, RecordId, Vault};

/// The list with the highest number of a root key that the vault knows.
pub(super) fn newest_list(vault: &Vault, pin: &RootPin) -> Result<Option<KeyList>, ReceiveError> {
    let enrolled = enrol::held(vault)?.into_iter().filter_map(|held| held.enrolment);
    let lists = enrolled.map(|enrolment| enrolment.list().clone()).filter(|list| list.pin() == *pin);
    Ok(lists.max_by_key(|list| list.listing().number))
}

/// Whether a record may be replaced by a package of an enrolment; returns the other enrolments that it belonged to, which
/// have had their day then.
///
/// # Errors
/// [`ReceiveError::OthersRecord`] where another root key stands behind it, or nobody can tell; [`PackageError::Older`] where
/// another enrolment received it from a later package.
pub(super) fn may_replace(
    vault: &Vault,
    old: &RecordHead,
    by: &Held,
    (order, origin): (Order, &Origin),
) -> Result<Vec<RecordId>, ReceiveError> {
    let new = by.enrolment()?;
    let pin = new.list().pin();
    let stored = provenance::stored_list(vault, old.id).map(|list| list.pin());
    if stored.is_some_and(|stored| stored != pin) {
        return Err(ReceiveError::OthersRecord);
    }
    let held = enrol::held(vault)?.into_iter();
    let others: Vec<Held> = held.filter(|held| held.place != by.place && held.record() == Some(old.id)).collect();
    for other in &others {
        match &other.enrolment {
            Some(other) if other.list().pin() != pin => return Err(ReceiveError::OthersRecord),
            Some(other) => check_later(other, order, origin)?,
            // Its keys are damaged: then the proof beside the record has to tell.
            None if stored.is_none() => return Err(ReceiveError::OthersRecord),
            None => {}
        }
    }
    Ok(others.into_iter().map(|other| other.place).collect())
}

/// Counters are each enrolment's own; epoch and time are the hospital's.
fn check_later(other: &Enrolment, order: Order, origin: &Origin) -> Result<(), ReceiveError> {
    let Some(last) = other.last().filter(|_| order != Order::Same) else { return Ok(()) };
    let stands = |number: IssueNumber, issued_at: u64| (number.epoch, issued_at);
    if stands(origin.number, origin.issued_at) < stands(last.number, last.issued_at) {
        let (offered, held) = ((origin.number, origin.issued_at), (last.number, last.issued_at));
        return Err(PackageError::Older { offered, held }.into());
    }
    Ok(())
}
