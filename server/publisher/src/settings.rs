//! What stands in `publisher.toml`. Unknown words are refused, and words that belong inside the hospital above all.

use mykarte_state::files::parse_settings;
use mykarte_wire::TokenHash;
use serde::Deserialize;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use url::Url;

/// Words of settings that have no place outside the hospital.
const INSIDE: [&str; 9] =
    ["storage", "storages", "keys", "root", "signing_key", "signing_keys", "issuer_keys", "passcode", "patients"];

/// Settings that are not usable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("{path}: {detail}; name the settings with --settings FILE")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// It is no TOML, or has an unknown or missing word.
    #[error("{path}: {detail}")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Line, word and what was expected.
        detail: String,
    },
    /// A word that belongs to the issuer.
    #[error(
        "{path}: `{word}` belongs to the issuer, inside the hospital; the publisher must have neither storage nor keys. Remove it"
    )]
    Inside {
        /// Which file.
        path: PathBuf,
        /// The word.
        word: String,
    },
    /// Neither TLS nor a proxy that does it, or both.
    #[error("{path}: give [tls] with certificate and key, or behind_proxy = true, and not both")]
    Tls {
        /// Which file.
        path: PathBuf,
    },
    /// No place for packages, or two of one name.
    #[error("{path}: give at least one [[copies]], each with a name of its own")]
    Copies {
        /// Which file.
        path: PathBuf,
    },
}

/// The settings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address and port where calls come in.
    pub listen: std::net::SocketAddr,
    /// `postgres://...` or a file.
    pub state: String,
    /// The hash of the link's token, as `mykarte-issuer init` prints it.
    pub link_token_hash: TokenHash,
    /// A folder elsewhere that signed heads of the audit chain are written to.
    #[serde(default)]
    pub heads: Option<PathBuf>,
    /// Certificate and key.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// A proxy does TLS and says who calls.
    #[serde(default)]
    pub behind_proxy: bool,
    /// Where packages are kept.
    pub copies: Vec<CopySettings>,
    /// How often one address may call.
    #[serde(default)]
    pub limits: Rates,
}

/// Certificate and key, PEM.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The chain, the server's own first.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// A place for packages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopySettings {
    /// What it is called in messages.
    pub name: String,
    /// `file:///folder` or `s3://bucket?endpoint=https://host`.
    pub url: Url,
}

/// Calls a minute from one address.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rates {
    /// All of them.
    pub calls: NonZeroU32,
    /// Requests to enrol.
    pub enrolments: NonZeroU32,
}

impl Default for Rates {
    fn default() -> Self {
        // A hospital's waiting room behind one address: dozens of phones that poll every two seconds.
        const CALLS: NonZeroU32 = NonZeroU32::new(3_000).expect("not zero");
        const ENROLMENTS: NonZeroU32 = NonZeroU32::new(120).expect("not zero");
        Rates { calls: CALLS, enrolments: ENROLMENTS }
    }
}

impl Settings {
    /// Reads a file; paths in it are meant from its own folder.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn read(path: &Path) -> Result<Settings, SettingsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| SettingsError::Unreadable { path: path.to_owned(), detail: error.to_string() })?;
        let mut settings = Settings::parse(&text, path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        if !settings.state.contains("://") {
            settings.state = folder.join(&settings.state).to_string_lossy().into_owned();
        }
        settings.heads = settings.heads.map(|heads| folder.join(heads));
        settings.tls =
            settings.tls.map(|tls| Tls { certificate: folder.join(tls.certificate), key: folder.join(tls.key) });
        Ok(settings)
    }

    fn parse(text: &str, path: &Path) -> Result<Settings, SettingsError> {
        let malformed = |detail| SettingsError::Malformed { path: path.to_owned(), detail };
        let table: toml::Table = parse_settings(text).map_err(malformed)?;
        if let Some(word) = table.keys().find(|word| INSIDE.contains(&word.as_str())) {
            return Err(SettingsError::Inside { path: path.to_owned(), word: word.clone() });
        }
        let settings: Settings = parse_settings(text).map_err(malformed)?;
        if settings.tls.is_some() == settings.behind_proxy {
            return Err(SettingsError::Tls { path: path.to_owned() });
        }
        let mut names: Vec<&str> = settings.copies.iter().map(|copy| copy.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() || names.len() < settings.copies.len() {
            return Err(SettingsError::Copies { path: path.to_owned() });
        }
        Ok(settings)
    }

    /// The copies by name.
    pub fn named_copies(&self) -> Vec<(String, Url)> {
        self.copies.iter().map(|copy| (copy.name.clone(), copy.url.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        listen = "127.0.0.1:8443"
        state = "state.sqlite"
        link_token_hash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        behind_proxy = true
        [[copies]]
        name = "east"
        url = "file:///tmp/east"
    "#;

    fn parse(text: &str) -> Result<Settings, SettingsError> {
        Settings::parse(text, Path::new("publisher.toml"))
    }

    #[test]
    fn a_storage_or_a_key_is_refused_by_name() {
        assert!(parse(GOOD).is_ok());
        for word in INSIDE {
            let refused = parse(&format!("{word} = \"/srv\"\n{GOOD}")).unwrap_err();
            assert!(matches!(&refused, SettingsError::Inside { word: named, .. } if named == word), "{refused}");
        }
        assert!(matches!(parse(&format!("colour = 1\n{GOOD}")), Err(SettingsError::Malformed { .. })));
    }

    #[test]
    fn tls_is_done_once_and_copies_have_names() {
        let both = format!("{GOOD}\n[tls]\ncertificate = \"a\"\nkey = \"b\"\n");
        assert!(matches!(parse(&both), Err(SettingsError::Tls { .. })));
        assert!(matches!(parse(&GOOD.replace("true", "false")), Err(SettingsError::Tls { .. })));
        let twice = format!("{GOOD}\n[[copies]]\nname = \"east\"\nurl = \"file:///tmp/west\"\n");
        assert!(matches!(parse(&twice), Err(SettingsError::Copies { .. })));
    }
}
