//! Laboratory results of a chunk, many at once.
//!
//! The values of one test group hold the same group, which is most of their JSON. Here it is read once and they share
//! it as they did when they were written; five thousand results cost a quarter of reading each line by itself.

use super::{Chunk, read};
use crate::model::Entry;
use ssmix2::clinical::{Lab, LabContext};
use ssmix2::types::shared;
use std::collections::HashMap;
use std::sync::Arc;

/// Reads the results of one chunk.
pub struct Labs<'c> {
    chunk: &'c Chunk<'c>,
    groups: HashMap<usize, Option<Arc<LabContext>>>,
}

impl<'c> Labs<'c> {
    /// Of a chunk of the laboratory section.
    pub fn of(chunk: &'c Chunk<'c>) -> Labs<'c> {
        Labs { chunk, groups: HashMap::new() }
    }

    /// One result, as [`read`] gives it; `None` when it cannot be read.
    pub fn entry(&mut self, index: usize) -> Option<Entry<Lab>> {
        const KEY: &[u8] = b"\"group\":";
        let line = *self.chunk.raw_lines().get(index)?;
        // Inside a text the quotes of the key would be escaped.
        let value = memchr::memmem::find(line, KEY).map(|at| at + KEY.len());
        let found = value.and_then(|at| Some((at, shared::reference(&line[at..])?)));
        let Some((at, (number, length))) = found else { return read(&self.chunk.line(index)).ok() };
        let mut rest = Vec::with_capacity(line.len() * 2);
        shared::expand(&line[..at], self.chunk.values(), &mut rest);
        rest.extend(b"{}");
        shared::expand(&line[at + length..], self.chunk.values(), &mut rest);
        let mut entry: Entry<Lab> = read(&rest).ok()?;
        entry.body.group = self.group(number)?;
        Some(entry)
    }

    fn group(&mut self, number: usize) -> Option<Arc<LabContext>> {
        let values = self.chunk.values();
        let read = || Some(Arc::new(serde_json::from_slice(values.get(number)?).ok()?));
        self.groups.entry(number).or_insert_with(read).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNK: &str = "[{\"display\":\"CRP\"},{\"specimen_id\":\"7\",\"order\":{}}]\n\
        {\"id\":\"a\",\"status\":\"final\",\"source\":[1],\"item\":{\"@\":0},\"value\":\"\\\"group\\\":\",\"group\":{\"@\":1}}\n\
        {\"id\":\"b\",\"status\":\"final\",\"source\":[1],\"item\":{\"@\":0},\"group\":{\"@\":1}}\n\
        {\"id\":\"c\",\"status\":\"final\",\"source\":[1],\"item\":{\"@\":0},\"group\":{\"specimen_id\":\"8\",\"order\":{}}}\n\
        {\"id\":\"d\",\"status\":\"final\",\"source\":[1],\"item\":{\"@\":0},\"group\":{\"@\":9}}\n";

    #[test]
    fn each_is_read_as_its_line_and_groups_are_shared() {
        let chunk = Chunk::open(CHUNK.as_bytes()).expect("a chunk");
        let mut labs = Labs::of(&chunk);
        let read: Vec<_> = (0..5).map(|i| labs.entry(i)).collect();
        for (i, entry) in read.iter().enumerate() {
            assert_eq!(*entry, super::read(&chunk.line(i)).ok(), "{i}");
        }
        let group = |i: usize| read[i].as_ref().map(|e| Arc::clone(&e.body.group)).expect("an entry");
        assert!(Arc::ptr_eq(&group(0), &group(1)) && group(2).specimen_id.as_deref() == Some("8"));
        assert!(read[3].is_none() && read[4].is_none(), "a value that is not there");
    }
}
