//! 検査結果: one entry a value.

use super::{Context, FileInput, Role, entry, sort_newest_first, take};
use crate::about::Subject;
use crate::model::{Entry, Mark, Retracted, Section, Status};
use ssmix2::clinical::Lab;
use ssmix2::types::Text;
use std::cmp::Reverse;
use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

pub(super) fn build(context: &mut Context<'_>, files: &mut [FileInput]) -> Vec<Entry<Lab>> {
    let mut rows = take(files, |e| &mut e.labs);
    let versioned = orders_with_history(files, &rows);
    touch_versions(context, files, &rows);
    context.note_secret_rows(files, &rows);
    let mut all = Vec::with_capacity(rows.iter().map(|(_, labs)| labs.len()).sum());
    let mut known: HashSet<(bool, String)> = HashSet::new();
    // The current files before the history, of the history the latest version first.
    // Of two versions of one time it is the first path's.
    let version = |i: usize| {
        let file = &files[i];
        (file.role == Role::History).then(|| (Reverse(file.name.occurred.clone()), i))
    };
    rows.sort_by_key(|(i, _)| version(*i));
    for (file, labs) in rows.into_iter().map(|(i, labs)| (&files[i], labs)) {
        let mut stated: Vec<(bool, String)> = Vec::new();
        // Of what a rule keeps out not even the number is told.
        let counts = |context: &Context<'_>, lab: &Lab| !context.is_secret_row(file, lab);
        let replaced = labs.iter().filter(|lab| lab.replaced && counts(context, lab)).count() as u32;
        context.withheld.labs_replaced += replaced;
        for (number, lab) in labs.into_iter().enumerate() {
            let order = order_of(&lab, file);
            let identity = versioned.contains(order).then(|| (file.other_patient, identity(&lab, order)));
            let is_old = file.role == Role::History;
            if is_old && identity.as_ref().is_some_and(|i| known.contains(i)) || lab.replaced {
                continue;
            }
            stated.extend(identity);
            if matches!(lab.result_status.as_deref(), Some("D" | "W")) {
                let is_counted = counts(context, &lab);
                context.withheld.labs_deleted_or_wrong += u32::from(is_counted);
                let id = context.file_id(file, number);
                let about = Subject::of(&lab.item).digests(Section::Labs, &id);
                context.retracted.push(Retracted { section: Section::Labs, id, about });
                continue;
            }
            let (date, status) = (lab.collected_at(), status(&lab));
            let mut entry = entry(context, file, number, date, status, lab);
            if is_old {
                entry.marks.push(Mark::OnlyInOldVersion);
                context.useful_history.insert(file.file);
            }
            all.push(entry);
        }
        // Only now: rows of one file are no versions of each other here.
        known.extend(stated);
    }
    sort_newest_first(&mut all);
    context.keep_out_labs(&mut all);
    all
}

/// Notes the files of every version of a result that the withholding list names: an older one tells of it as well.
fn touch_versions(context: &mut Context<'_>, files: &[FileInput], rows: &[(usize, Vec<Lab>)]) {
    let item = |lab: &Lab, file: &FileInput| (Text::from(order_of(lab, file)), lab.item.clone());
    let each = || rows.iter().flat_map(|(i, labs)| labs.iter().enumerate().map(|(n, lab)| (&files[*i], n, lab)));
    let is_named =
        |(file, n, _): &(&FileInput, usize, &Lab)| context.rules.names(Section::Labs, &context.file_id(file, *n));
    if !context.rules.withheld.is_empty() {
        let named: HashSet<_> = each().filter(is_named).map(|(file, _, lab)| item(lab, file)).collect();
        let versions = each().filter(|(file, _, lab)| named.contains(&item(lab, file)));
        let files: Vec<u32> = versions.map(|(file, _, _)| file.file).collect();
        context.excluded_files.extend(files.into_iter().map(|file| (Section::Labs, file)));
    }
}

/// Only their values have to be told apart over versions.
fn orders_with_history(files: &[FileInput], rows: &[(usize, Vec<Lab>)]) -> HashSet<Text> {
    let history = rows.iter().map(|(i, labs)| (&files[*i], labs)).filter(|(f, _)| f.role == Role::History);
    history.flat_map(|(f, labs)| labs.iter().map(move |l| order_of(l, f).into())).collect()
}

/// The order number of a value, else its file's.
fn order_of<'a>(lab: &'a Lab, file: &'a FileInput) -> &'a str {
    lab.group.order.number.as_deref().unwrap_or(&file.name.order)
}

/// Order, specimen, item, sub id and time: one value over all its versions.
fn identity(lab: &Lab, order: &str) -> String {
    let g = &lab.group;
    let specimen = g.specimen.as_ref().map(|s| &*s.code).unwrap_or("");
    let at = lab.collected_at().map(|t| t.to_string()).unwrap_or_default();
    let sub = lab.sub_id.as_deref().unwrap_or("");
    let item = if lab.item.code.is_empty() { &lab.item.alt_code } else { &lab.item.code };
    [order, specimen, item, lab.item.display(), sub, &at].join("\u{1f}")
}

/// Marks the rows of one test group that a later row of the same item, sub id and
/// time replaces. Coded values without a sub id are not versions of each other:
/// senders list several organisms that way.
pub(super) fn mark_replaced(labs: &mut [Lab]) {
    let mut codes = HashSet::with_capacity_and_hasher(labs.len(), foldhash::fast::RandomState::default());
    if labs.iter().all(|l| codes.insert((&*l.item.code, &*l.item.alt_code, Arc::as_ptr(&l.group)))) {
        return;
    }
    // From the end: what came behind in the same group, and whether as a correction.
    let mut behind: HashMap<_, bool> = HashMap::new();
    let mut group = None;
    for lab in labs.iter_mut().rev() {
        if group.replace(Arc::as_ptr(&lab.group)) != Some(Arc::as_ptr(&lab.group)) {
            behind.clear();
        }
        let is_list = lab.value_code.is_some() && lab.sub_id.is_none() || lab.microbiology.is_some();
        let is_correction = lab.result_status.as_deref() == Some("C");
        let corrected = behind.entry((Arc::clone(&lab.item), lab.sub_id.clone(), lab.observed_at));
        if let Slot::Occupied(corrected) = &corrected
            && (!is_list || *corrected.get())
        {
            lab.replaced = true;
        }
        *corrected.or_default() |= is_correction;
    }
}

/// OBX-11 (HL7 table 0085), beside it ORC-5: nothing that is not final looks so.
fn status(lab: &Lab) -> Status {
    match lab.result_status.as_deref() {
        Some("F" | "U") => Status::Final,
        Some("C") => Status::Corrected,
        Some("P") => Status::Preliminary,
        Some("S") => Status::PartialResult,
        Some("I") => Status::Pending,
        Some("R") => Status::NotVerified,
        Some("X") => Status::NoResult,
        _ => Status::Unknown,
    }
}
