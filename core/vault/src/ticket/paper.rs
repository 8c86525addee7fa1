//! What stands on the paper, and the keys that are made from it.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Commitment, FORMAT, Nonce, Request, TicketError, TicketId};
use crate::aead::{self, Fields, Purpose};
use crate::codec::{Reader, Writer};
use crate::ids::HospitalId;
use crate::package::{RootPin, SignedOffer, SigningKey, VerifyingKey};
use crate::secret::Key;
use crate::text;

/// In front of a ticket's text: a scanner tells it from other codes, and upper case keeps the QR code small.
const PREFIX: &str = "MYKARTE1:";
/// The most bytes of an address.
const MAX_ADDRESS: usize = 200;
/// Bytes of the check sum at the end: a slip is told at once, not after a passcode.
const CHECK: usize = 4;

/// A ticket: handed to one patient on paper, good for one enrolment.
#[derive(Clone)]
pub struct Ticket {
    /// Its name; random.
    pub id: TicketId,
    /// The hospital.
    pub hospital: HospitalId,
    /// The root key that its key list has to be of.
    pub root: RootPin,
    /// Fixes the nonce of the six digits.
    pub commitment: Commitment,
    /// When the publisher takes it no more, in Unix seconds. A phone's clock decides nothing.
    pub expires: u64,
    /// Where to send the request: the publisher's address, as a URL.
    pub address: String,
    secret: Key,
}

/// What the publisher knows of a ticket: enough to tell a right request from a wrong one, nothing that makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    /// The ticket's name.
    pub id: TicketId,
    /// The public half of its key.
    pub key: VerifyingKey,
    /// A hash of the proof that the right birth date makes.
    pub birth: [u8; 32],
}

impl Ticket {
    /// Makes a ticket, and the nonce that the counter keeps for itself until a request is there.
    ///
    /// # Errors
    /// [`TicketError::Address`]; [`crate::VaultError::NoRandomness`].
    pub fn make(
        hospital: HospitalId,
        root: RootPin,
        address: &str,
        expires: u64,
    ) -> Result<(Self, Nonce), TicketError> {
        if address.len() > MAX_ADDRESS || !address.is_ascii() {
            return Err(TicketError::Address);
        }
        let (id, nonce) = (TicketId::make()?, Nonce::make()?);
        let commitment = nonce.commitment(id);
        let (address, secret) = (address.to_owned(), Key::make()?);
        Ok((Self { id, hospital, root, commitment, expires, address, secret }, nonce))
    }

    /// The ticket as text, for the QR code: nobody but the patient may see it.
    #[must_use]
    pub fn dangerous_text(&self) -> Zeroizing<String> {
        let mut writer = Writer::new();
        writer.u32(FORMAT);
        writer.raw(self.id.as_bytes());
        writer.raw(self.secret.bytes());
        writer.raw(self.hospital.as_bytes());
        writer.raw(self.root.as_bytes());
        writer.raw(&self.commitment.0);
        writer.u64(self.expires);
        writer.field(self.address.as_bytes());
        let check = check(writer.written());
        writer.raw(&check);
        let body = Zeroizing::new(text::plain(&writer.finish()));
        let mut all = Zeroizing::new(String::with_capacity(PREFIX.len() + body.len()));
        all.push_str(PREFIX);
        all.push_str(&body);
        all
    }

    /// Reads a ticket as it was scanned or typed; blanks, hyphens and small letters do not matter.
    ///
    /// # Errors
    /// [`TicketError::NotATicket`], [`TicketError::NewerFormat`].
    pub fn parse(typed: &str) -> Result<Self, TicketError> {
        let typed = typed.trim();
        let (prefix, body) = typed.split_at_checked(PREFIX.len()).ok_or(TicketError::NotATicket)?;
        if !prefix.eq_ignore_ascii_case(PREFIX) {
            return Err(TicketError::NotATicket);
        }
        let bytes = Zeroizing::new(text::read(body).ok_or(TicketError::NotATicket)?);
        let (bytes, sum) = bytes.split_last_chunk::<CHECK>().ok_or(TicketError::NotATicket)?;
        if check(bytes) != *sum {
            return Err(TicketError::NotATicket);
        }
        Self::decode(bytes).ok_or(TicketError::NotATicket)?
    }

    fn decode(bytes: &[u8]) -> Option<Result<Self, TicketError>> {
        let mut reader = Reader::new(bytes);
        let format = reader.u32()?;
        if format != FORMAT {
            return Some(Err(TicketError::NewerFormat { format }));
        }
        let id = TicketId::from_bytes(reader.array()?);
        let secret = Key::from_slice(reader.bytes(32)?)?;
        let hospital = HospitalId::from_bytes(reader.array()?);
        let root = RootPin::from_bytes(reader.array()?);
        let commitment = Commitment(reader.array()?);
        let expires = reader.u64()?;
        let address = reader.field().filter(|text| text.len() <= MAX_ADDRESS && text.is_ascii())?;
        reader.end()?;
        let address = String::from_utf8(address.to_vec()).ok()?;
        Some(Ok(Self { id, hospital, root, commitment, expires, address, secret }))
    }

    /// What the publisher is told. `birth_date`: `YYYY-MM-DD`, as the hospital's records have it.
    #[must_use]
    pub fn verifier(&self, birth_date: &str) -> Verifier {
        let birth = hash_of_proof(self.id, &self.prove(birth_date));
        Verifier { id: self.id, key: self.key().verifying_key(), birth }
    }

    /// The phone's request. `birth_date`: `YYYY-MM-DD`, as the patient typed it.
    #[must_use]
    pub fn request(&self, birth_date: &str, offer: &SignedOffer) -> Request {
        Request::sign(self.id, self.prove(birth_date), offer, &self.key())
    }

    fn key(&self) -> SigningKey {
        let seed = self.derive(Purpose::TicketKey);
        SigningKey::dangerous_from_bytes(seed.bytes())
    }

    /// HMAC-SHA256 of a birth date, under a key that only the secret makes.
    fn prove(&self, birth_date: &str) -> [u8; 32] {
        let key = self.derive(Purpose::BirthKey);
        let mac = Hmac::<Sha256>::new_from_slice(key.bytes()).expect("HMAC takes keys of any length");
        mac.chain_update(Fields::new(Purpose::BirthDate).bytes(birth_date.as_bytes()).as_bytes())
            .finalize()
            .into_bytes()
            .into()
    }

    fn derive(&self, purpose: Purpose) -> Key {
        aead::derive_key(self.id.as_bytes(), self.secret.bytes(), &Fields::new(purpose))
    }
}

impl Verifier {
    /// Whether a request of this ticket was made with the right birth date.
    #[must_use]
    pub fn has_birth_date(&self, request: &Request) -> bool {
        hash_of_proof(self.id, request.birth_proof()).ct_eq(&self.birth).into()
    }
}

fn hash_of_proof(ticket: TicketId, proof: &[u8; 32]) -> [u8; 32] {
    let text = Fields::new(Purpose::BirthVerifier).bytes(ticket.as_bytes()).bytes(proof);
    aead::derive_hash(text.as_bytes())
}

fn check(bytes: &[u8]) -> [u8; CHECK] {
    *aead::derive_hash(bytes).first_chunk().expect("a SHA-256 hash has 32 bytes")
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket({}, {}, [redacted])", self.id, self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At its longest an address is printed and read; one that no ticket is made with is read from none, either.
    #[test]
    fn an_address_is_ascii_and_not_too_long() {
        let (hospital, root) = (HospitalId::make().unwrap(), RootPin::from_bytes([7; 32]));
        let (good, _) = Ticket::make(hospital, root, &"a".repeat(MAX_ADDRESS), 1).unwrap();
        assert_eq!(Ticket::parse(&good.dangerous_text()).unwrap().address, good.address);
        for address in ["a".repeat(MAX_ADDRESS + 1), "https://例.jp".into()] {
            assert_eq!(Ticket::make(hospital, root, &address, 1).err(), Some(TicketError::Address));
            let bent = Ticket { address, ..good.clone() };
            assert_eq!(Ticket::parse(&bent.dangerous_text()).err(), Some(TicketError::NotATicket));
        }
        assert!(format!("{good:?}").contains("[redacted]"));
    }
}
