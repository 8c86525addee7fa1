//! Sections become sealed chunks: all entries are written as JSON lines, freed
//! part by part, and then all chunks are packed and sealed. Both steps run on
//! every worker.

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
    let write = |part: Part| {
        watch.check()?;
        Ok((part.section, (part.write)()?))
    };
    let written: Vec<(Section, Vec<Block>)> = parts.into_par_iter().map(write).collect::<Result<_, ImportError>>()?;
    let blocks = number(written);
    let too_large = blocks.iter().flat_map(|(_, _, block)| block.too_large.clone()).collect();
    let seal = |(section, seq, block): (Section, u32, Block)| {
        watch.check()?;
        let meta = serde_json::to_vec(&block.meta).map_err(|_| LinesError::NotJson { file: 0 })?;
        Ok(draft.seal(section.key(), seq, &meta, &block.bytes)?)
    };
    let chunks = blocks.into_par_iter().map(seal).collect::<Result<_, ImportError>>()?;
    Ok(Sealed { chunks, too_large })
}

/// Entries of one section that are written together.
struct Part {
    section: Section,
    write: Box<dyn FnOnce() -> Result<Vec<Block>, LinesError> + Send>,
}

/// Cuts a section into parts that own their entries, so that each is freed by
/// the worker that wrote it.
fn add<T: Serialize + Send + 'static>(parts: &mut Vec<Part>, section: Section, entries: Vec<Entry<T>>) {
    let mut rest = entries.into_iter();
    loop {
        let part: Vec<Entry<T>> = rest.by_ref().take(lines::ENTRIES_PER_CHUNK).collect();
        if part.is_empty() {
            return;
        }
        parts.push(Part { section, write: Box::new(move || lines::write(&part)) });
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
