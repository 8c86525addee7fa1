//! `profile check`: everything that is wrong with a profile at once, each with its line.

use super::source;
use crate::failure::Failure;
use crate::out::Out;
use crate::words::profile as words;
use mykarte::record::profile::check;
use std::path::Path;

/// Lists all problems; only errors are a failure.
pub fn run(name: &Path, out: &mut Out) -> Result<(), Failure> {
    let checked = check::check_on(&source::text(name, out)?, Some(mykarte::now().date()));
    let found = checked.problems;
    for line in source::lines(&found, name, out) {
        out.line(line)?;
    }
    let errors = found.iter().filter(|p| p.is_error()).count();
    let numbers = words::numbers(errors, found.len() - errors, out.language);
    let verdict = match errors {
        // What cannot be read as a whole was not looked at further.
        _ if checked.document.is_none() => out.pick(
            "エラーを直してから、もう一度確かめてください（残りの検査はそのあとです）。",
            "correct these and check again; the rest is checked only then.",
        ),
        0 => out.pick("このプロファイルは使えます。", "this profile can be used."),
        _ => out.pick("エラーを直すまで使えません。", "not usable until the errors are corrected."),
    };
    out.line(format!("{numbers}: {verdict}"))?;
    if errors > 0 { Err(Failure::Told(1)) } else { Ok(()) }
}
