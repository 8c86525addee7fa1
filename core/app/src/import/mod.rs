//! Import: a storage folder becomes a record, and a record becomes a generation
//! of a vault.
//!
//! ```text
//! patients -> who is in a storage
//! survey   -> which files of a patient there are   (walk, names, fates)
//! read     -> what each of them says               (in parallel, pure per file; inspect looks on)
//! gather   -> which of them count, whose they are, and the record
//! shaping  -> what the university shows of it
//! store    -> what would be lost, then one durable transaction
//! fingerprint -> whether there is anything new
//! parts    -> sections as chunks, for the vault as for a package
//! ```

mod facility;
mod fingerprint;
mod gather;
mod inspect;
mod nearest;
mod older;
pub(crate) mod parts;
mod patients;
mod read;
mod shaping;
pub(crate) mod store;
mod survey;

pub use fingerprint::fingerprint;
pub use inspect::{Inspect, Inspected};
pub use nearest::nearest;
pub use shaping::Shaping;
pub use store::{Losses, SectionLoss};

use crate::error::ImportError;
use mykarte_record::build::close_gaps;
use mykarte_record::profile::Profile;
use mykarte_record::summary::Hospital;
use mykarte_record::{ImportReport, Record, Section};
use serde::{Deserialize, Serialize};
use ssmix2::types::Timestamp;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

/// What to import, and how.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// Storage roots, their parents, or a patient's folder.
    pub storages: Vec<PathBuf>,
    /// The patient's folder name.
    pub patient_id: String,
    /// The facility, where the operator names it.
    pub hospital: Option<Hospital>,
    /// Take quarantined files in, marked for ever (clinical rule 2).
    pub accept_other_patient: bool,
    /// Worker threads; 0 means one a core. They are the import's own: one that is called from a worker of another pool of
    /// rayon lets that worker take up more work meanwhile, on the same stack.
    pub threads: usize,
    /// When the import runs, in Japanese local time.
    pub imported_at: Timestamp,
    /// What the university shows.
    pub shaping: Shaping,
}

/// A step of an import, for a progress bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Looking for the patient and listing his files.
    Survey,
    /// Reading files: how many of how many.
    Read {
        /// Files done.
        done: usize,
        /// Files in all.
        total: usize,
    },
    /// Building the record.
    Build,
    /// Sealing and writing.
    Store,
}

/// Who watches an import and may stop it.
pub struct Watch<'a> {
    /// Called from any thread.
    pub progress: &'a (dyn Fn(Step) + Sync),
    /// Set it to stop the import; nothing is written then.
    pub cancel: &'a AtomicBool,
}

impl Watch<'_> {
    pub(crate) fn check(&self) -> Result<(), ImportError> {
        if self.cancel.load(Ordering::Relaxed) { Err(ImportError::Cancelled) } else { Ok(()) }
    }
}

/// Ids of entries that are not in a record, with the reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LeftOut {
    /// Deleted by the hospital.
    #[serde(default)]
    pub retracted: Vec<(Section, String)>,
    /// For each of them in the same order digests of what was deleted; none where the id says it. An id alone may have become
    /// another entry's.
    #[serde(default)]
    pub about: Vec<Vec<String>>,
    /// Lab orders whose results are there.
    #[serde(default)]
    pub answered: Vec<String>,
}

/// A record before it is sealed, with the report of how it came to be.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The record, as the profile shows it.
    pub record: Record,
    /// The hospital's report. Its numbers of files are final only after [`Imported::number_files`].
    pub report: ImportReport,
    /// The profile in force: what is carried over from an older generation follows it too.
    pub profile: Profile,
    /// Facilities that the root folder or MSH-4 name where [`ImportRequest::hospital`] says another: somebody has to know.
    pub other_facilities: Vec<String>,
}

impl Imported {
    /// Entries that an earlier package may have held and that are gone for a reason the device may be told: deleted ones,
    /// and lab orders that are answered. Where rules or a period keep entries out nothing is told, for it could be one of them.
    pub(crate) fn left_out(&self) -> LeftOut {
        let has_rules = self.profile.has_rules();
        let has_period =
            |section| self.record.summary.profile.as_ref().is_some_and(|s| s.periods.contains_key(&section));
        let shown = |section: Section| !has_rules && self.profile.shows(section) && !has_period(section);
        let retracted = || self.record.retracted.iter().filter(|entry| shown(entry.section));
        // An order is answered by results that are there.
        let tells_answers = shown(Section::Others) && shown(Section::Labs);
        let answered = self.record.answered_orders.iter().filter(|_| tells_answers);
        LeftOut {
            retracted: retracted().map(|entry| (entry.section, entry.id.to_string())).collect(),
            about: retracted().map(|entry| entry.about.iter().map(ToString::to_string).collect()).collect(),
            answered: answered.map(|id| id.to_string()).collect(),
        }
    }

    /// The record as it leaves the hospital: until then ids are those of the full record, and where the profile keeps
    /// entries out they would have gaps.
    pub fn close_gaps(&mut self) {
        if self.profile.has_rules() {
            close_gaps(&mut self.record);
        }
    }
}

/// Reads a patient's record from storages. Touches nothing.
pub fn read_record(request: &ImportRequest, watch: &Watch<'_>) -> Result<Imported, ImportError> {
    read_with(request, None, watch, None)
}

/// The same for one of many patients, whose folders were looked for once. `index` is of the request's storages.
pub fn read_indexed(request: &ImportRequest, index: &PatientIndex, watch: &Watch<'_>) -> Result<Imported, ImportError> {
    read_with(request, Some(index), watch, None)
}

/// The same, and `inspect` looks at each file beside the reader.
pub fn read_inspected(
    request: &ImportRequest,
    index: &PatientIndex,
    watch: &Watch<'_>,
    inspect: &dyn Inspect,
) -> Result<Imported, ImportError> {
    read_with(request, Some(index), watch, Some(inspect))
}

fn read_with(
    request: &ImportRequest,
    index: Option<&PatientIndex>,
    watch: &Watch<'_>,
    inspect: Option<&dyn Inspect>,
) -> Result<Imported, ImportError> {
    pool(request.threads)?.install(|| {
        (watch.progress)(Step::Survey);
        request.shaping.check()?;
        let survey = survey::survey(request, index)?;
        watch.check()?;
        let reads = read::read_all(&survey, watch, inspect)?;
        (watch.progress)(Step::Build);
        let imported = gather::gather(request, survey, reads)?;
        watch.check()?;
        Ok(imported)
    })
}

/// Worker threads; more than a few a core only cost memory.
pub(crate) fn pool(asked: usize) -> Result<rayon::ThreadPool, ImportError> {
    let threads = workers(asked, std::thread::available_parallelism().map_or(1, |n| n.get()));
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|_| ImportError::NoThreads)
}

fn workers(asked: usize, cores: usize) -> usize {
    if asked == 0 { cores } else { asked.min(4 * cores) }
}

pub use store::{StoreOptions, Stored, store_record};

pub use patients::{PatientIndex, PatientLine, list_patients};

#[cfg(test)]
mod tests {
    #[test]
    fn threads_are_bounded_by_the_cores() {
        let workers = |asked| super::workers(asked, 2);
        assert_eq!([0, 1, 8, 9, 65_535].map(workers), [2, 1, 8, 8, 8]);
    }
}
