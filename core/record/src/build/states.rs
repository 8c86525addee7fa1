//! Which files carry the items of which section: the ground for the four kinds
//! of nothing.

use super::{FileInput, Unread};
use crate::model::{Record, Section, SectionState};
use ssmix2::DataType;
use ssmix2::storage::Kind;
use std::collections::BTreeMap;

/// The sections a file of this kind can fill.
fn carried(kind: &Kind) -> &'static [Section] {
    use DataType::*;
    match kind {
        Kind::Standard(t) => match t {
            Adt00 => &[Section::Basics, Section::Allergies],
            Adt61 => &[Section::Allergies],
            Ppr01 => &[Section::Diagnoses],
            Adt22 | Adt42 | Adt52 => &[Section::Admissions],
            Omp01 => &[Section::Prescriptions],
            Omp02 | Omp12 => &[Section::Injections],
            Oml11 => &[Section::Labs],
            _ => &[Section::Others],
        },
        Kind::Extended(_) if kind.is_memo() => &[Section::Memos],
        Kind::Extended(_) => &[Section::Others],
    }
}

/// Counts carriers before the builders take the entries out of the files.
pub(super) fn count(files: &[FileInput], unread: &[Unread]) -> BTreeMap<Section, SectionState> {
    let mut states: BTreeMap<Section, SectionState> = Section::ALL.map(|s| (s, SectionState::default())).into();
    let mut add = |kind: &Kind, read: bool| {
        for section in carried(kind) {
            let state = states.entry(*section).or_default();
            if read { state.carriers_read += 1 } else { state.carriers_unreadable += 1 }
        }
    };
    files.iter().for_each(|f| add(&f.kind, true));
    unread.iter().for_each(|u| add(&u.kind, false));
    states
}

/// Adds the numbers of entries once the record stands.
pub(super) fn count_entries(record: &mut Record) {
    let lengths = [
        (Section::Basics, record.basics.len()),
        (Section::Allergies, record.allergies.len()),
        (Section::Diagnoses, record.diagnoses.len()),
        (Section::Admissions, record.admissions.len()),
        (Section::Prescriptions, record.prescriptions.len()),
        (Section::Injections, record.injections.len()),
        (Section::Labs, record.labs.len()),
        (Section::Memos, record.memos.len()),
        (Section::Others, record.others.len()),
    ];
    for (section, length) in lengths {
        record.summary.sections.entry(section).or_default().entries = length as u32;
    }
}
