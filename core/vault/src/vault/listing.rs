//! What a vault tells about its content without opening a chunk. `Debug` shows ids and counts, never content (D15).

use std::fmt;

use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::ids::RecordId;

/// One record as the vault lists it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordHead {
    /// The record's opaque id.
    pub id: RecordId,
    /// Its current generation, from 1.
    pub generation: u64,
    /// The caller's label, as given to [`crate::Vault::commit`].
    pub label: Zeroizing<Vec<u8>>,
    /// The caller's catalogue; an error when it is damaged, so that it hides no other record (D16).
    pub catalogue: Result<Zeroizing<Vec<u8>>, VaultError>,
}

impl fmt::Debug for RecordHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordHead({:?}, generation {})", self.id, self.generation)
    }
}

/// A section of a record, from the manifest alone: no chunk is opened for it.
#[derive(Clone, PartialEq, Eq)]
pub struct SectionIndex {
    /// The section's name.
    pub section: Zeroizing<String>,
    /// Its chunks, by sequence from 0.
    pub chunks: Vec<ChunkIndex>,
}

impl fmt::Debug for SectionIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SectionIndex({} chunks)", self.chunks.len())
    }
}

/// One chunk of a section.
#[derive(Clone, PartialEq, Eq)]
pub struct ChunkIndex {
    /// Sequence within the section.
    pub seq: u32,
    /// Length of the plaintext, in bytes.
    pub plain_len: u32,
    /// The caller's opaque bytes, as given to [`crate::Draft::seal`].
    pub meta: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for ChunkIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChunkIndex(seq {}, {} bytes)", self.seq, self.plain_len)
    }
}

/// What an anchor says of a file (D13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnchorCheck {
    /// No anchor was kept.
    NotChecked,
    /// The file is the state the anchor was made of.
    Same,
    /// The file is newer: a crash came between commit and anchor. Keep the new anchor.
    Ahead,
    /// The file is an older state, or another one with the same counter: a copy was put back. Warn, with both dates.
    RolledBack {
        /// When the file's state was written, by the writer's clock, in seconds since 1970.
        file: u64,
        /// When the anchor's state was.
        kept: u64,
    },
}

/// What a platform may keep outside the file to notice that the whole file was rolled back (D13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// Grows with every commit.
    pub counter: u64,
    /// SHA-256 of the sealed head.
    pub head_hash: [u8; 32],
    /// The writer's clock at the commit, in seconds since 1970. For display.
    pub written_at: u64,
}
