//! Which files carry the items of which section: the ground for the four kinds
//! of nothing.

use super::{FileInput, Unread, occurred};
use crate::model::{Record, Section, SectionState, Span};
use ssmix2::DataType;
use ssmix2::storage::Kind;
use ssmix2::types::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The sections a file of this kind can fill.
pub(super) fn carried(kind: &Kind) -> &'static [Section] {
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

/// Says for each section which carriers were read, and of which time. A file from which the rules took everything that
/// its section would have shown is as if it were not there.
pub(super) fn fill(record: &mut Record, files: &[FileInput], unread: &[Unread], touched: &BTreeSet<(Section, u32)>) {
    let emptied = emptied(record, touched);
    let mut states: BTreeMap<Section, SectionState> = Section::ALL.map(|s| (s, SectionState::default())).into();
    let mut spans: BTreeMap<Section, Span> = BTreeMap::new();
    for file in files {
        for section in carried(&file.kind).iter().filter(|s| !emptied.contains(&(**s, file.file))) {
            states.entry(*section).or_default().carriers_read += 1;
            spans.entry(*section).or_default().add(file.name.date().map(Timestamp::day), occurred(&file.name.occurred));
        }
    }
    for section in unread.iter().flat_map(|u| carried(&u.kind)) {
        states.entry(*section).or_default().carriers_unreadable += 1;
    }
    record.summary.sections = states;
    record.spans = spans;
}

/// Of the files that lost an entry to a rule those that have none left in that section.
fn emptied(record: &Record, touched: &BTreeSet<(Section, u32)>) -> BTreeSet<(Section, u32)> {
    let mut emptied = touched.clone();
    if !emptied.is_empty() {
        let left: HashSet<(Section, u32)> =
            record.heads().flat_map(|head| head.source.iter().map(move |file| (head.section, *file))).collect();
        emptied.retain(|file| !left.contains(file));
    }
    emptied
}
