//! `list`: who is enrolled, and what was issued last.

use super::args::List;
use super::place::Place;
use crate::failure::Failure;
use crate::out::Out;
use crate::print::dates;
use crate::print::line::Line;
use crate::print::table::{self, Row};
use crate::words::issuer as words;
use mykarte::ssmix2::types::fold_id;
use mykarte_issuer::model::Enrolled;
use mykarte_state::read;

/// One line an enrolment, a page at a time.
pub fn run(args: &List, out: &mut Out) -> Result<(), Failure> {
    let place = Place::open(&args.at, out)?;
    let wanted = args.patient.as_deref().map(fold_id);
    let refused = |error: mykarte_state::StateError| Failure::Refused(words::state(&error, out.language));
    let (mut rows, mut last) = (Vec::new(), None::<String>);
    loop {
        let page = place.state.list(Enrolled::KIND, last.as_deref(), 500).map_err(refused)?;
        let Some((end, _)) = page.last() else { break };
        last = Some(end.clone());
        for (id, json) in &page {
            let enrolled: Enrolled = read(Enrolled::KIND, json).map_err(refused)?;
            if wanted.as_ref().is_none_or(|wanted| *wanted == enrolled.patient) {
                rows.push(row(id, &enrolled, out));
            }
        }
    }
    if rows.is_empty() {
        return Err(Failure::Refused(words::nobody(out.language).to_owned()));
    }
    table::print(out, &rows, 2)
}

fn row(id: &str, enrolled: &Enrolled, out: &Out) -> Row {
    let issued = enrolled.last.as_ref().map(|last| dates::local_time(last.at, out.language)).unwrap_or_default();
    let number = enrolled.last.as_ref().map(|last| last.number.clone()).unwrap_or_default();
    let cells = [
        enrolled.patient.clone(),
        id[..id.len().min(8)].to_owned(),
        words::end(enrolled, out.language),
        number,
        issued,
    ];
    Row { cells: cells.into_iter().map(Line::from).collect(), ..Row::default() }
}
