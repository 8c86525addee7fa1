//! Import of a storage folder: a listener that may throw, a cancellation from any thread, and a report.
//!
//! The files are read without the vault's lock, so reading goes on meanwhile; only the write at the end takes it. The
//! listener is never called while it is held, so it may call the vault.

mod relay;

use crate::error::MyKarteError;
use crate::guard::guarded;
use crate::report::ImportReport;
use crate::summary::RecordInfo;
use crate::vault::Vault;
use mykarte::record::profile::Profile;
use mykarte::record::summary::Hospital;
use mykarte::{Shaping, Step, StoreOptions, read_record, store_record};
use relay::Relay;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What to import.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ImportRequest {
    /// Paths of folders: storage roots, their parents, or the patient's own. What an app holds as `content://` or in a
    /// security scope it copies first; then it deletes the copy.
    pub storages: Vec<String>,
    /// The patient's id: the name of his folder.
    pub patient_id: String,
    /// Facility id. It is believed more than what the folders and files say: give it only where they do not say it, or
    /// wrongly.
    #[uniffi(default = None)]
    pub hospital_id: Option<String>,
    /// Its name; without one as the files say it.
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

/// Watches an import, in the thread that called for it. It may call whatever it likes; what it throws does not come out
/// again, only `ListenerFailed` does: keep it yourself.
#[uniffi::export(foreign)]
pub trait ImportListener: Send + Sync {
    /// Called at each step.
    fn on_progress(&self, progress: ImportProgress) -> Result<(), ListenerError>;
}

/// Stops an import or a download, from any thread. For one of them: what is cancelled stays cancelled. Cancelling a task or coroutine
/// stops nothing here: call this then.
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

    /// Stops it as soon as it can; after its last write it is too late.
    pub fn cancel(&self) -> Result<(), MyKarteError> {
        guarded(|| {
            self.cancelled.store(true, Ordering::Relaxed);
            Ok(())
        })
    }
}

impl Cancellation {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
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
        let relay = Relay::new(listener, cancellation);
        let done = self.import_watched(request, &relay);
        if relay.has_failed() { Err(MyKarteError::ListenerFailed) } else { done }
    }
}

impl Vault {
    fn import_watched(&self, request: ImportRequest, relay: &Relay) -> Result<ImportOutcome, MyKarteError> {
        // A locked vault is said before minutes of reading.
        let since = self.read(|open| {
            open.archive.vault().check_writable()?;
            Ok(open.since)
        })?;
        let (replace, request) = (request.replace, to_core(request)?);
        let imported = guarded(|| {
            let imported = relay.watch(|watch| Ok(read_record(&request, watch)?))?;
            relay.tell(Step::Store);
            Ok(imported)
        })?;
        self.write_since(since, |open| {
            let options = StoreOptions { replace, threads: 0 };
            let stored = relay.quiet(|watch| store_record(open.archive.vault_mut(), imported, options, watch))?;
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
    if storages.is_empty() {
        return Err(MyKarteError::invalid("storages"));
    }
    let hospital = hospital(hospital_id, hospital_name)?;
    let profile = profile.map_or_else(|| Ok(Profile::full()), |text| Profile::parse(&text))?;
    Ok(mykarte::ImportRequest {
        storages: storages.into_iter().map(Into::into).collect(),
        patient_id,
        hospital,
        accept_other_patient,
        threads: 0,
        imported_at: mykarte::now(),
        shaping: Shaping { profile, withholding: None },
    })
}

/// A name alone would be lost, and a blank id would be this record's hospital for ever.
fn hospital(id: Option<String>, name: Option<String>) -> Result<Option<Hospital>, MyKarteError> {
    let name = name.map(|name| name.trim().to_string()).filter(|name| !name.is_empty());
    match (id.map(|id| id.trim().to_string()), name) {
        (Some(id), _) if id.is_empty() => Err(MyKarteError::invalid("hospitalId")),
        (Some(id), name) => Ok(Some(Hospital { id, name })),
        (None, Some(_)) => Err(MyKarteError::invalid("hospitalName")),
        (None, None) => Ok(None),
    }
}
