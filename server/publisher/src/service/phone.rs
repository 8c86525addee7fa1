//! What a phone asks.

use super::downloads::Download;
use super::{KEY_LIST, Publisher, make_token};
use crate::error::Refused;
use crate::model::{Enrolment, Open, Outcome, Package, Ticket};
use crate::packages::Body;
use crate::record::{Action, Entry};
use mykarte_state::{Tx, now};
use mykarte_vault::package::{EnrolmentId, HospitalId};
use mykarte_vault::ticket::{Request, TicketError, TicketId};
use mykarte_wire::phone::{Enrolled, Status};
use mykarte_wire::problem::Kind;
use mykarte_wire::{Problem, Token};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What a phone says of the package that it wants.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    /// It has the one of this hash.
    pub has: Option<[u8; 32]>,
    /// From this byte to that one (inclusive); `(None, Some(n))`: the last n.
    pub range: Option<(Option<u64>, Option<u64>)>,
    /// The range is of the package of this hash; of another one all is wanted.
    pub range_of: Option<[u8; 32]>,
}

/// A package that a phone asked for.
pub struct Fetched {
    /// Which one.
    pub package: Package,
    /// What follows; `None`: it is the one that the phone has.
    pub promised: Option<Promised>,
}

/// Bytes on their way.
pub struct Promised {
    /// Which of the package.
    pub range: Range<u64>,
    /// The token for next time.
    pub next: Token,
    /// Its place among those that are open.
    pub download: Download,
}

/// A key list as it is kept.
#[derive(Serialize, Deserialize)]
pub(super) struct KeyListDocument {
    #[serde(with = "mykarte_wire::bytes::base64url")]
    pub list: Vec<u8>,
}

impl Publisher {
    /// A phone asks to be enrolled.
    ///
    /// # Errors
    /// [`Kind::Ticket`] for whoever does not have the ticket; every other kind only for who has.
    pub fn enrol(&self, request: &[u8]) -> Result<Enrolled, Refused> {
        let request = Request::read(request).map_err(|_| Kind::Malformed)?;
        let (ticket, enrolment) = (request.ticket(), request.offer().offer().enrolment);
        // The signature first, and against nobody's key where there is no ticket: one answer, in one time.
        let known = self.ticket(ticket)?.and_then(|ticket| ticket.key());
        let checked = request.verify(&known.unwrap_or(self.nobody));
        if known.is_none() || matches!(checked, Err(TicketError::Signature { .. })) {
            self.refusals.count(None, Kind::Ticket);
            return Err(Kind::Ticket.into());
        }
        let token = make_token()?;
        let keys = [Ticket::place(ticket), Enrolment::place(enrolment)];
        let taken = self.state.change(&keys, |tx| -> Result<_, Refused> {
            let known: Ticket = tx.get(&keys[0])?.ok_or(Kind::Ticket)?;
            let mut used = known.clone();
            let (after, outcome) = match used.take(&request, now()) {
                Outcome::Taken { again } => match begin(tx, &request, &token, again) {
                    Ok(()) => (used, Outcome::Taken { again }),
                    Err(kind) => (known.clone(), Outcome::Refused(kind)),
                },
                refused => (used, refused),
            };
            if after != known {
                tx.put(keys[0].clone(), &after);
            }
            write_outcome(tx, ticket, enrolment, outcome);
            Ok(outcome)
        })?;
        match taken {
            Outcome::Taken { .. } => Ok(Enrolled { enrolment, token }),
            Outcome::WrongBirthDate { remaining } => {
                Err(Refused::Problem(Problem { remaining: Some(remaining), ..Problem::new(Kind::BirthDate) }))
            }
            Outcome::Refused(kind) => {
                self.refusals.count(Some(ticket), kind);
                Err(kind.into())
            }
        }
    }

    /// How far an enrolment is. Polled, so it leaves no record.
    ///
    /// # Errors
    /// [`Kind::Token`], [`Kind::Ended`].
    pub fn status(&self, enrolment: EnrolmentId, token: Option<&Token>) -> Result<Status, Refused> {
        Ok(self.opened(enrolment, token)?.0.status())
    }

    /// An enrolment for whoever shows its token. Reads only: nobody takes the lock of a change before he has shown one.
    fn opened<'t>(&self, enrolment: EnrolmentId, token: Option<&'t Token>) -> Result<(Open, &'t Token), Refused> {
        let open = Enrolment::open(self.enrolment(enrolment)?)?;
        let token = token.ok_or(Kind::Token)?;
        open.check(token)?;
        Ok((open, token))
    }

    /// The token is used and the next one handed out, durably, before the first byte of a package goes. The package that the
    /// phone has already costs one reading, and leaves no record.
    ///
    /// # Errors
    /// [`Kind::Token`], [`Kind::Ended`], [`Kind::NothingIssued`], [`Kind::Range`]; [`Kind::TooMany`] where so many packages of
    /// the enrolment are open, [`Kind::Unavailable`] where of all.
    pub fn begin_fetch(
        &self,
        enrolment: EnrolmentId,
        token: Option<&Token>,
        asked: &Conditions,
    ) -> Result<Fetched, Refused> {
        let (open, token) = self.opened(enrolment, token)?;
        let (package, range) = asked.of(&open)?;
        if range.is_none() {
            return Ok(Fetched { package, promised: None });
        }
        let (download, next) = (self.downloads.begin(enrolment)?, make_token()?);
        let keys = [Enrolment::place(enrolment)];
        let (package, range) = self.state.change(&keys, |tx| -> Result<_, Refused> {
            let mut open = Enrolment::open(tx.get(&keys[0])?)?;
            open.check(token)?;
            let (package, range) = asked.of(&open)?;
            if range.is_some() {
                open.rotate(token, next.hash())?;
                tx.put(keys[0].clone(), &open.into_document());
                Entry::done(Action::Fetch).enrolment(enrolment).write(tx);
            }
            Ok((package, range))
        })?;
        Ok(Fetched { package, promised: range.map(|range| Promised { range, next, download }) })
    }

    /// The bytes that [`Publisher::begin_fetch`] promised.
    ///
    /// # Errors
    /// [`Refused::Copy`].
    pub async fn read(
        &self,
        enrolment: EnrolmentId,
        object: &str,
        range: Range<u64>,
        download: Download,
    ) -> Result<Body, Refused> {
        Ok(download.of(self.copies.get(enrolment, object, range).await?))
    }

    /// The device's next key. The one that is known already changes nothing, and leaves no record.
    ///
    /// # Errors
    /// [`Kind::Token`], [`Kind::Ended`], [`Kind::StaleKey`], [`Kind::Malformed`].
    pub fn next_key(&self, enrolment: EnrolmentId, token: Option<&Token>, offer: &[u8]) -> Result<(), Refused> {
        let (mut open, token) = self.opened(enrolment, token)?;
        if !open.take_key(enrolment, offer)? {
            return Ok(());
        }
        let keys = [Enrolment::place(enrolment)];
        self.state.change(&keys, |tx| {
            let mut open = Enrolment::open(tx.get(&keys[0])?)?;
            open.check(token)?;
            if open.take_key(enrolment, offer)? {
                tx.put(keys[0].clone(), &open.into_document());
                Entry::done(Action::Key).enrolment(enrolment).write(tx);
            }
            Ok(())
        })
    }

    /// A hospital's key list.
    ///
    /// # Errors
    /// [`Kind::NotFound`].
    pub fn key_list(&self, hospital: HospitalId) -> Result<Vec<u8>, Refused> {
        let found: Option<KeyListDocument> = self.state.get(&Publisher::key_list_place(hospital))?;
        debug_assert_eq!(Publisher::key_list_place(hospital).kind, KEY_LIST);
        Ok(found.ok_or(Kind::NotFound)?.list)
    }
}

/// The record of what changed: a ticket that gives nothing is only counted.
fn write_outcome(tx: &mut Tx, ticket: TicketId, enrolment: EnrolmentId, outcome: Outcome) {
    match outcome {
        Outcome::Taken { .. } => Entry::done(Action::Enrol).enrolment(enrolment).ticket(ticket).write(tx),
        Outcome::WrongBirthDate { remaining } => {
            Entry::refused(Action::Enrol, Kind::BirthDate).ticket(ticket).write(tx);
            if remaining == 0 {
                Entry::done(Action::Lock).ticket(ticket).write(tx);
            }
        }
        Outcome::Refused(_) => {}
    }
}

/// The enrolment of a request that its ticket took.
fn begin(tx: &mut Tx, request: &Request, token: &Token, again: bool) -> Result<(), Kind> {
    let place = Enrolment::place(request.offer().offer().enrolment);
    let found: Option<Enrolment> = tx.get(&place).map_err(|_| Kind::Conflict)?;
    let open = match (found, again) {
        (None, _) => Open::begin(request, token.hash()),
        (Some(Enrolment::Open(mut open)), true) => {
            open.begin_again(request, token.hash())?;
            *open
        }
        (Some(Enrolment::Ended { .. }), true) => return Err(Kind::Ended),
        // The name is another enrolment's: made up, or the same device with another ticket.
        (Some(_), false) => return Err(Kind::Conflict),
    };
    tx.put(place, &open.into_document());
    Ok(())
}

impl Conditions {
    /// The package of an enrolment, and the bytes of it that are wanted; `None`: the phone has it.
    fn of(&self, open: &Open) -> Result<(Package, Option<Range<u64>>), Kind> {
        let package = open.package().ok_or(Kind::NothingIssued)?;
        let range = match self.has == Some(package.hash) {
            true => None,
            false => Some(self.range(package.hash, package.bytes)?),
        };
        Ok((package.clone(), range))
    }

    /// The bytes that are wanted of a package.
    fn range(&self, hash: [u8; 32], total: u64) -> Result<Range<u64>, Kind> {
        let is_of_another = self.range_of.is_some_and(|of| of != hash);
        let range = match self.range.filter(|_| !is_of_another) {
            None => 0..total,
            Some((Some(from), to)) => from..to.map_or(total, |to| to.saturating_add(1).min(total)),
            Some((None, last)) => total.saturating_sub(last.unwrap_or(0))..total,
        };
        if range.is_empty() { Err(Kind::Range) } else { Ok(range) }
    }
}
