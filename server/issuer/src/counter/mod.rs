//! The counter: a ticket is printed, a phone asks, staff compare six digits and confirm.
//!
//! Each step is durable here before the publisher hears of it, and may be done again: a terminal that was closed goes on
//! with the ticket's number. Here the ticket begins and is taken back; `digits` is what lies between.

mod digits;

use crate::admission::{Admission, AdmissionError};
use crate::key_list;
use crate::link::{Link, LinkError};
use crate::model::{Patient, Printed, TicketEnd};
use crate::record::{Action, Entry};
use chrono::NaiveDate;
use mykarte_state::{StateError, Store};
use mykarte_vault::package::{EnrolmentId, KeyList};
use mykarte_vault::ticket::{Ticket, TicketError, TicketId};
use mykarte_wire::issuer::NewTicket;
use mykarte_wire::problem::Kind;

/// How long a ticket is good.
pub const TICKET_TIME: u64 = 24 * 3600;

/// Why the counter cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CounterError {
    /// Something that the counter has to know is missing.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// The storage has no birth date that is exact to the day.
    #[error("the storage has no exact birth date of this patient; correct it in the hospital's system first")]
    NoBirthDate,
    /// No such ticket was printed here.
    #[error("no such ticket was printed here; check its number")]
    NoSuchTicket,
    /// The ticket was taken back.
    #[error("the ticket was taken back; print a new one")]
    Cancelled,
    /// It has become an enrolment, which can only be withdrawn.
    #[error("the ticket was confirmed; withdraw the patient's enrolment")]
    Confirmed,
    /// The publisher has a confirmation that this state does not know: it is older than that.
    #[error(
        "at the publisher the ticket is confirmed, and not here: this database is from before that, as after a restore. End the enrolment with `withdraw --unknown`, and print a new ticket"
    )]
    ConfirmedThere,
    /// The digits were not shown yet.
    #[error("no digits were compared yet; look at the ticket first")]
    NotCompared,
    /// What the publisher brought was not made with this ticket.
    #[error(
        "what came from the publisher was not made with this ticket; take the ticket back and tell the administrator"
    )]
    Forged,
    /// The ticket itself.
    #[error(transparent)]
    Ticket(#[from] TicketError),
    /// The publisher.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The database.
    #[error(transparent)]
    State(#[from] StateError),
}

/// How far a ticket is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// No phone has used it; so many wrong birth dates were typed.
    Waiting {
        /// How many.
        wrong: u32,
    },
    /// A phone has: these digits are to be compared.
    Compare {
        /// Six of them.
        digits: String,
        /// The phone could not show them before this look.
        is_first: bool,
        /// The enrolment that it will be.
        enrolment: EnrolmentId,
    },
    /// Confirmed by now.
    Confirmed(EnrolmentId),
    /// Too many wrong birth dates.
    Locked,
    /// Its time is over.
    Expired,
    /// Taken back.
    Cancelled,
}

/// The counter.
pub struct Counter<'a> {
    /// What the issuer remembers.
    pub state: &'a dyn Store,
    /// The publisher.
    pub link: &'a Link,
    /// The hospital's key list.
    pub list: &'a KeyList,
    /// The publisher's address, as tickets say it.
    pub address: &'a str,
}

/// Whom a ticket is for, as the storage says.
#[derive(Clone)]
pub struct Person {
    /// The patient's id, folded.
    pub patient: String,
    /// Exact to the day.
    pub birth_date: Option<NaiveDate>,
}

impl Counter<'_> {
    /// Makes a ticket. What was promised is durable before the publisher hears of it; the ticket's secret is nowhere but in
    /// what is returned.
    ///
    /// # Errors
    /// [`CounterError::Admission`], [`CounterError::NoBirthDate`]; those of the publisher and of the state. A ticket that the
    /// publisher did not hear of is good for nothing.
    pub fn print(
        &self,
        person: &Person,
        admission: Admission,
        now: u64,
        today: NaiveDate,
    ) -> Result<Ticket, CounterError> {
        admission.check(today)?;
        let born = person.birth_date.ok_or(CounterError::NoBirthDate)?.to_string();
        let (hospital, expires) = (self.list.listing().hospital, now + TICKET_TIME);
        let (ticket, nonce) = Ticket::make(hospital, self.list.pin(), self.address, expires)?;
        let verifier = ticket.verifier(&born);
        let new = NewTicket { hospital, key: *verifier.key.as_bytes(), birth: verifier.birth, expires };
        let keys = [Printed::place(ticket.id), Patient::place(&person.patient)];
        self.state.change(&keys, |tx| -> Result<(), CounterError> {
            let mut patient: Patient = tx.get(&keys[1])?.unwrap_or_default();
            patient.tickets.push(ticket.id.to_string());
            let printed = Printed {
                patient: person.patient.clone(),
                birth_date: born.clone(),
                admission: admission.clone(),
                key: new.key,
                birth: new.birth,
                nonce: *nonce.as_bytes(),
                expires,
                request: None,
                end: None,
            };
            tx.put(keys[0].clone(), &printed);
            tx.put(keys[1].clone(), &patient);
            Entry::done(Action::Ticket).admission(&admission).patient(&person.patient).ticket(ticket.id).write(tx);
            Ok(())
        })?;
        // The phone needs the list before anything else.
        self.send_key_list()?;
        self.link.put_ticket(ticket.id, &new)?;
        Ok(ticket)
    }

    /// Sends the key list, if the publisher has not a newer one.
    ///
    /// # Errors
    /// Those of the publisher and of the state.
    pub fn send_key_list(&self) -> Result<(), CounterError> {
        key_list::send(self.state, self.link, self.list)
    }

    fn printed(&self, id: TicketId) -> Result<Printed, CounterError> {
        self.state.get(&Printed::place(id))?.ok_or(CounterError::NoSuchTicket)
    }

    /// Takes a ticket back: digits that differ, a patient who left.
    ///
    /// # Errors
    /// [`CounterError::NoSuchTicket`], [`CounterError::Confirmed`], [`CounterError::ConfirmedThere`]; those of the publisher and
    /// of the state.
    pub fn cancel(&self, id: TicketId, staff: &str) -> Result<(), CounterError> {
        let keys = [Printed::place(id)];
        self.state.change(&keys, |tx| -> Result<(), CounterError> {
            let mut printed: Printed = tx.get(&keys[0])?.ok_or(CounterError::NoSuchTicket)?;
            match printed.end {
                Some(TicketEnd::Confirmed { .. }) => return Err(CounterError::Confirmed),
                Some(TicketEnd::Cancelled) => return Ok(()),
                None => printed.end = Some(TicketEnd::Cancelled),
            }
            tx.put(keys[0].clone(), &printed);
            Entry::done(Action::Cancel).staff(staff).patient(&printed.patient).ticket(id).write(tx);
            Ok(())
        })?;
        match self.link.cancel(id) {
            Err(error) if error.kind() == Some(Kind::NotFound) => Ok(()),
            Err(error) if error.kind() == Some(Kind::Conflict) => Err(CounterError::ConfirmedThere),
            done => Ok(done?),
        }
    }
}
