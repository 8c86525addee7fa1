//! A generation in the making: seals chunks, on as many threads as the caller likes, and touches no file.
//!
//! A draft owns the random key of its generation (D10). Dropping it leaves nothing behind; only `Vault::commit` makes
//! anything last.

use std::fmt;

use zeroize::Zeroizing;

use crate::aead::{self, Purpose};
use crate::codec::count;
use crate::error::{Limit, VaultError};
use crate::header::Header;
use crate::ids::RecordId;
use crate::manifest::{MAX_META, MAX_SECTION, chunk_place};
use crate::pack::{self, FrameFlaw, MAX_PLAIN};
use crate::secret::{Key, make_random};

/// A new generation of a record, before it is committed. `Sync`: seal from many threads.
pub struct Draft {
    /// Ties chunks to this draft; random, never written.
    pub(crate) token: [u8; 16],
    pub(crate) header: Header,
    pub(crate) record: RecordId,
    pub(crate) generation: u64,
    pub(crate) key: Key,
    chunk_key: Key,
}

/// A chunk's content, compressed: a tenth of it in memory until its place is known. Still plaintext.
#[derive(Clone)]
pub struct Packed {
    pub(crate) plain_len: u32,
    /// One zstd frame.
    pub(crate) frame: Zeroizing<Vec<u8>>,
}

impl Packed {
    /// Compresses (zstd level 3).
    ///
    /// # Errors
    /// [`VaultError::TooLarge`] above 1 MiB.
    pub fn new(plain: &[u8]) -> Result<Self, VaultError> {
        check(Limit::Chunk, plain.len(), MAX_PLAIN)?;
        Ok(Self { plain_len: count(plain.len()), frame: pack::frame(plain) })
    }

    /// A frame from elsewhere, and its plaintext.
    pub(crate) fn of_frame(frame: &[u8]) -> Result<(Self, Zeroizing<Vec<u8>>), FrameFlaw> {
        let plain = pack::open_frame(frame)?;
        Ok((Self { plain_len: count(plain.len()), frame: Zeroizing::new(frame.to_vec()) }, plain))
    }
}

/// One sealed chunk on its way into a commit: ciphertext, and in memory only the few facts the manifest will seal.
pub struct SealedChunk {
    pub(crate) token: [u8; 16],
    pub(crate) section: Zeroizing<String>,
    pub(crate) seq: u32,
    pub(crate) meta: Zeroizing<Vec<u8>>,
    pub(crate) plain_len: u32,
    pub(crate) hash: [u8; 32],
    pub(crate) sealed: Vec<u8>,
}

impl Draft {
    /// The most plain bytes of one chunk.
    pub const MAX_CHUNK: usize = MAX_PLAIN;

    pub(crate) fn make(header: &Header, record: RecordId, generation: u64) -> Result<Self, VaultError> {
        let key = Key::make()?;
        Ok(Self {
            token: make_random()?,
            header: header.clone(),
            record,
            generation,
            chunk_key: header.derive_key(&key, Purpose::Chunk),
            key,
        })
    }

    /// The record this draft will become a generation of.
    #[must_use]
    pub fn record(&self) -> RecordId {
        self.record
    }

    /// The generation that it will become, from 1.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Packs and seals one chunk: [`Packed::new`], then [`Draft::seal_packed`].
    ///
    /// # Errors
    /// Those of the two.
    pub fn seal(&self, section: &str, seq: u32, meta: &[u8], plain: &[u8]) -> Result<SealedChunk, VaultError> {
        self.seal_packed(section, seq, meta, &Packed::new(plain)?)
    }

    /// Pads (4 KiB steps) and seals one chunk.
    ///
    /// `section` and `seq` are its place; the sequence numbers of a section run from 0. `meta` is the caller's own, kept
    /// sealed in the manifest and given back by `Vault::sections` without opening the chunk.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`] above 4 KiB of `meta` or 64 bytes of `section`; [`VaultError::NoRandomness`].
    pub fn seal_packed(
        &self,
        section: &str,
        seq: u32,
        meta: &[u8],
        packed: &Packed,
    ) -> Result<SealedChunk, VaultError> {
        check(Limit::Section, section.len(), MAX_SECTION)?;
        check(Limit::Meta, meta.len(), MAX_META)?;
        let place = chunk_place(&self.header, self.record, self.generation, section, seq);
        let sealed = aead::seal(&self.chunk_key, &place, &pack::pad_frame(&packed.frame))?;
        Ok(SealedChunk {
            token: self.token,
            section: Zeroizing::new(section.to_owned()),
            seq,
            meta: Zeroizing::new(meta.to_vec()),
            plain_len: packed.plain_len,
            hash: aead::derive_hash(&sealed),
            sealed,
        })
    }
}

impl SealedChunk {
    /// Length of the ciphertext, in bytes: what the chunk costs in memory and in the file.
    #[must_use]
    pub fn sealed_len(&self) -> usize {
        self.sealed.len()
    }
}

pub(crate) fn check(limit: Limit, size: usize, max: usize) -> Result<(), VaultError> {
    if size > max { Err(VaultError::TooLarge { limit, size, max }) } else { Ok(()) }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Draft({:?}, generation {})", self.record, self.generation)
    }
}

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Packed({} bytes)", self.frame.len())
    }
}

impl fmt::Debug for SealedChunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedChunk({} bytes sealed)", self.sealed.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_clear_errors_and_debug_shows_no_content() {
        let key = Key::make().unwrap();
        let draft = Draft::make(&Header::make(&key, false).unwrap(), RecordId::make().unwrap(), 1).unwrap();
        let limit = |result: Result<SealedChunk, VaultError>| match result {
            Err(VaultError::TooLarge { limit, .. }) => Some(limit),
            _ => None,
        };
        assert_eq!(limit(draft.seal("s", 0, b"", &vec![0; MAX_PLAIN + 1])), Some(Limit::Chunk));
        assert_eq!(limit(draft.seal("s", 0, &[0; MAX_META + 1], b"")), Some(Limit::Meta));
        assert_eq!(limit(draft.seal(&"s".repeat(MAX_SECTION + 1), 0, b"", b"")), Some(Limit::Section));
        let chunk = draft.seal("secret-section", 0, b"secret-meta", &vec![0; MAX_PLAIN]).unwrap();
        assert_eq!(format!("{chunk:?}"), format!("SealedChunk({} bytes sealed)", chunk.sealed_len()));
    }

    #[test]
    fn a_draft_is_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Draft>();
        shared::<SealedChunk>();
    }
}
