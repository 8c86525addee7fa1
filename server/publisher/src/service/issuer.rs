//! What the issuer asks. Everything may be asked again: an answer may have been lost.

use super::phone::KeyListDocument;
use super::{Publisher, now};
use crate::error::Refused;
use crate::model::{Enrolment, Open, Package, Ticket, enrolment};
use crate::record::{Action, Entry};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use mykarte_state::kept::{self, KeptError};
use mykarte_state::{Reached, read};
use mykarte_vault::chain::Head;
use mykarte_vault::package::{EnrolmentId, HospitalId, KeyList, PackageError, verify};
use mykarte_vault::ticket::TicketId;
use mykarte_wire::issuer::{CopyState, EnrolmentPage, Heads, NewTicket, TicketStatus};
use mykarte_wire::problem::Kind;
use sha2::{Digest, Sha256};
use std::sync::atomic::Ordering;

/// Enrolments of a page.
const PAGE: usize = 500;

impl Publisher {
    /// Takes a hospital's key list; only a newer one of the same root takes the place of another.
    ///
    /// # Errors
    /// [`Kind::Malformed`], [`Kind::Conflict`].
    pub fn put_key_list(&self, hospital: HospitalId, bytes: &[u8]) -> Result<(), Refused> {
        let list = KeyList::dangerous_read_unpinned(bytes).map_err(|_| Kind::Malformed)?;
        if list.listing().hospital != hospital {
            return Err(Kind::Malformed.into());
        }
        let keys = [Publisher::key_list_place(hospital)];
        self.state.change(&keys, |tx| {
            if let Some(known) = tx.get::<KeyListDocument>(&keys[0])? {
                let known = KeyList::dangerous_read_unpinned(&known.list).map_err(|_| Kind::Conflict)?;
                match known.may_become(&list) {
                    Ok(true) => {}
                    Ok(false) => return Ok(()),
                    Err(_) => return Err(Refused::from(Kind::Conflict)),
                }
            }
            tx.put(keys[0].clone(), &KeyListDocument { list: bytes.to_vec() });
            Entry::done(Action::KeyList).count(list.listing().number).write(tx);
            Ok(())
        })
    }

    /// A ticket was printed.
    ///
    /// # Errors
    /// [`Kind::Malformed`]; [`Kind::Conflict`] where another has its name.
    pub fn put_ticket(&self, id: TicketId, new: &NewTicket) -> Result<(), Refused> {
        let ticket = Ticket::new(new).ok_or(Kind::Malformed)?;
        let keys = [Ticket::place(id)];
        self.state.change(&keys, |tx| {
            match tx.get::<Ticket>(&keys[0])? {
                Some(known) if known.is(new) => return Ok(()),
                Some(_) => return Err(Refused::from(Kind::Conflict)),
                None => {}
            }
            tx.put(keys[0].clone(), &ticket);
            Entry::done(Action::Ticket).ticket(id).write(tx);
            Ok(())
        })
    }

    /// How far a ticket is. Polled, so it leaves no record.
    ///
    /// # Errors
    /// [`Kind::NotFound`].
    pub fn ticket_status(&self, id: TicketId) -> Result<TicketStatus, Refused> {
        Ok(self.ticket(id)?.ok_or(Kind::NotFound)?.status(now()))
    }

    /// Shows the nonce of a ticket's digits to the phone.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Conflict`] without a request, or with another nonce.
    pub fn show_nonce(&self, id: TicketId, nonce: [u8; 32]) -> Result<(), Refused> {
        self.with_enrolment(id, Action::Nonce, |ticket| ticket.show(nonce), |open| open.show(nonce))
    }

    /// Staff saw the same digits on both sides.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Conflict`] before the nonce was shown.
    pub fn confirm(&self, id: TicketId) -> Result<(), Refused> {
        self.with_enrolment(id, Action::Confirm, Ticket::confirm, Open::confirm)
    }

    /// Changes a ticket and its enrolment together.
    fn with_enrolment(
        &self,
        id: TicketId,
        action: Action,
        change: impl Fn(&mut Ticket) -> Result<(), Kind>,
        then: impl Fn(&mut Open),
    ) -> Result<(), Refused> {
        // Which one, never changes once there is a request.
        let enrolment = self.ticket(id)?.ok_or(Kind::NotFound)?.enrolment().ok_or(Kind::Conflict)?;
        let keys = [Ticket::place(id), Enrolment::place(enrolment)];
        self.state.change(&keys, |tx| {
            let mut ticket: Ticket = tx.get(&keys[0])?.ok_or(Kind::NotFound)?;
            change(&mut ticket)?;
            let mut open = Enrolment::open(tx.get(&keys[1])?)?;
            then(&mut open);
            tx.put(keys[0].clone(), &ticket);
            tx.put(keys[1].clone(), &open.into_document());
            Entry::done(action).ticket(id).enrolment(enrolment).write(tx);
            Ok(())
        })
    }

    /// The counter takes a ticket back; an enrolment that waited for staff ends.
    ///
    /// # Errors
    /// Those of the state; a ticket that is not known is none any more.
    pub fn cancel(&self, id: TicketId) -> Result<(), Refused> {
        let enrolment = self.ticket(id)?.and_then(|ticket| ticket.enrolment());
        let keys: Vec<_> = std::iter::once(Ticket::place(id)).chain(enrolment.map(Enrolment::place)).collect();
        self.state.change(&keys, |tx| {
            let Some(mut ticket) = tx.get::<Ticket>(&keys[0])? else { return Ok(()) };
            let waited = ticket.cancel();
            tx.put(keys[0].clone(), &ticket);
            if let Some(place) = keys.get(1).filter(|_| waited) {
                tx.put(place.clone(), &Enrolment::withdrawn());
            }
            Entry::done(Action::Cancel).ticket(id).write(tx);
            Ok(())
        })
    }

    /// A page of the enrolments that staff confirmed, by name.
    ///
    /// # Errors
    /// Those of the state.
    pub fn enrolments(&self, after: Option<EnrolmentId>) -> Result<EnrolmentPage, Refused> {
        let after = after.map(|id| id.to_string());
        let (mut enrolments, mut last) = (Vec::new(), after);
        loop {
            let found = self.state.list(enrolment::KIND, last.as_deref(), PAGE)?;
            let is_end = found.len() < PAGE;
            for (id, json) in found {
                let known: Enrolment = read(enrolment::KIND, &json)?;
                enrolments.extend(EnrolmentId::parse(&id).and_then(|id| known.line(id)));
                last = Some(id);
            }
            // A page without a line would look like the end.
            if is_end || !enrolments.is_empty() {
                return Ok(EnrolmentPage { enrolments, more: !is_end });
            }
        }
    }

    /// Whether a package may take its place: signed by a key of the hospital's list, for this enrolment's newest key.
    ///
    /// # Errors
    /// [`Kind::Malformed`], [`Kind::Conflict`], [`Kind::StaleKey`], [`Kind::Ended`], [`Kind::NotFound`].
    pub fn check_package(&self, enrolment: EnrolmentId, package: &[u8]) -> Result<(), Refused> {
        let open = match self.enrolment(enrolment)? {
            None => return Err(Kind::NotFound.into()),
            found => Enrolment::open(found)?,
        };
        let list = self.key_list(open.hospital()).map_err(|_| Kind::Conflict)?;
        let list = KeyList::dangerous_read_unpinned(&list).map_err(|_| Kind::Conflict)?;
        let verified = verify(package, &list).map_err(|error| match error {
            PackageError::UnknownKey { .. }
            | PackageError::CompromisedKey { .. }
            | PackageError::UnknownEpoch { .. } => Kind::Conflict,
            _ => Kind::Malformed,
        })?;
        Ok(open.check_package(verified.outside())?)
    }

    /// Puts a package that was checked: into every copy first, then in the place of the one before, which goes.
    ///
    /// # Errors
    /// As [`Publisher::check_package`]; those of the copies. What was there stays then.
    pub async fn put_package(
        self: &std::sync::Arc<Self>,
        enrolment: EnrolmentId,
        package: Bytes,
    ) -> Result<(), Refused> {
        let (hash, bytes) = (Sha256::digest(&package).into(), package.len() as u64);
        let object = make_name()?;
        self.copies.put(enrolment, &object, package).await?;
        let switched = {
            let (this, package) = (self.clone(), Package { object: object.clone(), hash, bytes });
            super::blocking(move || this.switch(enrolment, &package)).await
        };
        match switched {
            Ok(Some(before)) => self.copies.delete(enrolment, &before.object).await,
            Ok(None) => {}
            Err(error) => {
                self.copies.delete(enrolment, &object).await;
                return Err(error);
            }
        }
        Ok(())
    }

    fn switch(&self, enrolment: EnrolmentId, package: &Package) -> Result<Option<Package>, Refused> {
        let keys = [Enrolment::place(enrolment)];
        self.state.change(&keys, |tx| {
            let mut open = Enrolment::open(tx.get(&keys[0])?)?;
            let before = open.put_package(package.clone());
            tx.put(keys[0].clone(), &open.into_document());
            Entry::done(Action::Package).enrolment(enrolment).write(tx);
            Ok(before)
        })
    }

    /// The hospital ends an enrolment: tokens and keys go at once and for good. [`Publisher::forget`] has to follow.
    ///
    /// # Errors
    /// Those of the state.
    pub fn withdraw(&self, enrolment: EnrolmentId) -> Result<(), Refused> {
        let keys = [Enrolment::place(enrolment)];
        self.state.change(&keys, |tx| {
            if let Some(Enrolment::Ended { .. }) = tx.get(&keys[0])? {
                return Ok(());
            }
            tx.put(keys[0].clone(), &Enrolment::withdrawn());
            Entry::done(Action::Withdraw).enrolment(enrolment).write(tx);
            Ok(())
        })
    }

    /// Deletes the packages of an enrolment that has ended, in every copy, and asks each again.
    pub async fn forget(&self, enrolment: EnrolmentId) -> Vec<CopyState> {
        self.copies.delete_all(enrolment).await
    }

    /// Whether the state holds nothing of an enrolment but that it has ended.
    ///
    /// # Errors
    /// Those of the state.
    pub fn is_forgotten(&self, enrolment: EnrolmentId) -> Result<bool, Refused> {
        self.state.erase()?;
        Ok(matches!(self.enrolment(enrolment)?, None | Some(Enrolment::Ended { .. })))
    }
}

impl Publisher {
    /// Keeps the issuer's signed head beside all before it, and gives the publisher's own. What contradicts one that is kept
    /// is said in the log, in the audit chain and to whoever asks after the publisher's health.
    ///
    /// # Errors
    /// [`Kind::Malformed`]; [`Kind::Conflict`] for another key or chain than before, or a chain that is shorter than it was.
    pub fn exchange_heads(&self, theirs: &Heads) -> Result<Heads, Refused> {
        let kept = kept::keep(self.state.as_ref(), &theirs.head, &theirs.key);
        if let Err(KeptError::State(error)) = kept {
            return Err(error.into());
        }
        self.heads_refused.store(kept.is_err(), Ordering::Relaxed);
        match kept {
            Ok(_) => self.own_head(),
            Err(error) => {
                tracing::error!("the issuer's audit chain: {error}. Nothing was replaced; see `audit heads`");
                let kind = if error == KeptError::NotSigned { Kind::Malformed } else { Kind::Conflict };
                Err(kind.into())
            }
        }
    }

    /// Whether the issuer's last head contradicted those that are kept.
    pub fn has_refused_heads(&self) -> bool {
        self.heads_refused.load(Ordering::Relaxed)
    }

    /// The publisher's own head, signed.
    ///
    /// # Errors
    /// Those of the state.
    pub fn own_head(&self) -> Result<Heads, Refused> {
        let Reached { chain, count, place } = self.state.reached()?;
        let head = Head { chain, count, place, at: now() }.sign(&self.head_key);
        Ok(Heads { head, key: *self.head_key.verifying_key().as_bytes() })
    }
}

/// The name of an object: it says nothing.
fn make_name() -> Result<String, Refused> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Refused::NoRandomness)?;
    Ok(HEXLOWER.encode(&bytes))
}
