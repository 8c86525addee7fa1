//! What follows from the sections of a record: counts, dates, who died. Computed when it is built, and again when a
//! profile has taken something out, so that no number tells of what is hidden.

use crate::model::{Entry, Mark, OrderKey, Record, Section, Span};
use ssmix2::types::{Text, Timestamp};
use std::collections::HashSet;

/// The part of an entry that all sections share.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// Its section.
    pub section: Section,
    /// Its id.
    pub id: &'a Text,
    /// Care date.
    pub date: Option<Timestamp>,
    /// Marks.
    pub marks: &'a [Mark],
    /// Numbers of the source files.
    pub source: &'a [u32],
}

impl Span {
    /// Takes in a file.
    pub(crate) fn add(&mut self, care_date: Option<Timestamp>, occurred: Option<Timestamp>) {
        if let Some(date) = care_date {
            self.first = Some(self.first.map_or(date, |d| d.min(date)));
            self.last = Some(self.last.map_or(date, |d| d.max(date)));
        }
        self.newest = self.newest.max(occurred);
    }
}

impl Record {
    /// What every entry begins with, whatever its section.
    pub fn heads(&self) -> impl Iterator<Item = Head<'_>> {
        fn of<T>(section: Section, entries: &[Entry<T>]) -> impl Iterator<Item = Head<'_>> {
            entries.iter().map(move |e| Head { section, id: &e.id, date: e.date, marks: &e.marks, source: &e.source })
        }
        of(Section::Basics, &self.basics)
            .chain(of(Section::Allergies, &self.allergies))
            .chain(of(Section::Diagnoses, &self.diagnoses))
            .chain(of(Section::Admissions, &self.admissions))
            .chain(of(Section::Prescriptions, &self.prescriptions))
            .chain(of(Section::Injections, &self.injections))
            .chain(of(Section::Labs, &self.labs))
            .chain(of(Section::Memos, &self.memos))
            .chain(of(Section::Others, &self.others))
    }

    /// Entries of a section.
    pub fn len(&self, section: Section) -> usize {
        match section {
            Section::Basics => self.basics.len(),
            Section::Allergies => self.allergies.len(),
            Section::Diagnoses => self.diagnoses.len(),
            Section::Admissions => self.admissions.len(),
            Section::Prescriptions => self.prescriptions.len(),
            Section::Injections => self.injections.len(),
            Section::Labs => self.labs.len(),
            Section::Memos => self.memos.len(),
            Section::Others => self.others.len(),
        }
    }

    /// Counts every section.
    pub(crate) fn count_all(&mut self) {
        Section::ALL.into_iter().for_each(|section| self.count(section));
    }

    /// Counts the entries of a section and what they consist of.
    pub(crate) fn count(&mut self, section: Section) {
        let entries = self.len(section) as u32;
        self.summary.sections.entry(section).or_default().entries = entries;
        let counts = &mut self.summary.counts;
        match section {
            Section::Basics => {}
            Section::Allergies => counts.allergies = entries,
            Section::Diagnoses => counts.diagnoses = entries,
            Section::Admissions => counts.admissions = entries,
            Section::Prescriptions => {
                counts.prescription_drugs = entries;
                counts.prescription_orders = distinct(self.prescriptions.iter().map(|e| e.body.order));
            }
            Section::Injections => {
                let ordered = || self.injections.iter().map(|e| &e.body).filter(|body| body.ordered);
                let parts = ordered().flat_map(|body| &body.sent.components).filter(|c| c.kind.is_some());
                counts.injection_components = parts.count() as u32;
                counts.injection_blocks = ordered().count() as u32;
                counts.injection_orders = distinct(ordered().map(|body| body.order));
                let given = self.injections.iter().map(|e| e.body.administrations.len());
                counts.injection_administrations = given.sum::<usize>() as u32;
            }
            Section::Labs => counts.lab_results = entries,
            Section::Memos => counts.memos = entries,
            Section::Others => counts.others = entries,
        }
    }

    /// What is said of a section's files where single entries were taken out by age: only what its entries say.
    pub(crate) fn follow_entries(&mut self, section: Section) {
        let (mut files, mut span) = (HashSet::new(), Span::default());
        for head in self.heads().filter(|head| head.section == section) {
            files.extend(head.source.iter().copied());
            span.add(head.date.map(|date| Timestamp::day(date.date())), None);
        }
        self.summary.sections.entry(section).or_default().carriers_read = files.len() as u32;
        if let Some(known) = self.spans.get_mut(&section) {
            span.newest = known.newest.filter(|_| !files.is_empty());
            *known = span;
        }
        let withheld = &mut self.summary.withheld;
        match section {
            Section::Diagnoses => withheld.diagnoses_deleted = 0,
            Section::Labs => (withheld.labs_deleted_or_wrong, withheld.labs_replaced) = (0, 0),
            _ => {}
        }
    }

    /// From when to when the record is, by the files of the sections that are there.
    pub(crate) fn follow_spans(&mut self) {
        let spans = || self.spans.values();
        self.summary.first_care_date = spans().filter_map(|s| s.first).min();
        self.summary.last_care_date = spans().filter_map(|s| s.last).max();
        self.summary.as_of = spans().filter_map(|s| s.newest).max();
    }

    /// Whether anything that is shown says that the patient died.
    pub(crate) fn follow_death(&mut self) {
        self.summary.died = self.admissions.iter().any(|s| s.body.died)
            || self.diagnoses.iter().any(|d| d.body.sent.outcome.as_ref().is_some_and(|o| &*o.code == "D"))
            || self.basics.iter().any(|b| b.body.death.is_some());
    }
}

fn distinct(keys: impl Iterator<Item = OrderKey>) -> u32 {
    keys.collect::<HashSet<OrderKey>>().len() as u32
}
