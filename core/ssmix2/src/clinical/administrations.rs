//! OMP-12 and OMP-11, RAS^O17: what was given.
//!
//! Several RXA rows and the one RXR behind them are one group: a mixture given
//! together. ORC-2 and ORC-4 name the order the group belongs to.

use super::elsewhere::further_drugs;
use super::injections::{Component, components};
use super::orders::{Order, OrderDefaults, Route, blocks, first};
use super::{Context, agreement};
use crate::message::{Message, Segment};
use crate::types::{Coded, Person, Place, Quantity, Text, Timestamp};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use std::sync::Arc;

/// One RXA row.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdministeredDrug {
    /// RXA-5.
    pub drug: Option<Arc<Coded>>,
    /// RXA-6 and RXA-7.
    pub amount: Option<Quantity>,
    /// RXA-8.
    pub form: Option<Arc<Coded>>,
    /// RXA-3.
    pub start: Option<Timestamp>,
    /// RXA-4.
    pub end: Option<Timestamp>,
    /// RXA-9.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<Arc<Coded>>,
    /// RXA-10.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub performers: Vec<Arc<Person>>,
    /// RXA-11.
    pub place: Option<Arc<Place>>,
    /// RXA-12.
    pub rate: Option<Text>,
    /// RXA-13 and RXA-14.
    pub strength: Option<Quantity>,
    /// RXA-15: lot numbers.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub lots: Vec<Text>,
    /// RXA-16.
    pub expires: Option<Timestamp>,
    /// RXA-17.
    pub maker: Option<Arc<Coded>>,
    /// RXA-18: why it was refused.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub refusal_reasons: Vec<Arc<Coded>>,
    /// RXA-20: `CP` complete, `RE` refused, `NA` not administered, `PA` partially.
    pub completion: Option<Text>,
    /// RXA-21: `D` retracts the row.
    pub action: Option<Text>,
    /// RXA-22.
    pub entered_at: Option<Timestamp>,
}

/// One group of RXA rows.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Administration {
    /// Segment number of the first RXA.
    #[serde(skip)]
    pub segment: u32,
    /// The order it belongs to.
    pub order: Order,
    /// The drugs given together.
    pub drugs: Vec<AdministeredDrug>,
    /// The RXR behind the rows.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub routes: Vec<Route>,
    /// RXE-2 where the message repeats the order (`06` is a vaccination).
    pub injection_type: Option<Arc<Coded>>,
    /// RXC where the message repeats the order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub ordered: Vec<Component>,
    /// Further drugs in RXA-5, RXE-2 and RXC-2 of its order, for rules that name drugs.
    #[serde(skip)]
    pub further_drugs: Vec<Arc<Coded>>,
}

/// Reads all groups.
pub(super) fn read<'m>(message: &'m Message<'m>, context: Context<'m>) -> Vec<Administration> {
    let defaults = OrderDefaults::of(message, context);
    let mut groups = Vec::new();
    for block in blocks(message) {
        groups.extend(groups_of(&defaults, &block));
    }
    groups
}

fn groups_of(defaults: &OrderDefaults<'_>, block: &[Segment<'_>]) -> Vec<Administration> {
    let mut groups: Vec<Administration> = Vec::new();
    let (mut open, order) = (false, defaults.order(block));
    let injection_type = first(block, "RXE").and_then(|rxe| rxe.cwe(2));
    let (ordered, further) = (components(block), further_drugs(block.iter().copied()));
    for segment in block {
        match segment.id() {
            "RXA" => {
                if !open {
                    groups.push(Administration {
                        segment: segment.number(),
                        order: order.clone(),
                        drugs: Vec::new(),
                        routes: Vec::new(),
                        injection_type: injection_type.clone(),
                        ordered: ordered.clone(),
                        further_drugs: further.clone(),
                    });
                    open = true;
                }
                if let Some(group) = groups.last_mut() {
                    group.drugs.push(drug(segment));
                }
            }
            // The RXR of the repeated order stands before any RXA and closes nothing.
            "RXR" => {
                open = false;
                if let Some(group) = groups.last_mut() {
                    group.routes.push(Route::read(segment));
                }
            }
            _ => {}
        }
    }
    groups
}

fn drug(rxa: &Segment<'_>) -> AdministeredDrug {
    rxa.skip(&[1, 2]);
    AdministeredDrug {
        drug: agreement::drug(rxa, 5),
        amount: rxa.quantity(6, 7),
        form: rxa.cwe(8),
        start: rxa.ts(3),
        end: rxa.ts(4),
        notes: rxa.cwes(9),
        performers: rxa.xcn_all(10).to_vec(),
        place: rxa.place(11),
        rate: rxa.st(12),
        strength: rxa.quantity(13, 14),
        lots: rxa.sts(15),
        expires: rxa.ts(16),
        maker: rxa.cwe(17),
        refusal_reasons: rxa.cwes(18),
        completion: rxa.id_of(20),
        action: rxa.id_of(21),
        entered_at: rxa.ts(22),
    }
}

#[cfg(test)]
mod tests {
    use crate::clinical::tests::entries;

    #[test]
    fn one_rxr_closes_a_group() {
        let (e, _) = entries(
            "OMP-12",
            &[
                "PID|1||1",
                "ORC|NW|5||5_01_001",
                "RXA|0|1|20110701080521|20110701130543|1^A^HOT9|1|HON^本^MR9P||^左手に実施^99IC2|200^看護^花子|09A^021^4^^^N|102ml/hr||||||||CP||20110701130613",
                "RXA|0|1|20110701080521|20110701130543|2^B^HOT9|1|AMP",
                "RXR|IV",
                "RXA|0|1|20110702||1^A^HOT9|1|HON|||||||||||||RE|D",
                "RXR|IV",
            ],
        );
        let [first, second] = &e.administrations[..] else { panic!("two groups") };
        assert_eq!((first.drugs.len(), second.drugs.len()), (2, 1));
        assert_eq!(first.drugs[0].notes[0].display(), "左手に実施");
        assert_eq!(first.drugs[0].performers[0].name, "看護 花子");
        assert_eq!((second.drugs[0].completion.as_deref(), second.drugs[0].action.as_deref()), (Some("RE"), Some("D")));
    }
}
