//! その他: what feeds no section, with date, kind and title.

use super::{Administration, Coded, Person, Timestamp};
use crate::cross::{crossing_entry, crossing_record};
use mykarte::ssmix2::clinical;

crossing_record! {
    /// OBX: something observed.
    Observation = clinical::Observation {
        /// OBX-3
        item: Coded,
        /// OBX-5
        value: String,
        /// OBX-6
        unit: Option<Coded>,
        /// OBX-8 exactly as sent.
        flags: Vec<String>,
        /// OBX-7 exactly as sent.
        reference_range: Option<String>,
        /// OBX-11
        result_status: Option<String>,
        /// OBX-14
        observed_at: Option<Timestamp>,
    }
}

crossing_record! {
    /// A line of it.
    OtherItem = clinical::OtherItem {
        /// What it is.
        title: String,
        /// ORC-2 or OBR-2
        order_number: Option<String>,
        /// ORC-1
        control: Option<String>,
        /// When it is planned or was done.
        at: Option<Timestamp>,
        /// Its end.
        end: Option<Timestamp>,
        /// Free text beside it.
        notes: Vec<String>,
        /// What was observed.
        results: Vec<Observation>,
        /// The drug as given, with its order and route.
        administration: Option<Administration>,
    } skip { code, department }
}

crossing_entry! {
    /// Everything else.
    Other = clinical::Other {
        of clinical::Other => body {
            /// Data type folder, `OMG-01`, or the local code of a document type.
            kind: String,
            /// Its Japanese name.
            kind_label: String,
            /// What it is about.
            title: String,
            /// The first order number.
            order_number: Option<String>,
            /// ORC-1 of the first order.
            control: Option<String>,
            /// When: of the event, the order or the examination.
            at: Option<Timestamp>,
            /// ORC-17, PV1-10, PV1-3, file name.
            department: Option<Coded>,
            /// ORC-12, OBR-16 or PV1-7.
            doctor: Option<Person>,
            /// The lines.
            items: Vec<OtherItem>,
            /// It takes back what it names.
            cancelled: bool,
        } skip { elsewhere }
    }
}
