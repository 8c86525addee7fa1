//! 検査結果

use super::{Coded, Order, Timestamp};
use crate::cross::{crossing_entry, crossing_enum, crossing_record};
use mykarte::ssmix2::clinical;

crossing_enum! {
    /// What a row of a microbiology result is.
    LabRole = clinical::LabRole {
        /// The organism itself.
        Organism,
        /// How much of it.
        Amount,
        /// A drug with S, I or R, or with its MIC.
        Susceptibility,
        /// Something else found in a specimen.
        Finding,
    }
}

crossing_record! {
    /// Organism, amount and susceptibility keep together.
    Microbiology = clinical::Microbiology {
        /// What this row is.
        role: LabRole,
        /// The organism it speaks of.
        organism: Option<String>,
        /// The drug it speaks of.
        drug: Option<String>,
    }
}

crossing_record! {
    /// What all values of one test group share.
    LabGroup = clinical::LabContext {
        /// SPM-4
        specimen: Option<Coded>,
        /// SPM-2
        specimen_id: Option<String>,
        /// SPM-8
        specimen_site: Option<Coded>,
        /// SPM-17.1, else OBR-7.
        collected_at: Option<Timestamp>,
        /// SPM-17.2
        collected_until: Option<Timestamp>,
        /// OBR-4: the heading the laboratory uses.
        panel: Option<Coded>,
        /// OBR-22
        reported_at: Option<Timestamp>,
        /// OBR-25 (0123)
        report_status: Option<String>,
        /// OBR-13
        clinical_info: Option<String>,
        /// ORC
        order: Order,
        /// NTE behind the OBR.
        comments: Vec<String>,
        /// OBR-26.3: the organism a susceptibility belongs to.
        parent_organism: Option<String>,
        /// OBR-26.2
        parent_sub_id: Option<String>,
    } skip { is_from_request, parent_item }
}

/// Results of one test group that stand one behind the other: most of what is said of them is said of all.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LabReport {
    /// What they share.
    pub group: LabGroup,
    /// The results in their order. A report may go on with the next page.
    pub labs: Vec<Lab>,
}

crossing_entry! {
    /// A laboratory result. Value, unit, flags and reference range are exactly as sent.
    Lab = clinical::Lab {
        of clinical::Lab => body {
            /// OBX-3
            item: Coded,
            /// OBX-5; absent when nothing was sent.
            value: Option<String>,
            /// OBX-5 when it is a coded value.
            value_code: Option<Coded>,
            /// OBX-6
            unit: Option<Coded>,
            /// OBX-8 (0078): H, L ...
            flags: Vec<String>,
            /// OBX-7
            reference_range: Option<String>,
            /// OBX-11 (0085)
            result_status: Option<String>,
            /// OBX-2
            value_type: Option<String>,
            /// OBX-4
            sub_id: Option<String>,
            /// OBX-14
            observed_at: Option<Timestamp>,
            /// NTE behind the OBX.
            comments: Vec<String>,
            /// What it says of an organism.
            microbiology: Option<Microbiology>,
        } skip { segment, replaced, blood, group }
    }
}
