//! The audit records of the publisher: which enrolment, what, with which result. It knows no more than that.

use mykarte_state::Tx;
use mykarte_vault::package::EnrolmentId;
use mykarte_vault::ticket::TicketId;
use mykarte_wire::Problem;
use mykarte_wire::problem::Kind;
use serde::Serialize;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// The program began to serve.
    Start,
    /// The issuer put a ticket.
    Ticket,
    /// The issuer took a ticket back.
    Cancel,
    /// Nobody confirmed what a phone made of a ticket.
    Lapse,
    /// A phone asked to be enrolled.
    Enrol,
    /// A ticket was locked by too many wrong birth dates.
    Lock,
    /// Calls with a ticket that is not known or whose signature is wrong, counted.
    UnknownTickets,
    /// The issuer showed the nonce.
    Nonce,
    /// Staff confirmed.
    Confirm,
    /// A package was fetched.
    Fetch,
    /// A device put its next key.
    Key,
    /// A device ended its enrolment.
    Revoke,
    /// The issuer put a package.
    Package,
    /// The hospital ended an enrolment.
    Withdraw,
    /// The issuer put a key list.
    KeyList,
}

/// One record.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    action: Action,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enrolment: Option<String>,
    /// `done`, or the kind of the problem.
    result: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
}

impl Entry {
    /// Something that was done.
    pub fn done(action: Action) -> Entry {
        Entry { action, ticket: None, enrolment: None, result: "done".to_owned(), count: None }
    }

    /// Something that was refused.
    pub fn refused(action: Action, kind: Kind) -> Entry {
        let uri = Problem::new(kind).uri;
        let result = uri.rsplit(':').next().unwrap_or_default().to_owned();
        Entry { result, ..Entry::done(action) }
    }

    /// Of this ticket.
    pub fn ticket(self, ticket: TicketId) -> Entry {
        Entry { ticket: Some(ticket.to_string()), ..self }
    }

    /// Of this enrolment.
    pub fn enrolment(self, enrolment: EnrolmentId) -> Entry {
        Entry { enrolment: Some(enrolment.to_string()), ..self }
    }

    /// So many.
    pub fn count(self, count: u64) -> Entry {
        Entry { count: Some(count), ..self }
    }

    /// Appends it.
    pub fn write(self, tx: &mut Tx) {
        tx.record(&self);
    }
}
