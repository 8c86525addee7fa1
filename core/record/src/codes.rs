//! The codes of an entry that a profile may exclude: what staff copy into it, and whether an exclusion names anything.
//!
//! The same fields as in [`crate::build::rules`], which takes the entries out.

use crate::fold::fold;
use crate::model::{Allergy, Diagnosis, Entry, Injection, Prescription, Record, Stay};
use crate::profile::document::{Code, Exclude};
use ssmix2::clinical::{Administration, Basics, Component, Elsewhere, Lab, Memo, Order, Other};
use ssmix2::types::{Coded, Place};
use std::collections::BTreeSet;

/// Codes by the list of `exclude` that they belong into.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes {
    /// Departments.
    pub departments: BTreeSet<String>,
    /// Drugs.
    pub drugs: BTreeSet<Code>,
    /// Laboratory items.
    pub tests: BTreeSet<Code>,
}

/// Something that codes may take out of a record.
pub trait Excludable {
    /// Its codes.
    fn codes(&self) -> Codes {
        Codes::default()
    }
}

impl Codes {
    /// Takes in the codes of another entry.
    pub fn add(&mut self, more: Codes) {
        self.departments.extend(more.departments);
        self.drugs.extend(more.drugs);
        self.tests.extend(more.tests);
    }

    /// The exclusions by code that name none of these.
    pub fn unmatched(&self, exclude: &Exclude) -> Exclude {
        let folded: BTreeSet<String> = self.departments.iter().map(|code| fold(code)).collect();
        let departments = exclude.departments.iter().filter(|code| !folded.contains(&fold(code)));
        Exclude {
            departments: departments.cloned().collect(),
            drugs: unmatched(&self.drugs, &exclude.drugs),
            tests: unmatched(&self.tests, &exclude.tests),
            ..Exclude::default()
        }
    }

    fn department<'a>(&mut self, named: impl IntoIterator<Item = &'a Coded>) {
        let codes = named.into_iter().flat_map(|c| [&c.code, &c.alt_code]).filter(|code| !code.is_empty());
        self.departments.extend(codes.map(ToString::to_string));
    }

    fn place<'a>(&mut self, places: impl IntoIterator<Item = &'a Place>) {
        let departments = places.into_iter().filter(|place| place.may_be_department());
        self.departments.extend(departments.filter_map(|place| place.point_of_care.as_ref()).map(ToString::to_string));
    }

    fn elsewhere(&mut self, elsewhere: Option<&Elsewhere>) {
        let Some(Elsewhere { departments, places }) = elsewhere else { return };
        self.department(departments.iter().map(|c| &**c));
        self.place(places.iter().map(|place| &**place));
    }

    fn order(&mut self, order: &Order) {
        self.department(order.department.as_deref());
        self.elsewhere(order.elsewhere.as_deref());
    }

    fn drug<'a>(&mut self, named: impl IntoIterator<Item = &'a Coded>) {
        self.drugs.extend(named.into_iter().flat_map(both));
    }

    fn test<'a>(&mut self, named: impl IntoIterator<Item = &'a Coded>) {
        self.tests.extend(named.into_iter().flat_map(both));
    }

    fn components(&mut self, components: &[Component]) {
        self.drug(components.iter().flat_map(|c| c.drug.iter().chain(&c.drug_codes)).map(|c| &**c));
    }

    fn administration(&mut self, sent: &Administration) {
        let named = sent.drugs.iter().filter_map(|d| d.drug.as_ref()).chain(&sent.injection_type);
        self.drug(named.chain(&sent.further_drugs).map(|c| &**c));
        self.components(&sent.ordered);
        self.order(&sent.order);
    }
}

impl Record {
    /// The codes of all entries.
    pub fn codes(&self) -> Codes {
        fn of<T: Excludable>(entries: &[Entry<T>], all: &mut Codes) {
            entries.iter().for_each(|entry| all.add(entry.body.codes()));
        }
        let mut all = Codes::default();
        of(&self.diagnoses, &mut all);
        of(&self.admissions, &mut all);
        of(&self.prescriptions, &mut all);
        of(&self.injections, &mut all);
        of(&self.labs, &mut all);
        of(&self.others, &mut all);
        all
    }
}

fn unmatched(codes: &BTreeSet<Code>, excluded: &[Code]) -> Vec<Code> {
    let fits = |wanted: &Code, code: &Code| {
        let system = |code: &Code| code.system.as_deref().map(fold);
        fold(&code.code) == fold(&wanted.code) && (wanted.system.is_none() || system(code) == system(wanted))
    };
    excluded.iter().filter(|wanted| !codes.iter().any(|code| fits(wanted, code))).cloned().collect()
}

/// Both triples of a code, each with its system.
fn both(coded: &Coded) -> impl Iterator<Item = Code> {
    let pairs = [(&coded.system, &coded.code), (&coded.alt_system, &coded.alt_code)];
    pairs
        .into_iter()
        .filter(|(_, code)| !code.is_empty())
        .map(|(system, code)| Code { system: (!system.is_empty()).then(|| system.to_string()), code: code.to_string() })
}

impl Excludable for Basics {}
impl Excludable for Allergy {}
impl Excludable for Memo {}

impl Excludable for Diagnosis {
    fn codes(&self) -> Codes {
        let mut codes = Codes::default();
        codes.department(self.sent.department.iter().chain(&self.sent.departments_elsewhere).map(|c| &**c));
        codes
    }
}

impl Excludable for Stay {
    fn codes(&self) -> Codes {
        let mut codes = Codes::default();
        for movement in self.admission.iter().chain(&self.discharge).chain(&self.transfers) {
            codes.department(movement.department.as_deref());
            codes.elsewhere(movement.elsewhere.as_deref());
            codes.place([&movement.place, &movement.previous_place].into_iter().flatten().map(|place| &**place));
        }
        codes
    }
}

impl Excludable for Prescription {
    fn codes(&self) -> Codes {
        let mut codes = Codes::default();
        let drugs = self.sent.drug.iter().chain(&self.sent.drug_codes).chain(&self.sent.further_drugs);
        codes.drug(drugs.map(|c| &**c));
        codes.order(&self.sent.order);
        codes
    }
}

impl Excludable for Injection {
    fn codes(&self) -> Codes {
        let mut codes = Codes::default();
        codes.components(&self.sent.components);
        let named = self.sent.drug_codes.iter().chain(&self.sent.injection_type).chain(&self.sent.further_drugs);
        codes.drug(named.map(|c| &**c));
        codes.order(&self.sent.order);
        codes.test(self.sent.observations.iter().map(|row| &*row.item));
        self.administrations.iter().for_each(|given| codes.administration(&given.sent));
        codes
    }
}

impl Excludable for Lab {
    fn codes(&self) -> Codes {
        let mut codes = Codes::default();
        codes.test(self.group.panel.as_deref().into_iter().chain([&*self.item]));
        codes.order(&self.group.order);
        codes
    }
}

impl Excludable for Other {
    fn codes(&self) -> Codes {
        let mut codes = Codes::default();
        let named = || self.items.iter().filter_map(|item| item.code.as_deref());
        codes.department(self.department.as_deref());
        codes.department(self.items.iter().filter_map(|item| item.department.as_deref()));
        codes.elsewhere(self.elsewhere.as_deref());
        codes.test(self.items.iter().flat_map(|item| &item.results).map(|row| &*row.item).chain(named()));
        codes.drug(named());
        self.items.iter().filter_map(|item| item.administration.as_deref()).for_each(|sent| codes.administration(sent));
        codes
    }
}
