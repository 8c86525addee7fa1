//! Chunks that stay open while a record is read.
//!
//! Unsealing a chunk and folding its texts costs far more than looking into it.
//! Search, timeline and series keep what they opened, up to [`KEEP_BYTES`]; what
//! is beyond is opened again each time, with the same results. It is patient
//! text: it lives no longer than the open archive, goes with every write, and is
//! wiped when dropped.

use mykarte_record::Section;
use mykarte_record::lines::Chunk;
use mykarte_record::search::{Index, Query};
use mykarte_vault::RecordId;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use zeroize::Zeroizing;

/// Bytes that an open archive may keep. A heavy record of 25 years takes 17 MiB.
pub const KEEP_BYTES: usize = 32 << 20;

/// A chunk unsealed, and its index once it was searched.
pub(crate) struct OpenChunk {
    pub bytes: Zeroizing<Vec<u8>>,
    index: OnceLock<Index>,
    is_kept: bool,
}

/// Where a chunk stands: its record, its section, its number.
pub(crate) type Seat = (RecordId, Section, u32);

/// The kept chunks of an archive.
pub(crate) struct Kept {
    chunks: RefCell<HashMap<Seat, Arc<OpenChunk>>>,
    room: Cell<usize>,
}

impl Kept {
    /// Keeps nothing yet, and never more than `room` bytes.
    pub fn new(room: usize) -> Kept {
        Kept { chunks: RefCell::default(), room: Cell::new(room) }
    }

    /// Drops all it keeps, and has `room` bytes again.
    pub fn clear(&self, room: usize) {
        self.chunks.borrow_mut().clear();
        self.room.set(room);
    }

    /// The chunk as it was kept, else as `unseal` gives it.
    pub fn get(&self, seat: Seat, unseal: impl FnOnce() -> Option<Zeroizing<Vec<u8>>>) -> Option<Arc<OpenChunk>> {
        let known = self.chunks.borrow().get(&seat).cloned();
        if known.is_some() {
            return known;
        }
        let bytes = unseal()?;
        let is_kept = self.take_room(bytes.capacity());
        let chunk = Arc::new(OpenChunk { bytes, index: OnceLock::new(), is_kept });
        if is_kept {
            self.chunks.borrow_mut().insert(seat, Arc::clone(&chunk));
        }
        Some(chunk)
    }

    /// Calls `f` with place and text of every entry that matches; `None` when the bytes are no chunk.
    pub fn search(&self, chunk: &OpenChunk, query: &Query, f: &mut impl FnMut(usize, &[u8])) -> Option<()> {
        let hits = match chunk.index.get() {
            Some(index) => index.hits(query),
            None => {
                let index = Index::of(&Chunk::open(&chunk.bytes)?);
                let hits = index.hits(query);
                if chunk.is_kept && self.take_room(index.size()) {
                    chunk.index.get_or_init(|| index);
                }
                hits
            }
        };
        // The table of shared values is read only where there is something to show.
        if !hits.is_empty() {
            let chunk = Chunk::open(&chunk.bytes)?;
            hits.iter().for_each(|i| f(*i, &chunk.line(*i)));
        }
        Some(())
    }

    fn take_room(&self, bytes: usize) -> bool {
        let left = self.room.get().checked_sub(bytes);
        self.room.set(left.unwrap_or(self.room.get()));
        left.is_some()
    }
}

/// With the archive goes what reading it has left on the stack.
impl Drop for Kept {
    fn drop(&mut self) {
        self.clear(0);
        crate::stack::wipe();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(seq: u32) -> Seat {
        (RecordId::from_bytes([7; 16]), Section::Labs, seq)
    }

    fn bytes() -> Option<Zeroizing<Vec<u8>>> {
        Some(Zeroizing::new(b"[]\n{\"id\":\"a\",\"value\":\"NEG\"}\n".to_vec()))
    }

    #[test]
    fn a_chunk_is_unsealed_once_while_there_is_room_and_found_either_way() {
        let size = bytes().map_or(0, |b| b.capacity());
        for (room, unsealed, indexed) in [(1 << 20, 1, true), (size, 1, false), (size - 1, 3, false)] {
            let (kept, mut count, mut lines) = (Kept::new(room), 0, Vec::new());
            let mut last = None;
            for _ in 0..3 {
                let chunk = kept.get(seat(0), || {
                    count += 1;
                    bytes()
                });
                let (chunk, query) = (chunk.expect("a chunk"), Query::new("neg").expect("a query"));
                kept.search(&chunk, &query, &mut |_, line| lines.push(line.to_vec())).expect("a chunk");
                last = Some(chunk);
            }
            let is_indexed = last.is_some_and(|chunk| chunk.index.get().is_some());
            assert_eq!((count, is_indexed), (unsealed, indexed), "{room} bytes of room");
            assert_eq!(lines, vec![br#"{"id":"a","value":"NEG"}"#.to_vec(); 3]);
        }
    }

    #[test]
    fn what_does_not_unseal_or_is_no_chunk_is_said() {
        let (kept, query) = (Kept::new(99), Query::new("neg").expect("a query"));
        assert!(kept.get(seat(0), || None).is_none());
        let noise = kept.get(seat(1), || Some(Zeroizing::new(b"neg".to_vec()))).expect("bytes");
        assert!(kept.search(&noise, &query, &mut |_, _| ()).is_none());
    }
}
