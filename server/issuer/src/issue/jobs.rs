//! What is to be done for whom: this side's enrolments, each beside what the publisher says of it.

use super::Desk;
use crate::error::{IssuerError, NotIssued};
use crate::model::{End, Enrolled, Patient};
use crate::unknown::remembered;
use mykarte_state::{Key, StateError, documents, read};
use mykarte_vault::package::{EnrolmentId, Revocation, SignedOffer, VerifyingKey};
use mykarte_wire::issuer::EnrolmentLine;
use std::collections::BTreeMap;

/// One enrolment, as both sides know it.
pub(super) struct Job {
    pub id: EnrolmentId,
    pub enrolled: Enrolled,
    pub line: Option<EnrolmentLine>,
}

/// What there is to be done.
#[derive(Default)]
pub(super) struct Work {
    /// They may need a package.
    pub due: Vec<Job>,
    /// They end, or their end is not finished.
    pub ending: Vec<(Job, Ending)>,
    /// The publisher has them, of this hospital, and nobody here knows of whom they are.
    pub unknown: Vec<EnrolmentId>,
    /// Such ones that staff ended, and of which something may be left.
    pub unknown_ending: Vec<(EnrolmentId, Ending)>,
    /// What cannot be read.
    pub damaged: Vec<Key>,
}

/// Why one ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Its device ended it.
    Device,
    /// The proxy's last day has passed.
    Proxy,
    /// Staff or a proxy's last day ended it, and the publisher has not yet shown that nothing is left.
    Unfinished,
    /// It had ended for good, and lives at the publisher.
    Revived,
}

impl Desk<'_> {
    /// What is to be done: for one patient (folded id), or for all.
    pub(super) fn work(&self, patient: Option<&str>) -> Result<Work, IssuerError> {
        match patient {
            Some(patient) => self.work_for(patient),
            None => self.work_for_all(),
        }
    }

    fn work_for(&self, patient: &str) -> Result<Work, IssuerError> {
        let found: Patient = self.state.get(&Patient::place(patient))?.ok_or(IssuerError::NobodyEnrolled)?;
        let mut work = Work::default();
        for id in found.enrolments.iter().filter_map(|id| EnrolmentId::parse(id)) {
            match self.state.get(&Enrolled::place(id)) {
                Ok(Some(enrolled)) => {
                    let line = self.link.enrolment(id)?;
                    self.sort(Job { id, enrolled, line }, &mut work);
                }
                Ok(None) => {}
                Err(StateError::Document { .. }) => work.damaged.push(Enrolled::place(id)),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(work)
    }

    fn work_for_all(&self) -> Result<Work, IssuerError> {
        // Before our own: what is confirmed meanwhile is known here first, and so never looks unknown.
        let mut lines: BTreeMap<EnrolmentId, EnrolmentLine> =
            self.link.enrolments()?.into_iter().map(|line| (line.enrolment, line)).collect();
        let mut work = Work::default();
        for found in documents(self.state, Enrolled::KIND) {
            let (name, json) = found?;
            let Some(id) = EnrolmentId::parse(&name) else { continue };
            // Also of one that cannot be read: it is known, and nobody shall end it for unknown.
            let line = lines.remove(&id);
            match read(Enrolled::KIND, &json) {
                Ok(enrolled) => self.sort(Job { id, enrolled, line }, &mut work),
                Err(_) => work.damaged.push(Enrolled::place(id)),
            }
        }
        self.sort_unknown(lines, &mut work)?;
        Ok(work)
    }

    /// What the publisher has beyond this side's enrolments. Those of other hospitals are theirs.
    fn sort_unknown(
        &self,
        mut lines: BTreeMap<EnrolmentId, EnrolmentLine>,
        work: &mut Work,
    ) -> Result<(), IssuerError> {
        for (id, unknown) in remembered(self.state)? {
            let is_open_there = lines.remove(&id).is_some_and(|line| line.ended.is_none());
            match (unknown.is_gone, is_open_there) {
                (false, _) => work.unknown_ending.push((id, Ending::Unfinished)),
                (true, true) => work.unknown_ending.push((id, Ending::Revived)),
                (true, false) => {}
            }
        }
        let own = self.list.listing().hospital;
        // One of which nobody says whose it is is named, too, and ended by nobody.
        let is_own = |line: &EnrolmentLine| line.hospital.is_none_or(|hospital| hospital == own);
        let is_unknown = |line: &EnrolmentLine| line.ended.is_none() && is_own(line);
        work.unknown = lines.into_values().filter(is_unknown).map(|line| line.enrolment).collect();
        Ok(())
    }

    fn sort(&self, job: Job, work: &mut Work) {
        match job.ending() {
            Some(ending) => work.ending.push((job, ending)),
            None if job.enrolled.end.is_some() => {}
            None if job.enrolled.admission.is_over(self.today) => work.ending.push((job, Ending::Proxy)),
            None => work.due.push(job),
        }
    }
}

impl Job {
    /// Whether it has ended, and something is still to be done about it.
    fn ending(&self) -> Option<Ending> {
        // A publisher that was restored from a backup has it again.
        let is_open_there = self.line.as_ref().is_some_and(|line| line.ended.is_none());
        match self.enrolled.end {
            Some(End::Withdrawing | End::ProxyEnding) => Some(Ending::Unfinished),
            Some(_) => is_open_there.then_some(Ending::Revived),
            None => self.is_ended().then_some(Ending::Device),
        }
    }

    /// Whether its device has ended it, as that signed it. The publisher's bare word ends nothing: who breaks in there could
    /// end everybody.
    fn is_ended(&self) -> bool {
        let device = VerifyingKey::from_bytes(&self.enrolled.device).ok();
        let revocation = self.line.as_ref().and_then(|line| line.revocation.as_deref());
        let signed = revocation.zip(device);
        signed.is_some_and(|(bytes, device)| Revocation::verify(bytes, &device) == Ok(self.id))
    }

    /// The key to seal to: this device's own, whoever brought it.
    pub(super) fn offer(&self, line: &EnrolmentLine) -> Result<SignedOffer, NotIssued> {
        let offer = line.offer.as_deref().and_then(|bytes| SignedOffer::read(bytes).ok());
        let is_own = |signed: &SignedOffer| {
            signed.offer().device.as_bytes() == &self.enrolled.device && signed.offer().enrolment == self.id
        };
        offer.filter(is_own).ok_or(NotIssued::ForeignKey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::{Admission, IdentityCheck, Receiver};
    use mykarte_vault::package::{Enrolment, HospitalId, KeyList, Listing, SigningKey};
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
        let line = EnrolmentLine { enrolment: device.id(), hospital: None, ended, revocation, offer, package: None };
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
