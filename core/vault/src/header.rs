//! The plain header: which format and suite, which vault, and the commitment to its data key.
//!
//! XChaCha20-Poly1305 does not commit to its key: a crafted ciphertext may open under several. So the header holds a
//! value that only one data key yields, compared in constant time after every unwrap (D12).

use subtle::ConstantTimeEq;

use crate::aead::{self, Fields, Purpose, SUITE};
use crate::error::{Part, VaultError};
use crate::ids::RecordId;
use crate::secret::{Key, make_random};

/// The newest format this crate reads and the one it writes; also SQLite's `user_version`.
pub(crate) const FORMAT: u32 = 1;

/// The format in the associated data of everything sealed. A migration that leaves it alone need not seal anything anew.
const SEALED_SINCE: u32 = 1;

/// Header flag: the passcode slot also needs the platform's installation secret (D10).
pub(crate) const FLAG_INSTALLATION_SECRET: u32 = 1;

/// The header row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) format: u32,
    pub(crate) suite: u32,
    pub(crate) vault_id: [u8; 16],
    pub(crate) flags: u32,
    pub(crate) commitment: [u8; 32],
}

impl Header {
    /// The header of a new vault.
    pub(crate) fn make(data_key: &Key, with_installation_secret: bool) -> Result<Self, VaultError> {
        let flags = if with_installation_secret { FLAG_INSTALLATION_SECRET } else { 0 };
        let header = Self { format: FORMAT, suite: SUITE, vault_id: make_random()?, flags, commitment: [0; 32] };
        Ok(header.with_key(data_key))
    }

    /// The same header for another data key.
    pub(crate) fn with_key(&self, data_key: &Key) -> Self {
        Self { commitment: self.derive_commitment(data_key), ..self.clone() }
    }

    /// Whether the passcode slot also needs the installation secret.
    pub(crate) fn needs_installation_secret(&self) -> bool {
        self.flags & FLAG_INSTALLATION_SECRET != 0
    }

    /// Refuses what this version cannot read, before any key is asked for.
    pub(crate) fn check(&self) -> Result<(), VaultError> {
        if self.format > FORMAT {
            return Err(VaultError::NewerFormat { format: self.format });
        }
        if self.format == 0 || self.flags & !FLAG_INSTALLATION_SECRET != 0 {
            return Err(VaultError::damaged(Part::Header));
        }
        if self.suite != SUITE {
            return Err(VaultError::UnknownSuite { suite: self.suite });
        }
        Ok(())
    }

    /// Whether `data_key` is this vault's key; in constant time.
    pub(crate) fn commits_to(&self, data_key: &Key) -> bool {
        self.commitment.ct_eq(&self.derive_commitment(data_key)).into()
    }

    fn derive_commitment(&self, data_key: &Key) -> [u8; 32] {
        *self.derive_key(data_key, Purpose::Commitment).bytes()
    }

    /// The key for one purpose under the data key or a generation key.
    pub(crate) fn derive_key(&self, parent: &Key, purpose: Purpose) -> Key {
        aead::derive_key(&self.vault_id, parent.bytes(), &Fields::new(purpose))
    }

    /// What every place in this vault begins with.
    pub(crate) fn place(&self, purpose: Purpose) -> Fields {
        Fields::new(purpose).u32(SEALED_SINCE).u32(self.suite).u32(self.flags).bytes(&self.vault_id)
    }

    /// A place within one generation of one record.
    pub(crate) fn place_in(&self, purpose: Purpose, record: RecordId, generation: u64) -> Fields {
        self.place(purpose).bytes(record.as_bytes()).u64(generation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commitment_holds_for_one_key_and_one_vault() {
        let key = Key::make().unwrap();
        let header = Header::make(&key, false).unwrap();
        assert!(header.commits_to(&key));
        assert!(!header.commits_to(&Key::make().unwrap()));
        assert!(!Header { vault_id: [1; 16], ..header }.commits_to(&key));
    }

    #[test]
    fn unknown_versions_are_named() {
        let header = Header::make(&Key::make().unwrap(), false).unwrap();
        let newer = Header { format: 7, ..header.clone() };
        assert_eq!(newer.check(), Err(VaultError::NewerFormat { format: 7 }));
        let suite = Header { suite: 9, ..header.clone() };
        assert_eq!(suite.check(), Err(VaultError::UnknownSuite { suite: 9 }));
        let flags = Header { flags: 2, ..header };
        assert_eq!(flags.check(), Err(VaultError::damaged(Part::Header)));
    }
}
