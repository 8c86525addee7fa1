//! Verifying and opening: bytes from anywhere become a record's parts, or nothing.
//!
//! [`verify`] needs no secret: it holds the outer signature against the hospital's key list. Only what it gives back can
//! be opened, and [`Verified::open`] gives out nothing before the inner signature, every hash and every limit hold.

use hpke::{Deserializable, HpkeError, Kem, OpModeR};
use zeroize::Zeroizing;

use super::body::{self, Body, Part};
use super::error::PackageError;
use super::header::{CHUNK, HEADER, Outside};
use super::keys::{DeviceKey, DevicePublicKey, HpkeAead, HpkeKdf, HpkeKem, SIGNATURE, VerifyingKey};
use super::list::{KeyList, KeyState};
use super::origin::Origin;
use super::proof::Proof;
use super::seal::{PLAIN_CHUNK, chunk_place, derive_info, outer_text};
use crate::aead;

/// A package whose outer signature holds.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'a> {
    package: &'a [u8],
    outside: Outside,
    signer: VerifyingKey,
    state: KeyState,
}

/// What came out of a package.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The signed manifest.
    pub origin: Origin,
    /// The record's parts, ordered by section and number.
    pub parts: Vec<Part>,
    /// What proves later that each part was issued.
    pub proof: Proof,
}

/// Checks who issued a package, without opening it.
///
/// # Errors
/// Those of [`Outside::read`]; [`PackageError::OtherHospital`], [`PackageError::WeakKey`],
/// [`PackageError::UnknownKey`], [`PackageError::CompromisedKey`], [`PackageError::UnknownEpoch`], [`PackageError::OuterSignature`].
pub fn verify<'a>(package: &'a [u8], list: &KeyList) -> Result<Verified<'a>, PackageError> {
    let outside = Outside::read(package)?;
    if outside.hospital != list.listing().hospital {
        return Err(PackageError::OtherHospital { hospital: outside.hospital });
    }
    // HPKE's encapsulated key is a public key like any other.
    DevicePublicKey::from_bytes(&outside.encapsulated)?;
    let listed = list.find(outside.signing_key).ok_or(PackageError::UnknownKey { key: outside.signing_key })?;
    let (header, rest) = package.split_at(HEADER);
    let (signature, payload) = rest.split_first_chunk::<SIGNATURE>().ok_or(PackageError::WrongLength)?;
    let checked = listed.key.verify(&outer_text(header, payload), signature);
    checked.map_err(|flaw| PackageError::OuterSignature { flaw })?;
    if listed.state == KeyState::Compromised {
        return Err(PackageError::CompromisedKey { key: outside.signing_key });
    }
    if outside.number.epoch > list.listing().epoch {
        return Err(PackageError::UnknownEpoch { epoch: outside.number.epoch });
    }
    Ok(Verified { package, outside, signer: listed.key, state: listed.state })
}

impl Verified<'_> {
    /// What stands outside.
    #[must_use]
    pub fn outside(&self) -> &Outside {
        &self.outside
    }

    /// What the hospital says of the key that signed it; never [`KeyState::Compromised`].
    #[must_use]
    pub fn key_state(&self) -> KeyState {
        self.state
    }

    /// SHA-256 of the whole package.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        aead::derive_hash(self.package)
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`PackageError::OtherDevice`], [`PackageError::DoesNotOpen`]; [`PackageError::InnerSignature`],
    /// [`PackageError::SignaturesDisagree`]; [`PackageError::Bomb`]; [`PackageError::Malformed`].
    pub fn open(&self, device: &DeviceKey) -> Result<Opened, PackageError> {
        let recipient = device.public_key();
        if recipient.id() != self.outside.recipient {
            return Err(PackageError::OtherDevice);
        }
        let chunks = self.open_chunks(device).map_err(|_| PackageError::DoesNotOpen)?;
        let (first, rest) = chunks.split_first_chunk::<PLAIN_CHUNK>().ok_or(PackageError::Malformed)?;
        let (origin, signed) = Origin::open(first, &self.signer)?;
        if !origin.agrees(&self.outside) {
            return Err(PackageError::SignaturesDisagree);
        }
        let hashes = rest.chunks(PLAIN_CHUNK).map(aead::derive_hash);
        if !hashes.eq(origin.chunk_hashes.iter().copied()) {
            return Err(PackageError::Malformed);
        }
        let (parts, index) = body::split(&unpadded(rest, &origin)?)?;
        let proof = Proof::of(signed, &index);
        Ok(Opened { origin, parts, proof })
    }

    /// All plaintext, chunk after chunk.
    fn open_chunks(&self, device: &DeviceKey) -> Result<Zeroizing<Vec<u8>>, HpkeError> {
        let outside = &self.outside;
        let recipient = device.public_key();
        let info = derive_info(outside.hospital, &self.signer, outside.enrolment, &recipient);
        let encapsulated = <HpkeKem as Kem>::EncappedKey::from_bytes(&outside.encapsulated)?;
        let mut receiver = hpke::setup_receiver::<HpkeAead, HpkeKdf, HpkeKem>(
            &OpModeR::Base,
            &device.hpke(),
            &encapsulated,
            info.as_bytes(),
        )?;
        let header = outside.encode();
        let sealed = self.package[HEADER + SIGNATURE..].chunks(CHUNK);
        let mut plain = Zeroizing::new(Vec::with_capacity(outside.chunks as usize * PLAIN_CHUNK));
        for (at, chunk) in (0..).zip(sealed) {
            let opened = Zeroizing::new(receiver.open(chunk, chunk_place(&header, at, outside.chunks).as_bytes())?);
            plain.extend_from_slice(&opened);
        }
        Ok(plain)
    }
}

/// The body without the zeros behind it, of which there are less than a chunk.
fn unpadded(chunks: &[u8], origin: &Origin) -> Result<Body, PackageError> {
    let len = usize::try_from(origin.body_len).map_err(|_| PackageError::Malformed)?;
    let (body, padding) = chunks.split_at_checked(len).ok_or(PackageError::Malformed)?;
    if padding.len() >= PLAIN_CHUNK || padding.iter().any(|byte| *byte != 0) {
        return Err(PackageError::Malformed);
    }
    Ok(Body { bytes: Zeroizing::new(body.to_vec()), plain_len: origin.plain_len, index_hash: origin.index_hash })
}
