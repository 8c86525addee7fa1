//! The audit records of the issuer: who did what for which patient, on whose word, with which key.

use crate::admission::{Admission, Receiver};
use mykarte::record::summary::Counts;
use mykarte_state::Tx;
use mykarte_vault::package::{EnrolmentId, KeyId};
use mykarte_vault::ticket::TicketId;
use serde::Serialize;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// A ticket was printed.
    Ticket,
    /// A ticket was taken back.
    Cancel,
    /// The digits of a request were shown to staff.
    Digits,
    /// Staff saw the same digits.
    Confirm,
    /// A package was issued.
    Issue,
    /// An enrolment was withdrawn.
    Withdraw,
    /// A proxy's last day has passed: the enrolment ends.
    ProxyOver,
    /// All places were asked whether they have anything of a withdrawn enrolment.
    Gone,
    /// A device ended its enrolment.
    DeviceEnded,
    /// Another key list than before was sent to the publisher.
    KeyList,
    /// The link has a new token.
    LinkToken,
    /// A copy of the database was made.
    Backup,
}

/// One record.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    action: Action,
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patient: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enrolment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_check: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver: Option<Receiver>,
    /// Entries by section.
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Counts>,
    /// `epoch.counter`.
    #[serde(skip_serializing_if = "Option::is_none")]
    generation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// The number of a key list.
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<u64>,
    /// `done`, or a word that says why not.
    result: String,
}

impl Entry {
    /// Something that is done.
    pub fn done(action: Action) -> Entry {
        Entry::with(action, "done")
    }

    /// Something with another result, a word of ours.
    pub fn with(action: Action, result: &str) -> Entry {
        Entry {
            action,
            staff: None,
            patient: None,
            ticket: None,
            enrolment: None,
            identity_check: None,
            consent: None,
            receiver: None,
            items: None,
            generation: None,
            key: None,
            list: None,
            result: result.to_owned(),
        }
    }

    /// By this member of staff.
    pub fn staff(self, staff: &str) -> Entry {
        Entry { staff: Some(staff.to_owned()), ..self }
    }

    /// For this patient.
    pub fn patient(self, patient: &str) -> Entry {
        Entry { patient: Some(patient.to_owned()), ..self }
    }

    /// Of this ticket.
    pub fn ticket(self, ticket: TicketId) -> Entry {
        Entry { ticket: Some(ticket.to_string()), ..self }
    }

    /// Of this enrolment.
    pub fn enrolment(self, enrolment: EnrolmentId) -> Entry {
        Entry { enrolment: Some(enrolment.to_string()), ..self }
    }

    /// On this word.
    pub fn admission(self, admission: &Admission) -> Entry {
        Entry {
            staff: Some(admission.staff.clone()),
            identity_check: Some(admission.identity_check.word()),
            consent: Some(admission.consent.clone()),
            receiver: Some(admission.receiver.clone()),
            ..self
        }
    }

    /// With so many entries by section, this number and this key.
    pub fn issued(self, items: Counts, generation: &str, key: KeyId) -> Entry {
        Entry { items: Some(items), generation: Some(generation.to_owned()), key: Some(key.to_string()), ..self }
    }

    /// The key list of this number.
    pub fn list(self, number: u64) -> Entry {
        Entry { list: Some(number), ..self }
    }

    /// Appends it.
    pub fn write(self, tx: &mut Tx) {
        tx.record(&self);
    }
}
