//! Sections become sealed chunks. Entries are dropped as soon as they are sealed.

use super::previous::MemoBody;
use crate::error::ImportError;
use crate::import::Watch;
use mykarte_record::lines::{self, Block, ChunkMeta};
use mykarte_record::{Entry, Record, Section};
use mykarte_vault::{Draft, SealedChunk};
use rayon::prelude::*;
use serde::Serialize;

/// Seals all sections; the memos are given apart, united with the stored ones.
pub(super) fn seal_all(
    draft: &Draft,
    record: Record,
    memos: Vec<Entry<MemoBody>>,
    watch: &Watch<'_>,
) -> Result<Sealed, ImportError> {
    let mut sealer = Sealer { draft, watch, sealed: Sealed::default() };
    sealer.section(Section::Basics, record.basics)?;
    sealer.section(Section::Allergies, record.allergies)?;
    sealer.section(Section::Diagnoses, record.diagnoses)?;
    sealer.section(Section::Admissions, record.admissions)?;
    sealer.section(Section::Prescriptions, record.prescriptions)?;
    sealer.section(Section::Injections, record.injections)?;
    sealer.section(Section::Labs, record.labs)?;
    sealer.section(Section::Memos, memos)?;
    sealer.section(Section::Others, record.others)?;
    Ok(sealer.sealed)
}

/// What was sealed.
#[derive(Default)]
pub(super) struct Sealed {
    pub chunks: Vec<SealedChunk>,
    /// Source files of entries whose long texts were left out.
    pub too_large: Vec<u32>,
}

struct Sealer<'a> {
    draft: &'a Draft,
    watch: &'a Watch<'a>,
    sealed: Sealed,
}

impl Sealer<'_> {
    /// Chunks of one section, in waves, so that only a few of them are in memory
    /// as plain text at a time.
    fn section<T: Serialize + Send + Sync>(
        &mut self,
        section: Section,
        entries: Vec<Entry<T>>,
    ) -> Result<(), ImportError> {
        let mut seq = 0;
        let wave = 2 * rayon::current_num_threads();
        let mut rest = entries.into_iter();
        loop {
            // Owned parts, so that each is freed by the worker that wrote it.
            let next =
                || Some(rest.by_ref().take(lines::ENTRIES_PER_CHUNK).collect()).filter(|p: &Vec<_>| !p.is_empty());
            let parts: Vec<Vec<Entry<T>>> = std::iter::from_fn(next).take(wave).collect();
            if parts.is_empty() {
                return Ok(());
            }
            self.watch.check()?;
            let blocks: Vec<Vec<Block>> =
                parts.into_par_iter().map(|part| lines::write(&part)).collect::<Result<_, _>>()?;
            let numbered: Vec<(u32, Block)> = (seq..).zip(blocks.into_iter().flatten()).collect();
            seq += numbered.len() as u32;
            self.sealed.too_large.extend(numbered.iter().flat_map(|(_, block)| &block.too_large));
            let chunks: Vec<SealedChunk> = numbered
                .into_par_iter()
                .map(|(seq, block)| self.seal(section, seq, &block.meta, &block.bytes))
                .collect::<Result<_, _>>()?;
            self.sealed.chunks.extend(chunks);
        }
    }

    fn seal(&self, section: Section, seq: u32, meta: &ChunkMeta, bytes: &[u8]) -> Result<SealedChunk, ImportError> {
        let meta = serde_json::to_vec(meta).map_err(|_| lines::LinesError::NotJson { file: 0 })?;
        Ok(self.draft.seal(section.key(), seq, &meta, bytes)?)
    }
}
