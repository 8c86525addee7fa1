//! `list`: who is enrolled, and what was issued last.

use super::args::List;
use super::enrol;
use super::place::Books;
use crate::failure::Failure;
use crate::out::Out;
use crate::print::dates;
use crate::print::line::{Line, Style};
use crate::print::table::{self, Row};
use crate::words::issuer as words;
use chrono::NaiveDate;
use mykarte::ssmix2::types::fold_id;
use mykarte_issuer::admission::Receiver;
use mykarte_issuer::model::{Enrolled, Patient};
use mykarte_state::{Key, documents, read};

/// Days before a proxy's last one at which it is said.
const SOON: i64 = 60;

/// One line an enrolment.
pub fn run(args: &List, out: &mut Out) -> Result<(), Failure> {
    let books = Books::open(&args.at, out)?;
    let wanted = args.patient.as_deref().map(fold_id);
    let refused = |error: mykarte_state::StateError| Failure::Refused(words::state(&error, out.language));
    // Of one that cannot be read only the patient's own document says whose it is.
    let own = wanted.as_ref().map(|patient| books.state.get::<Patient>(&Patient::place(patient)));
    let own = own.transpose().map_err(refused)?.map(|found| found.unwrap_or_default().enrolments);
    let is_wanted = |id: &String| own.as_ref().is_none_or(|own| own.contains(id));
    let (mut rows, mut damaged, mut soon, today) = (Vec::new(), Vec::new(), 0, enrol::today());
    for found in documents(books.state.as_ref(), Enrolled::KIND) {
        let (id, json) = found.map_err(refused)?;
        let Ok(enrolled) = read::<Enrolled>(Enrolled::KIND, &json) else {
            damaged.extend(is_wanted(&id).then(|| Key::new(Enrolled::KIND, &id)));
            continue;
        };
        if wanted.as_ref().is_none_or(|wanted| *wanted == enrolled.patient) {
            let is_soon = ends_soon(&enrolled, today);
            soon += usize::from(is_soon);
            rows.push(row(&id, &enrolled, is_soon, out));
        }
    }
    if rows.is_empty() && damaged.is_empty() {
        let said = if args.patient.is_some() { words::nobody(out.language) } else { words::nobody_yet(out.language) };
        return Err(Failure::Refused(said.to_owned()));
    }
    table::print(out, &rows, 2)?;
    out.finish()?;
    if soon > 0 {
        out.hint(words::proxies_end_soon(soon, out.language).as_str());
    }
    if damaged.is_empty() {
        return Ok(());
    }
    out.error(&words::damaged(&damaged, out.language));
    Err(Failure::Told(1))
}

/// Whether a proxy's last day is near: who goes on being a proxy has to come to the counter before it.
fn ends_soon(enrolled: &Enrolled, today: NaiveDate) -> bool {
    let until = match &enrolled.admission.receiver {
        Receiver::Proxy { until, .. } if enrolled.end.is_none() => Some(*until),
        _ => None,
    };
    until.is_some_and(|until| until.signed_duration_since(today).num_days() <= SOON)
}

fn row(id: &str, enrolled: &Enrolled, is_soon: bool, out: &Out) -> Row {
    let issued = enrolled.last.as_ref().map(|last| dates::local_time(last.at, out.language)).unwrap_or_default();
    let number = enrolled.last.as_ref().map(|last| last.number.clone()).unwrap_or_default();
    let style = if is_soon { Style::Alert } else { Style::Plain };
    let cells = vec![
        enrolled.patient.clone().into(),
        id[..id.len().min(8)].into(),
        words::end(enrolled, out.language).into(),
        Line::new().styled(style, words::receiver(&enrolled.admission.receiver, is_soon, out.language)),
        number.into(),
        issued.into(),
    ];
    Row { cells, ..Row::default() }
}
