//! What orders have in common.

use super::{Coded, Person, Place, Quantity, Timestamp};
use crate::cross::crossing_record;
use mykarte::ssmix2::clinical;

crossing_record! {
    /// ORC: who ordered what when.
    Order = clinical::Order {
        /// ORC-1 (HL7 table 0119).
        control: Option<String>,
        /// ORC-2, placer order number.
        number: Option<String>,
        /// ORC-3, filler order number.
        filler_number: Option<String>,
        /// ORC-4 as sent.
        group: Option<String>,
        /// RP number out of ORC-4.
        rp: Option<String>,
        /// Order within the RP (or administration number) out of ORC-4.
        rp_sequence: Option<String>,
        /// ORC-5 (HL7 table 0038).
        status: Option<String>,
        /// ORC-9, time of the latest action on the order.
        at: Option<Timestamp>,
        /// ORC-15, from when the order holds.
        effective_at: Option<Timestamp>,
        /// ORC-16, why it was changed.
        control_reason: Option<Coded>,
        /// ORC-10
        entered_by: Option<Person>,
        /// ORC-12
        orderer: Option<Person>,
        /// ORC-17, else PV1-10, else PV1-3, else the file name.
        department: Option<Coded>,
        /// ORC-13, else PV1-3: the ward of an inpatient.
        ward: Option<Place>,
        /// ORC-29.1, else PV1-2: `I` inpatient, `O` outpatient.
        patient_class: Option<String>,
    } skip { elsewhere }
}

crossing_record! {
    /// TQ1: how often, how long, from when.
    Timing = clinical::Timing {
        /// TQ1-3: usage; later ones are supplementary.
        usage: Vec<Coded>,
        /// TQ1-6: days.
        duration: Option<Quantity>,
        /// TQ1-7
        start: Option<Timestamp>,
        /// TQ1-8
        end: Option<Timestamp>,
        /// TQ1-9
        priority: Option<Coded>,
        /// TQ1-10 and TQ1-11
        notes: Vec<String>,
        /// TQ1-14: number of doses of an order for use when needed.
        doses: Option<String>,
    }
}

crossing_record! {
    /// RXR: by which way.
    Route = clinical::Route {
        /// RXR-1 (HL7 table 0162)
        route: Option<Coded>,
        /// RXR-2 (0163)
        site: Option<Coded>,
        /// RXR-3 (0164)
        device: Option<Coded>,
        /// RXR-4 (0165)
        method: Option<Coded>,
        /// RXR-6
        site_modifier: Option<Coded>,
    }
}
