//! Where else than in what is shown a message names departments and drugs. Only rules look there, so that nothing of a
//! department or drug that is kept out stays in the record because a sender wrote it at another place.

use crate::message::Segment;
use crate::types::{Coded, Place};
use std::sync::Arc;

/// Departments beside the one that is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// Further repetitions of ORC-17, and what stands in for one without a code.
    pub departments: Vec<Arc<Coded>>,
    /// Places of kind C or D: PV1, ORC-13, RXE-42, RXA-11.
    pub places: Vec<Arc<Place>>,
}

/// PV1: where the patient is, was, and is to go.
const PLACES_OF_PV1: [u16; 5] = [3, 6, 11, 42, 43];

impl Elsewhere {
    /// Adds what these segments name.
    pub(super) fn and<'m>(mut self, segments: impl Iterator<Item = Segment<'m>>) -> Elsewhere {
        for segment in segments {
            let places: &[u16] = match segment.id() {
                "PV1" => &PLACES_OF_PV1,
                "ORC" => {
                    self.departments.extend(segment.further_cwes(17));
                    &[13]
                }
                "RXE" => &[42],
                "RXA" => &[11],
                _ => &[],
            };
            self.places.extend(places.iter().flat_map(|field| segment.department_places(*field)));
        }
        self
    }

    /// Adds what stands in for a department that is sent without its code.
    pub(super) fn or_named(mut self, sent: Option<&Coded>, instead: impl FnOnce() -> Option<Arc<Coded>>) -> Elsewhere {
        if sent.is_some_and(|sent| !sent.has_code()) {
            self.departments.extend(instead());
        }
        self
    }

    /// Nothing, where there is nothing: most orders.
    pub(super) fn shared(self) -> Option<Arc<Elsewhere>> {
        (self != Elsewhere::default()).then(|| Arc::new(self))
    }
}

/// Drugs in further repetitions of RXE-2, RXC-2 and RXA-5, of which the first is shown.
pub(super) fn further_drugs<'m>(segments: impl Iterator<Item = Segment<'m>>) -> Vec<Arc<Coded>> {
    let mut further = Vec::new();
    for segment in segments {
        match segment.id() {
            "RXE" | "RXC" => further.extend(segment.further_cwes(2)),
            "RXA" => further.extend(segment.further_cwes(5)),
            _ => {}
        }
    }
    further
}
