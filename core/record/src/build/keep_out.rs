//! Taking entries out of the sections while they are built, and what goes with them ([`super::rules`] says which).

use super::diagnoses::Version;
use super::orders::{Kind, Named, Parts};
use super::rules::{Excluded, Rule, Rules, is_title};
use super::secrets::{self, Secrets, Word, word};
use super::states::carried;
use super::{Context, FileInput, make_ids_unique};
use crate::model::{Diagnosis, Entry, Injection, Mark, Prescription, Section, Stay};
use crate::titles::Titled;
use ssmix2::DataType;
use ssmix2::clinical::{self, Lab, Other};
use ssmix2::types::{Coded, Text, Timestamp};
use std::collections::{HashMap, HashSet};

impl<'a> Context<'a> {
    /// Notes the files in which a rule finds something, before the builders take their entries.
    pub(super) fn touch_files(&mut self, files: &[FileInput]) {
        if !self.rules.is_empty() {
            for file in files.iter().filter(|file| self.rules.touches(file)) {
                self.excluded_files.extend(carried(&file.kind).iter().map(|section| (*section, file.file)));
            }
        }
    }

    /// The rules, where there are any, and the ids of the full record, which the withholding list names.
    fn rules_for<T>(&self, entries: &mut [Entry<T>]) -> Option<&'a Rules> {
        let rules = Some(self.rules).filter(|rules| !rules.is_empty());
        rules.inspect(|_| make_ids_unique(entries))
    }

    /// Takes out what a rule names; `why` knows of the withholding list, too.
    fn keep_out<T>(&mut self, section: Section, entries: &mut Vec<Entry<T>>, why: impl Fn(&Entry<T>) -> Option<Rule>)
    where
        Entry<T>: Titled,
    {
        entries.retain(|entry| {
            let Some(rule) = why(entry) else { return true };
            self.excluded.push(Excluded { section, id: entry.id.clone(), rule });
            self.excluded_files.extend(entry.source.iter().map(|file| (section, *file)));
            false
        });
        self.note_ambiguous(section, entries);
    }

    /// A file that is sent again may hold its entries at other places: where another entry of that file is about the same,
    /// nobody can say which of them the list means.
    fn note_ambiguous<T>(&mut self, section: Section, entries: &[Entry<T>])
    where
        Entry<T>: Titled,
    {
        fn file_of(id: &str) -> Option<&str> {
            id.split_once('-').map(|(file, _)| file)
        }
        for ((_, id), title) in self.rules.withheld.iter().filter(|((listed, _), _)| *listed == section) {
            let is_like = |e: &Entry<T>| file_of(&e.id) == file_of(id) && is_title(title, e);
            if file_of(id).is_some() && entries.iter().any(is_like) {
                self.findings.ambiguous.push((section, id.clone()));
            }
        }
        self.findings.ambiguous.sort();
    }

    /// `merged`: of each diagnosis, by id, what its versions tell. `secret`: what is secret of the patient, and of others.
    pub(super) fn keep_out_diagnoses(
        &mut self,
        entries: &mut Vec<Entry<Diagnosis>>,
        merged: &HashMap<Text, Merged<'_>>,
        mut secret: [Secrets<'_>; 2],
    ) {
        let Some(rules) = self.rules_for(entries) else { return };
        let of = |id: &Text| merged.get(id.split_once('~').map_or(id.as_str(), |(plain, _)| plain));
        let is_other = |e: &Entry<Diagnosis>| usize::from(e.marks.contains(&Mark::OtherPatient));
        let why = |e: &Entry<Diagnosis>| {
            let withheld = rules.withholds(Section::Diagnoses, e);
            withheld.or_else(|| of(&e.id)?.secret).or_else(|| rules.of_departments_of(&e.body.sent))
        };
        let is_secret = |e: &&Entry<Diagnosis>| why(e).is_some_and(|rule| rule != Rule::Department);
        entries.iter().filter(is_secret).for_each(|e| secret[is_other(e)].add(&e.body.sent));
        // In- and outpatient systems register one disease twice, and only one row carries the mark.
        let is_same = |e: &Entry<Diagnosis>| {
            secret[is_other(e)].hide(&e.body.sent, of(&e.id).map_or(&[], |merged| merged.free.as_slice()))
        };
        let same: HashSet<Text> = entries.iter().filter(|e| is_same(e)).map(|e| e.id.clone()).collect();
        let gone: Vec<Entry<Diagnosis>> = entries.iter().filter(|e| same.contains(&e.id)).cloned().collect();
        self.keep_out(Section::Diagnoses, entries, |e| {
            why(e).or_else(|| same.contains(&e.id).then_some(Rule::SameDisease))
        });
        for (side, secret) in secret.into_iter().enumerate() {
            let of_side = |e: &&Entry<Diagnosis>| is_other(e) == side;
            let same: Vec<&clinical::Diagnosis> = gone.iter().filter(of_side).map(|e| &e.body.sent).collect();
            self.secret_names.extend(secret.names(&same, entries.iter().filter(of_side).map(|e| &e.body.sent)));
        }
        let shown: Vec<u32> = entries.iter().filter_map(|e| of(&e.id)).flat_map(|m| m.files.iter().copied()).collect();
        self.open_files.extend(shown.into_iter().map(|file| (Section::Diagnoses, file)));
        let gone = self.excluded.iter().filter(|e| e.section == Section::Diagnoses);
        let files: Vec<u32> = gone.filter_map(|e| of(&e.id)).flat_map(|m| m.files.iter().copied()).collect();
        self.excluded_files.extend(files.into_iter().map(|file| (Section::Diagnoses, file)));
    }

    /// With the files of every version of the movements that go.
    pub(super) fn keep_out_stays(&mut self, entries: &mut Vec<Entry<Stay>>, files: &[FileInput]) {
        let Some(rules) = self.rules_for(entries) else { return };
        let why = |e: &Entry<Stay>| rules.withholds(Section::Admissions, e).or_else(|| rules.of_stay(&e.body));
        let gone = entries.iter().filter(|e| why(e).is_some()).map(|e| &e.body);
        let movements = gone.flat_map(|s| s.admission.iter().chain(&s.discharge).chain(&s.transfers));
        let events: HashSet<(DataType, Option<Timestamp>)> = movements.map(|m| (m.kind, m.at)).collect();
        let is_version = |f: &&FileInput| {
            f.entries.movement.as_deref().is_some_and(|movement| events.contains(&(movement.kind, movement.at)))
        };
        let versions = files.iter().filter(is_version).map(|f| (Section::Admissions, f.file));
        self.excluded_files.extend(versions);
        self.keep_out(Section::Admissions, entries, why);
    }

    pub(super) fn keep_out_prescriptions(&mut self, entries: &mut Vec<Entry<Prescription>>) {
        let Some(rules) = self.rules_for(entries) else { return };
        let why = |e: &Entry<Prescription>| {
            rules.withholds(Section::Prescriptions, e).or_else(|| rules.of_prescription(&e.body.sent))
        };
        for e in entries.iter() {
            let named = self.named(e, e.body.sent.order.number.as_ref());
            let drugs = e.body.sent.drug.iter().chain(&e.body.sent.drug_codes).cloned();
            self.orders.add(Kind::Prescription, &named, Parts::of(why(e), drugs));
        }
        self.keep_out(Section::Prescriptions, entries, why);
    }

    pub(super) fn keep_out_injections(&mut self, entries: &mut Vec<Entry<Injection>>) {
        let Some(rules) = self.rules_for(entries) else { return };
        let why =
            |e: &Entry<Injection>| rules.withholds(Section::Injections, e).or_else(|| rules.of_injection(&e.body));
        // An administration alone is no order.
        for e in entries.iter().filter(|e| e.body.ordered) {
            let named = self.named_by_injection(e);
            let drugs = e.body.sent.components.iter().flat_map(|c| c.drug.iter().chain(&c.drug_codes)).cloned();
            self.orders.add(Kind::Injection, &named, Parts::of(why(e), drugs));
        }
        let repeats = |e: &&Entry<Injection>| self.is_given_in_secret(e);
        let same: HashSet<Text> = entries.iter().filter(repeats).map(|e| e.id.clone()).collect();
        self.keep_out(Section::Injections, entries, |e| {
            why(e).or_else(|| same.contains(&e.id).then_some(Rule::SameOrder))
        });
        for entry in entries {
            entry.body.sent.observations.retain(|row| rules.test([&*row.item]).is_none());
        }
    }

    /// With what answers a request that is kept out, and with the rows of organisms that are.
    pub(super) fn keep_out_labs(&mut self, entries: &mut Vec<Entry<Lab>>) {
        let Some(rules) = self.rules_for(entries) else { return };
        let mut organisms = self.organisms.without_shown();
        let mut gone: HashMap<Text, Rule> = HashMap::new();
        let named: Vec<Named> = entries.iter().map(|e| self.named(e, e.body.group.order.number.as_ref())).collect();
        for (e, named) in entries.iter().zip(&named) {
            let by_rule = rules.withholds(Section::Labs, e).or_else(|| rules.of_lab(&e.body));
            let answers = || self.orders.answers_secret(named).then_some(Rule::SameOrder);
            let why = by_rule.or_else(answers);
            organisms.add(named, &e.body, why.is_some());
            gone.extend(why.map(|rule| (e.id.clone(), rule)));
        }
        for (e, named) in entries.iter().zip(named) {
            if organisms.hide(&named, &e.body) {
                gone.entry(e.id.clone()).or_insert(Rule::SameOrganism);
            }
            let is_out = gone.contains_key(&e.id);
            let items: Vec<&Coded> = e.body.group.panel.as_deref().into_iter().chain([&*e.body.item]).collect();
            let may_tell = self.orders.may_answer_secret(&named, &items) || organisms.may_hide(&named, &e.body);
            if !is_out && may_tell {
                self.findings.doubtful.push((Section::Labs, e.id.clone()));
            }
            self.orders.add(Kind::Test, &named, Parts { is_out, ..Parts::default() });
        }
        self.keep_out(Section::Labs, entries, |e| gone.get(&e.id).copied());
    }

    /// Last, when the orders of all other sections that are kept out are known.
    pub(super) fn keep_out_others(&mut self, entries: &mut Vec<Entry<Other>>) {
        let Some(rules) = self.rules_for(entries) else { return };
        // What an order of that kind is answered or repeated by.
        let kind = |e: &Entry<Other>| match &*e.body.kind {
            "OMP-11" => Some(Kind::Prescription),
            "OML-01" | "OML-11" => Some(Kind::Test),
            _ => None,
        };
        let repeats = |e: &&Entry<Other>| kind(e).is_some_and(|kind| self.repeats(kind, e));
        let same: HashSet<Text> = entries.iter().filter(repeats).map(|e| e.id.clone()).collect();
        self.keep_out(Section::Others, entries, |e| {
            let why = rules.withholds(Section::Others, e).or_else(|| rules.of_other(&e.body));
            why.or_else(|| same.contains(&e.id).then_some(Rule::SameOrder))
        });
    }
}

/// What the versions of one diagnosis tell beside the newest.
#[derive(Default)]
pub(super) struct Merged<'a> {
    /// The files they lie in.
    pub files: Vec<u32>,
    /// Why it is secret.
    pub secret: Option<Rule>,
    /// Those that say that it is not.
    pub free: Vec<Version<'a>>,
}

impl<'a> Merged<'a> {
    pub(super) fn add(&mut self, rules: &Rules, life: &[Version<'a>]) {
        self.files.extend(life.iter().filter(|v| v.is_shown).map(|v| v.file.file));
        self.secret = self.secret.or_else(|| secrets::reason(rules, life));
        let is_free = |v: &&Version<'_>| rules.reasons().any(|reason| word(v.sent, reason) == Word::Free);
        self.free.extend(life.iter().filter(is_free));
    }
}
