//! 患者基本情報

use super::{Address, Coded, Person, PersonName, Phone, Place, Quantity, Timestamp};
use crate::cross::{crossing_entry, crossing_record};
use mykarte::ssmix2::clinical;

crossing_record! {
    /// Height or weight.
    BodyMeasurement = clinical::Measurement {
        /// Number and unit.
        quantity: Quantity,
        /// OBX-14, else PID-33.
        at: Option<Timestamp>,
        /// Which field `at` came from.
        at_from: Option<String>,
        /// OBX-11
        result_status: Option<String>,
    }
}

crossing_record! {
    /// A blood group as one source states it.
    BloodType = clinical::BloodType {
        /// `A`, `B`, `O`, `AB`; `+`, `-`; or what was sent, if it is none of these.
        value: String,
        /// As sent.
        sent: Coded,
        /// Where it was read: `ADT-00` or `OML-11`.
        source: String,
        /// When it was determined or recorded.
        at: Option<Timestamp>,
        /// OBX-11
        result_status: Option<String>,
    }
}

crossing_record! {
    /// NK1: next of kin.
    NextOfKin = clinical::NextOfKin {
        /// NK1-2
        name: PersonName,
        /// NK1-3 (0063)
        relationship: Option<Coded>,
        /// NK1-4
        addresses: Vec<Address>,
        /// NK1-5 and NK1-6
        phones: Vec<Phone>,
        /// NK1-13: where they work.
        organisations: Vec<String>,
    }
}

crossing_record! {
    /// IN1: insurance.
    Insurance = clinical::Insurance {
        /// IN1-2 (JHSD0001)
        plan: Option<Coded>,
        /// IN1-3: insurer's number.
        insurer_number: Option<String>,
        /// IN1-4
        insurer_name: Option<String>,
        /// IN1-10: symbol, number, branch.
        numbers: Vec<String>,
        /// IN1-12
        from: Option<Timestamp>,
        /// IN1-13
        to: Option<Timestamp>,
        /// IN1-15
        plan_type: Option<String>,
        /// IN1-17 (0063)
        relationship: Option<Coded>,
    }
}

crossing_entry! {
    /// Who the patient is.
    Basics = clinical::Basics {
        of clinical::Basics => body {
            /// PID-5
            name: PersonName,
            /// PID-7
            birth_date: Option<Timestamp>,
            /// PID-8 (0001)
            sex: Option<String>,
            /// ABO groups, every one that some source states. Several that differ: none is chosen.
            blood_abo: Vec<BloodType>,
            /// Rh, every one that some source states.
            blood_rh: Vec<BloodType>,
            /// Height.
            height: Option<BodyMeasurement>,
            /// Weight.
            weight: Option<BodyMeasurement>,
            /// PID-11
            addresses: Vec<Address>,
            /// PID-13 and PID-14
            phones: Vec<Phone>,
            /// NK1
            next_of_kin: Vec<NextOfKin>,
            /// DB1-4 of the patient's own row: `Y` or `N`.
            disability: Option<String>,
            /// DB1-2
            disability_of: Option<String>,
            /// PV1-2
            patient_class: Option<String>,
            /// PV1-3, at the time of writing.
            place: Option<Place>,
            /// PV1-7
            attending_doctor: Option<Person>,
            /// IN1
            insurances: Vec<Insurance>,
            /// PID-33, else EVN-2.
            updated_at: Option<Timestamp>,
            /// PID-30 or a date in PID-29.
            death: Option<String>,
        }
    }
}
