//! A phone and its hospital with a publisher between them.

use crate::hospital::{Hospital, accept, device, whole};
use crate::phone::imported;
use crate::publisher::{BORN, Publisher};
use crate::storage::File;
use mykarte::Archive;
use mykarte::download::{
    DownloadError, DownloadWatch, EnrolmentState, Fetched, News, Partial, announce_next_key, enrol_with_ticket,
    enrolment_state, fetch,
};
use mykarte::package::Received;
use mykarte::vault::package::EnrolmentId;
use std::sync::atomic::AtomicBool;

/// Both of them, and one ticket.
pub struct Online {
    /// Where their files are.
    pub dir: tempfile::TempDir,
    /// The hospital.
    pub hospital: Hospital,
    /// The phone.
    pub phone: Archive,
    /// The publisher.
    pub publisher: Publisher,
    /// The ticket on paper.
    pub ticket: String,
}

impl Online {
    /// A phone that has a ticket and nothing else.
    pub fn make() -> Online {
        let dir = tempfile::tempdir().expect("a folder");
        let hospital = Hospital::of_storage(dir.path());
        let phone = device(dir.path(), "phone");
        let publisher = Publisher::of(&hospital.list);
        let ticket = publisher.ticket(&hospital.list);
        Online { dir, hospital, phone, publisher, ticket }
    }

    /// One whose enrolment staff have confirmed.
    pub fn confirmed() -> (Online, EnrolmentId) {
        let mut online = Online::make();
        let id = online.enrol(BORN).expect("an enrolment");
        online.publisher.look(&online.ticket).expect("a request");
        online.publisher.confirm(&online.ticket);
        assert_eq!(online.state(id).ok(), Some(EnrolmentState::Confirmed));
        (online, id)
    }

    /// One that holds a first package of these files.
    pub fn received(files: &[File]) -> (Online, EnrolmentId) {
        let (mut online, id) = Online::confirmed();
        online.issue(id, files);
        online.take(id).expect("a package").expect("something new");
        online.publisher.calls();
        (online, id)
    }

    /// Enrols with the ticket.
    pub fn enrol(&mut self, birth_date: &str) -> Result<EnrolmentId, DownloadError> {
        enrol_with_ticket(&mut self.phone, &self.ticket, birth_date, &self.publisher)
    }

    /// How far an enrolment is.
    pub fn state(&mut self, id: EnrolmentId) -> Result<EnrolmentState, DownloadError> {
        enrolment_state(&mut self.phone, id, &self.publisher)
    }

    /// Issues the next package for the key that the publisher knows.
    pub fn issue(&mut self, id: EnrolmentId, files: &[File]) -> Vec<u8> {
        let offer = self.publisher.offer(id);
        let package = self.hospital.issue(imported(files), &offer);
        self.publisher.put(id, package.clone());
        package
    }

    /// Fetches what is new.
    pub fn fetch(&mut self, id: EnrolmentId) -> Result<Fetched, DownloadError> {
        self.fetch_on(id, &mut None)
    }

    /// The same with what an earlier call left.
    pub fn fetch_on(&mut self, id: EnrolmentId, partial: &mut Option<Partial>) -> Result<Fetched, DownloadError> {
        let watch = DownloadWatch { progress: &|_, _| (), cancel: &AtomicBool::new(false) };
        fetch(&mut self.phone, id, &self.publisher, &watch, partial)
    }

    /// Fetches, accepts and tells the publisher the next key; `None` when there is nothing new.
    pub fn take(&mut self, id: EnrolmentId) -> Result<Option<Received>, DownloadError> {
        match self.fetch(id)?.package {
            News::Arrived(arrival) => {
                let received = accept(&mut self.phone, *arrival)?;
                announce_next_key(&mut self.phone, id, &self.publisher)?;
                Ok(Some(received))
            }
            News::Unchanged | News::NothingIssued => Ok(None),
        }
    }

    /// Results of the phone's only record.
    pub fn labs(&self) -> usize {
        whole(&self.phone).labs.len()
    }

    /// How many records of whatever kind the vault holds, beside the key lists that it never forgets.
    pub fn places(&self) -> usize {
        let is_list =
            |label: &[u8]| serde_json::from_slice(label).is_ok_and(|v: serde_json::Value| !v["key_list"].is_null());
        self.phone.vault().records().expect("records").iter().filter(|head| !is_list(&head.label)).count()
    }
}
