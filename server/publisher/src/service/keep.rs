//! What is due by itself: counts written down, old tickets and left-behind objects deleted.

use super::{Publisher, blocking};
use crate::error::Refused;
use crate::model::{Enrolment, Ticket, enrolment, ticket};
use crate::record::{Action, Entry};
use mykarte_state::{Key, read};
use mykarte_vault::package::EnrolmentId;
use mykarte_vault::ticket::TicketId;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Documents looked at in one go.
const PAGE: usize = 500;

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

    /// Writes down how many calls came with tickets that are not known. One record for all of them: whoever has no ticket
    /// shall not be able to fill the disk.
    ///
    /// # Errors
    /// Those of the state; the count is kept for the next time then.
    pub fn write_unknown(&self) -> Result<(), Refused> {
        let count = self.unknown.swap(0, Ordering::Relaxed);
        if count == 0 {
            return Ok(());
        }
        let written = self.state.change(&[], |tx| {
            Entry::done(Action::UnknownTickets).count(count).write(tx);
            Ok(())
        });
        if written.is_err() {
            self.unknown.fetch_add(count, Ordering::Relaxed);
        }
        written
    }

    /// Ends what nobody confirmed in time, and deletes tickets that nobody needs any more.
    ///
    /// # Errors
    /// Those of the state.
    pub fn tidy_tickets(&self, now: u64) -> Result<(), Refused> {
        let mut last: Option<String> = None;
        loop {
            let found = self.state.list(ticket::KIND, last.as_deref(), PAGE)?;
            let mut over = Vec::new();
            for (id, json) in &found {
                // One that cannot be read is left as it is: it is named where it is asked for.
                let Ok(mut ticket) = read::<Ticket>(ticket::KIND, json) else { continue };
                if let Some(id) = TicketId::parse(id).filter(|_| ticket.lapse(now)) {
                    self.lapse(id, now)?;
                }
                over.extend(ticket.is_over(now).then(|| Key::new(ticket::KIND, id)));
            }
            if !over.is_empty() {
                self.state.change(&over, |tx| -> Result<(), Refused> {
                    over.iter().for_each(|key| tx.delete(key.clone()));
                    Ok(())
                })?;
            }
            match found.last() {
                Some((id, _)) if found.len() == PAGE => last = Some(id.clone()),
                _ => return Ok(()),
            }
        }
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

    /// Every enrolment that is known, and its object.
    fn packages(&self) -> Result<BTreeMap<EnrolmentId, Option<String>>, Refused> {
        let (mut all, mut last) = (BTreeMap::new(), None::<String>);
        loop {
            let found = self.state.list(enrolment::KIND, last.as_deref(), PAGE)?;
            let is_end = found.len() < PAGE;
            for (id, json) in found {
                let package = match read(enrolment::KIND, &json)? {
                    Enrolment::Open(open) => open.package().map(|package| package.object.clone()),
                    Enrolment::Ended { .. } => None,
                };
                all.extend(EnrolmentId::parse(&id).map(|name| (name, package)));
                last = Some(id);
            }
            if is_end {
                return Ok(all);
            }
        }
    }
}
