//! The store: one SQLite file whose every meaningful byte is sealed or authenticated (D13). The only file access here.
//!
//! Reading and writing use different connections. A *read* connection is opened read-only and never writes, not even to
//! roll back after a crash: `journal` does that in memory. A *write* connection lives for one commit only, so no lock is
//! held between calls and a suspended phone app loses nothing.

use std::ffi::OsString;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::ErrorCode;

use crate::error::{Part, VaultError};

pub(crate) mod create;
pub(crate) mod journal;
pub(crate) mod lock;
pub(crate) mod migrate;
pub(crate) mod open;
pub(crate) mod read;
pub(crate) mod schema;
pub(crate) mod write;

/// Low bits of a chunk's row number: its index within the generation.
const INDEX_BITS: u32 = 20;
/// Bits of a generation's row number, which is random.
const ROW_BITS: u32 = 40;

/// A random generation row: sequential ones would tell how many imports there were.
pub(crate) fn make_row() -> Result<i64, VaultError> {
    let random = u64::from_be_bytes(crate::secret::make_random()?);
    Ok((random >> (u64::BITS - ROW_BITS)).cast_signed())
}

/// The row of a generation's chunk.
pub(crate) fn chunk_row(generation_row: i64, index: u32) -> i64 {
    (generation_row << INDEX_BITS) | i64::from(index)
}

/// One at a time: closing any descriptor of a file drops all POSIX locks this process has on it ("How To Corrupt An
/// SQLite Database", 2.2), so the few reads past SQLite's back must not overlap with a commit in another thread.
fn gate() -> MutexGuard<'static, ()> {
    static GATE: Mutex<()> = Mutex::new(());
    GATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The file SQLite keeps beside the vault under this suffix.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Makes the names in the file's folder durable, those that are gone, too. Where a folder cannot be synced there is nothing
/// more to do.
pub(crate) fn sync_folder(path: &Path) -> Result<(), VaultError> {
    match File::open(folder(path)).and_then(|folder| folder.sync_all()) {
        Err(error) if cfg!(unix) && !matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {
            Err(error.into())
        }
        _ => Ok(()),
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Turns SQLite's failures into ours. What is no failure of SQLite itself (a missing row, a wrong type) means that
/// `part` is not what we wrote.
pub(crate) fn failure(error: &rusqlite::Error, part: Part) -> VaultError {
    let rusqlite::Error::SqliteFailure(failure, _) = error else {
        return VaultError::damaged(part);
    };
    match failure.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => VaultError::InUse,
        ErrorCode::NotADatabase => VaultError::NotAVault,
        ErrorCode::DatabaseCorrupt => VaultError::damaged(Part::Database),
        ErrorCode::TooBig | ErrorCode::TypeMismatch | ErrorCode::ConstraintViolation => VaultError::damaged(part),
        // A page that the file has only half.
        _ if failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHORT_READ => VaultError::damaged(Part::Database),
        ErrorCode::DiskFull => VaultError::DiskFull,
        ErrorCode::OutOfMemory => VaultError::OutOfMemory,
        // A commit elsewhere crashed while we had the file open: opening again reads round it.
        ErrorCode::ReadOnly if needs_rollback(error) => VaultError::ChangedElsewhere,
        ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => VaultError::ReadOnly,
        _ => VaultError::Database { code: failure.extended_code },
    }
}

/// Whether a read-only connection met a hot journal, which it may not play back.
fn needs_rollback(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|failure| {
        [
            rusqlite::ffi::SQLITE_READONLY_ROLLBACK,
            rusqlite::ffi::SQLITE_READONLY_RECOVERY,
            rusqlite::ffi::SQLITE_READONLY_CANTLOCK,
        ]
        .contains(&failure.extended_code)
    })
}

/// Named points at which tests make a write fail or take a picture of the folder.
pub(crate) mod fault {
    use crate::error::VaultError;

    #[cfg(test)]
    pub(crate) type Hook = Box<dyn FnMut(&'static str) -> Result<(), VaultError>>;

    #[cfg(test)]
    thread_local! {
        static HOOK: std::cell::RefCell<Option<Hook>> = const { std::cell::RefCell::new(None) };
    }

    /// Sets this thread's hook; `None` takes it away.
    #[cfg(test)]
    pub(crate) fn set(hook: Option<Hook>) {
        HOOK.with(|cell| *cell.borrow_mut() = hook);
    }

    /// Passes a point. Outside tests this is nothing.
    #[cfg_attr(not(test), expect(clippy::unnecessary_wraps, reason = "fails in tests only"))]
    pub(crate) fn point(name: &'static str) -> Result<(), VaultError> {
        #[cfg(test)]
        return HOOK.with(|cell| cell.borrow_mut().as_mut().map_or(Ok(()), |hook| hook(name)));
        #[cfg(not(test))]
        {
            let _ = name;
            Ok(())
        }
    }
}
