//! A record becomes a generation of a vault.
//!
//! A generation is complete: it replaces, it does not merge. What the stored one
//! holds and the new one lacks is listed first, and nothing is written until the
//! operator has said so. Emergency memos are never lost: old ones are carried
//! over (design D13).

use super::{Imported, Step, Watch};
use crate::archive::{Label, RecordLines};
use crate::error::ImportError;
use mykarte_record::lines::{self, ChunkMeta, Head};
use mykarte_record::{Entry, Record, Section, Summary};
use mykarte_vault::{Draft, RecordHead, SealedChunk, Vault};
use rayon::prelude::*;
use serde::Serialize;
use ssmix2::types::Timestamp;
use std::collections::{BTreeMap, HashSet};

/// How to store.
#[derive(Debug, Clone, Copy, Default)]
pub struct StoreOptions {
    /// Go on although the stored record holds entries that the new one lacks, or
    /// another birth date, sex or kana name.
    pub replace: bool,
    /// Worker threads; 0 means one a core.
    pub threads: usize,
}

/// What one section would lose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SectionLoss {
    /// How many entries.
    pub entries: usize,
    /// Their earliest care date.
    pub from: Option<Timestamp>,
    /// Their latest care date.
    pub to: Option<Timestamp>,
}

/// What a re-import would lose, by section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Losses(pub BTreeMap<Section, SectionLoss>);

impl Losses {
    /// Entries in all.
    pub fn total(&self) -> usize {
        self.0.values().map(|l| l.entries).sum()
    }
}

/// Seals and writes a record in one durable transaction.
pub fn store_record(
    vault: &mut Vault,
    imported: Imported,
    options: StoreOptions,
    watch: &Watch<'_>,
) -> Result<RecordHead, ImportError> {
    (watch.progress)(Step::Store);
    let mut record = imported.record;
    let label = Label::of(&record.summary);
    let previous = vault.records()?.into_iter().find(|head| Label::read(&head.label).is_some_and(|l| l == label));
    let mut old_memos = Vec::new();
    if let Some(head) = &previous {
        let old = RecordLines::new(vault, head.id)?;
        if !options.replace {
            check_identity(head, &record.summary)?;
            let losses = losses(&old, &record)?;
            if losses.total() > 0 {
                return Err(ImportError::WouldLose { losses });
            }
        }
        old_memos = carry_memos(&old, &mut record)?;
    }
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(options.threads).build().map_err(|_| ImportError::NoThreads)?;
    let draft = vault.begin(previous.map(|head| head.id))?;
    let summary = record.summary.clone();
    let chunks = pool.install(|| seal_all(&draft, record, old_memos, watch))?;
    watch.check()?;
    let catalogue = serde_json::to_vec(&summary).map_err(|_| lines::LinesError::NotJson { file: 0 })?;
    Ok(vault.commit(draft, &label.write(), &catalogue, chunks)?)
}

/// Another birth date, sex or kana name under the same ids may be another person.
fn check_identity(head: &RecordHead, new: &Summary) -> Result<(), ImportError> {
    let Some(old) = crate::archive::summary_of(head) else { return Ok(()) };
    let differs = |a: Option<String>, b: Option<String>| matches!((a, b), (Some(a), Some(b)) if a != b);
    let field = if differs(old.birth_date.map(|t| t.to_string()), new.birth_date.map(|t| t.to_string())) {
        "birth_date"
    } else if differs(old.sex, new.sex.clone()) {
        "sex"
    } else if differs(old.name_kana, new.name_kana.clone()) {
        "name_kana"
    } else {
        return Ok(());
    };
    Err(ImportError::IdentityDiffers { field })
}

/// Entries whose ids the new record does not hold. Memos are carried over and
/// cannot be lost; a derived list of basics is one entry and is compared too.
fn losses(old: &RecordLines<'_>, new: &Record) -> Result<Losses, ImportError> {
    let mut losses = Losses::default();
    for section in Section::ALL.into_iter().filter(|s| *s != Section::Memos) {
        let kept = ids(new, section);
        let mut loss = SectionLoss::default();
        old.each(section, |line| {
            if let Ok(head) = serde_json::from_slice::<Head>(line)
                && !kept.contains(head.id.as_str())
            {
                loss.entries += 1;
                if let Some(date) = head.date {
                    loss.from = Some(loss.from.map_or(date, |d| d.min(date)));
                    loss.to = Some(loss.to.map_or(date, |d| d.max(date)));
                }
            }
        });
        if loss.entries > 0 {
            losses.0.insert(section, loss);
        }
    }
    Ok(losses)
}

fn ids(record: &Record, section: Section) -> HashSet<&str> {
    fn of<T>(entries: &[Entry<T>]) -> HashSet<&str> {
        entries.iter().map(|e| e.id.as_str()).collect()
    }
    match section {
        Section::Basics => of(&record.basics),
        Section::Allergies => of(&record.allergies),
        Section::Diagnoses => of(&record.diagnoses),
        Section::Admissions => of(&record.admissions),
        Section::Prescriptions => of(&record.prescriptions),
        Section::Injections => of(&record.injections),
        Section::Labs => of(&record.labs),
        Section::Memos => of(&record.memos),
        Section::Others => {
            let answered = record.answered_orders.iter().map(|id| id.as_str());
            of(&record.others).into_iter().chain(answered).collect()
        }
    }
}

/// Lines of memos that only the stored generation has; counted in the summary.
fn carry_memos(old: &RecordLines<'_>, record: &mut Record) -> Result<Vec<Vec<u8>>, ImportError> {
    let kept: HashSet<String> = record.memos.iter().map(|m| m.id.to_string()).collect();
    let mut carried = Vec::new();
    old.each(Section::Memos, |line| {
        if serde_json::from_slice::<Head>(line).is_ok_and(|head| !kept.contains(&head.id)) {
            carried.push(line.to_vec());
        }
    });
    record.summary.counts.memos += carried.len() as u32;
    if let Some(state) = record.summary.sections.get_mut(&Section::Memos) {
        state.entries += carried.len() as u32;
    }
    Ok(carried)
}

/// Writes and seals all sections. Entries are dropped as soon as they are sealed.
fn seal_all(
    draft: &Draft,
    record: Record,
    old_memos: Vec<Vec<u8>>,
    watch: &Watch<'_>,
) -> Result<Vec<SealedChunk>, ImportError> {
    let mut sealer = Sealer { draft, watch, chunks: Vec::new() };
    sealer.section(Section::Basics, record.basics)?;
    sealer.section(Section::Allergies, record.allergies)?;
    sealer.section(Section::Diagnoses, record.diagnoses)?;
    sealer.section(Section::Admissions, record.admissions)?;
    sealer.section(Section::Prescriptions, record.prescriptions)?;
    sealer.section(Section::Injections, record.injections)?;
    sealer.section(Section::Labs, record.labs)?;
    let next = sealer.section(Section::Memos, record.memos)?;
    sealer.carried_memos(next, &old_memos)?;
    sealer.section(Section::Others, record.others)?;
    Ok(sealer.chunks)
}

struct Sealer<'a> {
    draft: &'a Draft,
    watch: &'a Watch<'a>,
    chunks: Vec<SealedChunk>,
}

impl Sealer<'_> {
    /// Chunks of one section; returns the next sequence number. In waves, so that
    /// only a few chunks are in memory as plain text at a time.
    fn section<T: Serialize + Send + Sync>(
        &mut self,
        section: Section,
        entries: Vec<Entry<T>>,
    ) -> Result<u32, ImportError> {
        let mut seq = 0;
        let wave = 2 * rayon::current_num_threads();
        let mut rest = entries.into_iter();
        loop {
            // Owned parts, so that each is freed by the worker that wrote it.
            let next =
                || Some(rest.by_ref().take(lines::ENTRIES_PER_CHUNK).collect()).filter(|p: &Vec<_>| !p.is_empty());
            let parts: Vec<Vec<Entry<T>>> = std::iter::from_fn(next).take(wave).collect();
            if parts.is_empty() {
                return Ok(seq);
            }
            self.watch.check()?;
            let blocks: Vec<Vec<(ChunkMeta, Vec<u8>)>> =
                parts.into_par_iter().map(|part| lines::write(&part)).collect::<Result<_, _>>()?;
            let numbered: Vec<(u32, (ChunkMeta, Vec<u8>))> = (seq..).zip(blocks.into_iter().flatten()).collect();
            seq += numbered.len() as u32;
            let sealed: Vec<SealedChunk> = numbered
                .into_par_iter()
                .map(|(seq, (meta, bytes))| self.seal(section, seq, &meta, &bytes))
                .collect::<Result<_, _>>()?;
            self.chunks.extend(sealed);
        }
    }

    fn carried_memos(&mut self, first: u32, memos: &[Vec<u8>]) -> Result<(), ImportError> {
        for (seq, group) in (first..).zip(memos.chunks(lines::ENTRIES_PER_CHUNK)) {
            let bytes = lines::rewrite(group);
            let meta = ChunkMeta { entries: group.len() as u32, ..ChunkMeta::default() };
            let chunk = self.seal(Section::Memos, seq, &meta, &bytes)?;
            self.chunks.push(chunk);
        }
        Ok(())
    }

    fn seal(&self, section: Section, seq: u32, meta: &ChunkMeta, bytes: &[u8]) -> Result<SealedChunk, ImportError> {
        let meta = serde_json::to_vec(meta).map_err(|_| lines::LinesError::NotJson { file: 0 })?;
        Ok(self.draft.seal(section.key(), seq, &meta, bytes)?)
    }
}
