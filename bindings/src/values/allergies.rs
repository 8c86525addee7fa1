//! アレルギー情報

use super::{Coded, Person, Timestamp};
use crate::cross::{crossing_entry, crossing_enum, crossing_record};
use mykarte::record::model;
use mykarte::ssmix2::clinical;

crossing_enum! {
    /// Which segment an allergy was read from.
    AllergySource = clinical::AllergySource {
        /// ADT-61: with severity, reaction and dates.
        Iam,
        /// AL1 of any message: type and allergen only.
        Al1,
    }
}

crossing_record! {
    /// What one message says of an allergen.
    AllergyRow = clinical::AllergyRow {
        /// IAM or AL1.
        source: AllergySource,
        /// IAM-3, AL1-3
        allergen: Coded,
        /// IAM-2, AL1-2 (HL7 table 0127)
        category: Option<Coded>,
        /// IAM-4, AL1-4 (0128)
        severity: Option<Coded>,
        /// IAM-5, AL1-5
        reactions: Vec<String>,
        /// IAM-6 (0323)
        action: Option<String>,
        /// IAM-7
        id: Option<String>,
        /// IAM-8
        action_reason: Option<String>,
        /// IAM-9
        sensitivity: Option<Coded>,
        /// IAM-10
        group: Option<Coded>,
        /// IAM-11, AL1-6
        onset: Option<Timestamp>,
        /// IAM-12
        onset_text: Option<String>,
        /// IAM-13
        reported_at: Option<Timestamp>,
        /// IAM-14
        reported_by: Option<String>,
        /// IAM-15 (0063)
        reported_by_relation: Option<Coded>,
        /// IAM-17
        clinical_status: Option<Coded>,
        /// IAM-18
        confirmed_by: Option<Person>,
        /// IAM-19
        confirmed_at_organisation: Option<String>,
        /// IAM-20
        confirmed_at: Option<Timestamp>,
    } skip { segment }
}

crossing_entry! {
    /// An allergy, merged over all its sources.
    Allergy = model::Allergy {
        of model::Allergy => body {
            /// The fullest row.
            row: AllergyRow,
            /// Rows of the same allergen that say something else.
            also: Vec<AllergyRow>,
            /// Data types it was read from.
            read_from: Vec<String>,
        }
    }
}
