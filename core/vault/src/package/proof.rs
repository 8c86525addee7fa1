//! What stays with a stored record so that its origin can be shown later: the signed manifest and the index.
//!
//! The manifest hashes the index, the index hashes every part; each part is compared on its own, for a device may have
//! added to one of them.

use std::fmt;

use zeroize::Zeroizing;

use super::body;
use super::error::PackageError;
use super::keys::VerifyingKey;
use super::origin::Origin;
use crate::aead;
use crate::codec::{Reader, Writer};
use crate::ids::KeyId;

/// `field(signature and manifest) || field(index)`.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof(Zeroizing<Vec<u8>>);

/// A proof that was checked against a key.
pub struct Proven {
    /// The manifest.
    pub origin: Origin,
    index: Vec<body::IndexLine>,
}

impl Proof {
    pub(super) fn of(signed: &[u8], index: &[u8]) -> Self {
        let mut writer = Writer::new();
        writer.field(signed);
        writer.field(index);
        Self(writer.finish())
    }

    /// A proof that was kept as bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The key that its manifest names; not checked yet.
    #[must_use]
    pub fn signing_key(&self) -> Option<KeyId> {
        let signed = Reader::new(&self.0).field()?;
        Origin::claimed_key(signed)
    }

    /// Checks it against the key that its manifest names.
    ///
    /// # Errors
    /// [`PackageError::InnerSignature`], [`PackageError::Malformed`].
    pub fn check(&self, key: &VerifyingKey) -> Result<Proven, PackageError> {
        let mut reader = Reader::new(&self.0);
        let mut field = || reader.field().ok_or(PackageError::Malformed);
        let (signed, index) = (field()?, field()?);
        let (origin, _) = Origin::open(signed, key)?;
        if origin.signing_key != *key || aead::derive_hash(index) != origin.index_hash {
            return Err(PackageError::Malformed);
        }
        Ok(Proven { origin, index: body::decode(index)? })
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proof({} bytes)", self.0.len())
    }
}

impl Proven {
    /// Whether a part is, byte for byte, as the hospital issued it.
    #[must_use]
    pub fn covers(&self, section: &str, seq: u32, plain: &[u8]) -> bool {
        let mut lines = self.index.iter().filter(|line| line.section.as_str() == section && line.seq == seq);
        lines.next().is_some_and(|line| line.hash == aead::derive_hash(plain))
    }

    /// Sections and numbers of all parts that were issued.
    pub fn parts(&self) -> impl Iterator<Item = (&str, u32)> {
        self.index.iter().map(|line| (line.section.as_str(), line.seq))
    }
}

impl fmt::Debug for Proven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proven({} parts)", self.index.len())
    }
}
