//! Issuing: a package for everybody enrolled whose record, profile, keys or device key is another than last time.
//!
//! ```text
//! publisher --who is enrolled, with which key--> jobs --threads: files -> fingerprint -> record -> package --> publisher
//! ```
//!
//! Only folders of enrolled patients are read. Each is finished before it counts as issued, so a run that was stopped goes
//! on where it was. One that fails keeps no other away.

use crate::error::{IssuerError, NotIssued};
use crate::keep::forget_old_tickets;
use crate::link::Link;
use crate::model::{End, Enrolled, Last};
use crate::record::{Action, Entry};
use crate::withdraw;
use chrono::NaiveDate;
use mykarte::package::{IssueRequest, Issuer, issue};
use mykarte::record::summary::Hospital;
use mykarte::record::{Section, Summary};
use mykarte::{ImportRequest, Imported, PatientIndex, Shaping, Watch, import, read_indexed};
use mykarte_state::{StateError, Store, now, read};
use mykarte_vault::package::{
    EnrolmentId, IssueNumber, KeyId, KeyList, KeyState, Revocation, SignedOffer, VerifyingKey,
};
use mykarte_wire::issuer::EnrolmentLine;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Documents looked at in one go.
const PAGE: usize = 500;
/// A device has a new key after each package. For that alone nothing is sealed again before a month is over, else every
/// fetch would bring about the next one; the device keeps the key before as long as it needs it.
const KEY_TIME: u64 = 30 * 86_400;

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

/// Who watches a run and may stop it.
pub struct Run<'a> {
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
    /// Enrolments that had ended here and lived at the publisher; they were ended there again.
    pub ended_again: usize,
    /// Those that could not be issued, by patient id, and why.
    pub failed: Vec<(String, NotIssued)>,
}

/// One enrolment that may need a package.
struct Job {
    id: EnrolmentId,
    enrolled: Enrolled,
    line: Option<EnrolmentLine>,
}

impl Desk<'_> {
    /// Issues whatever is due.
    ///
    /// # Errors
    /// [`IssuerError`], where nothing could begin; single failures are in the outcome.
    pub fn run(&self, run: &Run<'_>) -> Result<Outcome, IssuerError> {
        self.link.put_key_list(self.list.listing().hospital, self.list.as_bytes())?;
        // Before the work: without a key nothing can be signed.
        self.lock().active(self.list)?;
        forget_old_tickets(self.state, now())?;
        let ((jobs, revived), mut outcome) = (self.jobs()?, Outcome::default());
        revived.iter().try_for_each(|job| self.end_again(job, &mut outcome))?;
        let index = PatientIndex::of(self.storages)?;
        let (jobs, ended): (Vec<Job>, Vec<Job>) = jobs.into_iter().partition(|job| !job.is_ended());
        for job in &ended {
            self.end(job)?;
        }
        outcome.ended = ended.len();
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let results = Mutex::new(&mut outcome);
        std::thread::scope(|scope| {
            // Plain threads: an import waits for threads of its own, and a worker of a pool would take up another meanwhile.
            for _ in 0..threads(run.threads, jobs.len()) {
                scope.spawn(|| {
                    while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let result = self.one(job, &index, run.cancel);
                        let result = result.map_err(|why| self.write_down(job, why));
                        let mut outcome = results.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        outcome.add(job, result);
                        (run.progress)(done.fetch_add(1, Ordering::Relaxed) + 1, jobs.len());
                    }
                });
            }
        });
        outcome.failed.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(outcome)
    }

    /// Every enrolment that has not ended here, beside what the publisher knows of it; and those that have, and live there.
    fn jobs(&self) -> Result<(Vec<Job>, Vec<Job>), IssuerError> {
        let lines: BTreeMap<EnrolmentId, EnrolmentLine> =
            self.link.enrolments()?.into_iter().map(|line| (line.enrolment, line)).collect();
        let (mut jobs, mut revived, mut last) = (Vec::new(), Vec::new(), None::<String>);
        loop {
            let found = self.state.list(Enrolled::KIND, last.as_deref(), PAGE)?;
            let is_end = found.len() < PAGE;
            for (name, json) in found {
                let enrolled: Enrolled = read(Enrolled::KIND, &json)?;
                if let Some(id) = EnrolmentId::parse(&name) {
                    let job = Job { id, enrolled, line: lines.get(&id).cloned() };
                    let lives_there = job.line.as_ref().is_some_and(|line| line.ended.is_none());
                    match job.enrolled.end {
                        None => jobs.push(job),
                        Some(_) if lives_there => revived.push(job),
                        Some(_) => {}
                    }
                }
                last = Some(name);
            }
            if is_end {
                return Ok((jobs, revived));
            }
        }
    }

    /// It has ended here and lives at the publisher, which was brought back from a backup, or could not be told.
    fn end_again(&self, job: &Job, outcome: &mut Outcome) -> Result<(), IssuerError> {
        match withdraw::end(self.state, self.link, job.id, &job.enrolled.patient, None) {
            Ok(_) => outcome.ended_again += 1,
            Err(IssuerError::Link(error)) => outcome.failed.push((job.enrolled.patient.clone(), error.into())),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Its device has ended it.
    fn end(&self, job: &Job) -> Result<(), StateError> {
        let entry = |patient: &str| Entry::done(Action::DeviceEnded).patient(patient).enrolment(job.id);
        self.change(job.id, |enrolled| enrolled.end = Some(End::Device), entry)
    }

    /// One enrolment, from its files to the publisher.
    fn one(&self, job: &Job, index: &PatientIndex, cancel: &AtomicBool) -> Result<bool, NotIssued> {
        if cancel.load(Ordering::Relaxed) {
            return Err(NotIssued::Stopped);
        }
        if job.enrolled.admission.is_over(self.today) {
            return Err(NotIssued::ProxyOver);
        }
        let line = self.line(job)?;
        let offer = job.offer(&line)?;
        let request = self.request(&job.enrolled.patient);
        let fingerprint = self.fingerprint(index, &request)?;
        let recipient = *offer.offer().recipient.as_bytes();
        let is_same = |last: &Last| {
            let is_for_key = last.recipient == recipient || now() < last.at + KEY_TIME;
            last.fingerprint == fingerprint && line.package == Some(last.package) && is_for_key
        };
        if job.enrolled.last.as_ref().is_some_and(is_same) {
            return Ok(false);
        }
        let watch = Watch { progress: &|_| (), cancel };
        let imported = read_indexed(&request, index, &watch)?;
        self.check_person(&imported.record.summary, job, index, &watch)?;
        let issued = self.issue(job, imported, &offer, &watch);
        match issued {
            Ok((package, number, at)) => {
                self.link.put_package(job.id, &package)?;
                let package = Sha256::digest(&package).into();
                let last = Last { fingerprint, recipient, number: number.to_string(), at, package };
                let key = [Enrolled::place(job.id)];
                self.state.change(&key, |tx| -> Result<(), StateError> {
                    if let Some(enrolled) = tx.get::<Enrolled>(&key[0])?.filter(|enrolled| enrolled.end.is_none()) {
                        tx.put(key[0].clone(), &Enrolled { last: Some(last.clone()), ..enrolled });
                    }
                    let entry = Entry::done(Action::Issue).patient(&job.enrolled.patient).enrolment(job.id);
                    entry.write(tx);
                    Ok(())
                })?;
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    /// A refusal stands in the audit chain, too.
    fn write_down(&self, job: &Job, why: NotIssued) -> NotIssued {
        if matches!(why, NotIssued::Stopped) {
            return why;
        }
        let written = self.state.change(&[], |tx| -> Result<(), StateError> {
            let entry = Entry::with(Action::Issue, why.word()).patient(&job.enrolled.patient);
            entry.enrolment(job.id).write(tx);
            Ok(())
        });
        // Without the database nothing is issued either: that is the graver refusal.
        written.err().map_or(why, NotIssued::State)
    }

    /// A storage in which the id has become somebody else's issues nothing: clinical rule 2. Where the profile hides the birth
    /// date it is read without one.
    fn check_person(
        &self,
        summary: &Summary,
        job: &Job,
        index: &PatientIndex,
        watch: &Watch<'_>,
    ) -> Result<(), NotIssued> {
        let is_hidden = !self.shaping.profile.shows_field(Section::Basics, "birth_date");
        let born = match is_hidden {
            false => summary.birth_date,
            true => {
                let request = ImportRequest { shaping: Shaping::default(), ..self.request(&job.enrolled.patient) };
                read_indexed(&request, index, watch)?.record.summary.birth_date
            }
        };
        let is_same = born.is_some_and(|born| born.date().to_string() == job.enrolled.birth_date);
        if is_same { Ok(()) } else { Err(NotIssued::OtherBirthDate) }
    }

    /// What the publisher knows; where it has not heard that staff confirmed, it hears it now.
    fn line(&self, job: &Job) -> Result<EnrolmentLine, NotIssued> {
        match &job.line {
            // It was withdrawn, as a restored database does not know; or it says so without its device's word.
            Some(line) if line.ended.is_some() => Err(NotIssued::Unknown),
            Some(line) => Ok(line.clone()),
            None if job.enrolled.is_told => Err(NotIssued::Unknown),
            None => {
                self.link.confirm(job.enrolled.ticket)?;
                let lines = self.link.enrolments()?;
                lines.into_iter().find(|line| line.enrolment == job.id).ok_or(NotIssued::Unknown)
            }
        }
    }

    /// Takes a number, writes down what will be issued, and seals.
    fn issue(
        &self,
        job: &Job,
        imported: Imported,
        offer: &SignedOffer,
        watch: &Watch<'_>,
    ) -> Result<(Vec<u8>, IssueNumber, u64), NotIssued> {
        let (follows, number, signing_key) = {
            let mut issuer = self.lock();
            let follows = issuer.has_issued(offer.offer());
            let number = issuer.take_number(self.list, offer.offer())?;
            (follows, number, issuer.active(self.list)?.clone())
        };
        let items = imported.record.summary.counts;
        let entry = |key: KeyId| {
            let entry = Entry::with(Action::Issue, "begun").admission(&job.enrolled.admission);
            entry.patient(&job.enrolled.patient).enrolment(job.id).issued(items, &number.to_string(), key)
        };
        // Before the package can go anywhere, and only while nobody has withdrawn.
        let place = [Enrolled::place(job.id)];
        self.state.change(&place, |tx| -> Result<(), NotIssued> {
            if tx.get::<Enrolled>(&place[0])?.is_none_or(|enrolled| enrolled.end.is_some()) {
                return Err(NotIssued::Withdrawn);
            }
            entry(signing_key.verifying_key().id()).write(tx);
            Ok(())
        })?;
        let issued_at = now();
        let request = IssueRequest {
            list: self.list,
            signing_key: &signing_key,
            offer: offer.offer(),
            number,
            follows,
            issued_at,
            threads: 1,
        };
        Ok((issue(imported, &request, watch)?.package, number, issued_at))
    }

    fn request(&self, patient: &str) -> ImportRequest {
        let listing = self.list.listing();
        let name = Some(listing.name.clone()).filter(|name| !name.is_empty());
        ImportRequest {
            storages: self.storages.to_vec(),
            patient_id: patient.to_owned(),
            // The facility that the keys vouch for, as the administrator set it up.
            hospital: Some(Hospital { id: listing.facility.clone(), name }),
            accept_other_patient: false,
            threads: 1,
            imported_at: mykarte::now(),
            shaping: self.shaping.clone(),
        }
    }

    /// SHA-256 over everything that decides what a package holds and who vouches for it.
    fn fingerprint(&self, index: &PatientIndex, request: &ImportRequest) -> Result<[u8; 32], NotIssued> {
        let mut hash = Sha256::new();
        let active = self.list.listing().keys.iter().filter(|key| key.state == KeyState::Active);
        hash.update(env!("CARGO_PKG_VERSION"));
        hash.update(self.list.listing().number.to_be_bytes());
        active.for_each(|key| hash.update(key.key.as_bytes()));
        hash.update(self.shaping_hash);
        hash.update(import::fingerprint(index, request)?);
        Ok(hash.finalize().into())
    }

    fn change(
        &self,
        id: EnrolmentId,
        change: impl Fn(&mut Enrolled),
        entry: impl Fn(&str) -> Entry,
    ) -> Result<(), StateError> {
        let keys = [Enrolled::place(id)];
        self.state.change(&keys, |tx| {
            let Some(mut enrolled) = tx.get::<Enrolled>(&keys[0])? else { return Ok(()) };
            change(&mut enrolled);
            tx.put(keys[0].clone(), &enrolled);
            entry(&enrolled.patient).write(tx);
            Ok(())
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Issuer> {
        // A thread that panicked left the file as it was: every write of it is one transaction.
        self.issuer.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Job {
    /// Whether its device has ended it, as that signed it. The publisher's bare word ends nothing: who breaks in there could
    /// end everybody.
    fn is_ended(&self) -> bool {
        let device = VerifyingKey::from_bytes(&self.enrolled.device).ok();
        let revocation = self.line.as_ref().and_then(|line| line.revocation.as_deref());
        let signed = revocation.zip(device);
        signed.is_some_and(|(bytes, device)| Revocation::verify(bytes, &device) == Ok(self.id))
    }

    /// The key to seal to: this device's own, whoever brought it.
    fn offer(&self, line: &EnrolmentLine) -> Result<SignedOffer, NotIssued> {
        let offer = line.offer.as_deref().and_then(|bytes| SignedOffer::read(bytes).ok());
        let is_own = |signed: &SignedOffer| {
            signed.offer().device.as_bytes() == &self.enrolled.device && signed.offer().enrolment == self.id
        };
        offer.filter(is_own).ok_or(NotIssued::ForeignKey)
    }
}

impl Outcome {
    fn add(&mut self, job: &Job, result: Result<bool, NotIssued>) {
        match result {
            Ok(true) => self.issued += 1,
            Ok(false) => self.unchanged += 1,
            Err(why) => self.failed.push((job.enrolled.patient.clone(), why)),
        }
    }
}

fn threads(wanted: usize, jobs: usize) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = if wanted == 0 { cores() } else { wanted };
    threads.min(jobs).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::{Admission, IdentityCheck, Receiver};
    use mykarte_vault::package::{Enrolment, HospitalId, Listing, SigningKey};
    use mykarte_vault::ticket::TicketId;
    use mykarte_wire::issuer::EndedBy;

    fn device() -> Enrolment {
        let hospital = HospitalId::make().unwrap();
        let listing = Listing { hospital, number: 1, epoch: 1, facility: "1".into(), name: "".into(), keys: vec![] };
        Enrolment::make(KeyList::sign(&SigningKey::make().unwrap(), listing).unwrap()).unwrap()
    }

    /// What the publisher says of an enrolment of this device.
    fn job(device: &Enrolment, revocation: Option<Vec<u8>>, offer: Option<Vec<u8>>) -> Job {
        let admission = Admission {
            staff: "N1".into(),
            identity_check: IdentityCheck::Passport,
            consent: "1".into(),
            receiver: Receiver::Patient,
        };
        let enrolled = Enrolled {
            patient: "1".into(),
            birth_date: "1955-03-11".into(),
            admission,
            ticket: TicketId::make().unwrap(),
            device: *device.offer().offer().device.as_bytes(),
            is_told: true,
            last: None,
            end: None,
        };
        let ended = offer.is_none().then_some(EndedBy::Device);
        let line = EnrolmentLine { enrolment: device.id(), ended, revocation, offer, package: None };
        Job { id: device.id(), enrolled, line: Some(line) }
    }

    /// Whoever breaks into the publisher ends nobody, and brings no key of his own.
    #[test]
    fn a_device_ends_and_offers_by_its_own_signature_alone() {
        let (own, other) = (device(), device());
        let signed = |device: &Enrolment| Some(device.revocation().as_bytes().to_vec());
        assert!(job(&own, signed(&own), None).is_ended());
        assert!(!job(&own, None, None).is_ended() && !job(&own, signed(&other), None).is_ended());
        let offered = |device: &Enrolment| {
            let job = job(&own, None, Some(device.offer().as_bytes().to_vec()));
            job.offer(job.line.as_ref().unwrap()).is_ok()
        };
        assert!(offered(&own) && !offered(&other));
    }
}
