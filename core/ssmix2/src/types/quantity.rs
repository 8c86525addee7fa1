//! Amounts as sent: a number text and its unit. Nothing is computed.

use super::{Coded, Segment, Text};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An amount with its unit. The two are never separated: a number without its
/// unit is no dose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    /// The number exactly as sent.
    pub value: Text,
    /// The unit, absent only where none was sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit: Option<Arc<Coded>>,
}

impl Quantity {
    /// Number and unit as one text.
    pub fn display(&self) -> String {
        match &self.unit {
            Some(unit) => format!("{}{}", self.value.trim(), unit.display()),
            None => self.value.trim().to_string(),
        }
    }
}

impl Segment<'_> {
    /// An amount field and the unit field that belongs to it. A unit without an
    /// amount says nothing.
    pub fn quantity(&self, amount: u16, unit: u16) -> Option<Quantity> {
        let unit = self.cwe(unit);
        Some(Quantity { value: self.id_of(amount)?, unit })
    }

    /// CQ: amount in component 1, unit in component 2 with `&` between its parts.
    pub fn cq(&self, field: u16) -> Option<Quantity> {
        let raw = self.raw(field);
        if raw.is_empty() {
            return None;
        }
        let (d, mut stray) = (self.delimiters(), false);
        let parts = self.parts(field);
        let value = super::trimmed(parts.leaf(0, 0)?, d, &mut stray)?;
        let unit = Coded::from_leaves(parts.subcomponents(0, 1).into_iter(), d, &mut stray);
        Some(Quantity { value, unit: unit.map(Arc::new) })
    }

    /// RPT: the repeat pattern code in component 1 with `&` between its parts.
    pub fn rpts(&self, field: u16) -> Vec<Arc<Coded>> {
        if !self.has(field) {
            return Vec::new();
        }
        let (d, mut stray) = (self.delimiters(), false);
        let parts = self.parts(field);
        let codes = (0..parts.repetitions()).filter_map(|r| {
            let first = parts.subcomponents(r, 0);
            // Some senders write the pattern with `^`, as if it were a CWE.
            if first.len() == 1 && parts.components(r) > 1 {
                let leaves = (0..parts.components(r)).filter_map(|c| parts.leaf(r, c));
                return Coded::from_leaves(leaves, d, &mut stray);
            }
            Coded::from_leaves(first.into_iter(), d, &mut stray)
        });
        codes.map(Arc::new).collect()
    }
}
