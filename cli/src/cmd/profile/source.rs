//! Profiles and withholding lists as they are named on the command line: a bundled id, or a file.

use crate::failure::Failure;
use crate::out::Out;
use crate::print::line::{Line, Style};
use crate::words::profile::{self as words, Unreadable};
use crate::words::{problems, withholding};
use mykarte::Shaping;
use mykarte::record::profile::check::Problem;
use mykarte::record::profile::{Profile, Withholding};
use std::borrow::Cow;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// No profile is nearly as long; a device never ends.
const LARGEST: u64 = 1 << 20;

/// The profile of this name, without errors; otherwise all that is wrong with it is told.
pub fn open(name: &Path, out: &Out) -> Result<Profile, Failure> {
    Profile::parse(&text(name, out)?).map_err(|found| {
        lines(&found, name, out).into_iter().for_each(|line| out.hint(line));
        let errors = found.iter().filter(|p| p.is_error()).count();
        let sentence = words::not_usable(name.display(), errors, found.len() - errors, out.language);
        Failure::Refused(sentence)
    })
}

/// What an import and a preview are shaped by.
pub fn shaping(profile: Option<&Path>, withhold: Option<&Path>, out: &Out) -> Result<Shaping, Failure> {
    let mut shaping = Shaping::default();
    if let Some(name) = profile {
        shaping.profile = open(name, out)?;
    }
    if let Some(path) = withhold {
        shaping.withholding = Some(list(path, out)?);
    }
    Ok(shaping)
}

/// That the list has nothing for this patient, but for ids that look alike.
pub fn warn_of_near_patients(shaping: &Shaping, patient: &str, out: &Out) {
    let near = shaping.near_patients(patient);
    if !near.is_empty() {
        out.warn(&withholding::near_patients(patient, &near, out.language));
    }
}

fn list(path: &Path, out: &Out) -> Result<Withholding, Failure> {
    let text = read(path).map_err(|why| match why {
        Unreadable::Io(ErrorKind::NotFound) => unreadable(path, &Unreadable::NoList, out),
        why => unreadable(path, &why, out),
    })?;
    Withholding::parse(&text).map_err(|error| {
        let (line, text) = withholding::wrong(&error, out.language);
        let place = if line > 0 { format!("{}:{line}", path.display()) } else { path.display().to_string() };
        Failure::Refused(format!("{place}: {}{text}", out.pick("非開示リストを使えません。", "not usable: ")))
    })
}

/// Errors, then warnings, each with its place as editors understand it.
pub fn lines(found: &[Problem], name: &Path, out: &Out) -> Vec<Line> {
    let line = |problem: &Problem| {
        let (style, kind) = match problem.is_error() {
            true => (Style::Alert, out.pick("エラー", "error")),
            false => (Style::Warn, out.pick("注意", "warning")),
        };
        // What is about the whole document is about its first line.
        let place = format!("{}:{}: ", name.display(), problem.line.max(1));
        Line::from(place).styled(style, kind).plain(": ").plain(problems::what(&problem.what, out.language))
    };
    let (errors, warnings): (Vec<&Problem>, Vec<&Problem>) = found.iter().partition(|p| p.is_error());
    errors.into_iter().chain(warnings).map(line).collect()
}

/// The text of a profile. A bundled id comes first; `./full` is a file.
pub fn text(name: &Path, out: &Out) -> Result<Cow<'static, str>, Failure> {
    let bundled = Profile::bundled().into_iter().find(|(id, _)| name.as_os_str() == *id);
    match bundled {
        Some((_, text)) => Ok(Cow::Borrowed(text)),
        None => file(name, out).map(Cow::Owned),
    }
}

fn file(path: &Path, out: &Out) -> Result<String, Failure> {
    read(path).map_err(|why| unreadable(path, &why, out))
}

fn unreadable(path: &Path, why: &Unreadable, out: &Out) -> Failure {
    let sentence = words::unreadable(why, out.language);
    Failure::Refused(format!("{}: {sentence}", path.display()))
}

fn read(path: &Path) -> Result<String, Unreadable> {
    let io = |error: std::io::Error| Unreadable::Io(error.kind());
    if path.is_dir() {
        return Err(Unreadable::Io(ErrorKind::IsADirectory));
    }
    let mut bytes = Vec::new();
    File::open(path).map_err(io)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Unreadable::TooLarge);
    }
    String::from_utf8(bytes).map_err(|_| Unreadable::NotText)
}
