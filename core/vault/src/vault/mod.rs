//! The unlocked vault: the sealed head in hand, the data key in memory, the file behind it.
//!
//! Between calls no lock of SQLite's is held, and dropping the vault wipes its keys. The other methods lie in the files
//! beside this one, named after what they do; `listing` has the values it gives out.

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use crate::aead;
use crate::draft::Draft;
use crate::error::VaultError;
use crate::head::{Head, derive_digests};
use crate::header::Header;
use crate::ids::RecordId;
use crate::kdf::KdfParams;
use crate::secret::{DataKey, Key, Passcode};
use crate::slot::Slot;
use crate::store::lock::Lock;
use crate::store::{create, read};
use crate::unlock::{InstallationSecret, RecoveryCode, Unlock};

mod committing;
mod copying;
mod deleting;
mod keys;
mod listing;
mod opening;
mod reading;
mod rekeying;

pub use committing::Ready;
pub use keys::SlotInfo;
pub use listing::{Anchor, AnchorCheck, ChunkIndex, RecordHead, SectionIndex};
use opening::LockedFile;
pub use opening::Outside;
use reading::Opened;
pub use rekeying::NewSlots;

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
    /// The slot it was unlocked with.
    opened_by: Option<u32>,
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
        let code = RecoveryCode::make()?;
        vault.set_recovery_code(&code)?;
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
            opened_by: Some(FIRST_SLOT),
            opened: RefCell::new(None),
        })
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

    /// Whether it is paused.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused
    }

    /// Opens the file again.
    ///
    /// # Errors
    /// [`VaultError::ChangedElsewhere`] when it is no longer the one that was paused; failures of the file.
    pub fn resume(&mut self) -> Result<(), VaultError> {
        if self.paused && !self.sealed_head.is_empty() {
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
