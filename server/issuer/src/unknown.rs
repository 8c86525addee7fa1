//! Enrolments that only the publisher knows, as after this side was restored from a backup: ended on the word of staff.
//!
//! ```text
//! publisher's list - own = found --staff--> remembered here, all at once --each--> ended there, asked again
//! ```
//!
//! Nobody here knows of whom they are. Which ones were to be ended is durable before the first is, for the publisher names
//! none that has ended: so a run that was stopped, or found a copy away, is finished by the next one.

use crate::error::IssuerError;
use crate::link::Link;
use crate::model::{Enrolled, Unknown};
use crate::record::{Action, Entry};
use crate::withdraw::{Proof, is_gone, word};
use mykarte_state::{Key, StateError, Store, documents, read};
use mykarte_vault::package::{EnrolmentId, HospitalId};
use mykarte_wire::issuer::Withdrawn;
use std::collections::BTreeSet;

/// What the publisher has beyond what is known here.
#[derive(Debug, Default)]
pub struct Found {
    /// This hospital's; also those whose end was begun and not finished.
    pub own: BTreeSet<EnrolmentId>,
    /// How many are another hospital's, or of a publisher that does not say whose. They stay.
    pub others: usize,
    /// Whether anybody is known here at all. Where nobody is, this may not be the database that was meant.
    pub knows_somebody: bool,
}

/// Looks for them.
///
/// # Errors
/// Those of the publisher and of the state.
pub fn find(state: &dyn Store, link: &Link, hospital: HospitalId) -> Result<Found, IssuerError> {
    // Before our own: what is confirmed meanwhile is known here first, and so never looks unknown.
    let lines = link.enrolments()?;
    let mut found = Found { knows_somebody: !state.list(Enrolled::KIND, None, 1)?.is_empty(), ..Found::default() };
    for line in lines.into_iter().filter(|line| line.ended.is_none()) {
        if line.hospital != Some(hospital) {
            found.others += 1;
        } else if Store::read(state, &Enrolled::place(line.enrolment))?.is_none() {
            found.own.insert(line.enrolment);
        }
    }
    let remembered = remembered(state)?.into_iter().filter(|(_, unknown)| !unknown.is_gone);
    found.own.extend(remembered.map(|(id, _)| id));
    Ok(found)
}

/// All that staff ever ended so. One that cannot be read may not be finished: it is ended once more.
pub(crate) fn remembered(state: &dyn Store) -> Result<Vec<(EnrolmentId, Unknown)>, StateError> {
    let mut all = Vec::new();
    for found in documents(state, Unknown::KIND) {
        let (id, json) = found?;
        all.extend(EnrolmentId::parse(&id).map(|id| (id, read(Unknown::KIND, &json).unwrap_or_default())));
    }
    Ok(all)
}

/// Ends them. May be done again until everything is gone.
///
/// # Errors
/// The first one of the publisher or of the state, when all that could be ended is.
pub fn withdraw_unknown(
    state: &dyn Store,
    link: &Link,
    ids: &BTreeSet<EnrolmentId>,
    staff: &str,
) -> Result<Proof, IssuerError> {
    remember(state, ids, staff)?;
    let (mut proof, mut failed) = (Proof::default(), None);
    for id in ids {
        match end(state, link, *id, Some(staff)) {
            Ok(gone) => proof.enrolments.push((*id, gone)),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(proof), Err)
}

fn remember(state: &dyn Store, ids: &BTreeSet<EnrolmentId>, staff: &str) -> Result<(), StateError> {
    let keys: Vec<Key> = ids.iter().map(|id| Unknown::place(*id)).collect();
    state.change(&keys, |tx| {
        for (id, key) in ids.iter().zip(&keys) {
            tx.put(key.clone(), &Unknown::default());
            Entry::with(Action::Withdraw, "unknown-here").staff(staff).enrolment(*id).write(tx);
        }
        Ok(())
    })
}

/// Ends one at the publisher, and writes down what every place said. Without staff: what they began is finished.
pub(crate) fn end(
    state: &dyn Store,
    link: &Link,
    id: EnrolmentId,
    staff: Option<&str>,
) -> Result<Withdrawn, IssuerError> {
    let withdrawn = link.withdraw(id)?;
    let is_gone = is_gone(&withdrawn);
    let keys = [Unknown::place(id)];
    state.change(&keys, |tx| -> Result<(), StateError> {
        tx.put(keys[0].clone(), &Unknown { is_gone });
        let entry = Entry::with(Action::Gone, word(is_gone)).enrolment(id);
        match staff {
            Some(staff) => entry.staff(staff).write(tx),
            None => entry.write(tx),
        }
        Ok(())
    })?;
    Ok(withdrawn)
}
