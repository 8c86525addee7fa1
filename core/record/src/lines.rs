//! Entries as JSON lines, cut into chunks.
//!
//! The first line of a chunk is the table of values its entries share (see
//! [`ssmix2::types::shared`]); each further line is one entry. With its
//! references expanded a line is exactly what `show --json` prints. A chunk
//! needs no other chunk, so a damaged one hides nothing else.

pub mod cut;
mod labs;
pub mod limits;
#[cfg(test)]
mod tests;

use crate::model::Entry;
pub use labs::Labs;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_with::skip_serializing_none;
use ssmix2::types::{Timestamp, shared};

/// Entries a chunk: small enough for a page in a millisecond, large enough to
/// share its values and compress well.
pub const ENTRIES_PER_CHUNK: usize = 1000;

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
    /// Entries without a care date; not said by files of older versions.
    pub undated: Option<u32>,
}

/// Why a section cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinesError {
    /// One entry is larger than a chunk may be even without its long texts.
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

/// A chunk as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// For the manifest.
    pub meta: ChunkMeta,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Source files of entries that had to be cut (see [`cut`]).
    pub too_large: Vec<u32>,
}

/// Writes entries as a chunk, or as several where [`MAX_CHUNK_BYTES`] demands it.
pub fn write<T: Serialize>(entries: &[Entry<T>]) -> Result<Vec<Block>, LinesError> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let (meta, bytes, expanded) = write_one(entries)?;
    match entries {
        // What is shared by many costs little here and much where it is put in again.
        _ if bytes.len() <= MAX_CHUNK_BYTES && expanded <= limits::MAX_EXPANDED => {
            return Ok(vec![Block { meta, bytes, too_large: Vec::new() }]);
        }
        [entry] => return Ok(vec![write_cut(entry, meta, bytes.len())?]),
        _ => {}
    }
    let (first, second) = entries.split_at(entries.len() / 2);
    Ok([write(first)?, write(second)?].concat())
}

/// A chunk for one entry that is too large as it is.
fn write_cut<T: Serialize>(entry: &Entry<T>, meta: ChunkMeta, bytes: usize) -> Result<Block, LinesError> {
    let file = file_of(entry);
    let (table, end) = (b"[]\n", b"\n");
    let room = MAX_CHUNK_BYTES - table.len() - end.len();
    let line = cut::to_fit(entry, room).ok_or(LinesError::EntryTooLarge { file, bytes })?;
    Ok(Block { meta, bytes: [&table[..], &line, end].concat(), too_large: vec![file] })
}

fn file_of<T>(entry: &Entry<T>) -> u32 {
    entry.source.first().copied().unwrap_or(0)
}

/// With the length that the entries have when their shared values are put in.
fn write_one<T: Serialize>(entries: &[Entry<T>]) -> Result<(ChunkMeta, Vec<u8>, usize), LinesError> {
    let mut meta = ChunkMeta::default();
    let (lines, values) = shared::collect(|| {
        let mut lines = Vec::with_capacity(entries.len() * 250);
        for entry in entries {
            serde_json::to_writer(&mut lines, entry).map_err(|_| LinesError::NotJson { file: file_of(entry) })?;
            lines.push(b'\n');
            meta.add(entry.date);
        }
        Ok(lines)
    });
    let lines = lines?;
    let mut lengths: Vec<usize> = Vec::with_capacity(values.len());
    for value in &values {
        lengths.push(shared::expanded_length(value.as_bytes(), &lengths));
    }
    let expanded = lengths.iter().sum::<usize>() + shared::expanded_length(&lines, &lengths);
    let mut bytes = Vec::with_capacity(lines.len() + values.iter().map(|v| v.len() + 1).sum::<usize>() + 3);
    bytes.push(b'[');
    bytes.extend(values.join(",").as_bytes());
    bytes.extend(b"]\n");
    bytes.extend(lines);
    Ok((meta, bytes, expanded))
}

impl ChunkMeta {
    fn add(&mut self, date: Option<Timestamp>) {
        self.entries += 1;
        *self.undated.get_or_insert(0) += u32::from(date.is_none());
        if let Some(date) = date {
            self.from = Some(self.from.map_or(date, |d| d.min(date)));
            self.to = Some(self.to.map_or(date, |d| d.max(date)));
        }
    }
}

/// A chunk opened for reading.
pub struct Chunk<'a> {
    /// The shared values as JSON, expanded.
    values: Vec<Vec<u8>>,
    lines: Vec<&'a [u8]>,
}

impl<'a> Chunk<'a> {
    /// Takes a chunk apart; `None` when its first line is no table.
    pub fn open(bytes: &'a [u8]) -> Option<Chunk<'a>> {
        let mut lines = split(bytes).filter(|l| !l.is_empty());
        let table: Vec<&'a RawValue> = serde_json::from_slice(lines.next()?).ok()?;
        let mut values: Vec<Vec<u8>> = Vec::with_capacity(table.len());
        for value in table {
            // A value refers only to values in front of it.
            let mut json = Vec::with_capacity(value.get().len());
            shared::expand(value.get().as_bytes(), &values, &mut json);
            values.push(json);
        }
        Some(Chunk { values, lines: lines.collect() })
    }

    /// Entries in it.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// One entry as JSON, references expanded. Empty past the end.
    pub fn line(&self, index: usize) -> Vec<u8> {
        let Some(line) = self.lines.get(index) else { return Vec::new() };
        let mut out = Vec::with_capacity(line.len() * 4);
        shared::expand(line, &self.values, &mut out);
        out
    }

    /// The care dates of its entries, read from the heads of their lines.
    pub fn dates(&self) -> Vec<Option<Timestamp>> {
        // Neighbours mostly share theirs: one report, one order.
        let mut last: (&[u8], Option<Timestamp>) = (b"", None);
        let date = |line: &&'a [u8]| match date_text(line) {
            Some(text) if text == last.0 => last.1,
            Some(text) => {
                last = (text, std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()));
                last.1
            }
            None => serde_json::from_slice::<Dated>(line).ok().and_then(|dated| dated.date),
        };
        self.lines.iter().map(date).collect()
    }

    /// The number of the shared value that stands behind a key (written `"key":`)
    /// of an entry; `None` when the entry holds its value itself.
    pub(crate) fn shared(&self, index: usize, key: &[u8]) -> Option<usize> {
        let line = self.lines.get(index)?;
        // Inside a text the quotes of the key would be escaped.
        let at = memchr::memmem::find(line, key)? + key.len();
        shared::reference(&line[at..]).map(|(number, _)| number)
    }

    /// The lines with their references, for a search.
    pub(crate) fn raw_lines(&self) -> &[&'a [u8]] {
        &self.lines
    }

    /// The shared values, expanded.
    pub(crate) fn values(&self) -> &[Vec<u8>] {
        &self.values
    }
}

/// Cuts at line breaks, much faster than byte by byte.
fn split(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut begin = 0;
    memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]).map(move |end| {
        let line = &bytes[begin..end];
        begin = (end + 1).min(bytes.len());
        line
    })
}

/// The date of a line that begins as every line does, `{"id":"...","date":"..."`;
/// others are read as JSON.
fn date_text(line: &[u8]) -> Option<&[u8]> {
    let id = line.strip_prefix(b"{\"id\":\"")?;
    let rest = id[memchr::memchr2(b'"', b'\\', id)?..].strip_prefix(b"\",\"date\":\"")?;
    rest.get(..memchr::memchr(b'"', rest)?)
}

#[derive(Deserialize)]
struct Dated {
    date: Option<Timestamp>,
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
