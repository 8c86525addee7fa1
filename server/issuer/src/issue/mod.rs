//! Issuing: a package for everybody enrolled whose record, profile, keys or device key is another than last time.
//!
//! ```text
//! publisher --who is enrolled, with which key--> jobs --threads: files -> fingerprint -> record -> package --> publisher
//! ```
//!
//! Only folders of enrolled patients are read. Each is finished before it counts as issued, so a run that was stopped goes
//! on where it was. One that fails keeps no other away. `jobs` says what is to be done, `ends` ends what has ended,
//! `one` issues.

mod ends;
mod jobs;
mod one;

use crate::error::{IssuerError, NotIssued};
use crate::keep::{Tickets, tidy_tickets};
use crate::key_list;
use crate::link::Link;
use chrono::NaiveDate;
use jobs::{Job, Work};
use mykarte::package::Issuer;
use mykarte::{PatientIndex, Shaping};
use mykarte_state::{Key, Store, now};
use mykarte_vault::package::{EnrolmentId, KeyList};
use one::{Done, How};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// With what packages are issued.
pub struct Desk<'a> {
    /// What the issuer remembers.
    pub state: &'a dyn Store,
    /// The publisher.
    pub link: &'a Link,
    /// The hospital's key list.
    pub list: &'a KeyList,
    /// Its signing keys and numbers.
    pub issuer: &'a Mutex<Issuer>,
    /// The hospital's storages.
    pub storages: &'a [PathBuf],
    /// What patients see.
    pub shaping: &'a Shaping,
    /// SHA-256 of profile and withholding list.
    pub shaping_hash: [u8; 32],
    /// Today in Japan: whether a proxy's time is over.
    pub today: NaiveDate,
}

/// What a run is to do, who watches it and may stop it.
pub struct Run<'a> {
    /// For this patient (folded id) alone.
    pub patient: Option<&'a str>,
    /// Issue even where nothing is new: a copy has lost what it had.
    pub again: bool,
    /// Called after each: how many of how many.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
    /// Set it to stop; what is issued by then is issued.
    pub cancel: &'a AtomicBool,
    /// Threads; 0 means one a core.
    pub threads: usize,
}

/// What a run did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Packages issued.
    pub issued: usize,
    /// Enrolments for which there was nothing new.
    pub unchanged: usize,
    /// Enrolments that their devices had ended.
    pub ended: usize,
    /// Enrolments of proxies whose last day has passed.
    pub proxies: usize,
    /// Enrolments that had ended and lived at the publisher, as after it was restored from a backup; they were ended again.
    pub ended_again: usize,
    /// Facilities that issued files name, and not the one of the keys: a slip in the keys, or a storage of somebody else.
    pub other_facilities: BTreeSet<String>,
    /// Those that could not be issued, by patient id, and why.
    pub failed: Vec<(String, NotIssued)>,
    /// Tickets that were taken back and could be used at the publisher; they were taken back there again.
    pub cancelled_again: usize,
    /// Tickets that were taken back, and of which the publisher cannot be told: the next run tells it.
    pub tickets_left: usize,
    /// Those that have ended and of which something may be left, by patient id where one is known: the next run asks again.
    pub left: Vec<(Option<String>, EnrolmentId)>,
    /// Documents that cannot be read. They stay as they are; nothing is issued for them.
    pub damaged: Vec<Key>,
    /// Those that only the publisher knows, as after this side was restored from a backup.
    pub unknown: Vec<EnrolmentId>,
}

impl Desk<'_> {
    /// Ends what has ended, and issues whatever is due.
    ///
    /// # Errors
    /// [`IssuerError`], where nothing could begin; single failures are in the outcome.
    pub fn run(&self, run: &Run<'_>) -> Result<Outcome, IssuerError> {
        key_list::send::<IssuerError>(self.state, self.link, self.list)?;
        // Before the work: without a key nothing can be signed.
        self.lock().active(self.list)?;
        let tickets = tidy_tickets(self.state, now())?;
        let Work { due, ending, unknown, unknown_ending, mut damaged } = self.work(run.patient)?;
        // While one patient waits at the counter all others' tickets wait for the next run.
        let tickets = if run.patient.is_none() { tickets } else { Tickets::default() };
        damaged.extend(tickets.damaged);
        let mut outcome = Outcome { unknown, damaged, ..Outcome::default() };
        tickets.cancelled.iter().try_for_each(|id| self.cancel_again(*id, &mut outcome))?;
        unknown_ending.iter().try_for_each(|(id, ending)| self.end_unknown(*id, *ending, &mut outcome))?;
        ending.iter().try_for_each(|(job, ending)| self.end(job, *ending, &mut outcome))?;
        let how = How { index: &PatientIndex::of(self.storages)?, cancel: run.cancel, again: run.again };
        self.issue_all(&due, run, &how, &mut outcome);
        outcome.failed.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(outcome)
    }

    fn issue_all(&self, jobs: &[Job], run: &Run<'_>, how: &How<'_>, outcome: &mut Outcome) {
        let (next, done, results) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(outcome));
        std::thread::scope(|scope| {
            // Plain threads: an import waits for threads of its own, and a worker of a pool would take up another meanwhile.
            for _ in 0..threads(run.threads, jobs.len()) {
                scope.spawn(|| {
                    while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let result = self.one(job, how);
                        let mut outcome = results.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        outcome.add(job, result);
                        (run.progress)(done.fetch_add(1, Ordering::Relaxed) + 1, jobs.len());
                    }
                });
            }
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Issuer> {
        // A thread that panicked left the file as it was: every write of it is one transaction.
        self.issuer.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Outcome {
    /// Whether everybody has what is theirs.
    pub fn is_complete(&self) -> bool {
        let is_damaged = !self.damaged.is_empty();
        self.failed.is_empty()
            && self.left.is_empty()
            && self.unknown.is_empty()
            && self.tickets_left == 0
            && !is_damaged
    }

    fn add(&mut self, job: &Job, result: Result<Done, NotIssued>) {
        match result {
            Ok(Done::Issued { other_facilities }) => {
                self.issued += 1;
                self.other_facilities.extend(other_facilities);
            }
            Ok(Done::Unchanged) => self.unchanged += 1,
            Err(why) => self.failed.push((job.enrolled.patient.clone(), why)),
        }
    }
}

fn threads(wanted: usize, jobs: usize) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = if wanted == 0 { cores() } else { wanted };
    threads.min(jobs).max(1)
}
