//! Opening the file: private from its first byte, looked at before anything is written, and made once however many open it.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mykarte_vault::ChainId;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::failure;
use super::schema::{self, Found};
use crate::{Make, StateError};

/// How long the lock of another program is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is asked for. Who waits does not queue: a program that writes without a pause leaves moments only, and
/// SQLite's own timeout, which asks every 100 ms in the end, misses them.
pub(super) const PAUSE: Duration = Duration::from_millis(1);

/// Opens a database, or makes one where there is none and it may be made; with the name of its chain.
pub(super) fn open(path: &Path, make: Make) -> Result<(Connection, ChainId), StateError> {
    if make == Make::Never && !path.try_exists().is_ok_and(|is_there| is_there) {
        return Err(StateError::Absent);
    }
    let path = make_private(path)
        .map_err(|error| StateError::Unavailable { detail: format!("its file: {}", error.kind()) })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags).map_err(failure)?;
    harden(&mut conn).map_err(failure)?;
    // Before the first write, also of the journal's mode: another program's file stays as it is.
    if !judge(&conn)? && make == Make::Never {
        return Err(StateError::Absent);
    }
    set_journal(&conn)?;
    let chain = find_or_make(&mut conn)?;
    Ok((conn, chain))
}

/// Makes the file where there is none, readable by its owner only; one that is there is closed to others. SQLite gives
/// the files that it puts beside it the same rights. An existing file is not opened here: closing it again would drop the
/// locks of another connection of this process ("How To Corrupt An SQLite Database", 2.2).
fn make_private(path: &Path) -> std::io::Result<PathBuf> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let rights = std::fs::metadata(path)?.permissions().mode();
        if rights & 0o077 != 0 {
            std::fs::set_permissions(path, PermissionsExt::from_mode(0o600))?;
        }
    }
    // A whole path is never one of the names that mean something else to SQLite.
    path.canonicalize()
}

fn harden(conn: &mut Connection) -> rusqlite::Result<()> {
    conn.busy_handler(Some(wait))?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // FULL: a write-ahead log is synced at every commit, not only now and then. What was answered to a phone or a counter
    // is still so after a power cut. `secure_delete`: what is gone is not left in a free page (in the log it is until that
    // is written over, some hundred changes later, or `erase` cuts it).
    conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;")
}

pub(super) fn wait(tries: i32) -> bool {
    std::thread::sleep(PAUSE);
    u128::try_from(tries).is_ok_and(|tries| tries < PATIENCE.as_millis())
}

/// A write-ahead log: one sync a commit in place of several, and readers do not wait for a writer.
fn set_journal(conn: &Connection) -> Result<(), StateError> {
    let begun = Instant::now();
    loop {
        // SQLite does not wait for a lock here by itself.
        match conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0)) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(_) => {
                return Err(StateError::Unavailable {
                    detail: "its folder is on a file system without shared memory; use a local disk".into(),
                });
            }
            Err(error) if is_busy(&error) && begun.elapsed() < PATIENCE => {
                std::thread::sleep(PAUSE);
            }
            Err(error) => return Err(failure(error)),
        }
    }
}

/// Writes the journal into the file and cuts it, at once or not at all: `false` where somebody reads or writes.
pub(super) fn cut_journal(conn: &mut Connection) -> rusqlite::Result<bool> {
    conn.busy_timeout(Duration::ZERO)?;
    let cut = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    conn.busy_handler(Some(wait))?;
    Ok(cut? == 0)
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

/// Whether the file is one of ours, or nothing yet.
fn judge(conn: &Connection) -> Result<bool, StateError> {
    match schema::look(conn).map_err(failure)? {
        Found::Ours => Ok(true),
        Found::Empty => Ok(false),
        Found::Newer(format) => Err(StateError::NewerFormat { format }),
        Found::Foreign => Err(StateError::Foreign),
    }
}

fn find_or_make(conn: &mut Connection) -> Result<ChainId, StateError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failure)?;
    // Under the lock, for another program may just have made it.
    if !judge(&tx)? {
        let chain = ChainId::make()
            .map_err(|_| StateError::Unavailable { detail: "this system gives no random numbers".into() })?;
        schema::create(&tx, chain.as_bytes()).map_err(failure)?;
    }
    let chain = tx.query_row("SELECT id FROM chain", [], |row| row.get(0)).map_err(failure)?;
    tx.commit().map_err(failure)?;
    Ok(ChainId::from_bytes(chain))
}
