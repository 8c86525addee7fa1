//! The key list of a hospital: which keys sign its packages, numbered, and signed by its root key.
//!
//! A phone pins the root key when it enrols and takes only lists of a higher number. No list has a date that anything
//! hangs on: a phone's clock may be wrong by years.

use std::fmt;

use subtle::ConstantTimeEq;

use super::error::PackageError;
use super::keys::{SIGNATURE, SigningKey, VerifyingKey};
use super::{FORMAT, SUITE};
use crate::aead::{self, Fields, Purpose};
use crate::codec::{Reader, Writer, count};
use crate::ids::{HospitalId, KeyId};
use crate::text;

pub(super) const MAGIC: &[u8; 8] = b"MYKARTEK";
/// The most keys of a list.
const MAX_KEYS: usize = 256;
/// The most bytes of facility id and name.
const MAX_TEXT: usize = 256;

/// The root key that a phone pinned: SHA-256 of its public half.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RootPin([u8; 32]);

impl RootPin {
    /// The pin of a root key.
    #[must_use]
    pub fn of(root: &VerifyingKey) -> Self {
        Self(aead::derive_hash(root.as_bytes()))
    }

    /// A pin that was kept as bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads a pin as [`fmt::Display`] writes it; blanks, hyphens and small letters do not matter.
    ///
    /// # Errors
    /// [`PackageError::NotAKey`].
    pub fn parse(typed: &str) -> Result<Self, PackageError> {
        let bytes = text::read(typed).ok_or(PackageError::NotAKey)?;
        bytes.try_into().map(Self).map_err(|_| PackageError::NotAKey)
    }
}

impl fmt::Display for RootPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::grouped(&self.0))
    }
}

impl fmt::Debug for RootPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootPin({self})")
    }
}

/// What a hospital says of a signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// It signs packages.
    Active,
    /// It signs no more; what it signed holds.
    Retired,
    /// Somebody else may have it: nothing that it signed is taken any more.
    Compromised,
}

impl KeyState {
    const ALL: [(Self, u32); 3] = [(Self::Active, 1), (Self::Retired, 2), (Self::Compromised, 3)];

    fn number(self) -> u32 {
        Self::ALL.into_iter().find(|(state, _)| *state == self).map_or(0, |(_, number)| number)
    }

    fn of(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == number).map(|(state, _)| state)
    }
}

/// A signing key of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedKey {
    /// The key.
    pub key: VerifyingKey,
    /// What may be done with it.
    pub state: KeyState,
}

/// What a key list says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The hospital's name in packages.
    pub hospital: HospitalId,
    /// Higher than that of every list before it; from 1.
    pub number: u64,
    /// The highest epoch that packages may have; from 1.
    pub epoch: u32,
    /// The facility that these keys vouch for, as the records name it; opaque here.
    pub facility: String,
    /// Its name, for people; may be empty.
    pub name: String,
    /// The signing keys.
    pub keys: Vec<ListedKey>,
}

/// A key list whose signature was checked.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyList {
    root: VerifyingKey,
    listing: Listing,
    bytes: Vec<u8>,
}

impl KeyList {
    /// Signs a list.
    ///
    /// # Errors
    /// [`PackageError::TooLarge`] above 256 keys, or 256 bytes of facility or name; [`PackageError::NotAKey`] when a key
    /// stands in it twice, or the root key does.
    pub fn sign(root: &SigningKey, listing: Listing) -> Result<Self, PackageError> {
        if listing.keys.len() > MAX_KEYS || [&listing.facility, &listing.name].iter().any(|text| text.len() > MAX_TEXT)
        {
            return Err(PackageError::TooLarge);
        }
        let key = root.verifying_key();
        listing.check_keys(&key)?;
        let mut bytes = listing.encode(&key);
        let signature = root.sign(&signed_text(&bytes));
        bytes.extend_from_slice(&signature);
        Ok(Self { root: key, listing, bytes })
    }

    /// Reads a list and holds it against the root key that was pinned.
    ///
    /// # Errors
    /// [`PackageError::NotAKey`]; [`PackageError::NewerFormat`], [`PackageError::UnknownSuite`];
    /// [`PackageError::OtherRoot`]; [`PackageError::WeakKey`]; [`PackageError::ListSignature`].
    pub fn read(bytes: &[u8], pin: &RootPin) -> Result<Self, PackageError> {
        let list = Self::dangerous_read_unpinned(bytes)?;
        if list.pin().0.ct_eq(&pin.0).into() { Ok(list) } else { Err(PackageError::OtherRoot) }
    }

    /// Reads a list that vouches for itself: for the hospital that made it, and for a person who compares the pin.
    ///
    /// # Errors
    /// As [`Self::read`], but for the root key.
    pub fn dangerous_read_unpinned(bytes: &[u8]) -> Result<Self, PackageError> {
        let (body, signature) = bytes.split_last_chunk::<SIGNATURE>().ok_or(PackageError::NotAKey)?;
        let rest = body.strip_prefix(MAGIC).ok_or(PackageError::NotAKey)?;
        let (root, listing) = Listing::decode(rest).ok_or(PackageError::NotAKey)??;
        root.verify(&signed_text(body), signature).map_err(|flaw| PackageError::ListSignature { flaw })?;
        listing.check_keys(&root)?;
        Ok(Self { root, listing, bytes: bytes.to_vec() })
    }

    /// What it says.
    #[must_use]
    pub fn listing(&self) -> &Listing {
        &self.listing
    }

    /// The pin of the root key that signed it.
    #[must_use]
    pub fn pin(&self) -> RootPin {
        RootPin::of(&self.root)
    }

    /// The list as it travels.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A key of it.
    #[must_use]
    pub fn find(&self, key: KeyId) -> Option<&ListedKey> {
        self.listing.keys.iter().find(|listed| listed.key.id() == key)
    }

    /// Whether another list of the same hospital may take this one's place: `Ok(false)` when it is this one.
    ///
    /// # Errors
    /// [`PackageError::OtherRoot`], [`PackageError::OtherHospital`]; [`PackageError::ListRolledBack`];
    /// [`PackageError::ListForked`]; [`PackageError::KeyRevived`].
    pub fn may_become(&self, next: &Self) -> Result<bool, PackageError> {
        let (known, offered) = (&self.listing, &next.listing);
        if self.pin() != next.pin() {
            return Err(PackageError::OtherRoot);
        }
        if known.hospital != offered.hospital || known.facility != offered.facility {
            return Err(PackageError::OtherHospital { hospital: offered.hospital });
        }
        if self.bytes == next.bytes {
            return Ok(false);
        }
        if known.number == offered.number {
            return Err(PackageError::ListForked { number: known.number });
        }
        if offered.number < known.number || offered.epoch < known.epoch {
            return Err(PackageError::ListRolledBack { known: known.number, offered: offered.number });
        }
        let lost =
            known.keys.iter().filter(|listed| listed.state == KeyState::Compromised).map(|listed| listed.key.id());
        // One that is left out could come back with the list after it.
        let is_revived = |key: &KeyId| next.find(*key).is_none_or(|listed| listed.state != KeyState::Compromised);
        match lost.into_iter().find(is_revived) {
            Some(key) => Err(PackageError::KeyRevived { key }),
            None => Ok(true),
        }
    }
}

impl fmt::Debug for KeyList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyList({}, number {})", self.listing.hospital, self.listing.number)
    }
}

fn signed_text(body: &[u8]) -> Fields {
    Fields::new(Purpose::KeyList).bytes(body)
}

impl Listing {
    /// A key has one state, and the root key signs lists only.
    fn check_keys(&self, root: &VerifyingKey) -> Result<(), PackageError> {
        let mut seen = vec![*root.as_bytes()];
        for listed in &self.keys {
            if seen.contains(listed.key.as_bytes()) {
                return Err(PackageError::NotAKey);
            }
            seen.push(*listed.key.as_bytes());
        }
        Ok(())
    }

    fn encode(&self, root: &VerifyingKey) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.raw(MAGIC);
        writer.u32(FORMAT);
        writer.u32(SUITE);
        writer.raw(self.hospital.as_bytes());
        writer.raw(root.as_bytes());
        writer.u64(self.number);
        writer.u32(self.epoch);
        writer.field(self.facility.as_bytes());
        writer.field(self.name.as_bytes());
        writer.u32(count(self.keys.len()));
        for listed in &self.keys {
            writer.raw(listed.key.as_bytes());
            writer.u32(listed.state.number());
        }
        writer.finish().to_vec()
    }

    fn decode(bytes: &[u8]) -> Option<Result<(VerifyingKey, Self), PackageError>> {
        let mut reader = Reader::new(bytes);
        let (format, suite) = (reader.u32()?, reader.u32()?);
        if format != FORMAT {
            return Some(Err(PackageError::NewerFormat { format }));
        }
        if suite != SUITE {
            return Some(Err(PackageError::UnknownSuite { suite }));
        }
        let hospital = HospitalId::from_bytes(reader.array()?);
        let root = reader.array()?;
        let (number, epoch) = (reader.u64()?, reader.u32()?);
        let mut text = || String::from_utf8(reader.field().filter(|t| t.len() <= MAX_TEXT)?.to_vec()).ok();
        let (facility, name) = (text()?, text()?);
        let n = usize::try_from(reader.u32()?).ok().filter(|n| *n <= MAX_KEYS)?;
        let keys: Vec<([u8; 32], KeyState)> =
            (0..n).map(|_| Some((reader.array()?, KeyState::of(reader.u32()?)?))).collect::<Option<_>>()?;
        reader.end()?;
        let strict = |keys: Vec<([u8; 32], KeyState)>| {
            let listed = |(key, state): ([u8; 32], _)| Ok(ListedKey { key: VerifyingKey::from_bytes(&key)?, state });
            let keys = keys.into_iter().map(listed).collect::<Result<_, PackageError>>()?;
            Ok((VerifyingKey::from_bytes(&root)?, Self { hospital, number, epoch, facility, name, keys }))
        };
        Some(strict(keys))
    }
}
