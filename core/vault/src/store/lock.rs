//! One opener at a time: whoever has the vault open holds an advisory lock on its file.
//!
//! A second program is told "in use" at once, instead of finding out when it writes. The lock (`flock`) is of another kind
//! than SQLite's (`fcntl`), belongs to the open file and goes with a killed process. That the two kinds do not meet is so on
//! Linux and Android; on Apple's systems, the BSDs and Windows it would keep SQLite itself out, so there is none, and
//! SQLite's own locks keep writers apart. The same where a file system knows no such lock.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Instant;

use super::gate;
use super::open::PATIENCE;
use crate::error::VaultError;

/// Held while a vault is open.
pub(crate) struct Lock(Option<File>);

impl Lock {
    /// Takes the lock; waits a moment for who reads just now, as SQLite does for its own, and then says that another
    /// has it.
    pub(crate) fn take(path: &Path) -> Result<Self, VaultError> {
        if !cfg!(any(target_os = "linux", target_os = "android")) {
            return Ok(Self(None));
        }
        let begun = Instant::now();
        loop {
            match Self::try_take(path) {
                Err(VaultError::InUse) if begun.elapsed() < PATIENCE => std::thread::sleep(PATIENCE / 25),
                outcome => return outcome,
            }
        }
    }

    fn try_take(path: &Path) -> Result<Self, VaultError> {
        // Closing this file again drops SQLite's locks of this process: never while a commit runs.
        let _gate = gate();
        if !std::fs::metadata(path)?.is_file() {
            return Err(VaultError::NotAVault);
        }
        let file = File::open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Some(file))),
            Err(TryLockError::WouldBlock) => Err(VaultError::InUse),
            Err(TryLockError::Error(_)) => Ok(Self(None)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _gate = gate();
        self.0 = None;
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
        drop(first);
        assert!(Lock::take(&path).is_ok());
        assert_eq!(Lock::take(dir.path()).err(), Some(VaultError::NotAVault));
        assert_eq!(Lock::take(&dir.path().join("none")).err(), Some(VaultError::NotFound));
    }
}
