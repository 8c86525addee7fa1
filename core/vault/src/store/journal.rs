//! Reading just after a crash, without a write: SQLite's rollback journal played back in memory.
//!
//! A commit that was cut off leaves a *hot* journal beside the file: the pages as they were before. SQLite would write
//! them back, which a read-only folder forbids and a full disk may; so a reader takes file and journal into memory and
//! puts the pages back there (<https://www.sqlite.org/fileformat2.html>, section 3). The next commit lets SQLite do it for
//! good. Nothing is trusted more for coming from a journal: all of it is authenticated afterwards like any other page.

use std::io::Cursor;
use std::path::Path;

use rusqlite::{Connection, MAIN_DB};

use super::open::harden;
use super::schema::PAGE_SIZE;
use super::{beside, failure};
use crate::codec::Reader;
use crate::error::{Part, VaultError};

const MAGIC: [u8; 8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7];
const PAGE: usize = PAGE_SIZE as usize;
/// Page number, page, checksum.
const RECORD: usize = 4 + PAGE + 4;
/// A vault is a few MiB; a hostile one shall not fill the memory.
const MAX_FILE: u64 = 256 << 20;

/// A connection on the file's last committed state, held in memory. The gate is held by the caller.
pub(super) fn open_in_memory(path: &Path) -> Result<Connection, VaultError> {
    let mut image = load(path)?;
    let journal = match load(&beside(path, "-journal")) {
        Err(VaultError::NotFound) => Vec::new(),
        other => other?,
    };
    play_back(&mut image, &journal).ok_or(VaultError::damaged(Part::Database))?;
    let fail = |error: rusqlite::Error| failure(&error, Part::Database);
    let mut conn = Connection::open_in_memory().map_err(fail)?;
    harden(&conn).map_err(fail)?;
    let len = image.len();
    conn.deserialize_read_exact(MAIN_DB, Cursor::new(image), len, true).map_err(fail)?;
    Ok(conn)
}

fn load(path: &Path) -> Result<Vec<u8>, VaultError> {
    if std::fs::metadata(path)?.len() > MAX_FILE {
        return Err(VaultError::damaged(Part::Database));
    }
    Ok(std::fs::read(path)?)
}

/// One segment's header; a journal has several when the page cache overflowed during the commit.
struct Segment {
    records: u32,
    nonce: u32,
    pages_before: u32,
    sector: usize,
}

impl Segment {
    /// `None` ends the journal: a header that was not written whole was not needed.
    fn read(journal: &[u8], at: usize) -> Option<Self> {
        let mut reader = Reader::new(journal.get(at..)?);
        let magic: [u8; 8] = reader.array()?;
        let segment = Self {
            records: reader.u32()?,
            nonce: reader.u32()?,
            pages_before: reader.u32()?,
            sector: usize::try_from(reader.u32()?).ok()?,
        };
        let page_size = reader.u32()?;
        let sound = magic == MAGIC && page_size == PAGE_SIZE && (32..=65536).contains(&segment.sector);
        (sound && segment.sector.is_power_of_two()).then_some(segment)
    }
}

/// Puts the journalled pages back into the image. `None` when the journal asks for what no crash of ours can leave.
fn play_back(image: &mut Vec<u8>, journal: &[u8]) -> Option<()> {
    let Some(first) = Segment::read(journal, 0) else {
        return Some(());
    };
    let pages = usize::try_from(first.pages_before).ok()?;
    let size = pages.checked_mul(PAGE).filter(|size| *size as u64 <= MAX_FILE)?;
    image.resize(size, 0);
    let mut at = 0;
    while let Some(segment) = Segment::read(journal, at) {
        at += first.sector;
        for _ in 0..segment.records {
            let Some(record) = journal.get(at..at + RECORD).filter(|record| is_whole(record, segment.nonce)) else {
                return Some(());
            };
            put_back(image, record);
            at += RECORD;
        }
        at = at.next_multiple_of(first.sector);
    }
    Some(())
}

fn put_back(image: &mut [u8], record: &[u8]) {
    let number = record.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    let start = usize::try_from(number).ok().and_then(|number| number.checked_sub(1)?.checked_mul(PAGE));
    let page = start.and_then(|start| image.get_mut(start..)?.get_mut(..PAGE));
    if let Some(page) = page {
        page.copy_from_slice(&record[4..4 + PAGE]);
    }
}

/// The checksum SQLite gives a journalled page: the nonce and every 200th byte from the end.
fn is_whole(record: &[u8], nonce: u32) -> bool {
    let (page, sum) = (&record[4..4 + PAGE], &record[4 + PAGE..]);
    let samples = (1..).map_while(|step| PAGE.checked_sub(200 * step)).filter(|at| *at > 0);
    let expected = samples.fold(nonce, |sum, at| sum.wrapping_add(u32::from(page[at])));
    sum == expected.to_be_bytes() && record[..4] != [0; 4]
}
