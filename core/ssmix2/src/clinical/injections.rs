//! OMP-02, RDE^O11: injection orders.
//!
//! One block {ORC RXE TQ1 RXR {RXC}} is one administration of one Rp; the drugs
//! are its RXC rows, B the base solution and A the additives.

use super::elsewhere::further_drugs;
use super::observations::{self, Observation};
use super::orders::{Order, OrderDefaults, Route, Timing, blocks, first};
use super::{Context, agreement};
use crate::message::Message;
use crate::message::Segment;
use crate::types::{Coded, Place, Quantity, Text, Timestamp};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use std::sync::Arc;

/// One drug in a mixture.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// RXC-1: `B` base, `A` additive; absent where RXE-2 names the drug itself.
    pub kind: Option<Text>,
    /// RXC-2.
    pub drug: Option<Arc<Coded>>,
    /// RXC-3 and RXC-4.
    pub amount: Option<Quantity>,
    /// RXC-5 and RXC-6.
    pub strength: Option<Quantity>,
    /// RXC-7.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub drug_codes: Vec<Arc<Coded>>,
}

/// One administration as ordered.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Injection {
    /// Segment number of the RXE (or of the ORC without one).
    #[serde(skip)]
    pub segment: u32,
    /// The order; `rp` and `rp_sequence` number the administration.
    pub order: Order,
    /// The drugs.
    pub components: Vec<Component>,
    /// RXE-2: 一般, 抗がん剤 ... (JHSI0002); not a drug.
    pub injection_type: Option<Arc<Coded>>,
    /// RXE-3 and RXE-5: the whole bag.
    pub volume: Option<Quantity>,
    /// RXE-4 and RXE-5.
    pub volume_max: Option<Quantity>,
    /// RXE-10 and RXE-11.
    pub dispensed: Option<Quantity>,
    /// RXE-6.
    pub form: Option<Arc<Coded>>,
    /// RXE-23 and RXE-24: 与薬速度.
    pub rate: Option<Quantity>,
    /// RXE-22: the unit of time the rate counts by.
    pub rate_time: Option<Text>,
    /// RXE-25 and RXE-26.
    pub strength: Option<Quantity>,
    /// TQ1.
    pub timing: Timing,
    /// RXE-7, RXE-27.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instructions: Vec<Arc<Coded>>,
    /// RXR.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
    /// RXE-21.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<Arc<Coded>>,
    /// RXE-15: slip number.
    pub slip_number: Option<Text>,
    /// RXE-42: where the drugs go.
    pub deliver_to: Option<Arc<Place>>,
    /// RXE-31.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drug_codes: Vec<Arc<Coded>>,
    /// RXE-32.
    pub first_ordered_at: Option<Timestamp>,
    /// OBX: height, weight and the like that the dose was made for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<Observation>,
    /// CTI-1: clinical trial.
    pub trial: Option<Text>,
    /// CTI-2.
    pub trial_phase: Option<Arc<Coded>>,
    /// CTI-3.
    pub trial_time_point: Option<Arc<Coded>>,
    /// Further drugs in RXE-2 and RXC-2, for rules that name drugs.
    #[serde(skip)]
    pub further_drugs: Vec<Arc<Coded>>,
}

/// Reads all blocks.
pub(super) fn read<'m>(message: &'m Message<'m>, context: Context<'m>) -> Vec<Injection> {
    let defaults = OrderDefaults::of(message, context);
    blocks(message).iter().map(|block| block_of(&defaults, block)).collect()
}

fn block_of(defaults: &OrderDefaults<'_>, block: &[Segment<'_>]) -> Injection {
    let mut injection = Injection {
        segment: block[0].number(),
        order: defaults.order(block),
        components: components(block),
        timing: first(block, "TQ1").map(|s| Timing::read(&s)).unwrap_or_default(),
        routes: block.iter().filter(|s| s.id() == "RXR").map(Route::read).collect(),
        observations: block.iter().filter(|s| s.id() == "OBX").filter_map(observations::read).collect(),
        further_drugs: further_drugs(block.iter().copied()),
        trial: first(block, "CTI").and_then(|s| s.id_of(1)),
        trial_phase: first(block, "CTI").and_then(|s| s.cwe(2)),
        trial_time_point: first(block, "CTI").and_then(|s| s.cwe(3)),
        ..Injection::default()
    };
    if let Some(rxe) = first(block, "RXE") {
        add_rxe(&mut injection, &rxe);
    }
    injection
}

fn add_rxe(injection: &mut Injection, rxe: &Segment<'_>) {
    let given = agreement::drug(rxe, 2);
    injection.segment = rxe.number();
    injection.volume = rxe.quantity(3, 5);
    injection.volume_max = rxe.quantity(4, 5);
    injection.dispensed = rxe.quantity(10, 11);
    injection.form = rxe.cwe(6);
    injection.rate = rxe.quantity(23, 24);
    injection.rate_time = rxe.id_of(22);
    injection.strength = rxe.quantity(25, 26);
    injection.instructions = [rxe.cwes(7), rxe.cwes(27)].concat();
    injection.types = rxe.cwes(21);
    injection.slip_number = rxe.id_of(15);
    injection.deliver_to = rxe.place(42);
    injection.drug_codes = rxe.cwes(31);
    injection.first_ordered_at = rxe.ts(32);
    if injection.components.is_empty() || given.as_deref().is_some_and(is_drug) {
        // Some senders write a single drug into RXE-2 and no RXC at all.
        let amount = injection.volume.clone();
        let lone = Component { kind: None, drug: given, amount, strength: None, drug_codes: vec![] };
        if lone.drug.is_some() {
            injection.components.insert(0, lone);
        }
    } else {
        injection.injection_type = given;
    }
}

fn is_drug(given: &Coded) -> bool {
    given.system.starts_with("HOT") || &*given.system == "YJ"
}

/// The RXC rows of a block.
pub(super) fn components(block: &[Segment<'_>]) -> Vec<Component> {
    let rows = block.iter().filter(|s| s.id() == "RXC");
    rows.map(|rxc| Component {
        kind: rxc.id_of(1),
        drug: agreement::drug(rxc, 2),
        amount: rxc.quantity(3, 4),
        strength: rxc.quantity(5, 6),
        drug_codes: rxc.cwes(7),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use crate::clinical::tests::entries;

    #[test]
    fn a_mixture_and_a_lone_drug() {
        let (e, _) = entries(
            "OMP-02",
            &[
                "PID|1||1",
                "ORC|NW|5||5_01_001",
                "RXE||00^一般^99I02|510||ML^ミリリットル^MR9P|INJ^注射剤^MR9P|^５時間一定速度で^99IC6||||||||s-1|||||||H1|102|ml/hr^mL/h^ISO+",
                "TQ1|1||||||201107010800|201107011300",
                "RXR|IV^静脈内^HL70162||IVP^点滴ポンプ^HL70164",
                "RXC|B|1^輸液^HOT9|1|HON^本^MR9P",
                "RXC|A|2^添加薬^HOT9|1|AMP^アンプル^MR9P",
                "ORC|NW|5||5_02_001",
                "RXE||1234^単剤^HOT9|1||AMP^アンプル^MR9P",
            ],
        );
        let [bag, lone] = &e.injections[..] else { panic!("two blocks") };
        assert_eq!(bag.components.len(), 2);
        assert_eq!(bag.injection_type.as_ref().map(|t| t.display()), Some("一般"));
        assert_eq!(bag.rate.as_ref().map(|r| r.display()).as_deref(), Some("102mL/h"));
        assert_eq!(bag.instructions[0].display(), "５時間一定速度で");
        assert_eq!((bag.order.rp.as_deref(), bag.order.rp_sequence.as_deref()), (Some("01"), Some("001")));
        assert_eq!(lone.components[0].drug.as_ref().map(|d| d.display()), Some("単剤"));
        assert_eq!(lone.injection_type, None);
    }
}
