//! How a command ends when it does not succeed: one sentence and an exit code.

use crate::out::Out;

/// The end of a command that did not do what was asked.
#[derive(Debug)]
pub enum Failure {
    /// Wrong usage: exit 2.
    Usage(String),
    /// Nothing written, nothing found, or refused: exit 1.
    Refused(String),
    /// The sentence was printed already.
    Told(u8),
    /// The reader of stdout is gone (`| head`): a quiet end.
    ReaderGone,
}

impl Failure {
    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Failure::Usage(_) => 2,
            Failure::Refused(_) => 1,
            Failure::Told(code) => *code,
            Failure::ReaderGone => 0,
        }
    }

    /// Prints the sentence to stderr.
    pub fn tell(&self, out: &Out) {
        if let Failure::Usage(text) | Failure::Refused(text) = self {
            out.error(text);
        }
    }
}
