//! Organisms that are kept out: amounts and susceptibilities name them, too.

use super::orders::Named;
use crate::fold::fold;
use chrono::NaiveDate;
use ssmix2::clinical::{Lab, LabRole};
use ssmix2::types::Text;
use std::collections::HashSet;

/// Whose, the number, and the specimen's day: numbers begin again every year.
type Order = (bool, Text, Option<NaiveDate>);
/// Code and sub id of a row.
type Row = (String, Option<Text>);

/// By order, and those that are shown by specimen, too: one organism may grow from two.
#[derive(Debug, Clone, Default)]
pub(super) struct Organisms {
    out: HashSet<(Order, String)>,
    shown: HashSet<(Order, String, String)>,
    /// Specimens from which one grew that is kept out.
    out_of: HashSet<(Order, String)>,
    /// Rows that are kept out and may be named by others as that of their organism.
    parents: HashSet<(Order, String, Row)>,
}

impl Organisms {
    /// Takes note of a row that is kept out, or that names an organism.
    pub(super) fn add(&mut self, named: &Named, lab: &Lab, is_out: bool) {
        let Some(order) = order(named, lab) else { return };
        if is_out {
            let rows = [&lab.item.code, &lab.item.alt_code].into_iter().filter(|code| !code.is_empty());
            let rows = rows.map(|code| (order.clone(), specimen(lab), (fold(code), lab.sub_id.clone())));
            self.parents.extend(rows);
        }
        for name in names(lab) {
            if is_out {
                self.out.insert((order.clone(), name));
                self.out_of.insert((order.clone(), specimen(lab)));
            } else {
                self.shown.insert((order.clone(), specimen(lab), name));
            }
        }
    }

    /// Forgets which are shown: they are to be added anew.
    pub(super) fn without_shown(&self) -> Organisms {
        Organisms { shown: HashSet::new(), ..self.clone() }
    }

    /// Whether a row speaks of one that is kept out: by its link, by name, or because no other grew from its specimen.
    pub(super) fn hide(&self, named: &Named, lab: &Lab) -> bool {
        let Some(order) = order(named, lab).filter(|_| !self.parents.is_empty()) else { return false };
        let specimen = specimen(lab);
        let link = lab.group.parent_item.as_deref().map(|item| (fold(item), lab.group.parent_sub_id.clone()));
        if link.is_some_and(|link| self.parents.contains(&(order.clone(), specimen.clone(), link))) {
            return true;
        }
        let mut names = spoken_of(lab).peekable();
        if names.peek().is_none() {
            let role = lab.microbiology.as_ref().map(|row| row.role);
            let is_of_any = matches!(role, Some(LabRole::Amount | LabRole::Susceptibility));
            let another = || self.shown.iter().any(|(of, from, _)| *of == order && *from == specimen);
            return is_of_any && self.out_of.contains(&(order.clone(), specimen.clone())) && !another();
        }
        names.any(|name| {
            let is_shown = self.shown.contains(&(order.clone(), specimen.clone(), name.clone()));
            !is_shown && self.out.contains(&(order.clone(), name))
        })
    }

    /// Whether a row may speak of one under another spelling: what it names is not shown, and its specimen grew one.
    pub(super) fn may_hide(&self, named: &Named, lab: &Lab) -> bool {
        let Some(order) = order(named, lab) else { return false };
        let specimen = specimen(lab);
        self.out_of.contains(&(order.clone(), specimen.clone()))
            && spoken_of(lab).any(|name| !self.shown.contains(&(order.clone(), specimen.clone(), name)))
    }
}

/// The organisms that a row names as those it speaks of.
fn spoken_of(lab: &Lab) -> impl Iterator<Item = String> {
    let row = lab.microbiology.as_ref().filter(|row| row.role != LabRole::Organism);
    let bound = row.and_then(|row| row.organism.as_deref());
    bound.into_iter().chain(lab.group.parent_organism.as_deref()).map(fold)
}

/// Without a number nothing is bound.
fn order(named: &Named, lab: &Lab) -> Option<Order> {
    let taken = lab.group.collected_at.filter(|_| !lab.group.is_from_request).map(|at| at.date());
    Some((named.is_other, named.number.clone()?, taken.or(named.file_day)))
}

/// What a row that names an organism calls it: the text that is shown, and both that were sent.
fn names(lab: &Lab) -> HashSet<String> {
    if lab.microbiology.as_ref().is_none_or(|row| row.role != LabRole::Organism) {
        return HashSet::new();
    }
    let sent = lab.value_code.iter().flat_map(|code| [&*code.text, &*code.alt_text]);
    lab.value.as_deref().into_iter().chain(sent).map(fold).filter(|name| !name.is_empty()).collect()
}

fn specimen(lab: &Lab) -> String {
    let code = lab.group.specimen.as_ref().map_or("", |specimen| &specimen.code);
    format!("{}\u{1f}{code}", lab.group.specimen_id.as_deref().unwrap_or_default())
}
