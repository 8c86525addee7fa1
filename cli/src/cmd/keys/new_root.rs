//! `keys new-root`: the root key of a hospital, and its first key list.

use super::{Folder, refused};
use crate::failure::Failure;
use crate::files::{self, For};
use crate::interrupt::Keep;
use crate::out::Out;
use crate::print::line::Line as Text;
use crate::print::shell::quoted;
use crate::secrets::{Line, Source};
use crate::words::{errors, keys as words, record};
use mykarte::package::Root;
use mykarte::record::summary::Hospital;
use mykarte::vault::KdfParams;
use mykarte::vault::package::KeyList;
use std::io::ErrorKind;

/// Makes them, and says what to do with them.
pub fn run(folder: &Folder<'_>, hospital: &Hospital, stdin: bool, out: &mut Out) -> Result<(), Failure> {
    let (root, list) = (folder.root_path(), folder.list_path());
    let unwritable = |path, kind| Failure::Refused(errors::unwritable(path, kind, out.language));
    // A list without its root key is half of a hospital, too: neither is replaced.
    for path in [&root, &list] {
        if path.symlink_metadata().is_ok() {
            return Err(unwritable(path, ErrorKind::AlreadyExists));
        }
    }
    if folder.issuer_path().symlink_metadata().is_ok() {
        return Err(Failure::Refused(format!("{}: {}", folder.0.display(), words::not_the_first_root(out.language))));
    }
    let new = Source::of(Line::Root, stdin).make(Line::Root, out)?;
    new.warn_if_short(out);
    files::make_folder(folder.0).map_err(|kind| unwritable(folder.0, kind))?;
    let keep = Keep::new();
    let name = hospital.name.as_deref().unwrap_or_default();
    let made = Root::create(&root, &new.passcode, KdfParams::default(), &hospital.id, name);
    let (_, first) = made.map_err(|error| refused(&error, &root, out))?;
    if let Err(kind) = files::write_new(&list, first.as_bytes(), For::All) {
        // Nobody has seen this root key yet.
        let _ = std::fs::remove_file(&root);
        return Err(unwritable(&list, kind));
    }
    drop(keep);
    tell(folder, hospital, &first, out)
}

fn tell(folder: &Folder<'_>, hospital: &Hospital, list: &KeyList, out: &mut Out) -> Result<(), Failure> {
    let title = out.pick("ルート鍵を作りました: ", "root key made: ");
    out.line(Text::new().plain(title).bold(record::hospital(hospital)))?;
    out.line(Text::from(words::label("root", out.language)).bold(list.pin().to_string()))?;
    let files = [(folder.root_path(), words::ROOT_FILE), (folder.list_path(), words::LIST_FILE)];
    for (path, (ja, en)) in files {
        out.line(format!("{}{}（{}）", words::label("file", out.language), path.display(), out.language.pick(ja, en)))?;
    }
    out.finish()?;
    if hospital.id.len() != 10 || !hospital.id.bytes().all(|b| b.is_ascii_digit()) {
        out.warn(&words::unusual_facility(&hospital.id, out.language));
    }
    let keys = quoted(&folder.0.display().to_string());
    words::after_new_root(&keys, out.language).iter().for_each(|line| out.hint(line.as_str()));
    Ok(())
}
