//! `verify`: the drill over a whole storage.
//!
//! ```text
//! names of the outputs are looked at -> drill or comparison (bar, list, Ctrl-C) -> less what a baseline had -> JSON, HTML -> verdict
//! ```

mod bar;
mod list;
mod verdict;

use super::profile::source as profiles;
use crate::args::Verify;
use crate::failure::Failure;
use crate::files::{self, For};
use crate::interrupt::Keep;
use crate::out::Out;
use crate::words::drill as words;
use crate::words::errors::{self, Asked};
use bar::Bar;
use list::List;
use mykarte::record::labels::Language;
use mykarte::{ImportError, PatientIndex};
use mykarte_drill::report::Finding;
use mykarte_drill::{Progress, Report, Request, Who};
use std::path::{Path, PathBuf};

/// Looks through the storages; exit 1 where the promise does not hold.
pub fn run(args: &Verify, out: &mut Out) -> Result<(), Failure> {
    let shaping = profiles::shaping(args.profile.as_deref(), args.withhold.as_deref(), out)?;
    let baseline = args.baseline.as_deref().map(|path| read(path, args, out)).transpose()?;
    check_places(args, out)?;
    let (old, new) = match args.compare.as_deref() {
        Some([old, new]) => (vec![old.clone()], Some(new.clone())),
        _ => (args.storages.clone(), None),
    };
    let request = Request {
        storages: old,
        hospital: args.hospital.clone(),
        shaping,
        who: who(args),
        threads: args.threads.into(),
        show_text: args.show_text,
        at: mykarte::now(),
    };
    let list = args.list.as_deref().map(|path| List::begin(path, out.language)).transpose()?;
    let report = drill(&request, new, list.as_ref(), args, out)?;
    if let (0, Some(day)) = (report.scope.patients, args.since) {
        // Where nobody was looked at nothing holds, and a storage that gets nothing any more looks just so.
        return Err(Failure::Refused(words::nobody_since(day, out.language)));
    }
    let report = match &baseline {
        Some(baseline) => report.since(baseline),
        None => report,
    };
    write(&report, args, out)?;
    list.map_or(Ok(()), List::finish)?;
    verdict::print(&report, out)?;
    for path in args.outputs() {
        out.line(words::written(path, out.language))?;
    }
    out.finish()?;
    if args.outputs().next().is_none() {
        out.hint(words::outputs(out.language));
    }
    if report.holds { Ok(()) } else { Err(Failure::Told(1)) }
}

fn who(args: &Verify) -> Who {
    match (args.sample, &args.patient, args.since) {
        (Some(patients), ..) => Who::Sample { patients, seed: args.seed },
        (_, Some(id), _) => Who::Patient(id.clone()),
        (.., Some(day)) => Who::Since(day),
        _ => Who::All,
    }
}

fn drill(
    request: &Request,
    new: Option<PathBuf>,
    list: Option<&List>,
    args: &Verify,
    out: &Out,
) -> Result<Report, Failure> {
    let keep = Keep::new();
    let bar = Bar::new(out.language);
    let done = |done, all| bar.show(done, all);
    let each = list.map(|list| |id: &str, findings: &[Finding]| list.add(id, findings));
    let each = each.as_ref().map(|each| each as &mykarte_drill::Each<'_>);
    let progress = Progress { done: &done, each, cancel: keep.flag() };
    let drilled = match &new {
        Some(new) => mykarte_drill::compare(request, std::slice::from_ref(new), &progress),
        None => mykarte_drill::run(request, &progress),
    };
    drop(bar);
    let patient = args.patient.as_deref().unwrap_or_default();
    let asked = Asked { storages: args.places(), patient, vault: Path::new("") };
    drilled.map_err(|error| match error {
        ImportError::Cancelled => Failure::Refused(words::cancelled(out.language).to_owned()),
        ImportError::EmptyStorage if new.is_some() => {
            let said = errors::import(&ImportError::EmptyStorage, &asked, out.language);
            Failure::Refused(format!("{}: {said}", empty_of(args).display()))
        }
        error => Failure::Refused(errors::import(&error, &asked, out.language)),
    })
}

/// Which of the storages to compare has nobody.
fn empty_of(args: &Verify) -> PathBuf {
    let is_empty = |path: &&PathBuf| PatientIndex::of(std::slice::from_ref(*path)).is_ok_and(|index| index.is_empty());
    args.places().iter().find(is_empty).cloned().unwrap_or_default()
}

fn write(report: &Report, args: &Verify, out: &Out) -> Result<(), Failure> {
    let put = |path: &Path, bytes: &[u8]| {
        files::replace(path, bytes, For::Owner)
            .map_err(|kind| Failure::Refused(errors::unwritable(path, kind, out.language)))
    };
    if let Some(path) = &args.json {
        // A report is texts and numbers: always JSON.
        let mut json = serde_json::to_vec_pretty(report).unwrap_or_default();
        json.push(b'\n');
        put(path, &json)?;
    }
    if let Some(path) = &args.html {
        put(path, mykarte_drill::page::page(report).as_bytes())?;
    }
    Ok(())
}

/// The result of an earlier drill of the same patients.
fn read(path: &Path, args: &Verify, out: &Out) -> Result<Report, Failure> {
    let bytes = files::read(path).map_err(|kind| Failure::Refused(errors::unreadable(path, kind, out.language)))?;
    let report: Report =
        serde_json::from_slice(&bytes).map_err(|_| Failure::Refused(words::no_baseline(path, out.language)))?;
    match report.is_baseline_of(&who(args).chosen(), args.compare.is_some()) {
        true => Ok(report),
        false => Err(Failure::Refused(words::other_baseline(path, out.language))),
    }
}

/// Hours of work shall not end at a name that cannot be written, nor take the place of somebody's file.
fn check_places(args: &Verify, out: &Out) -> Result<(), Failure> {
    for (number, path) in args.outputs().enumerate() {
        if args.outputs().take(number).any(|other| files::is_one(other, path)) {
            return Err(Failure::Usage(words::one_name(out.language).to_owned()));
        }
        let refused = |text: String| Err(Failure::Refused(text));
        if files::inside(path, args.places()) {
            return refused(words::in_the_storage(path, out.language));
        }
        // What a link leads to would stay as it is, and the link would be gone.
        if path.is_symlink() || path.exists() && !is_ours(path) {
            return refused(words::not_ours(path, out.language));
        }
        if let Err(kind) = files::check_writable(path) {
            return refused(errors::unwritable(path, kind, out.language));
        }
    }
    Ok(())
}

/// An earlier result, or a file with nothing to lose.
fn is_ours(path: &Path) -> bool {
    let Ok(bytes) = files::read(path) else { return false };
    let is_page = bytes.windows(words::PAGE.len()).take(4096).any(|part| part == words::PAGE.as_bytes());
    let is_list =
        |language| bytes.starts_with(format!("\u{feff}{}\n", words::list_columns(language).join(",")).as_bytes());
    let is_list = is_list(Language::Ja) || is_list(Language::En);
    bytes.is_empty() || is_page || is_list || serde_json::from_slice::<Report>(&bytes).is_ok()
}
