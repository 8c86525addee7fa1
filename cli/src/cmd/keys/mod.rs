//! `keys`: a hospital's root key, signing keys and key list, in a folder of its own.
//!
//! ```text
//! root.mykarte-keys      the root key: signs key lists, lies offline
//! issuer.mykarte-keys    the signing keys and the numbers of what was issued
//! hospital.mykarte-list  what devices are told of them; public
//! ```

mod change;
mod list;
mod new_root;
mod new_signing;
mod root;

use crate::args::KeysCommand;
use crate::failure::Failure;
use crate::files::{self, For};
use crate::out::Out;
use crate::words::{errors, keys as words};
use mykarte::package::KeysError;
use mykarte::vault::package::KeyList;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub use list::hospital;

/// The name of a key list, in a hospital's folder and beside packages.
pub const LIST: &str = "hospital.mykarte-list";

/// Does what was asked.
pub fn run(command: &KeysCommand, out: &mut Out) -> Result<(), Failure> {
    match command {
        KeysCommand::NewRoot { keys, hospital, passcode_stdin } => {
            new_root::run(&Folder(keys), hospital, *passcode_stdin, out)
        }
        KeysCommand::NewSigning(args) => new_signing::run(args, out),
        KeysCommand::List { file: Some(file), json, .. } => list::run(file, *json, out),
        KeysCommand::List { keys, json, .. } => {
            let folder = Folder(keys.as_deref().unwrap_or(Path::new(".")));
            folder.list(out)?;
            list::run(&folder.list_path(), *json, out)
        }
        KeysCommand::Revoke(args) => change::revoke(args, out),
        KeysCommand::NewEpoch(args) => change::new_epoch(args, out),
    }
}

/// A hospital's folder.
#[derive(Clone, Copy)]
pub struct Folder<'a>(pub &'a Path);

impl Folder<'_> {
    pub fn root_path(self) -> PathBuf {
        self.0.join("root.mykarte-keys")
    }

    pub fn issuer_path(self) -> PathBuf {
        self.0.join("issuer.mykarte-keys")
    }

    pub fn list_path(self) -> PathBuf {
        self.0.join(LIST)
    }

    /// Its key list; without one the folder is none of ours.
    pub fn list(self, out: &Out) -> Result<KeyList, Failure> {
        let path = self.list_path();
        if path.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            let text = format!("{}: {}", path.display(), words::no_list_in_folder(out.language));
            return Err(Failure::Refused(text));
        }
        read_list(&path, out)
    }

    /// Puts another key list in the place of the one that is there.
    fn replace_list(self, list: &KeyList, out: &Out) -> Result<(), Failure> {
        let path = self.list_path();
        files::replace(&path, list.as_bytes(), For::All)
            .map_err(|kind| Failure::Refused(errors::unwritable(&path, kind, out.language)))
    }
}

/// A key list that vouches for itself; the caller compares the root key, or has a person do so.
pub fn read_list(path: &Path, out: &Out) -> Result<KeyList, Failure> {
    let bytes = files::read(path).map_err(|kind| Failure::Refused(errors::unreadable(path, kind, out.language)))?;
    KeyList::dangerous_read_unpinned(&bytes)
        .map_err(|error| Failure::Refused(format!("{}: {}", path.display(), errors::list(&error, out.language))))
}

fn refused(error: &KeysError, path: &Path, out: &Out) -> Failure {
    Failure::Refused(errors::keys(error, path, out.language))
}
