//! What a storage and its re-issue hold of each section, month by month, over all patients: which months are lost.

use crate::reissue::is_grave;
use crate::report::{Extent, KindMonths, Reissue, SectionReissue};
use mykarte::record::labels::{self, Language};
use mykarte::record::profile::Profile;
use mykarte::record::{Record, Section};
use mykarte::ssmix2::types::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A period counts as lost with so many entries; fewer are named one by one.
const PERIOD: u64 = 5;

/// Entries by month, `2026-11`; empty without one.
type Months = BTreeMap<String, u64>;

/// A section of one patient or of all.
#[derive(Debug, Default)]
struct Held {
    old: Months,
    new: Months,
    lost: Months,
    changed: u64,
    added: u64,
}

/// What both storages hold.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    patients: [u32; 2],
    sections: BTreeMap<Section, Held>,
}

impl Sums {
    fn of(&mut self, section: Section) -> &mut Held {
        self.sections.entry(section).or_default()
    }

    /// An entry that the new storage lacks.
    pub fn lost(&mut self, section: Section, date: Option<Timestamp>) {
        *self.of(section).lost.entry(month(date)).or_default() += 1;
    }

    /// One that says something else there.
    pub fn changed(&mut self, section: Section) {
        self.of(section).changed += 1;
    }

    /// So many that only the new storage has.
    pub fn added(&mut self, section: Section, count: u64) {
        self.of(section).added += count;
    }

    /// Counts what a record holds: 0 the old one, 1 the new one.
    pub fn count(&mut self, side: usize, record: &Record) {
        self.patients[side] += 1;
        for section in Section::ALL {
            self.of(section);
        }
        for head in record.heads() {
            let held = self.of(head.section);
            let months = if side == 0 { &mut held.old } else { &mut held.new };
            *months.entry(month(head.date)).or_default() += 1;
        }
    }

    /// Counts another patient in.
    pub fn add(&mut self, patient: Sums) {
        let sum = |all: &mut Months, one: Months| {
            one.into_iter().for_each(|(month, count)| *all.entry(month).or_default() += count);
        };
        for (all, one) in self.patients.iter_mut().zip(patient.patients) {
            *all += one;
        }
        for (section, held) in patient.sections {
            let all = self.of(section);
            sum(&mut all.old, held.old);
            sum(&mut all.new, held.new);
            sum(&mut all.lost, held.lost);
            all.changed += held.changed;
            all.added += held.added;
        }
    }

    /// Months of which the old storage has something and the new one nothing at all: section and months, and entries.
    pub fn lost_periods(&self) -> Vec<(String, u64)> {
        let mut periods = Vec::new();
        for (section, held) in self.sections.iter().filter(|(section, _)| is_dated(**section)) {
            let mut run: Vec<(&String, u64)> = Vec::new();
            let all: BTreeSet<&String> = held.old.keys().chain(held.new.keys()).collect();
            for month in all.into_iter().filter(|month| !month.is_empty()).map(Some).chain([None]) {
                let lost = month.filter(|month| !held.new.contains_key(*month)).map(|month| (month, held.old[month]));
                match lost {
                    Some(lost) => run.push(lost),
                    None => periods.extend(period(*section, &std::mem::take(&mut run))),
                }
            }
        }
        periods
    }

    /// As the report says it.
    pub fn report(self, profile: &Profile) -> Reissue {
        let shown = self.sections.into_iter().filter(|(section, _)| profile.shows(*section));
        let sections = shown.map(|(section, held)| held.report(section)).collect();
        Reissue { old_patients: self.patients[0], new_patients: self.patients[1], sections }
    }
}

/// Sections whose entries come month after month.
fn is_dated(section: Section) -> bool {
    is_grave(section) && !matches!(section, Section::Basics | Section::Allergies)
}

fn period(section: Section, run: &[(&String, u64)]) -> Option<(String, u64)> {
    let (first, last) = (run.first()?.0, run.last()?.0);
    let entries: u64 = run.iter().map(|(_, count)| count).sum();
    let months = if first == last { first.clone() } else { format!("{first}〜{last}") };
    (entries >= PERIOD).then(|| (format!("{} {months}", section.key()), entries))
}

impl Held {
    fn report(self, section: Section) -> SectionReissue {
        let months = |of: &Months| {
            of.iter().filter(|(month, _)| !month.is_empty()).map(|(m, n)| (m.clone(), *n as u32)).collect()
        };
        SectionReissue {
            section,
            old: extent(&self.old),
            new: extent(&self.new),
            changed: self.changed,
            added: self.added,
            lost: KindMonths {
                kind: section.key().to_owned(),
                name: labels::section(section, Language::Ja).to_owned(),
                months: months(&self.lost),
                undated: self.lost.get("").map_or(0, |count| *count as u32),
            },
        }
    }
}

fn extent(months: &Months) -> Extent {
    let mut dated = months.keys().filter(|month| !month.is_empty());
    let first = dated.next().cloned();
    Extent { entries: months.values().sum(), last: dated.next_back().cloned().or_else(|| first.clone()), first }
}

fn month(date: Option<Timestamp>) -> String {
    date.map(|date| date.at.format("%Y-%m").to_string()).unwrap_or_default()
}
