//! A device's word that nothing more shall be issued for it: signed with its own key, final.

use super::FORMAT;
use super::error::PackageError;
use super::keys::{SIGNATURE, SigningKey, VerifyingKey};
use crate::aead::{Fields, Purpose};
use crate::codec::{Reader, Writer};
use crate::ids::EnrolmentId;

/// The end of an enrolment, as its device says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation(Vec<u8>);

impl Revocation {
    pub(super) fn sign(enrolment: EnrolmentId, device: &SigningKey) -> Self {
        let mut writer = Writer::new();
        writer.u32(FORMAT);
        writer.raw(enrolment.as_bytes());
        let mut bytes = writer.finish().to_vec();
        let signature = device.sign(&signed_text(&bytes));
        bytes.extend_from_slice(&signature);
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Which enrolment these bytes end, if its device signed them.
    ///
    /// # Errors
    /// [`PackageError::NotAKey`], [`PackageError::NewerFormat`], [`PackageError::OfferSignature`].
    pub fn verify(bytes: &[u8], device: &VerifyingKey) -> Result<EnrolmentId, PackageError> {
        let (body, signature) = bytes.split_last_chunk::<SIGNATURE>().ok_or(PackageError::NotAKey)?;
        let mut reader = Reader::new(body);
        let format = reader.u32().ok_or(PackageError::NotAKey)?;
        if format != FORMAT {
            return Err(PackageError::NewerFormat { format });
        }
        let enrolment = reader.array().map(EnrolmentId::from_bytes).ok_or(PackageError::NotAKey)?;
        reader.end().ok_or(PackageError::NotAKey)?;
        device.verify(&signed_text(body), signature).map_err(|flaw| PackageError::OfferSignature { flaw })?;
        Ok(enrolment)
    }
}

fn signed_text(body: &[u8]) -> Fields {
    Fields::new(Purpose::Revocation).bytes(body)
}
