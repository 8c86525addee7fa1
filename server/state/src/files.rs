//! Files that an administrator wrote: settings, and secrets that must be their owner's alone.

use std::io::ErrorKind;
use std::path::Path;

use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// Why a secret is not taken from its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It cannot be read.
    #[error("{kind}")]
    Unreadable {
        /// What the system says.
        kind: ErrorKind,
    },
    /// Group or others may do something with it.
    #[error("it can be read by others; chmod 600, and consider whether somebody did")]
    Open,
}

/// The bytes of a file that nobody but its owner may read.
///
/// # Errors
/// [`SecretError`].
pub fn read_secret(path: &Path) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let fail = |error: std::io::Error| SecretError::Unreadable { kind: error.kind() };
    let bytes = Zeroizing::new(std::fs::read(path).map_err(fail)?);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if std::fs::metadata(path).map_err(fail)?.permissions().mode() & 0o077 != 0 {
            return Err(SecretError::Open);
        }
    }
    Ok(bytes)
}

/// Reads settings (TOML).
///
/// # Errors
/// The line and what is wrong with it. Never the line itself: it may hold a password.
pub fn parse_settings<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
        format!("line {line}: {}", error.message())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_secret_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, b"secret").unwrap();
        assert_eq!(read_secret(file.path()).unwrap().as_slice(), b"secret");
        for mode in [0o640, 0o604, 0o620] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(read_secret(file.path()), Err(SecretError::Open), "{mode:o}");
        }
        let nowhere = file.path().with_extension("none");
        assert_eq!(read_secret(&nowhere), Err(SecretError::Unreadable { kind: ErrorKind::NotFound }));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_line_and_not_shown() {
        let wrong = parse_settings::<toml::Table>("a = 1\nstate = postgres://me:hidden@host\n").unwrap_err();
        assert!(wrong.starts_with("line 2: ") && !wrong.contains("hidden"), "{wrong}");
    }
}
