//! Sections become sealed chunks: all entries are written as JSON lines, then the
//! chunks are packed and sealed, each step on all workers. One worker frees the
//! entries beside the sealing: where all write and free at once they wait for
//! each other in the allocator.

use super::previous::MemoBody;
use crate::error::ImportError;
use crate::import::Watch;
use mykarte_record::lines::{self, Block, LinesError};
use mykarte_record::{Entry, Record, Section};
use mykarte_vault::{Draft, SealedChunk};
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
    let parts = sections.iter().flat_map(|(section, entries)| (0..entries.count()).map(move |n| (*section, entries, n)));
    let write = |(section, entries, part): (Section, &Box<dyn Parts>, usize)| {
        watch.check()?;
        Ok((section, entries.write(part)?))
    };
    let parts: Vec<_> = parts.collect();
    let written: Vec<(Section, Vec<Block>)> = parts.into_par_iter().map(write).collect::<Result<_, ImportError>>()?;
    let blocks = number(written);
    let too_large = blocks.iter().flat_map(|(_, _, block)| block.too_large.clone()).collect();
    let seal = |(section, seq, block): (Section, u32, Block)| {
        watch.check()?;
        let meta = serde_json::to_vec(&block.meta).map_err(|_| LinesError::NotJson { file: 0 })?;
        Ok(draft.seal(section.key(), seq, &meta, &block.bytes)?)
    };
    let seal_blocks = || blocks.into_par_iter().map(seal).collect::<Result<_, ImportError>>();
    let (chunks, ()) = rayon::join(seal_blocks, || drop(sections));
    Ok(Sealed { chunks: chunks?, too_large })
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
fn number(written: Vec<(Section, Vec<Block>)>) -> Vec<(Section, u32, Block)> {
    let mut numbered: Vec<(Section, u32, Block)> = Vec::with_capacity(written.len());
    for (section, blocks) in written {
        for block in blocks {
            let seq = numbered.last().filter(|last| last.0 == section).map_or(0, |last| last.1 + 1);
            numbered.push((section, seq, block));
        }
    }
    numbered
}
