//! Taking entries out of the sections while they are built, and what goes with them ([`super::rules`] says which).

use super::rules::{Excluded, Rule, Rules};
use super::states::carried;
use super::{Context, FileInput, make_ids_unique};
use crate::fold::fold;
use crate::model::{Diagnosis, Entry, Injection, Mark, Prescription, Section, Status, Stay};
use chrono::NaiveDate;
use ssmix2::clinical::{self, Lab, Other};
use ssmix2::types::{Text, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Diagnoses without a code of their own share this one.
const UNCODED: &str = "20084317";
/// How far an order and what answers it may lie apart, as in [`super::numbers`].
const NEAR_DAYS: i64 = 366;

/// The orders of entries that are kept out: of another patient or not, their number, their day.
#[derive(Debug, Default)]
pub(super) struct Orders(BTreeMap<(bool, Text), Vec<NaiveDate>>);

impl Orders {
    fn add<'e, T: 'e>(&mut self, entries: impl Iterator<Item = &'e Entry<T>>, number: fn(&Entry<T>) -> Option<&Text>) {
        for entry in entries {
            if let (Some(number), Some(date)) = (number(entry), entry.date) {
                self.0.entry((is_other(entry), number.clone())).or_default().push(date.date());
            }
        }
    }

    fn merge(&mut self, more: Orders) {
        for (number, days) in more.0 {
            self.0.entry(number).or_default().extend(days);
        }
    }

    fn answers<T>(&self, entry: &Entry<T>, numbers: &[Option<&Text>]) -> bool {
        let near = |day: &NaiveDate, date: Timestamp| (*day - date.date()).num_days().abs() <= NEAR_DAYS;
        numbers.iter().flatten().any(|number| {
            let days = self.0.get(&(is_other(entry), (*number).clone())).map_or(&[][..], Vec::as_slice);
            // Without a date nothing says that it is another year's order.
            days.iter().any(|day| entry.date.is_none_or(|date| near(day, date)))
        })
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
        let mut touched = HashSet::new();
        entries.retain(|entry| {
            let Some(rule) = why(entry) else { return true };
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

    /// `files_of`: the files of all versions of a diagnosis, by its id; an older version tells of it as well.
    pub(super) fn keep_out_diagnoses(
        &mut self,
        entries: &mut Vec<Entry<Diagnosis>>,
        files_of: &HashMap<Text, Vec<u32>>,
    ) {
        let Some(rules) = self.rules_for(entries) else { return };
        let why = |e: &Entry<Diagnosis>| {
            rules.withholds(Section::Diagnoses, &e.id).or_else(|| rules.of_diagnosis(&e.body.sent))
        };
        let secret = || entries.iter().filter(|e| why(e).is_some_and(|rule| rule != Rule::Department));
        // In- and outpatient systems register one disease twice, and only one row carries the mark.
        let diseases_of_secret: HashSet<String> = secret().flat_map(|e| diseases(&e.body.sent)).collect();
        self.secret_names = secret().map(|e| e.body.sent.name.to_string()).collect();
        self.keep_out(Section::Diagnoses, entries, |e| {
            let same = || diseases(&e.body.sent).iter().any(|d| diseases_of_secret.contains(d));
            why(e).or_else(|| same().then_some(Rule::SameDisease))
        });
        let plain = |id: &Text| id.split_once('~').map_or(id.clone(), |(plain, _)| plain.into());
        let gone = self.excluded.iter().filter(|e| e.section == Section::Diagnoses).map(|e| plain(&e.id));
        let files = gone.filter_map(|id| files_of.get(&id)).flatten();
        self.excluded_files.extend(files.map(|file| (Section::Diagnoses, *file)));
    }

    pub(super) fn keep_out_stays(&mut self, entries: &mut Vec<Entry<Stay>>) {
        let Some(rules) = self.rules_for(entries) else { return };
        self.keep_out(Section::Admissions, entries, |e| {
            rules.withholds(Section::Admissions, &e.id).or_else(|| rules.of_stay(&e.body))
        });
        forget_followers(entries);
    }

    pub(super) fn keep_out_prescriptions(&mut self, entries: &mut Vec<Entry<Prescription>>) {
        let Some(rules) = self.rules_for(entries) else { return };
        let why = |e: &Entry<Prescription>| {
            rules.withholds(Section::Prescriptions, &e.id).or_else(|| rules.of_prescription(&e.body.sent))
        };
        self.orders.add(entries.iter().filter(|e| why(e).is_some()), |e| e.body.sent.order.number.as_ref());
        self.keep_out(Section::Prescriptions, entries, why);
    }

    pub(super) fn keep_out_injections(&mut self, entries: &mut Vec<Entry<Injection>>) {
        let Some(rules) = self.rules_for(entries) else { return };
        let why =
            |e: &Entry<Injection>| rules.withholds(Section::Injections, &e.id).or_else(|| rules.of_injection(&e.body));
        let mut gone = Orders::default();
        gone.add(entries.iter().filter(|e| why(e).is_some()), |e| e.body.sent.order.number.as_ref());
        self.keep_out(Section::Injections, entries, |e| {
            let repeats = || !e.body.ordered && gone.answers(e, &[e.body.sent.order.number.as_ref()]);
            why(e).or_else(|| repeats().then_some(Rule::SameOrder))
        });
        for entry in entries {
            entry.body.sent.observations.retain(|row| rules.test([&*row.item]).is_none());
        }
        self.orders.merge(gone);
    }

    pub(super) fn keep_out_labs(&mut self, entries: &mut Vec<Entry<Lab>>) {
        let Some(rules) = self.rules_for(entries) else { return };
        let why = |e: &Entry<Lab>| rules.withholds(Section::Labs, &e.id).or_else(|| rules.of_lab(&e.body));
        self.orders.add(entries.iter().filter(|e| why(e).is_some()), |e| e.body.group.order.number.as_ref());
        self.keep_out(Section::Labs, entries, why);
    }

    /// Last, when the orders of all other sections that are kept out are known.
    pub(super) fn keep_out_others(&mut self, entries: &mut Vec<Entry<Other>>) {
        let Some(rules) = self.rules_for(entries) else { return };
        let orders = std::mem::take(&mut self.orders);
        self.keep_out(Section::Others, entries, |e| {
            let of_items = e.body.items.iter().map(|item| item.order_number.as_ref());
            let numbers: Vec<Option<&Text>> = of_items.chain([e.body.order_number.as_ref()]).collect();
            let why = rules.withholds(Section::Others, &e.id).or_else(|| rules.of_other(&e.body));
            why.or_else(|| orders.answers(e, &numbers).then_some(Rule::SameOrder))
        });
    }
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
