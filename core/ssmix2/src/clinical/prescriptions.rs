//! OMP-01, RDE^O11: prescription orders, one drug a block {ORC RXE TQ1 RXR}.

use super::elsewhere::further_drugs;
use super::orders::{Order, OrderDefaults, Route, Timing, blocks, first};
use super::{Context, agreement};
use crate::message::{Message, Segment};
use crate::types::{Coded, Quantity, Text, Timestamp};
use compact_str::ToCompactString;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use std::collections::HashMap;
use std::sync::Arc;

/// One drug of a prescription.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prescription {
    /// Segment number of the RXE.
    #[serde(skip)]
    pub segment: u32,
    /// The order; drugs with one `order.rp` form one Rp (same usage, same days).
    pub order: Order,
    /// RXE-2.
    pub drug: Option<Arc<Coded>>,
    /// RXE-31: further codes of the drug.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drug_codes: Vec<Arc<Coded>>,
    /// RXE-3 and RXE-5: 1回量.
    pub dose: Option<Quantity>,
    /// RXE-4 and RXE-5.
    pub dose_max: Option<Quantity>,
    /// RXE-19: 1日量.
    pub daily_dose: Option<Quantity>,
    /// RXE-10 and RXE-11: 調剤量 (the total dispensed).
    pub dispensed: Option<Quantity>,
    /// RXE-6: 剤形.
    pub form: Option<Arc<Coded>>,
    /// RXE-25 and RXE-26: 力価.
    pub strength: Option<Quantity>,
    /// TQ1: usage, days, start, end.
    pub timing: Timing,
    /// 頓用: not a drug taken every day.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub as_needed: bool,
    /// RXE-7, RXE-27: instructions of the prescriber.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instructions: Vec<Arc<Coded>>,
    /// RXR.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
    /// RXE-21: 院内, 院外, 入院, 退院 ... (MERIT-9 table 7).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<Arc<Coded>>,
    /// RXE-15: 処方箋番号.
    pub prescription_number: Option<Text>,
    /// RXE-12: number of refills.
    pub refills: Option<Text>,
    /// RXE-32: when the order was first given.
    pub first_ordered_at: Option<Timestamp>,
    /// Further drugs in RXE-2, for rules that name drugs.
    #[serde(skip)]
    pub further_drugs: Vec<Arc<Coded>>,
}

/// Reads all blocks that hold an RXE.
pub(super) fn read<'m>(message: &'m Message<'m>, context: Context<'m>) -> Vec<Prescription> {
    let defaults = OrderDefaults::of(message, context);
    let blocks = blocks(message);
    let mut drugs: Vec<Prescription> = Vec::with_capacity(blocks.len());
    for block in blocks {
        for rxe in block.iter().filter(|s| s.id() == "RXE") {
            drugs.push(drug(&defaults, &block, rxe));
        }
    }
    number_missing_rps(&mut drugs);
    share_prescription_number(&mut drugs);
    drugs
}

fn drug(defaults: &OrderDefaults<'_>, block: &[Segment<'_>], rxe: &Segment<'_>) -> Prescription {
    let timing = first(block, "TQ1").map(|s| Timing::read(&s)).unwrap_or_default();
    Prescription {
        segment: rxe.number(),
        order: defaults.order(block),
        drug: agreement::drug(rxe, 2),
        drug_codes: rxe.cwes(31),
        dose: rxe.quantity(3, 5),
        dose_max: rxe.quantity(4, 5),
        daily_dose: rxe.cq(19),
        dispensed: rxe.quantity(10, 11),
        form: rxe.cwe(6),
        strength: rxe.quantity(25, 26),
        as_needed: timing.is_as_needed(),
        timing,
        instructions: [rxe.cwes(7), rxe.cwes(27)].concat(),
        routes: block.iter().filter(|s| s.id() == "RXR").map(Route::read).collect(),
        types: rxe.cwes(21),
        prescription_number: rxe.id_of(15),
        refills: rxe.id_of(12),
        first_ordered_at: rxe.ts(32),
        further_drugs: further_drugs(block.iter().copied()),
    }
}

/// Without ORC-4, neighbours with the same usage and the same days are one Rp.
fn number_missing_rps(drugs: &mut [Prescription]) {
    let mut rp = 0;
    for i in 0..drugs.len() {
        if drugs[i].order.rp.is_some() {
            continue;
        }
        let same = i > 0
            && drugs[i - 1].timing.usage == drugs[i].timing.usage
            && drugs[i - 1].timing.duration == drugs[i].timing.duration;
        rp += u32::from(!same || rp == 0);
        drugs[i].order.rp = Some(rp.to_compact_string());
    }
}

/// The number stands on any drug of the order; it holds for all of them.
fn share_prescription_number(drugs: &mut [Prescription]) {
    let mut known: HashMap<Option<Text>, Text> = HashMap::new();
    for drug in drugs.iter() {
        if let Some(number) = &drug.prescription_number {
            known.entry(drug.order.number.clone()).or_insert_with(|| number.clone());
        }
    }
    for drug in drugs.iter_mut().filter(|d| d.prescription_number.is_none()) {
        drug.prescription_number = known.get(&drug.order.number).cloned();
    }
}

#[cfg(test)]
mod tests {
    use crate::clinical::tests::entries;
    use crate::diagnostic::Code;

    #[test]
    fn nothing_inside_a_field_is_lost_in_silence() {
        let read = |rxe: &str| entries("OMP-01", &["PID|1||1", "ORC|NW|123", rxe]);
        let dose = |rxe: &str| read(rxe).0.prescriptions[0].dose.clone().map(|d| d.display());
        assert_eq!(dose("RXE||1^薬^99|30^錠").as_deref(), Some("30錠"));
        assert_eq!(dose("RXE||1^薬^99|30^TAB&錠&MR9P").as_deref(), Some("30錠"));
        assert_eq!(dose("RXE||1^薬^99|30^錠||TAB^錠^MR9P").as_deref(), Some("30錠"));
        assert_eq!(read("RXE||1^薬^99~|30^錠||TAB^錠^MR9P").1, []);
        for silent in ["RXE||1^薬A^99~2^薬B^99|1", "RXE||1^薬^99|1~2", "RXE||1^薬^99|1^錠||AMP^アンプル^MR9P"]
        {
            assert_eq!(read(silent).1, [Code::FieldNotCovered], "{silent}");
        }
        // A reading in kana and instructions that repeat are expected.
        assert_eq!(
            entries("OMP-01", &["PID|1||1", "ORC|NW|123||||||||||1^山^川~^ヤマ^カワ", "RXE||1^薬^99||||||a~b"]).1,
            []
        );
    }

    #[test]
    fn drugs_of_one_order() {
        let (e, _) = entries(
            "OMP-01",
            &[
                "PID|1||1",
                "ORC|NW|5||1|||||20110701103045|||110^山^川|||||01^内科^99X||||||||||||O",
                "RXE||123^薬A^HOT9|1||TAB^錠^MR9P|||||15|TAB^錠^MR9P||||77||||3^TAB&錠&MR9P||OHI^院内処方^MR9P",
                "TQ1|1||1013044400000000&１日３回朝昼夕食後&JAMISDP01|||5^d|2011070100",
                "RXR|PO^口^HL70162",
                "ORC|CA|5",
                "RXE||456^軟膏^HOT9|\"\"||\"\"|||||1|HON^本^MR9P",
                "TQ1|1||0000&頓用&99|||||||||||5",
                "RXR|AP",
            ],
        );
        let [a, b] = &e.prescriptions[..] else { panic!("two drugs") };
        assert_eq!(a.dose.as_ref().map(|d| d.display()).as_deref(), Some("1錠"));
        assert_eq!(a.daily_dose.as_ref().map(|d| d.display()).as_deref(), Some("3錠"));
        assert_eq!(a.timing.duration.as_ref().map(|d| d.display()).as_deref(), Some("5d"));
        assert_eq!(a.timing.start.map(|t| t.to_string()).as_deref(), Some("2011-07-01"));
        assert_eq!(a.order.orderer.as_ref().map(|o| o.name.as_str()), Some("山 川"));
        // `""` is no dose; the number of the first drug is the order's.
        assert_eq!((b.dose.clone(), b.prescription_number.as_deref()), (None, Some("77")));
        assert_eq!((b.order.control.as_deref(), b.as_needed), (Some("CA"), true));
        assert_eq!((a.order.rp.as_deref(), b.order.rp.as_deref()), (Some("1"), Some("1")));
    }
}
