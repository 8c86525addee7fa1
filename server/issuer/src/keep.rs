//! What is due by itself: a ticket that is over is forgotten, with the birth date and the admission that stood in it. What came
//! of it has its own document, and the audit chain its records.

use crate::model::{Patient, Printed};
use mykarte_state::{Key, StateError, Store, read};
use mykarte_vault::ticket::TicketId;

/// Documents looked at in one go.
const PAGE: usize = 500;
/// How long a ticket is known after its time, confirmed or not: as long as at the publisher.
const KNOWN_TIME: u64 = 7 * 86_400;

/// Forgets tickets that are over for a week; patients of whom nothing else is known with them.
///
/// # Errors
/// Those of the state; what was forgotten by then is.
pub fn forget_old_tickets(state: &dyn Store, now: u64) -> Result<(), StateError> {
    let mut last: Option<String> = None;
    loop {
        let found = state.list(Printed::KIND, last.as_deref(), PAGE)?;
        for (id, json) in &found {
            let printed: Printed = read(Printed::KIND, json)?;
            if let Some(id) = TicketId::parse(id).filter(|_| now >= printed.expires.saturating_add(KNOWN_TIME)) {
                forget(state, id, &printed.patient)?;
            }
        }
        match found.last() {
            Some((id, _)) if found.len() == PAGE => last = Some(id.clone()),
            _ => return Ok(()),
        }
    }
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
    use crate::model::TicketEnd;
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
        forget_old_tickets(state, EXPIRES + KNOWN_TIME - 1).unwrap();
        assert!(there(confirmed) && others.into_iter().all(there));
        forget_old_tickets(state, EXPIRES + KNOWN_TIME).unwrap();
        assert!(!there(confirmed) && !others.into_iter().any(there));
        let known = |patient: &str| state.get::<Patient>(&Patient::place(patient)).unwrap();
        let enrolments = vec![enrolment.to_string()];
        assert_eq!(known("1"), Some(Patient { tickets: Vec::new(), enrolments }), "what came of it stays");
        assert!(known("2").is_none() && known("3").is_none());
    }
}
