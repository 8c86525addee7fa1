//! Enrolments that end without staff: by their device, on the day after a proxy's last one; and ends, of tickets too, that the
//! publisher did not hear of or has forgotten.

use super::jobs::{Ending, Job};
use super::{Desk, Outcome};
use crate::error::IssuerError;
use crate::model::{End, Enrolled};
use crate::record::{Action, Entry};
use crate::unknown;
use crate::withdraw::{By, end, is_gone, stop};
use mykarte_state::StateError;
use mykarte_vault::package::EnrolmentId;
use mykarte_vault::ticket::TicketId;
use mykarte_wire::issuer::TicketState;
use mykarte_wire::problem::Kind;

impl Desk<'_> {
    /// Ends one. Where the publisher cannot show that nothing is left, the next run asks it again.
    pub(super) fn end(&self, job: &Job, ending: Ending, outcome: &mut Outcome) -> Result<(), IssuerError> {
        let patient = &job.enrolled.patient;
        match ending {
            Ending::Device => {
                outcome.ended += 1;
                return Ok(self.device_ended(job)?);
            }
            Ending::Proxy => {
                outcome.proxies += 1;
                stop(self.state, job.id, patient, By::LastDay)?;
            }
            Ending::Unfinished | Ending::Revived => {}
        }
        match end(self.state, self.link, job.id, patient, By::LastDay) {
            Ok(withdrawn) if is_gone(&withdrawn) => outcome.ended_again += usize::from(ending == Ending::Revived),
            // It may be away for the night; all others are issued or fail by themselves.
            Ok(_) | Err(IssuerError::Link(_)) => outcome.left.push((Some(patient.clone()), job.id)),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Ends one of which only staff's word is known, as far as it is not.
    pub(super) fn end_unknown(
        &self,
        id: EnrolmentId,
        ending: Ending,
        outcome: &mut Outcome,
    ) -> Result<(), IssuerError> {
        match unknown::end(self.state, self.link, id, None) {
            Ok(withdrawn) if is_gone(&withdrawn) => outcome.ended_again += usize::from(ending == Ending::Revived),
            Ok(_) | Err(IssuerError::Link(_)) => outcome.left.push((None, id)),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Takes a ticket back that was: the publisher did not hear of it, or was restored from before.
    pub(super) fn cancel_again(&self, id: TicketId, outcome: &mut Outcome) -> Result<(), StateError> {
        match self.link.ticket(id).map(|status| status.state) {
            // A confirmed one is an enrolment that is not known here, and is named as such.
            Ok(TicketState::Cancelled | TicketState::Confirmed) => return Ok(()),
            Err(error) if error.kind() == Some(Kind::NotFound) => return Ok(()),
            Ok(_) => {}
            Err(_) => {
                outcome.tickets_left += 1;
                return Ok(());
            }
        }
        self.state.change(&[], |tx| -> Result<(), StateError> {
            Entry::with(Action::Cancel, "again").ticket(id).write(tx);
            Ok(())
        })?;
        match self.link.cancel(id) {
            Ok(()) => outcome.cancelled_again += 1,
            Err(_) => outcome.tickets_left += 1,
        }
        Ok(())
    }

    fn device_ended(&self, job: &Job) -> Result<(), StateError> {
        let keys = [Enrolled::place(job.id)];
        self.state.change(&keys, |tx| {
            // A withdrawal that was begun meanwhile goes before.
            let Some(enrolled) = tx.get::<Enrolled>(&keys[0])?.filter(|enrolled| enrolled.end.is_none()) else {
                return Ok(());
            };
            Entry::done(Action::DeviceEnded).patient(&enrolled.patient).enrolment(job.id).write(tx);
            tx.put(keys[0].clone(), &Enrolled { end: Some(End::Device), ..enrolled });
            Ok(())
        })
    }
}
