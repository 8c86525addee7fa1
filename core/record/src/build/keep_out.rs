//! Taking entries out of the sections while they are built, and what goes with them ([`super::rules`] says which).

use super::answers::{Kind, Named};
use super::rules::{Excluded, Rule, Rules, is_title};
use super::secrets::Diseases;
use super::states::carried;
use super::{Context, FileInput, make_ids_unique};
use crate::model::{Diagnosis, Entry, Injection, Prescription, Section, Stay};
use crate::titles::Titled;
use ssmix2::DataType;
use ssmix2::clinical::{Lab, Other};
use ssmix2::types::{Text, Timestamp};
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

    /// `merged`: of each diagnosis, by id, what its versions tell. `secret`: the diseases of all versions that are secret.
    pub(super) fn keep_out_diagnoses(
        &mut self,
        entries: &mut Vec<Entry<Diagnosis>>,
        merged: &HashMap<Text, Merged>,
        mut secret: Diseases,
    ) {
        let Some(rules) = self.rules_for(entries) else { return };
        let of = |id: &Text| merged.get(id.split_once('~').map_or(id.as_str(), |(plain, _)| plain));
        let why = |e: &Entry<Diagnosis>| {
            let withheld = rules.withholds(Section::Diagnoses, e);
            withheld.or_else(|| of(&e.id)?.secret).or_else(|| rules.of_departments_of(&e.body.sent))
        };
        let is_secret = |e: &&Entry<Diagnosis>| why(e).is_some_and(|rule| rule != Rule::Department);
        entries.iter().filter(is_secret).for_each(|e| secret.add(&e.body.sent));
        // In- and outpatient systems register one disease twice, and only one row carries the mark.
        let is_same = |e: &Entry<Diagnosis>| secret.has(&e.body.sent);
        let same: HashSet<Text> = entries.iter().filter(|e| is_same(e)).map(|e| e.id.clone()).collect();
        entries.iter().filter(|e| same.contains(&e.id)).for_each(|e| secret.note(&e.body.sent));
        self.secret_names = secret.written;
        self.keep_out(Section::Diagnoses, entries, |e| {
            why(e).or_else(|| same.contains(&e.id).then_some(Rule::SameDisease))
        });
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
            self.orders.add(Kind::Prescription, named, why(e).is_some());
        }
        self.keep_out(Section::Prescriptions, entries, why);
    }

    pub(super) fn keep_out_injections(&mut self, entries: &mut Vec<Entry<Injection>>) {
        let Some(rules) = self.rules_for(entries) else { return };
        let why =
            |e: &Entry<Injection>| rules.withholds(Section::Injections, e).or_else(|| rules.of_injection(&e.body));
        // An administration alone is no order.
        for e in entries.iter().filter(|e| e.body.ordered) {
            let named = self.named(e, e.body.sent.order.number.as_ref());
            self.orders.add(Kind::Injection, named, why(e).is_some());
        }
        let repeats = |e: &&Entry<Injection>| {
            !e.body.ordered && self.orders.is_out(Kind::Injection, &self.named(e, e.body.sent.order.number.as_ref()))
        };
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
            let answers = || self.answers_secret(named, &e.body).then_some(Rule::SameOrder);
            let why = by_rule.or_else(answers);
            organisms.add(named, &e.body, why.is_some());
            gone.extend(why.map(|rule| (e.id.clone(), rule)));
        }
        for (e, named) in entries.iter().zip(named) {
            if organisms.hide(&named, &e.body) {
                gone.entry(e.id.clone()).or_insert(Rule::SameOrganism);
            }
            self.orders.add(Kind::Test, named, gone.contains_key(&e.id));
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
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// The files they lie in.
    pub files: Vec<u32>,
    /// Why it is secret.
    pub secret: Option<Rule>,
}
