//! Sections become sealed chunks: entries are written as JSON lines and packed on
//! all workers, then numbered and sealed.

use super::previous::MemoBody;
use crate::error::ImportError;
use crate::import::Watch;
use mykarte_record::lines::{self, Block, LinesError};
use mykarte_record::{Entry, Record, Section};
use mykarte_vault::{Draft, Packed, SealedChunk};
use rayon::prelude::*;
use serde::Serialize;

/// What was sealed.
pub(super) struct Sealed {
    pub chunks: Vec<SealedChunk>,
    /// Source files of entries whose long texts were left out.
    pub too_large: Vec<u32>,
}

/// Seals all sections; the memos are given apart, united with the stored ones.
pub(super) fn seal_all(
    draft: &Draft,
    record: Record,
    memos: Vec<Entry<MemoBody>>,
    watch: &Watch<'_>,
) -> Result<Sealed, ImportError> {
    let sections: [(Section, Box<dyn Parts>); 9] = [
        (Section::Basics, Box::new(record.basics)),
        (Section::Allergies, Box::new(record.allergies)),
        (Section::Diagnoses, Box::new(record.diagnoses)),
        (Section::Admissions, Box::new(record.admissions)),
        (Section::Prescriptions, Box::new(record.prescriptions)),
        (Section::Injections, Box::new(record.injections)),
        (Section::Labs, Box::new(record.labs)),
        (Section::Memos, Box::new(memos)),
        (Section::Others, Box::new(record.others)),
    ];
    let parts: Vec<_> = sections
        .iter()
        .flat_map(|(section, entries)| (0..entries.count()).map(move |n| (*section, &**entries, n)))
        .collect();
    let write = |(section, entries, part): (Section, &dyn Parts, usize)| {
        watch.check()?;
        let blocks = entries.write(part)?;
        Ok((section, blocks.into_iter().map(pack).collect::<Result<_, ImportError>>()?))
    };
    let written: Vec<(Section, Vec<PackedBlock>)> =
        parts.into_par_iter().map(write).collect::<Result<_, ImportError>>()?;
    // Not before: workers that free and write at once wait for each other in the allocator.
    rayon::join(|| seal(draft, number(written)), || drop(sections)).0
}

fn seal(draft: &Draft, blocks: Vec<(Section, u32, PackedBlock)>) -> Result<Sealed, ImportError> {
    let mut sealed = Sealed { chunks: Vec::with_capacity(blocks.len()), too_large: Vec::new() };
    for (section, seq, block) in blocks {
        sealed.too_large.extend(block.too_large);
        sealed.chunks.push(draft.seal_packed(section.key(), seq, &block.meta, &block.packed)?);
    }
    Ok(sealed)
}

/// A block before its number is known.
struct PackedBlock {
    meta: Vec<u8>,
    packed: Packed,
    too_large: Vec<u32>,
}

fn pack(block: Block) -> Result<PackedBlock, ImportError> {
    let meta = serde_json::to_vec(&block.meta).map_err(|_| LinesError::NotJson { file: 0 })?;
    Ok(PackedBlock { meta, packed: Packed::new(&block.bytes)?, too_large: block.too_large })
}

/// The entries of any section, in parts that are written together.
trait Parts: Send + Sync {
    /// How many parts.
    fn count(&self) -> usize;
    fn write(&self, part: usize) -> Result<Vec<Block>, LinesError>;
}

impl<T: Serialize + Send + Sync> Parts for Vec<Entry<T>> {
    fn count(&self) -> usize {
        self.len().div_ceil(lines::ENTRIES_PER_CHUNK)
    }

    fn write(&self, part: usize) -> Result<Vec<Block>, LinesError> {
        self.chunks(lines::ENTRIES_PER_CHUNK).nth(part).map_or_else(|| Ok(Vec::new()), lines::write)
    }
}

/// Numbers the chunks of each section from 0; a part of large entries is several.
fn number(written: Vec<(Section, Vec<PackedBlock>)>) -> Vec<(Section, u32, PackedBlock)> {
    let mut numbered: Vec<(Section, u32, PackedBlock)> = Vec::with_capacity(written.len());
    for (section, blocks) in written {
        for block in blocks {
            let seq = numbered.last().filter(|last| last.0 == section).map_or(0, |last| last.1 + 1);
            numbered.push((section, seq, block));
        }
    }
    numbered
}
