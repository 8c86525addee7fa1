//! What an import into a vault and into a package have in common: whose files are read, watched by a bar and Ctrl-C.

use super::Bar;
use crate::interrupt::Keep;
use crate::out::Out;
use mykarte::record::summary::Hospital;
use mykarte::{ImportError, ImportRequest, Imported, Shaping, Watch, read_record};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

/// Whose files are read, and how.
pub struct Reading<'a> {
    pub storages: &'a [PathBuf],
    pub patient: &'a str,
    pub hospital: Option<&'a Hospital>,
    pub accept_other_patient: bool,
    pub threads: u16,
    pub shaping: &'a Shaping,
}

/// A bar, and signals that are kept until the work asks.
pub struct Watched {
    bar: Bar,
    keep: Keep,
}

impl Watched {
    pub fn new(out: &Out) -> Watched {
        Watched { bar: Bar::new(out.language), keep: Keep::new() }
    }

    /// Does something under watch.
    pub fn run<T>(&self, work: impl FnOnce(&Watch<'_>) -> T) -> T {
        let progress = |step| self.bar.step(step);
        work(&Watch { progress: &progress, cancel: self.keep.flag() })
    }

    /// Whether somebody wants to stop.
    pub fn check(&self) -> Result<(), ImportError> {
        if self.keep.flag().load(Ordering::Relaxed) { Err(ImportError::Cancelled) } else { Ok(()) }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish();
    }
}

impl Reading<'_> {
    /// Whether the storages and the patient are there at all: nobody likes to type a passcode twice and then hear that the
    /// folder is not there.
    pub fn look_first(&self) -> Result<(), ImportError> {
        let found = mykarte::ssmix2::storage::find_patients(self.storages, Some(self.patient))?;
        if !found.folders.is_empty() {
            return Ok(());
        }
        let everybody = mykarte::ssmix2::storage::find_patients(self.storages, None)?;
        if everybody.folders.is_empty() {
            return Err(ImportError::EmptyStorage);
        }
        let ids = everybody.folders.iter().map(|f| f.id.as_str());
        Err(ImportError::NoSuchPatient { nearest: mykarte::import::nearest(self.patient, ids, 5) })
    }

    /// Reads them.
    pub fn read(&self, watched: &Watched) -> Result<Imported, ImportError> {
        self.read_as(self.hospital, watched)
    }

    /// The same; where the files do not say which facility they are of, it is the one the caller vouches for.
    pub fn read_or_of(&self, facility: &Hospital, watched: &Watched) -> Result<Imported, ImportError> {
        match self.read(watched) {
            Err(ImportError::FacilityUnknown) if self.hospital.is_none() => self.read_as(Some(facility), watched),
            read => read,
        }
    }

    fn read_as(&self, hospital: Option<&Hospital>, watched: &Watched) -> Result<Imported, ImportError> {
        let request = ImportRequest {
            storages: self.storages.to_vec(),
            patient_id: self.patient.to_owned(),
            hospital: hospital.cloned(),
            accept_other_patient: self.accept_other_patient,
            threads: self.threads.into(),
            imported_at: mykarte::now(),
            shaping: self.shaping.clone(),
        };
        watched.run(|watch| read_record(&request, watch))
    }
}
