//! A chunk as it is searched: its texts folded once, one behind the other.
//!
//! Folding costs far more than looking; who searches a record twice keeps the
//! indexes. A part is a shared value or an entry; its texts end where the next
//! part's begin, and each text ends with a line break, which no folded word can
//! hold, so no word is found across two texts. It is the patient's text like the
//! chunk itself and is wiped when dropped.

use super::{Query, texts};
use crate::fold::fold_into;
use crate::lines::Chunk;
use memchr::memmem;
use ssmix2::types::shared;
use zeroize::Zeroizing;

/// The folded texts of a chunk.
pub struct Index {
    text: Zeroizing<String>,
    /// Where the texts of each part end: first the shared values, then the entries.
    ends: Vec<u32>,
    /// How many of the parts are shared values.
    values: usize,
    /// Entry and shared value of each reference, by entry.
    references: Vec<(u32, u32)>,
}

impl Index {
    /// Folds every text of a chunk.
    pub fn of(chunk: &Chunk<'_>) -> Index {
        let (values, lines) = (chunk.values(), chunk.raw_lines());
        let size = values.iter().map(Vec::len).sum::<usize>() + lines.iter().map(|l| l.len()).sum::<usize>();
        // Large enough for nearly every chunk: a buffer that grows leaves its text behind unwiped.
        let mut text = Zeroizing::new(String::with_capacity(size));
        let mut ends = Vec::with_capacity(values.len() + lines.len());
        for part in values.iter().map(Vec::as_slice).chain(lines.iter().copied()) {
            texts::each(part, |found| {
                fold_into(found, &mut text);
                text.push('\n');
            });
            ends.push(text.len() as u32);
        }
        let mut exact = Zeroizing::new(String::with_capacity(text.len()));
        exact.push_str(&text);
        Index { text: exact, ends, values: values.len(), references: references(lines) }
    }

    /// The entries that match, by position.
    pub fn hits(&self, query: &Query) -> Vec<usize> {
        let mut words = query.words.iter().map(|word| self.entries_with(word));
        let Some(mut all) = words.next() else { return Vec::new() };
        for word in words {
            all.iter_mut().zip(word).for_each(|(a, b)| *a &= b);
        }
        all.iter().enumerate().filter(|(_, hit)| **hit).map(|(entry, _)| entry).collect()
    }

    /// Bytes it keeps in memory.
    pub fn size(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * 4 + self.references.capacity() * 8
    }

    /// For each entry, whether it or a value it shares holds the word.
    fn entries_with(&self, word: &str) -> Vec<bool> {
        let mut parts = vec![false; self.ends.len()];
        let (finder, text) = (memmem::Finder::new(word), self.text.as_bytes());
        let (mut from, mut part) = (0, 0);
        while let Some(at) = finder.find(&text[from..]) {
            part += self.ends[part..].partition_point(|end| (*end as usize) <= from + at);
            parts[part] = true;
            from = self.ends[part] as usize;
        }
        let (values, entries) = parts.split_at_mut(self.values);
        for (entry, value) in &self.references {
            entries[*entry as usize] |= values.get(*value as usize).copied().unwrap_or_default();
        }
        entries.to_vec()
    }
}

fn references(lines: &[&[u8]]) -> Vec<(u32, u32)> {
    let mut all = Vec::new();
    let finder = memmem::Finder::new(shared::MARK);
    for (entry, line) in (0..).zip(lines) {
        let numbers = finder.find_iter(line).filter_map(|at| shared::reference(&line[at..]));
        all.extend(numbers.map(|(number, _)| (entry, number as u32)));
    }
    all.shrink_to_fit();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNK: &str = "[{\"display\":\"クレアチニン\"},{\"specimen\":{\"@\":0}}]\n\
        {\"id\":\"x\",\"item\":{\"@\":0},\"value\":\"0.8\",\"unit\":\"mg/dL\"}\n\
        {\"id\":\"y\",\"value\":\"0.8\",\"comment\":\"再 検\"}\n\
        {\"id\":\"z\",\"group\":{\"@\":1},\"bad\":{\"@\":9}}\n";

    fn hits(query: &str) -> Vec<usize> {
        let chunk = Chunk::open(CHUNK.as_bytes()).expect("a chunk");
        Index::of(&chunk).hits(&Query::new(query).expect("a query"))
    }

    #[test]
    fn words_may_stand_in_shared_values_and_in_the_entry() {
        assert_eq!(hits("ｸﾚｱﾁﾆﾝ"), [0, 2]);
        assert_eq!(hits("クレアチニン 0.8"), [0]);
        assert_eq!(hits("0.8"), [0, 1]);
        assert_eq!(hits("再検"), [1]);
        assert_eq!(hits("display"), [] as [usize; 0]);
    }

    #[test]
    fn no_word_is_found_across_two_texts_or_entries() {
        assert_eq!(hits("0.8mg"), [] as [usize; 0]);
        assert_eq!(hits("dL0.8"), [] as [usize; 0]);
        assert_eq!(hits("ニン0"), [] as [usize; 0]);
    }

    #[test]
    fn every_entry_of_a_chunk_is_found_as_by_itself() {
        let chunk = Chunk::open(CHUNK.as_bytes()).expect("a chunk");
        for text in ["クレ", "0.8", "mg/dl", "検", "ン", "x", "0.8 検", "無い"] {
            let query = Query::new(text).expect("a query");
            let alone: Vec<usize> = (0..chunk.len()).filter(|i| query.matches(&chunk.line(*i))).collect();
            assert_eq!(Index::of(&chunk).hits(&query), alone, "{text}");
        }
    }
}
