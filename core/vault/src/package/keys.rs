//! The keys of packages: Ed25519 (RFC 8032) to sign, X25519 (RFC 7748) to receive.
//!
//! A public key or signature is refused when a verifier elsewhere might read it in another way: it is weak (of small
//! order), or written in a form that is not the only one for its value. What is left has one meaning everywhere.

use std::fmt;

use ed25519_dalek::{Signature, Signer};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeS, Serializable};
use subtle::ConstantTimeEq;

use super::error::{PackageError, SignatureFlaw};
use super::random::Once;
use crate::aead::Fields;
use crate::error::VaultError;
use crate::ids::KeyId;
use crate::secret::{Key, make_random};

/// Bytes of a signature.
pub(crate) const SIGNATURE: usize = 64;
/// The order of the Ed25519 base point, little-endian (RFC 8032, 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];
/// 2^255 - 19, little-endian (RFC 7748, 4.1).
const PRIME: [u8; 32] = {
    let mut prime = [0xff; 32];
    (prime[0], prime[31]) = (0xed, 0x7f);
    prime
};

/// The private half of an Ed25519 key: a hospital's root or signing key, or a device's.
#[derive(Clone)]
pub struct SigningKey(Box<ed25519_dalek::SigningKey>);

impl SigningKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn make() -> Result<Self, VaultError> {
        Ok(Self::dangerous_from_bytes(Key::make()?.bytes()))
    }

    /// A key that was kept as bytes.
    #[must_use]
    pub fn dangerous_from_bytes(seed: &[u8; 32]) -> Self {
        Self(Box::new(ed25519_dalek::SigningKey::from_bytes(seed)))
    }

    /// Shows the key's bytes; the caller answers for wiping every copy.
    #[must_use]
    pub fn dangerous_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Its public half.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }

    pub(crate) fn sign(&self, text: &Fields) -> [u8; SIGNATURE] {
        self.0.sign(text.as_bytes()).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey([redacted], {})", self.verifying_key().id())
    }
}

/// The public half of an Ed25519 key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VerifyingKey(pub(super) ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// Takes a public key from somewhere.
    ///
    /// # Errors
    /// [`PackageError::WeakKey`] when it is no point, not in the subgroup of prime order, or not in its only form.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, PackageError> {
        let key = point(bytes).filter(|key| key.to_edwards().is_torsion_free());
        key.map(Self).ok_or(PackageError::WeakKey)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId::of(self.as_bytes())
    }

    pub(crate) fn verify(&self, text: &Fields, signature: &[u8; SIGNATURE]) -> Result<(), SignatureFlaw> {
        if signature == &[0; SIGNATURE] {
            return Err(SignatureFlaw::Missing);
        }
        let (r, s) = signature.split_at(32);
        if r.try_into().ok().and_then(point).is_none() || !is_below(s, &ORDER) {
            return Err(SignatureFlaw::NotCanonical);
        }
        let signature = Signature::from_bytes(signature);
        self.0.verify_strict(text.as_bytes(), &signature).map_err(|_| SignatureFlaw::Wrong)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.id())
    }
}

/// A point of edwards25519 in its only form, and not of small order.
fn point(bytes: &[u8; 32]) -> Option<ed25519_dalek::VerifyingKey> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).ok()?;
    (key.to_edwards().compress().as_bytes() == bytes && !key.is_weak()).then_some(key)
}

/// Whether a little-endian number is below another of the same length.
fn is_below(number: &[u8], limit: &[u8; 32]) -> bool {
    number.iter().rev().lt(limit.iter().rev())
}

pub(crate) type HpkeKem = X25519HkdfSha256;
pub(crate) type HpkeKdf = HkdfSha256;
pub(crate) type HpkeAead = ChaCha20Poly1305;

/// The private half of a device's X25519 key: what is sealed to its public half opens with it alone.
#[derive(Clone)]
pub struct DeviceKey(Key);

impl DeviceKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn make() -> Result<Self, VaultError> {
        Key::make().map(Self)
    }

    /// A key that was kept as bytes.
    #[must_use]
    pub fn dangerous_from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Key::copy_of(bytes))
    }

    /// Shows the key's bytes; the caller answers for wiping every copy.
    #[must_use]
    pub fn dangerous_bytes(&self) -> &[u8; 32] {
        self.0.bytes()
    }

    /// Its public half.
    #[must_use]
    pub fn public_key(&self) -> DevicePublicKey {
        DevicePublicKey(HpkeKem::sk_to_pk(&self.hpke()).to_bytes().into())
    }

    /// As the library wants it; wiped by it.
    pub(super) fn hpke(&self) -> <HpkeKem as Kem>::PrivateKey {
        <HpkeKem as Kem>::PrivateKey::from_bytes(self.0.bytes()).expect("any 32 bytes are an X25519 key")
    }
}

impl PartialEq for DeviceKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.bytes().ct_eq(other.0.bytes()).into()
    }
}

impl Eq for DeviceKey {}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKey([redacted], {})", self.public_key().id())
    }
}

/// The public half of a device's X25519 key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DevicePublicKey([u8; 32]);

impl DevicePublicKey {
    /// Takes a public key from somewhere.
    ///
    /// # Errors
    /// [`PackageError::WeakKey`] when it is of small order or not in its only form.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, PackageError> {
        let key = Self(*bytes);
        if is_below(bytes, &PRIME) && key.agrees() { Ok(key) } else { Err(PackageError::WeakKey) }
    }

    /// Whether an agreement with it depends on the other side's key: HPKE refuses an all-zero one (RFC 9180, 7.1.4).
    fn agrees(&self) -> bool {
        let mode = OpModeS::Base;
        hpke::setup_sender_with_rng::<HpkeAead, HpkeKdf, HpkeKem>(&mode, &self.hpke(), b"", &mut Once::of([1; 32]))
            .is_ok()
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId::of(&self.0)
    }

    /// As the library wants it.
    pub(super) fn hpke(&self) -> <HpkeKem as Kem>::PublicKey {
        <HpkeKem as Kem>::PublicKey::from_bytes(&self.0).expect("any 32 bytes are an X25519 public key to the library")
    }
}

impl fmt::Debug for DevicePublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DevicePublicKey({})", self.id())
    }
}

/// The bytes that an encapsulation draws.
pub(super) fn make_seed() -> Result<Once, VaultError> {
    Ok(Once::of(make_random()?))
}
