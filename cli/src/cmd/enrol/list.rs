//! `enrol --vault V`: the enrolments, with the public keys to be handed over next.

use crate::args::Enrol;
use crate::cmd::target::check_kind;
use crate::failure::Failure;
use crate::files::{self, For};
use crate::out::Out;
use crate::print::dates;
use crate::print::line::{Line, Style};
use crate::secrets::Source;
use crate::words::{download, enrol as words, errors, record};
use mykarte::Archive;
use mykarte::download::{Linked, linked};
use mykarte::package::{EnrolmentInfo, Quarantined};
use mykarte::record::summary::Hospital;
use mykarte::vault::package::SignedOffer;
use std::path::Path;

/// Lists them; with `--out` the public key of one is written.
pub fn run(args: &Enrol, out: &mut Out) -> Result<(), Failure> {
    let (archive, mut all) = read(args, out)?;
    let publishers = linked(&archive);
    let publishers = publishers.map_err(|e| Failure::Refused(errors::downloading(&e, &args.vault, out.language)))?;
    if all.is_empty() {
        return Err(Failure::Refused(words::none(out.language).to_string()));
    }
    if let Some(prefix) = &args.enrolment {
        all.retain(|info| info.id.to_string().starts_with(prefix));
        if all.len() != 1 {
            return Err(Failure::Refused(words::which(all.len(), out.language).to_string()));
        }
    }
    for (at, info) in all.iter().enumerate() {
        if at > 0 {
            out.blank()?;
        }
        print(info, out)?;
        if let Some(linked) = publishers.iter().find(|linked| linked.id == info.id) {
            print_publisher(linked, out)?;
        }
    }
    out.finish()?;
    match &args.out {
        Some(file) => write(&all, file, out),
        None => Ok(()),
    }
}

/// Opens a vault that exists.
pub fn read(args: &Enrol, out: &Out) -> Result<(Archive, Vec<EnrolmentInfo>), Failure> {
    let vault = Source::new(&args.secret).unlock(&args.vault, out)?;
    check_kind(&vault, &args.vault, out)?;
    let archive = Archive::of(vault);
    let all = archive.enrolments();
    let all = all.map_err(|error| Failure::Refused(errors::receiving(&error, &args.vault, out.language)))?;
    Ok((archive, all))
}

/// One of them.
pub fn print(info: &EnrolmentInfo, out: &mut Out) -> Result<(), Failure> {
    let label = |key: &str| Line::new().styled(Style::Dim, words::label(key, out.language)).pad(words::LABELS);
    let title = match &info.facility {
        Some((id, name)) => {
            let name = Some(name.clone()).filter(|name| !name.is_empty());
            Line::new().bold(record::hospital(&Hospital { id: id.clone(), name }))
        }
        None => Line::new().styled(Style::Alert, words::damaged(out.language)),
    };
    let last = match info.last {
        Some((number, at)) => words::last(&number.to_string(), &dates::local_time(at, out.language), out.language),
        None => out.pick("まだ受け取っていません", "nothing received yet").to_string(),
    };
    let mut lines = vec![title, label("id").plain(info.id.to_string()), label("last").plain(last)];
    if let Some(number) = info.list_number {
        lines.push(label("list").plain(words::list_number(number, out.language)));
    }
    for set_aside in &info.quarantined {
        lines.push(label("aside").styled(Style::Warn, aside(set_aside, out)));
    }
    if let Some(offer) = &info.offer {
        lines.push(label("offer").plain(offer.to_string()));
    }
    lines.into_iter().try_for_each(|line| out.line(line))
}

/// Where its packages are fetched.
fn print_publisher(linked: &Linked, out: &mut Out) -> Result<(), Failure> {
    let label = |key: &str| Line::new().styled(Style::Dim, words::label(key, out.language)).pad(words::LABELS);
    let mut lines = vec![label("publisher").plain(linked.address.clone())];
    if linked.is_pending {
        lines.push(label("state").styled(Style::Warn, download::not_confirmed_yet(linked.is_unanswered, out.language)));
    }
    lines.into_iter().try_for_each(|line| out.line(line))
}

fn aside(set_aside: &Quarantined, out: &Out) -> String {
    let issued = dates::local_time(set_aside.issued_at, out.language);
    words::set_aside(&set_aside.number, &issued, &set_aside.differs, out.language)
}

fn write(all: &[EnrolmentInfo], file: &Path, out: &mut Out) -> Result<(), Failure> {
    let [EnrolmentInfo { offer: Some(offer), .. }] = all else {
        return Err(Failure::Refused(words::which_to_write(out.language).to_string()));
    };
    let text = format!("{offer}\n");
    let written = match is_earlier(file, offer) {
        true => files::replace(file, text.as_bytes(), For::All),
        false => files::write_new(file, text.as_bytes(), For::All),
    };
    written.map_err(|kind| Failure::Refused(errors::unwritable(file, kind, out.language)))?;
    out.line(format!("{}: {}", out.pick("公開鍵のファイル", "written to"), file.display()))?;
    out.finish()
}

/// An earlier public key of the same enrolment has nothing to lose.
fn is_earlier(file: &Path, offer: &SignedOffer) -> bool {
    let text = files::begin(file, 4096).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let old = text.and_then(|text| SignedOffer::parse(&text).ok());
    old.is_some_and(|old| old.offer().device == offer.offer().device)
}
