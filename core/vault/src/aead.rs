//! Sealing: XChaCha20-Poly1305, one derived key per purpose, and associated data that names the place (D12).
//!
//! A sealed value is `nonce (24, random) || ciphertext || tag (16)`. Its associated data spells out what it is and where
//! it belongs, every field with its length in front, so that no two places share one spelling and no ciphertext is valid
//! anywhere but in its own.

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::secret::{Key, make_random};

/// XChaCha20-Poly1305, HKDF-SHA256, Argon2id v1.3, SHA-256: the only suite so far.
pub(crate) const SUITE: u32 = 1;

const NONCE_LEN: usize = 24;
const TAG_LEN: usize = 16;
/// How much longer a sealed value is than its plaintext.
pub(crate) const OVERHEAD: usize = NONCE_LEN + TAG_LEN;

/// What a key or a sealed value is for. The names are part of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Kek,
    Slot,
    Commitment,
    GenerationKey,
    Head,
    Catalogue,
    Manifest,
    Chunk,
    /// The outer signature of a package.
    Outer,
    /// Its inner signature.
    Inner,
    /// HPKE's `info`.
    Recipient,
    /// The associated data of one chunk of a package.
    PackageChunk,
    /// The signature of a key list.
    KeyList,
    /// The signature of a device's next key.
    Offer,
    /// The signature of a device's word that it wants nothing more.
    Revocation,
    /// The Ed25519 key of a ticket.
    TicketKey,
    /// The key of the proof of a birth date.
    BirthKey,
    /// That proof.
    BirthDate,
    /// What the publisher compares it with.
    BirthVerifier,
    /// What fixes the nonce of a ticket.
    NonceCommitment,
    /// The signature of a request.
    Request,
    /// The six digits.
    Digits,
    /// The place before the first record of a chain.
    ChainStart,
    /// The place after a record.
    ChainLink,
    /// The signature of a chain's head.
    ChainHead,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Self::Kek => "mykarte-vault/1 kek",
            Self::Slot => "mykarte-vault/1 slot",
            Self::Commitment => "mykarte-vault/1 commit",
            Self::GenerationKey => "mykarte-vault/1 generation key",
            Self::Head => "mykarte-vault/1 head",
            Self::Catalogue => "mykarte-vault/1 catalogue",
            Self::Manifest => "mykarte-vault/1 manifest",
            Self::Chunk => "mykarte-vault/1 chunk",
            Self::Outer => "mykarte-package/1 outer",
            Self::Inner => "mykarte-package/1 inner",
            Self::Recipient => "mykarte-package/1 recipient",
            Self::PackageChunk => "mykarte-package/1 chunk",
            Self::KeyList => "mykarte-package/1 key list",
            Self::Offer => "mykarte-package/1 offer",
            Self::Revocation => "mykarte-package/1 revocation",
            Self::TicketKey => "mykarte-ticket/1 key",
            Self::BirthKey => "mykarte-ticket/1 birth key",
            Self::BirthDate => "mykarte-ticket/1 birth date",
            Self::BirthVerifier => "mykarte-ticket/1 birth verifier",
            Self::NonceCommitment => "mykarte-ticket/1 nonce",
            Self::Request => "mykarte-ticket/1 request",
            Self::Digits => "mykarte-ticket/1 digits",
            Self::ChainStart => "mykarte-chain/1 start",
            Self::ChainLink => "mykarte-chain/1 link",
            Self::ChainHead => "mykarte-chain/1 head",
        }
    }
}

/// Length-prefixed fields, unambiguous whatever they hold: associated data and HKDF `info` strings.
#[derive(Clone)]
pub(crate) struct Fields(Vec<u8>);

impl Fields {
    pub(crate) fn new(purpose: Purpose) -> Self {
        Self(Vec::with_capacity(128)).bytes(purpose.label().as_bytes())
    }

    /// Bytes as they are, for vectors of others.
    #[cfg(test)]
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    pub(crate) fn bytes(mut self, field: &[u8]) -> Self {
        // A slice never exceeds isize::MAX, and 8 bytes hold that on every platform.
        self.0.extend_from_slice(&(field.len() as u64).to_be_bytes());
        self.0.extend_from_slice(field);
        self
    }

    pub(crate) fn u32(self, field: u32) -> Self {
        self.bytes(&field.to_be_bytes())
    }

    pub(crate) fn u64(self, field: u64) -> Self {
        self.bytes(&field.to_be_bytes())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// HKDF-SHA256 (RFC 5869) with a 32-byte output.
pub(crate) fn derive_key(salt: &[u8], input: &[u8], info: &Fields) -> Key {
    let mut key = Key::empty();
    Hkdf::<Sha256>::new(Some(salt), input)
        .expand(info.as_bytes(), key.bytes_mut())
        .expect("32 bytes are within HKDF's limit of 8160");
    key
}

/// SHA-256.
pub(crate) fn derive_hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Seals `plain` for the place that `place` spells out.
pub(crate) fn seal(key: &Key, place: &Fields, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
    let nonce = make_random::<NONCE_LEN>()?;
    // Exact capacity: no reallocation may leave plaintext behind.
    let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let tag = XChaCha20Poly1305::new(key.bytes().into())
        .encrypt_inout_detached(&XNonce::from(nonce), place.as_bytes(), (&mut sealed[NONCE_LEN..]).into())
        .expect("the plaintext is far below the cipher's limit of 256 GiB");
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// Opens a sealed value; `None` when key, place or any byte is not what was sealed.
pub(crate) fn open(key: &Key, place: &Fields, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let (body, tag) = rest.split_last_chunk::<TAG_LEN>()?;
    let mut plain = Zeroizing::new(body.to_vec());
    XChaCha20Poly1305::new(key.bytes().into())
        .decrypt_inout_detached(&XNonce::from(*nonce), place.as_bytes(), plain.as_mut_slice().into(), &Tag::from(*tag))
        .ok()?;
    Some(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sealed_opens_only_where_it_was_sealed(plain in prop::collection::vec(any::<u8>(), 0..300), flip in any::<prop::sample::Index>()) {
            let key = Key::make().unwrap();
            let place = Fields::new(Purpose::Chunk).bytes(b"labs").u32(3);
            let sealed = seal(&key, &place, &plain).unwrap();
            prop_assert_eq!(sealed.len(), plain.len() + OVERHEAD);
            prop_assert_eq!(open(&key, &place, &sealed).unwrap().to_vec(), plain);

            prop_assert!(open(&Key::make().unwrap(), &place, &sealed).is_none());
            prop_assert!(open(&key, &Fields::new(Purpose::Chunk).bytes(b"labs").u32(4), &sealed).is_none());
            prop_assert!(open(&key, &Fields::new(Purpose::Manifest).bytes(b"labs").u32(3), &sealed).is_none());
            let mut bent = sealed.clone();
            bent[flip.index(sealed.len())] ^= 1;
            prop_assert!(open(&key, &place, &bent).is_none());
            prop_assert!(open(&key, &place, &sealed[..flip.index(sealed.len())]).is_none());
        }
    }

    /// Of each nonce 8 bytes: that two of ten million are equal by chance is one case in 370,000, of all 24 bytes none.
    fn nonces_differ(count: usize) {
        let (key, place) = (Key::make().unwrap(), Fields::new(Purpose::Chunk));
        let nonce = |_| u64::from_be_bytes(*seal(&key, &place, b"").unwrap().first_chunk().unwrap());
        let mut seen: Vec<u64> = (0..count).map(nonce).collect();
        seen.sort_unstable();
        assert!(seen.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn no_nonce_comes_twice() {
        nonces_differ(10_000);
    }

    #[test]
    #[ignore = "seconds with --release, minutes without; run by ./x evidence"]
    fn no_nonce_comes_twice_in_ten_million() {
        nonces_differ(10_000_000);
    }

    #[test]
    fn fields_cannot_be_shifted_into_each_other() {
        let one = Fields::new(Purpose::Chunk).bytes(b"ab").bytes(b"c");
        let other = Fields::new(Purpose::Chunk).bytes(b"a").bytes(b"bc");
        assert_ne!(one.as_bytes(), other.as_bytes());
    }
}
