//! Committing: a draft becomes its record's current generation, durably, or nothing changes.

use rusqlite::Connection;
use zeroize::Zeroizing;

use super::{RecordHead, Vault};
use crate::aead::{self, Purpose};
use crate::draft::{Draft, SealedChunk, check};
use crate::error::{Limit, Part, VaultError};
use crate::head::{Head, RecordEntry, check_label};
use crate::manifest::{Manifest, ManifestEntry, manifest_place};
use crate::pack::{MAX_PLAIN, pack};
use crate::store::write::NewGeneration;
use crate::store::{self, read, write};

/// A generation that is ready to become its record's current one.
#[derive(Debug)]
pub struct Ready {
    /// The draft that sealed the chunks.
    pub draft: Draft,
    /// The caller's label, up to 16 KiB; listed without opening anything of the record.
    pub label: Zeroizing<Vec<u8>>,
    /// The caller's catalogue, up to 1 MiB.
    pub catalogue: Zeroizing<Vec<u8>>,
    /// All chunks of the generation.
    pub chunks: Vec<SealedChunk>,
}

impl Vault {
    /// Makes a draft its record's current generation. Durable when it returns; on an error before that the old
    /// generation stays current. The old one is removed only after the new one is durable and was read back.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`], [`VaultError::DuplicateChunk`], [`VaultError::MissingChunk`],
    /// [`VaultError::ForeignDraft`], [`VaultError::StaleDraft`] for what was handed in; [`VaultError::AlreadyExists`],
    /// [`VaultError::ReadOnly`], [`VaultError::DiskFull`], [`VaultError::InUse`], [`VaultError::ChangedElsewhere`],
    /// [`VaultError::Damaged`] for the file.
    pub fn commit(
        &mut self,
        draft: Draft,
        label: &[u8],
        catalogue: &[u8],
        chunks: Vec<SealedChunk>,
    ) -> Result<RecordHead, VaultError> {
        let (label, catalogue) = (Zeroizing::new(label.to_vec()), Zeroizing::new(catalogue.to_vec()));
        let (id, generation) = (draft.record, draft.generation);
        let ready = Ready { draft, label: label.clone(), catalogue: catalogue.clone(), chunks };
        self.commit_all(vec![ready])?;
        Ok(RecordHead { id, generation, label, catalogue: Ok(catalogue) })
    }

    /// The same for several records: all of them, or none.
    ///
    /// # Errors
    /// As [`Self::commit`]; [`VaultError::StaleDraft`] also for two drafts of one record.
    pub fn commit_all(&mut self, all: Vec<Ready>) -> Result<(), VaultError> {
        let mut head = self.head.clone();
        let mut new = Vec::with_capacity(all.len());
        for ready in all {
            self.check_draft(&head, &ready.draft, &ready.chunks)?;
            let (generation, entry) = self.seal_ready(ready)?;
            head = head.with(entry);
            new.push(generation);
        }
        let sealed_head = self.next_head(&mut head, &self.header, &self.data_key)?;
        self.write(&new, head, sealed_head)
    }

    fn seal_ready(&self, ready: Ready) -> Result<(NewGeneration, RecordEntry), VaultError> {
        let Ready { draft, label, catalogue, chunks } = ready;
        check_label(&label)?;
        check(Limit::Catalogue, catalogue.len(), MAX_PLAIN)?;
        let (new, manifest_hash) = self.seal_generation(&draft, &catalogue, chunks)?;
        let entry = RecordEntry {
            id: draft.record,
            generation: draft.generation,
            row: new.row,
            manifest_hash,
            catalogue_hash: aead::derive_hash(&new.catalogue),
            label,
        };
        Ok((new, entry))
    }

    fn check_draft(&self, head: &Head, draft: &Draft, chunks: &[SealedChunk]) -> Result<(), VaultError> {
        if draft.header != self.header || chunks.iter().any(|chunk| chunk.token != draft.token) {
            return Err(VaultError::ForeignDraft);
        }
        let due = head.record(draft.record).map_or(1, |entry| entry.generation + 1);
        let is_first = head.record(draft.record).ok() == self.head.record(draft.record).ok();
        if draft.generation != due || !is_first {
            return Err(VaultError::StaleDraft);
        }
        self.check_writable()
    }

    /// Everything of the generation but the head, and the manifest's hash. Chunks are stored in the order of their
    /// hashes, which is as good as random, so that their rows tell no section.
    fn seal_generation(
        &self,
        draft: &Draft,
        catalogue: &[u8],
        mut chunks: Vec<SealedChunk>,
    ) -> Result<(NewGeneration, [u8; 32]), VaultError> {
        chunks.sort_by_key(|chunk| chunk.hash);
        let (entries, sealed) = (0..).zip(chunks).map(into_entry).unzip();
        let place = |purpose| self.header.place_in(purpose, draft.record, draft.generation);
        let manifest = Manifest::new(entries)?.seal(
            &draft.key,
            &self.header,
            &manifest_place(&self.header, draft.record, draft.generation),
        )?;
        let wrapping = self.header.derive_key(&self.data_key, Purpose::GenerationKey);
        let catalogue_key = self.header.derive_key(&draft.key, Purpose::Catalogue);
        let manifest_hash = aead::derive_hash(&manifest);
        let new = NewGeneration {
            row: store::make_row()?,
            key: aead::seal(&wrapping, &place(Purpose::GenerationKey), draft.key.bytes())?,
            catalogue: aead::seal(&catalogue_key, &place(Purpose::Catalogue), &pack(catalogue))?,
            manifest,
            chunks: sealed,
        };
        Ok((new, manifest_hash))
    }

    /// Makes it durable, reads it back, takes over the new state, and then lets go of the old generation.
    fn write(&mut self, new: &[NewGeneration], head: Head, sealed_head: Vec<u8>) -> Result<(), VaultError> {
        let first = self.sealed_head.is_empty();
        let current: Vec<i64> = head.records.iter().map(|record| record.row).collect();
        let rows = self.head.records.iter().map(|record| record.row);
        let replaced: Vec<i64> = rows.filter(|row| !current.contains(row)).collect();
        if first {
            self.publish(new, head, sealed_head)?;
        } else {
            let written = write::commit(&self.path, &self.sealed_head, new, &sealed_head);
            self.settle(written, &sealed_head)?;
            self.adopt(head, sealed_head)?;
        }
        self.read(|conn| new.iter().try_for_each(|new| verify(conn, new)))?;
        if !first {
            // The new state is durable and whole; what fails here only costs space until the next commit.
            let _ = write::retire(&self.path, &self.sealed_head, &current, &replaced);
        }
        Ok(())
    }
}

fn into_entry((index, chunk): (u32, SealedChunk)) -> (ManifestEntry, Vec<u8>) {
    let entry = ManifestEntry {
        index,
        section: chunk.section,
        seq: chunk.seq,
        plain_len: chunk.plain_len,
        hash: chunk.hash,
        meta: chunk.meta,
    };
    (entry, chunk.sealed)
}

/// Whether the file gives back what was written.
fn verify(conn: &Connection, new: &NewGeneration) -> Result<(), VaultError> {
    let mut same = read::generation_key(conn, new.row)? == new.key
        && read::catalogue(conn, new.row)? == new.catalogue
        && read::manifest(conn, new.row)? == new.manifest;
    for (index, sealed) in (0..).zip(&new.chunks) {
        same = same && read::chunk(conn, new.row, index)? == *sealed;
    }
    if same { Ok(()) } else { Err(VaultError::damaged(Part::Database)) }
}
