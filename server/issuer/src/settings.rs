//! What stands in `issuer.toml`.

use mykarte_state::files::{SecretError, parse_settings, read_secret};
use mykarte_wire::Token;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use url::Url;

/// Settings that are not usable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A file cannot be read.
    #[error("{path}: {detail}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// No TOML, or an unknown or missing word.
    #[error("{path}: {detail}")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Line, word and what was expected.
        detail: String,
    },
    /// Others can read the link's token.
    #[error("{path}: others can read the token of the link; chmod 600, and make a new one if somebody did")]
    OpenToken {
        /// Which file.
        path: PathBuf,
    },
    /// The file of the link's token holds something else.
    #[error("{path}: this is no token of a link; `mykarte-issuer link new-token` makes one")]
    NoToken {
        /// Which file.
        path: PathBuf,
    },
}

/// The settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The publisher's address: for the issuer, and on every ticket.
    pub publisher: Url,
    /// The storages of the hospital.
    pub storages: Vec<PathBuf>,
    /// The folder with `issuer.mykarte-keys` and `hospital.mykarte-list`.
    pub keys: PathBuf,
    /// What patients see: a bundled name or a file.
    pub profile: String,
    /// What single patients do not see.
    #[serde(default)]
    pub withhold: Option<PathBuf>,
    /// What the issuer remembers: a file or `postgres://...`.
    #[serde(default = "state")]
    pub state: String,
    /// The file of the link's token.
    #[serde(default = "link_token")]
    pub link_token: PathBuf,
    /// A root certificate besides those of the system.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// Whom patients ask; stands on the sheet.
    #[serde(default)]
    pub contact: Option<String>,
    /// A Japanese font for the sheet.
    #[serde(default)]
    pub font: Option<PathBuf>,
    /// A folder elsewhere for signed heads of the audit chain.
    #[serde(default)]
    pub heads: Option<PathBuf>,
}

fn state() -> String {
    "issuer.sqlite".to_owned()
}

fn link_token() -> PathBuf {
    PathBuf::from("link.token")
}

impl Settings {
    /// Reads a file; paths in it are meant from its own folder.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn read(path: &Path) -> Result<Settings, SettingsError> {
        let text = read(path)?;
        let malformed = |detail| SettingsError::Malformed { path: path.to_owned(), detail };
        let mut settings: Settings = parse_settings(&text).map_err(malformed)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        settings.storages.iter_mut().for_each(|storage| *storage = folder.join(&storage));
        settings.keys = folder.join(&settings.keys);
        settings.link_token = folder.join(&settings.link_token);
        for optional in [&mut settings.withhold, &mut settings.ca, &mut settings.font, &mut settings.heads] {
            *optional = optional.take().map(|path| folder.join(path));
        }
        if !settings.state.contains("://") {
            settings.state = folder.join(&settings.state).to_string_lossy().into_owned();
        }
        // A bundled profile has no dot and no folder.
        if settings.profile.contains(['.', '/', '\\']) {
            settings.profile = folder.join(&settings.profile).to_string_lossy().into_owned();
        }
        Ok(settings)
    }

    /// The link's token.
    ///
    /// # Errors
    /// [`SettingsError::Unreadable`], [`SettingsError::OpenToken`], [`SettingsError::NoToken`].
    pub fn token(&self) -> Result<Token, SettingsError> {
        let path = || self.link_token.clone();
        let bytes = read_secret(&self.link_token).map_err(|error| match error {
            SecretError::Unreadable { kind } => SettingsError::Unreadable { path: path(), detail: kind.to_string() },
            SecretError::Open => SettingsError::OpenToken { path: path() },
        })?;
        let token = std::str::from_utf8(&bytes).ok().and_then(|text| Token::parse(text.trim()));
        token.ok_or_else(|| SettingsError::NoToken { path: path() })
    }
}

fn read(path: &Path) -> Result<String, SettingsError> {
    let unreadable =
        |error: std::io::Error| SettingsError::Unreadable { path: path.to_owned(), detail: error.to_string() };
    std::fs::read_to_string(path).map_err(unreadable)
}
