//! What follows from the sections of a record: counts, dates, who died. Computed when it is built, and again when a
//! profile has taken something out, so that no number tells of what is hidden.

use crate::model::{Entry, Mark, OrderKey, Record, Section, Span};
use ssmix2::types::Timestamp;
use std::collections::HashSet;

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
    /// Calls `f` with the section and source file of every entry.
    pub fn each_source(&self, mut f: impl FnMut(Section, u32)) {
        fn of<T>(section: Section, entries: &[Entry<T>], f: &mut impl FnMut(Section, u32)) {
            entries.iter().flat_map(|e| &e.source).for_each(|file| f(section, *file));
        }
        of(Section::Basics, &self.basics, &mut f);
        of(Section::Allergies, &self.allergies, &mut f);
        of(Section::Diagnoses, &self.diagnoses, &mut f);
        of(Section::Admissions, &self.admissions, &mut f);
        of(Section::Prescriptions, &self.prescriptions, &mut f);
        of(Section::Injections, &self.injections, &mut f);
        of(Section::Labs, &self.labs, &mut f);
        of(Section::Memos, &self.memos, &mut f);
        of(Section::Others, &self.others, &mut f);
    }

    /// Calls `f` with every source file of the entries that carry a mark.
    pub(crate) fn each_marked_source(&self, mark: Mark, mut f: impl FnMut(u32)) {
        fn of<T>(mark: Mark, entries: &[Entry<T>], f: &mut impl FnMut(u32)) {
            let marked = entries.iter().filter(|e| e.marks.contains(&mark));
            marked.flat_map(|e| &e.source).for_each(|file| f(*file));
        }
        of(mark, &self.basics, &mut f);
        of(mark, &self.allergies, &mut f);
        of(mark, &self.diagnoses, &mut f);
        of(mark, &self.admissions, &mut f);
        of(mark, &self.prescriptions, &mut f);
        of(mark, &self.injections, &mut f);
        of(mark, &self.labs, &mut f);
        of(mark, &self.memos, &mut f);
        of(mark, &self.others, &mut f);
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
        self.each_source(|s, file| {
            if s == section {
                files.insert(file);
            }
        });
        self.each_date(section, |date| span.add(Some(Timestamp::day(date.date())), None));
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

    fn each_date(&self, section: Section, mut f: impl FnMut(Timestamp)) {
        fn of<T>(entries: &[Entry<T>], f: &mut impl FnMut(Timestamp)) {
            entries.iter().filter_map(|e| e.date).for_each(f);
        }
        match section {
            Section::Basics => of(&self.basics, &mut f),
            Section::Allergies => of(&self.allergies, &mut f),
            Section::Diagnoses => of(&self.diagnoses, &mut f),
            Section::Admissions => of(&self.admissions, &mut f),
            Section::Prescriptions => of(&self.prescriptions, &mut f),
            Section::Injections => of(&self.injections, &mut f),
            Section::Labs => of(&self.labs, &mut f),
            Section::Memos => of(&self.memos, &mut f),
            Section::Others => of(&self.others, &mut f),
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
