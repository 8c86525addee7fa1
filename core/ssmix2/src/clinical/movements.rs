//! ADT-22, ADT-42, ADT-52: admission, transfer, discharge.

use super::{Context, Elsewhere, department};
use crate::kind::DataType;
use crate::message::Message;
use crate::types::{Coded, Person, Place, Text, Timestamp};
use compact_str::ToCompactString;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use std::sync::Arc;

/// One movement of an inpatient.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// ADT-22, ADT-42 or ADT-52.
    pub kind: DataType,
    /// When it happened; `at_from` names the field.
    pub at: Option<Timestamp>,
    /// `PV1-44`, `PV1-45`, `EVN-6` or `folder`.
    pub at_from: Text,
    /// PV1-44: of a discharge, the admission it ends.
    pub admitted_at: Option<Timestamp>,
    /// PV1-3.
    pub place: Option<Arc<Place>>,
    /// PV1-6.
    pub previous_place: Option<Arc<Place>>,
    /// PV1-10, else the file name.
    pub department: Option<Arc<Coded>>,
    /// PV1-7: 主治医.
    pub attending_doctor: Option<Arc<Person>>,
    /// PV1-17: 入院時医師.
    pub admitting_doctor: Option<Arc<Person>>,
    /// PV1-36 (0112): 退院区分.
    pub disposition: Option<Arc<Coded>>,
    /// EVN-4 (0062).
    pub event_reason: Option<Arc<Coded>>,
    /// EVN-2: when it was written down, sometimes weeks later.
    pub recorded_at: Option<Timestamp>,
    /// Departments that PV1 names as places, for rules that name departments.
    #[serde(skip)]
    pub elsewhere: Option<Arc<Elsewhere>>,
}

/// Reads a movement of the given kind.
pub(super) fn read(message: &Message<'_>, context: Context<'_>, kind: DataType) -> Movement {
    let (evn, pv1) = (message.first("EVN"), message.first("PV1"));
    let admitted = pv1.and_then(|s| s.ts(44));
    if let Some(pv1) = &pv1 {
        pv1.skip(&[1, 2]);
    }
    let own = match kind {
        DataType::Adt22 => admitted.map(|at| (at, "PV1-44")),
        DataType::Adt52 => pv1.and_then(|s| s.ts(45)).map(|at| (at, "PV1-45")),
        _ => None,
    };
    let happened = || Some((evn.and_then(|s| s.ts(6))?, "EVN-6"));
    let folder = || Some((context.name.date().map(Timestamp::day)?, "folder"));
    let found = own.or_else(happened).or_else(folder);
    Movement {
        kind,
        at: found.map(|(at, _)| at),
        at_from: found.map(|(_, from)| from.to_compact_string()).unwrap_or_default(),
        admitted_at: admitted,
        place: pv1.and_then(|s| s.place(3)),
        previous_place: pv1.and_then(|s| s.place(6)),
        department: department(message, context),
        attending_doctor: pv1.and_then(|s| s.xcn(7)),
        admitting_doctor: pv1.and_then(|s| s.xcn(17)),
        disposition: pv1.and_then(|s| s.cwe(36)),
        event_reason: evn.and_then(|s| s.cwe(4)),
        recorded_at: evn.and_then(|s| s.ts(2)),
        elsewhere: Elsewhere::default().and(pv1.into_iter()).shared(),
    }
}

#[cfg(test)]
mod tests {
    use crate::clinical::tests::entries;

    #[test]
    fn times_come_from_the_message() {
        let (e, _) = entries(
            "ADT-52",
            &[
                "EVN||201112202100||||201112201200",
                "PID|1||1",
                "PV1|1|I|41^460^2^^^N|||||||08||||||||||||||||||||||||||01",
            ],
        );
        let m = e.movement.expect("a movement");
        assert_eq!((m.at.map(|t| t.to_string()).as_deref(), m.at_from.as_str()), (Some("2011-12-20T12:00"), "EVN-6"));
        assert_eq!(m.disposition.map(|d| d.code.to_string()).as_deref(), Some("01"));
        assert_eq!(m.place.map(|p| p.display()).as_deref(), Some("41-460-2"));
        let (e, _) = entries("ADT-22", &["PID|1||1", "PV1|1|I"]);
        assert_eq!(e.movement.expect("a movement").at_from, "folder");
    }
}
