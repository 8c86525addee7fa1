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
    line: Line,
    stdin: bool,
}

impl Source {
    /// As the arguments say.
    pub fn new(secret: &Secret) -> Source {
        let wanted = secret.passcode_stdin || secret.recovery_code_stdin;
        Source::of(if secret.recovery_code_stdin { Line::RecoveryCode } else { Line::Passcode }, wanted)
    }

    /// One secret, from a prompt or that line of stdin.
    pub fn of(line: Line, from_stdin: bool) -> Source {
        // What is typed into stdin on a terminal would be seen on the screen: there it is asked for, hidden.
        Source { line, stdin: from_stdin && !std::io::stdin().is_terminal() }
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
            return Err(Failure::Refused(self.why(&VaultError::NotFound, path, out)));
        }
        loop {
            let secret = self.secret(out)?;
            let error = match self.attempt(&secret, path, out)? {
                Ok(vault) => return Ok(vault),
                Err(error) if self.stdin => {
                    return Err(Failure::Refused(self.why(&error, path, out)));
                }
                Err(error) => error,
            };
            let wait = match error {
                VaultError::WrongPasscode { retry_after, .. } => retry_after,
                VaultError::WrongRecoveryCode | VaultError::RecoveryCodeMistyped => Duration::ZERO,
                _ => return Err(Failure::Refused(self.why(&error, path, out))),
            };
            out.error(&self.why(&error, path, out));
            wait::sit_out(wait, out)?;
        }
    }

    fn secret(&self, out: &Out) -> Result<Zeroizing<String>, Failure> {
        ask::secret(self.line, self.stdin, out)
    }

    /// Why it does not open. Files of keys take no recovery code here, so none is advised.
    fn why(&self, error: &VaultError, path: &Path, out: &Out) -> String {
        match self.line.is_of_keys() {
            true => errors::opening_keys(error, path, out.language),
            false => errors::opening(error, path, out.language),
        }
    }

    /// One secret, one try. The wait that earlier wrong passcodes cost is sat out first, by a person as by a script:
    /// who comes back as a new process would otherwise never see its end.
    fn attempt(&self, secret: &str, path: &Path, out: &Out) -> Result<Result<Vault, VaultError>, Failure> {
        loop {
            let opened = match self.line == Line::RecoveryCode {
                true => RecoveryCode::parse(secret).and_then(|code| Vault::unlock(path, Unlock::Recovery(&code))),
                false => Passcode::new(secret.as_bytes()).and_then(|passcode| Vault::unlock(path, &passcode)),
            };
            match opened {
                Err(VaultError::TooManyTries { retry_after, .. }) => {
                    out.warn(&errors::waiting(retry_after, !self.line.is_of_keys(), out.language));
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
            false => passcode::twice(line, out),
        }
    }
}
