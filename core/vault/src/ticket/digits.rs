//! Six digits that phone and counter show alike when they speak of the same keys: commit, then reveal.

use std::fmt;

use subtle::ConstantTimeEq;

use super::{Request, TicketError, TicketId};
use crate::aead::{self, Fields, Purpose};
use crate::error::VaultError;
use crate::secret::make_random;

/// A number that the counter draws when it makes a ticket, and shows when the phone's keys are known.
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce([u8; 32]);

impl Nonce {
    /// A new random one.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn make() -> Result<Self, VaultError> {
        make_random().map(Self)
    }

    /// One that was kept as bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes; secret until the request is there.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What the ticket says of it.
    #[must_use]
    pub fn commitment(&self, ticket: TicketId) -> Commitment {
        let text = Fields::new(Purpose::NonceCommitment).bytes(ticket.as_bytes()).bytes(&self.0);
        Commitment(aead::derive_hash(text.as_bytes()))
    }

    /// The digits of a request: the same on both sides, or somebody stands between them.
    #[must_use]
    pub fn digits(&self, request: &Request) -> String {
        let text = Fields::new(Purpose::Digits).bytes(request.as_bytes()).bytes(&self.0);
        let hash = aead::derive_hash(text.as_bytes());
        let number = u64::from_be_bytes(*hash.first_chunk().expect("a SHA-256 hash has 32 bytes"));
        format!("{:06}", number % 1_000_000)
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce([redacted])")
    }
}

/// What fixes a nonce without showing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment(pub(super) [u8; 32]);

impl Commitment {
    /// One that was kept as bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Takes the nonce that was fixed, and no other.
    ///
    /// # Errors
    /// [`TicketError::OtherNonce`].
    pub fn check(&self, ticket: TicketId, nonce: &Nonce) -> Result<(), TicketError> {
        let same: bool = nonce.commitment(ticket).0.ct_eq(&self.0).into();
        if same { Ok(()) } else { Err(TicketError::OtherNonce) }
    }
}
