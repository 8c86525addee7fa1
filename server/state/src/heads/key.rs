//! The key of a server's heads, in a file of its own.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

use mykarte_vault::package::SigningKey;
use tempfile::NamedTempFile;

use super::HeadError;
use crate::files::{SecretError, read_secret};

/// Waits until no other program signs with this key, and keeps them waiting as long as what it gives is there: heads reach
/// their second places in the order in which they were signed.
///
/// # Errors
/// [`HeadError::Key`], [`HeadError::KeyDamaged`], [`HeadError::KeyOpen`].
pub fn in_turn(key: &Path) -> Result<File, HeadError> {
    head_key(key)?;
    let file = File::open(key).map_err(|error| HeadError::Key { kind: error.kind() })?;
    match file.lock() {
        // Without locks a head that came second may be refused where two programs sign at once; the next one is taken.
        Err(error) if error.kind() != ErrorKind::Unsupported => Err(HeadError::Key { kind: error.kind() }),
        _ => Ok(file),
    }
}

/// The key of a server's heads, from its own file, which is made on first use.
///
/// # Errors
/// [`HeadError::Key`], [`HeadError::KeyDamaged`], [`HeadError::KeyOpen`].
pub fn head_key(path: &Path) -> Result<SigningKey, HeadError> {
    let fail = |error: std::io::Error| HeadError::Key { kind: error.kind() };
    match existing_head_key(path) {
        Err(HeadError::Key { kind: ErrorKind::NotFound }) => {}
        found => return found,
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let key = SigningKey::make().map_err(|_| HeadError::Key { kind: ErrorKind::Other })?;
    // Such a file is its owner's only from the beginning, and under its name once it is whole.
    let mut file = NamedTempFile::new_in(folder).map_err(fail)?;
    file.write_all(key.dangerous_bytes()).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    match file.persist_noclobber(path) {
        Ok(_) => File::open(folder).and_then(|folder| folder.sync_all()).map_err(fail)?,
        Err(taken) if taken.error.kind() == ErrorKind::AlreadyExists => {}
        Err(other) => return Err(fail(other.error)),
    }
    existing_head_key(path)
}

/// The key of a server's heads, if there is one: for whoever verifies, and makes nothing.
///
/// # Errors
/// [`HeadError::Key`], [`HeadError::KeyDamaged`], [`HeadError::KeyOpen`].
pub fn existing_head_key(path: &Path) -> Result<SigningKey, HeadError> {
    let bytes = read_secret(path).map_err(|error| match error {
        SecretError::Unreadable { kind } => HeadError::Key { kind },
        SecretError::Open => HeadError::KeyOpen,
    })?;
    let seed = bytes.as_slice().try_into().map_err(|_| HeadError::KeyDamaged)?;
    Ok(SigningKey::dangerous_from_bytes(seed))
}
