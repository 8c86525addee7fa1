//! One package: whose it is, the question, what became of it.

use super::files::PackageFile;
use crate::args::Receive;
use crate::cmd::import::Watched;
use crate::confirm::{self, Answer};
use crate::failure::Failure;
use crate::out::Out;
use crate::print::dates;
use crate::print::line::{Line, Style};
use crate::print::table::{self, Row};
use crate::words::{errors, package, receive as words, record};
use mykarte::Archive;
use mykarte::package::{Arrival, GoneRow, ReceiveError, Received, Warning};
use mykarte::record::{labels, summary::Hospital};
use mykarte::vault::package::{EnrolmentId, SignedOffer};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where a package is from, for what is said of it, and what was answered beforehand.
pub struct Taking<'a> {
    /// The file, or the hospital.
    pub place: String,
    pub vault: &'a Path,
    pub yes: bool,
}

impl Taking<'_> {
    /// A refusal that names the place.
    pub fn refused(&self, error: &ReceiveError, out: &Out) -> Failure {
        Failure::Refused(format!("{}: {}", self.place, errors::receiving(error, self.vault, out.language)))
    }
}

/// A package in a file.
pub fn run(archive: &mut Archive, file: &PackageFile, args: &Receive, out: &mut Out) -> Result<(), Failure> {
    let taking = Taking { place: file.path.display().to_string(), vault: &args.vault, yes: args.yes };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let arrival = archive.receive(&file.bytes, now).map_err(|error| taking.refused(&error, out))?;
    let enrolment = arrival.origin().enrolment;
    let before = offer(archive, enrolment);
    settle(archive, arrival, &taking, out)?;
    next_key(before, offer(archive, enrolment), out);
    Ok(())
}

/// Shows what arrived, asks where a person has to say that it is the right one, and takes it.
pub fn settle(archive: &mut Archive, arrival: Arrival, taking: &Taking<'_>, out: &mut Out) -> Result<(), Failure> {
    let language = out.language;
    show(&arrival, out)?;
    show_gone(words::would_be_gone_title(language), arrival.gone(), arrival.unread(), out)?;
    let for_a_person =
        |warning: &&Warning| matches!(warning, Warning::DiffersFromHeld { .. } | Warning::WouldEmpty { .. });
    let (before, after): (Vec<_>, Vec<_>) = arrival.warnings().iter().partition(for_a_person);
    out.finish()?;
    before.iter().for_each(|warning| out.warn(&words::warning(warning, language)));
    let warnings: Vec<String> = after.iter().map(|warning| words::warning(warning, language)).collect();
    if arrival.needs_confirmation() {
        // A script may say yes to a person it knows, not to one that differs from the record that is there, nor to a loss.
        ask(&arrival, taking.yes && before.is_empty(), out)?.map_err(|no| match no {
            No::NobodySaidWhose => taking.refused(&ReceiveError::NotConfirmed, out),
            No::Said(text) => Failure::Refused(format!("{}: {text}", taking.place)),
        })?;
    }
    let watched = Watched::new(out);
    let received = watched.run(|watch| archive.accept(arrival, true, watch));
    watched.finish();
    drop(watched);
    let received = received.map_err(|error| taking.refused(&error, out))?;
    tell(&received, out)?;
    out.finish()?;
    warnings.iter().for_each(|warning| out.warn(warning));
    Ok(())
}

/// Why a package is not taken.
enum No {
    /// Nobody said whose it is.
    NobodySaidWhose,
    /// With these words.
    Said(&'static str),
}

/// Asks a person: whose it is, or, where that is known, whether what would be gone may go.
fn ask(arrival: &Arrival, yes: bool, out: &mut Out) -> Result<Result<(), No>, Failure> {
    let language = out.language;
    let differs = |warning: &Warning| matches!(warning, Warning::DiffersFromHeld { .. });
    let (question, no, nobody) = match arrival.asks_whose() {
        true => {
            let is_other = arrival.warnings().iter().any(differs);
            let nobody = if is_other { No::Said(words::nobody_compares(language)) } else { No::NobodySaidWhose };
            (words::right_person_question(language), words::not_right_person(language), nobody)
        }
        false => {
            let nobody = No::Said(words::loss_unconfirmed(language));
            (words::may_go_question(language), words::not_taken(language), nobody)
        }
    };
    Ok(match confirm::ask(yes, question, out)? {
        Answer::Yes => Ok(()),
        Answer::No => Err(No::Said(no)),
        Answer::Nobody => Err(nobody),
    })
}

/// Whose record it is, from whom, of when.
fn show(arrival: &Arrival, out: &mut Out) -> Result<(), Failure> {
    let (person, origin) = (arrival.person(), arrival.origin());
    let hidden = out.pick("（病院が提供していません）", "(not provided)").to_string();
    let or_hidden = |text: Option<String>| text.unwrap_or_else(|| hidden.clone());
    let born = person.birth_date.map(|date| {
        let era = dates::japanese(&date).map(|era| format!("（{era}）")).unwrap_or_default();
        format!("{}{era}", dates::day(&date))
    });
    let issued = dates::local_time(origin.issued_at, out.language);
    // As its root key says, which the patient compared; the record says the same facility.
    let (id, name) = arrival.hospital();
    let hospital = record::hospital(&Hospital { id: id.into(), name: Some(name.into()).filter(|_| !name.is_empty()) });
    let rows = [
        ("name", or_hidden(person.name)),
        ("kana", or_hidden(person.name_kana)),
        ("born", or_hidden(born)),
        ("patient", person.patient_id),
        ("hospital", hospital),
        ("issued", package::issued(&issued, &origin.number.to_string(), out.language)),
    ];
    for (key, value) in rows {
        let label = Line::new().styled(Style::Dim, package::label(key, out.language)).pad(package::LABELS);
        out.line(label.bold(value))?;
    }
    Ok(())
}

/// What is there now. What is not there any more stood above, before it was taken; of a package that was taken before it is
/// said again, for it may have been missed.
fn tell(received: &Received, out: &mut Out) -> Result<(), Failure> {
    if received.was_there {
        out.line(words::was_there(out.language))?;
        return show_gone(words::gone_title(out.language), &received.gone, received.unread, out);
    }
    out.line(Line::new().bold(words::taken(received.generation, out.language)))?;
    if received.ended_enrolments > 0 {
        out.line(words::ended_enrolments(received.ended_enrolments, out.language))?;
    }
    if received.carried_memos > 0 {
        out.line(words::memos_taken_over(received.carried_memos, out.language))?;
    }
    Ok(())
}

/// Nothing disappears silently.
fn show_gone(title: &str, gone: &[GoneRow], unread: u32, out: &mut Out) -> Result<(), Failure> {
    if !gone.is_empty() {
        out.line(title)?;
        let rows: Vec<Row> = gone.iter().map(|gone| row(gone, out)).collect();
        table::print(out, &rows, 2)?;
    }
    if unread > 0 {
        let text = words::unread(unread, out.language);
        out.line(Line::from("  ").styled(Style::Alert, text))?;
    }
    Ok(())
}

fn row(gone: &GoneRow, out: &Out) -> Row {
    let cells = [
        format!("  {}", labels::section(gone.section, out.language)),
        words::entries(gone.entries, out.language),
        dates::period(gone.from.as_ref(), gone.to.as_ref()),
        words::why(gone.why, out.language).to_string(),
    ];
    Row { cells: cells.into_iter().map(Line::from).collect(), ..Row::default() }
}

fn offer(archive: &Archive, id: EnrolmentId) -> Option<SignedOffer> {
    let all = archive.enrolments().ok()?;
    all.into_iter().find(|info| info.id == id)?.offer
}

/// The key for the next package.
fn next_key(before: Option<SignedOffer>, now: Option<SignedOffer>, out: &Out) {
    let Some(now) = now else { return };
    out.hint(words::next_key(before.as_ref() == Some(&now), out.language));
}
