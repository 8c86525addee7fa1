//! The birth of a vault: built whole in memory, written to a file of another name, and only then given its own.
//!
//! So until the first commit nothing exists under the vault's name, and after it everything does; a crash between leaves
//! at most a hidden `.<name>.<random>.new` full of ciphertext, which the next attempt removes. An existing file is never
//! replaced: a hard link fails where the name is taken, and where hard links are not to be had (Android, FAT) the name is
//! first reserved by an empty file.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{Cursor, ErrorKind, Write};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, MAIN_DB};

use super::open::open_read;
use super::write::{
    NewGeneration, check_pages, insert_generation, insert_plain, insert_slots, put_head, remove_others,
};
use super::{beside, failure, fault, folder, schema, sync_folder};
use crate::error::{Part, VaultError};
use crate::header::Header;
use crate::secret::make_random;
use crate::slot::Slot;

const SUFFIX: &str = ".new";

/// Refuses early what would fail after the work: a taken name, a leftover journal, a folder that cannot be written.
pub(crate) fn check_free(path: &Path) -> Result<(), VaultError> {
    // First, for it may be a second name of the very vault that is there.
    sweep(path);
    if path.symlink_metadata().is_ok() {
        return Err(VaultError::AlreadyExists);
    }
    // SQLite would replay an old journal into the new file ("How To Corrupt An SQLite Database", 1.4).
    if ["-journal", "-wal"].iter().any(|suffix| beside(path, suffix).symlink_metadata().is_ok()) {
        return Err(VaultError::LeftoverJournal);
    }
    Unborn::make(path).map(|_| ())
}

/// Writes a whole new vault. On any error nothing remains.
pub(crate) fn publish(
    path: &Path,
    header: &Header,
    slots: &[Slot],
    first: &[NewGeneration],
    head: &[u8],
) -> Result<(), VaultError> {
    check_free(path)?;
    let mut conn = Connection::open_in_memory().map_err(|error| failure(&error, Part::Database))?;
    schema::create(&conn)?;
    insert_plain(&conn, header, slots)?;
    first.iter().try_for_each(|new| insert_generation(&conn, new))?;
    put_head(&conn, head)?;
    put_image(path, &mut conn)
}

/// Writes a copy of the vault at `from`, if its head is still `base`, with other slots and another head and only the
/// `current` generations. The source is not touched.
pub(crate) fn copy(
    from: &Path,
    base: &[u8],
    path: &Path,
    slots: &[Slot],
    head: &[u8],
    current: &[i64],
) -> Result<(), VaultError> {
    check_free(path)?;
    let fail = |error: rusqlite::Error| failure(&error, Part::Database);
    let mut source = open_read(from)?;
    check_pages(&source)?;
    let image = source.serialize(MAIN_DB).map_err(fail)?;
    let mut conn = Connection::open_in_memory().map_err(fail)?;
    conn.deserialize_read_exact(MAIN_DB, Cursor::new(&*image), image.len(), false).map_err(fail)?;
    if super::read::head(&conn)? != base {
        return Err(VaultError::ChangedElsewhere);
    }
    // What is left out shall not lie in freed pages.
    conn.execute_batch("PRAGMA secure_delete = ON; DELETE FROM slot; UPDATE header SET tries = 0;").map_err(fail)?;
    insert_slots(&conn, slots)?;
    put_head(&conn, head)?;
    remove_others(&conn, current)?;
    check_pages(&conn)?;
    put_image(path, &mut conn)
}

fn put_image(path: &Path, conn: &mut Connection) -> Result<(), VaultError> {
    let image = conn.serialize(MAIN_DB).map_err(|error| failure(&error, Part::Database))?;
    let mut unborn = Unborn::make(path)?;
    unborn.file.write_all(&image)?;
    unborn.file.sync_all()?;
    fault::point("create: before the name")?;
    give_name(&unborn.path, path)?;
    drop(unborn);
    let durable = fault::point("create: after the name").and_then(|()| sync_folder(path));
    durable.inspect_err(|_| drop(std::fs::remove_file(path)))
}

/// A file under a passing name, removed when dropped.
struct Unborn {
    path: PathBuf,
    file: File,
}

impl Unborn {
    fn make(path: &Path) -> Result<Self, VaultError> {
        let random: [u8; 8] = make_random()?;
        let mut name = prefix(path)?;
        name.push(format!("{:016x}{SUFFIX}", u64::from_be_bytes(random)));
        let path = path.with_file_name(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok(Self { path, file })
    }
}

impl Drop for Unborn {
    fn drop(&mut self) {
        // Gone already when it was renamed.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn prefix(path: &Path) -> Result<OsString, VaultError> {
    let name = path.file_name().ok_or(VaultError::Io { kind: ErrorKind::InvalidFilename })?;
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".");
    Ok(prefix)
}

/// Removes what a crashed birth of this very name left: half a file, or a second name of the one that is there. A rival birth going on at this moment would fail for it, but
/// only one of the two could have the name anyway.
pub(super) fn sweep(path: &Path) {
    let Ok(prefix) = prefix(path) else { return };
    let Ok(entries) = std::fs::read_dir(folder(path)) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let middle = name
            .as_encoded_bytes()
            .strip_prefix(prefix.as_encoded_bytes())
            .and_then(|rest| rest.strip_suffix(SUFFIX.as_bytes()));
        if middle.is_some_and(|hex| hex.len() == 16 && hex.iter().all(u8::is_ascii_hexdigit)) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Gives the finished file its name without replacing anything.
fn give_name(unborn: &Path, path: &Path) -> Result<(), VaultError> {
    match std::fs::hard_link(unborn, path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(VaultError::AlreadyExists),
        Err(_) => reserve_and_rename(unborn, path),
    }
}

fn reserve_and_rename(unborn: &Path, path: &Path) -> Result<(), VaultError> {
    OpenOptions::new().write(true).create_new(true).open(path)?;
    std::fs::rename(unborn, path).map_err(|error| {
        let _ = std::fs::remove_file(path);
        error.into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fallback_without_hard_links_never_replaces_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let (unborn, path) = (dir.path().join("unborn"), dir.path().join("v"));
        std::fs::write(&unborn, b"new").unwrap();
        std::fs::write(&path, b"old").unwrap();
        assert_eq!(reserve_and_rename(&unborn, &path), Err(VaultError::AlreadyExists));
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        std::fs::remove_file(&path).unwrap();
        reserve_and_rename(&unborn, &path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn leftovers_of_a_crashed_birth_are_swept_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let stale = dir.path().join(".v.0123456789abcdef.new");
        let kept = [".v.mine.new", ".w.0123456789abcdef.new", ".v.0123456789abcdef.old"];
        std::fs::write(&stale, b"").unwrap();
        kept.iter().for_each(|name| std::fs::write(dir.path().join(name), b"").unwrap());
        check_free(&dir.path().join("v")).unwrap();
        assert!(!stale.exists());
        assert!(kept.iter().all(|name| dir.path().join(name).exists()));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), kept.len());
    }

    #[test]
    fn a_leftover_journal_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("v-journal"), b"").unwrap();
        assert_eq!(check_free(&dir.path().join("v")), Err(VaultError::LeftoverJournal));
        assert_eq!(check_free(&dir.path().join("none").join("v")), Err(VaultError::NotFound));
    }
}
