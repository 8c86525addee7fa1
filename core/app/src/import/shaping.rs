//! What the university's profile and its withholding list make of a record, and what is said of it to whom.
//!
//! Two reports come of an import. The full one names files and everything that is kept out: it stays in the hospital.
//! The other travels inside the summary and speaks only of what is shown.

use super::ImportRequest;
use super::nearest::is_near;
use crate::error::{ImportError, NotFound};
use mykarte_record::build::Findings;
use mykarte_record::build::rules::{Excluded, Rule};
use mykarte_record::profile::{Profile, Withheld, Withholding, apply, residue};
use mykarte_record::report::{Kept, KeptOut, TravellingFinding, TravellingReport};
use mykarte_record::{Record, Section};
use ssmix2::{Code, Diagnostic};
use std::collections::{BTreeMap, BTreeSet};

/// The profile in force and the entries that doctors keep back. By default everything is shown.
#[derive(Debug, Clone)]
pub struct Shaping {
    /// The profile.
    pub profile: Profile,
    /// The withholding list; the profile has to declare that one is used.
    pub withholding: Option<Withholding>,
}

impl Default for Shaping {
    fn default() -> Self {
        Shaping { profile: Profile::full(), withholding: None }
    }
}

impl Shaping {
    /// Whether profile and list go together. A list that the profile does not declare would thin out records without the
    /// notice that all records of the hospital carry; one that is forgotten would show what a doctor keeps back.
    ///
    /// # Errors
    /// [`ImportError::WithholdingNotDeclared`], [`ImportError::WithholdingMissing`].
    pub fn check(&self) -> Result<(), ImportError> {
        match (self.profile.document().withholding, &self.withholding) {
            (false, Some(_)) => Err(ImportError::WithholdingNotDeclared),
            (true, None) => Err(ImportError::WithholdingMissing),
            _ => Ok(()),
        }
    }

    /// How many entries of a patient the list keeps back; `None` without a list.
    pub fn kept_back(&self, patient_id: &str) -> Option<usize> {
        let list = self.withholding.as_ref()?;
        let entries: BTreeSet<(Section, &str)> =
            list.entries(patient_id).map(|entry| (entry.section, entry.id.trim())).collect();
        Some(entries.len())
    }

    /// Where the list has nothing for this patient, ids in it that are nearly his: one of them may be meant for him.
    pub fn near_patients(&self, patient_id: &str) -> Vec<&str> {
        let Some(list) = self.withholding.as_ref().filter(|_| self.kept_back(patient_id) == Some(0)) else {
            return Vec::new();
        };
        list.patients.keys().map(String::as_str).filter(|id| is_near(patient_id, id)).collect()
    }
}

/// Applies the profile to a record that was built without what its rules keep out; returns what the hospital's report
/// says of all that is not shown.
pub(super) fn shape(
    request: &ImportRequest,
    record: Record,
    findings: &Findings,
) -> Result<(Record, KeptOut), ImportError> {
    check_all_found(request, &record, findings)?;
    let (record, by_profile) = apply::apply(&request.shaping.profile, record);
    let residue = residue::residue(&record, &findings.secret_names, &findings.doubtful);
    let profile = record.summary.profile.clone();
    Ok((record, KeptOut { profile, entries: kept(findings.excluded.iter().chain(&by_profile)), residue }))
}

/// What a doctor keeps back and nobody finds would be shown: nothing is imported then.
fn check_all_found(request: &ImportRequest, record: &Record, findings: &Findings) -> Result<(), ImportError> {
    let Some(list) = &request.shaping.withholding else { return Ok(()) };
    // By the list alone: another rule may have kept out another entry that now has this id.
    let by_list = findings.excluded.iter().filter(|e| e.rule == Rule::Withheld);
    let found: BTreeSet<(Section, &str)> = by_list.map(|e| (e.section, e.id.as_str())).collect();
    let is_missing = |section: Section, id: &str| !found.contains(&(section, id.trim()));
    let named = list.entries(&record.summary.patient_id).filter(|e| is_missing(e.section, &e.id));
    let is_there = |e: &Withheld| record.heads().any(|head| head.section == e.section && head.id == e.id.trim());
    let not_found = |e: &Withheld| NotFound { section: e.section, id: e.id.clone(), has_other_title: is_there(e) };
    let entries: Vec<NotFound> = named.map(not_found).collect();
    if !entries.is_empty() {
        return Err(ImportError::WithheldNotFound { entries });
    }
    let entries = findings.ambiguous.clone();
    if entries.is_empty() { Ok(()) } else { Err(ImportError::WithheldAmbiguous { entries }) }
}

/// By section and rule. Ids only where a rule chose single entries.
fn kept<'a>(all: impl Iterator<Item = &'a Excluded>) -> Vec<Kept> {
    let mut rows: BTreeMap<(Section, Rule), Kept> = BTreeMap::new();
    for excluded in all {
        let Excluded { section, id, rule } = excluded;
        let empty = Kept { section: *section, rule: *rule, count: 0, ids: Vec::new() };
        let row = rows.entry((*section, *rule)).or_insert(empty);
        row.count += 1;
        if !matches!(rule, Rule::Section | Rule::Period | Rule::Field) {
            row.ids.push(id.clone());
        }
    }
    rows.into_values().collect()
}

/// What may be said of the import where only the shown entries are known: findings in their files, by number. Under a
/// profile that keeps entries out those about a file as a whole, for a row might be one of them; never what the builder
/// found by comparing files, which statuses and marks say, nor by comparing its name with its rows.
pub(super) fn travelling(record: &Record, diagnostics: &[Diagnostic], profile: &Profile) -> TravellingReport {
    const OF_THE_BUILDER: [Code; 4] =
        [Code::DemographicsDiffer, Code::DischargeWithoutAdmission, Code::AdmissionWhileOpen, Code::BloodTypeConflict];
    const OF_ROWS: [Code; 2] = [Code::OrderNumberDiffers, Code::CareDateDiffers];
    let files: BTreeSet<u32> = record.heads().flat_map(|head| head.source).copied().collect();
    let mut counts: BTreeMap<Code, u32> = BTreeMap::new();
    // MSH is the first segment.
    let rows = profile.document().exclude.is_empty() && !profile.document().withholding;
    let is_told = |d: &&Diagnostic| {
        let is_of_file = rows || d.at.segment <= 1 && !OF_ROWS.contains(&d.code);
        files.contains(&d.at.file) && is_of_file && !OF_THE_BUILDER.contains(&d.code)
    };
    for diagnostic in diagnostics.iter().filter(is_told) {
        *counts.entry(diagnostic.code).or_default() += 1;
    }
    let finding = |(code, count): (Code, u32)| TravellingFinding { code, severity: code.severity(), count };
    TravellingReport { files: files.len() as u32, findings: counts.into_iter().map(finding).collect() }
}
