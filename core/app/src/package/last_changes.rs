//! What the last package changed, kept with the generation that it made: whoever missed it once is told again.
//!
//! The device wrote it, so no signature covers it. It lies beside the proof, and goes with the generation.

use super::changes::GoneRow;
use super::error::ReceiveError;
use super::provenance::SECTION;
use crate::archive::Archive;
use mykarte_vault::{Draft, RecordId, SealedChunk, Vault, VaultError};
use serde::{Deserialize, Serialize};

/// Behind the proof and its key list.
const SEQ: u32 = 2;

/// What a package changed in the record that was held.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// By section, what the record before held and this one does not, and why.
    #[serde(default)]
    pub gone: Vec<GoneRow>,
    /// Entries of the record before that could not be read: nobody can say whether they are still there.
    #[serde(default)]
    pub unread: u32,
    /// Emergency memos that were taken over from the record before.
    #[serde(default)]
    pub carried_memos: usize,
}

/// Seals them beside a record; nothing where there is nothing to tell.
pub(super) fn seal(draft: &Draft, changes: &Changes) -> Result<Option<SealedChunk>, VaultError> {
    if *changes == Changes::default() {
        return Ok(None);
    }
    // Words, numbers and dates are always JSON.
    let json = serde_json::to_vec(changes).unwrap_or_default();
    draft.seal(SECTION, SEQ, b"", &json).map(Some)
}

/// Reads them.
pub(super) fn stored(vault: &Vault, record: RecordId) -> Result<Changes, ReceiveError> {
    let sections = vault.sections(record)?;
    let mut beside = sections.iter().filter(|section| section.section.as_str() == SECTION);
    if !beside.any(|section| section.chunks.iter().any(|chunk| chunk.seq == SEQ)) {
        return Ok(Changes::default());
    }
    let json = vault.chunk(record, SECTION, SEQ)?;
    serde_json::from_slice(&json).map_err(|_| ReceiveError::UnknownForm)
}

impl Archive {
    /// What the package changed that made the record as it is held: the same that [`Archive::accept`] returned. Nothing of a
    /// record that was imported, or that was the first.
    ///
    /// # Errors
    /// Those of reading the vault; [`ReceiveError::UnknownForm`] when a newer version wrote it.
    pub fn last_changes(&self, record: RecordId) -> Result<Changes, ReceiveError> {
        stored(self.vault(), record)
    }
}
