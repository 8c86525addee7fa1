//! Opaque names of 16 bytes: of a record inside its vault, and those that stand outside a package. Random, or a hash of a
//! public key, so that they say nothing about the person.

use std::fmt;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::error::VaultError;
use crate::secret::make_random;

/// A 16-byte name.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// A name that was kept as bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// Reads 32 hexadecimal digits, as [`fmt::Display`] writes them.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let bytes = HEXLOWER.decode(text.trim().to_ascii_lowercase().as_bytes()).ok()?;
                Some(Self(bytes.try_into().ok()?))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

id! {
    /// A record inside a vault. It lives in the sealed head only, never in the clear.
    RecordId
}
id! {
    /// A hospital as its root key names it: random, made with that key.
    HospitalId
}
id! {
    /// One person's enrolment at one hospital on one device: random, made by the device.
    EnrolmentId
}
id! {
    /// A ticket: random, made by the counter that prints it.
    TicketId
}
id! {
    /// A chain of records: random, made with its first place.
    ChainId
}
id! {
    /// A public key: the first half of its SHA-256.
    KeyId
}

impl RecordId {
    pub(crate) fn make() -> Result<Self, VaultError> {
        make_random().map(Self)
    }
}

impl HospitalId {
    /// A new random name.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn make() -> Result<Self, VaultError> {
        make_random().map(Self)
    }
}

impl TicketId {
    /// A new random name.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn make() -> Result<Self, VaultError> {
        make_random().map(Self)
    }
}

impl ChainId {
    /// A new random name.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn make() -> Result<Self, VaultError> {
        make_random().map(Self)
    }
}

impl EnrolmentId {
    /// A new random name.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn make() -> Result<Self, VaultError> {
        make_random().map(Self)
    }
}

impl KeyId {
    /// The name of a public key.
    pub(crate) fn of(public: &[u8; 32]) -> Self {
        let hash: [u8; 32] = Sha256::digest(public).into();
        Self(*hash.first_chunk().expect("a SHA-256 hash has 32 bytes"))
    }
}
