//! Who may reach the address, and what must not lie in the folders.

use super::StartError;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// Whether an address is one that others than this machine and its own network may reach.
pub(super) fn is_for_everybody(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => !(v4.is_loopback() || v4.is_private() || v4.is_link_local()),
        IpAddr::V6(v6) => !(v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local()),
    }
}

/// A name alone is in the folder where we are.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_owned()
}

/// What belongs to the issuer is recognised by its name.
pub(super) fn nothing_inside(folder: &Path) -> Result<(), StartError> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        // Three digits above three digits: a storage (SS-MIX2, folder layout).
        let is_storage = is_folder && name.len() == 3 && name.bytes().all(|b| b.is_ascii_digit());
        if name.ends_with(".mykarte-keys") || name == "issuer.toml" || is_storage {
            return Err(StartError::Inside { path: entry.path() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_everybody_reaches_is_known() {
        let is_for_everybody = |text: &str| is_for_everybody(text.parse().unwrap());
        for own in
            ["127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "fd00::1", "fe80::1", "::ffff:127.0.0.1"]
        {
            assert!(!is_for_everybody(own), "{own}");
        }
        for open in ["0.0.0.0", "::", "203.0.113.9", "2001:db8::1", "172.32.0.1"] {
            assert!(is_for_everybody(open), "{open}");
        }
    }

    #[test]
    fn keys_and_storages_are_found_beside_whatever_is_named() {
        assert_eq!(folder_of(Path::new("publisher.toml")), Path::new("."));
        assert_eq!(folder_of(Path::new("/etc/mykarte/publisher.toml")), Path::new("/etc/mykarte"));
        for name in ["root.mykarte-keys", "issuer.toml", "000/"] {
            let dir = tempfile::tempdir().unwrap();
            assert!(nothing_inside(dir.path()).is_ok());
            let path = dir.path().join(name.trim_end_matches('/'));
            if name.ends_with('/') {
                std::fs::create_dir(&path).unwrap()
            } else {
                std::fs::write(&path, b"").unwrap()
            }
            assert!(matches!(nothing_inside(dir.path()), Err(StartError::Inside { .. })), "{name}");
        }
    }
}
