//! Two records of one patient, of a storage and of its re-issue: what the new one lost, says otherwise, and has beside it.
//!
//! Ids hold a file's identity and may all be others; an entry is known by what it is about and its date:
//!
//! ```text
//! the same day and all it says -> the same day -> (labs, drugs) a day beside it, a date cut short, another name
//!                                              -> (who somebody is, allergies, diagnoses) whatever date
//! ```

use crate::rest::{self, GIVEN, Rest};
use chrono::{NaiveDate, TimeDelta};
use mykarte::record::about::About;
use mykarte::record::model::{Given, Injection};
use mykarte::record::pairs::Pairs;
use mykarte::record::says::{DATE, STATUS, Says, differing, goes_on, said, says};
use mykarte::record::{Entry, Mark, Record, Section, Status};
use mykarte::ssmix2::clinical::{Basics, Other};
use mykarte::ssmix2::types::{Precision, Text, Timestamp};
use serde::Serialize;
use smallvec::smallvec;
use std::collections::{BTreeMap, HashSet};

/// What the end of something adds to it.
const ENDING: [&str; 5] = [STATUS, "end", "outcome", "period", "disposition"];

/// What became of an entry of the old record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing stands for it.
    Lost,
    /// The new one says another thing of these fields, or nothing.
    Changed(Vec<&'static str>),
    /// The new one holds less of these fields, by which nobody is treated.
    Lacks(Vec<&'static str>),
    /// It has only gone on since.
    GoneOn,
    /// The same day, doses and values; neither code nor name are the same.
    Renamed,
}

/// One entry that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    pub section: Section,
    /// Something that is part of an entry: `administrations`.
    pub part: Option<&'static str>,
    pub fate: Fate,
    pub date: Option<Timestamp>,
    /// Number of its first file: of the old storage where it is lost, else of the new one; 0 without one.
    pub file: u32,
    /// What it is about, or what was said and is said.
    pub text: String,
}

/// What differs, and how many entries the new record has beside those of the old one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Differences {
    /// The two say of another birth date or sex.
    pub another_person: bool,
    pub all: Vec<Difference>,
    pub added: BTreeMap<Section, u64>,
}

/// Compares all sections.
pub(crate) fn compare(old: &Record, new: &Record) -> Differences {
    let mut found = Differences::default();
    let mut compare = Compare { section: Section::Basics, part: None, horizon: old.summary.as_of, found: &mut found };
    compare.of(Section::Basics).basics(old, new);
    compare.of(Section::Allergies).at_any_date(all_of(&old.allergies), all_of(&new.allergies));
    compare.of(Section::Diagnoses).at_any_date(all_of(&old.diagnoses), all_of(&new.diagnoses));
    compare.of(Section::Admissions).at_their_date(all_of(&old.admissions), all_of(&new.admissions));
    compare.of(Section::Prescriptions).at_their_date(all_of(&old.prescriptions), all_of(&new.prescriptions));
    compare.of(Section::Injections).injections(old, new);
    compare.of(Section::Labs).at_their_date(all_of(&old.labs), all_of(&new.labs));
    compare.of(Section::Memos).at_their_date(all_of(&old.memos), all_of(&new.memos));
    compare.of(Section::Others).others(old, new);
    found
}

/// An entry of any section.
trait Comparable: About + Says + Serialize + PartialEq {}

impl<T: About + Says + Serialize + PartialEq> Comparable for T {}

struct Compare<'a> {
    section: Section,
    part: Option<&'static str>,
    /// What began after this cannot stand for anything that the old record has.
    horizon: Option<Timestamp>,
    found: &'a mut Differences,
}

impl Compare<'_> {
    fn of(&mut self, section: Section) -> &mut Self {
        (self.section, self.part) = (section, None);
        self
    }

    /// Several roots may each say who somebody is, and one root thereafter: the newest counts. What was made of another
    /// message is not what ADT-00 says.
    fn basics(&mut self, old: &Record, new: &Record) {
        self.found.another_person = newest(old).zip(newest(new)).is_some_and(|(old, new)| is_another(old, new));
        self.at_any_date(newest(old).into_iter().collect(), newest(new).into_iter().collect());
    }

    /// An order and what was given of it may be tied together in the one storage and not in the other.
    fn injections(&mut self, old: &Record, new: &Record) {
        self.at_their_date(orders(old), orders(new));
        let (old, new) = (given(old), given(new));
        self.part = Some(GIVEN);
        self.at_their_date(old.iter().collect(), new.iter().collect());
    }

    /// An order that was answered meanwhile is in no record any more; its results are.
    fn others(&mut self, old: &Record, new: &Record) {
        let numbers = new.labs.iter().filter_map(|lab| lab.body.group.order.number.as_deref());
        let answered: HashSet<&str> = numbers.chain(new.answered_orders.iter().map(Text::as_str)).collect();
        let is_answered = |entry: &Entry<Other>| {
            let number = entry.body.order_number.as_deref().filter(|_| entry.body.kind == "OML-01");
            answered.contains(entry.id.as_str()) || number.is_some_and(|number| answered.contains(number))
        };
        let mut pairs = Pairs::new(&new.others, Vec::new());
        let mut left: Vec<_> = old.others.iter().collect();
        self.by_day(&mut pairs, &mut left);
        left.retain(|entry| !is_answered(entry));
        self.end(&pairs, left);
    }

    fn at_their_date<T: Comparable>(&mut self, old: Vec<&Entry<T>>, new: Vec<&Entry<T>>) {
        // What was given is looked at by itself.
        let (mut pairs, mut left) = (Pairs::new(new, vec![GIVEN]), old);
        self.by_day(&mut pairs, &mut left);
        self.beside(&mut pairs, &mut left);
        self.renamed(&mut pairs, &mut left);
        self.end(&pairs, left);
    }

    /// For these a date that is told otherwise makes no other thing.
    fn at_any_date<T: Comparable>(&mut self, old: Vec<&Entry<T>>, new: Vec<&Entry<T>>) {
        let (mut pairs, mut left) = (Pairs::new(new, Vec::new()), old);
        self.by_day(&mut pairs, &mut left);
        let (horizon, is_basics) = (self.horizon, self.section == Section::Basics);
        let began = |new: &Entry<T>| match (new.date, horizon) {
            (Some(date), Some(horizon)) => is_basics || date.at <= horizon.end(),
            _ => true,
        };
        pairs.find(&mut left, (|_| (), |_| ()), |_, new| began(new), |old, new| self.changed(old, new));
        self.renamed(&mut pairs, &mut left);
        self.end(&pairs, left);
    }

    /// Of the same day: first those that say the same.
    fn by_day<T: Comparable>(&mut self, pairs: &mut Pairs<'_, T>, left: &mut Vec<&Entry<T>>) {
        pairs.find(left, (day, day), |old, new| differing(old, new).is_empty(), |old, new| self.changed(old, new));
        pairs.find(left, (day, day), |old, new| says_the_rest(old, new), |old, new| self.changed(old, new));
        pairs.find(left, (day, day), |_, _| true, |old, new| self.changed(old, new));
    }

    /// Just the same on the day before or after, or of a month where there was a day.
    fn beside<T: Comparable>(&mut self, pairs: &mut Pairs<'_, T>, left: &mut Vec<&Entry<T>>) {
        let is_same = |old: &Entry<T>, new: &Entry<T>| says_the_rest(old, new);
        for days in [1, -1] {
            let shifted = |entry: &Entry<T>| day(entry).and_then(|day| day.checked_add_signed(TimeDelta::days(days)));
            pairs.find(left, (shifted, day), is_same, |old, new| self.changed(old, new));
        }
        let is_cut = |old: &Entry<T>, new: &Entry<T>| {
            let month = |entry: &Entry<T>| entry.date.is_none_or(|date| date.precision < Precision::Day);
            month(new) && is_same(old, new)
        };
        let month = |entry: &Entry<T>| entry.date.map(|date| date.at.format("%Y-%m").to_string());
        pairs.find(left, (month, month), is_cut, |old, new| self.changed(old, new));
        pairs.find(left, (|_| None, day), is_cut, |old, new| self.changed(old, new));
    }

    /// Another table of codes gives everything new codes and other names.
    fn renamed<T: About + Says>(&mut self, pairs: &mut Pairs<'_, T>, left: &mut Vec<&Entry<T>>) {
        let is_renamed = |old: &Entry<T>, new: &Entry<T>| {
            let (before, now) = (old.body.subjects(), new.body.subjects());
            let is_comparable = before.iter().any(|old| now.iter().any(|new| old.shares_a_system(new)));
            !before.is_empty() && before.len() == now.len() && !is_comparable && says_the_rest_but_its_name(old, new)
        };
        pairs.find_other(left, (day, day), is_renamed, |old, new| {
            let text = format!("{} → {}", old.body.title(), new.body.title());
            self.note(Fate::Renamed, new, text);
        });
    }

    fn changed<T: Comparable>(&mut self, old: &Entry<T>, new: &Entry<T>) {
        let mut keys = differing(old, new);
        let is_measured = |key: &str| self.section == Section::Basics && ["height", "weight"].contains(&key);
        let is_anew = |key: &&str| is_measured(key) && new.date > old.date && says(new, key);
        let has_gone_on = goes_on(old.status, new.status) || keys.iter().any(is_anew);
        if goes_on(old.status, new.status) {
            keys.retain(|key| !is_open(old.status) && !ENDING.contains(key));
        }
        keys.retain(|key| !is_anew(key));
        let said = (!keys.is_empty()).then(|| format!("{} → {}", said(old, &keys), said(new, &keys)));
        let rest = if has_gone_on && is_open(old.status) { Rest::default() } else { self.rest(old, new, &keys) };
        if !rest.lost.is_empty() {
            self.note(Fate::Lacks(rest.lost), new, new.body.title());
        }
        let other = rest.other.values().map(|(was, is)| format!("{was} → {is}"));
        let text = said.into_iter().chain(other).collect::<Vec<_>>().join("、");
        keys.extend(rest.other.keys());
        match (keys.is_empty(), old.body.title()) {
            (true, _) if has_gone_on => self.note(Fate::GoneOn, new, String::new()),
            (true, _) => {}
            (false, title) if title.is_empty() => self.note(Fate::Changed(keys), new, text),
            (false, title) => self.note(Fate::Changed(keys), new, format!("{title}: {text}")),
        }
    }

    /// What nobody acts on, and is not named already.
    fn rest<T: Comparable>(&self, old: &Entry<T>, new: &Entry<T>, named: &[&str]) -> Rest {
        let mut rest = rest::look_at(self.section, self.part, &old.body, &new.body);
        rest.lost.retain(|key| !named.contains(key));
        let own = old.body.fields();
        let is_own = |key: &str| T::DATED_BY.contains(&key) || own.iter().any(|(of, _)| *of == key);
        // The amount of what was given is said by the whole of it.
        rest.other.retain(|key, _| !is_own(key) && (self.part.is_none() || *key != "amount"));
        rest
    }

    fn end<T: About + Says>(&mut self, pairs: &Pairs<'_, T>, left: Vec<&Entry<T>>) {
        for old in left {
            self.note(Fate::Lost, old, old.body.title());
        }
        *self.found.added.entry(self.section).or_default() += pairs.free().count() as u64;
    }

    fn note<T>(&mut self, fate: Fate, entry: &Entry<T>, text: String) {
        let (section, part, date) = (self.section, self.part, entry.date);
        let file = entry.source.first().copied().unwrap_or(0);
        self.found.all.push(Difference { section, part, fate, date, file, text });
    }
}

fn all_of<T>(entries: &[Entry<T>]) -> Vec<&Entry<T>> {
    entries.iter().collect()
}

fn newest(record: &Record) -> Option<&Entry<Basics>> {
    record.basics.iter().find(|entry| !entry.marks.contains(&Mark::FromOtherMessage))
}

/// Whether a birth date or sex that both say is not the same.
fn is_another(old: &Entry<Basics>, new: &Entry<Basics>) -> bool {
    let (old, new) = (&old.body, &new.body);
    let birth_dates = old.birth_date.zip(new.birth_date);
    // Who was unknown may be known now.
    let sex = |of: &Basics| of.sex.clone().filter(|sex| matches!(sex.as_str(), "F" | "M"));
    birth_dates.is_some_and(|(old, new)| old.date() != new.date())
        || sex(old).zip(sex(new)).is_some_and(|(old, new)| old != new)
}

fn orders(record: &Record) -> Vec<&Entry<Injection>> {
    record.injections.iter().filter(|entry| entry.body.ordered).collect()
}

/// What was given, each at its own time.
fn given(record: &Record) -> Vec<Entry<Given>> {
    let of = |entry: &Entry<Injection>, given: &Given| Entry {
        id: entry.id.clone(),
        date: given.sent.drugs.iter().find_map(|drug| drug.start).or(entry.date),
        status: given.status,
        marks: Vec::new(),
        source: smallvec![given.source],
        body: given.clone(),
    };
    record
        .injections
        .iter()
        .flat_map(|entry| entry.body.administrations.iter().map(move |given| of(entry, given)))
        .collect()
}

fn day<T>(entry: &Entry<T>) -> Option<NaiveDate> {
    entry.date.map(|date| date.date())
}

/// Whether nothing but dates differs.
fn says_the_rest<T: Says>(old: &Entry<T>, new: &Entry<T>) -> bool {
    differing(old, new).iter().all(|key| [DATE, "start", "at"].contains(key))
}

fn says_the_rest_but_its_name<T: Says>(old: &Entry<T>, new: &Entry<T>) -> bool {
    differing(old, new).iter().all(|key| [DATE, "start", "at"].contains(key) || T::NAMED_BY.contains(key))
}

/// A result that is not final may become any other.
fn is_open(status: Status) -> bool {
    matches!(status, Status::Preliminary | Status::PartialResult | Status::Pending | Status::NotVerified)
}
