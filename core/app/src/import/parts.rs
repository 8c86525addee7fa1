//! Sections become chunks: entries are written as JSON lines and packed on all workers, then numbered. The same chunks go
//! into a vault and into a package.

use super::Watch;
use super::store::MemoBody;
use crate::error::ImportError;
use mykarte_record::lines::{self, Block, LinesError};
use mykarte_record::{Entry, Record, Section};
use rayon::prelude::*;
use serde::Serialize;

/// A chunk with its place; `P` is its content, packed.
pub(crate) struct Chunk<P> {
    pub section: Section,
    pub seq: u32,
    pub meta: Vec<u8>,
    pub packed: P,
    /// Source files of entries whose long texts were left out.
    pub too_large: Vec<u32>,
}

/// Writes all sections, packing each chunk with `pack`; the memos are given apart, united with the stored ones.
pub(crate) fn write_all<P: Send>(
    record: Record,
    memos: Vec<Entry<MemoBody>>,
    watch: &Watch<'_>,
    pack: impl Fn(&[u8]) -> Result<P, ImportError> + Sync,
) -> Result<Vec<Chunk<P>>, ImportError> {
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
        let chunk = |block| to_chunk(section, block, &pack);
        entries.write(part)?.into_iter().map(chunk).collect::<Result<Vec<_>, ImportError>>()
    };
    let written: Vec<Vec<Chunk<P>>> = parts.into_par_iter().map(write).collect::<Result<_, ImportError>>()?;
    // Not before: workers that free and write at once wait for each other in the allocator.
    Ok(rayon::join(|| number(written.into_iter().flatten()), || drop(sections)).0)
}

fn to_chunk<P>(
    section: Section,
    block: Block,
    pack: impl Fn(&[u8]) -> Result<P, ImportError>,
) -> Result<Chunk<P>, ImportError> {
    let meta = serde_json::to_vec(&block.meta).map_err(|_| LinesError::NotJson { file: 0 })?;
    Ok(Chunk { section, seq: 0, meta, packed: pack(&block.bytes)?, too_large: block.too_large })
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
fn number<P>(chunks: impl Iterator<Item = Chunk<P>>) -> Vec<Chunk<P>> {
    let mut numbered: Vec<Chunk<P>> = Vec::new();
    for chunk in chunks {
        let seq = numbered.last().filter(|last| last.section == chunk.section).map_or(0, |last| last.seq + 1);
        numbered.push(Chunk { seq, ..chunk });
    }
    numbered
}
