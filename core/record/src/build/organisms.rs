//! Organisms that are kept out: amounts and susceptibilities name them, too.

use super::answers::Named;
use crate::fold::fold;
use ssmix2::clinical::{Lab, LabRole};
use ssmix2::types::Text;
use std::collections::HashSet;

type Order = (bool, Option<Text>);

/// By order, and those that are shown by specimen, too: one organism may grow from two.
#[derive(Debug, Clone, Default)]
pub(super) struct Organisms {
    out: HashSet<(Order, String)>,
    shown: HashSet<(Order, String, String)>,
    /// Specimens from which one grew that is kept out.
    out_of: HashSet<(Order, String)>,
}

impl Organisms {
    /// Takes note of a row, if it is one that names an organism.
    pub(super) fn add(&mut self, named: &Named, lab: &Lab, is_out: bool) {
        let Some(name) = lab.value.as_deref().filter(|_| is_organism(lab)).map(fold) else { return };
        if is_out {
            self.out.insert((named.key(), name));
            self.out_of.insert((named.key(), specimen(lab)));
        } else {
            self.shown.insert((named.key(), specimen(lab), name));
        }
    }

    /// Forgets which are shown: they are to be added anew.
    pub(super) fn without_shown(&self) -> Organisms {
        Organisms { shown: HashSet::new(), ..self.clone() }
    }

    /// Whether a row speaks of one that is kept out: by name, or because no other grew from its specimen.
    pub(super) fn hide(&self, named: &Named, lab: &Lab) -> bool {
        if self.out.is_empty() {
            return false;
        }
        let (order, specimen) = (named.key(), specimen(lab));
        let row = lab.microbiology.as_ref().filter(|row| row.role != LabRole::Organism);
        let bound = row.and_then(|row| row.organism.as_deref());
        let mut names = bound.into_iter().chain(lab.group.parent_organism.as_deref()).map(fold).peekable();
        if names.peek().is_none() {
            let is_of_any = row.is_some_and(|row| matches!(row.role, LabRole::Amount | LabRole::Susceptibility));
            let another = || self.shown.iter().any(|(of, from, _)| *of == order && *from == specimen);
            return is_of_any && self.out_of.contains(&(order.clone(), specimen.clone())) && !another();
        }
        names.any(|name| {
            let is_shown = self.shown.contains(&(order.clone(), specimen.clone(), name.clone()));
            !is_shown && self.out.contains(&(order.clone(), name))
        })
    }
}

fn is_organism(lab: &Lab) -> bool {
    lab.microbiology.as_ref().is_some_and(|row| row.role == LabRole::Organism)
}

fn specimen(lab: &Lab) -> String {
    let code = lab.group.specimen.as_ref().map_or("", |specimen| &specimen.code);
    format!("{}\u{1f}{code}", lab.group.specimen_id.as_deref().unwrap_or_default())
}
