//! Every way in which a ticket or an enrolment ends. What nobody needs any more goes in the same transaction.
//!
//! ```text
//! cancel    the counter takes a ticket back        revoke   the device wants no more
//! withdraw  the hospital ends an enrolment         lapse    nobody confirmed in time
//! ```

use super::Publisher;
use crate::error::Refused;
use crate::model::{Enrolment, Ticket};
use crate::record::{Action, Entry};
use mykarte_state::{Key, StateError, Tx};
use mykarte_vault::package::EnrolmentId;
use mykarte_vault::ticket::TicketId;
use mykarte_wire::issuer::{CopyState, EndedBy};
use mykarte_wire::problem::Kind;
use std::sync::atomic::Ordering;

impl Publisher {
    /// The counter takes a ticket back; an enrolment that waited for staff ends.
    ///
    /// # Errors
    /// [`Kind::Conflict`] where the enrolment is confirmed and has not ended: it is withdrawn, not taken back. Those of the
    /// state; a ticket that is not known is none any more.
    pub fn cancel(&self, id: TicketId) -> Result<(), Refused> {
        if self.ticket(id)?.is_none() {
            return Ok(());
        }
        self.with_ticket(id, |tx, mut ticket| {
            if ticket.cancel() {
                return close(tx, id, &ticket, Action::Cancel);
            }
            let enrolment = ticket.enrolment().map(Enrolment::place);
            let lives = enrolment.map(|place| tx.get::<Enrolment>(&place)).transpose()?.flatten();
            match lives {
                Some(Enrolment::Open(_)) => Err(Kind::Conflict.into()),
                _ => Ok(()),
            }
        })
    }

    /// Nobody confirmed what a phone made of a ticket, and it is too late to.
    pub(super) fn lapse(&self, id: TicketId, now: u64) -> Result<(), Refused> {
        self.with_ticket(id, |tx, mut ticket| {
            if ticket.lapse(now) {
                close(tx, id, &ticket, Action::Lapse)?;
            }
            Ok(())
        })
    }

    /// Changes a ticket, and the enrolment that a phone made with it. Where a phone comes between the look and the change it
    /// is looked at again: once, for no ticket is used twice.
    pub(super) fn with_ticket(
        &self,
        id: TicketId,
        decide: impl Fn(&mut Tx, Ticket) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        loop {
            let enrolment = self.ticket(id)?.ok_or(Kind::NotFound)?.enrolment();
            let keys: Vec<Key> = std::iter::once(Ticket::place(id)).chain(enrolment.map(Enrolment::place)).collect();
            let is_done = self.state.change(&keys, |tx| -> Result<bool, Refused> {
                let ticket: Ticket = tx.get(&keys[0])?.ok_or(Kind::NotFound)?;
                let is_same = ticket.enrolment() == enrolment;
                if is_same {
                    decide(tx, ticket)?;
                }
                Ok(is_same)
            })?;
            if is_done {
                self.has_leavings.store(true, Ordering::Relaxed);
                return Ok(());
            }
        }
    }

    /// The hospital ends an enrolment: tokens and keys go at once and for good. [`Publisher::forget`] has to follow.
    ///
    /// # Errors
    /// Those of the state.
    pub fn withdraw(&self, enrolment: EnrolmentId) -> Result<(), Refused> {
        self.end(enrolment, &Enrolment::withdrawn(), Action::Withdraw).map(drop)
    }

    /// The device wants nothing more. Says whether it ended now; then [`Publisher::forget`] has to follow. Said twice it is as
    /// good: what could not be deleted the first time is the sweep's, for anybody may say it again and again.
    ///
    /// # Errors
    /// [`Kind::Token`] where another signed it, or there is no such enrolment; [`Kind::Malformed`].
    pub fn revoke(&self, enrolment: EnrolmentId, revocation: &[u8]) -> Result<bool, Refused> {
        let open = match self.enrolment(enrolment)? {
            Some(Enrolment::Ended { .. }) => return Ok(false),
            found => Enrolment::open(found)?,
        };
        // A device's own key never changes.
        open.check_revocation(enrolment, revocation)?;
        let ended = Enrolment::Ended { by: EndedBy::Device, revocation: Some(revocation.to_vec()) };
        self.end(enrolment, &ended, Action::Revoke)
    }

    /// Ends an enrolment that has not ended, and its ticket, where that waits for staff. Says whether it ended now.
    fn end(&self, id: EnrolmentId, ended: &Enrolment, action: Action) -> Result<bool, Refused> {
        loop {
            let ticket = if_readable(self.state.get(&Enrolment::place(id)))?.and_then(|found| found.ticket());
            let keys: Vec<Key> = std::iter::once(Enrolment::place(id)).chain(ticket.map(Ticket::place)).collect();
            let ended = self.state.change(&keys, |tx| -> Result<Option<bool>, Refused> {
                let found = if_readable(tx.get::<Enrolment>(&keys[0]))?;
                if let Some(Enrolment::Ended { .. }) = found {
                    return Ok(Some(false));
                }
                if found.and_then(|found| found.ticket()) != ticket {
                    // It was begun since the look.
                    return Ok(None);
                }
                tx.put(keys[0].clone(), ended);
                if let Some(place) = keys.get(1)
                    && let Some(mut used) = tx.get::<Ticket>(place)?
                {
                    used.cancel();
                    tx.put(place.clone(), &used);
                }
                Entry::done(action).enrolment(id).write(tx);
                Ok(Some(true))
            })?;
            if let Some(ended) = ended {
                self.has_leavings.store(true, Ordering::Relaxed);
                return Ok(ended);
            }
        }
    }

    /// Deletes the packages of an enrolment that has ended, in every copy, and asks each again.
    pub async fn forget(&self, enrolment: EnrolmentId) -> Vec<CopyState> {
        // Behind a package that is being put: it finds that its enrolment has ended, and takes itself away.
        let _turn = self.turns.take(enrolment).await;
        self.copies.delete_all(enrolment).await
    }

    /// Whether the state holds nothing of an enrolment but that it has ended.
    ///
    /// # Errors
    /// Those of the state.
    pub fn is_forgotten(&self, enrolment: EnrolmentId) -> Result<bool, Refused> {
        self.state.erase()?;
        Ok(matches!(self.enrolment(enrolment)?, None | Some(Enrolment::Ended { .. })))
    }
}

/// What cannot be read ends like anything else; only whose ticket it was is not known then.
fn if_readable(found: Result<Option<Enrolment>, StateError>) -> Result<Option<Enrolment>, StateError> {
    match found {
        Err(StateError::Document { .. }) => Ok(None),
        found => found,
    }
}

/// Keeps a ticket that is over, and ends the enrolment that it was used for.
fn close(tx: &mut Tx, id: TicketId, ticket: &Ticket, action: Action) -> Result<(), Refused> {
    tx.put(Ticket::place(id), ticket);
    if let Some(place) = ticket.enrolment().map(Enrolment::place)
        && let Some(Enrolment::Open(_)) = tx.get(&place)?
    {
        tx.put(place, &Enrolment::withdrawn());
    }
    Entry::done(action).ticket(id).write(tx);
    Ok(())
}
