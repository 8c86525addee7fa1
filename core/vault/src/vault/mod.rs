//! The unlocked vault: the sealed head in hand, the data key in memory, the file behind it.
//!
//! Between calls no lock is held, and dropping the vault wipes its keys. `reading` and `committing` hold the rest of its
//! methods, `listing` the values it gives out.

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use rusqlite::Connection;

use crate::aead;
use crate::draft::Draft;
use crate::error::{Part, VaultError};
use crate::head::{Head, derive_digests};
use crate::header::Header;
use crate::kdf::KdfParams;
use crate::record_id::RecordId;
use crate::secret::{DataKey, Key, Passcode};
use crate::slot::{self, Slot};
use crate::store::lock::Lock;
use crate::store::{self, create, read, write};
use crate::unlock::{InstallationSecret, RecoveryCode, SlotKind, Unlock, tries};

mod committing;
mod copying;
mod deleting;
mod keys;
mod listing;
mod reading;

pub use keys::{NewSlots, SlotInfo};
pub use listing::{Anchor, AnchorCheck, ChunkIndex, RecordHead, SectionIndex};
use reading::Opened;

/// The id of the passcode slot a new vault gets.
const FIRST_SLOT: u32 = 1;

/// An unlocked vault.
pub struct Vault {
    path: PathBuf,
    pub(crate) header: Header,
    slots: Vec<Slot>,
    pub(crate) data_key: Key,
    pub(crate) head: Head,
    /// The head as the file has it; empty while there is no file.
    sealed_head: Vec<u8>,
    slots_intact: bool,
    /// `None` until the first commit of a new vault.
    db: Option<Connection>,
    /// Held while the file is open.
    lock: Option<Lock>,
    paused: bool,
    opened: RefCell<Option<Arc<Opened>>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({} records)", self.head.records.len())
    }
}

impl Vault {
    /// Makes a new vault with a passcode slot and no installation secret. No file exists until the first
    /// [`Self::commit`], so a vault dropped before leaves nothing.
    ///
    /// # Errors
    /// [`VaultError::WeakPasscode`]; [`VaultError::KdfOutOfBounds`]; [`VaultError::AlreadyExists`] or
    /// [`VaultError::LeftoverJournal`] when the name is taken; [`VaultError::ReadOnly`], [`VaultError::NotFound`] or
    /// [`VaultError::DiskFull`] for a folder in which no file can be made; [`VaultError::OutOfMemory`].
    pub fn create(path: impl AsRef<Path>, passcode: &Passcode, params: KdfParams) -> Result<Self, VaultError> {
        passcode.check_strength()?;
        Self::make(path.as_ref(), &Unlock::Passcode(passcode), params)
    }

    /// Makes a new vault whose passcode also needs the secret its platform keeps. The keystore that keeps it may be lost,
    /// so a recovery code comes with it: show it once, when the first commit is durable.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn create_with_secret(
        path: impl AsRef<Path>,
        passcode: &Passcode,
        secret: &InstallationSecret,
        params: KdfParams,
    ) -> Result<(Self, RecoveryCode), VaultError> {
        passcode.check_strength()?;
        let mut vault = Self::make(path.as_ref(), &Unlock::PasscodeWithSecret(passcode, secret), params)?;
        let code = vault.make_recovery_code()?;
        Ok((vault, code))
    }

    fn make(path: &Path, unlock: &Unlock<'_>, params: KdfParams) -> Result<Self, VaultError> {
        params.check()?;
        create::check_free(path)?;
        let data_key = Key::make()?;
        let header = Header::make(&data_key, matches!(unlock, Unlock::PasscodeWithSecret(..)))?;
        let slots = vec![Slot::make(&header, FIRST_SLOT, unlock, params, &data_key)?];
        let head = Head { slots: derive_digests(&header, &slots), ..Head::default() };
        Ok(Self {
            path: path.to_owned(),
            header,
            slots,
            data_key,
            head,
            sealed_head: Vec::new(),
            slots_intact: true,
            db: None,
            lock: None,
            paused: false,
            opened: RefCell::new(None),
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
    /// [`VaultError::WrongBiometricSecret`]; [`VaultError::NoSlot`], [`VaultError::InstallationSecretNeeded`],
    /// [`VaultError::NoInstallationSecret`]; what the file is instead ([`VaultError::NotFound`],
    /// [`VaultError::NotAVault`], [`VaultError::Truncated`], [`VaultError::NewerFormat`], [`VaultError::UnknownSuite`],
    /// [`VaultError::Damaged`]); [`VaultError::KdfOutOfBounds`]; [`VaultError::OutOfMemory`]; [`VaultError::InUse`].
    pub fn unlock<'u>(path: impl AsRef<Path>, unlock: impl Into<Unlock<'u>>) -> Result<Self, VaultError> {
        let unlock = unlock.into();
        let file = LockedFile::open(path.as_ref())?;
        let slots: Vec<Slot> = slot::find(&file.slots, unlock.kind())?.into_iter().cloned().collect();
        slots.iter().try_for_each(|slot| slot.check(&file.header, &unlock))?;
        let wrong = file.count_try(&unlock)?;
        for slot in &slots {
            let Some(data_key) = slot.unwrap(&file.header, &unlock)? else { continue };
            file.clear_tries(wrong);
            let vault = file.unlock(data_key)?;
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

    /// The data key. Whoever holds it needs no passcode.
    #[must_use]
    pub fn dangerous_data_key(&self) -> DataKey {
        DataKey::new(self.data_key.clone())
    }

    /// Whether the slot table is the one the head was sealed over. A vault with a damaged table is read but not written.
    #[must_use]
    pub fn slot_table_intact(&self) -> bool {
        self.slots_intact
    }

    /// The anchor of the state that is open here.
    #[must_use]
    pub fn anchor(&self) -> Anchor {
        Anchor {
            counter: self.head.counter,
            head_hash: aead::derive_hash(&self.sealed_head),
            written_at: self.head.written_at,
        }
    }

    /// Holds the open state against an anchor the platform kept. Never a reason to refuse (D13).
    #[must_use]
    pub fn check_anchor(&self, kept: Option<&Anchor>) -> AnchorCheck {
        let here = self.anchor();
        match kept {
            None => AnchorCheck::NotChecked,
            Some(kept) if kept.counter == here.counter && kept.head_hash == here.head_hash => AnchorCheck::Same,
            Some(kept) if kept.counter < here.counter => AnchorCheck::Ahead,
            Some(kept) => AnchorCheck::RolledBack { file: here.written_at, kept: kept.written_at },
        }
    }

    /// Closes the file and lets go of its lock, keys in hand: for a platform that suspends the app. Exactly one file
    /// remains. Until [`Self::resume`] every call that needs the file is [`VaultError::Paused`].
    pub fn pause(&mut self) {
        self.opened.replace(None);
        self.db = None;
        self.lock = None;
        self.paused = true;
    }

    /// Opens the file again.
    ///
    /// # Errors
    /// [`VaultError::ChangedElsewhere`] when it is no longer the one that was paused; failures of the file.
    pub fn resume(&mut self) -> Result<(), VaultError> {
        if !self.sealed_head.is_empty() {
            let file = LockedFile::open(&self.path)?;
            if file.header != self.header || read::head(&file.db)? != self.sealed_head {
                return Err(VaultError::ChangedElsewhere);
            }
            (self.db, self.lock) = (Some(file.db), Some(file.lock));
        }
        self.paused = false;
        Ok(())
    }

    /// Locks the vault: its keys are wiped. The same as dropping it.
    pub fn lock(self) {}

    /// Begins a new generation: of the record to replace, or of a new record. Touches no file.
    ///
    /// # Errors
    /// [`VaultError::NoSuchRecord`]; [`VaultError::NoRandomness`].
    pub fn begin(&self, replace: Option<RecordId>) -> Result<Draft, VaultError> {
        let (record, generation) = match replace {
            Some(id) => (id, self.head.record(id)?.generation + 1),
            None => (RecordId::make()?, 1),
        };
        Draft::make(&self.header, record, generation)
    }
}

/// A file whose plain part is read and checked, before any key is known.
struct LockedFile {
    path: PathBuf,
    lock: Lock,
    db: Connection,
    header: Header,
    tries: u32,
    slots: Vec<Slot>,
}

impl LockedFile {
    fn open(path: &Path) -> Result<Self, VaultError> {
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
            .map_err(|retry_after| VaultError::TooManyTries { tries: self.tries, retry_after })?;
        self.write_tries(wrong);
        Ok(wrong)
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
            opened: RefCell::new(None),
        })
    }
}
