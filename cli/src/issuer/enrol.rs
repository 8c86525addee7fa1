//! `enrol`, `confirm`, `cancel`: the counter's three minutes.

use super::args::{Confirm, Enrol, OneTicket};
use super::place::Place;
use crate::confirm::{self, Answer};
use crate::failure::Failure;
use crate::files::{self, For};
use crate::interrupt::Keep;
use crate::out::Out;
use crate::print::line::Line;
use crate::words::{errors, issuer as words};
use chrono::NaiveDate;
use mykarte::ssmix2::types::{Precision, fold_id};
use mykarte::vault::ticket::{Ticket, TicketId};
use mykarte::{ImportRequest, PatientIndex, Shaping, Watch, read_indexed};
use mykarte_issuer::admission::{Admission, Receiver};
use mykarte_issuer::counter::{CounterError, Person, Seen};
use mykarte_issuer::model::{Patient, Printed};
use mykarte_issuer::paper::{self, Code, Font, Hospital, Ink, Sheet};
use mykarte_state::documents;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often the publisher is asked.
const POLL: Duration = Duration::from_secs(2);

/// Prints a ticket, and waits for the phone.
pub fn run(place: &Place, args: &Enrol, out: &mut Out) -> Result<(), Failure> {
    let receiver = match (&args.proxy, args.until) {
        (Some(relation), Some(until)) => Receiver::Proxy { relation: relation.clone(), until },
        _ => Receiver::Patient,
    };
    let (staff, consent) = (args.staff.clone(), args.consent.clone());
    let admission = Admission { staff, identity_check: args.identity_check, consent, receiver };
    let refused = |error: CounterError| Failure::Refused(words::counter(&error, out.language));
    admission.check(today()).map_err(|error| refused(error.into()))?;
    let person = person(place, &args.patient, out)?;
    let ticket = place.counter().print(&person, admission, mykarte_state::now(), today()).map_err(refused)?;
    let written = write(place, &ticket, args, out);
    let paths = match written {
        Ok(paths) => paths,
        Err(failure) => {
            // A ticket that nobody can hand out is none.
            let _ = place.counter().cancel(ticket.id, &args.staff);
            return Err(failure);
        }
    };
    for path in &paths {
        out.line(format!("{}: {}", out.pick("書き出しました", "written"), path.display()))?;
    }
    out.line(words::ticket_number(&ticket.id.to_string(), out.language))?;
    out.finish()?;
    out.hint(words::destroy_files(out.language));
    if std::io::stderr().is_terminal() {
        code_on_terminal(&ticket, out)?;
    }
    // The secret goes here; from now on the ticket's number is enough.
    let id = ticket.id;
    drop(ticket);
    if args.no_wait {
        out.hint(words::confirm_later(&id.to_string(), out.language).as_str());
        return Ok(());
    }
    wait(place, id, &args.staff, out)
}

/// Today in Japan.
pub fn today() -> NaiveDate {
    mykarte::now().at.date()
}

/// Whom the storage knows by this id. Only this patient's files are read.
fn person(place: &Place, patient: &str, out: &Out) -> Result<Person, Failure> {
    let refused = |error: mykarte::ImportError| {
        let asked = errors::Asked { storages: &place.settings.storages, patient, vault: Path::new("") };
        Failure::Refused(errors::import(&error, &asked, out.language))
    };
    let index = PatientIndex::of(&place.settings.storages).map_err(refused)?;
    let listing = place.list.listing();
    let request = ImportRequest {
        storages: place.settings.storages.clone(),
        patient_id: patient.to_owned(),
        hospital: Some(mykarte::record::summary::Hospital { id: listing.facility.clone(), name: None }),
        accept_other_patient: false,
        threads: 1,
        imported_at: mykarte::now(),
        shaping: Shaping::default(),
    };
    let watch = Watch { progress: &|_| (), cancel: &AtomicBool::new(false) };
    let summary = read_indexed(&request, &index, &watch).map_err(refused)?.record.summary;
    let is_exact = |precision| precision >= Precision::Day;
    let birth_date = summary.birth_date.filter(|born| is_exact(born.precision)).map(|born| born.date());
    out.hint(words::is_for(&crate::words::record::person(&summary, out.language), birth_date, out.language).as_str());
    Ok(Person { patient: fold_id(&summary.patient_id).to_string(), birth_date })
}

/// The sheet: a PDF with a font of this machine, else a page for a browser; and the code alone.
fn write(place: &Place, ticket: &Ticket, args: &Enrol, out: &Out) -> Result<Vec<PathBuf>, Failure> {
    let listing = place.list.listing();
    let hospital = Hospital { name: listing.name.clone(), facility: listing.facility.clone() };
    let sheet = Sheet { ticket, hospital, contact: place.settings.contact.clone() };
    let refused = |error: paper::PaperError| Failure::Refused(words::paper(&error, out.language));
    let font = args.font.as_deref().or(place.settings.font.as_deref());
    let pdf = Font::find(font, &sheet).and_then(|font| paper::pdf(&sheet, &font));
    let (ending, page) = match pdf {
        Ok(pdf) => ("pdf", pdf),
        Err(error) => {
            let html = paper::html(&sheet).map_err(refused)?;
            out.warn(&words::no_pdf(&error, out.language));
            ("html", html.as_bytes().to_vec().into())
        }
    };
    let number: String = ticket.id.to_string().chars().take(8).collect();
    let png = Code::of(ticket).map_err(refused)?.png();
    files::make_folder(&args.out)
        .map_err(|kind| Failure::Refused(errors::unwritable(&args.out, kind, out.language)))?;
    let mut written = Vec::new();
    for (ending, bytes) in [(ending, &page), ("png", &png)] {
        let path = args.out.join(format!("ticket-{number}.{ending}"));
        files::write_new(&path, bytes, For::Owner)
            .map_err(|kind| Failure::Refused(errors::unwritable(&path, kind, out.language)))?;
        written.push(path);
    }
    Ok(written)
}

/// For a counter without a printer: the phone scans the screen.
fn code_on_terminal(ticket: &Ticket, out: &Out) -> Result<(), Failure> {
    let code = Code::of(ticket).map_err(|error| Failure::Refused(words::paper(&error, out.language)))?;
    let text = code.terminal(Ink::Coloured);
    let lines: Vec<&str> = text.lines().collect();
    // Where nobody sees it, there is the sheet.
    let _ = out.reveal(&lines);
    Ok(())
}

/// Until the phone has asked; then staff compare.
fn wait(place: &Place, id: TicketId, staff: &str, out: &mut Out) -> Result<(), Failure> {
    let (keep, mut said) = (Keep::new(), None);
    let refused = |error: CounterError| Failure::Refused(words::counter(&error, out.language));
    let digits = loop {
        let seen = place.counter().look(id).map_err(refused)?;
        match &seen {
            Seen::Compare { digits, .. } => break digits.clone(),
            Seen::Waiting { .. } => {}
            other => return Err(Failure::Refused(words::seen(other, out.language))),
        }
        if said.as_ref() != Some(&seen) {
            out.hint(words::seen(&seen, out.language).as_str());
            said = Some(seen);
        }
        let until = Instant::now() + POLL;
        while Instant::now() < until {
            if keep.flag().load(Ordering::Relaxed) {
                return Err(Failure::Refused(words::confirm_later(&id.to_string(), out.language)));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    drop(keep);
    compare(place, id, staff, &digits, out)
}

/// Staff look at both screens.
fn compare(place: &Place, id: TicketId, staff: &str, digits: &str, out: &mut Out) -> Result<(), Failure> {
    out.line(Line::new().bold(words::digits(digits, out.language)))?;
    match confirm::ask(false, words::same_digits_question(out.language), out)? {
        Answer::Yes => settle(place, id, staff, out),
        Answer::No => {
            let cancelled = place.counter().cancel(id, staff);
            cancelled.map_err(|error| Failure::Refused(words::counter(&error, out.language)))?;
            Err(Failure::Refused(words::digits_differ(out.language).to_owned()))
        }
        Answer::Nobody => Err(Failure::Refused(words::confirm_later(&id.to_string(), out.language))),
    }
}

fn settle(place: &Place, id: TicketId, staff: &str, out: &mut Out) -> Result<(), Failure> {
    let confirmed = place.counter().confirm(id, staff);
    confirmed.map_err(|error| Failure::Refused(words::counter(&error, out.language)))?;
    out.line(words::enrolled(out.language))?;
    out.finish()?;
    out.hint(words::now_issue(out.language));
    Ok(())
}

/// `confirm`: goes on with a ticket at another terminal. With `--digits` they are those that the patient reads out.
pub fn confirm(place: &Place, args: &Confirm, out: &mut Out) -> Result<(), Failure> {
    let id = find(place, &args.one.ticket, out)?;
    let refused = |error: CounterError| Failure::Refused(words::counter(&error, out.language));
    match place.counter().look(id).map_err(refused)? {
        Seen::Compare { digits, is_first, .. } => match &args.digits {
            None => compare(place, id, &args.one.staff, &digits, out),
            // The phone shows them only now: whatever was given was not read out.
            Some(given) => {
                let given = Some(given.as_str()).filter(|given| !is_first && !given.is_empty());
                hear(place, &args.one, id, given, &digits, out)
            }
        },
        // The publisher may not have heard it: it is told again.
        Seen::Confirmed(_) => settle(place, id, &args.one.staff, out),
        Seen::Waiting { .. } => Err(Failure::Refused(words::not_asked_yet(out.language).to_owned())),
        other => Err(Failure::Refused(words::seen(&other, out.language))),
    }
}

/// The patient reads the digits out, and staff who do not see them type what they hear. A slip takes nothing back: the ticket waits.
fn hear(
    place: &Place,
    one: &OneTicket,
    id: TicketId,
    given: Option<&str>,
    digits: &str,
    out: &mut Out,
) -> Result<(), Failure> {
    let heard = match given {
        Some(given) => given.to_owned(),
        None => {
            let again = words::read_digits_out(&id.to_string(), out.language);
            let typed = confirm::typed(words::heard_digits_question(out.language), out)?;
            typed.filter(|typed| !typed.trim().is_empty()).ok_or(Failure::Refused(again))?
        }
    };
    if heard.chars().filter(char::is_ascii_digit).eq(digits.chars()) {
        return settle(place, id, &one.staff, out);
    }
    Err(Failure::Refused(words::other_digits(out.language).to_owned()))
}

/// `cancel`: takes a ticket back.
pub fn cancel(place: &Place, args: &OneTicket, out: &mut Out) -> Result<(), Failure> {
    let id = find(place, &args.ticket, out)?;
    let refused = |error: CounterError| Failure::Refused(words::counter(&error, out.language));
    place.counter().cancel(id, &args.staff).map_err(refused)?;
    out.line(words::cancelled(out.language))
}

/// The only ticket whose number begins so.
fn find(place: &Place, number: &str, out: &Out) -> Result<TicketId, Failure> {
    let (wanted, mut found) = (number.trim().to_ascii_lowercase(), Vec::new());
    for ticket in documents(place.state.as_ref(), Printed::KIND) {
        let (id, _) = ticket.map_err(|error| Failure::Refused(words::state(&error, out.language)))?;
        found.extend(TicketId::parse(&id).filter(|_| id.starts_with(&wanted)));
    }
    match found[..] {
        [id] if wanted.len() >= 8 => Ok(id),
        _ => Err(Failure::Refused(words::which_ticket(found.len(), out.language).to_owned())),
    }
}

/// What there is of a patient, by the id as it was typed.
pub fn patient(place: &Place, typed: &str, out: &Out) -> Result<Patient, Failure> {
    let found = place.state.get(&Patient::place(&fold_id(typed)));
    found
        .map_err(|error| Failure::Refused(words::state(&error, out.language)))?
        .ok_or_else(|| Failure::Refused(words::nobody(out.language).to_owned()))
}
