//! The timeline of an open record: what happened when, over all sections.
//!
//! The order and which chunks a page needs are [`mykarte_record::timeline`]'s;
//! here the chunks are opened and their lines taken.

use crate::archive::{Damage, RecordLines};
use crate::kept::OpenChunk;
use mykarte_record::Section;
use mykarte_record::lines::Chunk;
use mykarte_record::timeline::{Part, Place, Span, page};
use ssmix2::types::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// A page of the timeline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline {
    /// Newest first, undated ones last. Fewer than asked for at the end, and where
    /// a damaged chunk has its places.
    pub entries: Vec<TimelineEntry>,
    /// Whether another page follows.
    pub more: bool,
    /// What does not open among the chunks this page needed.
    pub damage: Damage,
}

/// One entry with the section it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    /// Its section.
    pub section: Section,
    /// The entry as JSON.
    pub line: Vec<u8>,
}

impl RecordLines<'_> {
    /// Entries `offset..offset + limit` of all sections by care date, those within
    /// `from..=to` and the undated ones, which could be of any day.
    pub fn timeline(&self, from: Option<Timestamp>, to: Option<Timestamp>, offset: usize, limit: usize) -> Timeline {
        let span = Span { from, to };
        let chunks = Section::ALL.into_iter().flat_map(|s| self.chunks(s).map(move |(seq, meta)| (s, seq, meta)));
        let parts = chunks.filter_map(|(section, seq, meta)| Part::of(section, seq, meta, &span)).collect();
        let mut opened = HashMap::new();
        let mut damage = Damage::default();
        let (places, more) = page(parts, &span, (offset, limit), |part| {
            let chunk = self.open(part.section, part.seq);
            let dates = chunk.as_ref().and_then(|chunk| Some(Chunk::open(&chunk.bytes)?.dates()));
            match (chunk, &dates) {
                (Some(chunk), Some(_)) => drop(opened.insert((part.section, part.seq), chunk)),
                _ => damage.add(&part.meta),
            }
            dates
        });
        Timeline { entries: lines(&places, &opened), more, damage }
    }
}

/// The lines of a page; places of damaged chunks have none.
fn lines(places: &[Place], opened: &HashMap<(Section, u32), Arc<OpenChunk>>) -> Vec<TimelineEntry> {
    let mut chunks: HashMap<(Section, u32), Chunk<'_>> = HashMap::new();
    let mut entries = Vec::with_capacity(places.len());
    for place in places {
        let (key, Some(entry)) = ((place.section, place.seq), place.entry) else { continue };
        if !chunks.contains_key(&key) {
            chunks.extend(opened.get(&key).and_then(|chunk| Some((key, Chunk::open(&chunk.bytes)?))));
        }
        entries.extend(chunks.get(&key).map(|chunk| TimelineEntry { section: place.section, line: chunk.line(entry) }));
    }
    entries
}
