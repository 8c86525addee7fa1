//! Writing: one transaction makes a generation current; only when it is durable does a second one remove the old.
//!
//! Why two: until the switch is on the disk, no page of the old generation is touched, so not even a lost journal takes
//! it (D13). The second transaction frees its pages, overwrites them (`secure_delete`) and, by `auto_vacuum`, gives them
//! back, so a re-import does not make the file grow. If it fails, the file is merely larger until the next commit
//! removes what is no longer current.

use std::path::Path;

use rusqlite::limits::Limit as SqlLimit;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::{INDEX_BITS, chunk_row, create, failure, fault, gate, migrate, open, read, schema};
use crate::error::{Part, VaultError};
use crate::header::Header;
use crate::slot::Slot;

/// A generation as the file will hold it.
pub(crate) struct NewGeneration {
    pub(crate) row: i64,
    pub(crate) key: Vec<u8>,
    pub(crate) catalogue: Vec<u8>,
    pub(crate) manifest: Vec<u8>,
    /// Sealed chunks; the position is the index.
    pub(crate) chunks: Vec<Vec<u8>>,
}

/// Writes generations and the new head, if the head in the file is still `base`. Durable when it returns.
pub(crate) fn commit(path: &Path, base: &[u8], new: &[NewGeneration], head: &[u8]) -> Result<(), VaultError> {
    change(path, Some(base), |tx| {
        new.iter().try_for_each(|new| insert_generation(tx, new))?;
        put_head(tx, head)?;
        fault::point("commit: before the switch")
    })?;
    fault::point("commit: after the switch")
}

/// Header, slots and wrapped keys as the file shall hold them from now on.
pub(crate) struct NewKeys<'a> {
    pub(crate) header: &'a Header,
    pub(crate) slots: &'a [Slot],
    /// By generation row; of the others none is touched.
    pub(crate) generation_keys: &'a [(i64, Vec<u8>)],
}

/// Replaces them all with a new head, if the head in the file is still `base`. Durable when it returns.
pub(crate) fn put_keys(path: &Path, base: &[u8], keys: &NewKeys<'_>, head: &[u8]) -> Result<(), VaultError> {
    let fail = |error: rusqlite::Error| failure(&error, Part::Database);
    change(path, Some(base), |tx| {
        // Wrapped keys first: `secure_delete` overwrites what each of these statements replaces.
        for (row, key) in keys.generation_keys {
            tx.execute("UPDATE generation SET key = ?2 WHERE id = ?1", params![row, key]).map_err(fail)?;
        }
        tx.execute("UPDATE header SET commitment = ?1 WHERE id = 1", [&keys.header.commitment]).map_err(fail)?;
        tx.execute("DELETE FROM slot", []).map_err(fail)?;
        insert_slots(tx, keys.slots)?;
        put_head(tx, head)?;
        fault::point("keys: before the switch")
    })?;
    fault::point("keys: after the switch")
}

/// Writes the head that is there once more. Durable when it returns, and with it all that was written before.
pub(crate) fn again(path: &Path, head: &[u8]) -> Result<(), VaultError> {
    change(path, Some(head), |tx| put_head(tx, head))
}

/// Writes the try counter. Durable when it returns.
pub(crate) fn set_tries(path: &Path, tries: u32) -> Result<(), VaultError> {
    change(path, None, |tx| {
        let set = tx.execute("UPDATE header SET tries = ?1 WHERE id = 1", [tries]);
        set.map(|_| ()).map_err(|error| failure(&error, Part::Header))
    })
}

/// Removes the generations that were `replaced`, and every other one that is not in `current`, overwriting their pages.
/// Where a generation of `current` is missing the others stay: a stray row may be that one with a bent number.
pub(crate) fn retire(path: &Path, head: &[u8], current: &[i64], replaced: &[i64]) -> Result<(), VaultError> {
    change(path, Some(head), |tx| {
        let rows = read::generations(tx)?;
        let is_whole = current.iter().all(|row| rows.contains(row));
        if is_whole { remove_others(tx, current) } else { remove(tx, |row| replaced.contains(&row)) }?;
        fault::point("retire: before the commit")
    })
}

/// Removes every generation that is not in `current`, whatever is missing: a deletion leaves nothing.
pub(crate) fn sweep(path: &Path, head: &[u8], current: &[i64]) -> Result<(), VaultError> {
    change(path, Some(head), |tx| {
        remove_others(tx, current)?;
        fault::point("retire: before the commit")
    })
}

/// One transaction, on a file that has our tables, sound pages and still the head `base`. Without a `base` it does not
/// depend on what the file holds, and no format is migrated for it. A damaged file is left as it is (D16).
fn change(
    path: &Path,
    base: Option<&[u8]>,
    work: impl FnOnce(&Connection) -> Result<(), VaultError>,
) -> Result<(), VaultError> {
    let _gate = gate();
    let mut conn = open::open_write(path)?;
    if base.is_some() {
        create::sweep(path);
        migrate::migrate(&mut conn)?;
    }
    let tx = begin(&mut conn)?;
    schema::check(&tx)?;
    if let Some(base) = base
        && read::head(&tx)? != base
    {
        return Err(VaultError::ChangedElsewhere);
    }
    check_pages(&tx)?;
    work(&tx)?;
    tx.commit().map_err(|error| failure(&error, Part::Database))
}

/// Writes every page anew. `secure_delete` overwrites what is deleted where it lies, but moving a row from page to page
/// may have left a piece of it behind; after this nothing is in the file but what the tables hold.
pub(crate) fn compact(path: &Path) -> Result<(), VaultError> {
    let _gate = gate();
    let fail = |error: rusqlite::Error| failure(&error, Part::Database);
    let conn = open::open_write(path)?;
    schema::check(&conn)?;
    check_pages(&conn)?;
    // VACUUM builds the new pages in an attached database of its own, in memory.
    conn.set_limit(SqlLimit::SQLITE_LIMIT_ATTACHED, 1).map_err(fail)?;
    fault::point("compact")?;
    conn.execute_batch("VACUUM").map_err(fail)
}

/// Deletes the rows of every generation that is not in `current`, and chunks that belong to none.
pub(super) fn remove_others(conn: &Connection, current: &[i64]) -> Result<(), VaultError> {
    remove(conn, |row| !current.contains(&row))
}

fn remove(conn: &Connection, is_gone: impl Fn(i64) -> bool) -> Result<(), VaultError> {
    let fail = |error: rusqlite::Error| failure(&error, Part::Database);
    for row in read::generations(conn)?.into_iter().filter(|row| is_gone(*row)) {
        conn.execute("DELETE FROM generation WHERE id = ?1", [row]).map_err(fail)?;
    }
    for row in read::chunk_owners(conn)?.into_iter().filter(|row| is_gone(*row)) {
        conn.execute("DELETE FROM chunk WHERE id >> ?1 = ?2", params![INDEX_BITS, row]).map_err(fail)?;
    }
    Ok(())
}

/// The plain rows of a new vault.
pub(super) fn insert_plain(conn: &Connection, header: &Header, slots: &[Slot]) -> Result<(), VaultError> {
    conn.execute(
        "INSERT INTO header(id, format, suite, vault_id, flags, commitment, tries) VALUES(1, ?1, ?2, ?3, ?4, ?5, 0)",
        params![header.format, header.suite, header.vault_id, header.flags, header.commitment],
    )
    .map_err(|error| failure(&error, Part::Header))?;
    insert_slots(conn, slots)
}

pub(super) fn insert_slots(conn: &Connection, slots: &[Slot]) -> Result<(), VaultError> {
    for slot in slots {
        conn.execute(
            "INSERT INTO slot(id, kind, m_kib, t, p, salt, wrapped) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![slot.id, slot.kind, slot.kdf.m_kib, slot.kdf.t, slot.kdf.p, slot.salt, slot.wrapped],
        )
        .map_err(|error| failure(&error, Part::SlotTable))?;
    }
    Ok(())
}

pub(super) fn insert_generation(conn: &Connection, new: &NewGeneration) -> Result<(), VaultError> {
    let fail = |error: rusqlite::Error| failure(&error, Part::Database);
    conn.execute(
        "INSERT INTO generation(id, key, catalogue, manifest) VALUES(?1, ?2, ?3, ?4)",
        params![new.row, new.key, new.catalogue, new.manifest],
    )
    .map_err(fail)?;
    let mut insert = conn.prepare("INSERT INTO chunk(id, sealed) VALUES(?1, ?2)").map_err(fail)?;
    for (index, sealed) in (0..).zip(&new.chunks) {
        insert.execute(params![chunk_row(new.row, index), sealed]).map_err(fail)?;
    }
    Ok(())
}

pub(super) fn put_head(conn: &Connection, head: &[u8]) -> Result<(), VaultError> {
    conn.execute("INSERT OR REPLACE INTO head(id, sealed) VALUES(1, ?1)", [head])
        .map(|_| ())
        .map_err(|error| failure(&error, Part::Head))
}

/// `IMMEDIATE` takes the writer's lock at once: two writers meet here, not half-way.
fn begin(conn: &mut Connection) -> Result<Transaction<'_>, VaultError> {
    conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|error| failure(&error, Part::Database))
}

/// Never write into a file whose pages are in disorder: a bent free list would hand out a page that is in use (D16).
pub(super) fn check_pages(conn: &Connection) -> Result<(), VaultError> {
    let verdict: String = conn
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| failure(&error, Part::Database))?;
    if verdict == "ok" {
        return Ok(());
    }
    // A page that could not be got (for lack of memory, say) is not in disorder. Mostly SQLite says why with its code.
    let code = verdict.rsplit_once("error code=").and_then(|(_, code)| code.trim().parse().ok());
    let refused = code.or(verdict.contains("failed to get page").then_some(rusqlite::ffi::SQLITE_IOERR_READ));
    let refused = refused.map(|code| rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None));
    Err(refused.map_or(VaultError::damaged(Part::Database), |error| failure(&error, Part::Database)))
}
