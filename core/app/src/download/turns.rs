//! Turns at a vault: what waits for a network holds no vault meanwhile.

use super::DownloadError;
use crate::archive::Archive;

/// Gives turns at one vault. Between two turns it may be locked, and other threads may use it.
pub trait Turns {
    /// Works on the vault, never on the network.
    ///
    /// # Errors
    /// The work's own; [`DownloadError::Locked`].
    fn turn<T>(&mut self, work: impl FnOnce(&mut Archive) -> Result<T, DownloadError>) -> Result<T, DownloadError>;
}

/// Whoever has the vault to himself.
impl Turns for Archive {
    fn turn<T>(&mut self, work: impl FnOnce(&mut Archive) -> Result<T, DownloadError>) -> Result<T, DownloadError> {
        work(self)
    }
}
