//! What a new generation no longer holds, and why: shown after every package, for nothing disappears silently.

use crate::archive::RecordLines;
use crate::import::LeftOut;
use crate::import::store::ids;
use mykarte_record::lines::Head;
use mykarte_record::profile::apply::begin;
use mykarte_record::{Record, Section};
use serde::Deserialize;
use ssmix2::types::{Coded, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Why an entry is not there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The hospital no longer provides this section.
    Profile,
    /// It is older than the period that the hospital provides.
    Period,
    /// The hospital has deleted it.
    Retracted,
    /// A laboratory order whose results are in the record now.
    Answered,
    /// The package does not say.
    Unknown,
}

/// Entries of one section that are gone for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoneRow {
    /// The section.
    pub section: Section,
    /// The reason.
    pub why: Why,
    /// How many.
    pub entries: usize,
    /// Their earliest care date.
    pub from: Option<Timestamp>,
    /// Their latest care date.
    pub to: Option<Timestamp>,
}

/// All that is gone.
#[derive(Debug, Default)]
pub(super) struct Gone {
    pub rows: Vec<GoneRow>,
    /// Entries of the old generation that could not be read.
    pub unread: u32,
}

/// Holds a new record against the stored one. Memos are taken over and never gone.
pub(super) fn compare(old: &RecordLines<'_>, new: &Record, left_out: &LeftOut) -> Gone {
    let mut gone = Gone::default();
    let retracted: HashSet<(Section, &str)> = left_out.retracted.iter().map(|(s, id)| (*s, id.as_str())).collect();
    let answered: HashSet<&str> = left_out.answered.iter().map(String::as_str).collect();
    // The id of a result is its place in its file: another item may stand there now.
    let items: HashMap<&str, &Coded> = new.labs.iter().map(|lab| (lab.id.as_str(), &*lab.body.item)).collect();
    for section in Section::ALL.into_iter().filter(|section| *section != Section::Memos) {
        let kept = ids(new, section);
        let is_kept = |head: &Head, line: &[u8]| {
            kept.contains(head.id.as_str()) && (section != Section::Labs || is_item(line, items.get(head.id.as_str())))
        };
        let months = new.summary.profile.as_ref().and_then(|shape| shape.periods.get(&section));
        let begin = months.and_then(|months| begin(&new.summary, *months));
        let why = |head: &Head| match () {
            () if new.summary.hides(section) => Why::Profile,
            () if retracted.contains(&(section, head.id.as_str())) => Why::Retracted,
            () if section == Section::Others && answered.contains(head.id.as_str()) => Why::Answered,
            () if begin.is_some_and(|begin| !head.overlaps(Some(begin), None)) => Why::Period,
            () => Why::Unknown,
        };
        let (mut rows, mut unknown): (BTreeMap<Why, GoneRow>, u32) = Default::default();
        let damage = old.each(section, |line| match serde_json::from_slice::<Head>(line) {
            Ok(head) if is_kept(&head, line) => {}
            Ok(head) => {
                let why = why(&head);
                let empty = GoneRow { section, why, entries: 0, from: None, to: None };
                rows.entry(why).or_insert(empty).add(head.date);
            }
            Err(_) => unknown += 1,
        });
        gone.unread += damage.entries + unknown;
        gone.rows.extend(rows.into_values());
    }
    gone
}

/// Whether a stored result is of this item. One of another form is compared by its id alone.
fn is_item(line: &[u8], item: Option<&&Coded>) -> bool {
    #[derive(Deserialize)]
    struct OfItem {
        item: Coded,
    }
    let name = |item: &Coded| (item.code.clone(), item.system.clone(), item.text.clone());
    let stored = serde_json::from_slice::<OfItem>(line).ok();
    stored.zip(item).is_none_or(|(stored, item)| name(&stored.item) == name(item))
}

impl GoneRow {
    fn add(&mut self, date: Option<Timestamp>) {
        self.entries += 1;
        if let Some(date) = date {
            self.from = Some(self.from.map_or(date, |known| known.min(date)));
            self.to = Some(self.to.map_or(date, |known| known.max(date)));
        }
    }
}
