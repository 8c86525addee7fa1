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
    let mut parts = Vec::new();
    add(&mut parts, Section::Basics, record.basics);
    add(&mut parts, Section::Allergies, record.allergies);
    add(&mut parts, Section::Diagnoses, record.diagnoses);
    add(&mut parts, Section::Admissions, record.admissions);
    add(&mut parts, Section::Prescriptions, record.prescriptions);
    add(&mut parts, Section::Injections, record.injections);
    add(&mut parts, Section::Labs, record.labs);
    add(&mut parts, Section::Memos, memos);
    add(&mut parts, Section::Others, record.others);
    let write = |part: &Part| {
        watch.check()?;
        Ok((part.section, part.entries.write()?))
    };
    let written: Vec<(Section, Vec<Block>)> = parts.par_iter().map(write).collect::<Result<_, ImportError>>()?;
    let blocks = number(written);
    let too_large = blocks.iter().flat_map(|(_, _, block)| block.too_large.clone()).collect();
    let seal = |(section, seq, block): (Section, u32, Block)| {
        watch.check()?;
        let meta = serde_json::to_vec(&block.meta).map_err(|_| LinesError::NotJson { file: 0 })?;
        Ok(draft.seal(section.key(), seq, &meta, &block.bytes)?)
    };
    let seal_blocks = || blocks.into_par_iter().map(seal).collect::<Result<_, ImportError>>();
    let (chunks, ()) = rayon::join(seal_blocks, || drop(parts));
    Ok(Sealed { chunks: chunks?, too_large })
}

/// Entries of one section that are written together.
struct Part {
    section: Section,
    entries: Box<dyn Write + Send + Sync>,
}

/// Entries of any section.
trait Write {
    fn write(&self) -> Result<Vec<Block>, LinesError>;
}

impl<T: Serialize> Write for Vec<Entry<T>> {
    fn write(&self) -> Result<Vec<Block>, LinesError> {
        lines::write(self)
    }
}

/// Cuts a section into parts.
fn add<T: Serialize + Send + Sync + 'static>(parts: &mut Vec<Part>, section: Section, entries: Vec<Entry<T>>) {
    let mut rest = entries.into_iter();
    loop {
        let part: Vec<Entry<T>> = rest.by_ref().take(lines::ENTRIES_PER_CHUNK).collect();
        if part.is_empty() {
            return;
        }
        parts.push(Part { section, entries: Box::new(part) });
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
