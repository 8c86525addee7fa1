//! `link`: another token for the line to the publisher.

use super::args::NewToken;
use super::place::Place;
use crate::confirm::{self, Answer};
use crate::failure::Failure;
use crate::files::{self, For};
use crate::out::Out;
use crate::words::{errors, issuer as words};
use mykarte_issuer::record::{Action, Entry};
use mykarte_issuer::settings::Settings;
use mykarte_state::StateError;
use mykarte_wire::Token;

/// Puts a new token in the place of the one before, and says what the publisher has to be told. Until it is, the publisher
/// knows the one before: with that the chain's head is left there.
pub fn new_token(args: &NewToken, out: &mut Out) -> Result<(), Failure> {
    let settings = Settings::read(&args.at.settings);
    let settings = settings.map_err(|error| Failure::Refused(words::settings(&error, out.language)))?;
    let token = Token::make().ok_or_else(|| Failure::Refused(words::no_randomness(out.language).to_owned()))?;
    // Also where the file of the old one is lost.
    let old = settings.token().ok();
    let place = Place::of(settings, old.as_ref().unwrap_or(&token), &args.at, out)?;
    match confirm::ask(args.yes, words::new_token_question(out.language), out)? {
        Answer::Yes => {}
        Answer::No => return Err(Failure::Refused(words::token_stays(out.language).to_owned())),
        Answer::Nobody => return Err(Failure::Refused(words::nobody_renews(out.language).to_owned())),
    }
    place.work(out, |place, out| renew(place, &token, &args.staff, out))
}

fn renew(place: &Place, token: &Token, staff: &str, out: &mut Out) -> Result<(), Failure> {
    let path = &place.settings.link_token;
    write_down(place, staff, "begun", out)?;
    let replaced = files::replace(path, token.dangerous_text().as_bytes(), For::Owner);
    write_down(place, staff, if replaced.is_ok() { "done" } else { "failed" }, out)?;
    replaced.map_err(|kind| Failure::Refused(errors::unwritable(path, kind, out.language)))?;
    out.line(format!("{}: {}", out.pick("書き換えました", "replaced"), path.display()))?;
    out.line(words::for_publisher(out.language))?;
    out.line(link_token_hash(token))?;
    out.finish()?;
    out.hint(words::after_new_token(out.language));
    Ok(())
}

fn write_down(place: &Place, staff: &str, result: &str, out: &Out) -> Result<(), Failure> {
    let written = place.state.change(&[], |tx| -> Result<(), StateError> {
        Entry::with(Action::LinkToken, result).staff(staff).write(tx);
        Ok(())
    });
    written.map_err(|error| Failure::Refused(words::state(&error, out.language)))
}

/// The line of `publisher.toml`.
pub fn link_token_hash(token: &Token) -> String {
    // A hash of 32 bytes is always JSON.
    format!("link_token_hash = {}", serde_json::to_string(&token.hash()).unwrap_or_default())
}
