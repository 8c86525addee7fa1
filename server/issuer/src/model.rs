//! What the issuer remembers: who has which ticket, who is enrolled, what was issued last. Inside the hospital only.

use crate::admission::Admission;
use mykarte_state::Key;
use mykarte_vault::package::EnrolmentId;
use mykarte_vault::ticket::TicketId;
use serde::{Deserialize, Serialize};

/// A ticket that was printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printed {
    /// The patient's id, folded.
    pub patient: String,
    /// As the storage had it, `YYYY-MM-DD`.
    pub birth_date: String,
    /// On whose word.
    pub admission: Admission,
    /// The public half of its key.
    #[serde(with = "mykarte_wire::bytes::base64url")]
    pub key: [u8; 32],
    /// What the publisher compares birth dates with.
    #[serde(with = "mykarte_wire::bytes::base64url")]
    pub birth: [u8; 32],
    /// Shown when a request is there.
    #[serde(with = "mykarte_wire::bytes::base64url")]
    pub nonce: [u8; 32],
    /// Unix seconds.
    pub expires: u64,
    /// The request whose digits were shown: fixed before the nonce is, and the only one that can be confirmed.
    #[serde(default, with = "mykarte_wire::bytes::optional")]
    pub request: Option<Vec<u8>>,
    /// What became of it.
    pub end: Option<TicketEnd>,
}

/// What became of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum TicketEnd {
    /// Staff saw the same digits.
    Confirmed {
        /// The enrolment that it became.
        #[serde(with = "mykarte_wire::bytes::enrolment")]
        enrolment: EnrolmentId,
    },
    /// Taken back.
    Cancelled,
}

/// Somebody who receives packages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The patient's id, folded.
    pub patient: String,
    /// As the storage had it at the counter.
    pub birth_date: String,
    /// On whose word.
    pub admission: Admission,
    /// The ticket that it came from.
    #[serde(with = "mykarte_wire::bytes::ticket")]
    pub ticket: TicketId,
    /// The device's own key: what it signs with.
    #[serde(with = "mykarte_wire::bytes::base64url")]
    pub device: [u8; 32],
    /// The publisher has heard that staff confirmed.
    pub is_told: bool,
    /// What was issued last.
    pub last: Option<Last>,
    /// It has ended.
    pub end: Option<End>,
}

/// What was issued last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// Of everything that decides what a package holds: where it is the same, nothing is issued again.
    #[serde(with = "mykarte_wire::bytes::base64url")]
    pub fingerprint: [u8; 32],
    /// The key that it was sealed to.
    #[serde(with = "mykarte_wire::bytes::base64url")]
    pub recipient: [u8; 32],
    /// `epoch.counter`.
    pub number: String,
    /// Unix seconds.
    pub at: u64,
    /// SHA-256 of the package.
    #[serde(with = "mykarte_wire::bytes::base64url")]
    pub package: [u8; 32],
}

/// Why an enrolment has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// Withdrawn at the hospital; the publisher has not yet shown that nothing is left.
    Withdrawing,
    /// Withdrawn at the hospital, and nothing is left anywhere.
    Withdrawn,
    /// A proxy's last day has passed; the publisher has not yet shown that nothing is left.
    ProxyEnding,
    /// A proxy's last day has passed, and nothing is left anywhere.
    ProxyOver,
    /// Its device ended it.
    Device,
}

/// An enrolment that only the publisher knew, and that staff ended: of whom it was nobody here knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// The publisher has shown that nothing is left.
    pub is_gone: bool,
}

/// The key list that was sent to the publisher last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentKeyList {
    /// SHA-256 of it.
    #[serde(with = "mykarte_wire::bytes::base64url")]
    pub hash: [u8; 32],
}

/// What there is of a patient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// Tickets, as hexadecimal digits.
    pub tickets: Vec<String>,
    /// Enrolments, as hexadecimal digits.
    pub enrolments: Vec<String>,
}

impl Printed {
    /// The kind of its document.
    pub const KIND: &'static str = "ticket";

    /// Where it lies.
    pub fn place(id: TicketId) -> Key {
        Key::new(Self::KIND, id)
    }
}

impl Enrolled {
    /// The kind of its document.
    pub const KIND: &'static str = "enrolment";

    /// Where it lies.
    pub fn place(id: EnrolmentId) -> Key {
        Key::new(Self::KIND, id)
    }
}

impl Patient {
    /// The kind of its document.
    pub const KIND: &'static str = "patient";

    /// Where it lies. The id is a folded one.
    pub fn place(id: &str) -> Key {
        Key::new(Self::KIND, id)
    }
}

impl Unknown {
    /// The kind of its document.
    pub const KIND: &'static str = "unknown-enrolment";

    /// Where it lies.
    pub fn place(id: EnrolmentId) -> Key {
        Key::new(Self::KIND, id)
    }
}

impl SentKeyList {
    /// Where it lies.
    pub fn place() -> Key {
        Key::new("sent-key-list", "last")
    }
}
