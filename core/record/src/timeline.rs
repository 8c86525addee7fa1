//! All sections by care date, page by page.
//!
//! Newest first; entries of one moment in the order of the sections, then of
//! their section; undated ones last. The manifest says how many entries a chunk
//! has and from when to when, so that a page opens only chunks that can reach
//! into it: what is older stays closed, and what is newer is counted instead of
//! read.

#[cfg(test)]
mod tests;

use crate::Section;
use crate::lines::ChunkMeta;
use chrono::NaiveDateTime;
use ssmix2::types::{Precision, Timestamp};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Which care dates are asked for; without a bound, all.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// First day.
    pub from: Option<Timestamp>,
    /// Last day.
    pub to: Option<Timestamp>,
}

impl Span {
    /// Whether an entry of this date belongs in. A month belongs to every day of
    /// it; what is undated could be of any day and is never hidden.
    pub fn takes(&self, date: Option<Timestamp>) -> bool {
        date.is_none_or(|date| self.reaches(date.at, date.end()))
    }

    fn reaches(&self, first: NaiveDateTime, last: NaiveDateTime) -> bool {
        self.to.is_none_or(|to| first <= to.end()) && self.from.is_none_or(|from| last >= from.at)
    }

    fn holds(&self, first: NaiveDateTime, last: NaiveDateTime) -> bool {
        self.to.is_none_or(|to| last <= to.end()) && self.from.is_none_or(|from| first >= from.at)
    }
}

/// A moment as entries are sorted; undated is older than everything.
type Moment = Option<NaiveDateTime>;

/// What the manifest says of a chunk that may reach into the timeline.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its section.
    pub section: Section,
    /// Its number in the section.
    pub seq: u32,
    /// As the manifest says.
    pub meta: ChunkMeta,
    /// No entry of it is newer.
    newest: Moment,
    /// No entry of it is older.
    oldest: Moment,
    /// Every entry of it belongs in.
    whole: bool,
}

impl Part {
    /// `None` when no entry of the chunk can belong in.
    pub fn of(section: Section, seq: u32, meta: ChunkMeta, span: &Span) -> Option<Part> {
        // A file of an older version does not say whether some entries are undated.
        let undated = meta.undated != Some(0);
        let dates = meta.from.zip(meta.to);
        // The year `2020` begins before March, and yet lasts longer.
        let year = |to: Timestamp| Timestamp { precision: Precision::Year, ..to };
        let dated = dates.is_some_and(|(from, to)| span.reaches(from.at, year(to).end()));
        if !dated && !undated {
            return None;
        }
        let newest = dates.filter(|_| dated).map(|(_, to)| to.at);
        let oldest = dates.filter(|_| !undated).map(|(from, _)| from.at);
        let whole = dates.is_none_or(|(from, to)| span.holds(from.at, to.at));
        Some(Part { section, seq, meta, newest, oldest, whole })
    }
}

/// Where an entry of a page lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its section.
    pub section: Section,
    /// The number of its chunk.
    pub seq: u32,
    /// Its position in the chunk; `None` when the chunk is damaged.
    pub entry: Option<usize>,
}

/// Places `offset..offset + limit` of the timeline, and whether more follow.
///
/// `open` gives the care dates of a chunk, or `None` when it is damaged. A damaged
/// chunk keeps as many places as the manifest says, at its newest date, so that
/// the pages behind it neither lose nor repeat an entry.
pub fn page(
    mut parts: Vec<Part>,
    span: &Span,
    (offset, limit): (usize, usize),
    mut open: impl FnMut(&Part) -> Option<Vec<Option<Timestamp>>>,
) -> (Vec<Place>, bool) {
    parts.sort_by_key(|part| Reverse(part.newest));
    let newer = count_newer(&mut parts, offset);
    let mut merge = Merge::default();
    let mut closed = parts.into_iter().peekable();
    let (mut at, mut places) = (newer, Vec::new());
    loop {
        while let Some(part) = closed.next_if(|part| merge.newest().is_none_or(|newest| part.newest >= newest)) {
            let dates = open(&part);
            merge.add(&part, span, dates);
        }
        let Some(place) = merge.next() else { return (places, false) };
        if at >= offset + limit {
            return (places, true);
        }
        if at >= offset {
            places.push(place);
        }
        at += 1;
    }
}

/// Takes out chunks that lie wholly in front of the page and returns how many
/// entries that are.
///
/// With the chunks sorted by their newest entry, all that is newer than the next
/// chunk's newest entry lies in the chunks before it. While these hold no more
/// than `offset` entries, none of it is on the page.
fn count_newer(parts: &mut Vec<Part>, offset: usize) -> usize {
    let ends = parts.iter().scan(0, |sum, part| {
        *sum += part.meta.entries as usize;
        Some(*sum)
    });
    let before = ends.take_while(|end| *end <= offset).count();
    let edge = parts.get(before).map(|part| part.newest);
    let is_newer = |part: &Part| part.whole && edge.is_none_or(|edge| part.oldest > edge);
    let newer = parts.iter().filter(|p| is_newer(p)).map(|p| p.meta.entries as usize).sum();
    parts.retain(|part| !is_newer(part));
    newer
}

/// Entry of a chunk: the moment, then the order among entries of one moment.
type Rank = (Moment, Reverse<(Section, u32, usize)>);

/// Open chunks, of which the newest entry comes next.
#[derive(Default)]
struct Merge {
    /// Of each open chunk the entries that are left, the newest at the end.
    open: Vec<(Vec<Rank>, bool)>,
    /// The newest entry of each, with its place in `open`.
    heads: BinaryHeap<(Rank, usize)>,
}

impl Merge {
    fn newest(&self) -> Option<Moment> {
        self.heads.peek().map(|((moment, _), _)| *moment)
    }

    fn add(&mut self, part: &Part, span: &Span, dates: Option<Vec<Option<Timestamp>>>) {
        let whole = dates.is_some();
        let mut ranks: Vec<Rank> = match dates {
            Some(dates) => {
                let taken = dates.iter().enumerate().filter(|(_, date)| span.takes(**date));
                taken.map(|(i, date)| (date.map(|d| d.at), Reverse((part.section, part.seq, i)))).collect()
            }
            None => {
                let places = 0..part.meta.entries as usize;
                places.map(|i| (part.newest, Reverse((part.section, part.seq, i)))).collect()
            }
        };
        // Sections are mostly sorted newest first already.
        ranks.reverse();
        ranks.sort();
        self.open.push((ranks, whole));
        self.refill(self.open.len() - 1);
    }

    fn refill(&mut self, chunk: usize) {
        if let Some(rank) = self.open[chunk].0.pop() {
            self.heads.push((rank, chunk));
        }
    }

    fn next(&mut self) -> Option<Place> {
        let ((_, Reverse((section, seq, entry))), chunk) = self.heads.pop()?;
        self.refill(chunk);
        Some(Place { section, seq, entry: self.open[chunk].1.then_some(entry) })
    }
}
