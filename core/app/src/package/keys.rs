//! A hospital's keys in files: the signing keys of the issuer here, the root key in [`super::root`].
//!
//! Both are kept in vault files of their own, each under its own passcode: one record a key, its seed in the catalogue. The
//! issuer's file also remembers the last number of every enrolment, written before a package goes out, so that no number
//! is ever used twice. A file restored from a backup has lost count: the root key raises the epoch then.

use super::error::KeysError;
use super::ledger::Ledger;
use mykarte_vault::package::{IssueNumber, KeyList, KeyState, Offer, SigningKey, VerifyingKey};
use mykarte_vault::{KdfParams, Passcode, Ready, RecordHead, RecordId, Vault, VaultError};
use serde::{Deserialize, Serialize};
use std::path::Path;
use zeroize::Zeroizing;

/// What a record of a key file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "key", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Kind {
    Root,
    /// The key list that the root key signed last.
    LastList,
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
    let ready = ready(vault, place, kind, catalogue)?;
    let place = ready.draft.record();
    vault.commit_all(vec![ready])?;
    Ok(place)
}

/// A record of a key file, to be committed.
pub(super) fn ready(vault: &Vault, place: Option<RecordId>, kind: Kind, catalogue: &[u8]) -> Result<Ready, KeysError> {
    // Words and numbers are always JSON.
    let label = Zeroizing::new(serde_json::to_vec(&kind).unwrap_or_default());
    Ok(Ready { draft: vault.begin(place)?, label, catalogue: Zeroizing::new(catalogue.to_vec()), chunks: Vec::new() })
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
pub(super) fn seeds(vault: &Vault, wanted: Kind) -> Result<Vec<SigningKey>, KeysError> {
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
