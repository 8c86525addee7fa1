//! Unlocking: what a file says before any key is known, and the way from there to an open vault.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::Vault;
use crate::error::{Part, VaultError};
use crate::head::Head;
use crate::header::Header;
use crate::secret::{DataKey, Key, Passcode};
use crate::slot::{self, Slot};
use crate::store::lock::Lock;
use crate::store::{self, read, write};
use crate::unlock::{SlotKind, Unlock, tries};

/// What a vault shows without a secret: which screen to offer, and whether a passcode may be tried now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// The ways to unlock it, as its table says.
    pub slots: Vec<SlotKind>,
    /// Whether the passcode also needs the platform's installation secret.
    pub needs_installation_secret: bool,
    /// Wrong passcodes since the last success; not authenticated.
    pub tries: u32,
    /// How long until the next passcode is taken; zero for now.
    pub retry_after: Duration,
}

impl Vault {
    /// Looks at a vault from outside. Counts no try.
    ///
    /// # Errors
    /// What the file is instead, as in [`Self::unlock`]; [`VaultError::InUse`].
    pub fn look(path: impl AsRef<Path>) -> Result<Outside, VaultError> {
        let file = LockedFile::open(path.as_ref())?;
        let (tries, retry_after) = tries::look(file.header.vault_id, file.tries, Instant::now());
        Ok(Outside {
            slots: file.slots.iter().map(Slot::kind).collect(),
            needs_installation_secret: file.header.needs_installation_secret(),
            tries,
            retry_after,
        })
    }

    /// Unlocks a vault with the passcode of a vault without an installation secret: [`Self::unlock`].
    ///
    /// # Errors
    /// As [`Self::unlock`].
    pub fn open(path: impl AsRef<Path>, passcode: &Passcode) -> Result<Self, VaultError> {
        Self::unlock(path, passcode)
    }

    /// Unlocks a vault. Needs no write: works on a read-only file system, without free space, and just after a crash.
    /// Where the file can be written, a passcode is counted as a wrong try before it is stretched, and the count is
    /// cleared by any success.
    ///
    /// # Errors
    /// [`VaultError::WrongPasscode`], [`VaultError::TooManyTries`], [`VaultError::WrongRecoveryCode`],
    /// [`VaultError::WrongBiometricSecret`]; [`VaultError::EmptyPasscode`], [`VaultError::NoSlot`], [`VaultError::InstallationSecretNeeded`],
    /// [`VaultError::NoInstallationSecret`]; what the file is instead ([`VaultError::NotFound`],
    /// [`VaultError::NotAVault`], [`VaultError::Truncated`], [`VaultError::NewerFormat`], [`VaultError::UnknownSuite`],
    /// [`VaultError::Damaged`]); [`VaultError::KdfOutOfBounds`]; [`VaultError::OutOfMemory`]; [`VaultError::InUse`].
    pub fn unlock<'u>(path: impl AsRef<Path>, unlock: impl Into<Unlock<'u>>) -> Result<Self, VaultError> {
        let unlock = unlock.into();
        let file = LockedFile::open(path.as_ref())?;
        let slots: Vec<Slot> = slot::find(&file.slots, &file.header, &unlock)?.into_iter().cloned().collect();
        if unlock.is_empty_passcode() {
            return Err(VaultError::EmptyPasscode);
        }
        let wrong = file.count_try(&unlock)?;
        for slot in &slots {
            let unwrapped = slot.unwrap(&file.header, &unlock).inspect_err(|_| file.take_back(wrong))?;
            let Some(data_key) = unwrapped else { continue };
            file.clear_tries(wrong);
            let mut vault = file.unlock(data_key)?;
            vault.opened_by = Some(slot.id);
            // A retired slot that was put back must not open: only what the head names is current.
            let current = vault.head.covers_slot(&vault.header, slot);
            return if current { Ok(vault) } else { Err(VaultError::damaged(Part::SlotTable)) };
        }
        Err(match unlock.kind() {
            SlotKind::Recovery => VaultError::WrongRecoveryCode,
            SlotKind::Biometric => VaultError::WrongBiometricSecret,
            _ => VaultError::WrongPasscode { tries: wrong, retry_after: tries::delay(wrong) },
        })
    }

    /// Unlocks with the data key itself, past every slot and key derivation.
    ///
    /// # Errors
    /// As [`Self::open`], with [`VaultError::WrongDataKey`] for a key of another vault.
    pub fn dangerous_open_with_data_key(path: impl AsRef<Path>, data_key: &DataKey) -> Result<Self, VaultError> {
        let file = LockedFile::open(path.as_ref())?;
        if !file.header.commits_to(data_key.key()) {
            return Err(VaultError::WrongDataKey);
        }
        file.unlock(data_key.key().clone())
    }
}

/// A file whose plain part is read and checked, before any key is known.
pub(super) struct LockedFile {
    path: PathBuf,
    pub(super) lock: Lock,
    pub(super) db: Connection,
    pub(super) header: Header,
    tries: u32,
    slots: Vec<Slot>,
}

impl LockedFile {
    pub(super) fn open(path: &Path) -> Result<Self, VaultError> {
        let lock = Lock::take(path)?;
        let db = store::open::open_read(path)?;
        let (header, tries) = read::header(&db)?;
        let slots = read::slots(&db)?;
        Ok(Self { path: path.to_owned(), lock, db, header, tries, slots })
    }

    /// Counts a passcode as wrong before it is tried, durably where that is possible. Returns the count.
    fn count_try(&self, unlock: &Unlock<'_>) -> Result<u32, VaultError> {
        if unlock.kind() != SlotKind::Passcode {
            return Ok(0);
        }
        let wrong = tries::begin(self.header.vault_id, self.tries, Instant::now())
            .map_err(|(tries, retry_after)| VaultError::TooManyTries { tries, retry_after })?;
        self.write_tries(wrong);
        Ok(wrong)
    }

    /// The try could not be made (no memory, for one): it was no wrong one.
    fn take_back(&self, wrong: u32) {
        if wrong != 0 {
            tries::take_back(self.header.vault_id);
            self.write_tries(wrong - 1);
        }
    }

    fn clear_tries(&self, wrong: u32) {
        tries::succeeded(self.header.vault_id, Instant::now());
        if wrong != 0 || self.tries != 0 {
            self.write_tries(0);
        }
    }

    /// Where the file cannot be written, or lies open after a crash and would be changed, the try is still allowed; this
    /// process remembers it.
    fn write_tries(&self, tries: u32) {
        let in_place = self.db.path().is_some_and(|path| !path.is_empty());
        if in_place {
            let _ = write::set_tries(&self.path, tries);
        }
    }

    fn unlock(self, data_key: Key) -> Result<Vault, VaultError> {
        let sealed_head = read::head(&self.db)?;
        let head = Head::open(&self.header, &data_key, &sealed_head)?;
        Ok(Vault {
            slots_intact: head.covers(&self.header, &self.slots),
            path: self.path,
            header: self.header,
            slots: self.slots,
            data_key,
            head,
            sealed_head,
            db: Some(self.db),
            lock: Some(self.lock),
            paused: false,
            opened_by: None,
            opened: RefCell::new(None),
        })
    }
}
