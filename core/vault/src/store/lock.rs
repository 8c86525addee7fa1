//! One opener at a time: within this program by a list of what is open, between programs by an advisory lock on the file.
//!
//! A second one is told "in use" at once, instead of finding out when it writes. The lock (`flock`) is of another kind
//! than SQLite's (`fcntl`), belongs to the open file and goes with a killed process. That the two kinds do not meet is so on
//! Linux and Android; on Apple's systems, the BSDs and Windows it would keep SQLite itself out, so there the list is all,
//! which is enough for an app, and SQLite's own locks keep two programs' writes apart. The same where a file system knows
//! no such lock.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::gate;
use super::open::PATIENCE;
use crate::error::VaultError;

/// The vaults this program has open.
static OPEN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn open() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Held while a vault is open.
pub(crate) struct Lock {
    path: PathBuf,
    file: Option<File>,
}

impl Lock {
    /// Takes the lock; waits a moment for who reads just now, as SQLite does for its own, and then says that another
    /// has it.
    pub(crate) fn take(path: &Path) -> Result<Self, VaultError> {
        let begun = Instant::now();
        loop {
            match Self::try_take(path) {
                Err(VaultError::InUse) if begun.elapsed() < PATIENCE => std::thread::sleep(PATIENCE / 25),
                outcome => return outcome,
            }
        }
    }

    fn try_take(path: &Path) -> Result<Self, VaultError> {
        if !std::fs::metadata(path)?.is_file() {
            return Err(VaultError::NotAVault);
        }
        let path = std::fs::canonicalize(path)?;
        if !open().insert(path.clone()) {
            return Err(VaultError::InUse);
        }
        // From here on a drop takes it off the list.
        let mut lock = Self { path, file: None };
        if cfg!(any(target_os = "linux", target_os = "android")) {
            // Closing this file again drops SQLite's locks of this process: never while a commit runs.
            let _gate = gate();
            let file = File::open(&lock.path)?;
            match file.try_lock() {
                Ok(()) => lock.file = Some(file),
                Err(TryLockError::WouldBlock) => return Err(VaultError::InUse),
                Err(TryLockError::Error(_)) => {}
            }
        }
        Ok(lock)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.file.is_some() {
            let _gate = gate();
            self.file = None;
        }
        open().remove(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_and_the_lock_goes_with_the_first() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("v");
        std::fs::write(&path, b"x").unwrap();
        let first = Lock::take(&path).unwrap();
        assert_eq!(Lock::take(&path).err(), Some(VaultError::InUse));
        assert_eq!(Lock::take(&dir.path().join(".").join("v")).err(), Some(VaultError::InUse));
        drop(first);
        assert!(Lock::take(&path).is_ok());
        assert_eq!(Lock::take(dir.path()).err(), Some(VaultError::NotAVault));
        assert_eq!(Lock::take(&dir.path().join("none")).err(), Some(VaultError::NotFound));
    }
}
