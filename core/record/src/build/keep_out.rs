//! Taking entries out of the sections while they are built, and what goes with them ([`super::rules`] says which).

use super::rules::{Excluded, Rule, Rules};
use super::states::carried;
use super::{Context, FileInput, make_ids_unique};
use crate::fold::fold;
use crate::model::{Diagnosis, Entry, Injection, Mark, Prescription, Record, Section, Status, Stay};
use chrono::NaiveDate;
use compact_str::format_compact;
use ssmix2::DataType;
use ssmix2::clinical::{self, Lab, Other};
use ssmix2::types::{Text, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Diagnoses without a code of their own share these: of the disease master, of receipts.
const UNCODED: [&str; 2] = ["20084317", "0000999"];
/// How far an order and what answers it may lie apart, as in [`super::numbers`].
const NEAR_DAYS: i64 = 366;

/// What an order may be answered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Prescription,
    Injection,
    Test,
}

/// Orders by kind, patient (another one's or not) and number: their days, and whether they are kept out.
#[derive(Debug, Default)]
pub(super) struct Orders(BTreeMap<(Kind, bool, Text), Vec<(NaiveDate, bool)>>);

impl Orders {
    fn add<T>(
        &mut self,
        kind: Kind,
        entries: &[Entry<T>],
        number: fn(&Entry<T>) -> Option<&Text>,
        is_out: impl Fn(&Entry<T>) -> bool,
    ) {
        for entry in entries {
            if let (Some(number), Some(date)) = (number(entry), entry.date) {
                let day = (date.date(), is_out(entry));
                self.0.entry((kind, is_other(entry), number.clone())).or_default().push(day);
            }
        }
    }

    /// Whether the order of this number that is nearest in time is kept out. Numbers begin again every year.
    fn is_out<T>(&self, kind: Kind, entry: &Entry<T>, number: Option<&Text>) -> bool {
        let days = number.and_then(|number| self.0.get(&(kind, is_other(entry), number.clone())));
        let Some(days) = days else { return false };
        let Some(date) = entry.date.map(|date| date.date()) else { return days.iter().any(|(_, out)| *out) };
        let far = |day: &NaiveDate| (*day - date).num_days().abs();
        let nearest = days.iter().map(|(day, _)| far(day)).min();
        let is_nearest = |(day, _): &&(NaiveDate, bool)| Some(far(day)) == nearest && far(day) <= NEAR_DAYS;
        days.iter().filter(is_nearest).any(|(_, out)| *out)
    }
}

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
    fn keep_out<T>(&mut self, section: Section, entries: &mut Vec<Entry<T>>, why: impl Fn(&Entry<T>) -> Option<Rule>) {
        let mut gaps = HashSet::new();
        entries.retain(|entry| {
            let Some(rule) = why(entry) else { return true };
            self.excluded.push(Excluded { section, id: entry.id.clone(), rule });
            self.excluded_files.extend(entry.source.iter().map(|file| (section, *file)));
            gaps.extend(entry.id.split_once('-').map(|(file, _)| Text::from(file)));
            false
        });
        self.gaps.extend(gaps);
    }

    /// Takes out the one entry of a file before it is made.
    pub(super) fn keep_out_file(&mut self, section: Section, file: &FileInput, rule: Rule) {
        self.excluded.push(Excluded { section, id: self.file_id(file, 0), rule });
        self.excluded_files.insert((section, file.file));
    }

    /// `merged`: of each diagnosis, by id, what its versions tell.
    pub(super) fn keep_out_diagnoses(&mut self, entries: &mut Vec<Entry<Diagnosis>>, merged: &HashMap<Text, Merged>) {
        let Some(rules) = self.rules_for(entries) else { return };
        let of = |id: &Text| merged.get(id.split_once('~').map_or(id.as_str(), |(plain, _)| plain));
        let why = |e: &Entry<Diagnosis>| {
            let withheld = rules.withholds(Section::Diagnoses, e);
            withheld.or_else(|| of(&e.id)?.secret).or_else(|| rules.of_diagnosis(&e.body.sent))
        };
        let secret = || entries.iter().filter(|e| why(e).is_some_and(|rule| rule != Rule::Department));
        // In- and outpatient systems register one disease twice, and only one row carries the mark.
        let diseases_of_secret: HashSet<String> = secret().flat_map(|e| diseases(&e.body.sent)).collect();
        self.secret_names = secret().map(|e| e.body.sent.name.to_string()).collect();
        self.keep_out(Section::Diagnoses, entries, |e| {
            let same = || diseases(&e.body.sent).iter().any(|d| diseases_of_secret.contains(d));
            why(e).or_else(|| same().then_some(Rule::SameDisease))
        });
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
        forget_followers(entries);
    }

    pub(super) fn keep_out_prescriptions(&mut self, entries: &mut Vec<Entry<Prescription>>) {
        let Some(rules) = self.rules_for(entries) else { return };
        let why = |e: &Entry<Prescription>| {
            rules.withholds(Section::Prescriptions, e).or_else(|| rules.of_prescription(&e.body.sent))
        };
        self.orders.add(Kind::Prescription, entries, |e| e.body.sent.order.number.as_ref(), |e| why(e).is_some());
        self.keep_out(Section::Prescriptions, entries, why);
    }

    pub(super) fn keep_out_injections(&mut self, entries: &mut Vec<Entry<Injection>>) {
        let Some(rules) = self.rules_for(entries) else { return };
        let why =
            |e: &Entry<Injection>| rules.withholds(Section::Injections, e).or_else(|| rules.of_injection(&e.body));
        let mut orders = Orders::default();
        // An administration alone is no order.
        fn of_order(e: &Entry<Injection>) -> Option<&Text> {
            e.body.sent.order.number.as_ref().filter(|_| e.body.ordered)
        }
        orders.add(Kind::Injection, entries, of_order, |e| why(e).is_some());
        self.keep_out(Section::Injections, entries, |e| {
            let repeats = || !e.body.ordered && orders.is_out(Kind::Injection, e, e.body.sent.order.number.as_ref());
            why(e).or_else(|| repeats().then_some(Rule::SameOrder))
        });
        for entry in entries {
            entry.body.sent.observations.retain(|row| rules.test([&*row.item]).is_none());
        }
    }

    pub(super) fn keep_out_labs(&mut self, entries: &mut Vec<Entry<Lab>>) {
        let Some(rules) = self.rules_for(entries) else { return };
        let why = |e: &Entry<Lab>| rules.withholds(Section::Labs, e).or_else(|| rules.of_lab(&e.body));
        self.orders.add(Kind::Test, entries, |e| e.body.group.order.number.as_ref(), |e| why(e).is_some());
        self.keep_out(Section::Labs, entries, why);
    }

    /// Last, when the orders of all other sections that are kept out are known.
    pub(super) fn keep_out_others(&mut self, entries: &mut Vec<Entry<Other>>) {
        let Some(rules) = self.rules_for(entries) else { return };
        let orders = std::mem::take(&mut self.orders);
        self.keep_out(Section::Others, entries, |e| {
            // What an order of that kind is answered or repeated by.
            let kind = match &*e.body.kind {
                "OMP-11" => Some(Kind::Prescription),
                "OML-01" | "OML-11" => Some(Kind::Test),
                _ => None,
            };
            let of_items = e.body.items.iter().map(|item| item.order_number.as_ref());
            let mut numbers = of_items.chain([e.body.order_number.as_ref()]);
            let mut answers = || kind.is_some_and(|kind| numbers.any(|number| orders.is_out(kind, e, number)));
            let why = rules.withholds(Section::Others, e).or_else(|| rules.of_other(&e.body));
            why.or_else(|| answers().then_some(Rule::SameOrder))
        });
    }
}

/// What the versions of one diagnosis tell beside the newest.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// The files they lie in.
    pub files: Vec<u32>,
    /// Why an earlier one was secret, if nothing takes it back.
    pub secret: Option<Rule>,
}

/// A stay whose end is unknown because another followed, which nobody sees now, is one without a discharge.
fn forget_followers(stays: &mut [Entry<Stay>]) {
    let begins: Vec<(bool, Option<Timestamp>)> = stays.iter().map(|s| (is_other(s), s.body.admitted_at)).collect();
    for stay in stays.iter_mut().filter(|s| s.status == Status::EndUnknown) {
        let (whose, begin) = (is_other(stay), stay.body.admitted_at);
        if !begins.iter().any(|(other, at)| *other == whose && *at > begin) {
            stay.status = Status::Open;
        }
    }
}

fn is_other<T>(entry: &Entry<T>) -> bool {
    entry.marks.contains(&Mark::OtherPatient)
}

/// What makes two diagnoses one disease: a code of either triple, or the name.
fn diseases(sent: &clinical::Diagnosis) -> Vec<String> {
    let mut all: Vec<String> =
        (!sent.name.is_empty()).then(|| format!("name {}", fold(&sent.name))).into_iter().collect();
    if let Some(disease) = &sent.disease {
        let pairs = [(&disease.system, &disease.code), (&disease.alt_system, &disease.alt_code)];
        let coded = pairs.into_iter().filter(|(_, code)| !code.is_empty() && !UNCODED.contains(&&***code));
        all.extend(coded.map(|(system, code)| format!("code {} {}", fold(system), fold(code))));
    }
    all
}

/// A number that is missing between two ids would tell that an entry was kept out: the entries of such a file are
/// numbered anew. Done last, when a record leaves the hospital; every report names the ids of the full record.
pub fn close_gaps(record: &mut Record, gaps: &HashSet<Text>) {
    if gaps.is_empty() {
        return;
    }
    close(&mut record.prescriptions, gaps);
    close(&mut record.injections, gaps);
    close(&mut record.labs, gaps);
    close(&mut record.others, gaps);
}

fn close<T>(entries: &mut [Entry<T>], gaps: &HashSet<Text>) {
    // By file: the number, and which of several entries of that number.
    let mut by_file: BTreeMap<Text, Vec<(u32, u32, usize)>> = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate() {
        let Some((file, number)) = entry.id.split_once('-').filter(|(file, _)| gaps.contains(*file)) else { continue };
        let (number, repeat) = number.split_once('~').unwrap_or((number, "1"));
        if let (Ok(number), Ok(repeat)) = (number.parse(), repeat.parse()) {
            by_file.entry(file.into()).or_default().push((number, repeat, place));
        }
    }
    for (file, mut places) in by_file {
        places.sort_unstable();
        for (number, (_, _, place)) in places.into_iter().enumerate() {
            entries[place].id = format_compact!("{file}-{number}");
        }
    }
}
