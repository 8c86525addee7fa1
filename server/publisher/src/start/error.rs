//! Why a publisher does not start, with what to do about it.

use crate::error::Refused;
use crate::packages::CopyError;
use crate::settings::SettingsError;
use mykarte_state::StateError;
use mykarte_state::heads::HeadError;
use std::path::PathBuf;

/// Why the publisher does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Keys or a storage lie in a folder that the publisher uses.
    #[error(
        "{path}: this belongs inside the hospital, and the publisher is open to everybody. Move it away; for a trial on one machine add --dangerous-single-host"
    )]
    Inside {
        /// What was found.
        path: PathBuf,
    },
    /// Certificate or key.
    #[error("TLS cannot begin: {detail}. Both files are PEM; the certificate's chain begins with the server's own")]
    Tls {
        /// Which file and what is wrong.
        detail: String,
    },
    /// The address is not free.
    #[error("{address}: {detail}; check `listen`, and which program has this port")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system says.
        detail: String,
    },
    /// It serves already.
    #[error("the publisher of these settings is serving already; to start it anew, stop it first")]
    Serving,
    /// The database.
    #[error("the database of `state` cannot be used: {0}")]
    State(#[from] StateError),
    /// There is none, and only `serve` makes one.
    #[error(
        "there is no database at `state`. On a new machine that is right: the first `serve` makes it. Else `state` is wrong, or the database has to be brought back from a backup. Nothing was made"
    )]
    NoState,
    /// The signed heads.
    #[error(transparent)]
    Heads(#[from] HeadError),
    /// A copy.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// What was to be verified cannot be read.
    #[error("{path}: {detail}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// Something else that fails at the start.
    #[error(transparent)]
    Refused(#[from] Refused),
}
