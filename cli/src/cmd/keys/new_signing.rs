//! `keys new-signing`: a key that signs packages, put on the key list by the root key.

use super::{Folder, refused, root};
use crate::args::RootUse;
use crate::failure::Failure;
use crate::interrupt::Keep;
use crate::out::Out;
use crate::secrets::{Line, New, Source};
use crate::words::keys as words;
use mykarte::package::{Issuer, KeysError};
use mykarte::vault::KdfParams;
use mykarte::vault::package::{KeyList, KeyState, VerifyingKey};
use std::path::Path;

/// The issuer's file: unlocked, or to be made.
enum Place {
    Stored(Box<Issuer>),
    New(New),
}

/// Makes the key first and lists it then: a key that is not listed signs nothing that anybody takes.
pub fn run(args: &RootUse, out: &mut Out) -> Result<(), Failure> {
    let folder = Folder(&args.keys);
    let path = folder.issuer_path();
    let list = folder.list(out)?;
    let mut root = root::open(args, &list, out)?;
    let place = place(&path, args.passcode_stdin, out)?;
    // A file that was lost took the numbers of all packages with it.
    let has_lost_count = matches!(place, Place::New(_)) && !list.listing().keys.is_empty();
    let keep = Keep::new();
    let key = make(place, &path, out).map_err(|error| refused(&error, &path, out))?;
    let added = root.add(&list, key);
    let next = if has_lost_count { added.and_then(|list| root.raise_epoch(&list)) } else { added };
    let next = next.map_err(|error| refused(&error, &folder.list_path(), out))?;
    folder.replace_list(&next, out)?;
    drop(keep);
    tell(&list, &next, key, out)?;
    if has_lost_count {
        out.warn(words::has_lost_count(out.language));
    }
    Ok(())
}

fn place(path: &Path, stdin: bool, out: &Out) -> Result<Place, Failure> {
    let source = Source::of(Line::SigningAfterRoot, stdin);
    if path.symlink_metadata().is_err() {
        return Ok(Place::New(source.make(Line::SigningAfterRoot, out)?));
    }
    let vault = source.unlock(path, out)?;
    let issuer = Issuer::of(vault).map_err(|error| refused(&error, path, out))?;
    Ok(Place::Stored(Box::new(issuer)))
}

fn make(place: Place, path: &Path, out: &Out) -> Result<VerifyingKey, KeysError> {
    match place {
        Place::Stored(mut issuer) => issuer.make_key(),
        Place::New(new) => {
            new.warn_if_short(out);
            let issuer = Issuer::create(path, &new.passcode, KdfParams::default())?;
            issuer.keys().next().ok_or(KeysError::NoActiveKey)
        }
    }
}

fn tell(before: &KeyList, list: &KeyList, key: VerifyingKey, out: &mut Out) -> Result<(), Failure> {
    out.line(words::signing_key_made(&key.id().to_string(), list.listing().number, out.language))?;
    let retired: Vec<String> = before
        .listing()
        .keys
        .iter()
        .filter(|listed| listed.state == KeyState::Active)
        .map(|listed| listed.key.id().to_string())
        .collect();
    for id in &retired {
        out.line(words::retired(id, out.language))?;
    }
    out.finish()?;
    // After a revocation none was active, and devices have a list all the same.
    out.hint(words::hand_out_list(!before.listing().keys.is_empty(), out.language));
    Ok(())
}
