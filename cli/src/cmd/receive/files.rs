//! What was given: packages and key lists in any order, told by how they begin.

use crate::cmd::keys::LIST;
use crate::failure::Failure;
use crate::files;
use crate::out::Out;
use crate::words::{errors, package as words};
use mykarte::vault::package::{FileKind, Outside};
use std::path::PathBuf;

/// A key list.
pub struct KeyListFile {
    pub path: PathBuf,
    pub bytes: Vec<u8>,
    /// Nobody named it: it lies beside a package.
    pub is_beside: bool,
}

/// A package.
pub struct PackageFile {
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

/// All of them.
#[derive(Default)]
pub struct Given {
    pub lists: Vec<KeyListFile>,
    /// Older ones first, so that none of them is refused for a newer one beside it.
    pub packages: Vec<PackageFile>,
    /// What is neither, or cannot be read; it keeps no other away.
    pub strays: Vec<String>,
}

impl Given {
    /// Reads them before anybody types a passcode.
    ///
    /// # Errors
    /// Where none of them is of use.
    pub fn read(paths: &[PathBuf], out: &Out) -> Result<Given, Failure> {
        let mut given = Given::default();
        for path in paths {
            let bytes = match files::read(path) {
                Ok(bytes) => bytes,
                Err(kind) => {
                    given.strays.push(errors::unreadable(path, kind, out.language));
                    continue;
                }
            };
            match FileKind::of(&bytes) {
                Some(FileKind::Package) => given.packages.push(PackageFile { path: path.clone(), bytes }),
                Some(FileKind::KeyList) => {
                    given.lists.push(KeyListFile { path: path.clone(), bytes, is_beside: false });
                }
                None => given.strays.push(format!("{}: {}", path.display(), words::neither(out.language))),
            }
        }
        if given.packages.is_empty() && given.lists.is_empty() {
            return Err(Failure::Refused(given.strays.join("\n")));
        }
        given.add_lists_beside();
        given.packages.sort_by_key(|package| Outside::read(&package.bytes).ok().map(|outside| outside.number));
        Ok(given)
    }

    fn add_lists_beside(&mut self) {
        for package in &self.packages {
            let path = package.path.with_file_name(LIST);
            let Ok(bytes) = files::read(&path) else { continue };
            let is_known = self.lists.iter().any(|list| list.bytes == bytes);
            if !is_known && FileKind::of(&bytes) == Some(FileKind::KeyList) {
                self.lists.push(KeyListFile { path, bytes, is_beside: true });
            }
        }
    }
}
