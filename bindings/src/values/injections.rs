//! 注射オーダー and what was given of it.

use super::{Coded, Observation, Order, Person, Place, Quantity, Route, Status, Timestamp, Timing};
use crate::cross::{Cross, crossing_entry, crossing_record};
use mykarte::record::model;
use mykarte::ssmix2::clinical;

crossing_record! {
    /// A drug of a mixture.
    InjectionComponent = clinical::Component {
        /// RXC-1: `B` base, `A` additive.
        kind: Option<String>,
        /// RXC-2
        drug: Option<Coded>,
        /// RXC-3 and RXC-4
        amount: Option<Quantity>,
        /// RXC-5 and RXC-6
        strength: Option<Quantity>,
        /// RXC-7
        drug_codes: Vec<Coded>,
    }
}

crossing_record! {
    /// RXA: a drug as it was given.
    AdministeredDrug = clinical::AdministeredDrug {
        /// RXA-5
        drug: Option<Coded>,
        /// RXA-6 and RXA-7
        amount: Option<Quantity>,
        /// RXA-8
        form: Option<Coded>,
        /// RXA-3
        start: Option<Timestamp>,
        /// RXA-4
        end: Option<Timestamp>,
        /// RXA-9
        notes: Vec<Coded>,
        /// RXA-10
        performers: Vec<Person>,
        /// RXA-11
        place: Option<Place>,
        /// RXA-12
        rate: Option<String>,
        /// RXA-13 and RXA-14
        strength: Option<Quantity>,
        /// RXA-15: lot numbers.
        lots: Vec<String>,
        /// RXA-16
        expires: Option<Timestamp>,
        /// RXA-17
        maker: Option<Coded>,
        /// RXA-18: why it was refused.
        refusal_reasons: Vec<Coded>,
        /// RXA-20: `CP` complete, `RE` refused, `NA` not administered, `PA` partially.
        completion: Option<String>,
        /// RXA-21: `D` retracts the row.
        action: Option<String>,
        /// RXA-22
        entered_at: Option<Timestamp>,
    }
}

crossing_record! {
    /// Drugs given together.
    Administration = clinical::Administration {
        /// The order it belongs to.
        order: Order,
        /// The drugs.
        drugs: Vec<AdministeredDrug>,
        /// RXR
        routes: Vec<Route>,
        /// RXE-2 where the message repeats the order.
        injection_type: Option<Coded>,
        /// RXC where the message repeats the order.
        ordered: Vec<InjectionComponent>,
    } skip { segment, further_drugs }
}

/// What was given, with what it is worth.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Given {
    /// Given, refused, retracted ...
    pub status: Status,
    /// Number of its source file.
    pub source: u32,
    /// The same of each drug, where they differ.
    pub drug_status: Vec<Status>,
    /// As sent.
    pub administration: Administration,
}

impl Cross<Given> for model::Given {
    fn cross(&self) -> Given {
        let model::Given { status, source, drug_status, sent } = self;
        Given {
            status: status.cross(),
            source: *source,
            drug_status: drug_status.cross(),
            administration: sent.cross(),
        }
    }
}

crossing_entry! {
    /// An injection as ordered, with what was given of it.
    Injection = model::Injection {
        of clinical::Injection => body.sent {
            /// The order; its RP number and the number within that RP say which administration this is.
            order: Order,
            /// The drugs.
            components: Vec<InjectionComponent>,
            /// RXE-2: 一般, 抗がん剤 ...; not a drug.
            injection_type: Option<Coded>,
            /// RXE-3 and RXE-5: the whole bag.
            volume: Option<Quantity>,
            /// RXE-4 and RXE-5
            volume_max: Option<Quantity>,
            /// RXE-10 and RXE-11
            dispensed: Option<Quantity>,
            /// RXE-6
            form: Option<Coded>,
            /// RXE-23 and RXE-24: 与薬速度
            rate: Option<Quantity>,
            /// RXE-22: the unit of time the rate counts by.
            rate_time: Option<String>,
            /// RXE-25 and RXE-26
            strength: Option<Quantity>,
            /// TQ1
            timing: Timing,
            /// RXE-7, RXE-27
            instructions: Vec<Coded>,
            /// RXR
            routes: Vec<Route>,
            /// RXE-21
            types: Vec<Coded>,
            /// RXE-15
            slip_number: Option<String>,
            /// RXE-42: where the drugs go.
            deliver_to: Option<Place>,
            /// RXE-31
            drug_codes: Vec<Coded>,
            /// RXE-32
            first_ordered_at: Option<Timestamp>,
            /// Height, weight and the like that the dose was made for.
            observations: Vec<Observation>,
            /// CTI-1: clinical trial.
            trial: Option<String>,
            /// CTI-2
            trial_phase: Option<Coded>,
            /// CTI-3
            trial_time_point: Option<Coded>,
        } skip { segment, further_drugs }
        of model::Injection => body {
            /// There was an order. Without one this is an administration alone.
            ordered: bool,
            /// What was given of it.
            administrations: Vec<Given>,
        } skip { sent, order }
    }
}
