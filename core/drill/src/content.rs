//! What is looked for in the record itself: names, units, dates, orders and their results.

use crate::checks::Drill;
use mykarte::record::model::Stay;
use mykarte::record::{Entry, Record, Section, Status};
use mykarte::ssmix2::clinical::Movement;
use mykarte::ssmix2::types::{Coded, Timestamp};
use std::collections::HashMap;

/// Something found in an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Odd {
    pub check: Drill,
    pub section: Section,
    /// Number of its first file; 0 without one.
    pub file: u32,
}

/// Looks through a record. `at`: the day of the drill.
pub(crate) fn look_at(record: &Record, at: Timestamp) -> Vec<Odd> {
    let mut look = Look { odd: Vec::new(), today: at, born: record.summary.birth_date };
    look.diagnoses(record);
    look.stays(record);
    look.drugs(record);
    look.labs(record);
    look.orders(record);
    look.odd
}

struct Look {
    odd: Vec<Odd>,
    today: Timestamp,
    born: Option<Timestamp>,
}

impl Look {
    fn note<T>(&mut self, check: Drill, section: Section, entry: &Entry<T>) {
        let file = entry.source.first().copied().unwrap_or(0);
        self.odd.push(Odd { check, section, file });
    }

    fn dates<T>(&mut self, section: Section, entry: &Entry<T>, is_plan: bool) {
        let Some(date) = entry.date else { return };
        if !is_plan && date.date() > self.today.date() {
            self.note(Drill::DateInFuture, section, entry);
        }
        if self.born.is_some_and(|born| date.end() < born.at) {
            self.note(Drill::DateBeforeBirth, section, entry);
        }
    }

    fn period<T>(&mut self, section: Section, entry: &Entry<T>, start: Option<Timestamp>, end: Option<Timestamp>) {
        // An end of less precision may lie on the same day.
        if let (Some(start), Some(end)) = (start, end)
            && end.end() < start.at
        {
            self.note(Drill::EndBeforeStart, section, entry);
        }
    }

    fn diagnoses(&mut self, record: &Record) {
        for entry in &record.diagnoses {
            let body = &entry.body;
            if body.sent.name.is_empty() {
                self.note(Drill::NameMissing, Section::Diagnoses, entry);
            }
            self.dates(Section::Diagnoses, entry, false);
            self.period(Section::Diagnoses, entry, body.start, body.end);
        }
    }

    fn stays(&mut self, record: &Record) {
        for entry in &record.admissions {
            self.dates(Section::Admissions, entry, entry.status == Status::Planned);
            self.period(Section::Admissions, entry, entry.body.admitted_at, entry.body.discharged_at);
            if wards(&entry.body).is_some_and(|(before, last)| before != last) {
                self.note(Drill::WardWithoutTransfer, Section::Admissions, entry);
            }
        }
    }

    fn drugs(&mut self, record: &Record) {
        let mut seen: HashMap<(Option<Timestamp>, &str, String), u32> = HashMap::new();
        for entry in &record.prescriptions {
            let (sent, section) = (&entry.body.sent, Section::Prescriptions);
            // The date of an order may be the day it holds from.
            self.dates(section, entry, true);
            self.period(section, entry, sent.timing.start, sent.timing.end);
            let Some(name) = name(sent.drug.as_deref()) else {
                self.note(Drill::NameMissing, section, entry);
                continue;
            };
            if sent.timing.usage.is_empty() && sent.instructions.is_empty() {
                self.note(Drill::DrugWithoutUsage, section, entry);
            }
            let dose = sent.dose.as_ref().map(|dose| dose.display()).unwrap_or_default();
            let file = entry.source.first().copied().unwrap_or(0);
            let first = *seen.entry((sent.timing.start.or(entry.date), name, dose)).or_insert(file);
            if first != file {
                self.note(Drill::OrderTwice, section, entry);
            }
        }
        for entry in &record.injections {
            self.dates(Section::Injections, entry, true);
            if entry.body.sent.components.iter().any(|part| name(part.drug.as_deref()).is_none()) {
                self.note(Drill::NameMissing, Section::Injections, entry);
            }
        }
    }

    fn labs(&mut self, record: &Record) {
        for entry in &record.labs {
            let (lab, section) = (&entry.body, Section::Labs);
            self.dates(section, entry, false);
            if name(Some(&lab.item)).is_none() {
                self.note(Drill::ResultWithoutItem, section, entry);
            }
            if lab.value.is_none() && lab.value_code.is_none() {
                self.note(Drill::ResultWithoutValue, section, entry);
            }
            let is_number = lab.value.as_deref().is_some_and(|value| value.trim().parse::<f64>().is_ok());
            if is_number && lab.unit.is_none() {
                self.note(Drill::ResultWithoutUnit, section, entry);
            }
        }
    }

    /// Laboratory orders are in the record as long as no result answers them.
    fn orders(&mut self, record: &Record) {
        let month_ago = self.today.date() - chrono::Days::new(31);
        for entry in &record.others {
            let is_open = entry.body.kind == "OML-01" && !entry.body.cancelled;
            if is_open && entry.date.is_some_and(|date| date.date() < month_ago) {
                self.note(Drill::OrderWithoutResult, Section::Others, entry);
            }
        }
    }
}

/// The last ward before the discharge, and that of the discharge, where both are said.
fn wards(stay: &Stay) -> Option<(&str, &str)> {
    fn ward(movement: Option<&Movement>) -> Option<&str> {
        let place = movement?.place.as_deref()?;
        place.point_of_care.as_deref().filter(|_| place.kind.as_deref() != Some("C"))
    }
    let before = stay.transfers.iter().filter(|transfer| transfer.at.is_some()).max_by_key(|transfer| transfer.at);
    Some((ward(before.or(stay.admission.as_ref()))?, ward(stay.discharge.as_ref())?))
}

/// What a code is called on screen; none where it says nothing but its number.
fn name(code: Option<&Coded>) -> Option<&str> {
    let code = code?;
    let names: [&str; 4] = [&code.text, &code.alt_text, &code.label, &code.original];
    names.into_iter().find(|name| !name.trim().is_empty())
}
