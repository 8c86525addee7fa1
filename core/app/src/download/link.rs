//! What an enrolment remembers of its publisher: address, tokens, the request until staff have confirmed.
//!
//! It lies in the enrolment's label: sealed with the vault's head, taken along by every write of the enrolment (so that a
//! swap is still one transaction), gone with its end. Vaults without it are read as ever.

use super::DownloadError;
use crate::archive::Archive;
use crate::package::{self, ReceiveError};
use mykarte_vault::package::{Enrolment, EnrolmentId, SignedOffer};
use mykarte_vault::ticket::{Commitment, Request, Ticket, TicketId};
use mykarte_wire::Token;
use mykarte_wire::bytes::base64url;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An enrolment's publisher.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Link {
    /// As the ticket has it.
    pub address: String,
    /// The newest first, then the one before; none until the request is answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<Token>,
    /// Until staff have confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// Number of the offer that the publisher has.
    pub offered: u32,
}

/// What is needed to ask once more, and to show the digits. The ticket's secret is not kept.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Pending {
    #[serde(with = "base64url")]
    request: Vec<u8>,
    #[serde(with = "base64url")]
    commitment: [u8; 32],
}

/// The device's word that an enrolment has ended, on its way.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Farewell {
    pub address: String,
    #[serde(with = "base64url")]
    pub revocation: Vec<u8>,
}

impl Link {
    pub fn new(ticket: &Ticket, request: &Request) -> Link {
        let offered = request.offer().offer().number;
        Link {
            address: ticket.address.clone(),
            tokens: Vec::new(),
            pending: Some(Pending::new(ticket, request)),
            offered,
        }
    }

    /// Takes the token that was handed out with an answer to `used`, which is the one in use from now on. An answer that
    /// waited while another call went on is of a token that is void by now: what it brings would be, too.
    pub fn take_token(&mut self, next: Token, used: Option<Token>) {
        let is_known = |used: &Token| self.tokens.iter().any(|known| known.hash() == used.hash());
        if used.as_ref().is_none_or(is_known) {
            self.tokens = [Some(next), used].into_iter().flatten().collect();
        }
    }
}

impl Pending {
    pub fn new(ticket: &Ticket, request: &Request) -> Pending {
        Pending { request: request.as_bytes().to_vec(), commitment: *ticket.commitment.as_bytes() }
    }

    /// The request that was made.
    pub fn request(&self) -> Result<Request, DownloadError> {
        Ok(Request::read(&self.request)?)
    }

    pub fn commitment(&self) -> Commitment {
        Commitment::from_bytes(self.commitment)
    }
}

impl Farewell {
    pub fn new(link: &Link, enrolment: &Enrolment) -> Farewell {
        Farewell { address: link.address.clone(), revocation: enrolment.revocation().as_bytes().to_vec() }
    }
}

/// An enrolment that has a publisher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Its name.
    pub id: EnrolmentId,
    /// The publisher's address.
    pub address: String,
    /// The publisher has not answered the request yet: ask for the state, which sends it again.
    pub is_unanswered: bool,
    /// Staff have not confirmed yet, as far as this device knows.
    pub is_pending: bool,
}

/// The open enrolments that have a publisher.
///
/// # Errors
/// Those of reading the vault.
pub fn linked(archive: &Archive) -> Result<Vec<Linked>, DownloadError> {
    let all = package::held(archive.vault())?.into_iter().filter(|held| !held.label.ended);
    let linked = all.filter_map(|held| {
        let link = held.label.publisher?;
        Some(Linked {
            id: EnrolmentId::parse(&held.label.enrolment)?,
            is_unanswered: link.tokens.is_empty(),
            is_pending: link.pending.is_some(),
            address: link.address,
        })
    });
    Ok(linked.collect())
}

/// What an open enrolment knows of its publisher.
///
/// # Errors
/// [`ReceiveError::NotEnrolled`], [`DownloadError::NoPublisher`].
pub(super) fn of(archive: &Archive, id: EnrolmentId) -> Result<Link, DownloadError> {
    package::find(archive.vault(), id)?.label.publisher.ok_or(DownloadError::NoPublisher)
}

/// The enrolment that was begun with a ticket and is not confirmed yet, and the key that it offers.
pub(super) fn of_ticket(
    archive: &Archive,
    ticket: TicketId,
) -> Result<Option<(EnrolmentId, SignedOffer, Link)>, DownloadError> {
    let is_of = |link: &Link| {
        let request = link.pending.as_ref().and_then(|pending| pending.request().ok());
        request.is_some_and(|request| request.ticket() == ticket)
    };
    let open = package::held(archive.vault())?.into_iter().filter(|held| !held.label.ended);
    let found = open.filter_map(|held| Some((held.enrolment?, held.label.publisher.filter(is_of)?))).next();
    Ok(found.map(|(enrolment, link)| (enrolment.id(), enrolment.offer(), link)))
}

/// Changes it. Durable when it returns; the keys stay as they are.
pub(super) fn change(
    archive: &mut Archive,
    id: EnrolmentId,
    work: impl FnOnce(&mut Link),
) -> Result<(), DownloadError> {
    let vault = archive.vault_mut();
    let held = package::find(vault, id)?;
    let mut label = held.label.clone();
    work(label.publisher.as_mut().ok_or(DownloadError::NoPublisher)?);
    let ready = package::ready(vault, Some(held.place), &label, held.enrolment()?)?;
    Ok(vault.commit_all(vec![ready]).map_err(ReceiveError::from)?)
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending([redacted])")
    }
}

impl fmt::Debug for Farewell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Farewell({})", self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two calls at once: what an answer brings that waited is void, and must not push out what works.
    #[test]
    fn an_answer_that_waited_costs_no_token() {
        let token = || Token::make().expect("random");
        let [first, next, after, late] = [token(), token(), token(), token()];
        let mut link = Link { address: String::new(), tokens: vec![first.clone()], pending: None, offered: 1 };
        link.take_token(next.clone(), Some(first.clone()));
        link.take_token(after.clone(), Some(next.clone()));
        link.take_token(late, Some(first));
        let held: Vec<_> = link.tokens.iter().map(Token::hash).collect();
        assert_eq!(held, [after.hash(), next.hash()]);
    }
}
