//! Where a package goes, and the key list beside it.

use crate::cmd::keys::LIST;
use crate::failure::Failure;
use crate::files::{self, For};
use crate::out::Out;
use crate::words::{errors, package as words};
use mykarte::vault::package::KeyList;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What lies where the key list would go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    /// Nothing.
    Nothing,
    /// This one.
    Same,
    /// An older one of the same hospital.
    Older,
    /// A newer one of the same hospital: the folder of keys is an old copy.
    Newer,
    /// Something else, which is not ours to replace.
    Other,
}

/// A file to be made.
pub struct Place {
    pub package: PathBuf,
}

impl Place {
    /// A file that is not there yet; in a folder one of a name that says nothing.
    pub fn new(path: &Path, out: &Out) -> Result<Place, Failure> {
        let refused = |kind| Failure::Refused(errors::unwritable(path, kind, out.language));
        let names_folder = path.as_os_str().to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
        if names_folder && !path.is_dir() {
            return Err(refused(ErrorKind::NotFound));
        }
        let package = match path.is_dir() {
            true => files::random_name(path, ".mykarte").map_err(refused)?,
            false => path.to_path_buf(),
        };
        files::check_free(&package).map_err(refused)?;
        Ok(Place { package })
    }

    fn list(&self) -> PathBuf {
        self.package.with_file_name(LIST)
    }

    fn beside(&self, list: &KeyList) -> Beside {
        let bytes = match files::read(&self.list()) {
            Ok(bytes) => bytes,
            Err(ErrorKind::NotFound) => return Beside::Nothing,
            Err(_) => return Beside::Other,
        };
        let Ok(there) = KeyList::dangerous_read_unpinned(&bytes) else { return Beside::Other };
        match (there.may_become(list), list.may_become(&there)) {
            (Ok(true), _) => Beside::Older,
            (Ok(false), _) => Beside::Same,
            (_, Ok(true)) => Beside::Newer,
            _ => Beside::Other,
        }
    }

    /// A list of the same hospital that is newer than ours: what is issued now may be refused everywhere.
    pub fn check_list(&self, list: &KeyList, out: &Out) -> Result<(), Failure> {
        if self.beside(list) != Beside::Newer {
            return Ok(());
        }
        let text = format!("{}: {}", self.list().display(), words::newer_list(out.language));
        Err(Failure::Refused(text))
    }

    /// Writes the package; what is there by now stays.
    pub fn write(&self, package: &[u8], out: &mut Out) -> Result<(), Failure> {
        let written = files::write_new(&self.package, package, For::Owner);
        written.map_err(|kind| Failure::Refused(errors::unwritable(&self.package, kind, out.language)))
    }

    /// Puts the list beside it, unless something else is there; returns whether this list lies there.
    pub fn put_list(&self, list: &KeyList) -> Result<bool, ErrorKind> {
        let path = self.list();
        match self.beside(list) {
            Beside::Nothing => files::write_new(&path, list.as_bytes(), For::All)?,
            Beside::Older => files::replace(&path, list.as_bytes(), For::All)?,
            Beside::Same => {}
            Beside::Newer | Beside::Other => return Ok(false),
        }
        Ok(true)
    }

    /// What lies where.
    pub fn tell(&self, listed: Result<bool, ErrorKind>, out: &mut Out) -> Result<(), Failure> {
        let path = self.list();
        out.line(format!("{}: {}", out.pick("パッケージ", "package"), self.package.display()))?;
        match listed {
            Ok(true) => out.line(format!("{}: {}", out.pick("鍵リスト", "key list"), path.display())),
            Ok(false) => {
                out.finish()?;
                out.warn(&format!("{}: {}", path.display(), words::other_list(out.language)));
                Ok(())
            }
            Err(kind) => {
                let error = errors::unwritable(&path, kind, out.language);
                Err(Failure::Refused(words::sealed_without_list(&error, out.language)))
            }
        }
    }
}
