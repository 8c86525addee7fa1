//! What is due by itself: counts written down, old tickets and left-behind objects deleted.

use super::{Publisher, blocking, refusals};
use crate::error::Refused;
use crate::model::{Enrolment, Ticket, enrolment, ticket};
use crate::record::{Action, Entry};
use mykarte_state::{Key, documents, read};
use mykarte_vault::package::EnrolmentId;
use mykarte_vault::ticket::TicketId;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Tickets forgotten in one go.
const AT_ONCE: usize = 500;

impl Publisher {
    /// Writes down that the program began to serve.
    ///
    /// # Errors
    /// Those of the state.
    pub fn write_start(&self) -> Result<(), Refused> {
        self.state.change(&[], |tx| {
            Entry::done(Action::Start).write(tx);
            Ok(())
        })
    }

    /// Writes down how many requests to enrol came in vain: one record for those without a ticket that is known, one for each
    /// ticket and reason else.
    ///
    /// # Errors
    /// Those of the state; the counts are kept for the next time then.
    pub fn write_refusals(&self) -> Result<(), Refused> {
        let counts = self.refusals.take();
        if counts.is_empty() {
            return Ok(());
        }
        let written = self.state.change(&[], |tx| {
            counts.iter().for_each(|(what, count)| refusals::entry(*what, *count).write(tx));
            Ok(())
        });
        if written.is_err() {
            self.refusals.add(counts);
        }
        written
    }

    /// Takes what ended, was replaced or forgotten since the last time out of the database's journal.
    ///
    /// # Errors
    /// Those of the state; the next time tries again.
    pub fn erase_leavings(&self) -> Result<(), Refused> {
        if !self.has_leavings.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        let erased = self.state.erase();
        if erased.is_err() {
            self.has_leavings.store(true, Ordering::Relaxed);
        }
        Ok(erased?)
    }

    /// Ends what nobody confirmed in time, and deletes tickets that nobody needs any more.
    ///
    /// # Errors
    /// Those of the state.
    pub fn tidy_tickets(&self, now: u64) -> Result<(), Refused> {
        let mut over = Vec::new();
        for found in documents(self.state.as_ref(), ticket::KIND) {
            let (id, json) = found?;
            // One that cannot be read is left as it is: it is named where it is asked for.
            let Ok(mut ticket) = read::<Ticket>(ticket::KIND, &json) else { continue };
            if let Some(id) = TicketId::parse(&id).filter(|_| ticket.lapse(now)) {
                self.lapse(id, now)?;
            }
            over.extend(ticket.is_over(now).then(|| Key::new(ticket::KIND, &id)));
        }
        for over in over.chunks(AT_ONCE) {
            self.state.change(over, |tx| -> Result<(), Refused> {
                over.iter().for_each(|key| tx.delete(key.clone()));
                Ok(())
            })?;
            self.has_leavings.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Deletes objects that an interrupted run left behind, wherever a copy answers.
    ///
    /// # Errors
    /// Those of the state; that of the first copy that does not answer.
    pub async fn sweep(self: &Arc<Self>) -> Result<(), Refused> {
        let this = self.clone();
        let packages = blocking(move || this.packages()).await?;
        let is_left = |id, object: &str| packages.get(&id).is_some_and(|name| name.as_deref() != Some(object));
        Ok(self.copies.sweep(&is_left).await?)
    }

    /// Every enrolment that can be read, and its object.
    fn packages(&self) -> Result<BTreeMap<EnrolmentId, Option<String>>, Refused> {
        let mut all = BTreeMap::new();
        for found in documents(self.state.as_ref(), enrolment::KIND) {
            let (id, json) = found?;
            let package = match read(enrolment::KIND, &json) {
                Ok(Enrolment::Open(open)) => open.package().map(|package| package.object.clone()),
                Ok(Enrolment::Ended { .. }) => None,
                // It is not known which object is its own: none of them goes.
                Err(_) => continue,
            };
            all.extend(EnrolmentId::parse(&id).map(|name| (name, package)));
        }
        Ok(all)
    }
}
