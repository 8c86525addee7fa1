//! Requests to enrol that came in vain and changed nothing: counted, and written down once a minute, by ticket. Whoever has no
//! ticket, or one that gives nothing any more, shall not be able to fill the disk.

use crate::record::{Action, Entry};
use mykarte_vault::ticket::TicketId;
use mykarte_wire::problem::Kind;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many there were since they were last written down.
#[derive(Default)]
pub struct Refusals(Mutex<Counts>);

/// By ticket and reason. `None`: not signed with the key of a ticket that is known; of those nobody knows whose they are.
type Counts = HashMap<(Option<TicketId>, Kind), u64>;

impl Refusals {
    /// One more.
    pub fn count(&self, ticket: Option<TicketId>, kind: Kind) {
        self.add(Counts::from([((ticket, kind), 1)]));
    }

    /// So many more; also those that could not be written down.
    pub fn add(&self, more: Counts) {
        let mut counts = self.lock();
        more.into_iter().for_each(|(what, count)| *counts.entry(what).or_default() += count);
    }

    /// All of them, to be written down.
    pub fn take(&self) -> Counts {
        std::mem::take(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        // A count is whole whatever panicked beside it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The record of a count.
pub fn entry((ticket, kind): (Option<TicketId>, Kind), count: u64) -> Entry {
    match ticket {
        Some(ticket) => Entry::refused(Action::Enrol, kind).ticket(ticket).count(count),
        None => Entry::done(Action::UnknownTickets).count(count),
    }
}
