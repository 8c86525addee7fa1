//! What a drill found, as data: one form for the terminal, the JSON file and the page.

use crate::baseline::{self, Traces};
use crate::checks::{Check, Group};
use mykarte_record::Section;
use mykarte_record::profile::Shape;
use serde::{Deserialize, Serialize};
use ssmix2::Severity;
use ssmix2::types::Timestamp;
use std::collections::BTreeMap;

/// Version of the JSON form.
pub const FORMAT: u32 = 1;

/// Examples a finding keeps.
pub const EXAMPLES: usize = 5;

/// The whole report of one drill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Version of this form.
    pub format: u32,
    /// When, in Japanese local time.
    pub at: Timestamp,
    /// What was looked at.
    pub scope: Scope,
    /// When the drill was that this one is compared with; what it had found is not new.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub baseline: Option<Timestamp>,
    /// The profile in force; none shows everything.
    pub profile: Option<Shape>,
    /// The promise holds: nothing of severity error (that a baseline does not know).
    pub holds: bool,
    /// Findings, the gravest and most frequent first.
    pub findings: Vec<Finding>,
    /// For each field that is shown, how many patients have it.
    pub fields: Vec<FieldCover>,
    /// For each data type, its files by month.
    pub kinds: Vec<KindMonths>,
    /// Versions and forms of messages.
    pub forms: Vec<Form>,
    /// Of two storages that were held against each other; fields, data types and forms are empty then.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reissue: Option<Reissue>,
}

/// A storage and its re-issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reissue {
    /// Patients of whom the old storage gives a record.
    pub old_patients: u32,
    /// Patients of whom the new one does.
    pub new_patients: u32,
    /// What became of each section that is shown.
    pub sections: Vec<SectionReissue>,
}

/// A section of a storage and of its re-issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionReissue {
    /// The section.
    pub section: Section,
    /// What the old storage holds.
    pub old: Extent,
    /// What the new one holds.
    pub new: Extent,
    /// Entries that were lost, by month, of patients whom both have.
    pub lost: KindMonths,
    /// Entries that say something else.
    pub changed: u64,
    /// Entries that the old one does not have.
    pub added: u64,
}

/// How much of a section there is, and of when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// Entries.
    pub entries: u64,
    /// First month.
    pub first: Option<String>,
    /// Last month.
    pub last: Option<String>,
}

/// What was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Patients in the storages.
    pub patients_in_storage: u32,
    /// Patients looked at.
    pub patients: u32,
    /// Patients of whom there is a finding of severity error.
    #[serde(default)]
    pub patients_with_errors: u32,
    /// Their files, whatever became of them; of both storages where two are compared.
    pub files: u64,
    /// Files opened.
    pub read: u64,
    /// How the patients were chosen.
    pub chosen: Chosen,
}

/// How patients are chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// All.
    #[default]
    All,
    /// So many by chance; the same seed gives the same.
    Sample {
        /// How many.
        patients: u32,
        /// For which chance.
        seed: u64,
    },
    /// One.
    Patient,
    /// Those with a care date on or after this day.
    Since {
        /// The day, `2026-11-01`.
        date: String,
    },
}

/// One kind of finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub check: Check,
    /// What more exactly: a field (`PID-7`), a data type, a section, an accident. Findings are told apart by it.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub detail: String,
    /// What it is about.
    pub group: Group,
    /// How much it matters.
    pub severity: Severity,
    /// The Japanese sentence.
    pub text: String,
    /// What to do, in Japanese.
    pub advice: String,
    /// How often.
    pub count: u64,
    /// In how many patients.
    pub patients: u32,
    /// The first few, by patient and path.
    pub examples: Vec<Example>,
    /// More than a baseline had, or elsewhere; all of it without one.
    pub new: u64,
    /// For the next drill's baseline: by a hash of the patient how often, and hashes of the first few places.
    #[serde(skip_serializing_if = "Traces::is_empty", default)]
    pub traces: Traces,
}

/// Where something was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Example {
    /// Patient folder.
    pub patient: String,
    /// File below the storage's root; empty where it is of the whole record.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub path: String,
    /// `PID-5`, or the section.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub place: String,
    /// The text, masked unless it was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
    /// For its trace, where file and place do not tell it from others: one byte of a hash of the text, which does, and from
    /// which no text can be read.
    #[serde(skip)]
    pub told_by: Option<u8>,
}

/// In how many patients a field is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldCover {
    /// The section.
    pub section: Section,
    /// The field's key within it.
    pub key: String,
    /// Its Japanese name.
    pub name: String,
    /// Patients who have it.
    pub present: u32,
    /// Patients of whom nothing says it.
    pub absent: u32,
    /// Patients of whom it is not known, for files of the section cannot be read.
    pub unreadable: u32,
}

/// Files of a data type by month of their care date.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindMonths {
    /// `OMP-01`.
    pub kind: String,
    /// Its Japanese name.
    pub name: String,
    /// Files of `2026-11`; months without any are not there.
    pub months: BTreeMap<String, u32>,
    /// Files without a care date.
    pub undated: u32,
}

/// A form in which messages come, with the time it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// `version` (MSH-12 and MSH-21) or `diagnoses` (one file a patient, one file a diagnosis).
    pub what: String,
    /// Which.
    pub value: String,
    /// Files.
    pub files: u64,
    /// First month.
    pub from: Option<String>,
    /// Last month.
    pub to: Option<String>,
}

impl Report {
    /// Says whether the promise holds.
    pub(crate) fn settle(mut self) -> Report {
        self.holds = !self.findings.iter().any(|finding| finding.severity == Severity::Error && finding.new > 0);
        self
    }

    /// How many kinds of findings there are of a severity, and how many that a baseline does not know.
    pub fn count(&self, severity: Severity) -> (usize, usize) {
        let of = self.findings.iter().filter(|finding| finding.severity == severity);
        (of.clone().count(), of.filter(|finding| finding.new > 0).count())
    }

    /// Leaves as new only what an earlier report does not have: kinds of findings, patients and places that it lacks, what has
    /// grown, and what it had and is there no more.
    #[must_use]
    pub fn since(mut self, baseline: &Report) -> Report {
        baseline::held_against(&mut self, baseline);
        self.baseline = Some(baseline.at);
        Finding::sort(&mut self.findings);
        self.settle()
    }

    /// Whether a drill of these patients, of one storage or of two, can be held against this one. Days go on.
    pub fn is_baseline_of(&self, chosen: &Chosen, is_reissue: bool) -> bool {
        let is_since = |chosen: &Chosen| matches!(chosen, Chosen::Since { .. });
        let is_same = self.scope.chosen == *chosen || is_since(&self.scope.chosen) && is_since(chosen);
        is_same && self.reissue.is_some() == is_reissue
    }

    /// What it comes to.
    pub fn verdict(&self) -> Verdict {
        match (self.holds, self.count(Severity::Error).0) {
            (false, _) => Verdict::Fails,
            (true, 0) => Verdict::Holds,
            (true, _) => Verdict::NoWorse,
        }
    }
}

/// What a drill comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// No finding of severity error.
    Holds,
    /// Errors, and a baseline had all of them.
    NoWorse,
    /// Errors.
    Fails,
}

impl Finding {
    /// The gravest first, and of those what may harm somebody.
    pub(crate) fn sort(findings: &mut [Finding]) {
        let rank = |f: &Finding| (f.severity, f.check.is_dangerous(), !f.check.is_consequence(), f.patients, f.count);
        findings.sort_by(|a, b| rank(b).cmp(&rank(a)).then(a.check.cmp(&b.check)).then(a.detail.cmp(&b.detail)));
    }

    /// Something that is said of the whole.
    pub(crate) fn of(check: Check, detail: String, count: u64) -> Finding {
        Finding {
            check,
            detail,
            group: check.group(),
            severity: check.severity(),
            text: check.text().to_owned(),
            advice: check.advice().to_owned(),
            count,
            patients: 0,
            examples: Vec::new(),
            new: count,
            traces: Traces::new(),
        }
    }
}
