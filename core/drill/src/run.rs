//! A drill from its request to its report.

use crate::patient::{Patient, look_at};
use crate::reissue::{Side, look_at_both};
use crate::report::{FORMAT, Report, Scope};
use crate::request::{Request, Who, everybody};
use crate::tally::Tally;
use mykarte::record::profile::Shape;
use mykarte::{ImportError, PatientIndex, Watch};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// How far a drill is; called from any thread.
pub struct Progress<'a> {
    /// Patients done of how many.
    pub done: &'a (dyn Fn(usize, usize) + Sync),
    /// Set it to stop the drill.
    pub cancel: &'a AtomicBool,
}

/// Looks at every patient that is asked for.
///
/// # Errors
/// What [`PatientIndex::of`] says of the storages; [`ImportError::NoSuchPatient`]; [`ImportError::Cancelled`]. What is
/// the matter with a patient is a finding.
pub fn run(request: &Request, progress: &Progress<'_>) -> Result<Report, ImportError> {
    let index = PatientIndex::of(&request.storages)?;
    let ids = request.who.ids(&index)?;
    if ids.is_empty() && matches!(request.who, Who::Patient(_)) {
        return Err(ImportError::NoSuchPatient { nearest: Vec::new() });
    }
    if index.is_empty() {
        return Err(ImportError::EmptyStorage);
    }
    request.shaping.check()?;
    let look = |id: &str, watch: &Watch<'_>| look_at(id, request, &index, watch);
    let tally = over_all(&ids, request.threads, progress, look)?;
    Ok(tally.report(draft(request, index.len()), &request.shaping.profile))
}

/// Holds a storage's re-issue against it, patient by patient. `request.storages` is the old one.
///
/// # Errors
/// As [`run`], of both; the inputs of the new one are counted behind those of the old one.
pub fn compare(request: &Request, new: &[PathBuf], progress: &Progress<'_>) -> Result<Report, ImportError> {
    let old = Side::of(&request.storages)?;
    let new = Side::of(new).map_err(|error| match error {
        ImportError::Storage(error) => ImportError::Storage(error.behind(request.storages.len())),
        error => error,
    })?;
    let indexes = [&old.index, &new.index];
    let ids = request.who.ids_of(&indexes)?;
    if ids.is_empty() && matches!(request.who, Who::Patient(_)) {
        return Err(ImportError::NoSuchPatient { nearest: Vec::new() });
    }
    request.shaping.check()?;
    let look = |id: &str, watch: &Watch<'_>| look_at_both(id, request, (&old, &new), watch);
    let tally = over_all(&ids, request.threads, progress, look)?;
    Ok(tally.report(draft(request, everybody(&indexes).len()), &request.shaping.profile))
}

/// A report without what was found.
fn draft(request: &Request, patients: usize) -> Report {
    let scope = Scope { patients_in_storage: patients as u32, chosen: request.who.chosen(), ..Scope::default() };
    Report {
        format: FORMAT,
        at: request.at,
        baseline: None,
        scope,
        profile: Some(Shape::of(&request.shaping.profile)),
        holds: true,
        findings: Vec::new(),
        fields: Vec::new(),
        kinds: Vec::new(),
        forms: Vec::new(),
        reissue: None,
    }
}

/// Patients are shared out to plain threads: an import waits for threads of its own, and a worker of a pool would take up
/// the next patient meanwhile, on the same stack.
fn over_all(
    ids: &[&str],
    threads: usize,
    progress: &Progress<'_>,
    look: impl Fn(&str, &Watch<'_>) -> Result<Patient, ImportError> + Sync,
) -> Result<Tally, ImportError> {
    let (next, done, failed) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let tally = Mutex::new(Tally::default());
    let work = || -> Result<(), ImportError> {
        let watch = Watch { progress: &|_| (), cancel: progress.cancel };
        while let Some(id) = ids.get(next.fetch_add(1, Ordering::Relaxed)) {
            if failed.load(Ordering::Relaxed) {
                break;
            }
            let patient = look(id, &watch).inspect_err(|_| failed.store(true, Ordering::Relaxed))?;
            tally.lock().unwrap_or_else(PoisonError::into_inner).add(patient);
            (progress.done)(done.fetch_add(1, Ordering::Relaxed) + 1, ids.len());
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers(threads, ids.len())).map(|_| scope.spawn(work)).collect();
        // A thread that panicked is a defect of ours and panics on.
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })?;
    Ok(tally.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn workers(asked: usize, patients: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = if asked == 0 { cores } else { asked.min(4 * cores) };
    threads.min(patients).max(1)
}
