//! `keys list`: what a key list says. Needs no secret.

use super::read_list;
use crate::failure::Failure;
use crate::out::Out;
use crate::print::json::safe;
use crate::print::line::{Line, Style};
use crate::words::{keys as words, record};
use mykarte::record::summary::Hospital;
use mykarte::vault::package::{KeyList, KeyState};
use serde::Serialize;
use std::path::Path;

/// Everything that is said, as programs get it.
#[derive(Serialize)]
struct Info {
    facility: String,
    name: String,
    hospital: String,
    root: String,
    number: u64,
    epoch: u32,
    keys: Vec<Key>,
}

#[derive(Serialize)]
struct Key {
    id: String,
    state: &'static str,
    #[serde(skip)]
    known: KeyState,
}

/// The facility that a list vouches for.
pub fn hospital(list: &KeyList) -> Hospital {
    let listing = list.listing();
    Hospital { id: listing.facility.clone(), name: Some(listing.name.clone()).filter(|name| !name.is_empty()) }
}

/// Reads and tells.
pub fn run(path: &Path, json: bool, out: &mut Out) -> Result<(), Failure> {
    let list = read_list(path, out)?;
    let info = info(&list);
    if json {
        let text = serde_json::to_string_pretty(&info).unwrap_or_default();
        out.raw(&safe(text.as_bytes()))?;
        return out.blank();
    }
    let label = |key: &str| words::label(key, out.language);
    let lines = [
        Line::new().bold(record::hospital(&hospital(&list))),
        Line::from(label("root")).plain(&info.root),
        Line::from(label("hospital")).plain(&info.hospital),
        Line::from(label("list")).plain(words::number_and_epoch(info.number, info.epoch, out.language)),
    ];
    lines.into_iter().try_for_each(|line| out.line(line))?;
    for key in &info.keys {
        let style = if key.known == KeyState::Compromised { Style::Alert } else { Style::Plain };
        let state = words::state(key.known, out.language);
        let line = Line::from(words::label("key", out.language)).plain(&key.id).plain("  ").styled(style, state);
        out.line(line)?;
    }
    out.finish()?;
    if info.keys.iter().all(|key| key.known != KeyState::Active) {
        out.hint(words::no_active_key(out.language));
    }
    out.hint(words::compare_root(out.language));
    Ok(())
}

fn info(list: &KeyList) -> Info {
    let listing = list.listing();
    let key = |listed: &mykarte::vault::package::ListedKey| Key {
        id: listed.key.id().to_string(),
        state: words::state_key(listed.state),
        known: listed.state,
    };
    Info {
        facility: listing.facility.clone(),
        name: listing.name.clone(),
        hospital: listing.hospital.to_string(),
        root: list.pin().to_string(),
        number: listing.number,
        epoch: listing.epoch,
        keys: listing.keys.iter().map(key).collect(),
    }
}
