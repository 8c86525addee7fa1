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
/// [`IssuerError::NobodyEnrolled`]; those of the publisher and of the state. From the first record on nothing is issued for
/// the patient any more, whatever fails after it.
pub fn withdraw(state: &dyn Store, link: &Link, patient: &str, staff: &str) -> Result<Proof, IssuerError> {
    let found: Patient = state.get(&Patient::place(patient))?.ok_or(IssuerError::NobodyEnrolled)?;
    let tickets: Vec<TicketId> = found.tickets.iter().filter_map(|id| TicketId::parse(id)).collect();
    let enrolments: Vec<EnrolmentId> = found.enrolments.iter().filter_map(|id| EnrolmentId::parse(id)).collect();
    for id in &enrolments {
        stop(state, *id, patient, staff)?;
    }
    let mut proof = Proof::default();
    for id in tickets {
        proof.tickets += usize::from(cancel(state, link, id, patient, staff)?);
    }
    for id in enrolments {
        let withdrawn = link.withdraw(id)?;
        proof.enrolments.push((id, withdrawn));
    }
    for (id, withdrawn) in &proof.enrolments {
        let is_gone = withdrawn.state_gone && withdrawn.copies.iter().all(|copy| copy.gone);
        finish(state, *id, patient, staff, is_gone)?;
    }
    Ok(proof)
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

/// Takes a ticket back that nobody confirmed.
fn cancel(state: &dyn Store, link: &Link, id: TicketId, patient: &str, staff: &str) -> Result<bool, IssuerError> {
    let keys = [Printed::place(id)];
    let is_open = state.change(&keys, |tx| -> Result<bool, StateError> {
        let Some(printed) = tx.get::<Printed>(&keys[0])?.filter(|printed| printed.end.is_none()) else {
            return Ok(false);
        };
        tx.put(keys[0].clone(), &Printed { end: Some(TicketEnd::Cancelled), ..printed });
        Entry::done(Action::Cancel).staff(staff).patient(patient).ticket(id).write(tx);
        Ok(true)
    })?;
    if is_open {
        match link.cancel(id) {
            Err(error) if error.kind() != Some(Kind::NotFound) => return Err(error.into()),
            _ => {}
        }
    }
    Ok(is_open)
}

/// What the places said is written down; the device's key is forgotten here, too, once nothing is left.
fn finish(state: &dyn Store, id: EnrolmentId, patient: &str, staff: &str, is_gone: bool) -> Result<(), StateError> {
    let keys = [Enrolled::place(id)];
    state.change(&keys, |tx| {
        if let Some(enrolled) = tx.get::<Enrolled>(&keys[0])?.filter(|_| is_gone) {
            tx.put(keys[0].clone(), &Enrolled { end: Some(End::Withdrawn), device: [0; 32], last: None, ..enrolled });
        }
        let result = if is_gone { "done" } else { "something-is-left" };
        Entry::with(Action::Gone, result).staff(staff).patient(patient).enrolment(id).write(tx);
        Ok(())
    })
}
