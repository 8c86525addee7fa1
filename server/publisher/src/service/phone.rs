//! What a phone asks.

use super::{KEY_LIST, Publisher, make_token};
use crate::error::Refused;
use crate::model::{Enrolment, Open, Outcome, Ticket};
use crate::packages::Body;
use crate::record::{Action, Entry};
use mykarte_state::{Tx, now};
use mykarte_vault::package::{EnrolmentId, HospitalId};
use mykarte_vault::ticket::{Request, TicketError};
use mykarte_wire::phone::{Enrolled, Status};
use mykarte_wire::problem::Kind;
use mykarte_wire::{Problem, Token};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::atomic::Ordering;

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

/// A package on its way.
pub struct Fetched {
    /// SHA-256 of all of it.
    pub hash: [u8; 32],
    /// Its length.
    pub total: u64,
    /// Which bytes follow; `None`: it is the one that the phone has.
    pub range: Option<Range<u64>>,
    /// The token for next time; `None` where nothing follows.
    pub next: Option<Token>,
    /// The bytes.
    pub body: Option<Body>,
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
            self.unknown.fetch_add(1, Ordering::Relaxed);
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
                    Err(kind) => (known, Outcome::Refused(kind)),
                },
                refused => (used, refused),
            };
            let entry = match outcome {
                Outcome::Taken { .. } => Entry::done(Action::Enrol).enrolment(enrolment),
                Outcome::WrongBirthDate { .. } => Entry::refused(Action::Enrol, Kind::BirthDate),
                Outcome::Refused(kind) => Entry::refused(Action::Enrol, kind),
            };
            tx.put(keys[0].clone(), &after);
            entry.ticket(ticket).write(tx);
            Ok(outcome)
        })?;
        match taken {
            Outcome::Taken { .. } => Ok(Enrolled { enrolment, token }),
            Outcome::WrongBirthDate { remaining } => {
                Err(Refused::Problem(Problem { remaining: Some(remaining), ..Problem::new(Kind::BirthDate) }))
            }
            Outcome::Refused(kind) => Err(kind.into()),
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

    /// The token is used and the next one handed out, durably, before the first byte of a package goes.
    ///
    /// # Errors
    /// [`Kind::Token`], [`Kind::Ended`], [`Kind::NothingIssued`], [`Kind::Range`].
    pub fn begin_fetch(
        &self,
        enrolment: EnrolmentId,
        token: Option<&Token>,
        asked: &Conditions,
    ) -> Result<(Fetched, String), Refused> {
        let ((_, token), next) = (self.opened(enrolment, token)?, make_token()?);
        let keys = [Enrolment::place(enrolment)];
        self.state.change(&keys, |tx| {
            let mut open = Enrolment::open(tx.get(&keys[0])?)?;
            open.check(token)?;
            let package = open.package().cloned().ok_or(Kind::NothingIssued)?;
            let range = match asked.has == Some(package.hash) {
                true => None,
                false => Some(asked.range(package.hash, package.bytes)?),
            };
            if range.is_some() {
                open.rotate(token, next.hash())?;
                tx.put(keys[0].clone(), &open.into_document());
            }
            Entry::done(Action::Fetch).enrolment(enrolment).write(tx);
            let next = range.is_some().then(|| next.clone());
            let fetched = Fetched { hash: package.hash, total: package.bytes, range, next, body: None };
            Ok((fetched, package.object))
        })
    }

    /// The bytes that [`Publisher::begin_fetch`] promised.
    ///
    /// # Errors
    /// [`Refused::Copy`].
    pub async fn read(&self, enrolment: EnrolmentId, object: &str, range: Range<u64>) -> Result<Body, Refused> {
        Ok(self.copies.get(enrolment, object, range).await?)
    }

    /// The device's next key.
    ///
    /// # Errors
    /// [`Kind::Token`], [`Kind::Ended`], [`Kind::StaleKey`], [`Kind::Malformed`].
    pub fn next_key(&self, enrolment: EnrolmentId, token: Option<&Token>, offer: &[u8]) -> Result<(), Refused> {
        let (_, token) = self.opened(enrolment, token)?;
        let keys = [Enrolment::place(enrolment)];
        self.state.change(&keys, |tx| {
            let mut open = Enrolment::open(tx.get(&keys[0])?)?;
            open.check(token)?;
            open.take_key(enrolment, offer)?;
            tx.put(keys[0].clone(), &open.into_document());
            Entry::done(Action::Key).enrolment(enrolment).write(tx);
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
