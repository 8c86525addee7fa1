//! A hospital's keys: the root key, which stays offline, and the signing keys of the issuer.
//!
//! Both are kept in vault files of their own, each under its own passcode: one record a key, its seed in the catalogue. The
//! issuer's file also remembers the last number of every enrolment, written before a package goes out, so that no number
//! is ever used twice. A file restored from a backup has lost count: the root key raises the epoch then.

use super::error::KeysError;
use super::ledger::Ledger;
use mykarte_vault::package::{
    HospitalId, IssueNumber, KeyId, KeyList, KeyState, ListedKey, Listing, Offer, RootPin, SigningKey, VerifyingKey,
};
use mykarte_vault::{KdfParams, Passcode, RecordHead, RecordId, Vault, VaultError};
use serde::{Deserialize, Serialize};
use std::path::Path;
use zeroize::Zeroizing;

/// What a record of a key file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "key", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Kind {
    Root,
    Signing,
    Ledger {
        /// Which page of it.
        page: u8,
    },
}

pub(super) fn kind(head: &RecordHead) -> Option<Kind> {
    serde_json::from_slice(&head.label).ok()
}

/// Writes a record of a key file; durable when it returns. Returns its place.
pub(super) fn put(
    vault: &mut Vault,
    place: Option<RecordId>,
    kind: Kind,
    catalogue: &[u8],
) -> Result<RecordId, KeysError> {
    let draft = vault.begin(place)?;
    // Words and numbers are always JSON.
    let label = serde_json::to_vec(&kind).unwrap_or_default();
    Ok(vault.commit(draft, &label, catalogue, Vec::new())?.id)
}

/// Whether a vault is a file of hospital keys: no place for a patient's record.
pub fn holds_keys(vault: &Vault) -> Result<bool, VaultError> {
    Ok(vault.records()?.iter().any(is_key))
}

/// Whether this is no patient's record.
pub(crate) fn is_key(head: &RecordHead) -> bool {
    kind(head).is_some()
}

/// The seeds of the keys of one kind.
fn seeds(vault: &Vault, wanted: Kind) -> Result<Vec<SigningKey>, KeysError> {
    let heads = vault.records()?;
    if heads.iter().all(|head| kind(head).is_none()) {
        return Err(KeysError::NoKeys);
    }
    let mut keys = Vec::new();
    for head in heads.iter().filter(|head| kind(head) == Some(wanted)) {
        let seed: Zeroizing<[u8; 32]> =
            Zeroizing::new(head.catalogue.clone()?.as_slice().try_into().map_err(|_| KeysError::NoKeys)?);
        keys.push(SigningKey::dangerous_from_bytes(&seed));
    }
    if keys.is_empty() { Err(KeysError::OtherKind) } else { Ok(keys) }
}

/// The root key of a hospital. It signs key lists and nothing else.
pub struct Root(SigningKey);

impl Root {
    /// Makes a root key in a file of its own, and the first key list.
    ///
    /// # Errors
    /// Those of [`Vault::create`] and of [`KeyList::sign`].
    pub fn create(
        path: &Path,
        passcode: &Passcode,
        kdf: KdfParams,
        facility: &str,
        name: &str,
    ) -> Result<(Root, KeyList), KeysError> {
        let root = Root(SigningKey::make()?);
        let listing = Listing {
            hospital: HospitalId::make()?,
            number: 1,
            epoch: 1,
            facility: facility.to_owned(),
            name: name.to_owned(),
            keys: Vec::new(),
        };
        let list = KeyList::sign(&root.0, listing)?;
        let mut vault = Vault::create(path, passcode, kdf)?;
        put(&mut vault, None, Kind::Root, root.0.dangerous_bytes())?;
        Ok((root, list))
    }

    /// Opens a root key.
    ///
    /// # Errors
    /// Those of [`Vault::open`]; [`KeysError::NoKeys`], [`KeysError::OtherKind`].
    pub fn open(path: &Path, passcode: &Passcode) -> Result<Root, KeysError> {
        Root::of(&Vault::open(path, passcode)?)
    }

    /// The root key of a file that is unlocked already.
    ///
    /// # Errors
    /// [`KeysError::NoKeys`], [`KeysError::OtherKind`].
    pub fn of(vault: &Vault) -> Result<Root, KeysError> {
        seeds(vault, Kind::Root)?.into_iter().next().map(Root).ok_or(KeysError::NoKeys)
    }

    /// What is printed on paper, and pinned by devices.
    pub fn pin(&self) -> RootPin {
        RootPin::of(&self.0.verifying_key())
    }

    /// The list with another signing key; those that were active are retired.
    ///
    /// # Errors
    /// [`KeysError::OtherRoot`]; [`KeysError::Package`] above 256 keys.
    pub fn add(&self, list: &KeyList, key: VerifyingKey) -> Result<KeyList, KeysError> {
        self.next(list, |listing| {
            for listed in listing.keys.iter_mut().filter(|listed| listed.state == KeyState::Active) {
                listed.state = KeyState::Retired;
            }
            listing.keys.push(ListedKey { key, state: KeyState::Active });
            Ok(())
        })
    }

    /// The list with a key declared compromised, and a new epoch: whoever has the key may have issued high numbers.
    ///
    /// # Errors
    /// [`KeysError::OtherRoot`]; [`KeysError::NoSuchKey`].
    pub fn revoke(&self, list: &KeyList, key: KeyId) -> Result<KeyList, KeysError> {
        self.next(list, |listing| {
            let listed = listing.keys.iter_mut().find(|listed| listed.key.id() == key);
            listed.ok_or(KeysError::NoSuchKey)?.state = KeyState::Compromised;
            listing.epoch += 1;
            Ok(())
        })
    }

    /// The list with a new epoch: for an issuer that was restored from a backup.
    ///
    /// # Errors
    /// [`KeysError::OtherRoot`].
    pub fn raise_epoch(&self, list: &KeyList) -> Result<KeyList, KeysError> {
        self.next(list, |listing| {
            listing.epoch += 1;
            Ok(())
        })
    }

    fn next(
        &self,
        list: &KeyList,
        change: impl FnOnce(&mut Listing) -> Result<(), KeysError>,
    ) -> Result<KeyList, KeysError> {
        if list.pin() != self.pin() {
            return Err(KeysError::OtherRoot);
        }
        let mut listing = list.listing().clone();
        change(&mut listing)?;
        listing.number += 1;
        Ok(KeyList::sign(&self.0, listing)?)
    }
}

/// The issuer's file: signing keys and numbers.
pub struct Issuer {
    vault: Vault,
    keys: Vec<SigningKey>,
    ledger: Ledger,
}

impl Issuer {
    /// Makes the file with a first signing key, which the root key has to list yet.
    ///
    /// # Errors
    /// Those of [`Vault::create`].
    pub fn create(path: &Path, passcode: &Passcode, kdf: KdfParams) -> Result<Issuer, KeysError> {
        let vault = Vault::create(path, passcode, kdf)?;
        let mut issuer = Issuer { vault, keys: Vec::new(), ledger: Ledger::default() };
        issuer.make_key()?;
        Ok(issuer)
    }

    /// Opens it.
    ///
    /// # Errors
    /// Those of [`Vault::open`]; [`KeysError::NoKeys`], [`KeysError::OtherKind`].
    pub fn open(path: &Path, passcode: &Passcode) -> Result<Issuer, KeysError> {
        Issuer::of(Vault::open(path, passcode)?)
    }

    /// The issuer of a file that is unlocked already.
    ///
    /// # Errors
    /// [`KeysError::NoKeys`], [`KeysError::OtherKind`].
    pub fn of(vault: Vault) -> Result<Issuer, KeysError> {
        let keys = seeds(&vault, Kind::Signing)?;
        let ledger = Ledger::read(&vault)?;
        Ok(Issuer { vault, keys, ledger })
    }

    /// Makes another signing key. Durable when it returns; the root key has to list it yet.
    ///
    /// # Errors
    /// Those of a write.
    pub fn make_key(&mut self) -> Result<VerifyingKey, KeysError> {
        let key = SigningKey::make()?;
        put(&mut self.vault, None, Kind::Signing, key.dangerous_bytes())?;
        let public = key.verifying_key();
        self.keys.push(key);
        Ok(public)
    }

    /// The public halves of its keys.
    pub fn keys(&self) -> impl Iterator<Item = VerifyingKey> {
        self.keys.iter().map(SigningKey::verifying_key)
    }

    /// The key that signs, by the key list.
    ///
    /// # Errors
    /// [`KeysError::NoActiveKey`].
    pub fn active(&self, list: &KeyList) -> Result<&SigningKey, KeysError> {
        let is_active = |key: &&SigningKey| {
            list.find(key.verifying_key().id()).is_some_and(|listed| listed.state == KeyState::Active)
        };
        self.keys.iter().find(is_active).ok_or(KeysError::NoActiveKey)
    }

    /// Whether a device's key may be sealed to under this list: before the work, for [`Issuer::take_number`] asks it again.
    ///
    /// # Errors
    /// [`KeysError::StaleOffer`], [`KeysError::StaleList`].
    pub fn check_offer(&self, list: &KeyList, offer: &Offer) -> Result<(), KeysError> {
        self.ledger.next(list, offer).map(drop)
    }

    /// Whether a number of this enrolment was taken, in whatever epoch: asked before the next one is.
    pub fn has_issued(&self, offer: &Offer) -> bool {
        self.ledger.knows(offer.enrolment)
    }

    /// Takes the next number of an enrolment. Durable when it returns, so that no other package ever has it.
    ///
    /// # Errors
    /// [`KeysError::StaleOffer`], [`KeysError::StaleList`]; those of a write.
    pub fn take_number(&mut self, list: &KeyList, offer: &Offer) -> Result<IssueNumber, KeysError> {
        let line = self.ledger.next(list, offer)?;
        let number = line.number();
        self.ledger.put(&mut self.vault, offer.enrolment, line)?;
        Ok(number)
    }
}
