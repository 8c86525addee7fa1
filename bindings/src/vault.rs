//! The vault as an app holds it: a file that is locked, open or paused.
//!
//! One lock guards it, so calls of several threads take turns; each is short but for the key derivation (a tenth of a
//! second) and the write at the end of an import. Nothing of the app is called while it is held.

use crate::error::MyKarteError;
use crate::guard::guarded;
use crate::record::PatientRecord;
use crate::secrets::{self, RecoveryCode};
use crate::summary::RecordInfo;
use mykarte::Archive;
use mykarte::vault::{KdfParams, RecordId, Unlock};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A vault: one file that opens for its passcode on the worst day and for nobody else on any day.
///
/// Keep one object a file. `lock` wipes the keys; so does letting go of the object, but when that happens is up to the
/// language: lock explicitly.
#[derive(uniffi::Object)]
pub struct Vault {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// `None` while it is locked.
    open: Option<Open>,
    /// Counts what puts an unlocking under way in another thread out of date.
    epoch: u64,
}

/// What is in memory while the vault is unlocked.
pub(crate) struct Open {
    pub archive: Archive,
    /// Summaries that were read: patient text, gone with the lock.
    summaries: HashMap<RecordId, Arc<mykarte::record::Summary>>,
}

/// A vault just made, with the code that opens it when the device is lost.
#[derive(uniffi::Record)]
pub struct NewVault {
    /// The vault, unlocked. There is no file until the first import: locked before it, it never was.
    pub vault: Arc<Vault>,
    /// Show it once, after the first import, to be written down.
    pub recovery_code: Arc<RecoveryCode>,
}

/// Whether keys are in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum VaultState {
    /// No key is in memory.
    Locked,
    /// Open for reading and writing.
    Unlocked,
    /// Keys are in memory, the file is closed.
    Paused,
}

/// What a vault shows without a secret: which screen to offer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Outside {
    /// The ways to unlock it.
    pub keys: Vec<crate::error::KeyKind>,
    /// The passcode also needs the installation secret.
    pub needs_installation_secret: bool,
    /// Wrong passcodes since the last success.
    pub tries: u32,
    /// How long until the next passcode is taken; zero for now.
    pub retry_after: Duration,
}

/// Makes a vault that opens with the passcode and the installation secret of this device, which the platform keeps, or
/// with the recovery code.
#[uniffi::export]
pub fn create_vault(path: String, passcode: &[u8], installation_secret: &[u8]) -> Result<NewVault, MyKarteError> {
    guarded(|| {
        let (passcode, secret) = (secrets::passcode(passcode)?, secrets::installation(installation_secret)?);
        let params = KdfParams::default();
        let made = mykarte::vault::Vault::create_with_secret(&path, &passcode, &secret, params);
        let (vault, code) = made.map_err(MyKarteError::of_creation)?;
        let state = State { open: Some(Open::of(Archive::of(vault))), epoch: 0 };
        let vault = Arc::new(Vault { path: path.into(), state: Mutex::new(state) });
        Ok(NewVault { vault, recovery_code: Arc::new(RecoveryCode::of(code)) })
    })
}

#[uniffi::export]
impl Vault {
    /// A vault that is there already, locked.
    #[uniffi::constructor]
    pub fn open(path: String) -> Result<Arc<Self>, MyKarteError> {
        guarded(|| {
            mykarte::vault::Vault::look(&path)?;
            Ok(Arc::new(Self { path: path.into(), state: Mutex::default() }))
        })
    }

    /// What it shows from outside. Counts no try.
    pub fn look(&self) -> Result<Outside, MyKarteError> {
        guarded(|| {
            if let Some(open) = &self.inner().open {
                return Ok(Outside::of_open(open.archive.vault()));
            }
            let outside = mykarte::vault::Vault::look(&self.path)?;
            Ok(Outside {
                keys: outside.slots.into_iter().map(Into::into).collect(),
                needs_installation_secret: outside.needs_installation_secret,
                tries: outside.tries,
                retry_after: outside.retry_after,
            })
        })
    }

    /// Whether keys are in memory.
    pub fn state(&self) -> Result<VaultState, MyKarteError> {
        guarded(|| {
            Ok(match &self.inner().open {
                None => VaultState::Locked,
                Some(open) if open.archive.vault().is_paused() => VaultState::Paused,
                Some(_) => VaultState::Unlocked,
            })
        })
    }

    /// Unlocks with passcode (UTF-8) and installation secret. Wipe both afterwards. Takes about a tenth of a second.
    pub fn unlock(&self, passcode: &[u8], installation_secret: &[u8]) -> Result<(), MyKarteError> {
        guarded(|| {
            let (passcode, secret) = (secrets::passcode(passcode)?, secrets::installation(installation_secret)?);
            self.unlock_with(Unlock::PasscodeWithSecret(&passcode, &secret))
        })
    }

    /// Unlocks a vault that has no installation secret, as the command line makes it.
    pub fn unlock_with_passcode_only(&self, passcode: &[u8]) -> Result<(), MyKarteError> {
        guarded(|| self.unlock_with(Unlock::Passcode(&secrets::passcode(passcode)?)))
    }

    /// Unlocks with the secret that the platform gave out after a look at face or finger. Takes no time.
    pub fn unlock_with_biometric_secret(&self, secret: &[u8]) -> Result<(), MyKarteError> {
        guarded(|| self.unlock_with(Unlock::Biometric(&secrets::biometric(secret)?)))
    }

    /// Unlocks with the recovery code as it was typed (UTF-8). Then set a new passcode.
    pub fn unlock_with_recovery_code(&self, typed: &[u8]) -> Result<(), MyKarteError> {
        guarded(|| self.unlock_with(Unlock::Recovery(&secrets::typed_code(typed)?)))
    }

    /// Wipes the keys and all that was read. A call under way in another thread is waited for, but for an unlocking, which
    /// then fails with `Locked`. An import goes on reading files, told to its listener, and then fails with `Locked`:
    /// cancel it. Locking twice is no error.
    pub fn lock(&self) -> Result<(), MyKarteError> {
        guarded(|| {
            let mut state = self.inner();
            (state.open, state.epoch) = (None, state.epoch + 1);
            Ok(())
        })
    }

    /// Closes the file with the keys in memory, for a platform that suspends the app. A locked vault has nothing to close.
    pub fn pause(&self) -> Result<(), MyKarteError> {
        guarded(|| {
            let mut state = self.inner();
            state.epoch += 1;
            if let Some(open) = &mut state.open {
                open.forget();
                open.archive.vault_mut().pause();
            }
            Ok(())
        })
    }

    /// Opens the file again. After `ChangedElsewhere` lock it and unlock it again.
    pub fn resume(&self) -> Result<(), MyKarteError> {
        guarded(|| {
            if let Some(open) = &mut self.inner().open {
                open.archive.vault_mut().resume()?;
            }
            Ok(())
        })
    }

    /// Drops what is kept in memory only for speed, when the platform is short of it.
    pub fn trim_memory(&self) -> Result<(), MyKarteError> {
        guarded(|| {
            if let Some(open) = &mut self.inner().open {
                open.forget();
            }
            Ok(())
        })
    }

    /// Whose records are in it, of which hospital.
    pub fn records(&self) -> Result<Vec<RecordInfo>, MyKarteError> {
        self.read(|open| Ok(open.archive.records()?.iter().map(RecordInfo::of).collect()))
    }

    /// One record, by the id that `records` gives.
    pub fn record(self: Arc<Self>, id: String) -> Result<Arc<PatientRecord>, MyKarteError> {
        let (id, generation) = self.read(|open| {
            let id = RecordInfo::parse_id(&id)?;
            Ok((id, open.archive.vault().generation(id)?))
        })?;
        Ok(Arc::new(PatientRecord::new(&self, id, generation)))
    }

    /// Deletes a record, its key first: from then on no copy of this file shows it. Returns when nothing is left.
    pub fn delete_record(&self, id: String) -> Result<(), MyKarteError> {
        self.write(|open| Ok(open.archive.vault_mut().delete(RecordInfo::parse_id(&id)?)?))
    }

    /// Deletes the records of a person (of one hospital, where it is named), keys first. Returns how many there were.
    #[uniffi::method(default(hospital_id = None))]
    pub fn delete_person(&self, patient_id: String, hospital_id: Option<String>) -> Result<u32, MyKarteError> {
        self.write(|open| {
            let deleted = open.archive.delete_patient(&patient_id, hospital_id.as_deref())?;
            if deleted == 0 { Err(MyKarteError::NoSuchRecord) } else { Ok(u32::try_from(deleted).unwrap_or(u32::MAX)) }
        })
    }

    /// Removes what a deletion or an import that was cut off left in the file. Returns whether anything was there.
    pub fn erase_leftovers(&self) -> Result<bool, MyKarteError> {
        self.write(|open| Ok(open.archive.vault_mut().erase_leftovers()?))
    }

    /// How many parts of the records cannot be read. Reads the whole file.
    pub fn count_damage(&self) -> Result<u32, MyKarteError> {
        self.read(|open| Ok(open.archive.vault().count_damage()?))
    }
}

impl Vault {
    /// Works on the unlocked vault.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Open) -> Result<T, MyKarteError>) -> Result<T, MyKarteError> {
        guarded(|| work(self.inner().open.as_mut().ok_or(MyKarteError::Locked)?))
    }

    /// The same for work that changes records: what was read of them goes.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&mut Open) -> Result<T, MyKarteError>) -> Result<T, MyKarteError> {
        self.read(|open| {
            open.forget();
            work(open)
        })
    }

    fn unlock_with(&self, unlock: Unlock<'_>) -> Result<(), MyKarteError> {
        let epoch = match &*self.inner() {
            State { open: Some(_), .. } => return Err(MyKarteError::AlreadyUnlocked),
            state => state.epoch,
        };
        // The key derivation takes its time; a screen that asks for the state does not wait for it.
        let archive = Archive::open(&self.path, unlock)?;
        let mut state = self.inner();
        if state.epoch != epoch {
            return Err(MyKarteError::Locked);
        }
        state.open = Some(Open::of(archive));
        Ok(())
    }

    /// A call that panicked has left it as an error would have: it can be used.
    fn inner(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outside {
    /// Once it is open nothing was wrong.
    fn of_open(vault: &mykarte::vault::Vault) -> Outside {
        Outside {
            keys: vault.slots().into_iter().map(|slot| slot.kind.into()).collect(),
            needs_installation_secret: vault.needs_installation_secret(),
            tries: 0,
            retry_after: Duration::ZERO,
        }
    }
}

impl Open {
    fn of(archive: Archive) -> Open {
        Open { archive, summaries: HashMap::new() }
    }

    fn forget(&mut self) {
        self.summaries.clear();
        self.archive.forget();
    }

    /// The summary of a record; `None` where it is damaged.
    pub fn summary(&mut self, id: RecordId) -> Result<Option<Arc<mykarte::record::Summary>>, MyKarteError> {
        if let Some(known) = self.summaries.get(&id) {
            return Ok(Some(Arc::clone(known)));
        }
        let found = self.archive.records()?.into_iter().find(|info| info.id == id).ok_or(MyKarteError::NoSuchRecord)?;
        let summary = found.summary.map(Arc::new);
        self.summaries.extend(summary.clone().map(|summary| (id, summary)));
        Ok(summary)
    }
}
