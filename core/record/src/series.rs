//! One laboratory item as a time series.
//!
//! Results are one item when their code in its coding system and their specimen
//! agree: never by name, for two laboratories may use one name for two methods.
//! Every point keeps its own value, unit and reference range as sent; nothing is
//! converted, averaged or filled in, and a change of unit stays visible.

#[cfg(test)]
mod tests;

use crate::lines::{self, Chunk};
use crate::model::{Entry, Mark, Status};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use ssmix2::clinical::{Lab, Microbiology};
use ssmix2::types::{Coded, Text, Timestamp, is_local_system};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A code by which results are told apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ItemCode {
    /// Coding system: `JC10` where one triple has it, else a standard one, else the local one.
    pub system: Text,
    /// The code; the text where nothing was coded.
    pub code: Text,
}

impl ItemCode {
    fn of(coded: &Coded) -> ItemCode {
        let triples = [(&coded.code, &coded.system), (&coded.alt_code, &coded.alt_system)];
        let in_system = |accept: fn(&str) -> bool| {
            triples.into_iter().find(|(code, system)| !code.is_empty() && accept(system.trim()))
        };
        let found =
            in_system(|s| s == "JC10").or_else(|| in_system(|s| !is_local_system(s))).or_else(|| in_system(|_| true));
        let (code, system) = found.map_or((coded.display(), ""), |(code, system)| (code, system.trim()));
        ItemCode { system: system.into(), code: code.into() }
    }
}

/// What makes results one item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ItemId {
    /// OBX-3.
    pub item: ItemCode,
    /// SPM-4, where it was sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub specimen: Option<ItemCode>,
}

impl ItemId {
    /// Of a result.
    pub fn of(lab: &Lab) -> ItemId {
        ItemId { item: ItemCode::of(&lab.item), specimen: lab.group.specimen.as_deref().map(ItemCode::of) }
    }
}

/// An item of a record, as a screen offers it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabItem {
    /// What makes results one item.
    pub id: ItemId,
    /// 検査項目, as its newest result names it.
    pub item: Arc<Coded>,
    /// 検体タイプ, as its newest result names it.
    pub specimen: Option<Arc<Coded>>,
    /// How many results.
    pub count: u32,
    /// Earliest care date.
    pub first: Option<Timestamp>,
    /// Latest care date.
    pub last: Option<Timestamp>,
}

/// One result of a series.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Id of the entry.
    pub id: Text,
    /// When the specimen was taken.
    pub date: Option<Timestamp>,
    /// What it is worth.
    pub status: Status,
    /// What else must be known.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub marks: Vec<Mark>,
    /// Exactly as sent.
    pub value: Option<Text>,
    /// When it is a coded value.
    pub value_code: Option<Arc<Coded>>,
    /// As sent with this value.
    pub unit: Option<Arc<Coded>>,
    /// H, L ... exactly as sent.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub flags: Vec<Text>,
    /// Exactly as sent with this value.
    pub reference_range: Option<Text>,
    /// Comments behind the value.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub comments: Vec<Text>,
    /// The organism and drug it speaks of.
    pub microbiology: Option<Box<Microbiology>>,
}

impl From<Entry<Lab>> for Point {
    fn from(entry: Entry<Lab>) -> Point {
        let lab = entry.body;
        Point {
            id: entry.id,
            date: entry.date,
            status: entry.status,
            marks: entry.marks,
            value: lab.value,
            value_code: lab.value_code,
            unit: lab.unit,
            flags: lab.flags,
            reference_range: lab.reference_range,
            comments: lab.comments,
            microbiology: lab.microbiology,
        }
    }
}

/// Adds the results of `item` in a chunk of labs, in their order. Returns how many
/// entries cannot be read and may be of this item.
pub fn points(chunk: &Chunk<'_>, item: &ItemId, points: &mut Vec<Point>) -> u32 {
    let (mut heads, mut unreadable) = (Heads::default(), 0);
    for line in 0..chunk.len() {
        let head = heads.of(chunk, line);
        if head.is_some_and(|(code, specimen)| code.0 != item.item || specimen.map(|s| s.0) != item.specimen) {
            continue;
        }
        match lines::read::<Lab>(&chunk.line(line)) {
            Ok(entry) => points.push(entry.into()),
            Err(_) => unreadable += 1,
        }
    }
    unreadable
}

/// Oldest first, those of one moment in the order of their report, undated ones last.
pub fn sort(points: &mut [Point]) {
    points.sort_by_key(|point| (point.date.is_none(), point.date.map(|d| d.at)));
}

/// The items of a record, counted chunk by chunk, newest first.
#[derive(Default)]
pub struct Items(BTreeMap<ItemId, LabItem>);

impl Items {
    /// Counts the results of a chunk of labs.
    pub fn add(&mut self, chunk: &Chunk<'_>) {
        let mut heads = Heads::default();
        for (line, date) in chunk.dates().into_iter().enumerate() {
            if let Some((item, specimen)) = heads.of(chunk, line) {
                self.count(item, specimen, date);
            }
        }
    }

    fn count(&mut self, item: Named, specimen: Option<Named>, date: Option<Timestamp>) {
        let (specimen_code, specimen) = specimen.unzip();
        let id = ItemId { item: item.0, specimen: specimen_code };
        let known = self.0.entry(id.clone()).or_insert_with(|| LabItem {
            id,
            item: item.1,
            specimen,
            count: 0,
            first: None,
            last: None,
        });
        known.count += 1;
        if let Some(date) = date {
            known.first = Some(known.first.map_or(date, |first| first.min(date)));
            known.last = Some(known.last.map_or(date, |last| last.max(date)));
        }
    }

    /// The most frequent first.
    pub fn finish(self) -> Vec<LabItem> {
        let mut items: Vec<LabItem> = self.0.into_values().collect();
        items.sort_by_key(|item| Reverse(item.count));
        items
    }
}

/// A code with what it was read from.
type Named = (ItemCode, Arc<Coded>);

fn named(coded: Arc<Coded>) -> Named {
    (ItemCode::of(&coded), coded)
}

/// The part of a test group that tells items apart.
#[derive(Deserialize)]
struct Group {
    specimen: Option<Arc<Coded>>,
}

/// The part of a line that holds its values itself.
#[derive(Deserialize)]
struct Plain {
    item: Arc<Coded>,
    group: Group,
}

/// Items and specimens of a chunk. Nearly every line shares both with others, so
/// each is read once and no line as a whole.
#[derive(Default)]
struct Heads {
    items: HashMap<usize, Option<Named>>,
    specimens: HashMap<usize, Option<Option<Named>>>,
}

impl Heads {
    /// Item and specimen of a line; `None` when it is no laboratory result.
    fn of(&mut self, chunk: &Chunk<'_>, line: usize) -> Option<(Named, Option<Named>)> {
        let (item, group) = (chunk.shared(line, b"\"item\":"), chunk.shared(line, b"\"group\":"));
        let Some((item, group)) = item.zip(group) else {
            let plain: Plain = serde_json::from_slice(&chunk.line(line)).ok()?;
            return Some((named(plain.item), plain.group.specimen.map(named)));
        };
        let value = |number: usize| chunk.values().get(number).map(Vec::as_slice).unwrap_or_default();
        let read_item = || serde_json::from_slice(value(item)).ok().map(named);
        let read_group = || Some(serde_json::from_slice::<Group>(value(group)).ok()?.specimen.map(named));
        let item = self.items.entry(item).or_insert_with(read_item).clone()?;
        Some((item, self.specimens.entry(group).or_insert_with(read_group).clone()?))
    }
}
