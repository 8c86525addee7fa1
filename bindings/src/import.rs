//! Import of a storage folder: a listener that may throw, a cancellation from any thread, and a report.
//!
//! The files are read without the vault's lock, so reading goes on meanwhile; only the write at the end takes it. The
//! listener is never called while it is held, so it may call the vault.

use crate::error::MyKarteError;
use crate::guard::guarded;
use crate::report::ImportReport;
use crate::summary::RecordInfo;
use crate::vault::Vault;
use mykarte::record::profile::Profile;
use mykarte::record::summary::Hospital;
use mykarte::{Shaping, Step, StoreOptions, Watch, read_record, store_record};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What to import.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ImportRequest {
    /// Folders: storage roots, their parents, or the patient's own.
    pub storages: Vec<String>,
    /// The patient's id: the name of his folder.
    pub patient_id: String,
    /// Facility id, where the files do not say it.
    #[uniffi(default = None)]
    pub hospital_id: Option<String>,
    /// Its name.
    #[uniffi(default = None)]
    pub hospital_name: Option<String>,
    /// The university's profile as JSON; without one everything is shown.
    #[uniffi(default = None)]
    pub profile: Option<String>,
    /// Take in files that name another patient, marked for ever.
    #[uniffi(default = false)]
    pub accept_other_patient: bool,
    /// Go on although the stored record holds what the new one lacks, or another identity or profile.
    #[uniffi(default = false)]
    pub replace: bool,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ImportProgress {
    /// Looking for the patient's files.
    Survey,
    /// Reading them: about once per cent.
    Read {
        /// Files done.
        done: u32,
        /// Files in all.
        total: u32,
    },
    /// Building the record.
    Build,
    /// Sealing and writing.
    Store,
}

/// Why a listener failed. Whatever it throws ends its import and nothing else.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum ListenerError {
    /// It threw this itself.
    #[error("the listener failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ListenerError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// Watches an import. Called from threads of the library, never from two at once.
#[uniffi::export(foreign)]
pub trait ImportListener: Send + Sync {
    /// Called at each step.
    fn on_progress(&self, progress: ImportProgress) -> Result<(), ListenerError>;
}

/// Stops an import, from any thread. For one import: what is cancelled stays cancelled.
#[derive(Default, uniffi::Object)]
pub struct Cancellation {
    cancelled: AtomicBool,
}

#[uniffi::export]
impl Cancellation {
    /// Nothing is cancelled yet.
    #[uniffi::constructor]
    pub fn new() -> Result<Arc<Self>, MyKarteError> {
        guarded(|| Ok(Arc::default()))
    }

    /// Stops the import as soon as it can; after its last write it is too late.
    pub fn cancel(&self) -> Result<(), MyKarteError> {
        guarded(|| {
            self.cancelled.store(true, Ordering::Relaxed);
            Ok(())
        })
    }
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ImportOutcome {
    /// The record as it is now in the vault.
    pub record: RecordInfo,
    /// It replaced an older generation.
    pub updated: bool,
    /// What became of every file.
    pub report: ImportReport,
}

#[uniffi::export]
impl Vault {
    /// Reads a patient's files and stores the record. Long: call it from a thread of its own.
    #[uniffi::method(default(listener = None, cancellation = None))]
    pub fn import_record(
        &self,
        request: ImportRequest,
        listener: Option<Arc<dyn ImportListener>>,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<ImportOutcome, MyKarteError> {
        let relay = Relay { listener, last: Mutex::default(), cancellation, stop: AtomicBool::new(false) };
        let done = self.import_watched(request, &relay);
        if relay.has_failed() { Err(MyKarteError::ListenerFailed) } else { done }
    }
}

impl Vault {
    fn import_watched(&self, request: ImportRequest, relay: &Relay) -> Result<ImportOutcome, MyKarteError> {
        // A locked vault is said before minutes of reading.
        self.read(|open| Ok(open.archive.vault().check_writable()?))?;
        let (replace, request) = (request.replace, to_core(request)?);
        let imported = guarded(|| {
            let watch = Watch { progress: &|step| relay.tell(step), cancel: &relay.stop };
            let imported = read_record(&request, &watch)?;
            relay.tell(Step::Store);
            Ok(imported)
        })?;
        self.write(|open| {
            let watch = Watch { progress: &|_| relay.look(), cancel: &relay.stop };
            let options = StoreOptions { replace, threads: 0 };
            let stored = store_record(open.archive.vault_mut(), imported, options, &watch)?;
            let info = open.archive.records()?.into_iter().find(|info| info.id == stored.head.id);
            Ok(ImportOutcome {
                record: RecordInfo::of(&info.ok_or(MyKarteError::NoSuchRecord)?),
                updated: stored.updated,
                report: ImportReport::of(&stored.report),
            })
        })
    }
}

fn to_core(request: ImportRequest) -> Result<mykarte::ImportRequest, MyKarteError> {
    let ImportRequest { storages, patient_id, hospital_id, hospital_name, profile, accept_other_patient, .. } = request;
    let profile = profile.map_or_else(|| Ok(Profile::full()), |text| Profile::parse(&text))?;
    Ok(mykarte::ImportRequest {
        storages: storages.into_iter().map(Into::into).collect(),
        patient_id,
        hospital: hospital_id.map(|id| Hospital { id, name: hospital_name }),
        accept_other_patient,
        threads: 0,
        imported_at: mykarte::now(),
        shaping: Shaping { profile, withholding: None },
    })
}

/// Between the core, which tells of every file from any thread, and the listener, who hears of a hundredth of them in
/// order.
struct Relay {
    listener: Option<Arc<dyn ImportListener>>,
    last: Mutex<Last>,
    /// The app's, which a failing listener leaves alone.
    cancellation: Option<Arc<Cancellation>>,
    /// What the core looks at.
    stop: AtomicBool,
}

#[derive(Default)]
struct Last {
    percent: Option<usize>,
    failed: bool,
}

impl Relay {
    /// Passes on what the app has cancelled.
    fn look(&self) {
        if self.cancellation.as_ref().is_some_and(|app| app.cancelled.load(Ordering::Relaxed)) {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn tell(&self, step: Step) {
        self.look();
        let Some(listener) = &self.listener else { return };
        let mut last = self.last();
        if last.failed || !last.is_news(step) {
            return;
        }
        if listener.on_progress(progress(step)).is_err() {
            last.failed = true;
            self.stop.store(true, Ordering::Relaxed);
        }
        // It may have cancelled.
        self.look();
    }

    fn has_failed(&self) -> bool {
        self.last().failed
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Last {
    /// Threads finish their files in any order: a count that goes back is no news.
    fn is_news(&mut self, step: Step) -> bool {
        let Step::Read { done, total } = step else { return true };
        let percent = done * 100 / total.max(1);
        let is_news = self.percent.is_none_or(|last| percent > last);
        if is_news {
            self.percent = Some(percent);
        }
        is_news
    }
}

fn progress(step: Step) -> ImportProgress {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    match step {
        Step::Survey => ImportProgress::Survey,
        Step::Read { done, total } => ImportProgress::Read { done: count(done), total: count(total) },
        Step::Build => ImportProgress::Build,
        Step::Store => ImportProgress::Store,
    }
}
