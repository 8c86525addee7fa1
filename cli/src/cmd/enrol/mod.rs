//! `enrol`: a device's side of an enrolment: begin one by hand or with a ticket, list them, end one.

mod end;
mod list;
mod ticket;
mod waiting;

use super::keys::{hospital, read_list};
use super::target::Target;
use crate::args::Enrol;
use crate::failure::Failure;
use crate::files::{self, For};
use crate::interrupt::Keep;
use crate::out::Out;
use crate::print::line::Line;
use crate::print::shell::quoted;
use crate::secrets::Source;
use crate::words::{enrol as words, errors, record};
use mykarte::Archive;
use mykarte::package::ReceiveError;
use mykarte::vault::package::{KeyList, PackageError, RootPin, SignedOffer};
use std::path::Path;

/// Does what was asked.
pub fn run(args: &Enrol, out: &mut Out) -> Result<(), Failure> {
    match (&args.list, &args.root, &args.ticket, &args.end) {
        (Some(list), Some(root), ..) => begin(args, list, root, out),
        (_, _, Some(ticket), _) => ticket::run(args, ticket, out),
        (.., Some(id)) => end::run(args, id, out),
        _ => list::run(args, out),
    }
}

/// Everything that can be wrong is found out before a passcode is asked for.
fn begin(args: &Enrol, path: &Path, root: &RootPin, out: &mut Out) -> Result<(), Failure> {
    let list = pinned_list(path, root, out)?;
    if let Some(file) = &args.out {
        files::check_free(file).map_err(|kind| Failure::Refused(errors::unwritable(file, kind, out.language)))?;
    }
    let source = Source::new(&args.secret);
    let target = Target::new(&args.vault, &args.secret, &source, out)?;
    let keep = Keep::new();
    let refused = |error: ReceiveError| Failure::Refused(errors::receiving(&error, &args.vault, out.language));
    let vault = target.vault(&args.vault, out).map_err(|error| refused(error.into()))?;
    let mut archive = Archive::of(vault);
    let hospital = hospital(&list);
    let known = archive.enrolments().map_err(refused)?;
    let same = known.iter().filter(|info| info.facility.as_ref().is_some_and(|(id, _)| *id == hospital.id)).count();
    let offer = archive.enrol(list).map_err(refused)?;
    drop(keep);
    out.line(Line::new().plain(out.pick("登録しました: ", "enrolled: ")).bold(record::hospital(&hospital)))?;
    if same > 0 {
        out.finish()?;
        out.warn(&words::enrolled_before(same, out.language));
    }
    tell(&offer, args, out)
}

/// A key list, held against the root key from paper.
pub fn pinned_list(path: &Path, root: &RootPin, out: &Out) -> Result<KeyList, Failure> {
    let list = read_list(path, out)?;
    if list.pin() == *root {
        return Ok(list);
    }
    let text = errors::list(&PackageError::OtherRoot, out.language);
    Err(Failure::Refused(format!("{}: {text}", path.display())))
}

/// The public key, for the hospital.
fn tell(offer: &SignedOffer, args: &Enrol, out: &mut Out) -> Result<(), Failure> {
    out.line(out.pick("この端末の公開鍵:", "this device's public key:").to_string())?;
    out.line(offer.to_string())?;
    out.finish()?;
    if let Some(file) = &args.out {
        let text = format!("{offer}\n");
        files::write_new(file, text.as_bytes(), For::All).map_err(|kind| {
            let error = errors::unwritable(file, kind, out.language);
            let vault = quoted(&args.vault.display().to_string());
            Failure::Refused(words::enrolled_but_not_written(&error, &vault, out.language))
        })?;
        out.line(format!("{}: {}", out.pick("公開鍵のファイル", "written to"), file.display()))?;
        out.finish()?;
    }
    out.hint(words::hand_over(out.language));
    Ok(())
}
