//! What all orders share: ORC, TQ1, RXR.

use super::{Context, Elsewhere};
use crate::message::{Message, Segment};
use crate::types::{Coded, Person, Place, Quantity, Text, Timestamp};
use compact_str::ToCompactString;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use smallvec::{SmallVec, smallvec};
use std::cell::OnceCell;
use std::sync::Arc;

/// ORC: who ordered what, when, and what became of it.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// ORC-1, order control: `NW` new, `CA` cancel ... (HL7 table 0119).
    pub control: Option<Text>,
    /// ORC-2, placer order number: links order, administration and result.
    pub number: Option<Text>,
    /// ORC-3, filler order number.
    pub filler_number: Option<Text>,
    /// ORC-4 as sent.
    pub group: Option<Text>,
    /// RP number out of ORC-4.
    pub rp: Option<Text>,
    /// Order within the RP (or administration number) out of ORC-4.
    pub rp_sequence: Option<Text>,
    /// ORC-5, order status (HL7 table 0038).
    pub status: Option<Text>,
    /// ORC-9, time of the latest action on the order.
    pub at: Option<Timestamp>,
    /// ORC-15, from when the order holds.
    pub effective_at: Option<Timestamp>,
    /// ORC-16, why it was changed.
    pub control_reason: Option<Arc<Coded>>,
    /// ORC-10.
    pub entered_by: Option<Arc<Person>>,
    /// ORC-12.
    pub orderer: Option<Arc<Person>>,
    /// ORC-17, else PV1-10, else PV1-3, else the file name.
    pub department: Option<Arc<Coded>>,
    /// ORC-13, else PV1-3: the ward of an inpatient.
    pub ward: Option<Arc<Place>>,
    /// ORC-29.1, else PV1-2: `I` inpatient, `O` outpatient.
    pub patient_class: Option<Text>,
    /// Departments beside that one, for rules that name departments.
    #[serde(skip)]
    pub elsewhere: Option<Arc<Elsewhere>>,
}

/// What an order takes from outside its ORC. Looked at only where the ORC is
/// silent, so that the report names what was sent beside it and not used.
pub(super) struct OrderDefaults<'m> {
    message: &'m Message<'m>,
    context: Context<'m>,
    pv1: Option<Segment<'m>>,
    department: OnceCell<Option<Arc<Coded>>>,
    ward: OnceCell<Option<Arc<Place>>>,
    elsewhere: OnceCell<Option<Arc<Elsewhere>>>,
}

impl<'m> OrderDefaults<'m> {
    pub(super) fn of(message: &'m Message<'m>, context: Context<'m>) -> OrderDefaults<'m> {
        let pv1 = message.first("PV1");
        if let Some(pv1) = &pv1 {
            pv1.skip(&[1]);
        }
        let (department, ward, elsewhere) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        OrderDefaults { message, context, pv1, department, ward, elsewhere }
    }

    /// The department of an order that names none itself.
    pub(super) fn order_department(&self) -> Option<Arc<Coded>> {
        self.department.get_or_init(|| super::department(self.message, self.context)).clone()
    }

    fn ward(&self) -> Option<Arc<Place>> {
        let read = || self.pv1.and_then(|p| p.place(3)).filter(|p| !p.is_department());
        self.ward.get_or_init(read).clone()
    }

    /// The departments of PV1, which all orders of the message share.
    pub(super) fn elsewhere(&self) -> Option<Arc<Elsewhere>> {
        self.elsewhere.get_or_init(|| Elsewhere::default().and(self.pv1.into_iter()).shared()).clone()
    }

    /// Reads the ORC that a block begins with, if it does; the whole block may name departments.
    pub(super) fn order(&self, block: &[Segment<'_>]) -> Order {
        let mut order = self.order_itself(&block[0]);
        let sent = order.department.as_deref();
        let own = Elsewhere::default().and(block.iter().copied()).or_named(sent, || self.order_department());
        order.elsewhere = self.elsewhere();
        if own != Elsewhere::default() {
            let of_message = order.elsewhere.as_deref().cloned().unwrap_or_default();
            let departments = [of_message.departments, own.departments].concat();
            order.elsewhere = Elsewhere { departments, places: [of_message.places, own.places].concat() }.shared();
        }
        order
    }

    fn order_itself(&self, orc: &Segment<'_>) -> Order {
        if orc.id() != "ORC" {
            // A block without an ORC: only what the message says of all its orders.
            let patient_class = self.pv1.and_then(|p| p.id_of(2));
            let (department, ward) = (self.order_department(), self.ward());
            return Order { department, ward, patient_class, ..Order::default() };
        }
        let group = orc.id_of(4);
        let (rp, rp_sequence) = group.as_deref().map_or((None, None), rp_of);
        Order {
            control: orc.id_of(1),
            number: orc.id_of(2),
            filler_number: orc.id_of(3),
            rp,
            rp_sequence,
            group,
            status: orc.id_of(5),
            at: orc.ts(9),
            effective_at: orc.ts(15),
            control_reason: orc.cwe(16),
            entered_by: orc.xcn(10),
            orderer: orc.xcn(12),
            department: orc.cwe(17).or_else(|| self.order_department()),
            ward: orc.place(13).filter(|p| !p.is_department()).or_else(|| self.ward()),
            patient_class: orc.id_of(29).or_else(|| self.pv1.and_then(|p| p.id_of(2))),
            elsewhere: None,
        }
    }
}

/// ORC-4: `<order>_<RP>_<sequence>`, or the RP number alone.
fn rp_of(group: &str) -> (Option<Text>, Option<Text>) {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let mut parts = group.rsplitn(3, '_');
    match [parts.next(), parts.next(), parts.next()] {
        [Some(sequence), Some(rp), Some(_)] if digits(sequence) && digits(rp) => {
            (Some(rp.to_compact_string()), Some(sequence.to_compact_string()))
        }
        _ => (Some(group.to_compact_string()), None),
    }
}

/// TQ1: when and how often.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Timing {
    /// TQ1-3: usage; later repetitions are supplementary usages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<Arc<Coded>>,
    /// TQ1-6: days.
    pub duration: Option<Quantity>,
    /// TQ1-7.
    pub start: Option<Timestamp>,
    /// TQ1-8.
    pub end: Option<Timestamp>,
    /// TQ1-9.
    pub priority: Option<Arc<Coded>>,
    /// TQ1-10 and TQ1-11.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Text>,
    /// TQ1-14: number of doses of an order for use when needed.
    pub doses: Option<Text>,
}

impl Timing {
    /// Reads one TQ1.
    pub(super) fn read(tq1: &Segment<'_>) -> Timing {
        tq1.skip(&[1]);
        Timing {
            usage: tq1.rpts(3),
            duration: tq1.cq(6),
            start: tq1.ts(7),
            end: tq1.ts(8),
            priority: tq1.cwe(9),
            notes: [10, 11].into_iter().filter_map(|f| tq1.st(f)).collect(),
            doses: tq1.id_of(14),
        }
    }

    /// 頓用: the standard usage code's third character is 5, the usage text says
    /// so, or a number of doses (TQ1-14) stands *instead of* days (TQ1-6). Beside
    /// days it says nothing: senders fill it for inhalers used every day.
    pub fn is_as_needed(&self) -> bool {
        let by_code = |c: &Coded| &*c.system == "JAMISDP01" && c.code.len() == 16 && c.code.as_bytes()[2] == b'5';
        let by_text = |c: &Coded| c.display().contains("頓");
        let doses_for_days = self.doses.is_some() && self.duration.is_none();
        doses_for_days || self.usage.iter().any(|u| by_code(u) || by_text(u))
    }
}

/// RXR: by which way, where on the body, with what.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// RXR-1 (HL7 table 0162).
    pub route: Option<Arc<Coded>>,
    /// RXR-2 (0163).
    pub site: Option<Arc<Coded>>,
    /// RXR-3 (0164).
    pub device: Option<Arc<Coded>>,
    /// RXR-4 (0165).
    pub method: Option<Arc<Coded>>,
    /// RXR-6.
    pub site_modifier: Option<Arc<Coded>>,
}

impl Route {
    /// Reads one RXR.
    pub(super) fn read(rxr: &Segment<'_>) -> Route {
        Route { route: rxr.cwe(1), site: rxr.cwe(2), device: rxr.cwe(3), method: rxr.cwe(4), site_modifier: rxr.cwe(6) }
    }
}

/// ORC, RXE, TQ1, RXR and a few RXC.
pub(super) type Block<'m> = SmallVec<[Segment<'m>; 8]>;

/// The segments of a message cut into blocks at each `ORC`. A second `RXE` below
/// one `ORC` is a block of its own under the same order, or its drug would be
/// shown with the usage of the first; so is a drug that no `ORC` precedes. What
/// stands before the first block is left out.
pub(super) fn blocks<'m>(message: &'m Message<'m>) -> Vec<Block<'m>> {
    let mut blocks: Vec<Block<'m>> = Vec::new();
    for segment in message.segments() {
        let is_drug = matches!(segment.id(), "RXE" | "RXA");
        match (segment.id(), blocks.last_mut()) {
            ("ORC", _) => blocks.push(smallvec![segment]),
            ("RXE", Some(block)) if block.iter().any(|s| s.id() == "RXE") => {
                let order = block.first().copied().filter(|s| s.id() == "ORC");
                blocks.push(order.into_iter().chain([segment]).collect());
            }
            (_, Some(block)) => block.push(segment),
            (_, None) if is_drug => blocks.push(smallvec![segment]),
            (_, None) => {}
        }
    }
    blocks
}

/// The first segment of a block with this id.
pub(super) fn first<'m>(block: &[Segment<'m>], id: &str) -> Option<Segment<'m>> {
    block.iter().copied().find(|s| s.id() == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rp_numbers() {
        assert_eq!(rp_of("123456789012345_01_002"), (Some("01".into()), Some("002".into())));
        assert_eq!(rp_of("1"), (Some("1".into()), None));
        assert_eq!(rp_of("A_B_C"), (Some("A_B_C".into()), None));
    }
}
