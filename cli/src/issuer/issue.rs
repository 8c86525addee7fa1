//! `issue`: packages for everybody who has something new, or for one patient.

use super::args::Issue;
use super::enrol::today;
use super::place::Place;
use crate::cmd::keys::Folder;
use crate::cmd::profile::source;
use crate::failure::Failure;
use crate::interrupt::Keep;
use crate::out::Out;
use crate::secrets::{Line, Source};
use crate::words::{errors, issuer as words, keys, record as records};
use indicatif::{ProgressBar, ProgressStyle};
use mykarte::Shaping;
use mykarte::package::Issuer;
use mykarte::ssmix2::types::fold_id;
use mykarte::vault::package::KeyState;
use mykarte_issuer::issue::{Desk, Outcome, Run};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Mutex;

/// Issues, with a bar, and says what could not be issued.
pub fn run(place: &Place, args: &Issue, out: &mut Out) -> Result<(), Failure> {
    let (shaping, shaping_hash) = shaping(place, out)?;
    if place.list.listing().keys.iter().all(|listed| listed.state != KeyState::Active) {
        // A revocation has to reach the phones all the same.
        let sent = place.counter().send_key_list();
        sent.map_err(|error| Failure::Refused(words::counter(&error, out.language)))?;
        return Err(Failure::Refused(keys::no_active_key(out.language).to_owned()));
    }
    let folder = Folder(&place.settings.keys);
    let path = folder.issuer_path();
    let vault = Source::of(Line::Signing, args.passcode_stdin).unlock(&path, out)?;
    let issuer = Issuer::of(vault).map_err(|error| Failure::Refused(errors::keys(&error, &path, out.language)))?;
    let (issuer, keep) = (Mutex::new(issuer), Keep::new());
    let desk = Desk {
        state: place.state.as_ref(),
        link: &place.link,
        list: &place.list,
        issuer: &issuer,
        storages: &place.settings.storages,
        shaping: &shaping,
        shaping_hash,
        today: today(),
    };
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.set_message(out.pick("発行しています", "issuing").to_owned());
    let progress = |done: usize, total: usize| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    };
    let patient = args.patient.as_deref().map(fold_id);
    let outcome = desk.run(&Run {
        patient: patient.as_deref(),
        again: args.again,
        progress: &progress,
        cancel: keep.flag(),
        threads: args.threads.into(),
    });
    bar.finish_and_clear();
    drop(keep);
    let outcome = outcome.map_err(|error| Failure::Refused(words::issuer(&error, out.language)))?;
    tell(&outcome, place, out)?;
    if outcome.is_complete() { Ok(()) } else { Err(Failure::Told(1)) }
}

/// Profile and withholding list of the settings, and a hash of both.
pub fn shaping(place: &Place, out: &Out) -> Result<(Shaping, [u8; 32]), Failure> {
    let profile = Path::new(&place.settings.profile);
    let shaping = source::shaping(Some(profile), place.settings.withhold.as_deref(), out)?;
    let asked = errors::Asked { storages: &place.settings.storages, patient: "", vault: Path::new("") };
    shaping.check().map_err(|error| Failure::Refused(errors::import(&error, &asked, out.language)))?;
    let mut hash = Sha256::new();
    hash.update(shaping.profile.sha256());
    if let Some(list) = &place.settings.withhold {
        let unreadable = |error: std::io::Error| Failure::Refused(errors::unreadable(list, error.kind(), out.language));
        hash.update(std::fs::read(list).map_err(unreadable)?);
    }
    Ok((shaping, hash.finalize().into()))
}

fn tell(outcome: &Outcome, place: &Place, out: &mut Out) -> Result<(), Failure> {
    out.line(words::issued(outcome, out.language))?;
    out.finish()?;
    if outcome.ended_again > 0 {
        out.warn(&words::ended_again(outcome.ended_again, out.language));
    }
    if outcome.cancelled_again > 0 {
        out.warn(&words::cancelled_again(outcome.cancelled_again, out.language));
    }
    if !outcome.other_facilities.is_empty() {
        let named: Vec<String> = outcome.other_facilities.iter().cloned().collect();
        out.warn(&records::other_facilities(&place.list.listing().facility, &named, out.language));
    }
    for (patient, why) in &outcome.failed {
        let text = words::not_issued(why, patient, &place.settings.storages, out.language);
        out.error(&text);
    }
    for (patient, enrolment) in &outcome.left {
        out.error(&words::end_unfinished(patient.as_deref(), &enrolment.to_string(), out.language));
    }
    if outcome.tickets_left > 0 {
        out.error(&words::tickets_left(outcome.tickets_left, out.language));
    }
    if !outcome.damaged.is_empty() {
        out.error(&words::damaged(&outcome.damaged, out.language));
    }
    if !outcome.unknown.is_empty() {
        out.error(&words::unknown_enrolments(&outcome.unknown, out.language));
    }
    Ok(())
}
