//! Reading rows. Values are taken by type and length; what does not fit is damage of the part it belongs to.

use rusqlite::{Connection, Row};

use super::{INDEX_BITS, chunk_row, failure};
use crate::error::{Part, VaultError};
use crate::header::Header;
use crate::kdf::KdfParams;
use crate::slot::{MAX_SLOTS, Slot};

/// The try counter is not authenticated; whatever stands there, this is the most that is believed (D13).
const MAX_TRIES: i64 = 1000;

/// The plain header and the clamped try counter.
pub(crate) fn header(conn: &Connection) -> Result<(Header, u32), VaultError> {
    let sql = "SELECT format, suite, vault_id, flags, commitment, tries FROM header WHERE id = 1";
    let parse = |row: &Row<'_>| {
        let header = Header {
            format: row.get(0)?,
            suite: row.get(1)?,
            vault_id: row.get(2)?,
            flags: row.get(3)?,
            commitment: row.get(4)?,
        };
        // A counter that cannot be read must not lock anybody out.
        let tries = row.get::<_, i64>(5).unwrap_or(0).clamp(0, MAX_TRIES);
        Ok((header, u32::try_from(tries).unwrap_or(0)))
    };
    let found = conn.query_row(sql, [], parse).map_err(|error| failure(&error, Part::Header))?;
    found.0.check()?;
    Ok(found)
}

/// The slot table, at most [`MAX_SLOTS`] rows.
pub(crate) fn slots(conn: &Connection) -> Result<Vec<Slot>, VaultError> {
    let fail = |error: rusqlite::Error| failure(&error, Part::SlotTable);
    let parse = |row: &Row<'_>| {
        let kdf = KdfParams { m_kib: row.get(2)?, t: row.get(3)?, p: row.get(4)? };
        Ok(Slot { id: row.get(0)?, kind: row.get(1)?, kdf, salt: row.get(5)?, wrapped: row.get(6)? })
    };
    let mut query =
        conn.prepare("SELECT id, kind, m_kib, t, p, salt, wrapped FROM slot ORDER BY id LIMIT 9").map_err(fail)?;
    let slots: Vec<Slot> = query.query_map([], parse).and_then(Iterator::collect).map_err(fail)?;
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

/// Generations in the file, and pages that are free but not given back: what a deletion must not leave.
pub(crate) fn leftovers(conn: &Connection, current: &[i64]) -> Result<bool, VaultError> {
    let fail = |error: rusqlite::Error| failure(&error, Part::Database);
    let count = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(fail);
    let mut query = conn.prepare("SELECT id FROM generation").map_err(fail)?;
    let rows: Vec<i64> = query.query_map([], |row| row.get(0)).and_then(Iterator::collect).map_err(fail)?;
    let mut chunks = 0;
    for row in current {
        let range = [chunk_row(*row, 0), chunk_row(*row, (1 << INDEX_BITS) - 1)];
        chunks += conn
            .query_row("SELECT count(*) FROM chunk WHERE id BETWEEN ?1 AND ?2", range, |row| row.get::<_, i64>(0))
            .map_err(fail)?;
    }
    let strangers = rows.iter().any(|row| !current.contains(row)) || count("SELECT count(*) FROM chunk")? != chunks;
    Ok(strangers || count("PRAGMA freelist_count")? != 0)
}

fn blob(conn: &Connection, sql: &str, id: i64, part: Part) -> Result<Vec<u8>, VaultError> {
    conn.prepare_cached(sql)
        .and_then(|mut query| query.query_row([id], |row| row.get(0)))
        .map_err(|error| failure(&error, part))
}
