//! The first screen: whose record, of which hospital, as of when, and how much there is of what.

use crate::cross::{Cross, crossing_record};
use crate::error::MyKarteError;
use crate::notices::{Notice, ProfileInForce};
use crate::report::TravellingReport;
use crate::values::{Absence, RecordSection, Timestamp};
use mykarte::record::{self, Section, summary};
use mykarte::vault::RecordId;

/// A record of the vault, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RecordInfo {
    /// Its id in this vault; it says nothing about the person.
    pub id: String,
    /// Counts the imports and packages of it.
    pub generation: u64,
    /// Facility id, readable even where the summary is not.
    pub hospital_id: Option<String>,
    /// The patient's id there.
    pub patient_id: Option<String>,
    /// The hospital's name; absent where none is known or the summary is damaged.
    pub hospital_name: Option<String>,
    /// The patient's name; absent where none is known or the summary is damaged.
    pub patient_name: Option<String>,
    /// The same in kana.
    pub patient_name_kana: Option<String>,
    /// Birth date.
    pub birth_date: Option<Timestamp>,
    /// The record is as of then.
    pub as_of: Option<Timestamp>,
    /// When the import ran.
    pub imported_at: Option<Timestamp>,
    /// The summary cannot be read; the sections may be.
    pub summary_damaged: bool,
}

impl RecordInfo {
    pub(crate) fn of(info: &mykarte::RecordInfo) -> RecordInfo {
        let summary = info.summary.as_ref();
        let (hospital_id, patient_id) = info.identity.clone().unzip();
        RecordInfo {
            id: info.id.to_string(),
            generation: info.generation,
            hospital_id,
            patient_id,
            hospital_name: summary.and_then(|s| s.hospital.name.clone()),
            patient_name: summary.and_then(|s| s.name.clone()),
            patient_name_kana: summary.and_then(|s| s.name_kana.clone()),
            birth_date: summary.and_then(|s| s.birth_date.cross()),
            as_of: summary.and_then(|s| s.as_of.cross()),
            imported_at: summary.map(|s| s.imported_at.cross()),
            summary_damaged: summary.is_none(),
        }
    }

    pub(crate) fn parse_id(id: &str) -> Result<RecordId, MyKarteError> {
        RecordId::parse(id).ok_or(MyKarteError::NoSuchRecord)
    }
}

crossing_record! {
    /// How much there is of what.
    Counts = summary::Counts {
        /// Distinct allergens.
        allergies: u32,
        /// Diagnoses.
        diagnoses: u32,
        /// Stays.
        admissions: u32,
        /// Prescription orders.
        prescription_orders: u32,
        /// Drugs of them.
        prescription_drugs: u32,
        /// Injection orders.
        injection_orders: u32,
        /// Mixtures of them.
        injection_blocks: u32,
        /// Drugs of the mixtures.
        injection_components: u32,
        /// Administrations.
        injection_administrations: u32,
        /// Laboratory values.
        lab_results: u32,
        /// Emergency memos.
        memos: u32,
        /// Everything else.
        others: u32,
    }
}

crossing_record! {
    /// What was kept out by rule, so that nothing vanishes silently.
    Withheld = summary::Withheld {
        /// Diagnoses that the hospital deleted.
        diagnoses_deleted: u32,
        /// Values that the laboratory deleted or called wrong.
        labs_deleted_or_wrong: u32,
        /// Values that a later row replaces.
        labs_replaced: u32,
        /// Allergens that the hospital deleted.
        allergies_deleted: u32,
        /// Laboratory orders whose results are in the record.
        lab_orders_with_results: u32,
    }
}

/// A section on the first screen.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SectionSummary {
    /// Which.
    pub section: RecordSection,
    /// Entries that can be paged through.
    pub entries: u32,
    /// Why there are none, or fewer than there might be.
    pub absences: Vec<Absence>,
}

/// The first screen of a record.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Summary {
    /// The patient's id at the hospital.
    pub patient_id: String,
    /// Family and given name.
    pub name: Option<String>,
    /// The same in kana.
    pub name_kana: Option<String>,
    /// Birth date.
    pub birth_date: Option<Timestamp>,
    /// M F O U (HL7 table 0001)
    pub sex: Option<String>,
    /// Facility id.
    pub hospital_id: String,
    /// The hospital's name.
    pub hospital_name: Option<String>,
    /// The record is as of then: what happened later is not in it.
    pub as_of: Option<Timestamp>,
    /// When the import ran.
    pub imported_at: Timestamp,
    /// Earliest care date.
    pub first_care_date: Option<Timestamp>,
    /// Latest care date.
    pub last_care_date: Option<Timestamp>,
    /// A message says that the patient died.
    pub died: bool,
    /// How much there is of what.
    pub counts: Counts,
    /// Kept out by rule.
    pub withheld: Withheld,
    /// Files of other patients that were taken in because the operator said so: to be shown.
    pub other_patient_files: u32,
    /// All nine sections, in the order a doctor copies them.
    pub sections: Vec<SectionSummary>,
    /// What the university's profile says of the whole record; to be shown, whatever else is.
    pub notices: Vec<Notice>,
    /// The profile in force.
    pub profile: Option<ProfileInForce>,
    /// What was found in the files of what is shown.
    pub report: Option<TravellingReport>,
}

impl Summary {
    pub(crate) fn of(core: &record::Summary) -> Summary {
        Summary {
            patient_id: core.patient_id.clone(),
            name: core.name.clone(),
            name_kana: core.name_kana.clone(),
            birth_date: core.birth_date.cross(),
            sex: core.sex.clone(),
            hospital_id: core.hospital.id.clone(),
            hospital_name: core.hospital.name.clone(),
            as_of: core.as_of.cross(),
            imported_at: core.imported_at.cross(),
            first_care_date: core.first_care_date.cross(),
            last_care_date: core.last_care_date.cross(),
            died: core.died,
            counts: core.counts.cross(),
            withheld: core.withheld.cross(),
            other_patient_files: core.other_patient_files,
            sections: Section::ALL.map(|section| SectionSummary::of(core, section)).into(),
            notices: crate::notices::of_summary(Some(core)),
            profile: core.profile.as_ref().map(ProfileInForce::of),
            report: core.report.cross(),
        }
    }
}

impl SectionSummary {
    fn of(summary: &record::Summary, section: Section) -> SectionSummary {
        let state = summary.sections.get(&section).copied().unwrap_or_default();
        SectionSummary { section: section.into(), entries: state.entries, absences: state.nothing().cross() }
    }
}
