//! The newest key list of each root key, in a record of the vault of its own: what the vault has heard of a hospital's keys
//! outlives enrolments, records and persons. Otherwise ending or deleting one would take a revocation back.

use super::trust;
use crate::label::KeyListLabel;
use mykarte_vault::package::{KeyList, PackageError, RootPin};
use mykarte_vault::{Ready, RecordId, Vault, VaultError};
use zeroize::Zeroizing;

/// What the vault remembers of a root key.
pub(super) struct Remembered {
    place: RecordId,
    /// The number of the list, readable also where the list is not.
    number: u64,
    /// `None` where it is damaged.
    pub list: Option<KeyList>,
}

impl Remembered {
    /// Whether a list may take its place.
    pub fn may_become(&self, next: &KeyList) -> bool {
        match &self.list {
            Some(list) => list.may_become(next).unwrap_or(false),
            None => next.listing().number > self.number,
        }
    }
}

/// What is remembered of this root key.
pub(super) fn remembered(vault: &Vault, pin: &RootPin) -> Result<Option<Remembered>, VaultError> {
    let pin_text = pin.to_string();
    let found = vault.records()?.into_iter().find_map(|head| {
        let label = KeyListLabel::read(&head.label).filter(|label| label.key_list == pin_text)?;
        let list = head.catalogue.ok().and_then(|bytes| KeyList::read(&bytes, pin).ok());
        Some(Remembered { place: head.id, number: label.number, list })
    });
    Ok(found)
}

/// Refuses a list where the vault has known a newer one, also when that cannot be read any more.
///
/// # Errors
/// [`PackageError::ListRolledBack`]; those of reading the vault.
pub(super) fn check_newest(vault: &Vault, list: &KeyList) -> Result<(), PackageError> {
    let offered = list.listing().number;
    match remembered(vault, &list.pin())? {
        Some(known) if known.number > offered => Err(PackageError::ListRolledBack { known: known.number, offered }),
        _ => Ok(()),
    }
}

/// The generation that remembers a list; `None` where this one or a newer one is remembered already.
pub(super) fn remember(vault: &Vault, list: &KeyList) -> Result<Option<Ready>, VaultError> {
    let (pin, number) = (list.pin(), list.listing().number);
    let known = remembered(vault, &pin)?;
    let is_kept = |known: &Remembered| known.number > number || known.number == number && known.list.is_some();
    if known.as_ref().is_some_and(is_kept) {
        return Ok(None);
    }
    let label = KeyListLabel { key_list: pin.to_string(), number };
    Ok(Some(Ready {
        draft: vault.begin(known.map(|known| known.place))?,
        label: Zeroizing::new(label.write()),
        catalogue: Zeroizing::new(list.as_bytes().to_vec()),
        chunks: Vec::new(),
    }))
}

/// The same for all that the vault knows: before something is deleted that alone may hold a list, as in a vault from before
/// these records.
pub(super) fn remember_all(vault: &Vault) -> Result<Vec<Ready>, VaultError> {
    let mut newest: Vec<KeyList> = Vec::new();
    for list in trust::lists(vault)? {
        match newest.iter_mut().find(|known| known.pin() == list.pin()) {
            Some(known) if known.listing().number >= list.listing().number => {}
            Some(known) => *known = list,
            None => newest.push(list),
        }
    }
    newest.iter().filter_map(|list| remember(vault, list).transpose()).collect()
}

/// Writes them, if there are any.
pub(crate) fn keep_lists(vault: &mut Vault) -> Result<(), VaultError> {
    let ready = remember_all(vault)?;
    if ready.is_empty() { Ok(()) } else { vault.commit_all(ready) }
}
