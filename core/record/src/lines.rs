//! Entries as JSON lines, cut into chunks.
//!
//! One line is one entry, exactly as `show --json` prints it. A page reads only
//! its lines, a search scans them, and a damaged chunk hides no other.

use crate::model::{Entry, Section};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use ssmix2::types::Timestamp;
use std::ops::Range;

/// Entries a chunk: small enough for a page in a millisecond, large enough to
/// compress well.
pub const ENTRIES_PER_CHUNK: usize = 250;

/// Plain bytes a chunk may have; the vault takes 1 MiB.
pub const MAX_CHUNK_BYTES: usize = 1 << 20;

/// What the manifest says of a chunk without opening it.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkMeta {
    /// Entries in it.
    pub entries: u32,
    /// Earliest care date.
    pub from: Option<Timestamp>,
    /// Latest care date.
    pub to: Option<Timestamp>,
}

/// Why a section cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinesError {
    /// One entry alone is larger than a chunk may be.
    #[error("an entry of file {file} is larger than a chunk may be ({bytes} bytes): check that file")]
    EntryTooLarge {
        /// Number of its source file.
        file: u32,
        /// How large it is.
        bytes: usize,
    },
    /// A value that JSON cannot hold; a defect of this program.
    #[error("an entry of file {file} cannot be written as JSON")]
    NotJson {
        /// Number of its source file.
        file: u32,
    },
}

/// The ranges of entries that become chunks, in order.
pub fn ranges(entries: usize) -> Vec<Range<usize>> {
    (0..entries).step_by(ENTRIES_PER_CHUNK).map(|a| a..entries.min(a + ENTRIES_PER_CHUNK)).collect()
}

/// Writes entries as lines, in as many blocks as [`MAX_CHUNK_BYTES`] demands.
pub fn write<T: Serialize>(entries: &[Entry<T>]) -> Result<Vec<(ChunkMeta, Vec<u8>)>, LinesError> {
    let mut blocks = Vec::new();
    let (mut meta, mut bytes) = (ChunkMeta::default(), Vec::with_capacity(entries.len() * 600));
    for entry in entries {
        let file = entry.source.first().copied().unwrap_or(0);
        let start = bytes.len();
        serde_json::to_writer(&mut bytes, entry).map_err(|_| LinesError::NotJson { file })?;
        bytes.push(b'\n');
        let length = bytes.len() - start;
        if length > MAX_CHUNK_BYTES {
            return Err(LinesError::EntryTooLarge { file, bytes: length });
        }
        if bytes.len() > MAX_CHUNK_BYTES {
            let rest = bytes.split_off(start);
            blocks.push((std::mem::take(&mut meta), std::mem::replace(&mut bytes, rest)));
        }
        meta.add(entry.date);
    }
    if meta.entries > 0 {
        blocks.push((meta, bytes));
    }
    Ok(blocks)
}

impl ChunkMeta {
    fn add(&mut self, date: Option<Timestamp>) {
        self.entries += 1;
        if let Some(date) = date {
            self.from = Some(self.from.map_or(date, |d| d.min(date)));
            self.to = Some(self.to.map_or(date, |d| d.max(date)));
        }
    }
}

/// The lines of a chunk.
pub fn lines(chunk: &[u8]) -> impl Iterator<Item = &[u8]> {
    chunk.split(|b| *b == b'\n').filter(|l| !l.is_empty())
}

/// Reads one line.
pub fn read<T: DeserializeOwned>(line: &[u8]) -> Result<Entry<T>, serde_json::Error> {
    serde_json::from_slice(line)
}

/// The head of a line, without its content: enough to filter by date.
#[derive(Debug, Clone, Deserialize)]
pub struct Head {
    /// Entry id.
    pub id: String,
    /// Care date.
    pub date: Option<Timestamp>,
    /// Last day it holds for, where the section has one.
    #[serde(default)]
    pub end: Option<Timestamp>,
    /// Discharge of a stay.
    #[serde(default)]
    pub discharged_at: Option<Timestamp>,
    /// Status, to know an open stay or an active diagnosis.
    pub status: crate::Status,
}

impl Head {
    /// Whether the entry's period overlaps `from`..=`to`; undated entries always
    /// do. What is open or active reaches to the present.
    pub fn overlaps(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> bool {
        let Some(start) = self.date else { return true };
        let last = self.end.or(self.discharged_at).filter(|e| *e >= start).map_or(start.end(), |e| e.end());
        let open = matches!(self.status, crate::Status::Open | crate::Status::Active | crate::Status::EndUnknown);
        to.is_none_or(|to| start.at <= to.end()) && from.is_none_or(|from| open || last >= from.at)
    }
}

/// The name of a section's chunks in the vault.
pub fn chunk_section(section: Section) -> &'static str {
    section.key()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Status;

    fn entry(date: Option<&str>, text: String) -> Entry<serde_json::Value> {
        Entry {
            id: "a-1".into(),
            date: date.map(|d| d.parse().expect("a date")),
            status: Status::Final,
            marks: vec![],
            source: vec![3],
            body: serde_json::json!({ "value": text }),
        }
    }

    #[test]
    fn large_entries_are_split_and_too_large_ones_refused() {
        let big = |n| entry(Some("2020-01-01"), "x".repeat(n));
        let blocks = write(&[big(700_000), big(700_000), big(10)]).expect("blocks");
        assert_eq!(blocks.iter().map(|(m, _)| m.entries).collect::<Vec<_>>(), [1, 2]);
        assert!(blocks.iter().all(|(_, b)| b.len() <= MAX_CHUNK_BYTES));
        assert!(matches!(write(&[big(1_100_000)]), Err(LinesError::EntryTooLarge { file: 3, .. })));
    }

    #[test]
    fn periods_overlap_as_far_as_they_are_known() {
        let head = |date: Option<&str>, end: Option<&str>, status| Head {
            id: String::new(),
            date: date.map(|d| d.parse().expect("a date")),
            end: end.map(|d| d.parse().expect("a date")),
            discharged_at: None,
            status,
        };
        let d = |t: &str| Some(t.parse::<Timestamp>().expect("a date"));
        let month = head(Some("2020-02"), None, Status::Final);
        assert!(month.overlaps(d("2020-02-20"), None) && month.overlaps(None, d("2020-02-01")));
        assert!(!month.overlaps(d("2020-03-01"), None));
        assert!(head(Some("2020-01-01"), Some("2020-01-14"), Status::Ordered).overlaps(d("2020-01-14"), d("2020-02")));
        assert!(head(Some("2010-01-01"), None, Status::Active).overlaps(d("2024-01-01"), None));
        assert!(head(None, None, Status::Final).overlaps(d("2024"), d("2024")));
    }
}
