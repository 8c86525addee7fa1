//! What the first screen shows, and the counts a test can check.

use crate::model::{Section, SectionState};
use crate::profile::Shape;
use crate::report::TravellingReport;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use ssmix2::types::Timestamp;
use std::collections::BTreeMap;

/// The facility a record comes from.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hospital {
    /// Facility id: with the patient id it identifies a record.
    pub id: String,
    /// Its name, if one was given or all orders agree on it.
    pub name: Option<String>,
}

/// How much there is of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Distinct allergens over AL1 and IAM of all files.
    pub allergies: u32,
    /// Diagnoses after merging by PRB-4.
    pub diagnoses: u32,
    /// Stays.
    pub admissions: u32,
    /// Distinct OMP-01 orders.
    pub prescription_orders: u32,
    /// RXE rows of OMP-01.
    pub prescription_drugs: u32,
    /// Distinct OMP-02 orders.
    pub injection_orders: u32,
    /// ORC/RXE blocks of OMP-02.
    pub injection_blocks: u32,
    /// RXC rows of OMP-02.
    pub injection_components: u32,
    /// RXA groups of OMP-12.
    pub injection_administrations: u32,
    /// Single values of OML-11.
    pub lab_results: u32,
    /// Emergency memos.
    pub memos: u32,
    /// Everything else.
    pub others: u32,
}

/// What was kept out of the record on purpose, so that nothing vanishes silently.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Withheld {
    /// Diagnoses whose newest version has PRB-1 = DE.
    pub diagnoses_deleted: u32,
    /// Values with OBX-11 = D or W.
    pub labs_deleted_or_wrong: u32,
    /// Values that a later row of the same file replaces.
    pub labs_replaced: u32,
    /// Allergens with IAM-6 = D.
    pub allergies_deleted: u32,
    /// Lab orders (OML-01) whose results are in the record.
    pub lab_orders_with_results: u32,
}

/// The summary of a record.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The folder's patient id.
    pub patient_id: String,
    /// Family and given name, one space between.
    pub name: Option<String>,
    /// The same in kana.
    pub name_kana: Option<String>,
    /// Birth date.
    pub birth_date: Option<Timestamp>,
    /// M F O U (HL7 table 0001).
    pub sex: Option<String>,
    /// The facility.
    pub hospital: Hospital,
    /// Newest 発生日時 of the files used: the record is as of then.
    pub as_of: Option<Timestamp>,
    /// When the import ran, on the clock of the machine that ran it.
    pub imported_at: Timestamp,
    /// Earliest care-date folder used.
    pub first_care_date: Option<Timestamp>,
    /// Latest care-date folder used.
    pub last_care_date: Option<Timestamp>,
    /// Counts.
    pub counts: Counts,
    /// Kept out on purpose.
    pub withheld: Withheld,
    /// Files of other patients that were taken in because the operator said so.
    pub other_patient_files: u32,
    /// A message says that the patient died.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub died: bool,
    /// What was read for each section.
    pub sections: BTreeMap<Section, SectionState>,
    /// What the university's profile makes of it; none in a record that no profile has shaped.
    pub profile: Option<Shape>,
    /// What was found in the files of what is shown.
    pub report: Option<TravellingReport>,
}

impl Summary {
    /// Whether the profile hides a section.
    pub fn hides(&self, section: Section) -> bool {
        self.sections.get(&section).is_some_and(|state| state.hidden)
    }
}
