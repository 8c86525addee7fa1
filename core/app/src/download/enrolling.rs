//! Enrolling with a ticket: every step is durable before the next one is taken, and each may be taken again.

use super::ask::{self, Call};
use super::http::{Http, Method};
use super::link::{self, Link, Pending};
use super::{DownloadError, Turns};
use crate::archive::Archive;
use chrono::NaiveDate;
use mykarte_vault::package::{EnrolmentId, KeyList, PackageError, RootPin, SignedOffer};
use mykarte_vault::ticket::{Request, Ticket};
use mykarte_wire::{address, path, phone};

/// The most bytes of a key list; one of 256 keys has below 12 KiB.
pub(super) const MAX_LIST: usize = 64 << 10;

/// Enrols with a ticket as it was scanned, and a birth date (`YYYY-MM-DD`) as the patient typed it. After a lost answer the
/// same call asks the same again, with the same keys; after a wrong birth date it asks with another one. Durable when it
/// returns; staff have to confirm then: [`super::enrolment_state`]. The ticket's date is not looked at: the publisher decides.
///
/// # Errors
/// [`DownloadError::WrongBirthDate`], and every other refusal as its own variant. Where the ticket is good for nothing any
/// more, nothing of it stays in the vault; otherwise what was begun waits for the next call or [`give_up`].
pub fn enrol_with_ticket(
    turns: &mut impl Turns,
    ticket: &str,
    birth_date: &str,
    http: &dyn Http,
) -> Result<EnrolmentId, DownloadError> {
    let ticket = Ticket::parse(ticket)?;
    address::check(&ticket.address)?;
    check_date(birth_date)?;
    let known = turns.turn(|archive| link::of_ticket(archive, ticket.id))?;
    let is_first = known.is_none();
    let id = match known {
        Some((id, _, link)) if !link.tokens.is_empty() => return Ok(id),
        Some((id, offer, link)) => {
            put_request(turns, id, &link, &ticket, &ticket.request(birth_date, &offer))?;
            id
        }
        None => begin(turns, &ticket, birth_date, http)?,
    };
    let sent = send_request(turns, id, http);
    if sent.as_ref().is_err_and(|error| is_final(error, is_first)) {
        turns.turn(|archive| forget(archive, id))?;
    }
    sent.map(|()| id)
}

/// Makes the keys and the request, durable before anything is sent.
fn begin(
    turns: &mut impl Turns,
    ticket: &Ticket,
    birth_date: &str,
    http: &dyn Http,
) -> Result<EnrolmentId, DownloadError> {
    let call = Call::get(path::fill(path::KEY_LIST, &ticket.hospital));
    let list = ask::bytes(call.to(&ticket.address, None, http)?, MAX_LIST)?;
    let list = read_list(&list, ticket)?;
    let link = |offer: &SignedOffer| Some(Link::new(ticket, &ticket.request(birth_date, offer)));
    let offer = turns.turn(|archive| Ok(archive.enrol_with(list, link)?))?;
    Ok(offer.offer().enrolment)
}

/// Lets go of an enrolment that a ticket began and nobody confirmed: its keys are destroyed. Where the publisher has taken
/// the request it is told with the next [`super::tell_ended`]. Nothing of it is no error.
///
/// # Errors
/// [`DownloadError::Ticket`]; those of a write.
pub fn give_up(turns: &mut impl Turns, ticket: &str) -> Result<(), DownloadError> {
    let ticket = Ticket::parse(ticket)?;
    turns.turn(|archive| match link::of_ticket(archive, ticket.id)? {
        Some((id, _, link)) if link.tokens.is_empty() => forget(archive, id),
        Some((id, ..)) => Ok(archive.end_enrolment(id)?),
        None => Ok(()),
    })
}

/// Does what needs a token, and sends the request that is kept first where there is none yet. Where no token is taken, and
/// staff have not confirmed as far as this device knows, the same request gets another one.
///
/// # Errors
/// Those of the work and of sending.
pub(super) fn with_token<V: Turns, T>(
    turns: &mut V,
    id: EnrolmentId,
    http: &dyn Http,
    mut work: impl FnMut(&mut V) -> Result<T, DownloadError>,
) -> Result<T, DownloadError> {
    let link = turns.turn(|archive| link::of(archive, id))?;
    if link.tokens.is_empty() {
        send_request(turns, id, http)?;
    }
    match work(turns) {
        Err(DownloadError::TokenRefused) if link.pending.is_some() => {}
        done => return done,
    }
    match send_request(turns, id, http) {
        // Staff have confirmed, so the ticket gives nothing any more.
        Err(DownloadError::TicketUsed) => return Err(DownloadError::TokenRefused),
        sent => sent?,
    }
    work(turns)
}

/// Sends the request that is kept, and keeps the token, in the place of all before. Nothing is sent once staff have confirmed.
///
/// # Errors
/// The refusal; [`DownloadError::NotAPublisher`] where the answer is another enrolment's.
fn send_request(turns: &mut impl Turns, id: EnrolmentId, http: &dyn Http) -> Result<(), DownloadError> {
    let link = turns.turn(|archive| link::of(archive, id))?;
    let Some(pending) = link.pending else { return Ok(()) };
    let body = phone::Enrol { request: pending.request()?.as_bytes().to_vec() };
    let call = Call::send(Method::Post, path::ENROLMENTS.to_owned(), &body);
    let enrolled: phone::Enrolled = ask::json(call.to(&link.address, None, http)?)?;
    if enrolled.enrolment != id {
        return Err(DownloadError::NotAPublisher { what: "this enrolment's id" });
    }
    turns.turn(|archive| link::change(archive, id, |link| link.take_token(enrolled.token, None)))
}

/// Keeps the request that will be sent: with the same birth date it is the same.
fn put_request(
    turns: &mut impl Turns,
    id: EnrolmentId,
    link: &Link,
    ticket: &Ticket,
    request: &Request,
) -> Result<(), DownloadError> {
    let known = link.pending.as_ref().map(Pending::request).transpose()?;
    if known.as_ref() == Some(request) {
        return Ok(());
    }
    let pending = Pending::new(ticket, request);
    turns.turn(|archive| link::change(archive, id, |link| link.pending = Some(pending)))
}

/// The key list has to be of the root key and of the hospital that stand on the paper.
fn read_list(bytes: &[u8], ticket: &Ticket) -> Result<KeyList, DownloadError> {
    let list = KeyList::read(bytes, &RootPin::from_bytes(*ticket.root.as_bytes()))?;
    let hospital = list.listing().hospital;
    if hospital == ticket.hospital { Ok(list) } else { Err(PackageError::OtherHospital { hospital }.into()) }
}

/// Refusals after which these keys never get a token. One that was used may have been by these very keys, with the birth date
/// of a call before whose answer was lost.
fn is_final(error: &DownloadError, is_first: bool) -> bool {
    use DownloadError as E;
    match error {
        E::TicketUnknown | E::TicketExpired | E::TicketLocked | E::TicketCancelled => true,
        E::TicketUsed => is_first,
        _ => false,
    }
}

/// Takes an enrolment out of the vault, keys first.
fn forget(archive: &mut Archive, id: EnrolmentId) -> Result<(), DownloadError> {
    let place = crate::package::find(archive.vault(), id)?.place;
    Ok(archive.vault_mut().delete(place)?)
}

/// A date in the one form that both sides hash.
fn check_date(text: &str) -> Result<(), DownloadError> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|date| date.to_string() == text);
    date.map(drop).ok_or(DownloadError::NoDate)
}
