//! Reading: an open vault, its records, their sections line by line.

use crate::error::ReadError;
use crate::kept::{KEEP_BYTES, Kept, OpenChunk};
use crate::label::{self, Label};
use crate::package::{is_key, keep_lists, part};
use mykarte_record::lines::{Chunk, ChunkMeta, Labs};
use mykarte_record::search::Query;
use mykarte_record::{Entry, Section, Summary};
use mykarte_vault::{RecordHead, RecordId, SectionIndex, Unlock, Vault, VaultError};
use ssmix2::clinical::Lab;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

pub(crate) fn summary_of(head: &RecordHead) -> Option<Summary> {
    head.catalogue.as_ref().ok().and_then(|bytes| serde_json::from_slice(bytes).ok())
}

fn is_patients(head: &RecordHead) -> bool {
    !label::is_of_packages(head) && !is_key(head)
}

/// An open vault.
pub struct Archive {
    vault: Vault,
    kept: Kept,
}

/// One record of a vault.
#[derive(Debug, Clone)]
pub struct RecordInfo {
    /// Its place in the vault.
    pub id: RecordId,
    /// Its current generation, from 1: another one after each import.
    pub generation: u64,
    /// Facility id and folded patient id, readable even where the summary is not.
    pub identity: Option<(String, String)>,
    /// Its summary; `None` when that part of the file is damaged.
    pub summary: Option<Summary>,
}

impl Archive {
    /// Opens and unlocks a vault, with a passcode or another way. Needs no write.
    pub fn open<'u>(path: &Path, unlock: impl Into<Unlock<'u>>) -> Result<Archive, ReadError> {
        Ok(Archive::of(Vault::unlock(path, unlock)?))
    }

    /// The vault itself: its slots, its anchor.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The vault to be written. What was kept open of its records goes, for it may change.
    pub fn vault_mut(&mut self) -> &mut Vault {
        self.forget();
        &mut self.vault
    }

    /// Drops what was kept open for the next use, as a platform short of memory wants it. Nothing is lost.
    pub fn forget(&self) {
        self.kept.clear(KEEP_BYTES);
    }

    /// Deletes the records of a patient, keys first. Returns how many; success means that nothing of them is left in the
    /// file. Without a hospital the id has to be of one alone: the same number elsewhere is another person's.
    ///
    /// # Errors
    /// [`ReadError::SeveralHospitals`], before anything is deleted.
    pub fn delete_patient(&mut self, patient_id: &str, hospital: Option<&str>) -> Result<usize, ReadError> {
        let patient = ssmix2::types::fold_id(patient_id);
        let is_meant =
            |label: &Label| label.patient == patient.as_str() && hospital.is_none_or(|id| label.hospital == id);
        self.forget();
        let heads = self.vault.records()?;
        let labels = heads.iter().filter_map(|head| Some((head.id, Label::read(&head.label).filter(is_meant)?)));
        let (meant, hospitals): (Vec<RecordId>, BTreeSet<String>) = labels.map(|(id, l)| (id, l.hospital)).unzip();
        if hospitals.len() > 1 {
            return Err(ReadError::SeveralHospitals { hospitals: hospitals.into_iter().collect() });
        }
        self.delete_all(&heads, &meant)?;
        Ok(meant.len())
    }

    /// Deletes one record, keys first, with the enrolments that received it: no package brings it back unasked. Success means
    /// that nothing of it is left in the file.
    ///
    /// # Errors
    /// [`VaultError::NoSuchRecord`]; those of [`Vault::delete`].
    pub fn delete_record(&mut self, record: RecordId) -> Result<(), ReadError> {
        self.forget();
        let heads = self.vault.records()?;
        if !heads.iter().any(|head| head.id == record && is_patients(head)) {
            return Err(VaultError::NoSuchRecord.into());
        }
        self.delete_all(&heads, &[record])
    }

    /// What is known of hospitals' keys stays, and what publishers have to hear; the keys that would receive the records again
    /// go first, and what an earlier deletion could not erase goes with them.
    fn delete_all(&mut self, heads: &[RecordHead], meant: &[RecordId]) -> Result<(), ReadError> {
        keep_lists(&mut self.vault)?;
        let parting = part(&self.vault, heads, meant)?;
        if !parting.farewells.is_empty() {
            self.vault.commit_all(parting.farewells)?;
        }
        self.vault.erase_leftovers()?;
        parting.gone.iter().chain(meant).try_for_each(|id| self.vault.delete(*id))?;
        Ok(())
    }

    /// Reads a vault that is unlocked already.
    pub fn of(vault: Vault) -> Archive {
        Archive { vault, kept: Kept::new(KEEP_BYTES) }
    }

    /// The patients' records with their summaries, without opening any section.
    pub fn records(&self) -> Result<Vec<RecordInfo>, ReadError> {
        let heads = self.vault.records()?;
        let info = |head: &RecordHead| RecordInfo {
            id: head.id,
            generation: head.generation,
            identity: Label::read(&head.label).map(|label| (label.hospital, label.patient)),
            summary: summary_of(head),
        };
        Ok(heads.iter().filter(|head| is_patients(head)).map(info).collect())
    }

    /// The sections of a record.
    pub fn record(&self, id: RecordId) -> Result<RecordLines<'_>, ReadError> {
        Ok(RecordLines::new(&self.vault, id, &self.kept)?)
    }
}

/// The sections of one record, read chunk by chunk.
pub struct RecordLines<'v> {
    vault: &'v Vault,
    id: RecordId,
    sections: Vec<SectionIndex>,
    kept: &'v Kept,
}

/// Some lines of a section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Entries as JSON, in order. Fewer than asked for at the end, and where a damaged chunk has its places.
    pub lines: Vec<Vec<u8>>,
    /// What does not open of these places.
    pub damage: Damage,
}

/// What could not be read while going through a section.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Damage {
    /// Chunks that do not open.
    pub chunks: u32,
    /// Entries in them, as their manifest says.
    pub entries: u32,
}

impl Damage {
    pub(crate) fn add(&mut self, chunk: &ChunkMeta) {
        self.add_places(chunk.entries as usize);
    }

    fn add_places(&mut self, entries: usize) {
        self.chunks += 1;
        self.entries += entries as u32;
    }
}

impl<'v> RecordLines<'v> {
    pub(crate) fn new(vault: &'v Vault, id: RecordId, kept: &'v Kept) -> Result<RecordLines<'v>, VaultError> {
        Ok(RecordLines { vault, id, sections: vault.sections(id)?, kept })
    }

    pub(crate) fn chunks(&self, section: Section) -> impl Iterator<Item = (u32, ChunkMeta)> {
        let index = self.sections.iter().find(|s| s.section.as_str() == section.key());
        let chunks = index.map(|i| i.chunks.as_slice()).unwrap_or_default();
        (0..).zip(chunks).map(|(seq, c)| (seq, serde_json::from_slice(&c.meta).unwrap_or_default()))
    }

    /// Entries of a section.
    pub fn len(&self, section: Section) -> usize {
        self.chunks(section).map(|(_, meta)| meta.entries as usize).sum()
    }

    /// Calls `f` with every entry of a section as JSON, in order. A damaged
    /// chunk is counted and the next one read.
    pub fn each(&self, section: Section, mut f: impl FnMut(&[u8])) -> Damage {
        self.each_chunk(section, |chunk| (0..chunk.len()).for_each(|i| f(&chunk.line(i))))
    }

    /// The same for the entries that match a query, with their positions in the section. A second search of the same
    /// open archive is several times faster (see [`KEEP_BYTES`]).
    pub fn search(&self, section: Section, query: &Query, mut f: impl FnMut(usize, &[u8])) -> Damage {
        let (mut damage, mut first) = (Damage::default(), 0);
        for (seq, meta) in self.chunks(section) {
            let chunk = self.open(section, seq);
            let found = chunk.and_then(|chunk| self.kept.search(&chunk, query, &mut |i, line| f(first + i, line)));
            if found.is_none() {
                damage.add(&meta);
            }
            first += meta.entries as usize;
        }
        damage
    }

    fn each_chunk(&self, section: Section, mut f: impl FnMut(&Chunk<'_>)) -> Damage {
        let mut damage = Damage::default();
        for (seq, meta) in self.chunks(section) {
            let bytes = self.unseal(section, seq);
            match bytes.as_ref().and_then(|bytes| Chunk::open(bytes)) {
                Some(chunk) => f(&chunk),
                None => damage.add(&meta),
            }
        }
        damage
    }

    fn unseal(&self, section: Section, seq: u32) -> Option<Zeroizing<Vec<u8>>> {
        self.vault.chunk(self.id, section.key(), seq).ok()
    }

    /// A chunk that is kept for the next use; `None` when it is damaged.
    pub(crate) fn open(&self, section: Section, seq: u32) -> Option<Arc<OpenChunk>> {
        self.kept.get((self.id, section, seq), || self.unseal(section, seq))
    }

    /// Places `offset..offset + limit` of a section; opens only their chunks, and a damaged one hides nothing else.
    pub fn page(&self, section: Section, offset: usize, limit: usize) -> Page {
        let mut lines = Vec::new();
        let damage = self.each_place(section, offset, limit, |chunk, places| {
            lines.extend(places.map(|i| chunk.line(i)));
        });
        Page { lines, damage }
    }

    /// The same of laboratory results, as what they are: those of one test group share it. Results of a form that this
    /// version does not know are counted as damage.
    pub fn labs(&self, offset: usize, limit: usize) -> (Vec<Entry<Lab>>, Damage) {
        let (mut entries, mut unknown) = (Vec::new(), 0);
        let mut damage = self.each_place(Section::Labs, offset, limit, |chunk, places| {
            let mut labs = Labs::of(chunk);
            for place in places {
                match labs.entry(place) {
                    Some(entry) => entries.push(entry),
                    None => unknown += 1,
                }
            }
        });
        damage.entries += unknown;
        (entries, damage)
    }

    /// Calls `f` with each chunk that has places `offset..offset + limit` of a section, and with these places in it.
    fn each_place(
        &self,
        section: Section,
        offset: usize,
        limit: usize,
        mut f: impl FnMut(&Chunk<'_>, Range<usize>),
    ) -> Damage {
        let (mut at, mut damage) = (0, Damage::default());
        let past = offset.saturating_add(limit);
        for (seq, meta) in self.chunks(section) {
            let end = at + meta.entries as usize;
            let (first, last) = (offset.max(at), past.min(end));
            if first < last {
                let bytes = self.unseal(section, seq);
                match bytes.as_ref().and_then(|bytes| Chunk::open(bytes)) {
                    Some(chunk) if last - at <= chunk.len() => f(&chunk, first - at..last - at),
                    // Nor one that holds less than its manifest says: what is missing would be told of no more.
                    _ => damage.add_places(last - first),
                }
            }
            at = end;
        }
        damage
    }
}
