//! What a stored generation holds and a new record does not: by the id of an entry, and by what it is about.

use crate::archive::{Damage, RecordLines};
use mykarte_record::about::About;
use mykarte_record::lines::{self, Head};
use mykarte_record::pairs::Pairs;
use mykarte_record::profile::age::{self, Aged};
use mykarte_record::{Entry, Record, Section};
use serde::de::DeserializeOwned;
use ssmix2::types::{Text, Timestamp};
use std::collections::{HashMap, HashSet};

/// An entry that is missing.
pub(crate) struct Missing {
    pub id: String,
    /// Care date.
    pub date: Option<Timestamp>,
    /// Something else stands under its id now.
    pub is_replaced: bool,
    /// As a period sees it.
    pub age: Head,
    /// The field without which such an entry is not shown.
    pub needs: Option<&'static str>,
    /// What it is about, as [`mykarte_record::about::Subject::digests`] writes it.
    pub about: Vec<Text>,
}

/// Entries of a section that `new` does not hold. What is in the old one and cannot be read is damage.
pub(crate) fn missing(old: &RecordLines<'_>, new: &Record, section: Section) -> (Vec<Missing>, Damage) {
    let (mut missing, damage) = match section {
        Section::Basics => Search::new(new, section, &new.basics).run(old),
        Section::Allergies => Search::new(new, section, &new.allergies).run(old),
        Section::Diagnoses => Search::new(new, section, &new.diagnoses).run(old),
        Section::Admissions => Search::new(new, section, &new.admissions).run(old),
        Section::Prescriptions => Search::new(new, section, &new.prescriptions).run(old),
        Section::Injections => Search::new(new, section, &new.injections).run(old),
        Section::Labs => Search::new(new, section, &new.labs).run(old),
        Section::Memos => Search::new(new, section, &new.memos).run(old),
        Section::Others => Search::new(new, section, &new.others).run(old),
    };
    if section == Section::Others {
        // Orders that were left out because their results are there are not lost.
        let answered: HashSet<&str> = new.answered_orders.iter().map(Text::as_str).collect();
        missing.retain(|entry| !answered.contains(entry.id.as_str()));
    }
    (missing, damage)
}

struct Search<'a, T> {
    section: Section,
    pairs: Pairs<'a, T>,
    by_id: HashMap<&'a str, usize>,
}

impl<'a, T: About + Aged + DeserializeOwned> Search<'a, T> {
    fn new(record: &'a Record, section: Section, new: &'a [Entry<T>]) -> Search<'a, T> {
        let by_id = new.iter().enumerate().map(|(at, entry)| (entry.id.as_str(), at)).collect();
        let keys = record.summary.profile.iter().flat_map(|shape| &shape.not_provided);
        let own = keys.filter_map(|path| path.split_once('.').filter(|(of, _)| *of == section.key()));
        let not_provided = own.map(|(_, key)| key).collect();
        Search { section, pairs: Pairs::new(new, not_provided), by_id }
    }

    fn run(mut self, old: &RecordLines<'_>) -> (Vec<Missing>, Damage) {
        let (mut left, mut missing, mut unknown) = (Vec::new(), Vec::new(), 0);
        let mut damage = old.each(self.section, |line| match lines::read::<T>(line) {
            Ok(entry) => {
                let at = self.by_id.get(entry.id.as_str()).copied();
                if !at.is_some_and(|at| self.pairs.at(at).date == entry.date && self.pairs.take(&entry, at)) {
                    left.push(entry);
                }
            }
            // One of another form is compared by its id alone.
            Err(_) => match serde_json::from_slice::<Head>(line) {
                Ok(head) if self.by_id.contains_key(head.id.as_str()) => {}
                Ok(head) => missing.push(Missing::of(head, Vec::new(), None)),
                Err(_) => unknown += 1,
            },
        });
        damage.entries += unknown;
        self.find_moved(&mut left);
        // The same thing at the same place with another date is a correction.
        left.retain(|entry| {
            let at = self.by_id.get(entry.id.as_str()).copied();
            !at.is_some_and(|at| self.pairs.take(entry, at))
        });
        missing.extend(left.iter().map(|entry| self.missing(entry)));
        (missing, damage)
    }

    /// A row that was taken out of a file moves those behind it: what is at another place of its file, its date the same, is
    /// not missing. A newer file says anew who somebody is.
    fn find_moved(&mut self, left: &mut Vec<Entry<T>>) {
        let section = self.section;
        let place = |entry: &Entry<T>| match section {
            Section::Basics => (Text::default(), None),
            _ => (Text::from(file_of(&entry.id)), entry.date),
        };
        self.pairs.find(left, (place, place), |_, _| true, |_, _| ());
    }

    fn missing(&self, entry: &Entry<T>) -> Missing {
        let about = entry.body.subject().map(|of| of.digests(self.section, &entry.id));
        let needs = entry.body.needs().filter(|key| !self.pairs.provides(key));
        let is_replaced = self.by_id.contains_key(entry.id.as_str());
        Missing { is_replaced, ..Missing::of(age::head(entry), about.unwrap_or_default(), needs) }
    }
}

impl Missing {
    fn of(age: Head, about: Vec<Text>, needs: Option<&'static str>) -> Missing {
        Missing { id: age.id.clone(), date: age.date, is_replaced: false, age, needs, about }
    }
}

/// The file that an id begins with; ids that are made of something else have none.
fn file_of(id: &str) -> &str {
    id.split_once('-').map_or("", |(file, _)| file)
}
