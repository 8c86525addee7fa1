//! The root key of a hospital, in a file of its own that lies offline.
//!
//! The file also keeps the list that the key signed last, written before the list goes out: from an older list, out of an old
//! copy of the folder, say, another one of the same number would be signed, and phones that took it would not take the first.

use super::error::KeysError;
use super::keys::{Kind, kind, put, ready, seeds};
use mykarte_vault::package::{
    HospitalId, KeyId, KeyList, KeyState, ListedKey, Listing, RootPin, SigningKey, VerifyingKey,
};
use mykarte_vault::{KdfParams, Passcode, RecordId, Vault};
use std::path::Path;

/// The root key of a hospital. It signs key lists and nothing else.
pub struct Root {
    key: SigningKey,
    vault: Vault,
    /// The list signed last, and its place; none in a file that was made before they were kept.
    last: Option<(RecordId, KeyList)>,
}

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
        let key = SigningKey::make()?;
        let listing = Listing {
            hospital: HospitalId::make()?,
            number: 1,
            epoch: 1,
            facility: facility.to_owned(),
            name: name.to_owned(),
            keys: Vec::new(),
        };
        let list = KeyList::sign(&key, listing)?;
        let mut vault = Vault::create(path, passcode, kdf)?;
        let last = ready(&vault, None, Kind::LastList, list.as_bytes())?;
        let place = last.draft.record();
        vault.commit_all(vec![ready(&vault, None, Kind::Root, key.dangerous_bytes())?, last])?;
        Ok((Root { key, vault, last: Some((place, list.clone())) }, list))
    }

    /// Opens a root key.
    ///
    /// # Errors
    /// Those of [`Vault::open`]; [`KeysError::NoKeys`], [`KeysError::OtherKind`].
    pub fn open(path: &Path, passcode: &Passcode) -> Result<Root, KeysError> {
        Root::of(Vault::open(path, passcode)?)
    }

    /// The root key of a file that is unlocked already.
    ///
    /// # Errors
    /// [`KeysError::NoKeys`], [`KeysError::OtherKind`].
    pub fn of(vault: Vault) -> Result<Root, KeysError> {
        let key = seeds(&vault, Kind::Root)?.into_iter().next().ok_or(KeysError::NoKeys)?;
        let pin = RootPin::of(&key.verifying_key());
        let last = match vault.records()?.into_iter().find(|head| kind(head) == Some(Kind::LastList)) {
            Some(head) => Some((head.id, KeyList::read(&head.catalogue?, &pin)?)),
            None => None,
        };
        Ok(Root { key, vault, last })
    }

    /// The list that it signed last, as far as its file knows.
    pub fn last_list(&self) -> Option<&KeyList> {
        self.last.as_ref().map(|(_, list)| list)
    }

    /// What is printed on paper, and pinned by devices.
    pub fn pin(&self) -> RootPin {
        RootPin::of(&self.key.verifying_key())
    }

    /// The list with another signing key; those that were active are retired.
    ///
    /// # Errors
    /// [`KeysError::OtherRoot`], [`KeysError::NotLastList`]; [`KeysError::Package`] above 256 keys; those of a write.
    pub fn add(&mut self, list: &KeyList, key: VerifyingKey) -> Result<KeyList, KeysError> {
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
    /// [`KeysError::OtherRoot`], [`KeysError::NotLastList`]; [`KeysError::NoSuchKey`]; those of a write.
    pub fn revoke(&mut self, list: &KeyList, key: KeyId) -> Result<KeyList, KeysError> {
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
    /// [`KeysError::OtherRoot`], [`KeysError::NotLastList`]; those of a write.
    pub fn raise_epoch(&mut self, list: &KeyList) -> Result<KeyList, KeysError> {
        self.next(list, |listing| {
            listing.epoch += 1;
            Ok(())
        })
    }

    /// Signs what becomes of a list. The file remembers it before anybody else sees it.
    fn next(
        &mut self,
        list: &KeyList,
        change: impl FnOnce(&mut Listing) -> Result<(), KeysError>,
    ) -> Result<KeyList, KeysError> {
        self.check_last(list)?;
        let mut listing = list.listing().clone();
        change(&mut listing)?;
        listing.number += 1;
        let next = KeyList::sign(&self.key, listing)?;
        let place = self.last.as_ref().map(|(place, _)| *place);
        let place = put(&mut self.vault, place, Kind::LastList, next.as_bytes())?;
        self.last = Some((place, next.clone()));
        Ok(next)
    }

    /// A list of a higher number is taken: it has this key's signature, so the file is the copy that is old.
    fn check_last(&self, list: &KeyList) -> Result<(), KeysError> {
        if list.pin() != self.pin() {
            return Err(KeysError::OtherRoot);
        }
        let given = list.listing().number;
        match self.last_list() {
            Some(last) if last != list && given <= last.listing().number => {
                Err(KeysError::NotLastList { last: last.listing().number, given })
            }
            _ => Ok(()),
        }
    }
}
