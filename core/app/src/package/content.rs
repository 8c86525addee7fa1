//! What came out of a package, read as a record: limits, consistency, and the profile applied once more.
//!
//! Whatever is wrong here was signed by the hospital: nothing of it is taken, and the record that is held stays.

use super::error::ReceiveError;
use super::issue::subject_of;
use crate::archive::Damage;
use crate::identity;
use crate::import::LeftOut;
use crate::import::store::catalogue;
use crate::whole;
use mykarte_record::lines::{Chunk, ChunkMeta, limits};
use mykarte_record::profile::apply::apply;
use mykarte_record::{Record, Section, Summary};
use mykarte_vault::package::{Bomb, KeyList, Opened, Part, Proof};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// The version of the form of the parts here. A device reads those up to its own.
pub(super) const FORM: u32 = 1;
/// The part that holds the summary.
pub(super) const SUMMARY: &str = "summary";
/// The part that says what is not there any more, and why.
pub(super) const LEFT_OUT: &str = "left_out";
/// Entries of a record (D14).
pub(super) const MAX_ENTRIES: usize = 1_000_000;

/// A record out of a package.
pub(super) struct Content {
    pub record: Record,
    /// The summary as it was signed.
    pub summary: Zeroizing<Vec<u8>>,
    /// The sections as they were signed.
    pub parts: Vec<Part>,
    pub left_out: LeftOut,
    pub proof: Proof,
    /// Set when the profile, applied here, took something out: then `record` is what is to be stored.
    pub taken: Option<Taken>,
    /// The record is not stored as it was signed.
    pub is_changed: bool,
}

impl Content {
    /// The summary as it is stored: as signed, where nothing was changed.
    pub fn catalogue(&self) -> Result<Vec<u8>, ReceiveError> {
        match self.is_changed {
            true => Ok(catalogue(&self.record.summary)?.0),
            false => Ok(self.summary.to_vec()),
        }
    }
}

/// The hospital sent more than its profile shows; it was taken out on the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The sections that changed; none when it was the summary alone.
    pub sections: Vec<Section>,
}

/// Reads what was opened.
pub(super) fn read(opened: Opened, list: &KeyList) -> Result<Content, ReceiveError> {
    let Opened { origin, parts, proof } = opened;
    if !(1..=FORM).contains(&origin.content_form) {
        return Err(ReceiveError::UnknownForm);
    }
    let (summaries, parts): (Vec<Part>, Vec<Part>) =
        parts.into_iter().partition(|part| part.section.as_str() == SUMMARY);
    let (left_out, parts): (Vec<Part>, Vec<Part>) =
        parts.into_iter().partition(|part| part.section.as_str() == LEFT_OUT);
    let [summary] = &summaries[..] else { return Err(ReceiveError::Inconsistent { what: "parts" }) };
    let summary_json = summary.plain()?;
    let summary: Summary = json(&summary_json)?;
    let left_out = match &left_out[..] {
        [] => LeftOut::default(),
        [part] => json(&part.plain()?)?,
        _ => return Err(ReceiveError::Inconsistent { what: "parts" }),
    };
    check_sections(&parts)?;
    let subject = subject_of(&summary);
    let agrees = [
        ("facility", summary.hospital.id == list.listing().facility),
        ("patient", subject.patient_id == origin.subject.patient_id),
        ("birth_date", subject.birth_date == origin.subject.birth_date),
        ("profile", profile_hash(&summary) == Some(origin.profile_sha256)),
    ];
    if let Some((what, _)) = agrees.into_iter().find(|(_, agrees)| !agrees) {
        return Err(ReceiveError::Inconsistent { what });
    }
    let record = to_record(summary, &parts)?;
    check_counts(&record)?;
    if identity::contradicts_itself(&record) {
        return Err(ReceiveError::Inconsistent { what: "person" });
    }
    let (record, taken) = shape_again(record);
    Ok(Content { record, summary: summary_json, parts, left_out, proof, taken, is_changed: false })
}

/// SHA-256 of the profile that shaped a record.
pub(super) fn profile_hash(summary: &Summary) -> Option<[u8; 32]> {
    let text = &summary.profile.as_ref()?.sha256;
    let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    let bytes: Vec<u8> = (0..text.len()).step_by(2).map(byte).collect::<Option<_>>()?;
    bytes.try_into().ok()
}

fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ReceiveError> {
    limits::check_json(bytes).map_err(refusal)?;
    serde_json::from_slice(bytes).map_err(|_| ReceiveError::UnknownForm)
}

fn refusal(excess: limits::Excess) -> ReceiveError {
    match excess {
        limits::Excess::Depth => ReceiveError::Package(Bomb::Depth.into()),
        limits::Excess::Expanded => ReceiveError::Package(Bomb::Total.into()),
        limits::Excess::NotLines => ReceiveError::Inconsistent { what: "parts" },
    }
}

/// Every part belongs to a section and holds as many entries as it says.
fn check_sections(parts: &[Part]) -> Result<(), ReceiveError> {
    let (mut entries, mut expanded) = (0, 0);
    for part in parts {
        if !Section::ALL.iter().any(|section| section.key() == part.section.as_str()) {
            return Err(ReceiveError::UnknownForm);
        }
        let meta: ChunkMeta = json(&part.meta)?;
        entries += meta.entries as usize;
        if entries > MAX_ENTRIES {
            return Err(ReceiveError::Package(Bomb::Entries.into()));
        }
        let (there, length) = limits::check(&part.plain()?).map_err(refusal)?;
        expanded += length;
        if expanded > limits::MAX_EXPANDED_IN_ALL {
            return Err(ReceiveError::Package(Bomb::Total.into()));
        }
        if there != meta.entries as usize {
            return Err(ReceiveError::Inconsistent { what: "parts" });
        }
    }
    Ok(())
}

/// The first screen says as many entries as there are.
fn check_counts(record: &Record) -> Result<(), ReceiveError> {
    for section in Section::ALL {
        let there = record.heads().filter(|head| head.section == section).count();
        let said = record.summary.sections.get(&section).map_or(0, |state| state.entries as usize);
        if said != there {
            return Err(ReceiveError::Inconsistent { what: "counts" });
        }
    }
    Ok(())
}

fn to_record(summary: Summary, parts: &[Part]) -> Result<Record, ReceiveError> {
    let each = |section: Section, f: &mut dyn FnMut(&[u8])| {
        for part in parts.iter().filter(|part| part.section.as_str() == section.key()) {
            // Each was opened by the check before.
            let plain = part.plain().unwrap_or_default();
            if let Some(chunk) = Chunk::open(&plain) {
                (0..chunk.len()).for_each(|i| f(&chunk.line(i)));
            }
        }
        Damage::default()
    };
    whole::gather(summary, &each).map(|(record, _)| record).map_err(|_| ReceiveError::UnknownForm)
}

/// Applies the profile that shaped a record once more (design D9): what it hides is not kept, whoever sent it.
fn shape_again(record: Record) -> (Record, Option<Taken>) {
    let Some(shape) = record.summary.profile.clone() else { return (record, None) };
    let profile = shape.again(|section| record.summary.hides(section));
    let (mut again, _) = apply(&profile, record.clone());
    again.summary.profile = Some(shape);
    let sections: Vec<Section> = Section::ALL.into_iter().filter(|s| !is_same(&record, &again, *s)).collect();
    if sections.is_empty() && again.summary == record.summary {
        return (record, None);
    }
    (again, Some(Taken { sections }))
}

fn is_same(a: &Record, b: &Record, section: Section) -> bool {
    match section {
        Section::Basics => a.basics == b.basics,
        Section::Allergies => a.allergies == b.allergies,
        Section::Diagnoses => a.diagnoses == b.diagnoses,
        Section::Admissions => a.admissions == b.admissions,
        Section::Prescriptions => a.prescriptions == b.prescriptions,
        Section::Injections => a.injections == b.injections,
        Section::Labs => a.labs == b.labs,
        Section::Memos => a.memos == b.memos,
        Section::Others => a.others == b.others,
    }
}
