//! A device's key on its way to the hospital: the public half that the next package shall be sealed to.
//!
//! Signed by the device's own key, which stays the same for an enrolment: at the counter the hospital learns it, and from
//! then on nobody else can put another key in its place.

use std::fmt;

use super::FORMAT;
use super::error::PackageError;
use super::keys::{DevicePublicKey, SIGNATURE, SigningKey, VerifyingKey};
use crate::aead::{Fields, Purpose};
use crate::codec::{Reader, Writer};
use crate::ids::{EnrolmentId, HospitalId};
use crate::text;

/// A key that a device offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// For this hospital alone.
    pub hospital: HospitalId,
    /// For this enrolment alone.
    pub enrolment: EnrolmentId,
    /// Higher than that of the key before it; from 1.
    pub number: u32,
    /// What to seal to.
    pub recipient: DevicePublicKey,
    /// What the device signs with.
    pub device: VerifyingKey,
}

/// An offer with its signature, as it travels.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedOffer {
    offer: Offer,
    bytes: Vec<u8>,
}

impl SignedOffer {
    pub(super) fn sign(offer: Offer, device: &SigningKey) -> Self {
        let mut bytes = offer.encode();
        let signature = device.sign(&signed_text(&bytes));
        bytes.extend_from_slice(&signature);
        Self { offer, bytes }
    }

    /// Reads an offer and checks its signature. Whose device it is, the caller must know.
    ///
    /// # Errors
    /// [`PackageError::NotAKey`]; [`PackageError::NewerFormat`]; [`PackageError::WeakKey`];
    /// [`PackageError::OfferSignature`].
    pub fn read(bytes: &[u8]) -> Result<Self, PackageError> {
        let (body, signature) = bytes.split_last_chunk::<SIGNATURE>().ok_or(PackageError::NotAKey)?;
        let offer = Offer::decode(body).ok_or(PackageError::NotAKey)??;
        offer.device.verify(&signed_text(body), signature).map_err(|flaw| PackageError::OfferSignature { flaw })?;
        Ok(Self { offer, bytes: bytes.to_vec() })
    }

    /// The same from text, as [`fmt::Display`] writes it; blanks, hyphens and small letters do not matter.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(typed: &str) -> Result<Self, PackageError> {
        Self::read(&text::read(typed).ok_or(PackageError::NotAKey)?)
    }

    /// What it says.
    #[must_use]
    pub fn offer(&self) -> &Offer {
        &self.offer
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Display for SignedOffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::plain(&self.bytes))
    }
}

impl fmt::Debug for SignedOffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.offer.fmt(f)
    }
}

fn signed_text(body: &[u8]) -> Fields {
    Fields::new(Purpose::Offer).bytes(body)
}

impl Offer {
    fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u32(FORMAT);
        writer.raw(self.hospital.as_bytes());
        writer.raw(self.enrolment.as_bytes());
        writer.u32(self.number);
        writer.raw(self.recipient.as_bytes());
        writer.raw(self.device.as_bytes());
        writer.finish().to_vec()
    }

    fn decode(bytes: &[u8]) -> Option<Result<Self, PackageError>> {
        let mut reader = Reader::new(bytes);
        let format = reader.u32()?;
        if format != FORMAT {
            return Some(Err(PackageError::NewerFormat { format }));
        }
        let (hospital, enrolment) = (HospitalId::from_bytes(reader.array()?), EnrolmentId::from_bytes(reader.array()?));
        let (number, recipient, device) = (reader.u32()?, reader.array()?, reader.array()?);
        reader.end()?;
        let strict = || {
            let (recipient, device) = (DevicePublicKey::from_bytes(&recipient)?, VerifyingKey::from_bytes(&device)?);
            Ok(Self { hospital, enrolment, number, recipient, device })
        };
        Some(strict())
    }
}
