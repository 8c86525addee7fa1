//! What a new generation no longer holds, and why: shown after every package, for nothing disappears silently.

use super::content::Content;
use crate::archive::RecordLines;
use crate::import::LeftOut;
use crate::import::store::{self, Missing, missing};
use crate::kept::Kept;
use mykarte_record::profile::age::begin;
use mykarte_record::{Record, Section};
use mykarte_vault::{RecordHead, Vault};
use serde::{Deserialize, Serialize};
use ssmix2::types::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Why an entry is not there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The hospital no longer provides this section, or what the entry consists of.
    Profile,
    /// It is older than the period that the hospital provides.
    Period,
    /// The hospital has deleted it.
    Retracted,
    /// A laboratory order whose results are in the record now.
    Answered,
    /// Something else stands in its place now: another drug, another disease.
    Replaced,
    /// The package does not say.
    #[serde(other)]
    Unknown,
}

/// Entries of one section that are gone for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneRow {
    /// The section.
    pub section: Section,
    /// The reason.
    pub why: Why,
    /// How many.
    pub entries: usize,
    /// Their earliest care date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Their latest care date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

/// All that is gone.
#[derive(Debug, Default)]
pub(super) struct Gone {
    pub rows: Vec<GoneRow>,
    /// Entries of the old generation that could not be read.
    pub unread: u32,
    /// Sections that had entries and have none now, and nobody says why.
    pub emptied: Vec<Section>,
}

/// What would be gone of a stored record. One that cannot be opened is refused when it is to be replaced.
pub(super) fn of_held(vault: &Vault, held: Option<&RecordHead>, content: &Content) -> Gone {
    let kept = Kept::new(0);
    let lines = held.and_then(|held| store::open(vault, held, &kept).ok());
    lines.map(|lines| compare(&lines, &content.record, &content.left_out)).unwrap_or_default()
}

/// Holds a new record against the stored one. Memos are taken over and never gone.
fn compare(old: &RecordLines<'_>, new: &Record, left_out: &LeftOut) -> Gone {
    let (mut gone, told) = (Gone::default(), Told::of(left_out));
    for section in Section::ALL.into_iter().filter(|section| *section != Section::Memos) {
        let why = Reasons::of(new, section, &told);
        let mut rows: BTreeMap<Why, GoneRow> = BTreeMap::new();
        let (missing, damage) = missing(old, new, section);
        for entry in &missing {
            let why = why.of_entry(entry);
            rows.entry(why).or_insert(GoneRow { section, why, entries: 0, from: None, to: None }).add(entry.date);
        }
        let is_unexplained = rows.contains_key(&Why::Unknown) || damage.entries > 0 && !why.is_hidden;
        gone.emptied.extend((is_unexplained && new.len(section) == 0).then_some(section));
        gone.unread += damage.entries;
        gone.rows.extend(rows.into_values());
    }
    gone
}

/// What the hospital says of what is not there.
struct Told<'a> {
    /// With digests of what was deleted.
    retracted: HashMap<(Section, &'a str), &'a [String]>,
    answered: HashSet<&'a str>,
}

impl<'a> Told<'a> {
    fn of(left_out: &'a LeftOut) -> Told<'a> {
        let about = left_out.about.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]));
        let ids = left_out.retracted.iter().map(|(section, id)| (*section, id.as_str()));
        Told { retracted: ids.zip(about).collect(), answered: left_out.answered.iter().map(String::as_str).collect() }
    }

    /// Whether the hospital has deleted it: its id alone may be that of something else by now.
    fn is_retracted(&self, section: Section, entry: &Missing) -> bool {
        let told = self.retracted.get(&(section, entry.id.as_str()));
        let is_meant = |told: &&&[String]| {
            told.is_empty() || entry.about.is_empty() || entry.about.iter().any(|own| told.iter().any(|t| own == t))
        };
        told.filter(is_meant).is_some()
    }
}

/// Why entries of a section may be gone.
struct Reasons<'a> {
    section: Section,
    told: &'a Told<'a>,
    is_hidden: bool,
    /// The first day that the hospital provides.
    begin: Option<Timestamp>,
    /// Where rules may keep entries out the others are numbered anew, so that another entry at an id says nothing.
    is_renumbered: bool,
}

impl<'a> Reasons<'a> {
    fn of(new: &Record, section: Section, told: &'a Told<'a>) -> Reasons<'a> {
        let shape = new.summary.profile.as_ref();
        let months = shape.and_then(|shape| shape.periods.get(&section));
        Reasons {
            section,
            told,
            is_hidden: new.summary.hides(section),
            begin: months.and_then(|months| begin(&new.summary, *months)),
            is_renumbered: shape.is_some_and(|shape| shape.thinned.contains(&section)),
        }
    }

    fn of_entry(&self, entry: &Missing) -> Why {
        match () {
            () if self.is_hidden || entry.needs.is_some() => Why::Profile,
            () if self.told.is_retracted(self.section, entry) => Why::Retracted,
            () if self.section == Section::Others && self.told.answered.contains(entry.id.as_str()) => Why::Answered,
            () if entry.is_replaced && !self.is_renumbered => Why::Replaced,
            () if self.begin.is_some_and(|begin| !entry.age.overlaps(Some(begin), None)) => Why::Period,
            () => Why::Unknown,
        }
    }
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
