//! `enrol --ticket`: the sheet from the counter, the birth date, and then the six digits.
//!
//! Whatever interrupts it, the same command goes on where it was: keys and request are durable before they are sent.

use super::waiting;
use crate::args::Enrol;
use crate::cmd::target::Target;
use crate::failure::Failure;
use crate::files;
use crate::http::Network;
use crate::interrupt::Keep;
use crate::out::Out;
use crate::print::line::Line;
use crate::qr;
use crate::secrets::Source;
use crate::words::{download as words, errors, record};
use mykarte::Archive;
use mykarte::download::{DownloadError, birth_date, enrol_with_ticket, give_up};
use mykarte::record::summary::Hospital;
use mykarte::vault::package::EnrolmentId;
use mykarte::vault::ticket::Ticket;
use std::io::{BufRead, IsTerminal};
use std::path::Path;
use zeroize::Zeroizing;

/// The most bytes of a picture.
const MAX_PICTURE: u64 = 32 << 20;

/// Everything that can be wrong is found out before a passcode is asked for.
pub fn run(args: &Enrol, given: &str, out: &mut Out) -> Result<(), Failure> {
    let ticket = read(given, out)?;
    let network = Network::new(args.ca.as_deref(), out)?;
    let born = match &args.birth_date {
        Some(born) => Zeroizing::new(born.clone()),
        None => ask_birth_date(out)?,
    };
    let source = Source::new(&args.secret);
    let target = Target::new(&args.vault, &args.secret, &source, out)?;
    let vault = target.vault(&args.vault, out);
    let vault = vault.map_err(|error| Failure::Refused(errors::vault_at(&error, &args.vault, out.language)))?;
    let mut archive = Archive::of(vault);
    let id = enrol(&mut archive, (&ticket, born), &network, args, out)?;
    if let Some((id, name)) = archive.enrolments().ok().and_then(|all| all.into_iter().find(|e| e.id == id)?.facility) {
        let name = Some(name).filter(|name| !name.is_empty());
        out.line(Line::new().plain(words::sent(out.language)).bold(record::hospital(&Hospital { id, name })))?;
        out.finish()?;
    }
    waiting::run(&mut archive, id, &network, &args.vault, out)
}

/// Asks until the birth date is right, as long as there is somebody to ask and a try left.
fn enrol(
    archive: &mut Archive,
    (ticket, mut born): (&str, Zeroizing<String>),
    network: &Network,
    args: &Enrol,
    out: &Out,
) -> Result<EnrolmentId, Failure> {
    loop {
        let keep = Keep::new();
        let error = match enrol_with_ticket(archive, ticket, &born, network) {
            Ok(id) => return Ok(id),
            Err(error) => error,
        };
        drop(keep);
        let text = errors::downloading(&error, &args.vault, out.language);
        let may_try = match error {
            DownloadError::WrongBirthDate { remaining } => remaining != Some(0),
            _ => return Err(Failure::Refused(text)),
        };
        if may_try && std::io::stdin().is_terminal() {
            out.error(&text);
            match ask_birth_date(out) {
                Ok(typed) => born = typed,
                Err(failure) => return forget(archive, ticket, args, out).and(Err(failure)),
            }
        } else {
            return forget(archive, ticket, args, out).and(Err(Failure::Refused(text)));
        }
    }
}

/// Nobody goes on with it: nothing of it stays.
fn forget(archive: &mut Archive, ticket: &str, args: &Enrol, out: &Out) -> Result<(), Failure> {
    let gone = give_up(archive, ticket);
    gone.map_err(|error| Failure::Refused(errors::downloading(&error, &args.vault, out.language)))
}

/// The ticket's text, as it was given or out of a picture.
fn read(given: &str, out: &Out) -> Result<Zeroizing<String>, Failure> {
    if Ticket::parse(given).is_ok() {
        return Ok(Zeroizing::new(given.to_owned()));
    }
    let path = Path::new(given);
    if path.symlink_metadata().is_err() {
        return Err(Failure::Refused(errors::not_a_ticket(out.language).to_string()));
    }
    let unreadable = |kind| Failure::Refused(errors::unreadable(path, kind, out.language));
    let bytes = Zeroizing::new(files::begin(path, MAX_PICTURE).map_err(unreadable)?);
    let text = match bytes.starts_with(qr::PNG) {
        true => qr::read(&bytes),
        // Somebody who would rather not have it in the list of commands.
        false => std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned())),
    };
    let refused = |text: String| Failure::Refused(format!("{}: {text}", path.display()));
    let text = text.ok_or_else(|| refused(errors::no_code(out.language).to_string()))?;
    match Ticket::parse(&text) {
        Ok(_) => Ok(text),
        Err(error) => Err(refused(errors::downloading(&error.into(), path, out.language))),
    }
}

/// Asks until it is a date. It is no secret of ours: it is seen while it is typed.
fn ask_birth_date(out: &Out) -> Result<Zeroizing<String>, Failure> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(Failure::Refused(errors::no_birth_date(out.language).to_string()));
    }
    loop {
        out.ask(words::birth_date_question(out.language));
        let mut typed = Zeroizing::new(String::new());
        if stdin.lock().read_line(&mut typed).map_or(true, |read| read == 0) {
            return Err(Failure::Refused(errors::stopped(out.language).to_string()));
        }
        match birth_date(&typed) {
            Some(born) => return Ok(Zeroizing::new(born)),
            None => out.error(words::no_date(out.language)),
        }
    }
}
