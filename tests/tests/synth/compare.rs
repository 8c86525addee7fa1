//! One storage, imported patient by patient, against its truth.

use crate::lists;
use mykarte::Imported;
use mykarte::record::report::Reason;
use mykarte_synth::{Fate, Options, PatientTruth, Truth, generate};
use mykarte_tests::{import, request, summary};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::path::Path;

/// What differs, each with the name of the storage and the patient.
pub struct Differences {
    prefix: String,
    pub found: Vec<String>,
}

impl Differences {
    /// Compares two values.
    pub fn same<T: PartialEq + Debug>(&mut self, what: &str, read: T, truth: T) {
        if read != truth {
            self.found.push(format!("[{}] {what}: read {read:?}, truth {truth:?}", self.prefix));
        }
    }

    /// Compares two lists whatever their order; only what differs is told.
    pub fn same_list(&mut self, what: &str, read: Vec<String>, truth: Vec<String>) {
        let mut count: BTreeMap<String, i32> = BTreeMap::new();
        read.into_iter().for_each(|item| *count.entry(item).or_default() += 1);
        truth.into_iter().for_each(|item| *count.entry(item).or_default() -= 1);
        for (item, n) in count.into_iter().filter(|(_, n)| *n != 0).take(6) {
            let side = if n > 0 { "only read" } else { "only in truth" };
            self.found.push(format!("[{}] {what}: {side} {} x {item}", self.prefix, n.abs()));
        }
    }
}

/// Generates the storage, imports each of its patients and compares.
pub fn differences(name: &str, options: &Options) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let truth = generate(options, dir.path()).unwrap();
    let mut found = Vec::new();
    for (id, patient) in &truth.patients {
        let mut differences = Differences { prefix: format!("{name}, {id}"), found: Vec::new() };
        match import(&request(&[dir.path()], id)) {
            Ok(imported) => compare(&mut differences, &imported, patient, &truth),
            Err(error) => differences.same("import", format!("{error:?}"), "a record".to_string()),
        }
        found.append(&mut differences.found);
    }
    found
}

fn compare(d: &mut Differences, imported: &Imported, patient: &PatientTruth, truth: &Truth) {
    identity(d, &summary(imported), patient);
    counts(d, &summary(imported)["counts"], patient);
    withheld(d, &summary(imported)["withheld"], patient);
    files(d, imported, patient, truth);
    lists::compare(d, imported, patient);
    diagnostics(d, imported, patient, truth);
}

/// Where a reader must say that something was odd, a finding names the file.
/// Findings keep three places each, so only a storage with one defect is asked.
fn diagnostics(d: &mut Differences, imported: &Imported, t: &PatientTruth, truth: &Truth) {
    let report = &imported.report;
    if truth.defects.iter().any(|x| x.number != truth.defects[0].number) {
        return;
    }
    let named: BTreeSet<u32> = report.findings.iter().flat_map(|f| &f.examples).map(|at| at.file).collect();
    let folder = format!("/{}/", t.patient_id);
    for defect in truth.defects.iter().filter(|x| x.expect.contains("with a diagnostic") && x.file.contains(&folder)) {
        let file = report.list.iter().find(|f| tail(&f.path) == tail(&defect.file));
        let told = file.is_some_and(|f| named.contains(&f.number) || !f.codes.is_empty());
        d.same(&format!("{} {}: {}", defect.number, defect.name, defect.expect), told, true);
    }
}

fn identity(d: &mut Differences, summary: &Value, t: &PatientTruth) {
    let (first, last) = (t.first_care_date.clone(), t.last_care_date.clone());
    for (key, want) in [
        ("patient_id", Some(t.patient_id.clone())),
        ("name", Some(t.name.clone())),
        ("name_kana", Some(t.name_kana.clone())),
        ("birth_date", Some(t.birth_date.clone())),
        ("sex", Some(t.sex.clone())),
        ("first_care_date", first),
        ("last_care_date", last),
    ] {
        d.same(key, summary[key].as_str().map(str::to_string), want);
    }
}

fn counts(d: &mut Differences, counts: &Value, t: &PatientTruth) {
    let old_others: usize = t.others_old_by_type.values().sum();
    for (key, want) in [
        ("allergies", t.allergies),
        ("diagnoses", t.diagnoses),
        ("admissions", t.admissions),
        ("prescription_orders", t.prescription_orders),
        ("prescription_drugs", t.prescription_drugs),
        ("injection_orders", t.injection_orders),
        ("injection_blocks", t.injection_blocks),
        ("injection_components", t.injection_components),
        ("injection_administrations", t.injection_administrations),
        ("lab_results", t.lab_results),
        ("memos", t.memos),
        ("others", t.others + old_others),
    ] {
        d.same(key, counts[key].as_u64(), Some(want as u64));
    }
}

fn withheld(d: &mut Differences, withheld: &Value, t: &PatientTruth) {
    d.same("diagnoses_deleted", withheld["diagnoses_deleted"].as_u64(), Some(t.diagnoses_withheld as u64));
    d.same("labs_deleted_or_wrong", withheld["labs_deleted_or_wrong"].as_u64(), Some(t.lab_withheld as u64));
}

/// How many files met which fate, and each one that is not plainly used.
/// A superseded file that still gives something to the record is used to the
/// reader; the truth counts it among the superseded and once more as kept.
fn files(d: &mut Differences, imported: &Imported, t: &PatientTruth, truth: &Truth) {
    let (files, kept) = (&t.files, t.files.superseded_kept);
    for (reason, want) in [
        (Reason::Used, files.used + kept),
        (Reason::Superseded, files.superseded - kept),
        (Reason::Deleted, files.deleted),
        (Reason::Quarantined, files.quarantined),
        (Reason::Unknown, files.unknown),
        (Reason::Unreadable, files.unreadable),
    ] {
        d.same(&format!("files {reason:?}"), imported.report.files[&reason], want as u32);
    }
    // Older versions may be used or superseded: their number was compared above.
    let told = |reason: Reason| !matches!(reason, Reason::Used | Reason::Superseded);
    let read = imported.report.list.iter().filter(|f| told(f.reason));
    let read = read.map(|f| format!("{:?} {}", f.reason, tail(&f.path))).collect();
    let folder = format!("/{}/", t.patient_id);
    let mine = truth.fates.iter().filter(|(path, fate)| path.contains(&folder) && **fate != Fate::Superseded);
    d.same_list("file", read, mine.map(|(path, fate)| format!("{fate:?} {}", tail(path))).collect());
}

/// The last three names of a path: roots are told differently.
fn tail(path: &str) -> String {
    let names: Vec<_> = Path::new(path).iter().map(|n| n.to_string_lossy().into_owned()).collect();
    names[names.len().saturating_sub(3)..].join("/")
}
