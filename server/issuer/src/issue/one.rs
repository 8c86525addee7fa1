//! One enrolment, from its files to the publisher.

use super::Desk;
use super::jobs::Job;
use crate::error::NotIssued;
use crate::model::{Enrolled, Last};
use crate::record::{Action, Entry};
use mykarte::package::{IssueRequest, issue};
use mykarte::record::summary::Hospital;
use mykarte::record::{Section, Summary};
use mykarte::{ImportRequest, Imported, PatientIndex, Shaping, Watch, import, read_indexed};
use mykarte_state::{StateError, now};
use mykarte_vault::package::{IssueNumber, KeyId, KeyState, SignedOffer};
use mykarte_wire::issuer::EnrolmentLine;
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicBool, Ordering};

/// A device has a new key after each package. For that alone nothing is sealed again before a month is over, else every
/// fetch would bring about the next one; the device keeps the key before as long as it needs it.
const KEY_TIME: u64 = 30 * 86_400;

/// How one is to be issued.
pub(super) struct How<'a> {
    /// Every patient's folder.
    pub index: &'a PatientIndex,
    /// Set to stop.
    pub cancel: &'a AtomicBool,
    /// Even where nothing is new.
    pub again: bool,
}

/// What came of one.
pub(super) enum Done {
    /// Nothing is new.
    Unchanged,
    /// The publisher has a new package.
    Issued {
        /// Facilities that the files name, and not the one of the keys.
        other_facilities: Vec<String>,
    },
}

impl Desk<'_> {
    /// Issues it. A refusal stands in the audit chain.
    pub(super) fn one(&self, job: &Job, how: &How<'_>) -> Result<Done, NotIssued> {
        self.one_unwritten(job, how).map_err(|why| self.write_down(job, why))
    }

    fn one_unwritten(&self, job: &Job, how: &How<'_>) -> Result<Done, NotIssued> {
        if how.cancel.load(Ordering::Relaxed) {
            return Err(NotIssued::Stopped);
        }
        let line = self.line(job)?;
        let offer = job.offer(&line)?;
        let request = self.request(&job.enrolled.patient);
        let fingerprint = self.fingerprint(how.index, &request)?;
        let recipient = *offer.offer().recipient.as_bytes();
        let is_same = |last: &Last| {
            let is_for_key = last.recipient == recipient || now() < last.at + KEY_TIME;
            last.fingerprint == fingerprint && line.package == Some(last.package) && is_for_key
        };
        if !how.again && job.enrolled.last.as_ref().is_some_and(is_same) {
            return Ok(Done::Unchanged);
        }
        let watch = Watch { progress: &|_| (), cancel: how.cancel };
        let imported = read_indexed(&request, how.index, &watch)?;
        self.check_person(&imported.record.summary, job, how.index, &watch)?;
        let other_facilities = imported.other_facilities.clone();
        let (package, number, at) = self.seal(job, imported, &offer, &watch)?;
        self.link.put_package(job.id, &package)?;
        let package = Sha256::digest(&package).into();
        self.remember(job, &Last { fingerprint, recipient, number: number.to_string(), at, package })?;
        Ok(Done::Issued { other_facilities })
    }

    /// It is at the publisher.
    fn remember(&self, job: &Job, last: &Last) -> Result<(), StateError> {
        let key = [Enrolled::place(job.id)];
        self.state.change(&key, |tx| {
            if let Some(enrolled) = tx.get::<Enrolled>(&key[0])?.filter(|enrolled| enrolled.end.is_none()) {
                tx.put(key[0].clone(), &Enrolled { last: Some(last.clone()), ..enrolled });
            }
            Entry::done(Action::Issue).patient(&job.enrolled.patient).enrolment(job.id).write(tx);
            Ok(())
        })
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
            Some(line) if line.ended.is_some() => Err(NotIssued::EndedThere),
            Some(line) => Ok(line.clone()),
            None if job.enrolled.is_told => Err(NotIssued::Unknown),
            None => {
                self.link.confirm(job.enrolled.ticket)?;
                self.link.enrolment(job.id)?.ok_or(NotIssued::Unknown)
            }
        }
    }

    /// Takes a number, writes down what will be issued, and seals.
    fn seal(
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
}
