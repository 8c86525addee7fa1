//! `link`: another token for the line to the publisher.

use super::args::NewToken;
use crate::confirm::{self, Answer};
use crate::failure::Failure;
use crate::files::{self, For};
use crate::out::Out;
use crate::words::{errors, issuer as words};
use mykarte_issuer::record::{Action, Entry};
use mykarte_issuer::settings::Settings;
use mykarte_state::StateError;
use mykarte_wire::Token;

/// Puts a new token in the place of the one before, and says what the publisher has to be told.
pub fn new_token(args: &NewToken, out: &mut Out) -> Result<(), Failure> {
    // Also where the file of the old one is lost.
    let settings = Settings::read(&args.at.settings);
    let settings = settings.map_err(|error| Failure::Refused(words::settings(&error, out.language)))?;
    let language = out.language;
    let refused = |error: StateError| Failure::Refused(words::state(&error, language));
    let state = mykarte_state::open_existing(&settings.state).map_err(refused)?;
    match confirm::ask(args.yes, words::new_token_question(out.language), out)? {
        Answer::Yes => {}
        Answer::No => return Err(Failure::Refused(words::token_stays(out.language).to_owned())),
        Answer::Nobody => return Err(Failure::Refused(words::nobody_renews(out.language).to_owned())),
    }
    let token = Token::make().ok_or_else(|| Failure::Refused(words::no_randomness(out.language).to_owned()))?;
    let written = state.change(&[], |tx| -> Result<(), StateError> {
        Entry::done(Action::LinkToken).staff(&args.staff).write(tx);
        Ok(())
    });
    written.map_err(refused)?;
    let path = &settings.link_token;
    files::replace(path, token.dangerous_text().as_bytes(), For::Owner)
        .map_err(|kind| Failure::Refused(errors::unwritable(path, kind, out.language)))?;
    out.line(format!("{}: {}", out.pick("書き換えました", "replaced"), path.display()))?;
    out.line(words::for_publisher(out.language))?;
    out.line(link_token_hash(&token))?;
    out.finish()?;
    out.hint(words::after_new_token(out.language));
    Ok(())
}

/// The line of `publisher.toml`.
pub fn link_token_hash(token: &Token) -> String {
    // A hash of 32 bytes is always JSON.
    format!("link_token_hash = {}", serde_json::to_string(&token.hash()).unwrap_or_default())
}
