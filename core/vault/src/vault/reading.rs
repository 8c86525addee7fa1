//! Reading: records first, sections on demand, one chunk at a time.
//!
//! Every read happens in one transaction that first holds the file's head against the one opened here, so a caller never
//! mixes two generations: when another program has committed meanwhile, it is told to open again.

use std::sync::Arc;

use rusqlite::Connection;
use zeroize::Zeroizing;

use super::{ChunkIndex, RecordHead, SectionIndex, Vault};
use crate::aead::{self, Purpose};
use crate::error::{Part, VaultError};
use crate::head::RecordEntry;
use crate::ids::RecordId;
use crate::manifest::{Manifest, chunk_place, manifest_place};
use crate::pack::unpack;
use crate::secret::Key;
use crate::store::{self, read};

/// A record's generation, opened: kept for the record that was read last.
pub(super) struct Opened {
    entry: RecordEntry,
    chunk_key: Key,
    manifest: Manifest,
}

impl Vault {
    /// Every record with its label and catalogue. Manifests and chunks stay closed.
    ///
    /// # Errors
    /// [`VaultError::ChangedElsewhere`], [`VaultError::InUse`], failures of the file system. A damaged catalogue is an
    /// error in its [`RecordHead`], not here.
    pub fn records(&self) -> Result<Vec<RecordHead>, VaultError> {
        if self.sealed_head.is_empty() {
            return Ok(Vec::new());
        }
        self.read(|conn| Ok(self.head.records.iter().map(|entry| self.record_head(conn, entry)).collect()))
    }

    /// The current generation of a record, from 1. Touches no file.
    ///
    /// # Errors
    /// [`VaultError::NoSuchRecord`].
    pub fn generation(&self, record: RecordId) -> Result<u64, VaultError> {
        Ok(self.head.record(record)?.generation)
    }

    /// The sections of a record with what the caller said about each chunk; ordered by name.
    ///
    /// # Errors
    /// [`VaultError::NoSuchRecord`]; [`VaultError::Damaged`] when key or manifest is; [`VaultError::ChangedElsewhere`].
    pub fn sections(&self, record: RecordId) -> Result<Vec<SectionIndex>, VaultError> {
        let opened = self.read_record(record, |_, opened| Ok(opened))?;
        let mut sections: Vec<SectionIndex> = Vec::new();
        for entry in opened.manifest.entries() {
            let chunk = ChunkIndex { seq: entry.seq, plain_len: entry.plain_len, meta: entry.meta.clone() };
            match sections.last_mut().filter(|last| last.section == entry.section) {
                Some(section) => section.chunks.push(chunk),
                None => sections.push(SectionIndex { section: entry.section.clone(), chunks: vec![chunk] }),
            }
        }
        Ok(sections)
    }

    /// One chunk's plaintext.
    ///
    /// # Errors
    /// [`VaultError::NoSuchRecord`], [`VaultError::NoSuchChunk`]; [`VaultError::Damaged`] when this chunk (or its
    /// manifest) is, while others stay readable; [`VaultError::ChangedElsewhere`].
    pub fn chunk(&self, record: RecordId, section: &str, seq: u32) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.read_record(record, |conn, opened| {
            let line = opened.manifest.find(section, seq)?;
            let sealed = read::chunk(conn, opened.entry.row, line.index)?;
            let place = chunk_place(&self.header, record, opened.entry.generation, section, seq);
            Some(sealed)
                .filter(|sealed| aead::derive_hash(sealed) == line.hash)
                .and_then(|sealed| aead::open(&opened.chunk_key, &place, &sealed))
                .and_then(|packed| unpack(&packed))
                .filter(|plain| plain.len() as u64 == u64::from(line.plain_len))
                .ok_or(VaultError::damaged(Part::Chunk))
        })
    }

    /// Runs `work` in one read transaction on the state that was opened here, or says that it is no longer there.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, VaultError>) -> Result<T, VaultError> {
        if self.paused {
            return Err(VaultError::Paused);
        }
        // None after a commit that is durable but could not be opened again.
        let conn = self.db.as_ref().ok_or(VaultError::ChangedElsewhere)?;
        let tx = conn.unchecked_transaction().map_err(|error| store::failure(&error, Part::Database))?;
        if read::head(&tx)? != self.sealed_head {
            return Err(VaultError::ChangedElsewhere);
        }
        work(&tx)
    }

    /// As [`Self::read`], with the record's key and manifest opened (or remembered from the last call).
    fn read_record<T>(
        &self,
        record: RecordId,
        work: impl FnOnce(&Connection, Arc<Opened>) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let entry = self.head.record(record)?;
        self.read(|conn| {
            let known = self.opened.borrow().clone().filter(|opened| opened.entry == *entry);
            let opened = match known {
                Some(opened) => opened,
                None => Arc::new(self.open_generation(conn, entry)?),
            };
            self.opened.replace(Some(Arc::clone(&opened)));
            work(conn, opened)
        })
    }

    fn open_generation(&self, conn: &Connection, entry: &RecordEntry) -> Result<Opened, VaultError> {
        let key = self.generation_key(conn, entry)?;
        let sealed = read::manifest(conn, entry.row)?;
        if aead::derive_hash(&sealed) != entry.manifest_hash {
            return Err(VaultError::damaged(Part::Manifest));
        }
        let place = manifest_place(&self.header, entry.id, entry.generation);
        let manifest = Manifest::open(&key, &self.header, &place, &sealed)?;
        Ok(Opened { entry: entry.clone(), chunk_key: self.header.derive_key(&key, Purpose::Chunk), manifest })
    }

    pub(super) fn generation_key(&self, conn: &Connection, entry: &RecordEntry) -> Result<Key, VaultError> {
        let wrapped = read::generation_key(conn, entry.row)?;
        let place = self.header.place_in(Purpose::GenerationKey, entry.id, entry.generation);
        let wrapping = self.header.derive_key(&self.data_key, Purpose::GenerationKey);
        aead::open(&wrapping, &place, &wrapped)
            .and_then(|plain| Key::from_slice(&plain))
            .ok_or(VaultError::damaged(Part::GenerationKey))
    }

    fn record_head(&self, conn: &Connection, entry: &RecordEntry) -> RecordHead {
        RecordHead {
            id: entry.id,
            generation: entry.generation,
            label: entry.label.clone(),
            catalogue: self.open_catalogue(conn, entry),
        }
    }

    fn open_catalogue(&self, conn: &Connection, entry: &RecordEntry) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let key = self.header.derive_key(&self.generation_key(conn, entry)?, Purpose::Catalogue);
        let sealed = read::catalogue(conn, entry.row)?;
        let place = self.header.place_in(Purpose::Catalogue, entry.id, entry.generation);
        Some(sealed)
            .filter(|sealed| aead::derive_hash(sealed) == entry.catalogue_hash)
            .and_then(|sealed| aead::open(&key, &place, &sealed))
            .and_then(|packed| unpack(&packed))
            .ok_or(VaultError::damaged(Part::Catalogue))
    }
}
