//! From a phone's request to an enrolment: the digits that staff compare, and their word.

use super::{Counter, CounterError, Seen};
use crate::model::{Enrolled, Patient, Printed, TicketEnd};
use crate::record::{Action, Entry};
use mykarte_vault::package::{EnrolmentId, VerifyingKey};
use mykarte_vault::ticket::{Nonce, Request, TicketId, Verifier};
use mykarte_wire::issuer::{NewTicket, TicketState};
use mykarte_wire::problem::Kind;

impl Counter<'_> {
    /// Looks once how far a ticket is. When a phone has used it, the nonce is shown, and the digits with it.
    ///
    /// # Errors
    /// [`CounterError`].
    pub fn look(&self, id: TicketId) -> Result<Seen, CounterError> {
        let printed = self.printed(id)?;
        match printed.end {
            Some(TicketEnd::Confirmed { enrolment }) => return Ok(Seen::Confirmed(enrolment)),
            Some(TicketEnd::Cancelled) => return Ok(Seen::Cancelled),
            None => {}
        }
        let status = match self.link.ticket(id) {
            // Its own word was lost on the way: say it again.
            Err(error) if error.kind() == Some(Kind::NotFound) => {
                self.link.put_ticket(id, &self.as_new(&printed))?;
                return Ok(Seen::Waiting { wrong: 0 });
            }
            status => status?,
        };
        match (status.state, status.request) {
            (TicketState::Open, _) => Ok(Seen::Waiting { wrong: status.wrong }),
            (TicketState::Locked, _) => Ok(Seen::Locked),
            (TicketState::Expired, _) => Ok(Seen::Expired),
            (TicketState::Cancelled, _) => Ok(Seen::Cancelled),
            (TicketState::Confirmed, _) => match self.printed(id)?.end {
                // At another counter, since the first look.
                Some(TicketEnd::Confirmed { enrolment }) => Ok(Seen::Confirmed(enrolment)),
                _ => Err(CounterError::ConfirmedThere),
            },
            (TicketState::Used, request) => {
                let request = check_request(id, &printed, &request.ok_or(CounterError::Forged)?)?;
                let is_first = self.fix(id, &request)?;
                // Not before: whoever knew the nonce could choose keys that make the same digits.
                self.link.show_nonce(id, printed.nonce)?;
                let digits = Nonce::from_bytes(printed.nonce).digits(&request);
                Ok(Seen::Compare { digits, is_first, enrolment: request.offer().offer().enrolment })
            }
        }
    }

    /// From now on the ticket is about this request and no other, whatever the publisher brings later. Whether it was not before.
    fn fix(&self, id: TicketId, request: &Request) -> Result<bool, CounterError> {
        let keys = [Printed::place(id)];
        self.state.change(&keys, |tx| {
            let mut printed: Printed = tx.get(&keys[0])?.ok_or(CounterError::NoSuchTicket)?;
            match &printed.request {
                Some(known) if known == request.as_bytes() => return Ok(false),
                Some(_) => return Err(CounterError::Forged),
                None => printed.request = Some(request.as_bytes().to_vec()),
            }
            tx.put(keys[0].clone(), &printed);
            let entry = Entry::done(Action::Digits).staff(&printed.admission.staff).patient(&printed.patient);
            entry.ticket(id).enrolment(request.offer().offer().enrolment).write(tx);
            Ok(true)
        })
    }

    fn as_new(&self, printed: &Printed) -> NewTicket {
        let Printed { key, birth, expires, .. } = *printed;
        NewTicket { hospital: self.list.listing().hospital, key, birth, expires }
    }

    /// Staff saw the same digits on both sides: now it is an enrolment.
    ///
    /// # Errors
    /// [`CounterError::NotCompared`], [`CounterError::Cancelled`], [`CounterError::Forged`]; those of the publisher, which is
    /// told again with the next issue then.
    pub fn confirm(&self, id: TicketId, staff: &str) -> Result<EnrolmentId, CounterError> {
        let printed = self.printed(id)?;
        let enrolment = match printed.end {
            Some(TicketEnd::Cancelled) => return Err(CounterError::Cancelled),
            Some(TicketEnd::Confirmed { enrolment }) => enrolment,
            None => self.enrol(id, &printed, staff)?,
        };
        self.link.confirm(id)?;
        let key = [Enrolled::place(enrolment)];
        self.state.change(&key, |tx| -> Result<(), CounterError> {
            if let Some(enrolled) = tx.get::<Enrolled>(&key[0])? {
                tx.put(key[0].clone(), &Enrolled { is_told: true, ..enrolled });
            }
            Ok(())
        })?;
        Ok(enrolment)
    }

    fn enrol(&self, id: TicketId, printed: &Printed, staff: &str) -> Result<EnrolmentId, CounterError> {
        let fixed = printed.request.as_deref().ok_or(CounterError::NotCompared)?;
        let request = check_request(id, printed, fixed)?;
        let offer = request.offer().offer();
        let keys = [Printed::place(id), Enrolled::place(offer.enrolment), Patient::place(&printed.patient)];
        self.state.change(&keys, |tx| -> Result<(), CounterError> {
            let mut now: Printed = tx.get(&keys[0])?.ok_or(CounterError::NoSuchTicket)?;
            if now.end.is_some() || tx.get::<Enrolled>(&keys[1])?.is_some() {
                return Err(CounterError::Forged);
            }
            now.end = Some(TicketEnd::Confirmed { enrolment: offer.enrolment });
            let enrolled = Enrolled {
                patient: now.patient.clone(),
                birth_date: now.birth_date.clone(),
                admission: now.admission.clone(),
                ticket: id,
                device: *offer.device.as_bytes(),
                is_told: false,
                last: None,
                end: None,
            };
            let mut patient: Patient = tx.get(&keys[2])?.unwrap_or_default();
            patient.enrolments.push(offer.enrolment.to_string());
            tx.put(keys[0].clone(), &now);
            tx.put(keys[1].clone(), &enrolled);
            tx.put(keys[2].clone(), &patient);
            let entry = Entry::done(Action::Confirm).admission(&now.admission).staff(staff);
            entry.patient(&now.patient).ticket(id).enrolment(offer.enrolment).write(tx);
            Ok(())
        })?;
        Ok(offer.enrolment)
    }
}

/// The publisher carries requests; whether one was made with the ticket, the counter sees itself.
fn check_request(id: TicketId, printed: &Printed, bytes: &[u8]) -> Result<Request, CounterError> {
    let request = Request::read(bytes).map_err(|_| CounterError::Forged)?;
    let key = VerifyingKey::from_bytes(&printed.key).map_err(|_| CounterError::Forged)?;
    // The birth date, too: a publisher that fell would not ask for it.
    let verifier = Verifier { id, key, birth: printed.birth };
    let is_of_ticket = request.ticket() == id && request.verify(&key).is_ok() && verifier.has_birth_date(&request);
    if is_of_ticket { Ok(request) } else { Err(CounterError::Forged) }
}
