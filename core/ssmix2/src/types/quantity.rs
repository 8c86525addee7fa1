//! Amounts as sent: a number text and its unit. Nothing is computed.

use super::{Coded, Segment, Text, parts, trimmed};
use crate::diagnostic::Code;
use crate::message::Delimiters;
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
    /// amount says nothing. Some senders write both into the amount: `30^錠`.
    pub fn quantity(&self, amount: u16, unit: u16) -> Option<Quantity> {
        let unit = self.cwe(unit);
        let value = self.id_of(amount)?;
        let Some(within) = self.unit_within(amount) else { return Some(Quantity { value, unit }) };
        if unit.as_ref().is_some_and(|u| ![&*u.code, &*u.text].contains(&within.display())) {
            self.note_once(Code::FieldNotCovered, amount);
        }
        Some(Quantity { value, unit: unit.or(Some(within)) })
    }

    fn unit_within(&self, amount: u16) -> Option<Arc<Coded>> {
        if !self.raw(amount).contains(self.delimiters().component) {
            return None;
        }
        let unit = self.cq(amount)?.unit?;
        Some(if unit.has_text() { unit } else { Arc::new(Coded::of_text(&unit.code)) })
    }

    /// CQ: amount in component 1, unit in component 2 with `&` between its parts.
    pub fn cq(&self, field: u16) -> Option<Quantity> {
        let raw = self.raw(field);
        let raw = self.first_repetition(raw, field);
        if raw.is_empty() { None } else { self.cached(raw, field, |cache| &mut cache.quantities, quantity) }
    }

    /// RPT: the repeat pattern code in component 1 with `&` between its parts.
    pub fn rpts(&self, field: u16) -> Vec<Arc<Coded>> {
        let raw = self.raw(field);
        if raw.is_empty() { Vec::new() } else { self.cached(raw, field, |cache| &mut cache.patterns, patterns) }
    }
}

fn quantity(raw: &str, d: Delimiters, findings: &mut Vec<Code>) -> Option<Quantity> {
    let (parts, covered) = parts(raw, d);
    let mut stray = false;
    let value = trimmed(parts.leaf(0, 0)?, d, &mut stray)?;
    let unit = Coded::from_leaves(parts.subcomponents(0, 1).into_iter(), d, &mut stray);
    findings.extend(stray.then_some(Code::StrayBackslash));
    findings.extend((!covered).then_some(Code::FieldNotCovered));
    Some(Quantity { value, unit: unit.map(Arc::new) })
}

fn patterns(raw: &str, d: Delimiters, findings: &mut Vec<Code>) -> Vec<Arc<Coded>> {
    let (parts, covered) = parts(raw, d);
    let mut stray = false;
    let mut codes = Vec::new();
    for r in 0..parts.repetitions() {
        let first = parts.subcomponents(r, 0);
        // Some senders write the pattern with `^`, as if it were a CWE.
        let code = if first.len() == 1 && parts.components(r) > 1 {
            let leaves = (0..parts.components(r)).filter_map(|c| parts.leaf(r, c));
            Coded::from_leaves(leaves, d, &mut stray)
        } else {
            Coded::from_leaves(first.into_iter(), d, &mut stray)
        };
        codes.extend(code.map(Arc::new));
    }
    findings.extend(stray.then_some(Code::StrayBackslash));
    findings.extend((!covered).then_some(Code::FieldNotCovered));
    codes
}
