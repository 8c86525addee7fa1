//! 処方オーダー

use super::{Coded, Order, Quantity, Route, Timestamp, Timing};
use crate::cross::crossing_entry;
use mykarte::record::model;
use mykarte::ssmix2::clinical;

crossing_entry! {
    /// A drug of a prescription.
    Prescription = model::Prescription {
        of clinical::Prescription => body.sent {
            /// The order; drugs with one `order.rp` form one Rp.
            order: Order,
            /// RXE-2
            drug: Option<Coded>,
            /// RXE-31: further codes of the drug.
            drug_codes: Vec<Coded>,
            /// RXE-3 and RXE-5: 1回量
            dose: Option<Quantity>,
            /// RXE-4 and RXE-5
            dose_max: Option<Quantity>,
            /// RXE-19: 1日量
            daily_dose: Option<Quantity>,
            /// RXE-10 and RXE-11: 調剤量
            dispensed: Option<Quantity>,
            /// RXE-6: 剤形
            form: Option<Coded>,
            /// RXE-25 and RXE-26: 力価
            strength: Option<Quantity>,
            /// TQ1
            timing: Timing,
            /// 頓用: not a drug taken every day. Never shown without it.
            as_needed: bool,
            /// RXE-7, RXE-27
            instructions: Vec<Coded>,
            /// RXR
            routes: Vec<Route>,
            /// RXE-21: 院内, 院外 ...
            types: Vec<Coded>,
            /// RXE-15
            prescription_number: Option<String>,
            /// RXE-12
            refills: Option<String>,
            /// RXE-32
            first_ordered_at: Option<Timestamp>,
        } skip { segment, further_drugs }
        of model::Prescription => body {
            /// Last day of the supply.
            end: Option<Timestamp>,
            /// Which field it came from.
            end_from: Option<String>,
        } skip { sent, order }
    }
}
