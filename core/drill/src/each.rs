//! What was found of each patient, one after the other: a list of all without all of it in memory.

use crate::patient::Patient;
use crate::report::Finding;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Hears what was found of a patient: the name of the folder, and findings, the gravest first; `patients` is 1.
pub type Each<'a> = dyn Fn(&str, &[Finding]) + Sync + 'a;

/// A patient's folder, and what was found.
type Told = (String, Vec<Finding>);

/// Keeps back who is done before somebody earlier in the order: the list is the same whatever thread was first.
pub(crate) struct InTurn<'a> {
    each: &'a Each<'a>,
    /// Whose turn it is, and who waits.
    waiting: Mutex<(usize, BTreeMap<usize, Told>)>,
}

impl<'a> InTurn<'a> {
    pub fn new(each: &'a Each<'a>) -> InTurn<'a> {
        InTurn { each, waiting: Mutex::default() }
    }

    /// The patient of a place in the order is done.
    pub fn done(&self, number: usize, id: &str, patient: &Patient) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let (turn, others) = &mut *waiting;
        others.insert(number, (id.to_owned(), findings(patient)));
        while let Some((id, findings)) = others.remove(turn) {
            (self.each)(&id, &findings);
            *turn += 1;
        }
    }
}

fn findings(patient: &Patient) -> Vec<Finding> {
    let finding = |((check, detail), (count, examples)): (&(_, String), &(u64, Vec<_>))| {
        let whole = Finding::of(*check, detail.clone(), *count);
        Finding { patients: 1, examples: examples.clone(), ..whole }
    };
    let mut findings: Vec<Finding> = patient.found.iter().map(finding).collect();
    Finding::sort(&mut findings);
    findings
}
