//! 入退院情報

use super::{Coded, Person, Place, Timestamp};
use crate::cross::{Cross, crossing_entry, crossing_record};
use mykarte::record::model;
use mykarte::ssmix2::DataType;
use mykarte::ssmix2::clinical;

crossing_record! {
    /// A diagnosis made at admission: the nearest thing to a reason, and named so.
    AdmissionReason = model::AdmissionReason {
        /// The diagnosis, with 疑い when it is suspected.
        name: String,
        /// Suspected only.
        suspected: bool,
        /// Id of the diagnosis.
        diagnosis: String,
        /// Always `diagnosis_at_admission`.
        from: String,
    }
}

impl Cross<String> for DataType {
    fn cross(&self) -> String {
        self.folder().to_string()
    }
}

crossing_record! {
    /// An admission, a transfer or a discharge as sent.
    Movement = clinical::Movement {
        /// `ADT-22`, `ADT-42` or `ADT-52`.
        kind: String,
        /// When it happened.
        at: Option<Timestamp>,
        /// Which field `at` came from.
        at_from: String,
        /// PV1-44
        admitted_at: Option<Timestamp>,
        /// PV1-3
        place: Option<Place>,
        /// PV1-6
        previous_place: Option<Place>,
        /// PV1-10, else the file name.
        department: Option<Coded>,
        /// PV1-7: 主治医
        attending_doctor: Option<Person>,
        /// PV1-17: 入院時医師
        admitting_doctor: Option<Person>,
        /// PV1-36 (0112): 退院区分
        disposition: Option<Coded>,
        /// EVN-4 (0062)
        event_reason: Option<Coded>,
        /// EVN-2: when it was written down.
        recorded_at: Option<Timestamp>,
    } skip { elsewhere }
}

crossing_entry! {
    /// A stay: an admission and the discharge that closes it.
    Stay = model::Stay {
        of model::Stay => body {
            /// Admission.
            admitted_at: Option<Timestamp>,
            /// Which field it came from.
            admitted_from: Option<String>,
            /// Discharge.
            discharged_at: Option<Timestamp>,
            /// Which field it came from.
            discharged_from: Option<String>,
            /// How the two were paired: `PV1-44` or `time`.
            paired_by: Option<String>,
            /// Diagnoses made at admission.
            reasons: Vec<AdmissionReason>,
            /// The discharge disposition says that the patient died.
            died: bool,
            /// The admission message.
            admission: Option<Movement>,
            /// The discharge message.
            discharge: Option<Movement>,
            /// Transfers between the two.
            transfers: Vec<Movement>,
        }
    }
}
