//! The import report: every file, every finding, every field that was not used.
//!
//! It stays in the hospital, so it names files; the record on the phone does not.

use crate::Section;
use crate::build::rules::Rule;
use crate::profile::Shape;
use crate::profile::residue::Residue;
use crate::summary::{Hospital, Withheld};
use serde::{Deserialize, Serialize};
use ssmix2::types::{Text, Timestamp};
use ssmix2::{Code, Diagnostic, Location, Severity};
use std::collections::BTreeMap;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// In the record.
    Used,
    /// An older version (flag 2, or displaced by a later file of its key).
    Superseded,
    /// Flag 0.
    Deleted,
    /// PID-3 names another patient or none.
    Quarantined,
    /// Outside the grammar or of an unknown type.
    Unknown,
    /// Could not be read.
    Unreadable,
}

impl Reason {
    /// All six.
    pub const ALL: [Reason; 6] =
        [Reason::Used, Reason::Superseded, Reason::Deleted, Reason::Quarantined, Reason::Unknown, Reason::Unreadable];
}

/// One file of the import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReport {
    /// Its number; 0 for what is no file of the storage.
    pub number: u32,
    /// Path below the patient folder's root.
    pub path: String,
    /// What became of it.
    pub reason: Reason,
    /// Why, where that is not plain.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub codes: Vec<Code>,
}

/// One kind of finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// The Japanese sentence.
    pub text: String,
    /// How often.
    pub count: u32,
    /// The first three places.
    pub examples: Vec<Location>,
}

/// A field that was sent and is not in the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnusedField {
    /// Data type.
    pub kind: String,
    /// `PID-18`.
    pub field: String,
    /// How often it was filled.
    pub count: u32,
    /// The first three places.
    pub examples: Vec<Location>,
}

/// Entries of one section that one rule kept out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The section.
    pub section: Section,
    /// Why.
    pub rule: Rule,
    /// How many.
    pub count: u32,
    /// Which, where the rule chose single entries: their ids in the full record.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub ids: Vec<Text>,
}

/// What was read and is not shown, and by whose decision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptOut {
    /// What the profile says of every record.
    pub profile: Option<Shape>,
    /// Entries by section and rule.
    pub entries: Vec<Kept>,
    /// Shown entries in whose text the name of a secret diagnosis stands, or that may speak of something that is kept out:
    /// to be looked at.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub residue: Vec<Residue>,
}

/// A kind of finding in the files of what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TravellingFinding {
    /// What.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// How often.
    pub count: u32,
}

/// The report that travels with a record: it knows of nothing but what is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TravellingReport {
    /// Files from which the shown entries come.
    pub files: u32,
    /// What was found in them.
    pub findings: Vec<TravellingFinding>,
}

/// The report of one import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Version of this form.
    pub format: u32,
    /// The facility.
    pub hospital: Hospital,
    /// The patient.
    pub patient_id: String,
    /// When.
    pub imported_at: Timestamp,
    /// Files opened.
    pub read: u32,
    /// How many files met which fate.
    pub files: BTreeMap<Reason, u32>,
    /// Every file.
    pub list: Vec<FileReport>,
    /// Findings by kind, the gravest first.
    pub findings: Vec<Finding>,
    /// Fields that were sent and not used.
    pub unused_fields: Vec<UnusedField>,
    /// Kept out of the record by rule.
    pub withheld: Withheld,
    /// Kept out by the university: its profile, its exclusions, its withholding list.
    pub kept_out: KeptOut,
}

/// Findings by kind, the gravest and most frequent first, each with its first
/// three places.
pub fn findings(mut diagnostics: Vec<Diagnostic>) -> Vec<Finding> {
    diagnostics.sort_unstable();
    let mut rows: Vec<Finding> = Vec::new();
    for d in diagnostics {
        if rows.last().is_none_or(|row| row.code != d.code) {
            let (severity, text) = (d.code.severity(), d.code.text().to_string());
            rows.push(Finding { code: d.code, severity, text, count: 0, examples: Vec::new() });
        }
        if let Some(row) = rows.last_mut() {
            row.count += 1;
            if row.examples.len() < 3 {
                row.examples.push(d.at);
            }
        }
    }
    rows.sort_by(|a, b| b.severity.cmp(&a.severity).then(b.count.cmp(&a.count)).then(a.code.cmp(&b.code)));
    rows
}

/// Unused fields by data type, segment and number.
pub fn unused_fields(
    fields: impl IntoIterator<Item = ((String, String, u16), u32, Vec<Location>)>,
) -> Vec<UnusedField> {
    let mut fields: Vec<_> = fields.into_iter().collect();
    fields.sort_unstable();
    let row = |((kind, segment, field), count, examples)| UnusedField {
        kind,
        field: format!("{segment}-{field}"),
        count,
        examples,
    };
    fields.into_iter().map(row).collect()
}
