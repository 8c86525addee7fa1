//! Sealing: a record's parts become a package for one device.
//!
//! body -> chunks of 64 KiB -> HPKE -> outer signature. The first chunk is the signed manifest.

use hpke::{OpModeS, Serializable};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::SUITE;
use super::body::{self, Part};
use super::error::PackageError;
use super::header::{CHUNK, HEADER, IssueNumber, MAX_CHUNKS, Outside};
use super::keys::{DevicePublicKey, HpkeAead, HpkeKdf, HpkeKem, SigningKey, VerifyingKey, make_seed};
use super::origin::{Origin, Subject};
use super::random::Once;
use crate::aead::{self, Fields, Purpose};
use crate::ids::{EnrolmentId, HospitalId};

/// Bytes of an authentication tag.
const TAG: usize = 16;
/// Plain bytes of one chunk.
pub(super) const PLAIN_CHUNK: usize = CHUNK - TAG;

/// What a package is issued as.
#[derive(Debug, Clone)]
pub struct Issue<'a> {
    /// The hospital.
    pub hospital: HospitalId,
    /// Its signing key.
    pub signing_key: &'a SigningKey,
    /// The enrolment.
    pub enrolment: EnrolmentId,
    /// The device's key, as it was offered last.
    pub recipient: DevicePublicKey,
    /// Higher than that of every package before it.
    pub number: IssueNumber,
    /// Unix seconds.
    pub issued_at: u64,
    /// Whose record.
    pub subject: Subject,
    /// SHA-256 of the profile that shaped it.
    pub profile_sha256: [u8; 32],
    /// The version of the form that the parts are written in.
    pub content_form: u32,
    /// Number of the hospital's newest key list.
    pub list_number: u64,
}

impl Issue<'_> {
    /// Seals a record's parts. The result is the package, ready to be given to anybody.
    ///
    /// # Errors
    /// [`PackageError::TooLarge`]; [`PackageError::Malformed`] when parts are missing or doubled;
    /// [`crate::VaultError::NoRandomness`].
    pub fn seal(&self, parts: &[Part]) -> Result<Vec<u8>, PackageError> {
        let mut ordered: Vec<&Part> = parts.iter().collect();
        ordered.sort_by(|a, b| (a.section.as_str(), a.seq).cmp(&(b.section.as_str(), b.seq)));
        self.seal_body(&body::join(&ordered)?, make_seed()?)
    }

    pub(super) fn seal_body(&self, body: &body::Body, seed: Once) -> Result<Vec<u8>, PackageError> {
        let chunks: Vec<Zeroizing<Vec<u8>>> = body.bytes.chunks(PLAIN_CHUNK).map(pad).collect();
        if chunks.len() >= MAX_CHUNKS as usize {
            return Err(PackageError::TooLarge);
        }
        let origin = self.origin(body, &chunks);
        let signed = origin.sign(self.signing_key);
        if signed.len() > PLAIN_CHUNK {
            return Err(PackageError::TooLarge);
        }
        let chunks: Vec<_> = [pad(&signed)].into_iter().chain(chunks).collect();
        self.seal_chunks(&chunks, seed)
    }

    pub(super) fn origin(&self, body: &body::Body, chunks: &[Zeroizing<Vec<u8>>]) -> Origin {
        Origin {
            hospital: self.hospital,
            signing_key: self.signing_key.verifying_key(),
            enrolment: self.enrolment,
            recipient: self.recipient,
            number: self.number,
            issued_at: self.issued_at,
            subject: self.subject.clone(),
            profile_sha256: self.profile_sha256,
            content_form: self.content_form,
            list_number: self.list_number,
            body_len: body.bytes.len() as u64,
            plain_len: body.plain_len,
            index_hash: body.index_hash,
            chunk_hashes: chunks.iter().map(|chunk| aead::derive_hash(chunk)).collect(),
        }
    }

    /// HPKE over the chunks, the outer signature over all of it.
    pub(super) fn seal_chunks(&self, chunks: &[Zeroizing<Vec<u8>>], mut seed: Once) -> Result<Vec<u8>, PackageError> {
        let signer = self.signing_key.verifying_key();
        let info = derive_info(self.hospital, &signer, self.enrolment, &self.recipient);
        let (encapsulated, mut sender) = hpke::setup_sender_with_rng::<HpkeAead, HpkeKdf, HpkeKem>(
            &OpModeS::Base,
            &self.recipient.hpke(),
            info.as_bytes(),
            &mut seed,
        )
        .map_err(|_| PackageError::WeakKey)?;
        let outside = Outside {
            hospital: self.hospital,
            signing_key: signer.id(),
            enrolment: self.enrolment,
            recipient: self.recipient.id(),
            number: self.number,
            chunks: u32::try_from(chunks.len()).map_err(|_| PackageError::TooLarge)?,
            encapsulated: encapsulated.to_bytes().into(),
        };
        let header = outside.encode();
        let mut payload = Vec::with_capacity(chunks.len() * CHUNK);
        for (at, chunk) in (0..).zip(chunks) {
            let place = chunk_place(&header, at, outside.chunks);
            let sealed = sender.seal(chunk, place.as_bytes()).map_err(|_| PackageError::TooLarge)?;
            payload.extend_from_slice(&sealed);
        }
        let signature = self.signing_key.sign(&outer_text(&header, &payload));
        Ok([header.as_slice(), &signature, &payload].concat())
    }
}

fn pad(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut chunk = Zeroizing::new(vec![0; PLAIN_CHUNK]);
    chunk[..bytes.len()].copy_from_slice(bytes);
    chunk
}

/// HPKE's `info`: whom it is from and for (D14).
pub(super) fn derive_info(
    hospital: HospitalId,
    signer: &VerifyingKey,
    enrolment: EnrolmentId,
    recipient: &DevicePublicKey,
) -> Fields {
    Fields::new(Purpose::Recipient)
        .u32(SUITE)
        .bytes(hospital.as_bytes())
        .bytes(signer.as_bytes())
        .bytes(enrolment.as_bytes())
        .bytes(recipient.as_bytes())
}

/// The associated data of a chunk: the header, its number, and whether it is the last.
pub(super) fn chunk_place(header: &[u8; HEADER], at: u32, chunks: u32) -> Fields {
    Fields::new(Purpose::PackageChunk).bytes(header).u32(at).u32(u32::from(at + 1 == chunks))
}

/// What the outer signature is over.
pub(super) fn outer_text(header: &[u8], payload: &[u8]) -> Fields {
    let hash: [u8; 32] = Sha256::digest(payload).into();
    Fields::new(Purpose::Outer).bytes(header).bytes(&hash)
}
