//! The manifest of a package, signed by the hospital inside the seal, and kept with the record.
//!
//! It says whose record this is, of which profile and when it was issued, and hashes all of it. Together with the index
//! it proves of each part of a stored record that the hospital issued it.

use std::fmt;

use zeroize::Zeroizing;

use super::error::PackageError;
use super::header::{IssueNumber, MAX_CHUNKS, Outside};
use super::keys::{DevicePublicKey, SIGNATURE, SigningKey, VerifyingKey};
use super::{FORMAT, SUITE};
use crate::aead::{Fields, Purpose};
use crate::codec::{Reader, Writer, count};
use crate::ids::{EnrolmentId, HospitalId, KeyId};

/// Whose record it is. Opaque here; compared by whoever receives it.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject {
    /// The patient id as the hospital writes it.
    pub patient_id: Zeroizing<String>,
    /// The birth date (`YYYY-MM-DD`), empty where the hospital does not know it.
    pub birth_date: Zeroizing<String>,
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject([redacted])")
    }
}

/// What the hospital signs inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The hospital.
    pub hospital: HospitalId,
    /// The key that signed both times.
    pub signing_key: VerifyingKey,
    /// The enrolment.
    pub enrolment: EnrolmentId,
    /// What it was sealed to.
    pub recipient: DevicePublicKey,
    /// Which of the enrolment's packages.
    pub number: IssueNumber,
    /// When it was issued by the hospital's clock, in Unix seconds: to be shown, never to be decided upon.
    pub issued_at: u64,
    /// Whose record.
    pub subject: Subject,
    /// SHA-256 of the profile that shaped it.
    pub profile_sha256: [u8; 32],
    /// The version of the form that the parts are written in; the caller's own.
    pub content_form: u32,
    /// Number of the hospital's key list when it was issued: who knows an older one should fetch it.
    pub list_number: u64,
    pub(super) body_len: u64,
    /// Plain bytes of all parts.
    pub(super) plain_len: u64,
    /// SHA-256 of the index, uncompressed.
    pub(super) index_hash: [u8; 32],
    /// SHA-256 of each plaintext chunk after the first.
    pub(super) chunk_hashes: Vec<[u8; 32]>,
}

impl Origin {
    /// Signature and manifest: the first chunk, before it is padded.
    pub(super) fn sign(&self, key: &SigningKey) -> Zeroizing<Vec<u8>> {
        let manifest = self.encode();
        let mut writer = Writer::new();
        writer.raw(&key.sign(&signed_text(&manifest)));
        writer.field(&manifest);
        writer.finish()
    }

    /// Takes the first chunk apart; `key` is the one that signed the outside. Returns the bytes of signature and manifest,
    /// too, to be kept.
    pub(super) fn open<'a>(chunk: &'a [u8], key: &VerifyingKey) -> Result<(Self, &'a [u8]), PackageError> {
        let mut reader = Reader::new(chunk);
        let signature = reader.array().ok_or(PackageError::Malformed)?;
        let manifest = reader.field().ok_or(PackageError::Malformed)?;
        key.verify(&signed_text(manifest), &signature).map_err(|flaw| PackageError::InnerSignature { flaw })?;
        let origin = Self::decode(manifest).ok_or(PackageError::Malformed)??;
        let (signed, padding) = chunk.split_at(SIGNATURE + 4 + manifest.len());
        if padding.iter().all(|byte| *byte == 0) { Ok((origin, signed)) } else { Err(PackageError::Malformed) }
    }

    /// The key that a signed manifest names, signature unchecked.
    pub(super) fn claimed_key(signed: &[u8]) -> Option<KeyId> {
        let mut reader = Reader::new(signed);
        reader.bytes(SIGNATURE)?;
        let origin = Self::decode(reader.field()?)?.ok()?;
        Some(origin.signing_key.id())
    }

    /// Whether it says the same as the outside.
    pub(super) fn agrees(&self, outside: &Outside) -> bool {
        self.hospital == outside.hospital
            && self.signing_key.id() == outside.signing_key
            && self.enrolment == outside.enrolment
            && self.recipient.id() == outside.recipient
            && self.number == outside.number
            && self.chunk_hashes.len() + 1 == outside.chunks as usize
    }

    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut writer = Writer::new();
        writer.u32(FORMAT);
        writer.u32(SUITE);
        writer.raw(self.hospital.as_bytes());
        writer.raw(self.signing_key.as_bytes());
        writer.raw(self.enrolment.as_bytes());
        writer.raw(self.recipient.as_bytes());
        writer.u32(self.number.epoch);
        writer.u64(self.number.counter);
        writer.u64(self.issued_at);
        writer.field(self.subject.patient_id.as_bytes());
        writer.field(self.subject.birth_date.as_bytes());
        writer.raw(&self.profile_sha256);
        writer.u32(self.content_form);
        writer.u64(self.list_number);
        writer.u64(self.body_len);
        writer.u64(self.plain_len);
        writer.raw(&self.index_hash);
        writer.u32(count(self.chunk_hashes.len()));
        self.chunk_hashes.iter().for_each(|hash| writer.raw(hash));
        writer.finish()
    }

    fn decode(bytes: &[u8]) -> Option<Result<Self, PackageError>> {
        let mut reader = Reader::new(bytes);
        let (format, suite) = (reader.u32()?, reader.u32()?);
        if (format, suite) != (FORMAT, SUITE) {
            return None;
        }
        let hospital = HospitalId::from_bytes(reader.array()?);
        let signing_key = reader.array()?;
        let enrolment = EnrolmentId::from_bytes(reader.array()?);
        let recipient = reader.array()?;
        let number = IssueNumber { epoch: reader.u32()?, counter: reader.u64()? };
        let issued_at = reader.u64()?;
        let mut text = || Some(Zeroizing::new(std::str::from_utf8(reader.field()?).ok()?.to_owned()));
        let subject = Subject { patient_id: text()?, birth_date: text()? };
        let (profile_sha256, content_form, list_number) = (reader.array()?, reader.u32()?, reader.u64()?);
        let (body_len, plain_len, index_hash) = (reader.u64()?, reader.u64()?, reader.array()?);
        let n = reader.u32().filter(|n| *n < MAX_CHUNKS)?;
        let chunk_hashes = (0..n).map(|_| reader.array()).collect::<Option<_>>()?;
        reader.end()?;
        let keys = VerifyingKey::from_bytes(&signing_key)
            .and_then(|signing| Ok((signing, DevicePublicKey::from_bytes(&recipient)?)));
        Some(keys.map(|(signing_key, recipient)| Self {
            hospital,
            signing_key,
            enrolment,
            recipient,
            number,
            issued_at,
            subject,
            profile_sha256,
            content_form,
            list_number,
            body_len,
            plain_len,
            index_hash,
            chunk_hashes,
        }))
    }
}

fn signed_text(manifest: &[u8]) -> Fields {
    Fields::new(Purpose::Inner).bytes(manifest)
}
