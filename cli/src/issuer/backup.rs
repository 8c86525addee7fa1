//! `backup`: what the hospital's side needs to go on on another computer, in a new folder.

use super::args::Backup;
use super::place::Place;
use crate::cmd::keys::Folder;
use crate::failure::Failure;
use crate::files::{self, For};
use crate::interrupt::Keep;
use crate::out::Out;
use crate::words::{errors, issuer as words};
use mykarte_issuer::record::{Action, Entry};
use mykarte_state::{StateError, back_up, is_postgresql};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// One thing to be copied.
struct Item {
    /// Under which name it lies in the backup.
    name: &'static str,
    from: PathBuf,
    how: How,
}

#[derive(PartialEq)]
enum How {
    /// SQLite: others may be writing it.
    Database,
    File,
}

/// Copies everything; a folder of the name that was asked for is there when all of it is.
pub fn run(place: &Place, args: &Backup, out: &mut Out) -> Result<(), Failure> {
    let unwritable = |kind| Failure::Refused(errors::unwritable(&args.out, kind, out.language));
    if args.out.symlink_metadata().is_ok() {
        return Err(unwritable(ErrorKind::AlreadyExists));
    }
    let items = items(&args.at.settings, place);
    write_down(place, "begun", out)?;
    let copied = copy_all(&items, &args.out, out);
    write_down(place, if copied.is_ok() { "done" } else { "failed" }, out)?;
    copied?;
    for item in &items {
        out.line(format!("  {}", item.name))?;
    }
    out.line(words::backed_up(&args.out, out.language))?;
    out.finish()?;
    if is_postgresql(&place.settings.state) {
        out.warn(words::dump_postgresql(out.language));
    }
    out.hint(words::backup_is_secret(out.language));
    Ok(())
}

/// Into a folder beside it, which gets its name when all is in it and durable; what fails leaves nothing.
fn copy_all(items: &[Item], to: &Path, out: &Out) -> Result<(), Failure> {
    let unwritable = |kind| Failure::Refused(errors::unwritable(to, kind, out.language));
    files::make_folder(files::folder(to)).map_err(unwritable)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mykarte-backup-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let draft = builder.tempdir_in(files::folder(to));
    let draft = draft.map_err(|error| unwritable(error.kind()))?;
    let keep = Keep::new();
    for item in items {
        if keep.flag().load(Ordering::Relaxed) {
            return Err(Failure::Refused(words::not_backed_up(out.language).to_owned()));
        }
        copy(item, draft.path(), out)?;
    }
    let list: String = items.iter().map(|item| format!("{}\t{}\n", item.name, item.from.display())).collect();
    let list_path = draft.path().join("where.txt");
    files::write_new(&list_path, list.as_bytes(), For::Owner).map_err(unwritable)?;
    std::fs::rename(draft.path(), to).map_err(|error| unwritable(error.kind()))?;
    // It has another name by now, and stays.
    let _ = draft.keep();
    files::sync_folder(to).map_err(unwritable)
}

/// All patients leave the database here: that stands in its chain, and in the copy; then what came of it.
fn write_down(place: &Place, result: &str, out: &Out) -> Result<(), Failure> {
    let written = place.state.change(&[], |tx| -> Result<(), StateError> {
        Entry::with(Action::Backup, result).write(tx);
        Ok(())
    });
    written.map_err(|error| Failure::Refused(words::state(&error, out.language)))
}

fn items(settings_path: &Path, place: &Place) -> Vec<Item> {
    let (settings, keys) = (&place.settings, Folder(&place.settings.keys));
    let file = |name, from: PathBuf| Item { name, from, how: How::File };
    let mut items = vec![
        file("issuer.toml", settings_path.to_owned()),
        file("link.token", settings.link_token.clone()),
        file("hospital.mykarte-list", keys.list_path()),
        Item { name: "issuer.mykarte-keys", from: keys.issuer_path(), how: How::Database },
    ];
    if !is_postgresql(&settings.state) {
        items.push(Item { name: "issuer.sqlite", from: settings.state.clone().into(), how: How::Database });
    }
    // A bundled profile is no file; the key of the heads is made on first use.
    let optional = [
        ("profile.json", Some(PathBuf::from(&settings.profile))),
        ("withhold", settings.withhold.clone()),
        ("ca.pem", settings.ca.clone()),
        ("issuer-head.key", Some(place.key_path.clone())),
    ];
    let there = optional.into_iter().filter_map(|(name, from)| Some((name, from.filter(|path| path.is_file())?)));
    items.extend(there.map(|(name, from)| file(name, from)));
    items
}

fn copy(item: &Item, folder: &Path, out: &Out) -> Result<(), Failure> {
    let to = folder.join(item.name);
    if item.how == How::Database {
        let failed = |error| format!("{}: {}", item.from.display(), words::state(&error, out.language));
        return back_up(&item.from, &to).map_err(|error| Failure::Refused(failed(error)));
    }
    let bytes =
        files::read(&item.from).map_err(|kind| Failure::Refused(errors::unreadable(&item.from, kind, out.language)))?;
    files::write_new(&to, &bytes, For::Owner)
        .map_err(|kind| Failure::Refused(errors::unwritable(&to, kind, out.language)))
}
