//! The root key of a folder, unlocked, and its list.

use super::{Folder, refused};
use crate::args::RootUse;
use crate::failure::Failure;
use crate::out::Out;
use crate::secrets::{Line, Source};
use crate::words::keys as words;
use mykarte::package::{KeysError, Root};
use mykarte::vault::package::KeyList;
use std::io::ErrorKind;

/// Unlocks the root key that signed this list. Where it has signed a newer one, which was lost before it was written or lies
/// elsewhere, that is put into the folder, for a person to look at; where its file is an old copy, that is said.
pub fn open(args: &RootUse, list: &KeyList, out: &Out) -> Result<Root, Failure> {
    let path = args.root.clone().unwrap_or_else(|| Folder(&args.keys).root_path());
    let is_missing = path.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound);
    if args.root.is_none() && is_missing {
        let text = format!("{}: {}", path.display(), words::no_root_in_folder(out.language));
        return Err(Failure::Refused(text));
    }
    let vault = Source::of(Line::Root, args.passcode_stdin).unlock(&path, out)?;
    let root = Root::of(vault).map_err(|error| refused(&error, &path, out))?;
    if root.pin() != list.pin() {
        return Err(refused(&KeysError::OtherRoot, &path, out));
    }
    let (given, last) = (list.listing().number, root.last_list());
    match last {
        Some(last) if last.listing().number > given => {
            let folder = Folder(&args.keys);
            folder.replace_list(last, out)?;
            let text = words::list_put_back(given, last.listing().number, out.language);
            Err(Failure::Refused(format!("{}: {text}", folder.list_path().display())))
        }
        Some(last) if last.listing().number < given => {
            out.warn(&words::medium_left_behind(last.listing().number, given, out.language));
            Ok(root)
        }
        _ => Ok(root),
    }
}
