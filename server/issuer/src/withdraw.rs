//! Withdrawing: nothing more is issued, and nothing is left, which every place that kept something is asked again.

use crate::error::IssuerError;
use crate::link::Link;
use crate::model::{End, Enrolled, Patient, Printed, TicketEnd};
use crate::record::{Action, Entry};
use mykarte_state::{StateError, Store};
use mykarte_vault::package::EnrolmentId;
use mykarte_vault::ticket::TicketId;
use mykarte_wire::issuer::Withdrawn;
use mykarte_wire::problem::Kind;
use std::collections::BTreeSet;

/// What came of a withdrawal.
#[derive(Debug, Default)]
pub struct Proof {
    /// Tickets that were taken back.
    pub tickets: usize,
    /// Each enrolment that the patient ever had, and what is left of it where.
    pub enrolments: Vec<(EnrolmentId, Withdrawn)>,
}

impl Proof {
    /// Whether nothing is left anywhere.
    pub fn is_complete(&self) -> bool {
        let is_gone = |withdrawn: &Withdrawn| withdrawn.state_gone && withdrawn.copies.iter().all(|copy| copy.gone);
        self.enrolments.iter().all(|(_, withdrawn)| is_gone(withdrawn))
    }
}

/// Withdraws all that a patient (folded id) ever had. May be done again until everything is gone.
///
/// # Errors
/// [`IssuerError::NobodyEnrolled`]; the first one of the publisher or of the state, when all that could be done is done. From
/// the first record on nothing is issued for the patient any more, whatever fails after it.
pub fn withdraw(state: &dyn Store, link: &Link, patient: &str, staff: &str) -> Result<Proof, IssuerError> {
    let (mut proof, mut failed, mut done) = (Proof::default(), None, BTreeSet::new());
    // Somebody may confirm a ticket at another counter meanwhile: until nothing new is found.
    loop {
        let found: Patient = state.get(&Patient::place(patient))?.ok_or(IssuerError::NobodyEnrolled)?;
        let all: Vec<String> = [found.enrolments, found.tickets].concat();
        if all.iter().all(|id| done.contains(id)) {
            break;
        }
        for id in all.iter().filter_map(|id| EnrolmentId::parse(id)).filter(|id| is_enrolment(state, *id)) {
            stop(state, id, patient, staff)?;
        }
        for id in all.into_iter().filter(|id| !done.contains(id)).collect::<Vec<_>>() {
            // One that fails keeps no other from being withdrawn.
            let outcome = match (EnrolmentId::parse(&id), TicketId::parse(&id)) {
                (Some(enrolment), _) if is_enrolment(state, enrolment) => {
                    end(state, link, enrolment, patient, Some(staff))
                        .map(|gone| proof.enrolments.push((enrolment, gone)))
                }
                (_, Some(ticket)) => {
                    cancel(state, link, ticket, patient, staff).map(|taken| proof.tickets += usize::from(taken))
                }
                _ => Ok(()),
            };
            failed = failed.or(outcome.err());
            done.insert(id);
        }
    }
    failed.map_or(Ok(proof), Err)
}

fn is_enrolment(state: &dyn Store, id: EnrolmentId) -> bool {
    matches!(Store::read(state, &Enrolled::place(id)), Ok(Some(_)))
}

/// Ends one at the publisher, and writes down what every place said. Without `staff` nobody asked for it now: it had ended.
pub(crate) fn end(
    state: &dyn Store,
    link: &Link,
    id: EnrolmentId,
    patient: &str,
    staff: Option<&str>,
) -> Result<Withdrawn, IssuerError> {
    let withdrawn = link.withdraw(id)?;
    let is_gone = withdrawn.state_gone && withdrawn.copies.iter().all(|copy| copy.gone);
    finish(state, id, patient, staff, is_gone)?;
    Ok(withdrawn)
}

/// From here on nothing is issued for it.
fn stop(state: &dyn Store, id: EnrolmentId, patient: &str, staff: &str) -> Result<(), StateError> {
    let keys = [Enrolled::place(id)];
    state.change(&keys, |tx| {
        let Some(enrolled) = tx.get::<Enrolled>(&keys[0])?.filter(|enrolled| enrolled.end.is_none()) else {
            return Ok(());
        };
        tx.put(keys[0].clone(), &Enrolled { end: Some(End::Withdrawing), ..enrolled });
        Entry::done(Action::Withdraw).staff(staff).patient(patient).enrolment(id).write(tx);
        Ok(())
    })
}

/// Takes a ticket back that nobody confirmed; the publisher hears of it again, for it may not have heard.
fn cancel(state: &dyn Store, link: &Link, id: TicketId, patient: &str, staff: &str) -> Result<bool, IssuerError> {
    let keys = [Printed::place(id)];
    let was_open = state.change(&keys, |tx| -> Result<Option<bool>, StateError> {
        let Some(printed) = tx.get::<Printed>(&keys[0])? else { return Ok(None) };
        match printed.end {
            Some(TicketEnd::Confirmed { .. }) => return Ok(None),
            Some(TicketEnd::Cancelled) => return Ok(Some(false)),
            None => {}
        }
        tx.put(keys[0].clone(), &Printed { end: Some(TicketEnd::Cancelled), ..printed });
        Entry::done(Action::Cancel).staff(staff).patient(patient).ticket(id).write(tx);
        Ok(Some(true))
    })?;
    let Some(was_open) = was_open else { return Ok(false) };
    match link.cancel(id) {
        Err(error) if error.kind() != Some(Kind::NotFound) => Err(error.into()),
        _ => Ok(was_open),
    }
}

/// What the places said is written down; the device's key is forgotten here, too, once nothing is left.
fn finish(
    state: &dyn Store,
    id: EnrolmentId,
    patient: &str,
    staff: Option<&str>,
    is_gone: bool,
) -> Result<(), StateError> {
    let keys = [Enrolled::place(id)];
    state.change(&keys, |tx| {
        if let Some(enrolled) = tx.get::<Enrolled>(&keys[0])?.filter(|_| is_gone) {
            tx.put(keys[0].clone(), &Enrolled { end: Some(End::Withdrawn), device: [0; 32], last: None, ..enrolled });
        }
        let result = if is_gone { "done" } else { "something-is-left" };
        let entry = Entry::with(Action::Gone, result).patient(patient).enrolment(id);
        staff.iter().fold(entry, |entry, staff| entry.staff(staff)).write(tx);
        Ok(())
    })
}
