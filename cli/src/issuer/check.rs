//! `check`: whether everything that the settings name is there and answers.

use super::args::At;
use super::heads::Trouble;
use super::place::Place;
use crate::cmd::keys::Folder;
use crate::failure::Failure;
use crate::out::Out;
use crate::words::issuer as words;
use mykarte_state::{Clock, clock};

/// Looks at everything, and says all that is wrong.
pub fn run(at: &At, out: &mut Out) -> Result<(), Failure> {
    let place = Place::open(at, out)?;
    let mut wrong = Vec::new();
    for storage in &place.settings.storages {
        if !storage.is_dir() {
            wrong.push(words::no_storage(storage, out.language));
        }
    }
    let issuer = Folder(&place.settings.keys).issuer_path();
    if issuer.symlink_metadata().is_err() {
        wrong.push(format!("{}: {}", issuer.display(), words::no_issuer_keys(out.language)));
    }
    if let Err(error) = place.counter().send_key_list() {
        wrong.push(words::counter(&error, out.language));
    }
    if let Err(Failure::Refused(text)) = super::issue::shaping(&place, out).map(drop) {
        wrong.push(text);
    }
    if clock() == Clock::NotSynchronised {
        out.warn(words::clock(out.language));
    }
    if place.settings.heads.is_none() {
        out.warn(words::no_heads(out.language));
    }
    for trouble in place.leave_heads() {
        let text = trouble.text(out.language);
        if matches!(trouble, Trouble::Unread(_)) {
            out.warn(&text);
        } else if !wrong.contains(&text) {
            // A publisher that does not answer has been said.
            wrong.push(text);
        }
    }
    for text in &wrong {
        out.error(text);
    }
    if !wrong.is_empty() {
        return Err(Failure::Told(1));
    }
    out.line(words::all_is_well(out.language))
}
