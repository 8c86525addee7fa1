//! A drill held against an earlier one: what is new.
//!
//! A number alone would not do: one file mended and another broken is the same number. So a finding keeps a trace of each
//! patient, of whom no trace can be read; of very many patients the same part every time.

use crate::checks::{Check, Drill};
use crate::report::{Chosen, Example, FieldCover, Finding, Report};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Patients a finding keeps a trace of: those with the smallest hashes.
const TRACED: usize = 1000;

/// How often a finding was made of a patient, and the places of the first few, as hashes: by the hash of the patient.
pub type Traces = BTreeMap<String, Vec<u32>>;

/// Notes a patient of a finding.
pub(crate) fn trace(traces: &mut Traces, count: u64, examples: &[Example]) {
    let Some(patient) = examples.first().map(|example| &example.patient) else { return };
    let places = examples.iter().map(place);
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let mut trace: Vec<u32> = std::iter::once(count).chain(places).collect();
    trace[1..].sort_unstable();
    traces.insert(format!("{:08x}{:08x}", hash(&["patient", patient]), hash(&[patient])), trace);
    if traces.len() > TRACED {
        traces.pop_last();
    }
}

/// Of an entry of a re-issue the file is named by when it was written: each re-issue has other names.
fn place(example: &Example) -> u32 {
    match example.told_by {
        Some(byte) => hash(&[&example.place, &byte.to_string()]),
        None => hash(&[&example.path, &example.place]),
    }
}

/// One byte of a text.
pub(crate) fn byte_of(text: &str) -> u8 {
    hash(&["text", text]).to_be_bytes()[0]
}

/// The same on every machine and in every release: an earlier report was made by another.
fn hash(parts: &[&str]) -> u32 {
    let mut all = Sha256::new();
    parts.iter().for_each(|part| all.update([part.as_bytes(), &[0]].concat()));
    all.finalize().iter().take(4).fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

/// Leaves as new only what an earlier report does not have, and says what that has and this one lacks.
pub(crate) fn held_against(report: &mut Report, baseline: &Report) {
    let known: BTreeMap<(Check, &str), &Finding> =
        baseline.findings.iter().map(|finding| ((finding.check, finding.detail.as_str()), finding)).collect();
    for finding in &mut report.findings {
        if let Some(before) = known.get(&(finding.check, finding.detail.as_str())) {
            let grown = finding.count.saturating_sub(before.count);
            finding.new = grown.max(elsewhere(&before.traces, &finding.traces));
        } else if finding.check == Check::Drill(Drill::PeriodLost) {
            let mut before = known.keys().filter(|(check, _)| *check == finding.check);
            if before.any(|(_, period)| is_within(&finding.detail, period)) {
                finding.new = 0;
            }
        }
    }
    if report.scope.chosen == Chosen::All {
        report.findings.extend(fewer(report, baseline));
    }
}

/// Whether the months of one lost period, `labs 2023-04〜2023-06`, are all of another one: what was mended splits it.
fn is_within(period: &str, of: &str) -> bool {
    let parts = |text| {
        let (section, months) = str::split_once(text, ' ')?;
        let (from, to) = months.split_once('〜').unwrap_or((months, months));
        Some((section, from, to))
    };
    let (Some((section, from, to)), Some((of, first, last))) = (parts(period), parts(of)) else { return false };
    section == of && first <= from && to <= last
}

/// How many are of patients or in places that were not there before.
fn elsewhere(before: &Traces, now: &Traces) -> u64 {
    // Behind the last one of a trace that is full nobody knows who was there.
    let is_known =
        |patient: &&String| before.len() < TRACED || before.last_key_value().is_some_and(|(last, _)| *patient <= last);
    // A report of an older release has none.
    let traced = now.iter().filter(|(patient, _)| !before.is_empty() && is_known(patient));
    traced.map(|(patient, trace)| new_of_one(before.get(patient).map(Vec::as_slice), trace)).sum()
}

fn new_of_one(before: Option<&[u32]>, now: &[u32]) -> u64 {
    let (Some([was, places @ ..]), [is, new_places @ ..]) = (before, now) else {
        return now.first().copied().unwrap_or_default().into();
    };
    let grown = u64::from(is.saturating_sub(*was));
    // Of some places only the first few are known: others that come into sight are no news.
    let all_known = places.len() == *was as usize;
    let elsewhere = new_places.iter().filter(|place| all_known && !places.contains(place)).count() as u64;
    grown.max(elsewhere)
}

/// A storage only grows: what there was is not less.
fn fewer(report: &Report, baseline: &Report) -> Vec<Finding> {
    let less = |before: u64, now: u64| before.checked_sub(now).filter(|less| *less > 0);
    let (was, is) = (&baseline.scope, &report.scope);
    let patients = less(was.patients_in_storage.into(), is.patients_in_storage.into());
    let files = less(was.files, is.files);
    let whole = [(Drill::FewerPatients, patients), (Drill::FewerFiles, files)];
    let whole = whole.into_iter().filter_map(|(check, less)| Some((check, String::new(), less?)));
    let field = |now: &FieldCover| {
        let before = baseline.fields.iter().find(|of| of.section == now.section && of.key == now.key)?;
        let less = less(before.present.into(), now.present.into())?;
        // An allergy that was taken back takes a field with it.
        let is_many = less >= 2 && less * 50 >= u64::from(before.present);
        is_many.then(|| (Drill::FieldInFewer, format!("{}.{}", now.section.key(), now.key), less))
    };
    let fields = report.fields.iter().filter_map(field);
    whole.chain(fields).map(|(check, detail, less)| Finding::of(Check::Drill(check), detail, less)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traces(patients: &[(&str, u64, &[&str])]) -> Traces {
        let mut traces = Traces::new();
        for (patient, count, places) in patients {
            let example =
                |path: &&str| Example { patient: (*patient).into(), path: (*path).into(), ..Example::default() };
            trace(&mut traces, *count, &places.iter().map(example).collect::<Vec<_>>());
        }
        traces
    }

    #[test]
    fn one_mended_and_one_broken_is_one_new() {
        let before = traces(&[("1", 1, &["a"]), ("2", 2, &["b", "c"])]);
        assert_eq!(elsewhere(&before, &before), 0);
        assert_eq!(elsewhere(&before, &traces(&[("3", 1, &["a"]), ("2", 2, &["b", "c"])])), 1);
        assert_eq!(elsewhere(&before, &traces(&[("1", 1, &["a"]), ("2", 2, &["b", "d"])])), 1);
        assert_eq!(elsewhere(&before, &traces(&[("2", 1, &["c"])])), 0);
        // Of many places the first few are known: one that comes into sight was there before.
        let many = traces(&[("1", 9, &["a", "b", "c"])]);
        assert_eq!(elsewhere(&many, &traces(&[("1", 8, &["b", "c", "d"])])), 0);
        assert_eq!(elsewhere(&Traces::new(), &before), 0);
    }

    #[test]
    fn of_very_many_patients_the_same_part_is_kept() {
        let all: Vec<String> = (0..3000).map(|n| n.to_string()).collect();
        let of = |ids: &[String]| traces(&ids.iter().map(|id| (id.as_str(), 1, &["a"][..])).collect::<Vec<_>>());
        let (before, again) = (of(&all), of(&all[1..]));
        assert_eq!((before.len(), elsewhere(&before, &again)), (TRACED, 0));
    }
}
