//! A record becomes a generation of a vault.
//!
//! A generation is complete: it replaces, it does not merge. What the stored one
//! holds and the new one lacks is listed first, and nothing is written until the
//! operator has said so. Emergency memos are never lost: old ones are carried
//! over (design D13).

mod missing;
mod numbers;
mod previous;
#[cfg(test)]
mod tests;

pub(crate) use missing::{Missing, missing};
pub(crate) use previous::{Carried, MemoBody, held_memos, not_brought, open, unite};
pub use previous::{Losses, SectionLoss};

use super::parts::{self, Chunk};
use super::{Imported, Step, Watch, pool};
use crate::error::ImportError;
use crate::kept::Kept;
use crate::label::Label;
use mykarte_record::lines::{LinesError, MAX_CHUNK_BYTES, cut};
use mykarte_record::profile::Profile;
use mykarte_record::report::{self, ImportReport};
use mykarte_record::{Entry, Record, Summary};
use mykarte_vault::{Packed, RecordHead, Vault};
use ssmix2::Code;
use ssmix2::storage::file_diagnostic;

/// How to store.
#[derive(Debug, Clone, Copy, Default)]
pub struct StoreOptions {
    /// Go on although the stored record holds entries that the new one lacks, or
    /// another birth date, sex, kana name or facility name.
    pub replace: bool,
    /// Worker threads; 0 means one a core.
    pub threads: usize,
}

/// What was stored.
#[derive(Debug)]
pub struct Stored {
    /// The record in the vault; its catalogue is the summary, carried memos counted.
    pub head: RecordHead,
    /// The report, with what only writing found out.
    pub report: ImportReport,
    /// The vault held an older generation of this record.
    pub updated: bool,
}

/// Seals and writes a record in one durable transaction.
pub fn store_record(
    vault: &mut Vault,
    mut imported: Imported,
    options: StoreOptions,
    watch: &Watch<'_>,
) -> Result<Stored, ImportError> {
    (watch.progress)(Step::Store);
    imported.number_files();
    imported.close_gaps();
    let Imported { mut record, mut report, profile, .. } = imported;
    let label = Label::of(&record.summary);
    let previous = vault.records()?.into_iter().find(|head| Label::read(&head.label).is_some_and(|l| l == label));
    let carried = match &previous {
        Some(head) => check_previous(vault, head, (&record, &profile), options)?,
        None => Vec::new(),
    };
    let memos = previous::unite(&mut record, carried);
    let updated = previous.is_some();
    let draft = vault.begin(previous.map(|head| head.id))?;
    let (catalogue, cut) = catalogue(&record.summary)?;
    let pack = |plain: &[u8]| Ok(Packed::new(plain)?);
    let chunks = pool(options.threads)?.install(|| parts::write_all(record, memos, watch, pack))?;
    watch.check()?;
    say_too_large(&mut report, &chunks, cut);
    let seal = |chunk: Chunk<Packed>| draft.seal_packed(chunk.section.key(), chunk.seq, &chunk.meta, &chunk.packed);
    let chunks = chunks.into_iter().map(seal).collect::<Result<_, _>>()?;
    let head = vault.commit(draft, &label.write(), &catalogue, chunks)?;
    Ok(Stored { head, report, updated })
}

/// The memos of a record that takes none over.
pub(crate) fn without_carried(record: &mut Record) -> Vec<Entry<MemoBody>> {
    previous::unite(record, Vec::new())
}

/// Whether the stored generation may be replaced; returns the memos that only it has.
fn check_previous(
    vault: &Vault,
    head: &RecordHead,
    (record, profile): (&Record, &Profile),
    options: StoreOptions,
) -> Result<Carried, ImportError> {
    // Each of its chunks is read once.
    let kept = Kept::new(0);
    let old = previous::open(vault, head, &kept)?;
    let carried = previous::memos(&old, record, profile)?;
    if !options.replace {
        previous::check_identity(head, &record.summary)?;
        previous::check_profile(head, &record.summary)?;
        previous::check_losses(&old, record)?;
    }
    Ok(carried)
}

/// The summary as JSON, and whether some of it had to be cut.
pub(crate) fn catalogue(summary: &Summary) -> Result<(Vec<u8>, bool), ImportError> {
    let json = serde_json::to_vec(summary).map_err(|_| LinesError::NotJson { file: 0 })?;
    if json.len() <= MAX_CHUNK_BYTES {
        return Ok((json, false));
    }
    let too_large = LinesError::EntryTooLarge { file: 0, bytes: json.len() };
    Ok((cut::to_fit(summary, MAX_CHUNK_BYTES).ok_or(too_large)?, true))
}

/// Adds the entries whose long texts were left out to the report; `cut`: the summary was, too.
pub(crate) fn say_too_large<P>(report: &mut ImportReport, chunks: &[Chunk<P>], cut: bool) {
    let of_summary = cut.then_some(0);
    let files: Vec<u32> = chunks.iter().flat_map(|chunk| chunk.too_large.iter().copied()).chain(of_summary).collect();
    for file in report.list.iter_mut().filter(|f| f.number > 0 && files.contains(&f.number)) {
        file.codes.push(Code::EntryTooLarge);
    }
    let found = files.iter().map(|file| file_diagnostic(Code::EntryTooLarge, *file));
    report.findings.extend(report::findings(found.collect()));
    report.findings.sort_by(|a, b| b.severity.cmp(&a.severity).then(b.count.cmp(&a.count)));
}
