//! `package inspect`, `package verify`: a package from outside, without a key that opens it.

use super::enrol::pinned_list;
use super::keys::{LIST, hospital};
use crate::args::PackageCommand;
use crate::failure::Failure;
use crate::files;
use crate::out::Out;
use crate::print::line::{Line, Style};
use crate::words::{errors, keys, package as words, record};
use mykarte::vault::package::{FileKind, Outside, PackageError, RootPin, verify};
use serde::Serialize;
use std::path::Path;

/// What stands outside, as programs get it.
#[derive(Serialize)]
struct Info {
    hospital: String,
    signing_key: String,
    enrolment: String,
    recipient_key: String,
    epoch: u32,
    counter: u64,
    file_bytes: usize,
    /// Always `false`: nothing is checked here.
    verified: bool,
}

/// Does what was asked.
pub fn run(command: &PackageCommand, out: &mut Out) -> Result<(), Failure> {
    match command {
        PackageCommand::Inspect { file, json } => inspect(file, *json, out),
        PackageCommand::Verify { file, root, list } => check(file, root, list.as_deref(), out),
    }
}

fn refused(path: &Path, error: &PackageError, out: &Out) -> Failure {
    Failure::Refused(format!("{}: {}", path.display(), errors::package(error, out.language)))
}

/// All of a file that begins as a package.
fn read(path: &Path, out: &Out) -> Result<Vec<u8>, Failure> {
    let bytes = files::read(path).map_err(|kind| Failure::Refused(errors::unreadable(path, kind, out.language)))?;
    match FileKind::of(&bytes) {
        Some(FileKind::KeyList) => {
            let text = format!("{}: {}", path.display(), words::is_a_list(out.language));
            Err(Failure::Refused(text))
        }
        _ => Ok(bytes),
    }
}

fn inspect(path: &Path, json: bool, out: &mut Out) -> Result<(), Failure> {
    let bytes = read(path, out)?;
    let outside = Outside::read(&bytes).map_err(|error| refused(path, &error, out))?;
    let info = Info {
        hospital: outside.hospital.to_string(),
        signing_key: outside.signing_key.to_string(),
        enrolment: outside.enrolment.to_string(),
        recipient_key: outside.recipient.to_string(),
        epoch: outside.number.epoch,
        counter: outside.number.counter,
        file_bytes: bytes.len(),
        verified: false,
    };
    if json {
        let text = serde_json::to_string_pretty(&info).unwrap_or_default();
        out.raw(text.as_bytes())?;
        return out.blank();
    }
    out.line(Line::new().styled(Style::Warn, words::nothing_verified(out.language)))?;
    let number = outside.number.to_string();
    let rows = [
        ("hospital_id", info.hospital),
        ("signing_key", info.signing_key),
        ("enrolment", info.enrolment),
        ("recipient", info.recipient_key),
        ("number", number),
        ("size", words::size(outside.chunks, out.language)),
    ];
    for (key, value) in rows {
        let label = Line::new().styled(Style::Dim, words::label(key, out.language)).pad(words::LABELS);
        out.line(label.plain(value))?;
    }
    out.finish()?;
    out.hint(words::verify_next(out.language));
    Ok(())
}

fn check(path: &Path, root: &RootPin, list: Option<&Path>, out: &mut Out) -> Result<(), Failure> {
    let bytes = read(path, out)?;
    let beside = path.with_file_name(LIST);
    if list.is_none() && beside.symlink_metadata().is_err() {
        let text = format!("{}: {}", beside.display(), words::no_list_beside(out.language));
        return Err(Failure::Refused(text));
    }
    let list = pinned_list(list.unwrap_or(&beside), root, out)?;
    let verified = verify(&bytes, &list).map_err(|error| refused(path, &error, out))?;
    let (name, number) = (record::hospital(&hospital(&list)), verified.outside().number.to_string());
    out.line(Line::new().bold(words::genuine(&name, &number, out.language)))?;
    let key = verified.outside().signing_key;
    let state = keys::state(verified.key_state(), out.language);
    out.line(Line::from(keys::label("key", out.language)).plain(key.to_string()).plain("  ").plain(state))?;
    out.finish()?;
    out.hint(words::held_against(list.listing().number, out.language).as_str());
    out.hint(words::says_nothing_of_content(out.language));
    Ok(())
}
