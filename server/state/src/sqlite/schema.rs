//! The tables of format 1.

use rusqlite::Connection;

/// `MKST`, SQLite's `application_id`.
pub(super) const APPLICATION_ID: i64 = 0x4D4B_5354;
/// SQLite's `user_version`.
pub(super) const FORMAT: i64 = 1;

/// `audit` only grows: its triggers keep a slip away, and the chain shows what is done around them. (`INSERT OR REPLACE`
/// deletes without asking a trigger, hence the one that refuses a number out of turn.)
const TABLES: &str = "
    CREATE TABLE documents(
        kind TEXT NOT NULL, id TEXT NOT NULL CHECK(length(id) BETWEEN 1 AND 128), body BLOB NOT NULL,
        PRIMARY KEY(kind, id)) STRICT, WITHOUT ROWID;
    CREATE TABLE audit(number INTEGER PRIMARY KEY, record BLOB NOT NULL, place BLOB NOT NULL) STRICT;
    CREATE TABLE chain(id BLOB NOT NULL) STRICT;
    CREATE TRIGGER audit_next BEFORE INSERT ON audit
        WHEN new.number <> (SELECT coalesce(max(number), 0) + 1 FROM audit)
        BEGIN SELECT raise(ABORT, 'audit records are numbered in order'); END;
    CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
        BEGIN SELECT raise(ABORT, 'audit records do not change'); END;
    CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
        BEGIN SELECT raise(ABORT, 'audit records are not deleted'); END;";

/// What a file is to us.
pub(super) enum Found {
    Ours,
    Empty,
    Newer(u32),
    Foreign,
}

pub(super) fn look(conn: &Connection) -> rusqlite::Result<Found> {
    let query = "SELECT (SELECT application_id FROM pragma_application_id), \
                 (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)";
    let found: (i64, i64, i64) = conn.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(match found {
        (APPLICATION_ID, FORMAT, _) => Found::Ours,
        (APPLICATION_ID, format, _) if format > FORMAT => Found::Newer(u32::try_from(format).unwrap_or(u32::MAX)),
        (0, 0, 0) => Found::Empty,
        _ => Found::Foreign,
    })
}

/// In the caller's transaction: a file has all of it or nothing.
pub(super) fn create(conn: &Connection, chain: &[u8; 16]) -> rusqlite::Result<()> {
    conn.execute_batch(TABLES)?;
    conn.execute("INSERT INTO chain VALUES (?)", [chain])?;
    conn.execute_batch(&format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT};"))
}
