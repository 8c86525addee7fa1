//! Enrolments that end without staff: by their device, on the day after a proxy's last one; and ends that were not finished.

use super::jobs::{Ending, Job};
use super::{Desk, Outcome};
use crate::error::IssuerError;
use crate::model::{End, Enrolled};
use crate::record::{Action, Entry};
use crate::withdraw::{By, end, is_gone, stop};
use mykarte_state::StateError;

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
            Ok(_) | Err(IssuerError::Link(_)) => outcome.left.push((patient.clone(), job.id)),
            Err(error) => return Err(error),
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
