//! What the issuer asks. Everything may be asked again: an answer may have been lost.

use super::Publisher;
use super::phone::KeyListDocument;
use crate::error::Refused;
use crate::model::{Enrolment, Open, Package, Ticket, enrolment};
use crate::record::{Action, Entry};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use mykarte_state::kept::{self, KeptError};
use mykarte_state::{Reached, now, read};
use mykarte_vault::chain::Head;
use mykarte_vault::package::{EnrolmentId, HospitalId, KeyList, PackageError, verify};
use mykarte_vault::ticket::TicketId;
use mykarte_wire::issuer::{EnrolmentPage, Heads, NewTicket, PAGE, TicketStatus};
use mykarte_wire::problem::Kind;
use sha2::{Digest, Sha256};
use std::sync::atomic::Ordering;

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
        self.with_ticket(id, |tx, mut ticket| {
            let enrolment = ticket.enrolment().ok_or(Kind::Conflict)?;
            change(&mut ticket)?;
            let place = Enrolment::place(enrolment);
            let mut open = Enrolment::open(tx.get(&place)?)?;
            then(&mut open);
            tx.put(Ticket::place(id), &ticket);
            tx.put(place, &open.into_document());
            Entry::done(action).ticket(id).enrolment(enrolment).write(tx);
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
                // One that cannot be read keeps no other from its packages. The issuer misses it, and says so.
                match read::<Enrolment>(enrolment::KIND, &json) {
                    Ok(known) => enrolments.extend(EnrolmentId::parse(&id).and_then(|id| known.line(id))),
                    Err(error) => tracing::error!("enrolment {id}: {error}"),
                }
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
        // Until its enrolment knows of it or it is gone again, no end of the enrolment says that nothing is left.
        let _turn = self.turns.take(enrolment).await;
        let (hash, bytes) = (Sha256::digest(&package).into(), package.len() as u64);
        let object = make_name()?;
        let switched = match self.copies.put(enrolment, &object, package).await {
            Err(error) => Err(error.into()),
            Ok(()) => {
                let (this, package) = (self.clone(), Package { object: object.clone(), hash, bytes });
                super::blocking(move || this.switch(enrolment, &package)).await
            }
        };
        let left = match &switched {
            Ok(before) => before.as_ref().map(|before| &before.object),
            // Perhaps the change was made all the same: the sweep will know.
            Err(Refused::State(_)) => None,
            Err(_) => Some(&object),
        };
        if let Some(object) = left {
            self.copies.delete(enrolment, object).await;
        }
        switched.map(drop)
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
