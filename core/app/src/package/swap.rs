//! The swap: what arrived becomes the current generation of its record, in one transaction with the enrolment's new keys.

use super::content::Content;
use super::enrol::{self, Held};
use super::error::ReceiveError;
use super::last_changes::{self, Changes};
use super::receive::{Arrival, Received};
use super::{lists, provenance};
use crate::archive::RecordLines;
use crate::error::ImportError;
use crate::import::parts::{self, Chunk};
use crate::import::store::{self, Carried};
use crate::import::{Watch, pool};
use crate::kept::Kept;
use crate::label::{EnrolmentLabel, Label};
use mykarte_record::{Record, Section};
use mykarte_vault::{Draft, Packed, Ready, RecordHead, SealedChunk, Vault};
use zeroize::Zeroizing;

/// One transaction: the record's new generation and the enrolment's new keys.
pub(super) fn swap(
    vault: &mut Vault,
    held: &Held,
    old: Option<RecordHead>,
    replaced: &[Held],
    arrival: Arrival,
    watch: &Watch<'_>,
) -> Result<Received, ReceiveError> {
    let Arrival { next, mut content, gone, .. } = arrival;
    let mut carried = Carried::default();
    if let Some(old) = &old {
        let kept = Kept::new(0);
        let lines = store::open(vault, old, &kept)?;
        carried = carry(vault, old, &lines, &content)?;
    }
    let changes = Changes { gone: gone.rows, unread: gone.unread, carried_memos: carried.len() };
    let draft = vault.begin(old.map(|head| head.id))?;
    let mut chunks = seal_content(&draft, &mut content, carried, watch)?;
    watch.check()?;
    chunks.extend(provenance::seal(&draft, &content.proof, next.list())?);
    chunks.extend(last_changes::seal(&draft, &changes)?);
    let (record, generation) = (draft.record(), draft.generation());
    let catalogue = Zeroizing::new(content.catalogue()?);
    let label = Label::of(&content.record.summary).write();
    let own = Ready { draft, label: Zeroizing::new(label), catalogue, chunks };
    let label = EnrolmentLabel { record: Some(record.to_string()), ..held.label.clone() };
    let enrolment = enrol::ready(vault, Some(held.place), &label, &next)?;
    let open = replaced.iter().filter(|other| !other.label.ended);
    let ended = open.map(|other| other.ended(vault)).collect::<Result<Vec<Ready>, _>>()?;
    let ended_enrolments = ended.len();
    let lists = lists::remember_all(vault)?;
    vault.commit_all([own, enrolment].into_iter().chain(ended).chain(lists).collect())?;
    let (Changes { gone, unread, carried_memos }, was_there) = (changes, false);
    Ok(Received { record, generation, gone, unread, carried_memos, was_there, ended_enrolments })
}

/// The memos of which only the stored record has all, whole: what was provided once is not lost to a new profile.
fn carry(vault: &Vault, old: &RecordHead, lines: &RecordLines<'_>, content: &Content) -> Result<Carried, ReceiveError> {
    let (held, is_whole) = store::held_memos(lines);
    let carried = store::not_brought(held, &content.record);
    // What the profile takes out here is not brought.
    let is_stored = content.taken.as_ref().is_none_or(|taken| !taken.sections.contains(&Section::Memos));
    if is_whole || is_stored && provenance::is_brought_again(vault, old, Section::Memos.key(), &content.parts) {
        return Ok(carried);
    }
    Err(ImportError::StoredMemosDamaged.into())
}

/// The parts as the hospital signed them, as far as they are stored so.
fn seal_content(
    draft: &Draft,
    content: &mut Content,
    carried: Carried,
    watch: &Watch<'_>,
) -> Result<Vec<SealedChunk>, ReceiveError> {
    let is_changed = |section: &str| match &content.taken {
        Some(_) => true,
        None => !carried.is_empty() && section == Section::Memos.key(),
    };
    let mut sealed = Vec::new();
    for part in content.parts.iter().filter(|part| !is_changed(&part.section)) {
        sealed.push(draft.seal_packed(&part.section, part.seq, &part.meta, &part.packed)?);
    }
    if content.taken.is_none() && carried.is_empty() {
        return Ok(sealed);
    }
    content.is_changed = true;
    let memos = store::unite(&mut content.record, carried);
    let written = match &content.taken {
        Some(_) => Record { memos: Vec::new(), ..content.record.clone() },
        None => Record::empty(content.record.summary.clone()),
    };
    let pack = |plain: &[u8]| Ok(Packed::new(plain)?);
    for Chunk { section, seq, meta, packed, .. } in
        pool(0)?.install(|| parts::write_all(written, memos, watch, pack))?
    {
        sealed.push(draft.seal_packed(section.key(), seq, &meta, &packed)?);
    }
    Ok(sealed)
}
