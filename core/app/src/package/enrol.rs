//! Enrolments of a vault: at which hospitals its owner receives records, and with which keys.
//!
//! An enrolment is a record of the vault like any other, with its keys in the catalogue: sealed, versioned, deleted keys
//! first, and committed in one transaction with the record that it received.

use super::error::ReceiveError;
use super::trust;
use crate::archive::Archive;
use crate::download::link::Link;
use crate::label::{EnrolmentLabel, Label, Quarantined};
use mykarte_vault::package::{Enrolment, EnrolmentId, KeyList, PackageError, SignedOffer};
use mykarte_vault::{Ready, RecordHead, RecordId, Vault};
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

    /// The generation that ends it: without its keys, and damaged if it was.
    pub fn ended(&self, vault: &Vault) -> Result<Ready, ReceiveError> {
        let ended = self.enrolment.as_ref().map(Enrolment::ended).transpose()?;
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
}

/// The enrolments of a vault, also those that were ended.
pub(crate) fn held(vault: &Vault) -> Result<Vec<Held>, ReceiveError> {
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
        let list = self.newest(list)?;
        let enrolment = Enrolment::make(list)?;
        let label = EnrolmentLabel::new(enrolment.id(), publisher(&enrolment.offer()));
        let vault = self.vault_mut();
        let ready = ready(vault, None, &label, &enrolment)?;
        vault.commit_all(vec![ready])?;
        Ok(enrolment.offer())
    }

    /// A list, or the newer one of the same root key that the vault knows.
    fn newest(&mut self, list: KeyList) -> Result<KeyList, ReceiveError> {
        let Some(known) = trust::newest_list(self.vault(), &list.pin())? else { return Ok(list) };
        match known.may_become(&list) {
            Ok(true) => match self.update_key_list(list.as_bytes()) {
                // It may be known from a record alone, whose enrolment is no more.
                Ok(_) | Err(ReceiveError::NotEnrolled) => Ok(list),
                Err(error) => Err(error),
            },
            Ok(false) | Err(PackageError::ListRolledBack { .. }) => Ok(known),
            Err(error) => Err(error.into()),
        }
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
    /// counts, too: its record is confirmed by the newest list.
    ///
    /// # Errors
    /// [`ReceiveError::NotEnrolled`] when it is no enrolment's hospital; [`ReceiveError::Package`] when it is forged, or no
    /// enrolment takes it because it is forked or older than the one that is known.
    pub fn update_key_list(&mut self, bytes: &[u8]) -> Result<usize, ReceiveError> {
        let hospital = KeyList::dangerous_read_unpinned(bytes)?.listing().hospital;
        let vault = self.vault_mut();
        let (mut newer, mut is_known, mut refused) = (Vec::new(), false, None);
        for held in held(vault)? {
            let Some(mut enrolment) = held.enrolment.filter(|enrolment| enrolment.hospital() == hospital) else {
                continue;
            };
            // Each decides for itself: one at another root key that claims the hospital's name keeps no list from the others.
            match enrolment.update_list(bytes) {
                Ok(true) => newer.push(ready(vault, Some(held.place), &held.label, &enrolment)?),
                Ok(false) => is_known = true,
                Err(PackageError::OtherRoot) => refused = refused.or(Some(PackageError::OtherRoot)),
                Err(error) => refused = Some(error),
            }
        }
        let updated = newer.len();
        if updated > 0 {
            vault.commit_all(newer)?;
        }
        match refused {
            _ if updated > 0 || is_known => Ok(updated),
            Some(error) => Err(error.into()),
            None => Err(ReceiveError::NotEnrolled),
        }
    }

    /// Ends an enrolment: its keys are destroyed, no package opens any more. The record that it received stays, and it stays
    /// known which hospital's it is.
    ///
    /// # Errors
    /// [`ReceiveError::NotEnrolled`]; those of a write.
    pub fn end_enrolment(&mut self, id: EnrolmentId) -> Result<(), ReceiveError> {
        let vault = self.vault_mut();
        let held = find(vault, id)?;
        // What ended stays for what its record or its publisher still need of it.
        if held.record().is_none() && held.label.ended(held.enrolment.as_ref()).farewell.is_none() {
            return Ok(vault.delete(held.place)?);
        }
        let ended = held.ended(vault)?;
        vault.commit_all(vec![ended])?;
        // The keys are gone from the head on; what is left of them in the file goes with the next write at the latest.
        let _ = vault.erase_leftovers();
        Ok(())
    }
}

/// The enrolments that received one of these records.
pub(crate) fn places_of(heads: &[RecordHead], records: &[RecordId]) -> Vec<RecordId> {
    let all = heads.iter().filter_map(Held::of);
    all.filter(|held| held.record().is_some_and(|record| records.contains(&record))).map(|held| held.place).collect()
}

/// The record of a patient that a vault holds under this label.
pub(super) fn record_of(vault: &Vault, label: &Label) -> Result<Option<RecordHead>, ReceiveError> {
    Ok(vault.records()?.into_iter().find(|head| Label::read(&head.label).is_some_and(|known| known == *label)))
}
