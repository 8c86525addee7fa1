//! What a university keeps out of a record, entry by entry, before anything is derived from it (design D9).
//!
//! The rules come from its profile and from the withholding list. They act here, inside the builder, so that reasons for
//! admission, blood types, paired administrations, answered orders, counts and date ranges are made without what is
//! kept out. Versions are merged first: were a confidential version dropped before, the older one beneath it would
//! come to light.

use super::FileInput;
use super::secrets::{Word, word};
use crate::fold::fold;
use crate::model::{Entry, Injection, Section, Stay};
use crate::titles::Titled;
use serde::{Deserialize, Serialize};
use ssmix2::clinical::{self, Administration, Component, Elsewhere, Lab, Order, Other};
use ssmix2::types::{Coded, Place, Text};
use std::collections::HashMap;

/// A code, in any coding system or in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRule {
    /// The coding system as the files name it; any if none.
    pub system: Option<String>,
    /// The code.
    pub code: String,
}

/// What is kept out. By default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Departments, by code; of every section but allergies and memos.
    pub departments: Vec<String>,
    /// Drugs: prescriptions, injections, administrations.
    pub drugs: Vec<CodeRule>,
    /// Laboratory items: results, orders, vitals.
    pub tests: Vec<CodeRule>,
    /// Diagnoses with a restriction in PRB-25.
    pub confidential_diagnoses: bool,
    /// Diagnoses of which, by PRB-21, the patient is not known to be aware.
    pub unaware_diagnoses: bool,
    /// By the profile some diagnoses are secret: not even deleted ones are counted then, which of them were nobody knows.
    pub has_secrets: bool,
    /// By the profile there is a withholding list: results that were replaced or deleted are not counted then, either.
    pub has_list: bool,
    /// Entries that a doctor keeps back: by their ids in the full record, with what they are about.
    pub withheld: HashMap<(Section, String), String>,
}

/// Why an entry was kept out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Its department.
    Department,
    /// One of its drugs.
    Drug,
    /// Its laboratory item.
    Test,
    /// PRB-25.
    Confidential,
    /// PRB-21.
    Unaware,
    /// The withholding list.
    Withheld,
    /// It speaks of an organism that is kept out.
    SameOrganism,
    /// The same disease as a diagnosis that is secret.
    SameDisease,
    /// It answers or repeats an order that is kept out.
    SameOrder,
    /// Older than the period of its section.
    Period,
    /// Its section is hidden.
    Section,
    /// All it consists of is a hidden field.
    Field,
}

/// An entry that is kept out, for the hospital's own report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// Its section.
    pub section: Section,
    /// Its id in the full record.
    pub id: Text,
    /// Why.
    pub rule: Rule,
}

impl CodeRule {
    fn is(&self, coded: &Coded) -> bool {
        let fits = |system: &str, code: &str| {
            fold(code) == fold(&self.code) && self.system.as_ref().is_none_or(|wanted| fold(wanted) == fold(system))
        };
        !self.code.is_empty() && (fits(&coded.system, &coded.code) || fits(&coded.alt_system, &coded.alt_code))
    }
}

impl Rules {
    /// Whether anything is kept out.
    pub fn is_empty(&self) -> bool {
        *self == Rules::default()
    }

    /// Whether stays may be missing.
    pub(super) fn may_remove_stays(&self) -> bool {
        self.has_list || !self.departments.is_empty()
    }

    /// The reasons of secrecy that are looked at.
    pub(super) fn reasons(&self) -> impl Iterator<Item = Rule> + use<> {
        let asked = [(self.confidential_diagnoses, Rule::Confidential), (self.unaware_diagnoses, Rule::Unaware)];
        asked.into_iter().filter_map(|(is_asked, reason)| is_asked.then_some(reason))
    }

    fn elsewhere(&self, elsewhere: Option<&Elsewhere>) -> Option<Rule> {
        let Elsewhere { departments, places } = elsewhere?;
        let by_place = || places.iter().any(|place| self.hides_place(place)).then_some(Rule::Department);
        self.department(departments.iter().map(|c| &**c)).or_else(by_place)
    }

    fn of_order(&self, order: &Order) -> Option<Rule> {
        self.department(order.department.as_deref()).or_else(|| self.elsewhere(order.elsewhere.as_deref()))
    }

    fn department<'a>(&self, named: impl IntoIterator<Item = &'a Coded>) -> Option<Rule> {
        let is_meant = |c: &Coded| [&c.code, &c.alt_code].into_iter().any(|code| self.names_department(code));
        named.into_iter().any(is_meant).then_some(Rule::Department)
    }

    fn drug<'a>(&self, named: impl IntoIterator<Item = &'a Coded>) -> Option<Rule> {
        named.into_iter().any(|c| self.drugs.iter().any(|rule| rule.is(c))).then_some(Rule::Drug)
    }

    pub(super) fn test<'a>(&self, named: impl IntoIterator<Item = &'a Coded>) -> Option<Rule> {
        named.into_iter().any(|c| self.tests.iter().any(|rule| rule.is(c))).then_some(Rule::Test)
    }

    /// Whether the withholding list names an entry. A file that is sent again may hold another entry at the same place:
    /// what it is about must agree, too.
    pub(super) fn withholds<T>(&self, section: Section, entry: &Entry<T>) -> Option<Rule>
    where
        Entry<T>: Titled,
    {
        let title = self.withheld.get(&(section, entry.id.to_string()))?;
        is_title(title, entry).then_some(Rule::Withheld)
    }

    /// Whether the withholding list names this id.
    pub(super) fn names(&self, section: Section, id: &str) -> bool {
        self.withheld.contains_key(&(section, id.to_string()))
    }

    fn names_department(&self, code: &str) -> bool {
        !code.is_empty() && !self.departments.is_empty() && {
            let code = fold(code);
            self.departments.iter().any(|department| fold(department) == code)
        }
    }

    /// Whether a place is a department that is kept out.
    pub(super) fn hides_place(&self, place: &Place) -> bool {
        place.may_be_department() && place.point_of_care.as_ref().is_some_and(|code| self.names_department(code))
    }

    /// Why a result, also one that never becomes an entry, is kept out.
    pub(super) fn of_lab(&self, lab: &Lab) -> Option<Rule> {
        self.of_item(lab).or_else(|| self.of_order(&lab.group.order))
    }

    /// The same by its own code or that of its heading.
    pub(super) fn of_item(&self, lab: &Lab) -> Option<Rule> {
        self.test(lab.group.panel.as_deref().into_iter().chain([&*lab.item]))
    }

    /// The same of a diagnosis.
    pub(super) fn of_diagnosis(&self, sent: &clinical::Diagnosis) -> Option<Rule> {
        self.secrecy(sent).or_else(|| self.of_departments_of(sent))
    }

    pub(super) fn of_departments_of(&self, sent: &clinical::Diagnosis) -> Option<Rule> {
        self.department(sent.department.iter().chain(&sent.departments_elsewhere).map(|c| &**c))
    }

    /// Why one version of a diagnosis is secret.
    fn secrecy(&self, sent: &clinical::Diagnosis) -> Option<Rule> {
        self.reasons().find(|reason| word(sent, *reason) == Word::Secret)
    }

    pub(super) fn of_prescription(&self, sent: &clinical::Prescription) -> Option<Rule> {
        let drugs = sent.drug.iter().chain(&sent.drug_codes).chain(&sent.further_drugs).map(|c| &**c);
        self.drug(drugs).or_else(|| self.of_order(&sent.order))
    }

    fn of_components(&self, components: &[Component]) -> Option<Rule> {
        self.drug(components.iter().flat_map(|c| c.drug.iter().chain(&c.drug_codes)).map(|c| &**c))
    }

    pub(super) fn of_administration(&self, sent: &Administration) -> Option<Rule> {
        let named = sent.drugs.iter().filter_map(|d| d.drug.as_ref()).chain(&sent.injection_type);
        self.drug(named.chain(&sent.further_drugs).map(|c| &**c))
            .or_else(|| self.of_components(&sent.ordered))
            .or_else(|| self.of_order(&sent.order))
    }

    /// RXE-2 is a kind of injection at most sites and a drug at some.
    pub(super) fn of_ordered(&self, sent: &clinical::Injection) -> Option<Rule> {
        let named = sent.drug_codes.iter().chain(&sent.injection_type).chain(&sent.further_drugs);
        self.of_components(&sent.components)
            .or_else(|| self.drug(named.map(|c| &**c)))
            .or_else(|| self.of_order(&sent.order))
    }

    pub(super) fn of_injection(&self, body: &Injection) -> Option<Rule> {
        let given = || body.administrations.iter().find_map(|given| self.of_administration(&given.sent));
        self.of_ordered(&body.sent).or_else(given)
    }

    /// A stay with any movement of a department that is kept out.
    pub(super) fn of_stay(&self, stay: &Stay) -> Option<Rule> {
        let mut movements = stay.admission.iter().chain(&stay.discharge).chain(&stay.transfers);
        movements.find_map(|movement| self.of_movement(movement))
    }

    pub(super) fn of_movement(&self, movement: &clinical::Movement) -> Option<Rule> {
        self.department(movement.department.as_deref()).or_else(|| self.elsewhere(movement.elsewhere.as_deref()))
    }

    pub(super) fn of_other(&self, other: &Other) -> Option<Rule> {
        let results = || other.items.iter().flat_map(|item| &item.results).map(|r| &*r.item);
        let codes = || other.items.iter().filter_map(|item| item.code.as_deref());
        let given = || other.items.iter().filter_map(|item| item.administration.as_deref());
        self.of_departments(other)
            .or_else(|| self.test(results().chain(codes())))
            .or_else(|| self.drug(codes()))
            .or_else(|| given().find_map(|sent| self.of_administration(sent)))
    }

    /// The departments of all its orders.
    pub(super) fn of_departments(&self, other: &Other) -> Option<Rule> {
        let of_items = other.items.iter().filter_map(|item| item.department.as_deref());
        self.department(other.department.as_deref().into_iter().chain(of_items))
            .or_else(|| self.elsewhere(other.elsewhere.as_deref()))
    }

    /// Whether a message holds anything, of whatever version, that a rule keeps out.
    pub(super) fn touches(&self, file: &FileInput) -> bool {
        let e = &file.entries;
        // Where diagnoses are secret a file of them is one only by what is shown of it: who deletes one need not say
        // that it was secret.
        e.diagnoses.iter().any(|d| self.has_secrets || self.of_diagnosis(d).is_some())
            || e.movement.as_deref().is_some_and(|m| self.of_movement(m).is_some())
            || e.prescriptions.iter().any(|p| self.of_prescription(p).is_some())
            || e.injections.iter().any(|i| self.of_ordered(i).is_some())
            || e.administrations.iter().any(|a| self.of_administration(a).is_some())
            || e.labs.iter().any(|l| self.of_lab(l).is_some())
            || e.other.as_deref().is_some_and(|o| self.of_other(o).is_some())
    }
}

/// Whether an entry is about what a list says. One that is about nothing that could be named has an empty title.
pub(super) fn is_title<T>(title: &str, entry: &Entry<T>) -> bool
where
    Entry<T>: Titled,
{
    fold(title.trim()) == fold(entry.title().trim())
}
