//! The vault as an app holds it: a file that is locked, open or paused.
//!
//! One lock guards it, so calls of several threads take turns; each is short but for the key derivation (a tenth of a
//! second) and the write at the end of an import. Nothing of the app is called while it is held.

mod unlocking;

pub use unlocking::Outside;

use crate::error::{MyKarteError, PackageProblem};
use crate::guard::guarded;
use crate::record::PatientRecord;
use crate::secrets::{self, RecoveryCode};
use crate::summary::RecordInfo;
use mykarte::Archive;
use mykarte::vault::{KdfParams, RecordId};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// A vault: one file that opens for its passcode on the worst day and for nobody else on any day.
///
/// Keep one object a file: a second one finds it in use. `lock` wipes the keys; so does letting go of the object, but when
/// that happens is up to the language: lock explicitly.
#[derive(uniffi::Object)]
pub struct Vault {
    path: PathBuf,
    state: Mutex<State>,
    /// Who unlocks or looks at the locked file: one at a time, for the file's own lock would say that it is in use.
    turn: Mutex<()>,
}

#[derive(Default)]
struct State {
    /// `None` while it is locked.
    open: Option<Open>,
    /// Counts what puts an unlocking under way in another thread out of date: locking and pausing.
    epoch: u64,
}

/// What is in memory while the vault is unlocked.
pub(crate) struct Open {
    pub archive: Archive,
    /// The epoch of its unlocking: another one after each lock, the same over a pause.
    pub since: u64,
    /// Summaries that were read: patient text, gone with the lock.
    summaries: HashMap<RecordId, Arc<mykarte::record::Summary>>,
    /// Packages that arrived and wait to be accepted, and how many there were: patient text as well.
    arrivals: (HashMap<u64, mykarte::package::Arrival>, u64),
    /// What came of a download that failed: ciphertext.
    pub partial: Option<mykarte::download::Partial>,
}

/// A vault just made, with the code that opens it when the device is lost.
#[derive(uniffi::Record)]
pub struct NewVault {
    /// The vault, unlocked. There is no file until the first import or enrolment: locked before it, it never was.
    pub vault: Arc<Vault>,
    /// Show it once, after the first import or enrolment, to be written down.
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

/// Makes a vault that opens with the passcode and the installation secret of this device, which the platform keeps, or
/// with the recovery code.
#[uniffi::export]
pub fn create_vault(path: String, passcode: &[u8], installation_secret: &[u8]) -> Result<NewVault, MyKarteError> {
    guarded(|| {
        let (passcode, secret) = (secrets::passcode(passcode)?, secrets::installation(installation_secret)?);
        let params = KdfParams::default();
        let made = mykarte::vault::Vault::create_with_secret(&path, &passcode, &secret, params);
        let (vault, code) = made.map_err(MyKarteError::of_creation)?;
        let state = State { open: Some(Open::of(Archive::of(vault), 0)), epoch: 0 };
        let vault = Arc::new(Vault { path: path.into(), state: Mutex::new(state), turn: Mutex::default() });
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
            Ok(Arc::new(Self { path: path.into(), state: Mutex::default(), turn: Mutex::default() }))
        })
    }

    /// Whether keys are in memory. Waits for a call that is under way, but for an unlocking and the reading of an import.
    pub fn state(&self) -> Result<VaultState, MyKarteError> {
        guarded(|| {
            Ok(match &self.inner().open {
                None => VaultState::Locked,
                Some(open) if open.archive.vault().is_paused() => VaultState::Paused,
                Some(_) => VaultState::Unlocked,
            })
        })
    }

    /// Wipes the keys and all that was read. A call under way in another thread is waited for, but for an unlocking, which
    /// then fails with `Locked`. An import goes on reading files, told to its listener, and then fails with `Locked`, also
    /// where the vault was unlocked again meanwhile: cancel it. Locking twice is no error.
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

    /// One record, by the id that `records` gives. It does not keep the vault: hold on to both.
    pub fn record(self: Arc<Self>, id: String) -> Result<Arc<PatientRecord>, MyKarteError> {
        let (id, generation) = self.read(|open| {
            let id = RecordInfo::parse_id(&id)?;
            Ok((id, open.archive.vault().generation(id)?))
        })?;
        Ok(Arc::new(PatientRecord::new(&self, id, generation)))
    }

    /// Deletes a record, keys first, and ends the enrolment that received it: no package brings it back, to receive again
    /// takes enrolling again. Returns when nothing of it is left in the file.
    pub fn delete_record(&self, id: String) -> Result<(), MyKarteError> {
        self.write(|open| Ok(open.archive.delete_record(RecordInfo::parse_id(&id)?)?))
    }

    /// Deletes the record of a person at a hospital, keys first: the same number at another one may be another person's.
    /// Both ids are in `records`. Returns how many there were.
    pub fn delete_person(&self, patient_id: String, hospital_id: String) -> Result<u32, MyKarteError> {
        self.write(|open| {
            let deleted = open.archive.delete_patient(&patient_id, Some(hospital_id.trim()))?;
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

    /// The write of work that began when [`Open::since`] was this: a lock in between took the permission back, whatever
    /// was unlocked afterwards.
    pub(crate) fn write_since<T>(
        &self,
        since: u64,
        work: impl FnOnce(&mut Open) -> Result<T, MyKarteError>,
    ) -> Result<T, MyKarteError> {
        self.write(|open| {
            open.check_since(since)?;
            work(open)
        })
    }

    /// A call that panicked has left it as an error would have: it can be used.
    fn inner(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn of(archive: Archive, since: u64) -> Open {
        Open { archive, since, summaries: HashMap::new(), arrivals: Default::default(), partial: None }
    }

    /// Keeps what arrived; returns its number.
    pub fn keep_arrival(&mut self, arrival: mykarte::package::Arrival) -> u64 {
        let (waiting, count) = &mut self.arrivals;
        *count += 1;
        waiting.insert(*count, arrival);
        *count
    }

    /// What arrived under this number.
    pub fn arrival(&self, number: u64) -> Result<&mykarte::package::Arrival, MyKarteError> {
        self.arrivals.0.get(&number).ok_or(MyKarteError::refused(PackageProblem::Stale))
    }

    /// The same, taken out.
    pub fn take_arrival(&mut self, number: u64) -> Result<mykarte::package::Arrival, MyKarteError> {
        self.arrivals.0.remove(&number).ok_or(MyKarteError::refused(PackageProblem::Stale))
    }

    /// Whether it is still the unlocking that something belongs to.
    pub fn check_since(&self, since: u64) -> Result<(), MyKarteError> {
        if self.since == since { Ok(()) } else { Err(MyKarteError::Locked) }
    }

    pub fn forget(&mut self) {
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
