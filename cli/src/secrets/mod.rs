//! What opens a vault: a passcode or a recovery code, by hidden prompt or as a line of stdin. Never an argument or an
//! environment variable, which other programs can see.
//!
//! ```text
//! ask      -> one secret, typed or read        wait -> between wrong passcodes
//! passcode -> a new passcode, typed twice      code -> a recovery code, shown once
//! ```

mod ask;
mod code;
mod passcode;
mod wait;

use crate::args::Secret;
use crate::failure::Failure;
use crate::out::Out;
use crate::words::errors;
use mykarte::vault::{Passcode, RecoveryCode, Unlock, Vault, VaultError};
use std::io::{ErrorKind, IsTerminal};
use std::path::Path;
use std::time::Duration;

pub use ask::Line;
pub use code::show as show_code;
pub use passcode::New;

/// Where the secrets of a command come from.
pub struct Source {
    recovery: bool,
    stdin: bool,
}

impl Source {
    /// As the arguments say.
    pub fn new(secret: &Secret) -> Source {
        let wanted = secret.passcode_stdin || secret.recovery_code_stdin;
        // What is typed into stdin on a terminal would be seen on the screen: there it is asked for, hidden.
        Source { recovery: secret.recovery_code_stdin, stdin: wanted && !std::io::stdin().is_terminal() }
    }

    /// Whether somebody sits at a terminal and is asked.
    pub fn asks(&self) -> bool {
        !self.stdin
    }

    /// Unlocks a vault that exists. On a terminal a wrong secret is asked for again, after the wait it costs; who reads
    /// from a pipe is told instead.
    pub fn unlock(&self, path: &Path, out: &Out) -> Result<Vault, Failure> {
        // Nobody likes to type a secret and then hear that the file is not there.
        if path.symlink_metadata().is_err_and(|e| e.kind() == ErrorKind::NotFound) {
            return Err(Failure::Refused(errors::opening(&VaultError::NotFound, path, out.language)));
        }
        loop {
            let error = match self.attempt(path, out)? {
                Ok(vault) => return Ok(vault),
                Err(error) => error,
            };
            let wait = match error {
                _ if self.stdin => return Err(Failure::Refused(errors::opening_by_pipe(&error, path, out.language))),
                VaultError::WrongPasscode { retry_after, .. } | VaultError::TooManyTries { retry_after, .. } => {
                    retry_after
                }
                VaultError::WrongRecoveryCode | VaultError::RecoveryCodeMistyped => Duration::ZERO,
                _ => return Err(Failure::Refused(errors::opening(&error, path, out.language))),
            };
            out.error(&errors::opening(&error, path, out.language));
            wait::sit_out(wait, out)?;
        }
    }

    /// One secret, one try.
    fn attempt(&self, path: &Path, out: &Out) -> Result<Result<Vault, VaultError>, Failure> {
        if self.recovery {
            let typed = ask::secret(Line::RecoveryCode, self.stdin, out)?;
            return Ok(RecoveryCode::parse(&typed).and_then(|code| Vault::unlock(path, Unlock::Recovery(&code))));
        }
        let typed = ask::secret(Line::Passcode, self.stdin, out)?;
        Ok(Passcode::new(typed.as_bytes()).and_then(|passcode| Vault::unlock(path, &passcode)))
    }

    /// A new passcode: typed twice, or the line of stdin that is named; not weak.
    pub fn make(&self, line: Line, out: &Out) -> Result<New, Failure> {
        match self.stdin {
            true => passcode::read(&ask::line_of_stdin(line, out)?, out),
            false => passcode::twice(out),
        }
    }
}
