//! 患者基本情報: ADT-00, newest PID-33 first; without one, a PID of another file.

use super::{Context, FileInput, Role, entry, of_kind};
use crate::model::{Entry, Mark, Status};
use ssmix2::DataType;
use ssmix2::clinical::{Basics, BloodType, Lab};
use std::cmp::Reverse;

/// The ADT-00 that decides who the patient is: of the folder's own patient
/// first, then the one updated last.
pub(super) fn primary(files: &[FileInput]) -> Option<&FileInput> {
    current(files).into_iter().next()
}

fn current(files: &[FileInput]) -> Vec<&FileInput> {
    let mut found: Vec<&FileInput> =
        of_kind(files, DataType::Adt00).filter(|f| f.role == Role::Current && f.entries.basics.is_some()).collect();
    let updated = |f: &FileInput| f.entries.basics.as_ref().and_then(|b| b.updated_at);
    found.sort_by_key(|f| (f.other_patient, Reverse((updated(f), f.name.occurred.clone())), f.file));
    found
}

pub(super) fn build(context: &mut Context<'_>, files: &[FileInput]) -> Vec<Entry<Basics>> {
    let mut all: Vec<Entry<Basics>> = Vec::new();
    for file in current(files) {
        let Some(basics) = file.entries.basics.as_deref() else {
            continue;
        };
        let mut entry = entry(context, file, file.folder, basics.updated_at, Status::Registered, basics.clone());
        entry.marks.retain(|m| *m != Mark::Undated);
        all.push(entry);
    }
    if all.is_empty() {
        all.extend(from_other_message(context, files));
    }
    // A department that is kept out is not named here either.
    for place in all.iter_mut().map(|e| &mut e.body.place) {
        place.take_if(|place| context.rules.hides_place(place));
    }
    all
}

/// Name, birth date and sex of the newest message of any kind.
fn from_other_message(context: &Context<'_>, files: &[FileInput]) -> Option<Entry<Basics>> {
    let named = files.iter().filter(|f| f.stamp.name.kanji.is_some() || f.stamp.name.kana.is_some());
    let file = named.max_by_key(|f| (!f.other_patient, &f.name.occurred, f.file))?;
    let stamp = file.stamp.clone();
    let basics =
        Basics { name: (*stamp.name).clone(), birth_date: stamp.birth_date, sex: stamp.sex, ..Basics::default() };
    let mut entry = entry(context, file, 0, None, Status::Registered, basics);
    entry.marks.push(Mark::FromOtherMessage);
    Some(entry)
}

/// Adds what laboratory results say of the blood group, in the order of their files. Contradictions are all shown with
/// their source and none is chosen.
pub(super) fn add_blood_types(context: &mut Context<'_>, all: &mut [Entry<Basics>], labs: &[Entry<Lab>]) {
    if let Some(first) = all.first_mut() {
        add(first, labs);
    }
    mark_conflicts(context, all);
}

fn add(entry: &mut Entry<Basics>, labs: &[Entry<Lab>]) {
    let is_own = |e: &&Entry<Lab>| !e.marks.iter().any(|m| matches!(m, Mark::OtherPatient | Mark::OnlyInOldVersion));
    // What could not be determined says nothing; preliminary results say so themselves.
    let stated = labs.iter().filter(is_own).filter(|e| e.status != Status::NoResult);
    let mut from_labs: Vec<(u32, u32, &Lab)> =
        stated.filter_map(|e| Some((*e.source.first()?, e.body.segment, &e.body))).collect();
    from_labs.retain(|(_, _, lab)| lab.blood.is_some());
    from_labs.sort_by_key(|(file, segment, _)| (*file, *segment));
    for (file, _, lab) in from_labs {
        let Some(blood) = lab.blood.as_deref().cloned() else { continue };
        let rh = lab.item.code.starts_with("5H020") || lab.item.alt_code.starts_with("5H020");
        let list = if rh { &mut entry.body.blood_rh } else { &mut entry.body.blood_abo };
        if !list.iter().any(|b| b.value == blood.value && b.source == blood.source) {
            list.push(blood);
            entry.source.push(file);
        }
    }
    // Its own file stays the first: without the blood types it is the only one.
    let mut more: Vec<u32> = entry.source.drain(1..).collect();
    more.sort_unstable();
    more.dedup();
    let own = entry.source.first().copied();
    entry.source.extend(more.into_iter().filter(|file| Some(*file) != own));
}

/// Marks every entry when two sources name two groups.
fn mark_conflicts(context: &mut Context<'_>, all: &mut [Entry<Basics>]) {
    if blood_types_differ(all) {
        for entry in all {
            entry.marks.push(Mark::Conflict);
            context.findings.blood_type_conflict.extend(&entry.source);
        }
    }
}

/// Whether two sources name two groups, in one volume or in several. What names no group (`U`, a remark)
/// contradicts nothing.
pub(crate) fn blood_types_differ(all: &[Entry<Basics>]) -> bool {
    let differ = |list: fn(&Basics) -> &[BloodType]| {
        let mut known = all.iter().flat_map(|e| list(&e.body)).filter(|b| b.names_group()).map(|b| &b.value);
        let first = known.next();
        known.any(|value| Some(value) != first)
    };
    differ(|b| &b.blood_abo) || differ(|b| &b.blood_rh)
}
