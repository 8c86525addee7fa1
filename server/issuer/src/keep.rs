//! What is due by itself: a ticket that is over is forgotten, with the birth date and the admission that stood in it. What came
//! of it has its own document, and the audit chain its records.

use crate::model::{Patient, Printed, TicketEnd};
use mykarte_state::{Key, StateError, Store, documents, read};
use mykarte_vault::ticket::TicketId;

/// How long a ticket is known after its time, confirmed or not: as long as at the publisher.
const KNOWN_TIME: u64 = 7 * 86_400;

/// What a walk over all tickets found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tickets {
    /// Those that were taken back and are still known.
    pub cancelled: Vec<TicketId>,
    /// Those that cannot be read, or whose patient cannot. They stay as they are.
    pub damaged: Vec<Key>,
}

/// Forgets tickets that are over for a week; patients of whom nothing else is known with them.
///
/// # Errors
/// Those of the database; what was forgotten by then is.
pub fn tidy_tickets(state: &dyn Store, now: u64) -> Result<Tickets, StateError> {
    let mut tickets = Tickets::default();
    for found in documents(state, Printed::KIND) {
        let (name, json) = found?;
        let Some(id) = TicketId::parse(&name) else { continue };
        match tidy(state, id, &json, now) {
            Ok(is_cancelled) => tickets.cancelled.extend(is_cancelled.then_some(id)),
            Err(StateError::Document { .. }) => tickets.damaged.push(Printed::place(id)),
            Err(error) => return Err(error),
        }
    }
    Ok(tickets)
}

/// Whether it was taken back and stays known.
fn tidy(state: &dyn Store, id: TicketId, json: &[u8], now: u64) -> Result<bool, StateError> {
    let printed: Printed = read(Printed::KIND, json)?;
    if now >= printed.expires.saturating_add(KNOWN_TIME) {
        forget(state, id, &printed.patient)?;
        return Ok(false);
    }
    Ok(printed.end == Some(TicketEnd::Cancelled))
}

fn forget(state: &dyn Store, id: TicketId, patient: &str) -> Result<(), StateError> {
    let keys: [Key; 2] = [Printed::place(id), Patient::place(patient)];
    state.change(&keys, |tx| {
        tx.delete(keys[0].clone());
        if let Some(mut patient) = tx.get::<Patient>(&keys[1])? {
            patient.tickets.retain(|known| *known != id.to_string());
            match patient == Patient::default() {
                true => tx.delete(keys[1].clone()),
                false => tx.put(keys[1].clone(), &patient),
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::{Admission, IdentityCheck, Receiver};
    use mykarte_vault::package::EnrolmentId;

    const EXPIRES: u64 = 1_780_000_000;

    fn put(state: &dyn Store, patient: &str, end: Option<TicketEnd>) -> TicketId {
        let id = TicketId::make().unwrap();
        let admission = Admission {
            staff: "N1".into(),
            identity_check: IdentityCheck::Passport,
            consent: "1".into(),
            receiver: Receiver::Patient,
        };
        let printed = Printed {
            patient: patient.into(),
            birth_date: "1955-03-11".into(),
            admission,
            key: [1; 32],
            birth: [2; 32],
            nonce: [3; 32],
            expires: EXPIRES,
            request: None,
            end,
        };
        let enrolments = match end {
            Some(TicketEnd::Confirmed { enrolment }) => vec![enrolment.to_string()],
            _ => Vec::new(),
        };
        let known = Patient { tickets: vec![id.to_string()], enrolments };
        let keys = [Printed::place(id), Patient::place(patient)];
        let put = state.change(&keys, |tx| -> Result<(), StateError> {
            tx.put(keys[0].clone(), &printed);
            tx.put(keys[1].clone(), &known);
            Ok(())
        });
        put.unwrap();
        id
    }

    #[test]
    fn a_week_after_its_time_nothing_is_known_of_a_ticket() {
        let dir = tempfile::tempdir().unwrap();
        let state = mykarte_state::open(dir.path().join("state").to_str().unwrap()).unwrap();
        let state = state.as_ref();
        let enrolment = EnrolmentId::make().unwrap();
        let confirmed = put(state, "1", Some(TicketEnd::Confirmed { enrolment }));
        let others = [("2", Some(TicketEnd::Cancelled)), ("3", None)].map(|(patient, end)| put(state, patient, end));
        let there = |id: TicketId| state.get::<Printed>(&Printed::place(id)).unwrap().is_some();
        let cancelled = vec![others[0]];
        let tidied = tidy_tickets(state, EXPIRES + KNOWN_TIME - 1).unwrap();
        assert_eq!(tidied, Tickets { cancelled, damaged: vec![] });
        assert!(there(confirmed) && others.into_iter().all(there));
        assert_eq!(tidy_tickets(state, EXPIRES + KNOWN_TIME).unwrap(), Tickets::default());
        assert!(!there(confirmed) && !others.into_iter().any(there));
        let known = |patient: &str| state.get::<Patient>(&Patient::place(patient)).unwrap();
        let enrolments = vec![enrolment.to_string()];
        assert_eq!(known("1"), Some(Patient { tickets: Vec::new(), enrolments }), "what came of it stays");
        assert!(known("2").is_none() && known("3").is_none());
    }
}
