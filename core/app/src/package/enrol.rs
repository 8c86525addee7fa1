//! Enrolments of a vault: at which hospitals its owner receives records, and with which keys.
//!
//! An enrolment is a record of the vault like any other, with its keys in the catalogue: sealed, versioned, deleted keys
//! first, and committed in one transaction with the record that it received.

use super::error::ReceiveError;
use super::{lists, trust};
use crate::archive::Archive;
use crate::download::link::Link;
use crate::label::{EnrolmentLabel, Label, Quarantined};
use mykarte_vault::package::{Enrolment, EnrolmentId, KeyList, PackageError, SignedOffer};
use mykarte_vault::{Ready, RecordHead, RecordId, Vault, VaultError};
use zeroize::Zeroizing;

/// What an app shows of an enrolment.
#[derive(Debug, Clone)]
pub struct EnrolmentInfo {
    /// Its name in packages.
    pub id: EnrolmentId,
    /// The facility id and name that its hospital's key list states; `None` where its keys are damaged.
    pub facility: Option<(String, String)>,
    /// The record that it received, once it has.
    pub record: Option<RecordId>,
    /// Number and issue time (Unix seconds) of the package received last.
    pub last: Option<(mykarte_vault::package::IssueNumber, u64)>,
    /// The key to give to the hospital.
    pub offer: Option<SignedOffer>,
    /// The key list's number.
    pub list_number: Option<u64>,
    /// Packages that were set aside because they name another person, oldest first; the last twenty.
    pub quarantined: Vec<Quarantined>,
}

/// An enrolment as the vault holds it.
pub(crate) struct Held {
    /// Its place in the vault.
    pub place: RecordId,
    pub label: EnrolmentLabel,
    pub enrolment: Option<Enrolment>,
}

impl Held {
    fn of(head: &RecordHead) -> Option<Held> {
        let label = EnrolmentLabel::read(&head.label)?;
        let enrolment = head.catalogue.as_ref().ok().and_then(|bytes| Enrolment::decode(bytes));
        Some(Held { place: head.id, label, enrolment })
    }

    pub fn enrolment(&self) -> Result<&Enrolment, ReceiveError> {
        self.enrolment.as_ref().ok_or(ReceiveError::EnrolmentDamaged)
    }

    /// The generation that ends it: without its keys, and damaged if it was. Without a record that it could tell the hospital
    /// of nothing is left but what its publisher has to hear.
    pub fn ended(&self, vault: &Vault) -> Result<Ready, ReceiveError> {
        let has_record = self.record().is_some() && !self.lost_record(vault);
        let ended = self.enrolment.as_ref().filter(|_| has_record).map(Enrolment::ended).transpose()?;
        let label = self.label.ended(self.enrolment.as_ref());
        Ok(Ready {
            draft: vault.begin(Some(self.place))?,
            label: Zeroizing::new(label.write()),
            catalogue: ended.map(|enrolment| enrolment.encode()).unwrap_or_default(),
            chunks: Vec::new(),
        })
    }

    pub fn record(&self) -> Option<RecordId> {
        RecordId::parse(self.label.record.as_deref()?)
    }

    /// Whether the record that it received was deleted.
    pub fn lost_record(&self, vault: &Vault) -> bool {
        self.record().is_some_and(|record| vault.generation(record).is_err())
    }
}

/// The enrolments of a vault, also those that were ended.
pub(crate) fn held(vault: &Vault) -> Result<Vec<Held>, VaultError> {
    Ok(vault.records()?.iter().filter_map(Held::of).collect())
}

/// The enrolment of this name that packages may come for.
pub(crate) fn find(vault: &Vault, id: EnrolmentId) -> Result<Held, ReceiveError> {
    let name = id.to_string();
    let is_meant = |held: &Held| held.label.enrolment == name && !held.label.ended;
    held(vault)?.into_iter().find(is_meant).ok_or(ReceiveError::NotEnrolled)
}

/// A new generation of an enrolment, to be committed; a first one without a place.
pub(crate) fn ready(
    vault: &Vault,
    place: Option<RecordId>,
    label: &EnrolmentLabel,
    enrolment: &Enrolment,
) -> Result<Ready, ReceiveError> {
    Ok(Ready {
        draft: vault.begin(place)?,
        label: Zeroizing::new(label.write()),
        catalogue: enrolment.encode(),
        chunks: Vec::new(),
    })
}

impl Archive {
    /// Begins an enrolment at the hospital of a key list, which was held against the root key that the patient was given;
    /// where the vault knows a newer list of that root key, with that one. Durable when it returns; the offer goes to the
    /// hospital.
    ///
    /// # Errors
    /// [`ReceiveError::Package`] when the list contradicts the one that is known; those of a write.
    pub fn enrol(&mut self, list: KeyList) -> Result<SignedOffer, ReceiveError> {
        self.enrol_with(list, |_| None)
    }

    /// The same, with what is known of the publisher in the same transaction.
    pub(crate) fn enrol_with(
        &mut self,
        list: KeyList,
        publisher: impl FnOnce(&SignedOffer) -> Option<Link>,
    ) -> Result<SignedOffer, ReceiveError> {
        let vault = self.vault_mut();
        let list = newest(vault, list)?;
        let enrolment = Enrolment::make(list.clone())?;
        let label = EnrolmentLabel::new(enrolment.id(), publisher(&enrolment.offer()));
        // The others at this root key learn of it, too.
        let mut all = update(vault, &list)?.newer;
        all.push(ready(vault, None, &label, &enrolment)?);
        all.extend(lists::remember(vault, &list)?);
        vault.commit_all(all)?;
        Ok(enrolment.offer())
    }

    /// The enrolments.
    ///
    /// # Errors
    /// Those of reading the vault. Damaged keys are not an error here.
    pub fn enrolments(&self) -> Result<Vec<EnrolmentInfo>, ReceiveError> {
        let info = |held: Held| {
            let listing = held.enrolment.as_ref().map(|enrolment| enrolment.list().listing());
            Some(EnrolmentInfo {
                id: EnrolmentId::parse(&held.label.enrolment)?,
                facility: listing.map(|listing| (listing.facility.clone(), listing.name.clone())),
                record: held.record(),
                last: held.enrolment.as_ref().and_then(Enrolment::last).map(|last| (last.number, last.issued_at)),
                offer: held.enrolment.as_ref().map(Enrolment::offer),
                list_number: listing.map(|listing| listing.number),
                quarantined: held.label.quarantined.clone(),
            })
        };
        let open = held(self.vault())?.into_iter().filter(|held| !held.label.ended);
        Ok(open.filter_map(info).collect())
    }

    /// Takes a newer key list for every enrolment at its hospital; returns for how many it was newer. One that is ended
    /// counts, too: its record is confirmed by the newest list. So does, where no enrolment is left, what the vault remembers
    /// of the root key.
    ///
    /// # Errors
    /// [`ReceiveError::NotEnrolled`] when it is no enrolment's hospital; [`ReceiveError::Package`] when it is forged, or no
    /// enrolment takes it because it is forked or older than the one that is known.
    pub fn update_key_list(&mut self, bytes: &[u8]) -> Result<usize, ReceiveError> {
        let list = KeyList::dangerous_read_unpinned(bytes)?;
        let vault = self.vault_mut();
        let Update { mut newer, is_known, refused } = update(vault, &list)?;
        let updated = newer.len();
        let remembered = lists::remembered(vault, &list.pin())?;
        let is_remembered = remembered.is_some_and(|remembered| remembered.may_become(&list));
        if updated > 0 || is_remembered {
            newer.extend(lists::remember(vault, &list)?);
            vault.commit_all(newer)?;
        }
        match refused {
            _ if updated > 0 || is_known => Ok(updated),
            None | Some(PackageError::OtherRoot) if is_remembered => Ok(1),
            Some(error) => Err(error.into()),
            None => Err(ReceiveError::NotEnrolled),
        }
    }

    /// Ends an enrolment: its keys are destroyed, no package opens any more. The record that it received stays, and it stays
    /// known which hospital's it is.
    ///
    /// # Errors
    /// [`ReceiveError::NotEnrolled`]; those of a write, [`VaultError::NotYetErased`] when it is ended but its keys are still
    /// in the file: call [`Vault::erase_leftovers`].
    pub fn end_enrolment(&mut self, id: EnrolmentId) -> Result<(), ReceiveError> {
        let vault = self.vault_mut();
        let held = find(vault, id)?;
        let has_farewell = held.label.ended(held.enrolment.as_ref()).farewell.is_some();
        if (held.lost_record(vault) || held.record().is_none()) && !has_farewell {
            // No record is left whose hospital it could tell, nor a publisher that has to hear of it: nothing of it stays.
            lists::keep_lists(vault)?;
            return Ok(vault.delete(held.place)?);
        }
        let mut all = lists::remember_all(vault)?;
        all.push(held.ended(vault)?);
        vault.commit_all(all)?;
        vault.erase_leftovers().map_err(|_| VaultError::NotYetErased)?;
        Ok(())
    }
}

/// A list, or the newer one of the same root key that the vault knows.
fn newest(vault: &Vault, list: KeyList) -> Result<KeyList, ReceiveError> {
    let known = trust::newest_list(vault, &list.pin())?;
    let newest = match known.as_ref().map(|known| known.may_become(&list)) {
        None | Some(Ok(true)) => list,
        Some(Ok(false) | Err(PackageError::ListRolledBack { .. })) => known.unwrap_or(list),
        Some(Err(error)) => return Err(error.into()),
    };
    lists::check_newest(vault, &newest)?;
    Ok(newest)
}

/// What a key list is to the enrolments at its hospital.
struct Update {
    /// The generations of those for which it is newer.
    newer: Vec<Ready>,
    /// One has it already.
    is_known: bool,
    /// Why others do not take it.
    refused: Option<PackageError>,
}

/// Each enrolment decides for itself: one at another root key that claims the hospital's name keeps no list from the others.
fn update(vault: &Vault, list: &KeyList) -> Result<Update, ReceiveError> {
    let hospital = list.listing().hospital;
    let mut found = Update { newer: Vec::new(), is_known: false, refused: None };
    for held in held(vault)? {
        let Some(mut enrolment) = held.enrolment.filter(|enrolment| enrolment.hospital() == hospital) else {
            continue;
        };
        match enrolment.update_list(list.as_bytes()) {
            Ok(true) => found.newer.push(ready(vault, Some(held.place), &held.label, &enrolment)?),
            Ok(false) => found.is_known = true,
            Err(PackageError::OtherRoot) => found.refused = found.refused.or(Some(PackageError::OtherRoot)),
            Err(error) => found.refused = Some(error),
        }
    }
    Ok(found)
}

/// What becomes of the enrolments that received records which are deleted.
#[derive(Default)]
pub(crate) struct Parting {
    /// Those of which nothing stays.
    pub gone: Vec<RecordId>,
    /// Those whose publisher has to hear of it, without keys, record and person.
    pub farewells: Vec<Ready>,
}

/// The end of the enrolments that received one of these records.
///
/// # Errors
/// Those of the vault.
pub(crate) fn part(vault: &Vault, heads: &[RecordHead], records: &[RecordId]) -> Result<Parting, VaultError> {
    let mut parting = Parting::default();
    let is_meant = |held: &Held| held.record().is_some_and(|record| records.contains(&record));
    for held in heads.iter().filter_map(Held::of).filter(is_meant) {
        let ended = held.label.ended(held.enrolment.as_ref());
        if ended.farewell.is_none() {
            parting.gone.push(held.place);
            continue;
        }
        let label = EnrolmentLabel { record: None, quarantined: Vec::new(), ..ended };
        parting.farewells.push(Ready {
            draft: vault.begin(Some(held.place))?,
            label: Zeroizing::new(label.write()),
            catalogue: Zeroizing::default(),
            chunks: Vec::new(),
        });
    }
    Ok(parting)
}

/// The record of a patient that a vault holds under this label.
pub(super) fn record_of(vault: &Vault, label: &Label) -> Result<Option<RecordHead>, ReceiveError> {
    Ok(vault.records()?.into_iter().find(|head| Label::read(&head.label).is_some_and(|known| known == *label)))
}
