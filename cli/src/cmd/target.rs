//! The vault that a command writes into: one that exists, or one to be made.

use crate::args::Secret;
use crate::failure::Failure;
use crate::files;
use crate::out::Out;
use crate::secrets::{Line, New, Source};
use crate::words::errors;
use mykarte::package::holds_keys;
use mykarte::vault::{KdfParams, Vault, VaultError};
use std::path::Path;

/// Where a record or an enrolment goes.
pub enum Target {
    /// A vault that exists, opened before the work so that a wrong passcode is heard early.
    Stored(Box<Vault>),
    /// A vault to be made after the work.
    New(New),
}

impl Target {
    /// Opens the vault, or asks for the passcode of a new one.
    pub fn new(path: &Path, secret: &Secret, source: &Source, out: &Out) -> Result<Target, Failure> {
        if path.symlink_metadata().is_ok() {
            let vault = source.unlock(path, out)?;
            check_kind(&vault, path, out)?;
            return Ok(Target::Stored(Box::new(vault)));
        }
        if secret.recovery_code_stdin {
            let text = format!("{}: {}", path.display(), errors::no_vault_yet(out.language));
            return Err(Failure::Usage(text));
        }
        if !files::folder(path).is_dir() {
            return Err(Failure::Refused(errors::opening(&VaultError::NotFound, path, out.language)));
        }
        Ok(Target::New(source.make(Line::Passcode, out)?))
    }

    /// The vault; a new one has no file before its first record.
    pub fn vault(self, path: &Path, out: &Out) -> Result<Vault, VaultError> {
        match self {
            Target::Stored(vault) => Ok(*vault),
            Target::New(new) => {
                new.warn_if_short(out);
                Vault::create(path, &new.passcode, KdfParams::default())
            }
        }
    }
}

/// A hospital's keys are no place for a patient's record.
pub fn check_kind(vault: &Vault, path: &Path, out: &Out) -> Result<(), Failure> {
    let refused = |text: String| Err(Failure::Refused(text));
    match holds_keys(vault) {
        Ok(false) => Ok(()),
        Ok(true) => refused(format!("{}: {}", path.display(), errors::is_of_keys(out.language))),
        Err(error) => refused(errors::vault_at(&error, path, out.language)),
    }
}
