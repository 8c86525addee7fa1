//! The phone's request: its keys and a proof of the birth date, signed with the ticket's key.

use std::fmt;

use super::{FORMAT, TicketError, TicketId};
use crate::aead::{Fields, Purpose};
use crate::codec::{Reader, Writer};
use crate::package::{SIGNATURE, SignedOffer, SigningKey, VerifyingKey};

/// A request as it travels. Reading it checks the device's signature, not yet the ticket's: [`Request::verify`] does.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    ticket: TicketId,
    proof: [u8; 32],
    offer: SignedOffer,
    bytes: Vec<u8>,
}

impl Request {
    pub(super) fn sign(ticket: TicketId, proof: [u8; 32], offer: &SignedOffer, key: &SigningKey) -> Self {
        let mut writer = Writer::new();
        writer.u32(FORMAT);
        writer.raw(ticket.as_bytes());
        writer.raw(&proof);
        writer.field(offer.as_bytes());
        let mut bytes = writer.finish().to_vec();
        let signature = key.sign(&signed_text(&bytes));
        bytes.extend_from_slice(&signature);
        Self { ticket, proof, offer: offer.clone(), bytes }
    }

    /// Reads a request.
    ///
    /// # Errors
    /// [`TicketError::NotARequest`], [`TicketError::NewerFormat`]; [`TicketError::Offer`].
    pub fn read(bytes: &[u8]) -> Result<Self, TicketError> {
        let (body, _) = bytes.split_last_chunk::<SIGNATURE>().ok_or(TicketError::NotARequest)?;
        let (ticket, proof, offer) = decode(body).ok_or(TicketError::NotARequest)??;
        Ok(Self { ticket, proof, offer: SignedOffer::read(offer)?, bytes: bytes.to_vec() })
    }

    /// Whether it was made with the ticket of this key.
    ///
    /// # Errors
    /// [`TicketError::Signature`].
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), TicketError> {
        let (body, signature) = self.bytes.split_last_chunk::<SIGNATURE>().ok_or(TicketError::NotARequest)?;
        key.verify(&signed_text(body), signature).map_err(|flaw| TicketError::Signature { flaw })
    }

    /// The ticket that it names.
    #[must_use]
    pub fn ticket(&self) -> TicketId {
        self.ticket
    }

    /// The device's keys.
    #[must_use]
    pub fn offer(&self) -> &SignedOffer {
        &self.offer
    }

    /// Its bytes: the transcript that the six digits speak of.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn birth_proof(&self) -> &[u8; 32] {
        &self.proof
    }
}

fn signed_text(body: &[u8]) -> Fields {
    Fields::new(Purpose::Request).bytes(body)
}

type Decoded<'a> = (TicketId, [u8; 32], &'a [u8]);

fn decode(body: &[u8]) -> Option<Result<Decoded<'_>, TicketError>> {
    let mut reader = Reader::new(body);
    let format = reader.u32()?;
    if format != FORMAT {
        return Some(Err(TicketError::NewerFormat { format }));
    }
    let (ticket, proof, offer) = (TicketId::from_bytes(reader.array()?), reader.array()?, reader.field()?);
    reader.end()?;
    Some(Ok((ticket, proof, offer)))
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({}, {:?})", self.ticket, self.offer)
    }
}
