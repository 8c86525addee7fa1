//! The import report: what became of every file, what was found in them, what was not used.

use crate::cross::{Cross, crossing_enum, crossing_record};
use crate::summary::Withheld;
use crate::values::{RecordSection, Timestamp};
use mykarte::record::build::rules::Rule;
use mykarte::record::report;
use mykarte::ssmix2::{self, Severity as CoreSeverity};

crossing_enum! {
    /// What became of a file.
    FileFate = report::Reason {
        /// In the record.
        Used,
        /// An older version.
        Superseded,
        /// Deleted by the sender.
        Deleted,
        /// It names another patient or none.
        Quarantined,
        /// Outside the grammar or of an unknown type.
        Unknown,
        /// Could not be read.
        Unreadable,
    }
}

crossing_enum! {
    /// How much a finding matters.
    Severity = CoreSeverity {
        /// Tolerated by rule; nothing is lost.
        Info,
        /// Read, but something contradicts or had to be repaired.
        Warning,
        /// Something could not be read.
        Error,
    }
}

crossing_enum! {
    /// By whose decision entries are not shown.
    KeptOutBy = Rule {
        /// Their department.
        Department,
        /// One of their drugs.
        Drug,
        /// Their laboratory item.
        Test,
        /// They are confidential.
        Confidential,
        /// The patient does not know of them.
        Unaware,
        /// The withholding list.
        Withheld,
        /// The same disease as one that is secret.
        SameDisease,
        /// They answer or repeat an order that is kept out.
        SameOrder,
        /// They speak of an organism that is kept out.
        SameOrganism,
        /// Older than the period of their section.
        Period,
        /// Their section is hidden.
        Section,
        /// All they consist of is a hidden field.
        Field,
    }
}

crossing_record! {
    /// A place in a file.
    Location = ssmix2::Location {
        /// Number of the file in the report.
        file: u32,
        /// Segment number from 1; 0 for the file as a whole.
        segment: u32,
        /// Field number from 1; 0 for the segment as a whole.
        field: u16,
        /// Byte offset where that is known, else 0.
        offset: u64,
    }
}

/// How many files met which fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct FateCount {
    /// The fate.
    pub fate: FileFate,
    /// How many files.
    pub files: u32,
}

/// A file that is not in the record as it is. Its path names the patient: keep it out of logs.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FileReport {
    /// Its number; 0 for what is no file of the storage.
    pub number: u32,
    /// Path below the patient folder's root.
    pub path: String,
    /// What became of it.
    pub fate: FileFate,
}

/// A kind of finding.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Finding {
    /// Its code, for programs.
    pub code: String,
    /// How much it matters.
    pub severity: Severity,
    /// The Japanese sentence.
    pub text: String,
    /// How often.
    pub count: u32,
    /// The first places.
    pub examples: Vec<Location>,
}

/// A field that was sent and is not in the record.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct UnusedField {
    /// Data type.
    pub kind: String,
    /// `PID-18`
    pub field: String,
    /// How often it was filled.
    pub count: u32,
}

/// Entries that are not shown, by section and decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct KeptOut {
    /// The section.
    pub section: RecordSection,
    /// By whose decision.
    pub by: KeptOutBy,
    /// How many.
    pub entries: u32,
}

/// The report of one import. It speaks of what the profile hides: it is the importer's, not the patient's.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ImportReport {
    /// When.
    pub imported_at: Timestamp,
    /// Files opened.
    pub files_read: u32,
    /// How many files met which fate.
    pub fates: Vec<FateCount>,
    /// The files that are not in the record as they are.
    pub files_not_used: Vec<FileReport>,
    /// Findings by kind, the gravest first.
    pub findings: Vec<Finding>,
    /// Fields that were sent and not used.
    pub unused_fields: Vec<UnusedField>,
    /// Kept out by rule.
    pub withheld: Withheld,
    /// Kept out by the university.
    pub kept_out: Vec<KeptOut>,
}

/// A kind of finding in the files of what is shown.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TravellingFinding {
    /// Its code, for programs.
    pub code: String,
    /// How much it matters.
    pub severity: Severity,
    /// The Japanese sentence.
    pub text: String,
    /// How often.
    pub count: u32,
}

/// The report that travels with a record: it knows of nothing but what is shown.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TravellingReport {
    /// Files from which the shown entries come.
    pub files: u32,
    /// What was found in them.
    pub findings: Vec<TravellingFinding>,
}

impl Cross<TravellingReport> for report::TravellingReport {
    fn cross(&self) -> TravellingReport {
        let finding = |found: &report::TravellingFinding| TravellingFinding {
            code: name(found.code),
            severity: found.severity.into(),
            text: found.code.text().to_string(),
            count: found.count,
        };
        TravellingReport { files: self.files, findings: self.findings.iter().map(finding).collect() }
    }
}

/// The name that a code has in the JSON of a report.
fn name(code: ssmix2::Code) -> String {
    serde_json::to_value(code).ok().and_then(|value| Some(value.as_str()?.to_string())).unwrap_or_default()
}

impl ImportReport {
    pub(crate) fn of(core: &report::ImportReport) -> ImportReport {
        let not_used = core.list.iter().filter(|file| file.reason != report::Reason::Used);
        ImportReport {
            imported_at: core.imported_at.cross(),
            files_read: core.read,
            fates: core.files.iter().map(|(fate, files)| FateCount { fate: (*fate).into(), files: *files }).collect(),
            files_not_used: not_used.map(Cross::cross).collect(),
            findings: core.findings.cross(),
            unused_fields: core.unused_fields.cross(),
            withheld: core.withheld.cross(),
            kept_out: core.kept_out.entries.cross(),
        }
    }
}

impl Cross<FileReport> for report::FileReport {
    fn cross(&self) -> FileReport {
        FileReport { number: self.number, path: self.path.clone(), fate: self.reason.into() }
    }
}

impl Cross<Finding> for report::Finding {
    fn cross(&self) -> Finding {
        Finding {
            code: name(self.code),
            severity: self.severity.into(),
            text: self.text.clone(),
            count: self.count,
            examples: self.examples.cross(),
        }
    }
}

impl Cross<UnusedField> for report::UnusedField {
    fn cross(&self) -> UnusedField {
        UnusedField { kind: self.kind.clone(), field: self.field.clone(), count: self.count }
    }
}

impl Cross<KeptOut> for report::Kept {
    fn cross(&self) -> KeptOut {
        KeptOut { section: self.section.into(), by: self.rule.into(), entries: self.count }
    }
}
