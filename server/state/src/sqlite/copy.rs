//! A copy of a SQLite file while programs use it: what `cp` would miss in the write-ahead log is in it.

use super::{failure, open};
use crate::StateError;
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, OpenOptions};
use std::path::Path;

/// Writes a consistent copy into a new file, its owner's alone, durable when this returns. What fails leaves none.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), StateError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // SQLite takes an empty file, and leaves its rights.
    drop(options.open(to).map_err(unwritable)?);
    fill(from, to).inspect_err(|_| {
        // Why it failed is the graver news.
        let _ = std::fs::remove_file(to);
    })
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn unwritable(error: std::io::Error) -> StateError {
    StateError::Unavailable { detail: format!("its copy: {}", error.kind()) }
}

fn fill(from: &Path, to: &Path) -> Result<(), StateError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let from = from.canonicalize().map_err(unwritable)?;
    let mut conn = Connection::open_with_flags(from, flags).map_err(failure)?;
    conn.busy_handler(Some(open::wait)).map_err(failure)?;
    let name = to.to_str().ok_or_else(|| unwritable(std::io::ErrorKind::InvalidFilename.into()))?;
    conn.execute("VACUUM INTO ?", [name]).map_err(failure)?;
    // SQLite does not sync what it writes so.
    File::open(to).and_then(|file| file.sync_all()).map_err(unwritable)
}
