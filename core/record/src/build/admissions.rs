//! 入退院情報: admissions and discharges paired into stays.
//!
//! SS-MIX2 has no encounter number. A discharge that names its admission time
//! (PV1-44) pairs with that one only; else it closes the last admission at or
//! before it, if that is still open. What pairs with nothing is kept and says so.

use super::{Context, FileInput, Role};
use crate::model::{AdmissionReason, Diagnosis, Entry, Mark, Sources, Status, Stay};
use crate::tables;
use ssmix2::DataType;
use ssmix2::clinical::Movement;
use ssmix2::types::{Precision, Timestamp};
use std::cmp::Reverse;
use std::collections::HashSet;

struct Event<'a> {
    file: &'a FileInput,
    movement: &'a Movement,
    at: Timestamp,
}

/// The stays, and the files of movements that belong to none.
pub(super) fn build(
    context: &mut Context<'_>,
    files: &[FileInput],
    diagnoses: &[Entry<Diagnosis>],
) -> (Vec<Entry<Stay>>, HashSet<u32>) {
    let admissions = events(context, files, DataType::Adt22);
    let discharges = events(context, files, DataType::Adt52);
    let (pairs, alone) = pair(&admissions, &discharges);
    let mut stays: Vec<Entry<Stay>> = Vec::new();
    for (admission, paired) in admissions.iter().zip(pairs) {
        let followed = is_followed(admission, &admissions, &discharges);
        if paired.is_none() && followed {
            context.findings.admission_while_open.push(admission.file.file);
        }
        let closed_by = paired.map(|(d, how)| (&discharges[d], how));
        stays.push(stay(context, Some(admission), closed_by, followed));
    }
    for discharge in alone.into_iter().map(|d| &discharges[d]) {
        context.findings.discharge_without_admission.push(discharge.file.file);
        stays.push(stay(context, None, Some((discharge, "")), false));
    }
    let mut loose = attach_transfers(context, files, &mut stays);
    // A movement that nothing dates belongs to no stay; it is kept all the same.
    let is_undated = |f: &&FileInput| f.entries.movement.as_deref().is_some_and(|m| m.at.is_none());
    loose.extend(files.iter().filter(is_undated).map(|f| f.file));
    stays.sort_by_key(|s| Reverse(s.body.admitted_at.or(s.body.discharged_at).map(|t| t.at)));
    context.keep_out_stays(&mut stays, files);
    for stay in &mut stays {
        stay.body.reasons = reasons(&stay.body, diagnoses);
        // What another patient's file says keeps its mark wherever it is shown.
        let shown = |d: &&Entry<Diagnosis>| stay.body.reasons.iter().any(|r| r.diagnosis == d.id);
        let foreign = diagnoses.iter().filter(shown).any(|d| d.marks.contains(&Mark::OtherPatient));
        if foreign && !stay.marks.contains(&Mark::OtherPatient) {
            stay.marks.insert(0, Mark::OtherPatient);
        }
    }
    (stays, loose)
}

/// Movements of one kind by time. Two files with the same time are versions of
/// one event; the current and newest one counts. Where only the folder dates
/// them, they are one event only if they were sent at one time.
fn events<'a>(context: &mut Context<'_>, files: &'a [FileInput], kind: DataType) -> Vec<Event<'a>> {
    let mut found: Vec<Event<'a>> = Vec::new();
    for file in files {
        let Some(movement) = file.entries.movement.as_deref().filter(|m| m.kind == kind) else {
            continue;
        };
        let Some(at) = movement.at else { continue };
        found.push(Event { file, movement, at });
    }
    found
        .sort_by_key(|e| (e.at, e.file.other_patient, e.file.role, Reverse(e.file.name.occurred.clone()), e.file.file));
    found.dedup_by(|later, first| {
        let (a, b) = (&later.file.name, &first.file.name);
        let is_dated = later.movement.at_from != "folder" || a.occurred == b.occurred;
        let is_own = later.file.other_patient == first.file.other_patient;
        let is_repeat = later.at == first.at && a.care_date == b.care_date && is_dated && is_own;
        context.repeats.extend(is_repeat.then_some(later.file.file));
        is_repeat
    });
    for event in found.iter().filter(|e| e.file.role == Role::History) {
        context.useful_history.insert(event.file.file);
    }
    found
}

/// `a` is not after `b`, as far as both are exact.
fn not_after(a: Timestamp, b: Timestamp) -> bool {
    if a.precision <= Precision::Day || b.precision <= Precision::Day { a.date() <= b.date() } else { a.at <= b.at }
}

fn same_moment(a: Timestamp, b: Timestamp) -> bool {
    if a.precision <= Precision::Day || b.precision <= Precision::Day { a.date() == b.date() } else { a.at == b.at }
}

/// The discharge of an admission, and how the two were paired.
type Closing = Option<(usize, &'static str)>;

/// The closing of each admission, and the discharges that close none. Another
/// patient's discharge never closes an admission of this one.
fn pair(admissions: &[Event<'_>], discharges: &[Event<'_>]) -> (Vec<Closing>, Vec<usize>) {
    let mut closings: Vec<Closing> = vec![None; admissions.len()];
    let is_own = |a: usize, d: &Event<'_>| admissions[a].file.other_patient == d.file.other_patient;
    let mut alone = Vec::new();
    for (d, discharge) in discharges.iter().enumerate() {
        let Some(named) = discharge.movement.admitted_at else { continue };
        let is_named = |a: &usize| same_moment(named, admissions[*a].at) && is_own(*a, discharge);
        match (0..admissions.len()).filter(is_named).find(|a| closings[*a].is_none()) {
            Some(a) => closings[a] = Some((d, "PV1-44")),
            None => alone.push(d),
        }
    }
    for (d, discharge) in discharges.iter().enumerate().filter(|(_, d)| d.movement.admitted_at.is_none()) {
        // An earlier one that is still open lacks its own discharge, not this one.
        let last = (0..admissions.len()).rfind(|a| not_after(admissions[*a].at, discharge.at) && is_own(*a, discharge));
        match last.filter(|a| closings[*a].is_none()) {
            Some(a) => closings[a] = Some((d, "time")),
            None => alone.push(d),
        }
    }
    alone.sort_unstable();
    (closings, alone)
}

/// Another stay of the same patient begins later.
fn is_followed(admission: &Event<'_>, admissions: &[Event<'_>], discharges: &[Event<'_>]) -> bool {
    let begins = |e: &Event<'_>| if e.movement.kind == DataType::Adt52 { e.movement.admitted_at } else { Some(e.at) };
    let own = admissions.iter().chain(discharges).filter(|e| e.file.other_patient == admission.file.other_patient);
    own.filter_map(begins).any(|at| at > admission.at)
}

fn stay(
    context: &Context<'_>,
    admission: Option<&Event<'_>>,
    discharge: Option<(&Event<'_>, &str)>,
    followed: bool,
) -> Entry<Stay> {
    let named = discharge.and_then(|(d, _)| d.movement.admitted_at);
    let admitted_at = admission.map(|a| a.at).or(named);
    let discharged_at = discharge.map(|(d, _)| d.at);
    let from = |kind: &str, e: &Event<'_>| format!("{kind} {}", e.movement.at_from);
    let files: Vec<&FileInput> =
        admission.iter().map(|a| a.file).chain(discharge.iter().map(|(d, _)| d.file)).collect();
    let mut marks: Vec<Mark> = files.iter().flat_map(|f| context.marks(f)).collect();
    if files.iter().any(|f| f.role == Role::History) {
        marks.push(Mark::OldVersion);
    }
    marks.sort_unstable();
    marks.dedup();
    let code = discharge.and_then(|(d, _)| d.movement.disposition.as_ref()).map(|c| c.code.to_string());
    // Where stays may be missing nobody can tell: of one that was followed by such a stay it would be wrong that it is
    // open, and that its end is unknown would tell of the other.
    let followed = followed || context.rules.may_remove_stays();
    let status = match (discharged_at.is_some(), followed) {
        (true, _) => Status::Ended,
        (false, true) => Status::EndUnknown,
        (false, false) => Status::Open,
    };
    let body = Stay {
        admitted_at,
        admitted_from: admission.map(|a| from("ADT-22", a)).or(named.map(|_| "ADT-52 PV1-44".to_string())),
        discharged_at,
        discharged_from: discharge.map(|(d, _)| from("ADT-52", d)),
        paired_by: discharge.map(|(_, how)| how.to_string()).filter(|how| !how.is_empty()),
        reasons: Vec::new(),
        died: code.is_some_and(|c| tables::is_death_disposition(&c)),
        admission: admission.map(|a| a.movement.clone()),
        discharge: discharge.map(|(d, _)| d.movement.clone()),
        transfers: Vec::new(),
    };
    let id = context.file_id(files[0], 0);
    let mut source: Sources = files.iter().map(|f| f.file).collect();
    source.sort_unstable();
    Entry { id, date: admitted_at.or(discharged_at), status, marks, source, body }
}

/// Puts each transfer into the stay it falls into, by day: the day of discharge
/// still belongs to the stay; a stay takes only its own patient's. Returns the files of those that fall into none.
fn attach_transfers(context: &mut Context<'_>, files: &[FileInput], stays: &mut [Entry<Stay>]) -> HashSet<u32> {
    let mut loose = HashSet::new();
    for event in events(context, files, DataType::Adt42) {
        let day = event.at.date();
        let within = stays.iter_mut().rev().find(|s| {
            let (from, to) = (s.body.admitted_at, s.body.discharged_at);
            s.marks.contains(&Mark::OtherPatient) == event.file.other_patient
                && (from.is_some() || to.is_some())
                && from.is_none_or(|f| f.date() <= day)
                && to.is_none_or(|t| day <= t.date())
        });
        match within {
            Some(stay) => {
                stay.body.transfers.push(event.movement.clone());
                stay.source.push(event.file.file);
                stay.marks.extend(context.marks(event.file));
                stay.marks.extend((event.file.role == Role::History).then_some(Mark::OldVersion));
                stay.marks.sort_unstable();
                stay.marks.dedup();
            }
            None => {
                loose.insert(event.file.file);
            }
        }
    }
    loose
}

/// Diagnoses made at admission (PRB-10.4 = H) whose date lies within the stay.
fn reasons(stay: &Stay, diagnoses: &[Entry<Diagnosis>]) -> Vec<AdmissionReason> {
    let Some(admitted) = stay.admitted_at.map(|t| t.date()) else {
        return Vec::new();
    };
    let until = stay.discharged_at.map(|t| t.date());
    let at_admission = diagnoses.iter().filter(|d| d.body.sent.timing.as_ref().is_some_and(|t| &*t.code == "H"));
    let within = at_admission.filter(|d| {
        let dates = [d.body.sent.recorded_at, d.body.sent.action_at, d.body.sent.onset];
        dates.into_iter().flatten().map(|t| t.date()).any(|day| admitted <= day && until.is_none_or(|u| day <= u))
    });
    within
        .map(|d| AdmissionReason {
            name: d.body.sent.name.to_string(),
            suspected: d.body.sent.suspected,
            diagnosis: d.id.clone(),
            from: "diagnosis_at_admission".to_string(),
        })
        .collect()
}
