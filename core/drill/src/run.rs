//! A drill from its request to its report.

use crate::beside;
use crate::each::{Each, InTurn};
use crate::patient::{Patient, look_at};
use crate::people::{Person, chosen, everybody};
use crate::reissue::{NEW, OLD, Side, look_at_both};
use crate::report::{FORMAT, Report, Scope};
use crate::request::Request;
use crate::tally::Tally;
use crate::texts::Texts;
use mykarte::record::profile::Shape;
use mykarte::{ImportError, PatientIndex, Watch};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// How far a drill is; called from any thread.
pub struct Progress<'a> {
    /// Patients done of how many.
    pub done: &'a (dyn Fn(usize, usize) + Sync),
    /// Who hears of each patient, in their order.
    pub each: Option<&'a Each<'a>>,
    /// Set it to stop the drill.
    pub cancel: &'a AtomicBool,
}

/// Looks at every patient that is asked for.
///
/// # Errors
/// What [`PatientIndex::of`] says of the storages; [`ImportError::NoSuchPatient`]; [`ImportError::Cancelled`]. What is
/// the matter with a patient is a finding.
pub fn run(request: &Request, progress: &Progress<'_>) -> Result<Report, ImportError> {
    let mut index = PatientIndex::of(&request.storages)?;
    let beside = beside::look_at(index.take_beside(), "", request.show_text);
    let people = chosen(&request.who, &[&index])?;
    if index.is_empty() {
        return Err(ImportError::EmptyStorage);
    }
    request.shaping.check()?;
    let look =
        |person: &Person<'_>, texts: &mut Texts, watch: &Watch<'_>| look_at(person.id(), request, &index, texts, watch);
    let mut tally = over_all(&people, request.threads, progress, look)?;
    tally.add_beside(beside);
    Ok(tally.report(draft(request, index.len()), request))
}

/// Holds a storage's re-issue against it, patient by patient. `request.storages` is the old one.
///
/// # Errors
/// As [`run`], of both; the inputs of the new one are counted behind those of the old one.
pub fn compare(request: &Request, new: &[PathBuf], progress: &Progress<'_>) -> Result<Report, ImportError> {
    let mut old = Side::of(&request.storages)?;
    let mut new = Side::of(new).map_err(|error| match error {
        ImportError::Storage(error) => ImportError::Storage(error.behind(request.storages.len())),
        error => error,
    })?;
    let beside = [(&mut old, OLD), (&mut new, NEW)]
        .map(|(side, name)| beside::look_at(side.index.take_beside(), name, request.show_text));
    let indexes = [&old.index, &new.index];
    let people = chosen(&request.who, &indexes)?;
    request.shaping.check()?;
    let look =
        |person: &Person<'_>, _: &mut Texts, watch: &Watch<'_>| look_at_both(person, request, (&old, &new), watch);
    let mut tally = over_all(&people, request.threads, progress, look)?;
    beside.into_iter().for_each(|found| tally.add_beside(found));
    Ok(tally.report(draft(request, everybody(&indexes).len()), request))
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
    people: &[Person<'_>],
    threads: usize,
    progress: &Progress<'_>,
    look: impl Fn(&Person<'_>, &mut Texts, &Watch<'_>) -> Result<Patient, ImportError> + Sync,
) -> Result<Tally, ImportError> {
    let (next, done, failed) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let (tally, in_turn) = (Mutex::new(Tally::default()), progress.each.map(InTurn::new));
    let work = || -> Result<(), ImportError> {
        let (watch, mut texts) = (Watch { progress: &|_| (), cancel: progress.cancel }, Texts::default());
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(person) = people.get(number) else { break };
            if failed.load(Ordering::Relaxed) {
                break;
            }
            let patient = look(person, &mut texts, &watch).inspect_err(|_| failed.store(true, Ordering::Relaxed))?;
            if let Some(in_turn) = &in_turn {
                in_turn.done(number, person.id(), &patient);
            }
            tally.lock().unwrap_or_else(PoisonError::into_inner).add(patient);
            (progress.done)(done.fetch_add(1, Ordering::Relaxed) + 1, people.len());
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers(threads, people.len())).map(|_| scope.spawn(work)).collect();
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
