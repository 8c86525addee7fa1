//! `fetch`: what publishers have for the enrolments of a vault; taken as `receive` takes what lies on a stick.

mod bar;

use super::receive::{Taking, settle};
use super::target::check_kind;
use crate::args::Fetch;
use crate::failure::Failure;
use crate::http::Network;
use crate::interrupt::Keep;
use crate::out::Out;
use crate::print::line::Line;
use crate::secrets::Source;
use crate::words::{download as words, errors, record};
use bar::Bar;
use mykarte::Archive;
use mykarte::download::{
    DownloadError, DownloadWatch, Fetched, Linked, ListNews, News, announce_next_key, fetch, linked, tell_ended,
};
use mykarte::record::summary::Hospital;

/// One enrolment after the other; one that fails keeps no other away.
pub fn run(args: &Fetch, out: &mut Out) -> Result<(), Failure> {
    let network = Network::new(args.ca.as_deref(), out)?;
    let vault = Source::new(&args.secret).unlock(&args.vault, out)?;
    check_kind(&vault, &args.vault, out)?;
    let mut archive = Archive::of(vault);
    let refused = |error: DownloadError| Failure::Refused(errors::downloading(&error, &args.vault, out.language));
    let untold = tell_ended(&mut archive, &network).map_err(refused)?;
    let all = linked(&archive).map_err(refused)?;
    if untold > 0 {
        out.warn(words::not_told(out.language));
    }
    if all.is_empty() {
        return Err(Failure::Refused(words::no_publisher(out.language).to_string()));
    }
    let mut failed = 0;
    for (at, linked) in all.iter().enumerate() {
        if at > 0 {
            out.blank()?;
        }
        match one(&mut archive, linked, &network, args, out) {
            Ok(()) => {}
            Err(failure @ Failure::Refused(_)) => {
                out.finish()?;
                failure.tell(out);
                failed += 1;
            }
            Err(other) => return Err(other),
        }
    }
    out.finish()?;
    if failed > 0 { Err(Failure::Told(1)) } else { Ok(()) }
}

fn one(archive: &mut Archive, linked: &Linked, network: &Network, args: &Fetch, out: &mut Out) -> Result<(), Failure> {
    let taking = Taking { place: hospital(archive, linked), vault: &args.vault, yes: args.yes };
    out.line(Line::new().bold(taking.place.clone()))?;
    out.finish()?;
    let refused = |error: &DownloadError, out: &Out| {
        Failure::Refused(format!("{}: {}", taking.place, errors::downloading(error, &args.vault, out.language)))
    };
    let Fetched { list, package } = download(archive, linked, network, out).map_err(|error| refused(&error, out))?;
    match list {
        ListNews::Known => {}
        ListNews::Newer => out.line(words::list_taken(out.language))?,
        ListNews::Refused(error) => out.warn(&words::list_refused(&errors::list(&error, out.language), out.language)),
    }
    match package {
        News::NothingIssued => out.line(words::nothing_issued(linked.is_pending, out.language)),
        News::Unchanged => out.line(words::unchanged(out.language)),
        News::Arrived(arrival) => {
            settle(archive, *arrival, &taking, out)?;
            let keep = Keep::new();
            // It is made up for by the next fetch; until then packages come for the key before.
            let told = announce_next_key(archive, linked.id, network);
            drop(keep);
            if told.is_err() {
                out.warn(words::key_not_told(out.language));
            }
            Ok(())
        }
    }
}

/// Resumes by itself what breaks; Ctrl-C stops it, and nothing was changed.
fn download(archive: &mut Archive, linked: &Linked, network: &Network, out: &Out) -> Result<Fetched, DownloadError> {
    let (keep, bar) = (Keep::new(), Bar::new(out.language));
    let progress = |done, total| bar.show(done, total);
    let watch = DownloadWatch { progress: &progress, cancel: keep.flag() };
    fetch(archive, linked.id, network, &watch, &mut None)
}

/// As its key list says.
fn hospital(archive: &Archive, linked: &Linked) -> String {
    let all = archive.enrolments().unwrap_or_default();
    let facility = all.into_iter().find(|info| info.id == linked.id).and_then(|info| info.facility);
    match facility {
        Some((id, name)) => record::hospital(&Hospital { id, name: Some(name).filter(|name| !name.is_empty()) }),
        None => linked.id.to_string(),
    }
}
