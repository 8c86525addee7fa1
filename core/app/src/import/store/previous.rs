//! What the stored generation holds: whose it is, what would be lost, the memos
//! that go on. What cannot be read of it is never taken for nothing.

use super::missing::missing;
use crate::archive::{Damage, RecordLines};
use crate::error::ImportError;
use crate::identity;
use crate::kept::Kept;
use mykarte_record::catalogue;
use mykarte_record::lines;
use mykarte_record::profile::apply::is_shown;
use mykarte_record::profile::{Profile, Shape};
use mykarte_record::{Entry, Record, Section, Summary};
use mykarte_vault::{RecordHead, Vault, VaultError};
use serde::Serialize;
use serde_json::Value;
use ssmix2::clinical::Memo;
use ssmix2::types::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

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

/// A memo of this import or a line of the stored generation, kept whole whatever
/// it holds.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum MemoBody {
    Read(Memo),
    Carried(Value),
}

/// Memos that are taken over from a stored generation.
pub(crate) type Carried = Vec<Entry<Value>>;

/// Opens the stored generation. With its manifest all its memos are out of reach.
pub(crate) fn open<'v>(vault: &'v Vault, head: &RecordHead, kept: &'v Kept) -> Result<RecordLines<'v>, ImportError> {
    RecordLines::new(vault, head.id, kept).map_err(|error| match error {
        VaultError::Damaged { .. } => ImportError::StoredMemosDamaged,
        error => error.into(),
    })
}

/// Memos that only the stored generation has, as the profile in force shows them. None may be lost, so a single one that
/// cannot be read, or that the profile would hide, refuses the import, whatever the operator says.
pub(super) fn memos(old: &RecordLines<'_>, new: &Record, profile: &Profile) -> Result<Carried, ImportError> {
    let (mut held, is_whole) = held_memos(old);
    if !is_whole {
        return Err(ImportError::StoredMemosDamaged);
    }
    if profile.shows(Section::Memos) {
        held.iter_mut().for_each(|memo| hide_fields(&mut memo.body, profile));
    }
    let carried = not_brought(held, new);
    if !profile.shows(Section::Memos) && !carried.is_empty() {
        return Err(ImportError::MemosHidden { entries: carried.len() });
    }
    Ok(carried)
}

/// The stored memos that can be read, and whether that is all.
pub(crate) fn held_memos(old: &RecordLines<'_>) -> (Carried, bool) {
    let (mut held, mut unknown) = (Vec::new(), false);
    let damage = old.each(Section::Memos, |line| match lines::read::<Value>(line) {
        Ok(memo) => held.push(memo),
        Err(_) => unknown = true,
    });
    (held, !unknown && damage == Damage::default())
}

/// Those of them of which the new record does not hold everything: a profile of today takes nothing away from a memo.
pub(crate) fn not_brought(held: Carried, new: &Record) -> Carried {
    let brought: HashMap<&str, &Memo> = new.memos.iter().map(|memo| (memo.id.as_str(), &memo.body)).collect();
    let is_brought = |memo: &Entry<Value>| {
        let new = brought.get(memo.id.as_str()).and_then(|new| serde_json::to_value(new).ok());
        new.is_some_and(|new| holds_all(&new, &memo.body))
    };
    held.into_iter().filter(|memo| !is_brought(memo)).collect()
}

/// Whether every value of `old` stands in `new`, too.
fn holds_all(new: &Value, old: &Value) -> bool {
    match (new, old) {
        (Value::Object(new), Value::Object(old)) => {
            old.iter().all(|(key, old)| new.get(key).is_some_and(|new| holds_all(new, old)))
        }
        (Value::Array(new), Value::Array(old)) => {
            new.len() >= old.len() && new.iter().zip(old).all(|(new, old)| holds_all(new, old))
        }
        (new, old) => new == old,
    }
}

/// Takes out what the profile does not show. A memo has no objects that only some fields are in; what a newer version wrote
/// beside its fields stays where every field is shown.
fn hide_fields(body: &mut Value, profile: &Profile) {
    let Some(body) = body.as_object_mut() else { return };
    let shows_all = catalogue::fields(Section::Memos).all(|field| is_shown(profile, Section::Memos, field.key));
    body.retain(|key, _| {
        let field = catalogue::owner(Section::Memos, key);
        field.map_or(shows_all, |field| is_shown(profile, Section::Memos, field.key))
    });
}

/// Takes the memos out of the record and unites them, newest first, with those
/// that are carried over; counts them in the summary. Of two of one id the carried one stays.
pub(crate) fn unite(record: &mut Record, carried: Carried) -> Vec<Entry<MemoBody>> {
    let ids: HashSet<&str> = carried.iter().map(|memo| memo.id.as_str()).collect();
    let before = record.memos.len();
    record.memos.retain(|memo| !ids.contains(memo.id.as_str()));
    let more = (carried.len() - (before - record.memos.len())) as u32;
    record.summary.counts.memos = record.summary.counts.memos.saturating_add(more);
    if let Some(state) = record.summary.sections.get_mut(&Section::Memos) {
        state.entries = state.entries.saturating_add(more);
        if more > 0 && state.hidden {
            // They were provided once, and a profile of today does not take them away; new ones are not provided.
            (state.hidden, state.partial) = (false, true);
        }
    }
    let read = std::mem::take(&mut record.memos).into_iter().map(|e| with_body(e, MemoBody::Read));
    let mut all: Vec<_> = read.chain(carried.into_iter().map(|e| with_body(e, MemoBody::Carried))).collect();
    all.sort_by_key(|e| Reverse(e.date.map(|d| d.at)));
    all
}

fn with_body<T>(e: Entry<T>, body: fn(T) -> MemoBody) -> Entry<MemoBody> {
    Entry { id: e.id, date: e.date, status: e.status, marks: e.marks, source: e.source, body: body(e.body) }
}

/// Another birth date, sex or kana name under the same ids may be another
/// person; so may a summary that cannot be read.
pub(super) fn check_identity(head: &RecordHead, new: &Summary) -> Result<(), ImportError> {
    let Some(old) = crate::archive::summary_of(head) else {
        return Err(ImportError::StoredDamaged { entries: 0, losses: Losses::default() });
    };
    match identity::differences(&old, new).first() {
        Some(field) => Err(ImportError::IdentityDiffers { field }),
        None => Ok(()),
    }
}

/// Another profile may show what the stored one hid, and hide what it showed.
pub(super) fn check_profile(head: &RecordHead, new: &Summary) -> Result<(), ImportError> {
    let Some(stored) = crate::archive::summary_of(head).and_then(|old| old.profile) else { return Ok(()) };
    if new.profile.as_ref().is_some_and(|shape| shape.sha256 == stored.sha256) {
        return Ok(());
    }
    let is_same = |shape: &Shape| shape.id == stored.id && shape.version == stored.version;
    let same_version = new.profile.as_ref().is_some_and(is_same);
    let stored = format!("{} {} {}", stored.name, stored.id, stored.version);
    Err(ImportError::ProfileDiffers { stored, same_version })
}

/// Stops where the new record lacks what the stored one holds or may hold.
pub(super) fn check_losses(old: &RecordLines<'_>, new: &Record) -> Result<(), ImportError> {
    let (losses, damage) = losses(old, new);
    if damage != Damage::default() {
        return Err(ImportError::StoredDamaged { entries: damage.entries, losses });
    }
    if losses.total() > 0 { Err(ImportError::WouldLose { losses }) } else { Ok(()) }
}

/// Entries that the new record does not hold, or holds something else instead of. Memos are carried over and cannot be
/// lost; a derived list of basics is one entry and is compared too.
fn losses(old: &RecordLines<'_>, new: &Record) -> (Losses, Damage) {
    let (mut losses, mut damage) = (Losses::default(), Damage::default());
    for section in Section::ALL.into_iter().filter(|s| *s != Section::Memos) {
        let (missing, found) = missing(old, new, section);
        damage.chunks += found.chunks;
        damage.entries += found.entries;
        let mut loss = SectionLoss::default();
        missing.iter().for_each(|entry| loss.add(entry.date));
        if loss.entries > 0 {
            losses.0.insert(section, loss);
        }
    }
    (losses, damage)
}

impl SectionLoss {
    fn add(&mut self, date: Option<Timestamp>) {
        self.entries += 1;
        if let Some(date) = date {
            self.from = Some(self.from.map_or(date, |d| d.min(date)));
            self.to = Some(self.to.map_or(date, |d| d.max(date)));
        }
    }
}
