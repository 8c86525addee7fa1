//! `keys revoke`, `keys new-epoch`: the root key says something new of the keys that are there.

use super::{Folder, refused, root};
use crate::args::{Revoke, RootUse};
use crate::confirm::{self, Answer};
use crate::failure::Failure;
use crate::interrupt::Keep;
use crate::out::Out;
use crate::print::shell::quoted;
use crate::words::keys as words;
use mykarte::package::KeysError;
use mykarte::vault::package::{KeyId, KeyList, KeyState, ListedKey};
use std::path::Path;

/// Declares a key compromised.
pub fn revoke(args: &Revoke, out: &mut Out) -> Result<(), Failure> {
    let folder = Folder(&args.with.keys);
    let list = folder.list(out)?;
    let key = find(&list, &args.key, &folder, out)?;
    out.line(words::to_be_revoked(&key.to_string(), out.language))?;
    for line in words::revoking_means(out.language) {
        out.line(line)?;
    }
    match confirm::ask(args.yes, words::revoke_question(out.language), out)? {
        Answer::Yes => {}
        Answer::No => return Err(Failure::Refused(words::not_revoked(out.language).to_string())),
        Answer::Nobody => return Err(Failure::Refused(words::nobody_revokes(out.language).to_string())),
    }
    let mut root = root::open(&args.with, &list, out)?;
    let next = root.revoke(&list, key).map_err(|error| refused(&error, &folder.list_path(), out))?;
    put(folder, &next, out)?;
    out.line(words::revoked(&key.to_string(), next.listing().number, next.listing().epoch, out.language))?;
    out.finish()?;
    words::after_revoke(&new_signing(&args.with), out.language).iter().for_each(|line| out.hint(line.as_str()));
    Ok(())
}

/// The command that comes next, to be copied into a shell.
fn new_signing(args: &RootUse) -> String {
    let word = |path: &Path| quoted(&path.display().to_string());
    let root = args.root.as_deref().map(|root| format!(" --root {}", word(root))).unwrap_or_default();
    format!("mykarte keys new-signing --keys {}{root}", word(&args.keys))
}

/// Raises the epoch.
pub fn new_epoch(args: &RootUse, out: &mut Out) -> Result<(), Failure> {
    let folder = Folder(&args.keys);
    let list = folder.list(out)?;
    let mut root = root::open(args, &list, out)?;
    let next = root.raise_epoch(&list).map_err(|error| refused(&error, &folder.list_path(), out))?;
    put(folder, &next, out)?;
    out.line(words::epoch_raised(next.listing().number, next.listing().epoch, out.language))?;
    out.finish()?;
    out.hint(words::after_new_epoch(out.language));
    Ok(())
}

fn put(folder: Folder<'_>, list: &KeyList, out: &Out) -> Result<(), Failure> {
    let _keep = Keep::new();
    folder.replace_list(list, out)
}

/// The only key that begins so; not one that is revoked already, for that would raise the epoch for nothing.
fn find(list: &KeyList, prefix: &str, folder: &Folder<'_>, out: &Out) -> Result<KeyId, Failure> {
    let begins = |listed: &&ListedKey| listed.key.id().to_string().starts_with(prefix);
    let found: Vec<&ListedKey> = list.listing().keys.iter().filter(begins).collect();
    match found[..] {
        [] => Err(refused(&KeysError::NoSuchKey, &folder.list_path(), out)),
        [listed] if listed.state == KeyState::Compromised => {
            Err(Failure::Refused(words::revoked_already(out.language).to_string()))
        }
        [listed] => Ok(listed.key.id()),
        _ => Err(Failure::Refused(words::several_keys(out.language).to_string())),
    }
}
