//! Reading rows. Values are taken by type and length; what does not fit is damage of the part it belongs to.

use rusqlite::{Connection, Row};

use super::{chunk_row, failure};
use crate::error::{Part, VaultError};
use crate::header::Header;
use crate::kdf::KdfParams;
use crate::slot::{MAX_SLOTS, Slot};

/// The try counter is not authenticated; whatever stands there, this is the most that is believed (D13).
const MAX_TRIES: i64 = 1000;

/// The plain header and the clamped try counter.
pub(crate) fn header(conn: &Connection) -> Result<(Header, u32), VaultError> {
    let sql = "SELECT format, suite, vault_id, flags, commitment FROM header WHERE id = 1";
    let parse = |row: &Row<'_>| {
        Ok(Header {
            format: row.get(0)?,
            suite: row.get(1)?,
            vault_id: row.get(2)?,
            flags: row.get(3)?,
            commitment: row.get(4)?,
        })
    };
    let header = conn.query_row(sql, [], parse).map_err(|error| failure(&error, Part::Header))?;
    header.check()?;
    Ok((header, tries(conn)))
}

/// A counter that cannot be read, not even with its row, must not lock anybody out.
fn tries(conn: &Connection) -> u32 {
    let found = conn.query_row("SELECT tries FROM header WHERE id = 1", [], |row| row.get::<_, i64>(0));
    u32::try_from(found.unwrap_or(0).clamp(0, MAX_TRIES)).unwrap_or(0)
}

/// The slot table, at most [`MAX_SLOTS`] rows.
pub(crate) fn slots(conn: &Connection) -> Result<Vec<Slot>, VaultError> {
    let fail = |error: rusqlite::Error| failure(&error, Part::SlotTable);
    let parse = |row: &Row<'_>| -> rusqlite::Result<Slot> {
        let kdf = KdfParams { m_kib: row.get(2)?, t: row.get(3)?, p: row.get(4)? };
        Ok(Slot { id: row.get(0)?, kind: row.get(1)?, kdf, salt: row.get(5)?, wrapped: row.get(6)? })
    };
    let mut query =
        conn.prepare("SELECT id, kind, m_kib, t, p, salt, wrapped FROM slot ORDER BY id LIMIT 9").map_err(fail)?;
    // A row that is none of ours is left out: the head, which names every slot, tells that one is missing, and a bent
    // slot nobody uses locks nobody out (ADR 0008).
    let found = query.query_map([], |row| Ok(parse(row).ok())).map_err(fail)?;
    let slots: Vec<Slot> = found.filter_map(Result::transpose).collect::<Result<_, _>>().map_err(fail)?;
    if slots.len() > MAX_SLOTS { Err(VaultError::damaged(Part::SlotTable)) } else { Ok(slots) }
}

/// The sealed head.
pub(crate) fn head(conn: &Connection) -> Result<Vec<u8>, VaultError> {
    blob(conn, "SELECT sealed FROM head WHERE id = ?1", 1, Part::Head)
}

/// The wrapped key of a generation.
pub(crate) fn generation_key(conn: &Connection, row: i64) -> Result<Vec<u8>, VaultError> {
    blob(conn, "SELECT key FROM generation WHERE id = ?1", row, Part::GenerationKey)
}

/// The sealed catalogue of a generation.
pub(crate) fn catalogue(conn: &Connection, row: i64) -> Result<Vec<u8>, VaultError> {
    blob(conn, "SELECT catalogue FROM generation WHERE id = ?1", row, Part::Catalogue)
}

/// The sealed manifest of a generation.
pub(crate) fn manifest(conn: &Connection, row: i64) -> Result<Vec<u8>, VaultError> {
    blob(conn, "SELECT manifest FROM generation WHERE id = ?1", row, Part::Manifest)
}

/// One sealed chunk.
pub(crate) fn chunk(conn: &Connection, generation_row: i64, index: u32) -> Result<Vec<u8>, VaultError> {
    blob(conn, "SELECT sealed FROM chunk WHERE id = ?1", chunk_row(generation_row, index), Part::Chunk)
}

/// The rows of all generations in the file.
pub(crate) fn generations(conn: &Connection) -> Result<Vec<i64>, VaultError> {
    rows(conn, "SELECT id FROM generation")
}

/// The generation rows that chunks say they belong to.
pub(crate) fn chunk_owners(conn: &Connection) -> Result<Vec<i64>, VaultError> {
    rows(conn, "SELECT DISTINCT id >> 20 FROM chunk")
}

fn rows(conn: &Connection, sql: &str) -> Result<Vec<i64>, VaultError> {
    let fail = |error: rusqlite::Error| failure(&error, Part::Database);
    let mut query = conn.prepare(sql).map_err(fail)?;
    query.query_map([], |row| row.get(0)).and_then(Iterator::collect).map_err(fail)
}

/// Whether the file holds rows of other generations, or free pages: what a deletion must not leave.
pub(crate) fn leftovers(conn: &Connection, current: &[i64]) -> Result<bool, VaultError> {
    let free = rows(conn, "PRAGMA freelist_count")?;
    let owners = [generations(conn)?, chunk_owners(conn)?].concat();
    Ok(owners.iter().any(|row| !current.contains(row)) || free != [0])
}

fn blob(conn: &Connection, sql: &str, id: i64, part: Part) -> Result<Vec<u8>, VaultError> {
    conn.prepare_cached(sql)
        .and_then(|mut query| query.query_row([id], |row| row.get(0)))
        .map_err(|error| failure(&error, part))
}
