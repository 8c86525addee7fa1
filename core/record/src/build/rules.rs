//! What a university keeps out of a record, entry by entry, before anything is derived from it (design D9).
//!
//! The rules come from its profile and from the withholding list. They act here, inside the builder, so that reasons for
//! admission, blood types, paired administrations, answered orders, counts and date ranges are made without what is
//! kept out. Versions are merged first: were a confidential version dropped before, the older one beneath it would
//! come to light.

use super::{Context, FileInput};
use crate::fold::fold;
use crate::model::{Diagnosis, Entry, Injection, Mark, Prescription, Section, Stay};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use ssmix2::clinical::{self, Administration, Component, Lab, Other};
use ssmix2::types::{Coded, Text, Timestamp};
use std::collections::{BTreeMap, HashSet};

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
    /// Entries that a doctor keeps back, by their ids in the full record.
    pub withheld: HashSet<(Section, String)>,
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

/// Diagnoses without a code of their own share this one.
const UNCODED: &str = "20084317";
/// What PRB-21 says where the patient knows.
const AWARE: [&str; 6] = ["告知済", "告知あり", "説明済", "認識あり", "知っている", "了解"];
/// How far an order and what answers it may lie apart, as in [`super::numbers`].
const NEAR_DAYS: i64 = 366;

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

    fn department<'a>(&self, named: impl IntoIterator<Item = &'a Coded>) -> Option<Rule> {
        let is_meant = |c: &Coded| self.departments.iter().any(|d| *d == *c.code || *d == *c.alt_code);
        named.into_iter().any(|c| is_meant(c)).then_some(Rule::Department)
    }

    fn drug<'a>(&self, named: impl IntoIterator<Item = &'a Coded>) -> Option<Rule> {
        named.into_iter().any(|c| self.drugs.iter().any(|rule| rule.is(c))).then_some(Rule::Drug)
    }

    fn test<'a>(&self, named: impl IntoIterator<Item = &'a Coded>) -> Option<Rule> {
        named.into_iter().any(|c| self.tests.iter().any(|rule| rule.is(c))).then_some(Rule::Test)
    }

    /// Whether a place is a department that is kept out.
    pub(super) fn hides_place(&self, place: &ssmix2::types::Place) -> bool {
        place.is_department() && place.point_of_care.as_ref().is_some_and(|d| self.departments.iter().any(|r| r == d))
    }

    /// Why a result, also one that never becomes an entry, is kept out.
    pub(super) fn of_lab(&self, lab: &Lab) -> Option<Rule> {
        self.test([&*lab.item]).or_else(|| self.department(lab.group.order.department.as_deref()))
    }

    /// The same of a diagnosis.
    pub(super) fn of_diagnosis(&self, sent: &clinical::Diagnosis) -> Option<Rule> {
        // U is usual control, the only value of table 0177 that restricts nothing.
        let is_confidential = sent.confidentiality.as_ref().is_some_and(|c| !matches!(&*c.code, "U"));
        if self.confidential_diagnoses && is_confidential {
            return Some(Rule::Confidential);
        }
        let is_aware = |c: &Coded| &*c.code == "Y" || AWARE.iter().any(|word| c.display().contains(word));
        if self.unaware_diagnoses && sent.patient_awareness.as_ref().is_some_and(|c| !is_aware(c)) {
            return Some(Rule::Unaware);
        }
        self.department(sent.department.as_deref())
    }

    fn of_prescription(&self, sent: &clinical::Prescription) -> Option<Rule> {
        let drugs = sent.drug.iter().chain(&sent.drug_codes).map(|c| &**c);
        self.drug(drugs).or_else(|| self.department(sent.order.department.as_deref()))
    }

    fn of_components(&self, components: &[Component]) -> Option<Rule> {
        self.drug(components.iter().flat_map(|c| c.drug.iter().chain(&c.drug_codes)).map(|c| &**c))
    }

    fn of_administration(&self, sent: &Administration) -> Option<Rule> {
        self.drug(sent.drugs.iter().filter_map(|d| d.drug.as_deref()))
            .or_else(|| self.of_components(&sent.ordered))
            .or_else(|| self.department(sent.order.department.as_deref()))
    }

    fn of_injection(&self, body: &Injection) -> Option<Rule> {
        self.of_components(&body.sent.components)
            .or_else(|| self.drug(body.sent.drug_codes.iter().map(|c| &**c)))
            .or_else(|| self.department(body.sent.order.department.as_deref()))
            .or_else(|| body.administrations.iter().find_map(|given| self.of_administration(&given.sent)))
    }

    /// A stay with any movement of a department that is kept out.
    fn of_stay(&self, stay: &Stay) -> Option<Rule> {
        let mut movements = stay.admission.iter().chain(&stay.discharge).chain(&stay.transfers);
        movements.find_map(|movement| self.of_movement(movement))
    }

    pub(super) fn of_movement(&self, movement: &clinical::Movement) -> Option<Rule> {
        let mut places = [&movement.place, &movement.previous_place].into_iter().flatten();
        let by_place = places.any(|place| self.hides_place(place)).then_some(Rule::Department);
        self.department(movement.department.as_deref()).or(by_place)
    }

    fn of_other(&self, other: &Other) -> Option<Rule> {
        let results = || other.items.iter().flat_map(|item| &item.results).map(|r| &*r.item);
        let codes = || other.items.iter().filter_map(|item| item.code.as_deref());
        let given = || other.items.iter().filter_map(|item| item.administration.as_deref());
        self.department(other.department.as_deref())
            .or_else(|| self.test(results().chain(codes())))
            .or_else(|| self.drug(codes()))
            .or_else(|| given().find_map(|sent| self.of_administration(sent)))
    }
}

/// The orders of entries that are kept out: of another patient or not, their number, their day.
#[derive(Debug, Default)]
pub(super) struct Orders(BTreeMap<(bool, Text), Vec<NaiveDate>>);

impl Orders {
    fn add<T>(&mut self, entry: &Entry<T>, number: Option<&Text>) {
        if let (Some(number), Some(date)) = (number, entry.date) {
            let is_other = entry.marks.contains(&Mark::OtherPatient);
            self.0.entry((is_other, number.clone())).or_default().push(date.date());
        }
    }

    fn answers<T>(&self, entry: &Entry<T>, numbers: &[Option<&Text>]) -> bool {
        let is_other = entry.marks.contains(&Mark::OtherPatient);
        let near = |day: &NaiveDate, date: Timestamp| (*day - date.date()).num_days().abs() <= NEAR_DAYS;
        numbers.iter().flatten().any(|number| {
            let days = self.0.get(&(is_other, (*number).clone())).map_or(&[][..], Vec::as_slice);
            // Without a date nothing says that it is another year's order.
            days.iter().any(|day| entry.date.is_none_or(|date| near(day, date)))
        })
    }
}

impl Context<'_> {
    /// Takes out what a rule names. `why` sees the entry; the withholding list is asked first.
    fn keep_out<T>(&mut self, section: Section, entries: &mut Vec<Entry<T>>, why: impl Fn(&Entry<T>) -> Option<Rule>) {
        super::make_ids_unique(entries);
        let mut touched = HashSet::new();
        entries.retain(|entry| {
            let withheld =
                !self.rules.withheld.is_empty() && self.rules.withheld.contains(&(section, entry.id.to_string()));
            let Some(rule) = withheld.then_some(Rule::Withheld).or_else(|| why(entry)) else { return true };
            self.excluded.push(Excluded { section, id: entry.id.clone(), rule });
            self.excluded_files.extend(entry.source.iter().map(|file| (section, *file)));
            touched.extend(entry.id.split_once('-').map(|(file, _)| Text::from(file)));
            false
        });
        close_gaps(entries, &touched);
    }

    /// Takes out the one entry of a file before it is made.
    pub(super) fn keep_out_file(&mut self, section: Section, file: &FileInput, rule: Rule) {
        self.excluded.push(Excluded { section, id: self.file_id(file, 0), rule });
        self.excluded_files.insert((section, file.file));
    }

    pub(super) fn keep_out_diagnoses(&mut self, entries: &mut Vec<Entry<Diagnosis>>) {
        if self.rules.is_empty() {
            return;
        }
        let rules = self.rules;
        let secret = |e: &Entry<Diagnosis>| {
            let withheld = rules.withheld.contains(&(Section::Diagnoses, e.id.to_string()));
            let rule = if withheld { Some(Rule::Withheld) } else { rules.of_diagnosis(&e.body.sent) };
            rule.is_some_and(|rule| rule != Rule::Department)
        };
        // In- and outpatient systems register one disease twice, and only one row carries the mark.
        let names: HashSet<String> =
            entries.iter().filter(|e| secret(e)).flat_map(|e| diseases(&e.body.sent)).collect();
        let secret_names = entries.iter().filter(|e| secret(e)).map(|e| e.body.sent.name.to_string()).collect();
        self.secret_names = secret_names;
        self.keep_out(Section::Diagnoses, entries, |e| {
            let same = || diseases(&e.body.sent).iter().any(|d| names.contains(d)).then_some(Rule::SameDisease);
            rules.of_diagnosis(&e.body.sent).or_else(same)
        });
    }

    pub(super) fn keep_out_stays(&mut self, entries: &mut Vec<Entry<Stay>>) {
        if !self.rules.is_empty() {
            let rules = self.rules;
            self.keep_out(Section::Admissions, entries, |e| rules.of_stay(&e.body));
        }
    }

    pub(super) fn keep_out_prescriptions(&mut self, entries: &mut Vec<Entry<Prescription>>) {
        if self.rules.is_empty() {
            return;
        }
        let rules = self.rules;
        let mut gone = Orders::default();
        let is_out = |e: &Entry<Prescription>| {
            rules.of_prescription(&e.body.sent).is_some()
                || rules.withheld.contains(&(Section::Prescriptions, e.id.to_string()))
        };
        entries.iter().filter(|e| is_out(e)).for_each(|e| gone.add(e, e.body.sent.order.number.as_ref()));
        self.keep_out(Section::Prescriptions, entries, |e| rules.of_prescription(&e.body.sent));
        merge(&mut self.orders, gone);
    }

    pub(super) fn keep_out_injections(&mut self, entries: &mut Vec<Entry<Injection>>) {
        if self.rules.is_empty() {
            return;
        }
        let rules = self.rules;
        let mut gone = Orders::default();
        let is_out = |e: &Entry<Injection>| {
            rules.of_injection(&e.body).is_some() || rules.withheld.contains(&(Section::Injections, e.id.to_string()))
        };
        entries.iter().filter(|e| is_out(e)).for_each(|e| gone.add(e, e.body.sent.order.number.as_ref()));
        self.keep_out(Section::Injections, entries, |e| {
            let repeats = !e.body.ordered && gone.answers(e, &[e.body.sent.order.number.as_ref()]);
            rules.of_injection(&e.body).or(repeats.then_some(Rule::SameOrder))
        });
        merge(&mut self.orders, gone);
    }

    pub(super) fn keep_out_labs(&mut self, entries: &mut Vec<Entry<Lab>>) {
        if self.rules.is_empty() {
            return;
        }
        let rules = self.rules;
        let mut gone = Orders::default();
        let is_out = |e: &Entry<Lab>| {
            rules.of_lab(&e.body).is_some() || rules.withheld.contains(&(Section::Labs, e.id.to_string()))
        };
        entries.iter().filter(|e| is_out(e)).for_each(|e| gone.add(e, e.body.group.order.number.as_ref()));
        self.keep_out(Section::Labs, entries, |e| rules.of_lab(&e.body));
        merge(&mut self.orders, gone);
    }

    pub(super) fn keep_out_others(&mut self, entries: &mut Vec<Entry<Other>>) {
        if self.rules.is_empty() {
            return;
        }
        let rules = self.rules;
        let orders = std::mem::take(&mut self.orders);
        self.keep_out(Section::Others, entries, |e| {
            let of_items = e.body.items.iter().map(|item| item.order_number.as_ref());
            let numbers: Vec<Option<&Text>> = of_items.chain([e.body.order_number.as_ref()]).collect();
            rules.of_other(&e.body).or_else(|| orders.answers(e, &numbers).then_some(Rule::SameOrder))
        });
    }

    /// Sections that only the withholding list may thin out.
    pub(super) fn keep_out_withheld<T>(&mut self, section: Section, entries: &mut Vec<Entry<T>>) {
        if !self.rules.withheld.is_empty() {
            self.keep_out(section, entries, |_| None);
        }
    }
}

fn merge(all: &mut Orders, more: Orders) {
    for (number, days) in more.0 {
        all.0.entry(number).or_default().extend(days);
    }
}

/// What makes two diagnoses one disease: a code of either triple, the name, the base word.
fn diseases(sent: &clinical::Diagnosis) -> Vec<String> {
    let mut all = vec![format!("name {}", fold(&sent.name))];
    if let Some(disease) = &sent.disease {
        let pairs = [(&disease.system, &disease.code), (&disease.alt_system, &disease.alt_code)];
        let coded = pairs.into_iter().filter(|(_, code)| !code.is_empty() && &***code != UNCODED);
        all.extend(coded.map(|(system, code)| format!("code {} {}", fold(system), fold(code))));
    }
    all
}

/// A number that is missing between two ids would tell that an entry was kept out: the entries of such a file are
/// numbered anew.
fn close_gaps<T>(entries: &mut [Entry<T>], touched: &HashSet<Text>) {
    if touched.is_empty() {
        return;
    }
    let mut by_file: BTreeMap<Text, Vec<(usize, usize)>> = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate() {
        if let Some((file, number)) = entry.id.split_once('-')
            && touched.contains(file)
            && let Ok(number) = number.parse()
        {
            by_file.entry(file.into()).or_default().push((number, place));
        }
    }
    for (file, mut places) in by_file {
        places.sort_unstable();
        for (number, (_, place)) in places.into_iter().enumerate() {
            entries[place].id = compact_str::format_compact!("{file}-{number}");
        }
    }
}
