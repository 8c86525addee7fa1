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
use zeroize::Zeroizing;

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

    /// Unlocks a vault that exists. On a terminal a wrong secret is asked for again, after the wait it costs; a wrong one
    /// from a pipe ends the command.
    pub fn unlock(&self, path: &Path, out: &Out) -> Result<Vault, Failure> {
        // Nobody likes to type a secret and then hear that the file is not there.
        if path.symlink_metadata().is_err_and(|e| e.kind() == ErrorKind::NotFound) {
            return Err(Failure::Refused(errors::opening(&VaultError::NotFound, path, out.language)));
        }
        loop {
            let secret = self.secret(out)?;
            let error = match self.attempt(&secret, path, out)? {
                Ok(vault) => return Ok(vault),
                Err(error) if self.stdin => {
                    return Err(Failure::Refused(errors::opening(&error, path, out.language)));
                }
                Err(error) => error,
            };
            let wait = match error {
                VaultError::WrongPasscode { retry_after, .. } => retry_after,
                VaultError::WrongRecoveryCode | VaultError::RecoveryCodeMistyped => Duration::ZERO,
                _ => return Err(Failure::Refused(errors::opening(&error, path, out.language))),
            };
            out.error(&errors::opening(&error, path, out.language));
            wait::sit_out(wait, out)?;
        }
    }

    fn secret(&self, out: &Out) -> Result<Zeroizing<String>, Failure> {
        ask::secret(if self.recovery { Line::RecoveryCode } else { Line::Passcode }, self.stdin, out)
    }

    /// One secret, one try. The wait that earlier wrong passcodes cost is sat out first, by a person as by a script:
    /// who comes back as a new process would otherwise never see its end.
    fn attempt(&self, secret: &str, path: &Path, out: &Out) -> Result<Result<Vault, VaultError>, Failure> {
        loop {
            let opened = match self.recovery {
                true => RecoveryCode::parse(secret).and_then(|code| Vault::unlock(path, Unlock::Recovery(&code))),
                false => Passcode::new(secret.as_bytes()).and_then(|passcode| Vault::unlock(path, &passcode)),
            };
            match opened {
                Err(VaultError::TooManyTries { retry_after, .. }) => {
                    out.warn(&errors::waiting(retry_after, out.language));
                    wait::sit_out(retry_after, out)?;
                }
                opened => return Ok(opened),
            }
        }
    }

    /// A new passcode: typed twice, or the line of stdin that is named; not weak.
    pub fn make(&self, line: Line, out: &Out) -> Result<New, Failure> {
        match self.stdin {
            true => passcode::read(&ask::line_of_stdin(line, out)?, out),
            false => passcode::twice(out),
        }
    }
}
