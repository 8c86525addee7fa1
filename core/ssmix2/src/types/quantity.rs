//! Amounts as sent: a number text and its unit. Nothing is computed.

use super::{Coded, Segment};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An amount with its unit. The two are never separated: a number without its
/// unit is no dose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    /// The number exactly as sent.
    pub value: String,
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
        let components = parts.repetitions.first()?;
        let value = super::trimmed(components.first()?.first()?, d, &mut stray)?;
        let unit = components.get(1).and_then(|c| Coded::from_leaves(c.iter().copied(), d, &mut stray));
        Some(Quantity { value, unit: unit.map(Arc::new) })
    }

    /// RPT: the repeat pattern code in component 1 with `&` between its parts.
    pub fn rpts(&self, field: u16) -> Vec<Arc<Coded>> {
        if !self.has(field) {
            return Vec::new();
        }
        let (d, mut stray) = (self.delimiters(), false);
        let parts = self.parts(field);
        let codes = parts.repetitions.iter().filter_map(|r| {
            let first = r.first()?;
            // Some senders write the pattern with `^`, as if it were a CWE.
            if first.len() == 1 && r.len() > 1 {
                return Coded::from_leaves(r.iter().filter_map(|c| c.first().copied()), d, &mut stray);
            }
            Coded::from_leaves(first.iter().copied(), d, &mut stray)
        });
        codes.map(Arc::new).collect()
    }
}
