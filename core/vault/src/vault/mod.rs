//! The unlocked vault: the sealed head in hand, the data key in memory, the file behind it.
//!
//! Between calls no lock is held, and dropping the vault wipes its keys. `reading` and `committing` hold the rest of its
//! methods, `listing` the values it gives out.

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use crate::aead;
use crate::draft::Draft;
use crate::error::{Part, VaultError};
use crate::head::{Head, derive_digests};
use crate::header::Header;
use crate::kdf::KdfParams;
use crate::record_id::RecordId;
use crate::secret::{DataKey, Key, Passcode};
use crate::slot::{Slot, find_passcode};
use crate::store::{self, create, read};

mod committing;
mod listing;
mod reading;

pub use listing::{Anchor, ChunkIndex, RecordHead, SectionIndex};
use reading::Opened;

/// The id of the passcode slot a new vault gets.
const FIRST_SLOT: u32 = 1;

/// An unlocked vault.
pub struct Vault {
    path: PathBuf,
    pub(crate) header: Header,
    slots: Vec<Slot>,
    tries: u32,
    pub(crate) data_key: Key,
    pub(crate) head: Head,
    /// The head as the file has it; empty while there is no file.
    sealed_head: Vec<u8>,
    slots_intact: bool,
    /// `None` until the first commit of a new vault.
    db: Option<Connection>,
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
        params.check()?;
        create::check_free(path.as_ref())?;
        let data_key = Key::make()?;
        let header = Header::make(&data_key)?;
        let slots = vec![Slot::make_passcode(&header, FIRST_SLOT, passcode, params, &data_key)?];
        let head = Head { slots: derive_digests(&header, &slots), ..Head::default() };
        Ok(Self {
            path: path.as_ref().to_owned(),
            header,
            slots,
            tries: 0,
            data_key,
            head,
            sealed_head: Vec::new(),
            slots_intact: true,
            db: None,
            opened: RefCell::new(None),
        })
    }

    /// Unlocks a vault with its passcode. Writes nothing: works on a read-only file system, without free space, and just
    /// after a crash.
    ///
    /// # Errors
    /// [`VaultError::WrongPasscode`]; what the file is instead ([`VaultError::NotFound`], [`VaultError::NotAVault`],
    /// [`VaultError::Truncated`], [`VaultError::NewerFormat`], [`VaultError::UnknownSuite`], [`VaultError::Damaged`]);
    /// [`VaultError::KdfOutOfBounds`]; [`VaultError::OutOfMemory`]; [`VaultError::InUse`].
    pub fn open(path: impl AsRef<Path>, passcode: &Passcode) -> Result<Self, VaultError> {
        let file = LockedFile::open(path.as_ref())?;
        let slot = find_passcode(&file.slots)?;
        let data_key = slot.unwrap_passcode(&file.header, passcode)?;
        let slot = slot.clone();
        let vault = file.unlock(data_key)?;
        // A retired slot that was put back must not open: only what the head names is current.
        if vault.head.covers_slot(&vault.header, &slot) { Ok(vault) } else { Err(VaultError::damaged(Part::SlotTable)) }
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

    /// Wrong passcodes so far, as the file says: unauthenticated and clamped (D13). Nothing counts or delays yet.
    #[must_use]
    pub fn tries(&self) -> u32 {
        self.tries
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
    db: Connection,
    header: Header,
    tries: u32,
    slots: Vec<Slot>,
}

impl LockedFile {
    fn open(path: &Path) -> Result<Self, VaultError> {
        let db = store::open::open_read(path)?;
        let (header, tries) = read::header(&db)?;
        let slots = read::slots(&db)?;
        Ok(Self { path: path.to_owned(), db, header, tries, slots })
    }

    fn unlock(self, data_key: Key) -> Result<Vault, VaultError> {
        let sealed_head = read::head(&self.db)?;
        let head = Head::open(&self.header, &data_key, &sealed_head)?;
        Ok(Vault {
            slots_intact: head.covers(&self.header, &self.slots),
            path: self.path,
            header: self.header,
            slots: self.slots,
            tries: self.tries,
            data_key,
            head,
            sealed_head,
            db: Some(self.db),
            opened: RefCell::new(None),
        })
    }
}
