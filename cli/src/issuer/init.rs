//! `init`: settings and the link's token, and what the publisher has to be told.

use super::args::Init;
use super::link::link_token_hash;
use crate::failure::Failure;
use crate::files::{self, For};
use crate::out::Out;
use crate::words::{errors, issuer as words};
use mykarte_issuer::link::Link;
use mykarte_issuer::settings::Settings;
use mykarte_wire::Token;
use std::path::Path;

/// Writes both files, neither of which is ever replaced, and makes the state where there is none.
pub fn run(args: &Init, out: &mut Out) -> Result<(), Failure> {
    let token_path = args.settings.with_file_name("link.token");
    let unwritable = |path: &Path, kind| Failure::Refused(errors::unwritable(path, kind, out.language));
    for path in [&args.settings, &token_path] {
        files::check_free(path).map_err(|kind| unwritable(path, kind))?;
    }
    let token = Token::make().ok_or_else(|| Failure::Refused(words::no_randomness(out.language).to_owned()))?;
    // An address that nothing can be sent to is said now, not at the first patient.
    Link::to(&args.publisher, &token, None, true)
        .map_err(|error| Failure::Refused(words::link(&error, out.language)))?;
    files::write_new(&token_path, token.dangerous_text().as_bytes(), For::Owner)
        .map_err(|kind| unwritable(&token_path, kind))?;
    let text = settings(args);
    if let Err(kind) = files::write_new(&args.settings, text.as_bytes(), For::Owner) {
        // Nobody knows this token yet.
        let _ = std::fs::remove_file(&token_path);
        return Err(unwritable(&args.settings, kind));
    }
    if let Err(text) = make_state(&args.settings, out) {
        let _ = std::fs::remove_file(&token_path).and(std::fs::remove_file(&args.settings));
        return Err(Failure::Refused(text));
    }
    for path in [&args.settings, &token_path] {
        out.line(format!("{}: {}", out.pick("作りました", "made"), path.display()))?;
    }
    out.line(words::for_publisher(out.language))?;
    out.line(link_token_hash(&token))?;
    out.finish()?;
    out.hint(words::after_init(out.language));
    if args.heads.is_none() {
        out.warn(words::no_heads(out.language));
    }
    Ok(())
}

/// All other commands want it to be there: an empty one, after a slip in the settings, would answer that nobody is enrolled.
fn make_state(settings: &Path, out: &Out) -> Result<(), String> {
    let settings = Settings::read(settings).map_err(|error| words::settings(&error, out.language))?;
    mykarte_state::open(&settings.state).map(drop).map_err(|error| words::state(&error, out.language))
}

/// The settings as somebody would write them; TOML's basic strings are JSON's.
fn settings(args: &Init) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let absolute = |path: &Path| quoted(&std::path::absolute(path).unwrap_or(path.into()).to_string_lossy());
    let storages: Vec<String> = args.storage.iter().map(|storage| absolute(storage)).collect();
    let mut lines = vec![
        format!("publisher = {}", quoted(args.publisher.as_str())),
        format!("storages = [{}]", storages.join(", ")),
        format!("keys = {}", absolute(&args.keys)),
        format!("profile = {}", quoted(&args.profile)),
    ];
    lines.extend(args.contact.as_ref().map(|contact| format!("contact = {}", quoted(contact))));
    lines.extend(args.state.as_ref().map(|state| format!("state = {}", quoted(state))));
    lines.extend(args.heads.as_ref().map(|heads| format!("heads = {}", absolute(heads))));
    lines.push(String::new());
    lines.join("\n")
}
