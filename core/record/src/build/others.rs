//! その他: what feeds no section, kept with date, kind, title and order number.

use super::numbers::{ByNumber, Number};
use super::{Context, FileInput, Role, entry, sort_newest_first};
use crate::model::{Entry, Mark, Status};
use ssmix2::DataType;
use ssmix2::clinical::{Lab, Movement, Other};
use ssmix2::types::{Text, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// `loose`: files of transfers that fall into no stay. `labs`: the results shown.
pub(super) fn build(
    context: &mut Context<'_>,
    files: &mut [FileInput],
    loose: &HashSet<u32>,
    labs: &[Entry<Lab>],
) -> Vec<Entry<Other>> {
    let results = results(labs);
    let mut all: Vec<Entry<Other>> = Vec::new();
    let mut known: HashMap<(bool, Option<Timestamp>), Vec<usize>> = HashMap::new();
    for file in files.iter_mut() {
        let other = match (file.entries.other.take(), file.entries.movement.as_deref()) {
            (Some(other), _) => *other,
            (None, Some(movement)) if loose.contains(&file.file) => transfer(movement),
            _ => continue,
        };
        let is_answered = || {
            let is_kept_out = context.rules.of_other(&other).is_some() || context.is_answered_in_secret(file, &other);
            !is_kept_out && is_answered(&results, file, &other)
        };
        if file.kind.standard() == Some(DataType::Oml01) && is_answered() {
            context.withheld.lab_orders_with_results += 1;
            context.answered_orders.push(context.file_id(file, 0));
            continue;
        }
        // Volumes that overlap bring one event twice.
        if file.kind.standard().is_some_and(|t| t.repeats_without_order_number()) {
            let of_its_time = known.entry((file.other_patient, other.at)).or_default();
            if of_its_time.iter().any(|at| all[*at].body == other) {
                context.repeats.insert(file.file);
                continue;
            }
            of_its_time.push(all.len());
        }
        let status = status(file, &other);
        let mut entry = entry(context, file, 0, other.at, status, other);
        if file.role == Role::History {
            entry.marks.push(Mark::OldVersion);
            context.useful_history.insert(file.file);
        }
        all.push(entry);
    }
    sort_newest_first(&mut all);
    context.keep_out_others(&mut all);
    all
}

/// Another patient's results answer nobody's order but that patient's.
fn results(labs: &[Entry<Lab>]) -> ByNumber<Number> {
    // The values of one test group share their order, so one of them is enough.
    let same = |a: &Entry<Lab>, b: &Entry<Lab>| Arc::ptr_eq(&a.body.group, &b.body.group) && a.date == b.date;
    let groups = labs.chunk_by(same).filter_map(<[Entry<Lab>]>::first);
    ByNumber::new(groups.filter_map(|lab| {
        let number = lab.body.group.order.number.clone()?;
        Some(((lab.marks.contains(&Mark::OtherPatient), number), lab.date?.date(), 0))
    }))
}

fn is_answered(results: &ByNumber<Number>, file: &FileInput, order: &Other) -> bool {
    let date = order.at.map(|t| t.date()).or_else(|| file.name.date());
    let number = order.order_number.clone().map(|n| (file.other_patient, n));
    number.zip(date).is_some_and(|(number, date)| !results.near(&number, date).is_empty())
}

fn transfer(movement: &Movement) -> Other {
    let place = |p: &Option<Arc<ssmix2::types::Place>>| p.as_ref().map(|p| p.display()).unwrap_or_default();
    Other {
        kind: movement.kind.folder().into(),
        kind_label: movement.kind.label().into(),
        title: format!("{} → {}", place(&movement.previous_place), place(&movement.place)).into(),
        at: movement.at,
        department: movement.department.clone(),
        doctor: movement.attending_doctor.clone(),
        elsewhere: movement.elsewhere.clone(),
        ..Other::default()
    }
}

fn status(file: &FileInput, other: &Other) -> Status {
    use DataType::*;
    let Some(kind) = file.kind.standard() else {
        return Status::Registered;
    };
    if other.cancelled {
        return Status::Cancelled;
    }
    match kind {
        Adt21 | Adt41 | Adt51 => Status::Planned,
        Omg11 | Omg12 | Omg13 | Adt01 | Adt12 | Adt22 | Adt31 | Adt32 | Adt42 | Adt52 | Oml11 => Status::Done,
        // What became of each drug stands in its line.
        Omp11 => administered(other),
        _ => super::prescriptions::order_status(&ssmix2::clinical::Order {
            control: other.control.clone(),
            ..Default::default()
        }),
    }
}

fn administered(other: &Other) -> Status {
    let each: HashSet<Vec<Text>> = other.items.iter().map(|i| i.notes.clone()).collect();
    let codes: Vec<&str> = other.items.iter().flat_map(|i| &i.notes).map(Text::as_str).collect();
    match (each.len(), codes.as_slice()) {
        (2.., _) => Status::Mixed,
        (_, codes) if codes.contains(&"D") => Status::Retracted,
        (_, ["CP", ..]) => Status::Given,
        (_, ["PA", ..]) => Status::Partial,
        (_, ["RE", ..]) => Status::Refused,
        (_, ["NA", ..]) => Status::NotGiven,
        _ => Status::Unknown,
    }
}
