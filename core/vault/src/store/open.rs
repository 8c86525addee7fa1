//! Opening a vault's file: to read, without writing a byte anywhere; and to write, for one commit.
//!
//! Before SQLite sees the file, its 100-byte header is held against what we write: the fields looked at never change
//! during a vault's life. So a foreign file, a newer format and a file that asks for WAL (which would create files beside
//! it) are told apart early. `immutable` is not used: it would read torn pages while another program commits, and show
//! the patient damage that is none.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit as SqlLimit;
use rusqlite::{Connection, OpenFlags};

use super::schema::{self, APPLICATION_ID, PAGE_SIZE};
use super::{beside, failure, gate, journal, needs_rollback};
use crate::error::{Part, VaultError};
use crate::header::FORMAT;

/// How long a lock of another program is waited for.
pub(super) const PATIENCE: Duration = Duration::from_millis(500);
/// No value we write is longer; a hostile file shall not make SQLite take more.
const MAX_VALUE: i32 = 4 << 20;

const SQLITE_HEADER_LEN: usize = 100;

/// The part of SQLite's header that a vault never changes, in file order.
struct FixedHeader([u8; SQLITE_HEADER_LEN]);

impl FixedHeader {
    fn u32_at(&self, at: usize) -> u32 {
        self.0[at..].first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes))
    }

    /// Pages the file should have.
    fn pages(&self) -> u32 {
        self.u32_at(28)
    }

    fn check(&self) -> Result<(), VaultError> {
        if !self.0.starts_with(b"SQLite format 3\0") || self.u32_at(68) != APPLICATION_ID {
            return Err(VaultError::NotAVault);
        }
        let format = self.u32_at(60);
        if format > FORMAT {
            return Err(VaultError::NewerFormat { format });
        }
        // Page size 4096; no WAL for readers or writers; no reserved bytes; payload fractions; UTF-8.
        let fixed = self.0[16..24] == [0x10, 0x00, 1, 1, 0, 64, 32, 32] && self.u32_at(56) == 1;
        if format != 0 && fixed { Ok(()) } else { Err(VaultError::damaged(Part::Database)) }
    }
}

/// Opens for reading. Needs no write permission, no free space and no lock beyond the moments of reading.
pub(crate) fn open_read(path: &Path) -> Result<Connection, VaultError> {
    let _gate = gate();
    let header = sniff(path)?;
    // A write-ahead log is never ours, and SQLite would create a shared-memory file to read it.
    let opened = if beside(path, "-wal").exists() { None } else { open_in_place(path).transpose() };
    let conn = match opened {
        Some(opened) => opened,
        None => journal::open_in_memory(path).and_then(|conn| schema::check(&conn).map(|()| conn)),
    };
    conn.map_err(|error| if is_cut(path, &header, &error) { VaultError::Truncated } else { error })
}

/// `Ok(None)` when a crash left a hot journal, which a read-only connection may not play back.
fn open_in_place(path: &Path) -> Result<Option<Connection>, VaultError> {
    let fail = |error: rusqlite::Error| failure(&error, Part::Database);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(fail)?;
    harden(&conn).map_err(fail)?;
    conn.execute_batch("PRAGMA query_only = ON;").map_err(fail)?;
    // The first statement that touches the file.
    match conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())) {
        Err(error) if needs_rollback(&error) => return Ok(None),
        other => other.map_err(fail)?,
    }
    schema::check(&conn)?;
    Ok(Some(conn))
}

/// Opens for one commit. Must be called with the gate held. SQLite itself rolls back what a crash left.
pub(super) fn open_write(path: &Path) -> Result<Connection, VaultError> {
    sniff(path)?;
    if beside(path, "-wal").exists() {
        return Err(VaultError::LeftoverJournal);
    }
    let fail = |error: rusqlite::Error| failure(&error, Part::Database);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(fail)?;
    harden(&conn).map_err(fail)?;
    // docs/vault-format.md has the reason for each.
    conn.execute_batch(
        "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA fullfsync = ON; \
         PRAGMA secure_delete = ON; PRAGMA cache_size = -16384;",
    )
    .map_err(fail)?;
    Ok(conn)
}

/// What every connection gets before it reads a page: the file may be hostile.
pub(super) fn harden(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(PATIENCE)?;
    let switches = [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
    ];
    for (switch, on) in switches {
        conn.set_db_config(switch, on)?;
    }
    conn.set_limit(SqlLimit::SQLITE_LIMIT_LENGTH, MAX_VALUE)?;
    conn.set_limit(SqlLimit::SQLITE_LIMIT_ATTACHED, 0)?;
    conn.execute_batch(
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;",
    )
}

/// Reads and judges SQLite's header. The gate is held by the caller.
fn sniff(path: &Path) -> Result<FixedHeader, VaultError> {
    // A pipe or device would make us wait for ever.
    if !std::fs::metadata(path)?.is_file() {
        return Err(VaultError::NotAVault);
    }
    let mut file = File::open(path)?;
    let mut bytes = Vec::with_capacity(SQLITE_HEADER_LEN);
    file.by_ref().take(SQLITE_HEADER_LEN as u64).read_to_end(&mut bytes)?;
    let Some(header) = bytes.first_chunk().map(|bytes| FixedHeader(*bytes)) else {
        let beginning = b"SQLite format 3\0".starts_with(&bytes[..bytes.len().min(16)]);
        return Err(if beginning { VaultError::Truncated } else { VaultError::NotAVault });
    };
    header.check()?;
    Ok(header)
}

/// Whether a damage is explained by a file shorter than its header says.
fn is_cut(path: &Path, header: &FixedHeader, error: &VaultError) -> bool {
    let due = u64::from(header.pages()) * u64::from(PAGE_SIZE);
    *error == VaultError::damaged(Part::Database) && std::fs::metadata(path).is_ok_and(|file| file.len() < due)
}
