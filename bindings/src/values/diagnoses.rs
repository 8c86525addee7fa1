//! 病名

use super::{Coded, Insurance, Person, Timestamp};
use crate::cross::{crossing_entry, crossing_record};
use mykarte::record::model;
use mykarte::ssmix2::clinical;

crossing_record! {
    /// A code of ICD-10.
    Icd10 = clinical::Icd10 {
        /// With its dot: `K29.7`.
        code: String,
        /// The edition, `2003` where none was sent.
        edition: String,
    }
}

crossing_entry! {
    /// A diagnosis. Show `suspected` with the name, always.
    Diagnosis = model::Diagnosis {
        of clinical::Diagnosis => body.sent {
            /// The name to show.
            name: String,
            /// Which field it came from.
            name_from: String,
            /// 疑い: never shown without it.
            suspected: bool,
            /// PRB-13 as sent.
            suspicion: Option<Coded>,
            /// 主病名
            main: bool,
            /// PRB-18 as sent.
            ranking: Option<Coded>,
            /// PRB-3
            disease: Option<Coded>,
            /// PRB-10 where it is a code of ICD-10.
            icd10: Option<Icd10>,
            /// PRB-10 where it is none or says more.
            classification: Option<Coded>,
            /// PRB-10.4: 入院時, 退院時, 外来時 ...
            timing: Option<Coded>,
            /// PRB-16
            onset: Option<Timestamp>,
            /// PRB-7
            recorded_at: Option<Timestamp>,
            /// PRB-8
            expected_end: Option<Timestamp>,
            /// PRB-9
            ended_at: Option<Timestamp>,
            /// PRB-14 (0241, JHSD0006)
            outcome: Option<Coded>,
            /// PRB-15
            outcome_at: Option<Timestamp>,
            /// PRB-1 (0287)
            action: Option<String>,
            /// PRB-2
            action_at: Option<Timestamp>,
            /// PRB-4: identity across updates.
            instance_id: Option<String>,
            /// ZPR-1: 接頭語
            prefixes: Vec<Coded>,
            /// ZPR-2
            base: Option<Coded>,
            /// ZPR-3: 接尾語
            suffixes: Vec<Coded>,
            /// ZPR-4, -5, -6: 交換用コード
            exchange_codes: Vec<Coded>,
            /// ZPR-7 and NTE-3
            comments: Vec<String>,
            /// ZPD-2: 歯式
            teeth: Vec<Coded>,
            /// PRB-25 (0177)
            confidentiality: Option<Coded>,
            /// PRB-21
            patient_awareness: Option<Coded>,
            /// PRB-24
            family_awareness: Option<String>,
            /// ORC-17, else PV1-10, else the file name.
            department: Option<Coded>,
            /// ORC-12
            doctor: Option<Person>,
            /// ORC-29.1: `I` or `O`.
            patient_class: Option<String>,
            /// ZI1: insurance that covers this diagnosis.
            insurances: Vec<Insurance>,
        } skip { segment, further_confidentiality, further_awareness, departments_elsewhere }
        of model::Diagnosis => body {
            /// PRB-16, else PRB-7, else PRB-2.
            start: Option<Timestamp>,
            /// Which of these.
            start_from: Option<String>,
            /// PRB-9, else PRB-15 of a terminal outcome.
            end: Option<Timestamp>,
            /// Which of these.
            end_from: Option<String>,
        } skip { sent }
    }
}
