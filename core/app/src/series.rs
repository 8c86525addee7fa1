//! The laboratory items of an open record, and one of them over time.
//!
//! What makes results one item is [`mykarte_record::series`]'s; here the chunks of
//! the laboratory section are opened, and the damaged ones counted: a series that
//! may lack points says so.

use crate::archive::{Damage, RecordLines};
use mykarte_record::Section;
use mykarte_record::lines::Chunk;
use mykarte_record::series::{self, ItemId, Items, LabItem, Point};

/// One item over time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Series {
    /// Oldest first, undated ones last.
    pub points: Vec<Point>,
    /// Chunks and entries that do not open and may hold further points.
    pub damage: Damage,
}

/// The items of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabItems {
    /// Those with the most results first.
    pub items: Vec<LabItem>,
    /// Chunks that may hold further items and results.
    pub damage: Damage,
}

impl RecordLines<'_> {
    /// All results of one item, each with its own unit and reference range.
    pub fn series(&self, item: &ItemId) -> Series {
        let (mut points, mut unreadable) = (Vec::new(), 0);
        let mut damage = self.each_open(Section::Labs, |chunk| unreadable += series::points(chunk, item, &mut points));
        damage.entries += unreadable;
        series::sort(&mut points);
        Series { points, damage }
    }

    /// The items a series can be asked for.
    pub fn lab_items(&self) -> LabItems {
        let mut items = Items::default();
        let damage = self.each_open(Section::Labs, |chunk| items.add(chunk));
        LabItems { items: items.finish(), damage }
    }

    /// Every chunk of a section, kept open for the next use.
    fn each_open(&self, section: Section, mut f: impl FnMut(&Chunk<'_>)) -> Damage {
        let mut damage = Damage::default();
        for (seq, meta) in self.chunks(section) {
            let chunk = self.open(section, seq);
            match chunk.as_ref().and_then(|chunk| Chunk::open(&chunk.bytes)) {
                Some(chunk) => f(&chunk),
                None => damage.add(&meta),
            }
        }
        damage
    }
}
