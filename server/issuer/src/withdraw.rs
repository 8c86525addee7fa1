//! Withdrawing: nothing more is issued, and nothing is left, which every place that kept something is asked again.

use crate::error::IssuerError;
use crate::link::Link;
use crate::model::{End, Enrolled, Patient, Printed, TicketEnd};
use crate::record::{Action, Entry};
use mykarte_state::{StateError, Store, Tx};
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
        self.enrolments.iter().all(|(_, withdrawn)| is_gone(withdrawn))
    }
}

/// On whose word an enrolment ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum By<'a> {
    /// This member of staff.
    Staff(&'a str),
    /// A proxy's last day has passed, or what staff began is finished.
    LastDay,
}

impl By<'_> {
    fn write(self, entry: Entry, tx: &mut Tx) {
        match self {
            By::Staff(staff) => entry.staff(staff).write(tx),
            By::LastDay => entry.write(tx),
        }
    }
}

/// Whether nothing is left anywhere.
pub(crate) fn is_gone(withdrawn: &Withdrawn) -> bool {
    withdrawn.state_gone && withdrawn.copies.iter().all(|copy| copy.gone)
}

/// Withdraws all that a patient (folded id) ever had. May be done again until everything is gone.
///
/// # Errors
/// [`IssuerError::NobodyEnrolled`], [`IssuerError::ConfirmedThere`]; the first one of the publisher or of the state, when all that could be done is done. From
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
            stop(state, id, patient, By::Staff(staff))?;
        }
        for id in all.into_iter().filter(|id| !done.contains(id)).collect::<Vec<_>>() {
            // One that fails keeps no other from being withdrawn.
            let outcome = match (EnrolmentId::parse(&id), TicketId::parse(&id)) {
                (Some(enrolment), _) if is_enrolment(state, enrolment) => {
                    let ended = end(state, link, enrolment, patient, By::Staff(staff));
                    ended.map(|gone| proof.enrolments.push((enrolment, gone)))
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

/// Withdraws one enrolment of a patient (folded id); the others stay, and so do tickets.
///
/// # Errors
/// [`IssuerError::NobodyEnrolled`], [`IssuerError::NoSuchEnrolment`]; those of the publisher and of the state, when nothing is
/// issued for it any more.
pub fn withdraw_one(
    state: &dyn Store,
    link: &Link,
    patient: &str,
    id: EnrolmentId,
    staff: &str,
) -> Result<Proof, IssuerError> {
    let found: Patient = state.get(&Patient::place(patient))?.ok_or(IssuerError::NobodyEnrolled)?;
    if !found.enrolments.contains(&id.to_string()) {
        return Err(IssuerError::NoSuchEnrolment);
    }
    stop(state, id, patient, By::Staff(staff))?;
    let gone = end(state, link, id, patient, By::Staff(staff))?;
    Ok(Proof { tickets: 0, enrolments: vec![(id, gone)] })
}

fn is_enrolment(state: &dyn Store, id: EnrolmentId) -> bool {
    matches!(Store::read(state, &Enrolled::place(id)), Ok(Some(_)))
}

/// Ends one at the publisher, and writes down what every place said.
pub(crate) fn end(
    state: &dyn Store,
    link: &Link,
    id: EnrolmentId,
    patient: &str,
    by: By<'_>,
) -> Result<Withdrawn, IssuerError> {
    let withdrawn = link.withdraw(id)?;
    finish(state, id, patient, by, is_gone(&withdrawn))?;
    Ok(withdrawn)
}

/// From here on nothing is issued for it.
pub(crate) fn stop(state: &dyn Store, id: EnrolmentId, patient: &str, by: By<'_>) -> Result<(), StateError> {
    let keys = [Enrolled::place(id)];
    let (end, action) = match by {
        By::Staff(_) => (End::Withdrawing, Action::Withdraw),
        By::LastDay => (End::ProxyEnding, Action::ProxyOver),
    };
    state.change(&keys, |tx| {
        match tx.get::<Enrolled>(&keys[0]) {
            Ok(Some(enrolled)) if enrolled.end.is_none() => {
                tx.put(keys[0].clone(), &Enrolled { end: Some(end), ..enrolled });
            }
            // Nothing is issued for what cannot be read, and it ends at the publisher all the same.
            Err(StateError::Document { .. }) => {}
            found => return found.map(drop),
        }
        by.write(Entry::done(action).patient(patient).enrolment(id), tx);
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
        Err(error) if error.kind() == Some(Kind::Conflict) => Err(IssuerError::ConfirmedThere),
        Err(error) if error.kind() != Some(Kind::NotFound) => Err(error.into()),
        _ => Ok(was_open),
    }
}

/// What the places said is written down; the device's key is forgotten here, too, once nothing is left.
fn finish(state: &dyn Store, id: EnrolmentId, patient: &str, by: By<'_>, is_gone: bool) -> Result<(), StateError> {
    let keys = [Enrolled::place(id)];
    state.change(&keys, |tx| {
        let found = match tx.get::<Enrolled>(&keys[0]) {
            // What cannot be read stays as it is.
            Err(StateError::Document { .. }) => None,
            found => found?,
        };
        if let Some(enrolled) = found.filter(|_| is_gone) {
            let end = match enrolled.end {
                Some(End::ProxyEnding | End::ProxyOver) => End::ProxyOver,
                Some(End::Device) if matches!(by, By::LastDay) => End::Device,
                _ => End::Withdrawn,
            };
            tx.put(keys[0].clone(), &Enrolled { end: Some(end), device: [0; 32], last: None, ..enrolled });
        }
        by.write(Entry::with(Action::Gone, word(is_gone)).patient(patient).enrolment(id), tx);
        Ok(())
    })
}

/// The word in the audit chain.
pub(crate) fn word(is_gone: bool) -> &'static str {
    if is_gone { "done" } else { "something-is-left" }
}
